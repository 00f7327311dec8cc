"""The file plan (归档范围和档案保管期限表): which kinds of record there are, and where each goes.

    draft --adopt--> adopted

A plan belongs to a fonds and is kept as versions. The next version begins as a copy of the one in
force and is adopted by somebody else than who drafted it. What was adopted is never changed, so
that what was filed under it stays filed as it was; the newest adopted version is in force.
"""

import re
from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from archive.db import Base, Instant, RowId, refused_by
from archive.errors import Conflict, Invalid, Refused
from archive.workflow import Workflow

CATEGORY_CODE = re.compile(r"[A-Z]{2}(·[A-Z0-9]{2})?")
"""门类代码: two letters, and two letters or digits of the second level (``KU·PZ``)."""

RETENTION_CODE = re.compile(r"Y|D[1-9][0-9]?")
"""保管期限: ``Y`` for ever (永久), ``D30`` thirty years (定期)."""


LINE_CODE = re.compile(r"[a-z]+(-[a-z]+)*")
"""What a line of a version is called in every version, so that it can be followed."""


class PlanAlreadyAdopted(Conflict):
    """The fonds has a file plan already; what is to change becomes its next version."""


class RecordKindImpossible(Invalid):
    """A line of the plan contradicts itself, or names what the plan does not have."""


class PlanSealed(Conflict):
    """A version of the plan is never changed and never taken away."""


class DraftAlready(Conflict):
    """The next version of the plan is being drafted already; a fonds has one draft at a time."""


class AdoptedByDrafter(Refused):
    """A version is adopted by somebody else than who drafted it."""


class NotYourDraft(Refused):
    """Only who drafts a version changes it, so that somebody else can adopt it."""


class AdoptionIncomplete(Conflict):
    """A version is in force with whoever adopted it, since when, and why, or not at all."""


class LineCodeTaken(Invalid):
    """The version has a line with that code."""


class ShorterThanLaw(Invalid):
    """A retention set by law is a floor; no version goes below it."""


class KindSuperseded(Conflict):
    """The kind is of a version of the plan that is not in force, so it gives no codes."""


class PlanState(StrEnum):
    DRAFT = "draft"  # 起草中
    ADOPTED = "adopted"  # 已启用


FILE_PLAN_WORKFLOW: Workflow[PlanState] = Workflow(
    "file-plan", {"adopt": ([PlanState.DRAFT], PlanState.ADOPTED)}
)


class Arrangement(StrEnum):
    """How records of a kind are arranged (整理方式)."""

    VOLUME = "volume"  # 按卷
    ITEM = "item"  # 按件
    NONE = "none"  # not archived


class Cycle(StrEnum):
    """When the next one is expected (形成周期)."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    EVENT = "event"  # as it occurs


class PersonalData(StrEnum):
    """What a kind tells about people."""

    NONE = "none"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"  # 敏感个人信息


class ClockStart(StrEnum):
    """What starts the retention clock; a year's records start on 1 January after it."""

    YEAR_END = "year-end"
    SERVICE_END = "service-end"
    ACCOUNT_CLOSED = "account-closed"  # 销户
    CONTRACT_END = "contract-end"
    SETTLED = "settled"
    EQUIPMENT_LIFE = "equipment-life"
    LAST_ISSUE = "last-issue"  # the last day of issue in a stub book; the day it was formed


class RetentionBasis(StrEnum):
    """Who says how long."""

    LAW = "law"
    COMPANY = "company"


