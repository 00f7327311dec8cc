"""Loans (借阅): asked for, allowed by another person, handed out, brought back and checked.

    requested --approve--> approved --hand-out--> out --return--> returned
    requested --decline--> declined
    requested, approved --withdraw--> withdrawn

Whoever approves loans may renew one that is out, once (续借). Accounting files are seen on the spot and not lent out (79号令 art.13); who keeps something
beyond its day gets nothing new (``domain.md`` §6).
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from archive.db import Base, Instant, RowId, refused_by
from archive.errors import Conflict, Invalid, Refused
from archive.workflow import Workflow

ACCOUNTING = "KU"
"""会计档案: the category whose files are not lent out of the unit."""

USUAL_DAYS = 14
"""What a loan is asked for where nothing else is said; the longest there is, is a setting."""


class AccountingNotLent(Conflict):
    """Accounting files are not lent out; they are seen on the spot."""


class LoanOverdue(Conflict):
    """The borrower keeps something beyond its day; that comes back first."""


class LentAlready(Conflict):
    """The record is asked for or lent already."""


class ApprovedByBorrower(Refused):
    """Nobody allows a loan to themselves."""


class DueImpossible(Invalid):
    """A loan is due today or later, within the longest time there is."""


class RenewedAlready(Conflict):
    """A loan is renewed once; then the record comes back first."""


class RenewedByBorrower(Refused):
    """Nobody renews a loan to themselves."""


class NotPlacedYet(Conflict):
    """Only what stands in a box can be lent."""


class OnLoan(Conflict):
    """The record is lent; it comes back through its loan."""


class LoanState(StrEnum):
    REQUESTED = "requested"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    OUT = "out"
    RETURNED = "returned"


LOAN_WORKFLOW: Workflow[LoanState] = Workflow(
    "loan",
    {
        "approve": ([LoanState.REQUESTED], LoanState.APPROVED),
        "decline": ([LoanState.REQUESTED], LoanState.DECLINED),
        "withdraw": ([LoanState.REQUESTED, LoanState.APPROVED], LoanState.WITHDRAWN),
        "hand-out": ([LoanState.APPROVED], LoanState.OUT),
        "renew": ([LoanState.OUT], LoanState.OUT),
        "return": ([LoanState.OUT], LoanState.RETURNED),
    },
)

UNDER_WAY = frozenset({LoanState.REQUESTED, LoanState.APPROVED, LoanState.OUT})


class Loan(Base, kw_only=True):
    """One record asked for by one person.

    Attributes:
        on_site: seen in the storeroom, not taken along.
        unit: the borrower's department, as they say it.
        first_due_on: when it was due before it was renewed.
        pages_back, seal_intact: what was found when it came back.
        incident: what differed then; it waits until somebody says what was done.
    """

    __tablename__ = "loan"
    __table_args__ = (
        CheckConstraint(
            "approved_by_id IS NULL OR approved_by_id <> borrower_id", name="second_person"
        ),
        CheckConstraint(
            "state NOT IN ('approved', 'out', 'returned') OR approved_by_id IS NOT NULL",
            name="approved",
        ),
        CheckConstraint(
            "state <> 'returned' OR (returned_at IS NOT NULL AND pages_back IS NOT NULL)",
            name="checked",
        ),
        CheckConstraint(
            "(renewed_at IS NULL) = (renewed_by_id IS NULL)"
            " AND (renewed_at IS NULL) = (first_due_on IS NULL)"
            " AND (renewed_by_id IS NULL OR renewed_by_id <> borrower_id)",
            name="renewed",
        ),
        Index(
            "uq_loan_under_way",
            "record_id",
            unique=True,
            sqlite_where=text("state IN ('requested', 'approved', 'out')"),
            postgresql_where=text("state IN ('requested', 'approved', 'out')"),
        ),
        Index(None, "borrower_id", "state"),
        Index(None, "station_id", "state", "due_on"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"))
    borrower_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    unit: Mapped[str] = mapped_column(String(60), default="")
    purpose: Mapped[str] = mapped_column(String(200))
    on_site: Mapped[bool]
    due_on: Mapped[date]
    state: Mapped[LoanState] = mapped_column(String(12), default=LoanState.REQUESTED)
    requested_at: Mapped[datetime] = mapped_column(Instant)
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    decided_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    opinion: Mapped[str] = mapped_column(String(200), default="")
    out_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    out_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    renewed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    renewed_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    first_due_on: Mapped[date | None] = mapped_column(default=None)
    received_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    returned_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    pages_back: Mapped[int | None] = mapped_column(default=None)
    seal_intact: Mapped[bool | None] = mapped_column(default=None)
    incident: Mapped[str] = mapped_column(String(300), default="")
    incident_settled: Mapped[str] = mapped_column(String(300), default="")
    incident_settled_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"), default=None
    )
    version: Mapped[int] = mapped_column(init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own way

    @property
    def subject(self) -> str:
        """How the trail names it."""
        return f"loan:{self.id}"

    def overdue(self, today: date) -> bool:
        """Whether it should have come back before today."""
        return self.state == LoanState.OUT and self.due_on < today


def check_due(due_on: date, today: date, *, on_site: bool, most: int) -> None:
    """Refuse a day that has passed, or one more than ``most`` days away.

    Raises:
        DueImpossible: with the field.
    """
    days = (due_on - today).days
    longest = 0 if on_site else most
    if not 0 <= days <= longest:
        raise DueImpossible(field="due_on", most=longest)


refused_by(LentAlready, "uq_loan_under_way", "loan.record_id")
refused_by(ApprovedByBorrower, "ck_loan_second_person")
refused_by(RenewedByBorrower, "ck_loan_renewed")
refused_by(RenewedAlready, "loan_renewed_once")
refused_by(AccountingNotLent, "accounting_not_lent")
