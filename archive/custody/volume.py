"""Bound volumes (记账联装订册): a month's bookkeeping copies of one collector [seed 3.4].

    draft --sign (collector)--> signed --seal (公章)--> sealed --submit--> submitted
    submitted --accept (finance)--> accepted
    submitted --return (finance)--> returned
    signed | sealed | returned | submitted --reopen--> draft        every later step falls
    accepted --void acceptance--> submitted                          what was seen has changed

“收费员签字后并加盖公章”: signing comes before sealing, and the order is the rule. A volume is one
month of one collector and may hold parts of many books; a number is in one volume only.
"""

import re
from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from archive.access import Actor
from archive.custody.numbers import NumberRun, key_check
from archive.db import Base, Instant, Kwh, OrderedText, RowId, refused_by
from archive.errors import Conflict, Invalid, Refused
from archive.workflow import Workflow

MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


class NotAMonth(Invalid):
    """A month is written 2026-11."""


class MonthNotOver(Invalid):
    """A month that has not come yet."""


class NothingToBind(Invalid):
    """No written number of that month is waiting to be bound."""


class MonthsMixed(Invalid):
    """The numbers were used in different months; a volume holds one [seed 3.4]."""


class CollectorsMixed(Invalid):
    """The numbers were used by different collectors; one of them could not sign for all."""


class NotWrittenYet(Invalid):
    """Some of the numbers were never written."""


class CutsThroughADay(Invalid):
    """The run begins or ends inside a day's entry, whose totals belong together."""


class NumberInTwoVolumes(Conflict):
    """Some of the numbers are bound in another volume already."""


class CoverDoesNotAdd(Invalid):
    """The counts on the cover do not add up: sets must be valid plus void [seed 3.4]."""


class VoidNotInVolume(Invalid):
    """A void number on the cover is not among the numbers of the volume."""


class VoidListedTwice(Invalid):
    """A void number stands on the cover twice."""


class SignedAlready(Conflict):
    """What is signed is not changed; reopen the volume, and every later step falls."""


class SignedCoverChanged(Conflict):
    """Cover or numbers are no longer those the collector signed; it must be signed anew."""


class ScannedAlready(Conflict):
    """A scan of the volume is kept; the binding can no longer be undone."""


class NotTheCollector(Refused):
    """Only the collector whose copies are bound signs the cover [seed 3.4]."""


class BookOfReleasedVolume(Conflict):
    """New books were issued on this acceptance; it can no longer be taken back."""


class VolumeState(StrEnum):
    DRAFT = "draft"  # 草稿
    SIGNED = "signed"  # 收费员已签
    SEALED = "sealed"  # 已盖章
    SUBMITTED = "submitted"  # 已送核
    RETURNED = "returned"  # 退回
    ACCEPTED = "accepted"  # 财务认可


VOLUME_WORKFLOW: Workflow[VolumeState] = Workflow(
    "volume",
    {
        "sign": ([VolumeState.DRAFT], VolumeState.SIGNED),
        "seal": ([VolumeState.SIGNED], VolumeState.SEALED),
        "submit": ([VolumeState.SEALED, VolumeState.RETURNED], VolumeState.SUBMITTED),
        "accept": ([VolumeState.SUBMITTED], VolumeState.ACCEPTED),
        "return": ([VolumeState.SUBMITTED], VolumeState.RETURNED),
        "reopen": (
            [
                VolumeState.SIGNED,
                VolumeState.SEALED,
                VolumeState.SUBMITTED,
                VolumeState.RETURNED,
            ],
            VolumeState.DRAFT,
        ),
        "void-acceptance": ([VolumeState.ACCEPTED], VolumeState.SUBMITTED),
    },
)


