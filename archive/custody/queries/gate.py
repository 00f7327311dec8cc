"""What the gate's decision rests on, read in the transaction that decides.

Everybody at the station waits for that transaction, so its statements are made once, here, and
are few. Values that never differ are written into them: the database then knows how rare a state
is, and looks up the few rows instead of reading all of a station.
"""

from dataclasses import replace
from datetime import date
from enum import StrEnum

from sqlalchemy import (
    BindParameter,
    ColumnClause,
    String,
    bindparam,
    func,
    literal_column,
    or_,
    select,
)

from archive.access import Actor, Role
from archive.custody.book import OUTSTANDING, Book, UseEntry
from archive.custody.gate import (
    BookOwed,
    BookRequest,
    Clearance,
    ClearanceKind,
    GateFacts,
    Reason,
    RequestState,
    VolumeOwed,
    closed_months_end,
    decide,
    standing,
)
from archive.custody.plan import PlanState, UsagePlan, quarter_of
from archive.custody.queries.covered import bare_rows, dossier_digest
from archive.custody.verification import Verification, VerificationState
from archive.custody.volume import Volume, VolumeState
from archive.people.actions import actor_of
from archive.people.person import Person
from archive.transaction import Transaction

_Planned = tuple[UsagePlan, int]
"""A plan, and how many books were granted on it already."""

_STATION: BindParameter[int] = bindparam("station")
_BEFORE: BindParameter[date] = bindparam("before")


def _written(state: StrEnum) -> ColumnClause[str]:
    return literal_column(f"'{state}'", String)


_ACCEPTED, _CANCELLED = _written(VolumeState.ACCEPTED), _written(RequestState.CANCELLED)

_PLANS = (
    select(UsagePlan)
    .where(
        UsagePlan.station_id == _STATION,
        UsagePlan.kind_id == bindparam("kind"),
        UsagePlan.year == bindparam("year"),
        UsagePlan.quarter == bindparam("quarter"),
    )
    .order_by(UsagePlan.supplement)
)
_GRANTED = (
    select(func.coalesce(func.sum(BookRequest.books), 0))
    .where(BookRequest.plan_id == UsagePlan.id, BookRequest.state != _CANCELLED)
    .scalar_subquery()
)
_PLANS_DRAWN = _PLANS.add_columns(_GRANTED)
_SPENT = (
    select(func.coalesce(func.max(BookRequest.clearance_id), 0))
    .where(BookRequest.station_id == _STATION, BookRequest.state != _CANCELLED)
    .scalar_subquery()
)
_USABLE = (
    select(Clearance)
    .where(Clearance.station_id == _STATION, Clearance.voided_at.is_(None), Clearance.id > _SPENT)
    .order_by(Clearance.id.desc())
    .limit(1)
)
_SIGNED = (
    select(Verification, Volume)
    .join(Volume, Volume.id == Verification.volume_id)
    .where(Verification.id == bindparam("verification"))
)
_LOOSE = select(UseEntry.id).where(UseEntry.book_id == Book.id, UseEntry.volume_id.is_(None))
_BOOKS_OWED = (
    select(Book.first, Book.last, Book.stub_handed_in_at, _LOOSE.exists().label("loose"))
    .where(
        Book.station_id == _STATION,
        Book.state.in_([_written(state) for state in OUTSTANDING]),
        Book.used_up_on < bindparam("today"),
    )
    .order_by(Book.first_key)
)
_VOLUMES_OWED = (
    select(Volume.code, Volume.month, Volume.state, Volume.open_findings)
    .where(
        Volume.station_id == _STATION,
        or_(Volume.state < _ACCEPTED, Volume.state > _ACCEPTED),  # <> would read every volume
    )
    .order_by(Volume.code)
)
_UNBOUND = select(UseEntry.used_on, UseEntry.first, UseEntry.last).where(
    UseEntry.station_id == _STATION, UseEntry.volume_id.is_(None), UseEntry.used_on < _BEFORE
)


def gate_reasons(
    tx: Transaction, station_id: int, kind_id: int, books: int, clearance: Clearance | None
) -> list[Reason]:
    """Everything that stands against ``books`` new books now, with ``clearance`` in hand."""
    facts = gate_facts(tx, station_id, kind_id, books, clearance)
    return standing(decide(facts), facts.clearance)


def gate_facts(
    tx: Transaction, station_id: int, kind_id: int, books: int, clearance: Clearance | None
) -> GateFacts:
    """The facts of the decision table for a new request of the actor."""
    plans = _planned(tx, _asked(station_id, kind_id, *quarter_of(tx.today)))
    return _facts(tx, station_id, books, clearance, plans, applicant=tx.actor)


