"""The gate before new books (领用关口) [seed 3.5], and what opens it.

New books are requested against a *clearance*: finance's signature under the old ones, or a
recorded exception of the company's leader (first issue of a station, emergency). A clearance
releases one request. The decision table is ``domain.md`` §4.6, lines a–f; it is decided in the
transaction that records the request, and again in the one that issues the books.

    granted --issue--> fulfilled        granted --cancel--> cancelled (the clearance is free again)
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from archive.db import Base, Instant, RowId, refused_by
from archive.errors import Conflict, Invalid
from archive.workflow import Workflow


class GateClosed(Conflict):
    """New books may not be had now; ``reasons`` says everything that stands against it."""


class ClearanceTaken(Conflict):
    """Another request was granted on the same clearance."""


class NoClearance(Conflict):
    """The clearance is another station's, or void; held by the database itself."""


class WrongNumberOfBooks(Invalid):
    """The runs given are not as many books as were requested."""


class ExceptionNeedsReason(Invalid):
    """An exception is recorded with its reason."""


class NotTheFirstIssue(Conflict):
    """The station has had books before; only an emergency can be excepted."""


class RequestState(StrEnum):
    GRANTED = "granted"
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"


REQUEST_WORKFLOW: Workflow[RequestState] = Workflow(
    "request",
    {
        "issue": ([RequestState.GRANTED], RequestState.FULFILLED),
        "cancel": ([RequestState.GRANTED], RequestState.CANCELLED),
    },
)


class ClearanceKind(StrEnum):
    VERIFICATION = "verification"
    FIRST_ISSUE = "first-issue"
    EMERGENCY = "emergency"