class Volume(Base, kw_only=True):
    """One bound volume with its cover (封面).

    The cover says what the paper says: ``sets`` 票据张数 counts valid and void together,
    ``void_numbers`` names every void one, ``kwh`` and ``amount_fen`` are the valid ones' sums.
    """

    __tablename__ = "volume"
    __table_args__ = (
        Index("ix_volume_station_state", "station_id", "state"),
        Index("ix_volume_month", "station_id", "month"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    month: Mapped[str] = mapped_column(String(7))
    sequence: Mapped[int]
    collector_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    state: Mapped[VolumeState] = mapped_column(String(12), default=VolumeState.DRAFT)
    collected_from: Mapped[date]
    collected_to: Mapped[date]
    sets: Mapped[int]
    void_sets: Mapped[int]
    void_numbers: Mapped[list[str]] = mapped_column(JSON)
    kwh: Mapped[Decimal] = mapped_column(Kwh)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    remark: Mapped[str] = mapped_column(Text, default="")
    bound_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    bound_at: Mapped[datetime] = mapped_column(Instant)
    signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    signed_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    signed_digest: Mapped[str] = mapped_column(String(64), default="")
    sealed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    sealed_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    submitted_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    open_findings: Mapped[int | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own way

    @property
    def subject(self) -> str:
        """How the trail names the volume."""
        return f"volume:{self.code}"

    @property
    def cover(self) -> dict[str, Any]:
        """What stands on the cover, as it is signed."""
        return {
            "code": self.code,
            "month": self.month,
            "collected_from": self.collected_from.isoformat(),
            "collected_to": self.collected_to.isoformat(),
            "sets": self.sets,
            "void_sets": self.void_sets,
            "void_numbers": list(self.void_numbers),
            "kwh": f"{self.kwh:.2f}",
            "amount_fen": self.amount_fen,
            "remark": self.remark,
        }

    def check_open(self) -> None:
        """Refuse to change what is signed.

        Raises:
            SignedAlready: in any state but draft.
        """
        if self.state != VolumeState.DRAFT:
            raise SignedAlready(subject=self.subject, state=str(self.state))

    def check_unscanned(self, scanned: object) -> None:
        """Refuse to undo a binding somebody scanned.

        Raises:
            ScannedAlready: the scan is kept for ever and needs its volume.
        """
        if scanned:
            raise ScannedAlready(subject=self.subject)

    def check_collector(self, actor: Actor) -> None:
        """Refuse a signature that is not the collector's own.

        Raises:
            NotTheCollector: whose copies they are, signs.
        """
        if actor.person_id != self.collector_id:
            raise NotTheCollector(subject=self.subject, person=actor.code)

    def unsign(self) -> None:
        """Let every step after binding fall."""
        self.signed_by_id = self.signed_at = None
        self.signed_digest = ""
        self.sealed_by_id = self.sealed_at = None
        self.submitted_by_id = self.submitted_at = None


class VolumeRun(Base, kw_only=True):
    """Numbers of one book that are bound in a volume (装订号段)."""

    __tablename__ = "volume_run"
    __table_args__ = (
        Index(None, "volume_id"),
        Index(None, "book_id"),
        CheckConstraint("first_key <= last_key", name="order"),
        CheckConstraint(key_check("first", "first_key"), name="first_key"),
        CheckConstraint(key_check("last", "last_key"), name="last_key"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    volume_id: Mapped[int] = mapped_column(ForeignKey("volume.id"))
    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"))
    code: Mapped[str] = mapped_column(String(12))
    first: Mapped[str] = mapped_column(String(20))
    last: Mapped[str] = mapped_column(String(20))
    first_key: Mapped[str] = mapped_column(OrderedText, unique=True)
    last_key: Mapped[str] = mapped_column(OrderedText)

    @property
    def run(self) -> NumberRun:
        return NumberRun(self.code, self.first, self.last)


def parse_month(text: str, today: date) -> str:
    """A month as typed, ``2026-11``.

    Raises:
        NotAMonth, MonthNotOver: it is none, or lies ahead.
    """
    month = text.strip()
    if not MONTH.fullmatch(month):
        raise NotAMonth(field="month", text=month[:20])
    if month > f"{today:%Y-%m}":
        raise MonthNotOver(field="month", month=month)
    return month


def check_cover(runs: list[NumberRun], sets: int, void_sets: int, void_numbers: list[str]) -> None:
    """Refuse a cover whose counts do not agree with each other [seed 3.4].

    That the cover agrees with the *register* and the *scan* is not asked here: it may rightly
    say what the paper says, and reconciliation shows where that differs.

    Raises:
        CoverDoesNotAdd, VoidListedTwice, VoidNotInVolume: with the number.
    """
    for number, times in Counter(void_numbers).items():
        stands = sum(number in run for run in runs)  # once under each code
        if not stands:
            raise VoidNotInVolume(field="void_numbers", number=number)
        if times > stands:
            raise VoidListedTwice(field="void_numbers", number=number)
    if void_sets != len(void_numbers) or sets != sum(len(run) for run in runs):
        raise CoverDoesNotAdd(
            field="sets",
            sets=sets,
            bound=sum(len(run) for run in runs),
            void_sets=void_sets,
            listed=len(void_numbers),
        )


refused_by(
    NumberInTwoVolumes,
    "no_overlap_volume_run",
    "uq_volume_run_first_key",
    "volume_run.first_key",
)
