"""The quarterly plan of invoice use (票据使用计划) [seed 3.3].

    proposed --approve--> approved
    proposed --return-->  returned --propose again--> proposed

Who proposed it may not approve it. A plan approved after its quarter began is marked late,
not refused: the rule asks for the plan every quarter, not for a stop of supply.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from archive.db import Base, Instant, RowId, refused_by
from archive.errors import Conflict, Invalid
from archive.workflow import Workflow


class PlanExists(Conflict):
    """The station already has a plan for that quarter and kind; propose a supplement."""


class NotAQuarter(Invalid):
    """A quarter is 1, 2, 3 or 4."""


class NothingPlanned(Invalid):
    """A plan asks for at least one book."""


class PlanState(StrEnum):
    PROPOSED = "proposed"
    APPROVED = "approved"
    RETURNED = "returned"


PLAN_WORKFLOW: Workflow[PlanState] = Workflow(
    "plan",
    {
        "approve": ([PlanState.PROPOSED], PlanState.APPROVED),
        "return": ([PlanState.PROPOSED], PlanState.RETURNED),
        "propose": ([PlanState.RETURNED], PlanState.PROPOSED),
    },
)


class UsagePlan(Base, kw_only=True):
    """How many books of a kind a station expects to need in a quarter."""

    __tablename__ = "usage_plan"
    __table_args__ = (
        UniqueConstraint("station_id", "year", "quarter", "kind_id", "supplement"),
        CheckConstraint("quarter BETWEEN 1 AND 4", name="quarter"),
        CheckConstraint("books > 0", name="books"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    kind_id: Mapped[int] = mapped_column(ForeignKey("invoice_kind.id"))
    year: Mapped[int]
    quarter: Mapped[int]
    supplement: Mapped[int] = mapped_column(default=0)
    books: Mapped[int]
    basis: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[PlanState] = mapped_column(String(12), default=PlanState.PROPOSED)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime] = mapped_column(Instant)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    decided_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    opinion: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own way

    @property
    def begins_on(self) -> date:
        """First day of the quarter."""
        return date(self.year, 3 * self.quarter - 2, 1)

    def decided_late(self, day: date) -> bool:
        """Whether a decision on ``day`` comes after the quarter began."""
        return day >= self.begins_on


def quarter_of(day: date) -> tuple[int, int]:
    """Year and quarter of a day."""
    return day.year, (day.month - 1) // 3 + 1


refused_by(
    PlanExists,
    "uq_usage_plan_station_id",
    "usage_plan.station_id, usage_plan.year",
)