class Clearance(Base, kw_only=True):
    """Leave to request books once (放行依据)."""

    __tablename__ = "clearance"
    __table_args__ = (
        Index(None, "station_id", "granted_at"),
        CheckConstraint("(kind = 'verification') = (verification_id IS NOT NULL)", name="basis"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    kind: Mapped[ClearanceKind] = mapped_column(String(16))
    verification_id: Mapped[int | None] = mapped_column(
        ForeignKey("verification.id"), unique=True, default=None
    )
    granted_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    granted_at: Mapped[datetime] = mapped_column(Instant)
    reason: Mapped[str] = mapped_column(Text, default="")
    voided_at: Mapped[datetime | None] = mapped_column(Instant, default=None)


class BookRequest(Base, kw_only=True):
    """A request for new books that passed the gate (领用申请).

    ``clearance_id`` is unique among requests that are not cancelled: that is the rule that one
    clearance releases one request, held by the database.
    """

    __tablename__ = "book_request"
    __table_args__ = (
        Index(
            "uq_book_request_clearance",
            "clearance_id",
            unique=True,
            sqlite_where=text("state <> 'cancelled'"),
            postgresql_where=text("state <> 'cancelled'"),
        ),
        Index("ix_book_request_plan", "plan_id", "state"),
        Index("ix_book_request_station", "station_id", "requested_at"),
        CheckConstraint("books > 0", name="books"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    kind_id: Mapped[int] = mapped_column(ForeignKey("invoice_kind.id"))
    plan_id: Mapped[int] = mapped_column(ForeignKey("usage_plan.id"))
    clearance_id: Mapped[int] = mapped_column(ForeignKey("clearance.id"))
    books: Mapped[int]
    state: Mapped[RequestState] = mapped_column(String(12), default=RequestState.GRANTED)
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    requested_at: Mapped[datetime] = mapped_column(Instant)
    waived: Mapped[list[str]] = mapped_column(JSON, default_factory=list)
    closed_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    version: Mapped[int] = mapped_column(init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own way


class ReasonCode(StrEnum):
    """Why the gate is closed; one sentence each in the catalogue ``gate.<code>``."""

    NO_PLAN = "no-plan"
    PLAN_NOT_APPROVED = "plan-not-approved"
    PLAN_EXHAUSTED = "plan-exhausted"
    BOOK_NOT_BOUND = "book-not-bound"
    STUB_NOT_HANDED_IN = "stub-not-handed-in"
    BOOK_NOT_ACCEPTED = "book-not-accepted"
    VOLUME_NOT_ACCEPTED = "volume-not-accepted"
    VOLUME_RETURNED = "volume-returned"
    FINDINGS_OPEN = "findings-open"
    NUMBERS_NOT_BOUND = "numbers-not-bound"
    SIGNATURE_VOID = "signature-void"
    NOTHING_CLEARED = "nothing-cleared"
    NOT_CUSTODIAN = "not-custodian"


LINE = {
    ReasonCode.NO_PLAN: "a",
    ReasonCode.PLAN_NOT_APPROVED: "a",
    ReasonCode.PLAN_EXHAUSTED: "a",
    ReasonCode.BOOK_NOT_BOUND: "b",
    ReasonCode.STUB_NOT_HANDED_IN: "b",
    ReasonCode.BOOK_NOT_ACCEPTED: "c",
    ReasonCode.VOLUME_NOT_ACCEPTED: "c",
    ReasonCode.SIGNATURE_VOID: "c",
    ReasonCode.NOTHING_CLEARED: "c",
    ReasonCode.VOLUME_RETURNED: "d",
    ReasonCode.FINDINGS_OPEN: "d",
    ReasonCode.NUMBERS_NOT_BOUND: "e",
    ReasonCode.NOT_CUSTODIAN: "f",
}
"""The line of the decision table a reason belongs to."""

WAIVED_IN_EMERGENCY = frozenset("bcde")
"""An emergency lifts what is owed, never the plan (a) or the named custodian (f)."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that stands against new books."""

    code: ReasonCode
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def line(self) -> str:
        return LINE[self.code]


@dataclass(frozen=True, slots=True)
class BookOwed:
    """A written-up book finance has not accepted."""

    book: str
    all_bound: bool
    stub_handed_in: bool


@dataclass(frozen=True, slots=True)
class VolumeOwed:
    """A volume that finance has not accepted."""

    code: str
    month: str
    state: str
    open_findings: int | None
    overdue: bool


@dataclass(frozen=True, slots=True)
class GateFacts:
    """Everything the decision rests on, read in one transaction."""

    books_wanted: int
    plan_state: str | None
    plan_remaining: int
    books_owed: tuple[BookOwed, ...]
    volumes_owed: tuple[VolumeOwed, ...]
    unbound_months: tuple[tuple[str, int], ...]
    clearance: ClearanceKind | None
    signature_stands: bool
    applicant_is_custodian: bool


def decide(facts: GateFacts) -> list[Reason]:
    """Every reason against the request; an empty list opens the gate."""
    reasons = [*_plan_reasons(facts), *_book_reasons(facts), *_volume_reasons(facts)]
    reasons += [
        Reason(ReasonCode.NUMBERS_NOT_BOUND, {"month": month, "count": count})
        for month, count in facts.unbound_months
    ]
    if facts.clearance is None:
        reasons.append(Reason(ReasonCode.NOTHING_CLEARED))
    elif not facts.signature_stands:
        reasons.append(Reason(ReasonCode.SIGNATURE_VOID))
    if not facts.applicant_is_custodian:
        reasons.append(Reason(ReasonCode.NOT_CUSTODIAN))
    return reasons


def standing(reasons: list[Reason], clearance: ClearanceKind | None) -> list[Reason]:
    """The reasons that still stand when the clearance is an exception."""
    if clearance == ClearanceKind.EMERGENCY:
        return [reason for reason in reasons if reason.line not in WAIVED_IN_EMERGENCY]
    return reasons


def _plan_reasons(facts: GateFacts) -> list[Reason]:
    if facts.plan_state is None:
        return [Reason(ReasonCode.NO_PLAN)]
    if facts.plan_state != "approved":
        return [Reason(ReasonCode.PLAN_NOT_APPROVED)]
    if facts.plan_remaining < facts.books_wanted:
        return [
            Reason(
                ReasonCode.PLAN_EXHAUSTED,
                {"remaining": facts.plan_remaining, "wanted": facts.books_wanted},
            )
        ]
    return []


def _book_reasons(facts: GateFacts) -> list[Reason]:
    reasons = []
    for owed in facts.books_owed:
        if not owed.all_bound:
            reasons.append(Reason(ReasonCode.BOOK_NOT_BOUND, {"book": owed.book}))
        if not owed.stub_handed_in:
            reasons.append(Reason(ReasonCode.STUB_NOT_HANDED_IN, {"book": owed.book}))
        if owed.all_bound and owed.stub_handed_in:
            reasons.append(Reason(ReasonCode.BOOK_NOT_ACCEPTED, {"book": owed.book}))
    return reasons


def _volume_reasons(facts: GateFacts) -> list[Reason]:
    reasons = []
    for owed in facts.volumes_owed:
        told = {"volume": owed.code, "month": owed.month}
        if owed.state == "returned":
            reasons.append(Reason(ReasonCode.VOLUME_RETURNED, told))
        elif owed.open_findings:
            reasons.append(Reason(ReasonCode.FINDINGS_OPEN, {**told, "count": owed.open_findings}))
        elif owed.overdue or owed.state == "submitted":
            reasons.append(Reason(ReasonCode.VOLUME_NOT_ACCEPTED, {**told, "state": owed.state}))
    return reasons


def closed_months_end(today: date, grace_days: int) -> date:
    """First day of the first month whose stubs need not be bound yet.

    A month is closed when it is over and ``grace_days`` more days have passed.
    """
    month = today.replace(day=1)
    if today.day <= grace_days:
        month = (
            month.replace(month=month.month - 1)
            if month.month > 1
            else month.replace(year=month.year - 1, month=12)
        )
    return month


refused_by(ClearanceTaken, "uq_book_request_clearance", "book_request.clearance_id")
refused_by(NoClearance, "request_without_clearance")