class FilePlan(Base, kw_only=True):
    """One version of a fonds' file plan.

    Attributes:
        drafted_by_id: who drafted it; None for the first, which comes with the program.
        reason: why it was adopted.
    """

    __tablename__ = "file_plan"
    __table_args__ = (
        UniqueConstraint("fonds_id", "edition"),
        CheckConstraint("edition > 0", name="edition"),
        CheckConstraint(
            "(state = 'adopted') = (adopted_by_id IS NOT NULL)"
            " AND (state = 'adopted') = (in_force_from IS NOT NULL)"
            " AND (state = 'draft' OR drafted_by_id IS NULL OR reason <> '')",
            name="adopted",
        ),
        CheckConstraint(
            "drafted_by_id IS NULL OR adopted_by_id IS NULL OR drafted_by_id <> adopted_by_id",
            name="second_person",
        ),
        Index(
            "uq_file_plan_draft",
            "fonds_id",
            unique=True,
            sqlite_where=text("state = 'draft'"),
            postgresql_where=text("state = 'draft'"),
        ),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    fonds_id: Mapped[int] = mapped_column(ForeignKey("fonds.id"))
    edition: Mapped[int]
    state: Mapped[PlanState] = mapped_column(String(8), default=PlanState.DRAFT)
    drafted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    adopted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    in_force_from: Mapped[datetime | None] = mapped_column(Instant, default=None)
    reason: Mapped[str] = mapped_column(String(500), default="")
    version: Mapped[int] = mapped_column(init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own way

    @property
    def subject(self) -> str:
        """How the trail names it."""
        return f"file-plan:{self.id}"


class Category(Base, kw_only=True):
    """A category of a plan (档案门类), in the order the plan lists them.

    ``item_template`` and ``volume_template`` are how new series of it write their codes; empty
    for the usual way (:mod:`archive.holdings.code_style`).
    """

    __tablename__ = "plan_category"
    __table_args__ = (UniqueConstraint("plan_id", "code"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    plan_id: Mapped[int] = mapped_column(ForeignKey("file_plan.id"), init=False)
    position: Mapped[int]
    code: Mapped[str] = mapped_column(String(8))
    name_zh: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(120))
    item_template: Mapped[str] = mapped_column(String(120), default="", server_default=text("''"))
    volume_template: Mapped[str] = mapped_column(String(120), default="", server_default=text("''"))


class RecordKind(Base, kw_only=True):
    """A kind of record (文件种类) in a plan.

    ``clause`` is the station's own rule that asks for it; ``implied`` when the rule does not
    name it. ``category`` and ``retention`` are empty for what is not archived. ``legal_basis`` is
    who says how long, as a person would cite it.
    """

    __tablename__ = "record_kind"
    __table_args__ = (
        UniqueConstraint("plan_id", "code"),
        UniqueConstraint("plan_id", "number"),
        CheckConstraint(
            "(arrangement = 'none') = (category = '') AND (category = '') = (retention = '')",
            name="archived",
        ),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    plan_id: Mapped[int] = mapped_column(ForeignKey("file_plan.id"), init=False)
    number: Mapped[int]
    code: Mapped[str] = mapped_column(String(40))
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(160))
    clause: Mapped[str] = mapped_column(String(60))
    implied: Mapped[bool] = mapped_column(default=False)
    category: Mapped[str] = mapped_column(String(8))
    arrangement: Mapped[Arrangement] = mapped_column(String(8))
    cycle: Mapped[Cycle] = mapped_column(String(8))
    personal: Mapped[PersonalData] = mapped_column(String(10))
    retention: Mapped[str] = mapped_column(String(4))
    starts: Mapped[ClockStart] = mapped_column(String(16), default=ClockStart.YEAR_END)
    basis: Mapped[RetentionBasis] = mapped_column(String(8))
    legal_basis: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))

    @property
    def archived(self) -> bool:
        """Whether records of this kind come into the archive at all."""
        return self.arrangement != Arrangement.NONE

    def check_possible(self, categories: Collection[str]) -> None:
        """Refuse a line that could not be filed by.

        Raises:
            RecordKindImpossible: with the line and the field.
        """
        sound = {
            "number": self.number > 0,
            "code": bool(LINE_CODE.fullmatch(self.code)),
            "name_zh": bool(self.name_zh.strip()),
            "name_en": bool(self.name_en.strip()),
            "clause": bool(self.clause.strip()),
            "category": self.category in categories if self.archived else not self.category,
            "retention": bool(RETENTION_CODE.fullmatch(self.retention))
            if self.archived
            else not self.retention,
            "starts": self.starts == ClockStart.YEAR_END or self.retention not in {"", "Y"},
            "legal_basis": bool(self.legal_basis.strip()),
        }
        for field, good in sound.items():
            if not good:
                raise RecordKindImpossible(field=field, kind_code=self.code, column=field)


def is_shorter(retention: str, than: str) -> bool:
    """Whether a retention ends before another; not archived at all is the shortest."""
    return _years(retention) < _years(than)


def _years(retention: str) -> int:
    if not retention:
        return 0
    return 1000 if retention == "Y" else int(retention.removeprefix("D"))


refused_by(
    PlanAlreadyAdopted, "uq_file_plan_fonds_id_edition", "file_plan.fonds_id, file_plan.edition"
)
refused_by(DraftAlready, "uq_file_plan_draft", "file_plan.fonds_id")
refused_by(AdoptedByDrafter, "ck_file_plan_second_person")
refused_by(AdoptionIncomplete, "ck_file_plan_adopted")
refused_by(LineCodeTaken, "uq_record_kind_plan_id_code", "record_kind.plan_id, record_kind.code")
refused_by(PlanSealed, "sealed_record_kind", "sealed_plan_category", "sealed_file_plan")
