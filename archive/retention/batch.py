"""The destruction batch (销毁批次) and its register (销毁清册): what is destroyed, by whose leave.

    draft --freeze--> registered --complete--> signed --approve--> approved
    registered, signed, approved --reopen--> draft          every signature falls
    approved --count--> counted --begin--> destroying --finish--> destroyed --close--> closed
    counted --reopen--> draft
    draft, registered, signed, approved, counted --cancel--> cancelled

The register is frozen by digest; whatever changes in it afterwards voids every signature. From
*destroying* there is no way back: a batch that fails half way stays there with what is left.

    listed --withhold--> withheld                 the item stays in the archive, with the reason
    listed --count--> counted --begin--> destroying --destroy--> destroyed
    counted --uncount--> listed                   the register was opened again
    counted --withhold--> withheld

[seed 5.4]; 会计档案管理办法 art. 18; DA/T 42-2009 §7.7.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from archive.audit import canonical
from archive.db import Base, Instant, RowId, refused_by
from archive.errors import Conflict, Invalid
from archive.workflow import Workflow


class BatchNumberTaken(Conflict):
    """Somebody else just began a batch with that number; try again."""


class InAnotherBatch(Conflict):
    """The record stands in another batch that is not over."""


class NothingToDestroy(Conflict):
    """The appraisal found nothing that may be destroyed, or another batch has it."""


class BatchEmpty(Conflict):
    """A register without items cannot be frozen."""


class RegisterChanged(Conflict):
    """The register is not the one that was seen; look again before signing."""


class NotDestroyable(Conflict):
    """The record may not be destroyed now: not due, held, lent or changed since."""


class StillCooling(Conflict):
    """The time to think it over is not over."""


class ItemsUncounted(Conflict):
    """Items of the register are neither counted nor withheld."""


class NotInRegister(Invalid):
    """What was scanned does not stand in the register; it is not to be destroyed."""


class ExecutionIncomplete(Invalid):
    """Place and way of a destruction are said in words."""


class PapersDiffer(Invalid):
    """The number of papers destroyed is not the number that was to be destroyed."""


class DestructionUnfinished(Conflict):
    """Something of the batch is not destroyed yet; it stays open with what is left."""


class BatchKept(Conflict):
    """A batch, its register and its signatures are kept for ever, as they were."""


class BatchState(StrEnum):
    DRAFT = "draft"  # 编制中
    REGISTERED = "registered"  # 清册已定稿
    SIGNED = "signed"  # 已会签
    APPROVED = "approved"  # 已批准
    COUNTED = "counted"  # 已清点
    DESTROYING = "destroying"  # 销毁中
    DESTROYED = "destroyed"  # 已销毁
    CLOSED = "closed"  # 已结案
    CANCELLED = "cancelled"  # 已撤销


_S = BatchState

BATCH_WORKFLOW: Workflow[BatchState] = Workflow(
    "batch",
    {
        "freeze": ([_S.DRAFT], _S.REGISTERED),
        "complete": ([_S.REGISTERED], _S.SIGNED),
        "approve": ([_S.SIGNED], _S.APPROVED),
        "reopen": ([_S.REGISTERED, _S.SIGNED, _S.APPROVED, _S.COUNTED], _S.DRAFT),
        "count": ([_S.APPROVED], _S.COUNTED),
        "begin": ([_S.COUNTED], _S.DESTROYING),
        "finish": ([_S.DESTROYING], _S.DESTROYED),
        "close": ([_S.DESTROYED], _S.CLOSED),
        "cancel": ([_S.DRAFT, _S.REGISTERED, _S.SIGNED, _S.APPROVED, _S.COUNTED], _S.CANCELLED),
    },
)

OVER = frozenset({_S.CLOSED, _S.CANCELLED})


class ItemState(StrEnum):
    LISTED = "listed"  # 已列入
    COUNTED = "counted"  # 已清点
    WITHHELD = "withheld"  # 暂缓
    DESTROYING = "destroying"  # 销毁中
    DESTROYED = "destroyed"  # 已销毁


_I = ItemState

ITEM_WORKFLOW: Workflow[ItemState] = Workflow(
    "batch-item",
    {
        "count": ([_I.LISTED], _I.COUNTED),
        "uncount": ([_I.COUNTED], _I.LISTED),
        "withhold": ([_I.LISTED, _I.COUNTED], _I.WITHHELD),
        "begin": ([_I.COUNTED], _I.DESTROYING),
        "destroy": ([_I.DESTROYING], _I.DESTROYED),
    },
)


class Withheld(StrEnum):
    """Why an item stays in the archive after all."""

    HELD = "held"  # a hold, a loan, or a pair that is not in order
    NOT_DUE = "not-due"
    CHANGED = "changed"  # not what was registered
    NOT_FOUND = "not-found"  # at the pre-count
    TAKEN_OUT = "taken-out"  # a witness or the executor took it out


class Batch(Base, kw_only=True):
    """One batch, from the register to the certificate.

    Attributes:
        year, serial: its number, 销〔2026〕1号.
        digest: of the register as frozen; empty while it is drafted.
        cooling_days: between approval and destruction, as settled when it was frozen.
        paper_count, weight_kg: as the executor counted and weighed what was destroyed.
        certificate_record_id: the record the certificate was filed as.
        backups_clear_at: when the last backup that held any of it was gone.
    """

    __tablename__ = "destruction_batch"
    __table_args__ = (
        UniqueConstraint("year", "serial", name="uq_destruction_batch_number"),
        CheckConstraint("serial > 0", name="serial"),
        CheckConstraint("state IN ('draft', 'cancelled') OR digest <> ''", name="frozen"),
        CheckConstraint(
            "state NOT IN ('destroying', 'destroyed', 'closed') OR (begun_at IS NOT NULL"
            " AND executor_id IS NOT NULL AND approved_at IS NOT NULL)",
            name="begun",
        ),
        CheckConstraint(
            "executor_id IS NULL OR approved_by_id IS NULL OR executor_id <> approved_by_id",
            name="executor",
        ),
        CheckConstraint(
            "approved_by_id IS NULL OR approved_by_id <> proposed_by_id", name="approver"
        ),
        Index(None, "station_id", "state"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    year: Mapped[int]
    serial: Mapped[int]
    appraisal_id: Mapped[int] = mapped_column(ForeignKey("appraisal.id"))
    state: Mapped[BatchState] = mapped_column(String(12), default=BatchState.DRAFT)
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime] = mapped_column(Instant)
    digest: Mapped[str] = mapped_column(String(64), default="")
    frozen_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    cooling_days: Mapped[int] = mapped_column(default=0)
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    approved_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    executor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    place: Mapped[str] = mapped_column(String(120), default="")
    method: Mapped[str] = mapped_column(String(120), default="")
    begun_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    paper_destroyed_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    paper_count: Mapped[int | None] = mapped_column(default=None)
    weight_kg: Mapped[str] = mapped_column(String(20), default="")
    finished_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    closed_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    close_reason: Mapped[str] = mapped_column(String(500), default="")
    certificate_record_id: Mapped[int | None] = mapped_column(ForeignKey("record.id"), default=None)
    backups_clear_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    version: Mapped[int] = mapped_column(init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own way

    @property
    def name(self) -> str:
        """Its number as people write it."""
        return f"销〔{self.year}〕{self.serial}号"

    @property
    def subject(self) -> str:
        """How the trail names it."""
        return f"batch:{self.year}-{self.serial}"

    def cools_until(self) -> datetime | None:
        """The first moment it may be carried out; None while it is not approved."""
        if self.approved_at is None:
            return None
        return self.approved_at + timedelta(days=self.cooling_days)

    def check_cooled(self, now: datetime) -> None:
        """Refuse to carry it out too soon.

        Raises:
            StillCooling: with the moment.
        """
        until = self.cools_until()
        if until is not None and now < until:
            raise StillCooling(batch=self.name, until=until.isoformat(timespec="minutes"))


class BatchItem(Base, kw_only=True):
    """One line of the register: one unit, destroyed whole or not at all.

    Attributes:
        told: what the register says of it (``domain.md`` §2.4), frozen with the batch.
        content_digest: of the electronic copy as registered; empty where there is none.
        withheld, note: why it stayed in the archive.
        electronic_gone_at: when every version of every object was proved absent.
    """

    __tablename__ = "destruction_item"
    __table_args__ = (
        UniqueConstraint("batch_id", "record_id"),
        UniqueConstraint("batch_id", "position"),
        CheckConstraint("(state = 'withheld') = (withheld <> '')", name="withheld"),
        CheckConstraint(
            "state <> 'destroyed' OR (electronic_gone_at IS NOT NULL AND paper_gone_at IS NOT NULL)",
            name="both_sides",
        ),
        CheckConstraint(
            "state NOT IN ('counted', 'destroying', 'destroyed') OR counted_by_id IS NOT NULL",
            name="counted",
        ),
        Index(
            "uq_destruction_item_open",
            "record_id",
            unique=True,
            sqlite_where=text("open_in_batch"),
            postgresql_where=text("open_in_batch"),
        ),
        Index(None, "record_id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    batch_id: Mapped[int] = mapped_column(ForeignKey("destruction_batch.id"))
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"))
    position: Mapped[int]
    told: Mapped[dict[str, Any]] = mapped_column(JSON)
    content_digest: Mapped[str] = mapped_column(String(64), default="")
    state: Mapped[ItemState] = mapped_column(String(12), default=ItemState.LISTED)
    open_in_batch: Mapped[bool] = mapped_column(default=True)
    withheld: Mapped[str] = mapped_column(String(12), default="")
    note: Mapped[str] = mapped_column(String(500), default="")
    counted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    counted_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    paper_gone_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    electronic_gone_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    failure: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own way

    @property
    def subject(self) -> str:
        """How the trail names it: by the code, which stays."""
        return f"record:{self.told['code']}"

    def withhold(self, why: Withheld, note: str = "") -> None:
        """Let it stay in the archive; whoever appraises next finds it again."""
        ITEM_WORKFLOW.take("withhold", self)
        self.withheld, self.note, self.open_in_batch = str(why), note, False


def register_line(
    *,
    code: str,
    title: str,
    year: int,
    retention: str,
    protected_through: date,
    today: date,
    pages: int,
    content_digest: str,
    opinion: str,
) -> dict[str, Any]:
    """A line of the register: the columns of 79号令 art. 18 and DA/T 42 table B.3.

    ``kept_years`` counts whole years from 1 January after the record's year.
    """
    return {
        "code": code,
        "title": title,
        "year": year,
        "retention": retention,
        "kept_years": max(0, today.year - year - 1),
        "protected_through": protected_through.isoformat(),
        "pages": pages,
        "electronic": bool(content_digest),
        "content_digest": content_digest,
        "opinion": opinion,
    }


def register_digest(number: str, lines: Sequence[Mapping[str, Any]]) -> str:
    """What every signature on a register stands for: SHA-256 over its number and all lines."""
    told = {"register": number, "lines": [dict(line) for line in lines]}
    return hashlib.sha256(canonical(told).encode()).hexdigest()


refused_by(
    BatchNumberTaken,
    "uq_destruction_batch_number",
    "destruction_batch.year, destruction_batch.serial",
)
refused_by(InAnotherBatch, "uq_destruction_item_open", "destruction_item.record_id")
refused_by(BatchKept, "destruction_kept")