def gate_facts_again(tx: Transaction, request: BookRequest, clearance: Clearance) -> GateFacts:
    """The facts of the decision table for a granted request whose books are to be issued.

    The plan is the one the request was granted on, with the request's own books put back; the
    applicant is who asked.
    """
    plan = tx.get(UsagePlan, request.plan_id)
    plans = _planned(tx, _asked(plan.station_id, plan.kind_id, plan.year, plan.quarter))
    applicant = actor_of(tx, tx.get(Person, request.requested_by_id))
    facts = _facts(tx, request.station_id, request.books, clearance, plans, applicant=applicant)
    return replace(facts, plan_remaining=facts.plan_remaining + request.books)


def _facts(
    tx: Transaction,
    station_id: int,
    books: int,
    clearance: Clearance | None,
    plans: list[_Planned],
    *,
    applicant: Actor,
) -> GateFacts:
    approved = [(plan, drawn) for plan, drawn in plans if plan.state == PlanState.APPROVED]
    before = closed_months_end(tx.today, tx.settings.binding_grace_days)
    return GateFacts(
        books_wanted=books,
        plan_state=PlanState.APPROVED if approved else (plans[0][0].state if plans else None),
        plan_remaining=sum(plan.books - drawn for plan, drawn in approved),
        books_owed=tuple(_books_owed(tx, station_id)),
        volumes_owed=tuple(_volumes_owed(tx, station_id, before)),
        unbound_months=tuple(_unbound(tx, station_id, before)),
        clearance=ClearanceKind(clearance.kind) if clearance else None,
        signature_stands=clearance is not None and signature_stands(tx, clearance),
        applicant_is_custodian=applicant.holds(Role.CUSTODIAN, station_id),
    )


def plans_now(tx: Transaction, station_id: int, kind_id: int) -> list[UsagePlan]:
    """The plans of this quarter, the first before its supplements."""
    asked = _asked(station_id, kind_id, *quarter_of(tx.today))
    return list(tx.session.scalars(_PLANS, asked))


def _planned(tx: Transaction, asked: dict[str, int]) -> list[_Planned]:
    return [(plan, int(drawn)) for plan, drawn in tx.session.execute(_PLANS_DRAWN, asked)]


def _asked(station_id: int, kind_id: int, year: int, quarter: int) -> dict[str, int]:
    return {"station": station_id, "kind": kind_id, "year": year, "quarter": quarter}


def usable_clearance(tx: Transaction, station_id: int) -> Clearance | None:
    """The newest clearance that is younger than every request already granted."""
    return tx.session.scalars(_USABLE, {"station": station_id}).first()


def is_spent(tx: Transaction, clearance: Clearance) -> bool:
    """Whether books were granted on this clearance or a younger one."""
    return (
        tx.session.scalar(
            select(BookRequest.id)
            .where(
                BookRequest.station_id == clearance.station_id,
                BookRequest.state != RequestState.CANCELLED,
                BookRequest.clearance_id >= clearance.id,
            )
            .limit(1)
        )
        is not None
    )


def signature_stands(tx: Transaction, clearance: Clearance) -> bool:
    """Whether what finance signed is still what is kept, digest by digest."""
    if clearance.voided_at is not None:
        return False
    if clearance.verification_id is None:
        return True
    signed = {"verification": clearance.verification_id}
    verification, volume = tx.session.execute(_SIGNED, signed).one()
    if verification.state != VerificationState.SIGNED:
        return False
    return verification.signature(dossier_digest(tx, volume)) == verification.digest


def _books_owed(tx: Transaction, station_id: int) -> list[BookOwed]:
    rows = bare_rows(tx, _BOOKS_OWED, {"station": station_id, "today": tx.today})
    return [
        BookOwed(f"{row.first}–{row.last}", not row.loose, row.stub_handed_in_at is not None)
        for row in rows
    ]


def _volumes_owed(tx: Transaction, station_id: int, before: date) -> list[VolumeOwed]:
    rows = bare_rows(tx, _VOLUMES_OWED, {"station": station_id})
    return [
        VolumeOwed(row.code, row.month, row.state, row.open_findings, row.month < f"{before:%Y-%m}")
        for row in rows
    ]


def _unbound(tx: Transaction, station_id: int, before: date) -> list[tuple[str, int]]:
    """Months that are over, with how many entries of theirs are in no volume."""
    rows = bare_rows(tx, _UNBOUND, {"station": station_id, "before": before})
    months: dict[str, int] = {}
    for row in rows:
        month = f"{row.used_on:%Y-%m}"
        months[month] = months.get(month, 0) + int(row.last) - int(row.first) + 1
    return sorted(months.items())
