"""What the gate's decision rests on, read in the transaction that decides."""

from dataclasses import replace
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

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
from archive.custody.queries.dossier import dossier_digest
from archive.custody.verification import Verification, VerificationState
from archive.custody.volume import Volume, VolumeState
from archive.people.actions import actor_of
from archive.people.person import Person
from archive.transaction import Transaction


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
    plans = plans_now(tx, station_id, kind_id)
    return _facts(tx, station_id, books, clearance, plans, applicant=tx.actor)


def gate_facts_again(tx: Transaction, request: BookRequest, clearance: Clearance) -> GateFacts:
    """The facts of the decision table for a granted request whose books are to be issued.

    The plan is the one the request was granted on, with the request's own books put back; the
    applicant is who asked.
    """
    plan = tx.get(UsagePlan, request.plan_id)
    plans = _plans_of(tx, plan.station_id, plan.kind_id, plan.year, plan.quarter)
    applicant = actor_of(tx, tx.get(Person, request.requested_by_id))
    facts = _facts(tx, request.station_id, request.books, clearance, plans, applicant=applicant)
    return replace(facts, plan_remaining=facts.plan_remaining + request.books)


def _facts(
    tx: Transaction,
    station_id: int,
    books: int,
    clearance: Clearance | None,
    plans: list[UsagePlan],
    *,
    applicant: Actor,
) -> GateFacts:
    approved = [plan for plan in plans if plan.state == PlanState.APPROVED]
    before = closed_months_end(tx.today, tx.settings.binding_grace_days)
    return GateFacts(
        books_wanted=books,
        plan_state=PlanState.APPROVED if approved else (plans[0].state if plans else None),
        plan_remaining=sum(plan.books for plan in approved) - drawn(tx, approved),
        books_owed=tuple(_books_owed(tx, station_id)),
        volumes_owed=tuple(_volumes_owed(tx, station_id, before)),
        unbound_months=tuple(_unbound(tx, station_id, before)),
        clearance=ClearanceKind(clearance.kind) if clearance else None,
        signature_stands=clearance is not None and signature_stands(tx, clearance),
        applicant_is_custodian=applicant.holds(Role.CUSTODIAN, station_id),
    )


def plans_now(tx: Transaction, station_id: int, kind_id: int) -> list[UsagePlan]:
    """The plans of this quarter, the first before its supplements."""
    return _plans_of(tx, station_id, kind_id, *quarter_of(tx.today))


def _plans_of(
    tx: Transaction, station_id: int, kind_id: int, year: int, quarter: int
) -> list[UsagePlan]:
    return list(
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


def drawn(tx: Transaction, plans: list[UsagePlan]) -> int:
    """Books already granted against these plans."""
    total = tx.session.scalar(
        select(func.coalesce(func.sum(BookRequest.books), 0)).where(
            BookRequest.plan_id.in_([plan.id for plan in plans]),
            BookRequest.state != RequestState.CANCELLED,
        )
    )
    return int(total or 0)


def usable_clearance(tx: Transaction, station_id: int) -> Clearance | None:
    """The newest clearance that is younger than every request already granted."""
    spent = (
        select(func.coalesce(func.max(BookRequest.clearance_id), 0))
        .where(BookRequest.station_id == station_id, BookRequest.state != RequestState.CANCELLED)
        .scalar_subquery()
    )
    return tx.session.scalars(
        select(Clearance)
        .where(
            Clearance.station_id == station_id,
            Clearance.voided_at.is_(None),
            Clearance.id > spent,
        )
        .order_by(Clearance.id.desc())
        .limit(1)
    ).first()


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
    verification = tx.get(Verification, clearance.verification_id)
    if verification.state != VerificationState.SIGNED:
        return False
    volume = tx.get(Volume, verification.volume_id)
    return verification.signature(dossier_digest(tx, volume)) == verification.digest


def _books_owed(tx: Transaction, station_id: int) -> list[BookOwed]:
    entry = aliased(UseEntry)
    loose = select(entry.id).where(entry.book_id == Book.id, entry.volume_id.is_(None)).exists()
    rows = tx.session.execute(
        select(Book.first, Book.last, Book.stub_handed_in_at, loose.label("loose"))
        .where(
            Book.station_id == station_id, Book.state.in_(OUTSTANDING), Book.used_up_on < tx.today
        )
        .order_by(Book.first_key)
    )
    return [
        BookOwed(f"{row.first}–{row.last}", not row.loose, row.stub_handed_in_at is not None)
        for row in rows
    ]


def _volumes_owed(tx: Transaction, station_id: int, before: date) -> list[VolumeOwed]:
    rows = tx.session.execute(
        select(Volume.code, Volume.month, Volume.state, Volume.open_findings)
        .where(Volume.station_id == station_id, Volume.state != VolumeState.ACCEPTED)
        .order_by(Volume.code)
    )
    return [
        VolumeOwed(row.code, row.month, row.state, row.open_findings, row.month < f"{before:%Y-%m}")
        for row in rows
    ]


def _unbound(tx: Transaction, station_id: int, before: date) -> list[tuple[str, int]]:
    """Months that are over, with how many entries of theirs are in no volume."""
    rows = tx.session.execute(
        select(UseEntry.used_on, UseEntry.first, UseEntry.last).where(
            UseEntry.station_id == station_id,
            UseEntry.volume_id.is_(None),
            UseEntry.used_on < before,
        )
    )
    months: dict[str, int] = {}
    for row in rows:
        month = f"{row.used_on:%Y-%m}"
        months[month] = months.get(month, 0) + int(row.last) - int(row.first) + 1
    return sorted(months.items())
