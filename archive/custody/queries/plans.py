"""Reads about plans: the list, one plan, and how a quarter stands [seed 3.3]."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from archive.access import Permission
from archive.clock import day_at_station
from archive.custody.gate import BookRequest, RequestState
from archive.custody.kind import InvoiceKind
from archive.custody.plan import PlanState, UsagePlan
from archive.people.person import Person, Station
from archive.transaction import NoSuchThing, Transaction


@dataclass(frozen=True, slots=True)
class PlanFilter:
    """What a list of plans is narrowed to."""

    station_id: int | None = None
    kind_id: int | None = None
    year: int | None = None
    quarter: int | None = None
    state: str = ""


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One line of the list of plans; ``drawn`` books were granted against it."""

    id: int
    year: int
    quarter: int
    supplement: int
    station: str
    kind: str
    books: int
    state: str
    author: str
    proposed_at: datetime
    drawn: int


@dataclass(frozen=True, slots=True)
class QuarterStanding:
    """How the plans of a quarter stand: approved, waiting, drawn."""

    plans: tuple[UsagePlan, ...]
    approved: int
    waiting: int
    drawn: int

    @property
    def remaining(self) -> int:
        return self.approved - self.drawn


@dataclass(frozen=True, slots=True)
class PlanSeen:
    """One plan with the persons and the quarter around it."""

    plan: UsagePlan
    station: Station
    kind: InvoiceKind
    author: Person
    decided_by: Person | None
    quarter: QuarterStanding

    @property
    def decided_late(self) -> bool:
        """Whether it was decided after its quarter had begun."""
        at = self.plan.decided_at
        return at is not None and self.plan.decided_late(day_at_station(at))


ORDERS: Mapping[str, tuple[Any, ...]] = {
    "-quarter": (UsagePlan.year.desc(), UsagePlan.quarter.desc(), UsagePlan.id.desc()),
    "quarter": (UsagePlan.year, UsagePlan.quarter, UsagePlan.id),
    "books": (UsagePlan.books, UsagePlan.id),
    "-books": (UsagePlan.books.desc(), UsagePlan.id),
}


def plans(
    tx: Transaction,
    wanted: PlanFilter,
    *,
    order: str = "-quarter",
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[PlanRow], int, int, int]:
    """A page of plans one may see; then how many, how many books, how many drawn in all."""
    conditions = _conditions(tx, wanted)
    drawn = _drawn_per_plan()
    author = aliased(Person)
    rows = tx.session.execute(
        select(
            UsagePlan.id,
            UsagePlan.year,
            UsagePlan.quarter,
            UsagePlan.supplement,
            Station.name.label("station"),
            InvoiceKind.name.label("kind"),
            UsagePlan.books,
            UsagePlan.state,
            author.name.label("author"),
            UsagePlan.proposed_at,
            func.coalesce(drawn, 0).label("drawn"),
        )
        .join(Station, Station.id == UsagePlan.station_id)
        .join(InvoiceKind, InvoiceKind.id == UsagePlan.kind_id)
        .join(author, author.id == UsagePlan.author_id)
        .where(*conditions)
        .order_by(*ORDERS[order])
        .offset(offset)
        .limit(limit)
    ).mappings()
    count, planned, taken = tx.session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(UsagePlan.books), 0),
            func.coalesce(func.sum(drawn), 0),
        )
        .select_from(UsagePlan)
        .where(*conditions)
    ).one()
    return [PlanRow(**row) for row in rows], count, int(planned), int(taken)


def years(tx: Transaction) -> list[int]:
    """The years one may see plans of, newest first."""
    found = tx.session.scalars(
        select(UsagePlan.year)
        .where(*_conditions(tx, PlanFilter()))
        .distinct()
        .order_by(UsagePlan.year.desc())
    )
    return list(found)


def plan_seen(tx: Transaction, plan_id: int) -> PlanSeen:
    """The plan with what stands around it.

    Raises:
        NoSuchThing: there is none, or it is another station's.
    """
    plan = tx.get(UsagePlan, plan_id)
    if not tx.can(Permission.BOOK_READ, plan.station_id):
        raise NoSuchThing(thing="usage_plan", key=str(plan_id))
    return PlanSeen(
        plan=plan,
        station=tx.get(Station, plan.station_id),
        kind=tx.get(InvoiceKind, plan.kind_id),
        author=tx.get(Person, plan.author_id),
        decided_by=tx.get(Person, plan.decided_by_id) if plan.decided_by_id else None,
        quarter=quarter_standing(tx, plan.station_id, plan.kind_id, plan.year, plan.quarter),
    )


def quarter_standing(
    tx: Transaction, station_id: int, kind_id: int, year: int, quarter: int
) -> QuarterStanding:
    """Planned, waiting and drawn books of a station's quarter."""
    found = tuple(
        tx.session.scalars(
            select(UsagePlan)
            .where(
                UsagePlan.station_id == station_id,
                UsagePlan.kind_id == kind_id,
                UsagePlan.year == year,
                UsagePlan.quarter == quarter,
            )
            .order_by(UsagePlan.supplement)
        )
    )
    taken = tx.session.scalar(
        select(func.coalesce(func.sum(BookRequest.books), 0)).where(
            BookRequest.plan_id.in_([plan.id for plan in found]),
            BookRequest.state != RequestState.CANCELLED,
        )
    )
    return QuarterStanding(
        plans=found,
        approved=_books(found, PlanState.APPROVED),
        waiting=_books(found, PlanState.PROPOSED),
        drawn=int(taken or 0),
    )


def _books(plans_: Sequence[UsagePlan], state: PlanState) -> int:
    return sum(plan.books for plan in plans_ if plan.state == state)


def _drawn_per_plan() -> Any:
    return (
        select(func.sum(BookRequest.books))
        .where(BookRequest.plan_id == UsagePlan.id, BookRequest.state != RequestState.CANCELLED)
        .correlate(UsagePlan)
        .scalar_subquery()
    )


def _conditions(tx: Transaction, wanted: PlanFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    stations = tx.actor.stations(Permission.BOOK_READ)
    if stations is not None:
        conditions.append(UsagePlan.station_id.in_(sorted(stations)))
    for column, value in (
        (UsagePlan.station_id, wanted.station_id),
        (UsagePlan.kind_id, wanted.kind_id),
        (UsagePlan.year, wanted.year),
        (UsagePlan.quarter, wanted.quarter),
        (UsagePlan.state, wanted.state or None),
    ):
        if value is not None:
            conditions.append(column == value)
    return conditions
