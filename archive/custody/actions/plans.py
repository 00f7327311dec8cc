"""Verbs about plans of invoice use [seed 3.3]."""

from sqlalchemy import func, select

from archive.access import Permission, forbid_same_person
from archive.custody.kind import InvoiceKind
from archive.custody.plan import (
    PLAN_WORKFLOW,
    NotAQuarter,
    NothingPlanned,
    PlanExists,
    UsagePlan,
)
from archive.people.person import Station
from archive.reason import reason_in
from archive.transaction import Transaction


def add_kind(
    tx: Transaction,
    *,
    code: str,
    name: str,
    code_digits: int,
    number_digits: int,
    book_size: int,
    copies: int = 3,
) -> InvoiceKind:
    """A kind of invoice the company hands out from now on.

    Raises:
        KindImpossible, KindCodeTaken: nothing is kept.
    """
    tx.require(Permission.SETTINGS_EDIT)
    kind = InvoiceKind(
        code=code.strip(),
        name=name.strip(),
        code_digits=code_digits,
        number_digits=number_digits,
        book_size=book_size,
        copies=copies,
    )
    kind.check_possible()
    tx.add(kind)
    tx.record("kind.added", f"kind:{kind.code}", book_size=book_size)
    return kind


def propose_plan(
    tx: Transaction,
    *,
    station_id: int,
    kind_id: int,
    year: int,
    quarter: int,
    books: int,
    basis: str = "",
    supplement: bool = False,
) -> UsagePlan:
    """The station's plan for a quarter, or a supplement to it.

    Raises:
        NotAQuarter, NothingPlanned, PlanExists: nothing is kept.
    """
    tx.require(Permission.PLAN_PROPOSE, station_id)
    if quarter not in {1, 2, 3, 4} or not 2000 <= year <= 2200:
        raise NotAQuarter(field="quarter", year=year, quarter=quarter)
    if books < 1:
        raise NothingPlanned(field="books", books=books)
    station = tx.get(Station, station_id, lock=True)
    kind = tx.get(InvoiceKind, kind_id)
    earlier = tx.session.scalar(
        select(func.count())
        .select_from(UsagePlan)
        .where(
            UsagePlan.station_id == station_id,
            UsagePlan.kind_id == kind_id,
            UsagePlan.year == year,
            UsagePlan.quarter == quarter,
        )
    )
    if earlier and not supplement:
        raise PlanExists(year=year, quarter=quarter)
    plan = tx.add(
        UsagePlan(
            station_id=station_id,
            kind_id=kind_id,
            year=year,
            quarter=quarter,
            supplement=earlier or 0,
            books=books,
            basis=basis.strip(),
            author_id=tx.person_id,
            proposed_at=tx.now,
        )
    )
    tx.record("plan.proposed", _subject(plan), station=station.code, kind=kind.code, books=books)
    return plan


def approve_plan(tx: Transaction, plan_id: int, *, opinion: str = "") -> UsagePlan:
    """The company's approval; its author may not give it.

    Raises:
        NotPossibleNow, SamePerson: the plan stays as it is.
    """
    plan = _decide(tx, plan_id, "approve")
    plan.opinion = opinion.strip()
    tx.record("plan.approved", _subject(plan), books=plan.books, late=plan.decided_late(tx.today))
    return plan


def return_plan(tx: Transaction, plan_id: int, *, opinion: str) -> UsagePlan:
    """The plan goes back to the station, with the reason.

    Raises:
        NotPossibleNow, SamePerson, ReasonMissing: the plan stays as it is.
    """
    plan = _decide(tx, plan_id, "return")
    plan.opinion = reason_in(opinion, field="opinion")
    tx.record("plan.returned", _subject(plan))
    return plan


def propose_again(tx: Transaction, plan_id: int, *, books: int, basis: str) -> UsagePlan:
    """A returned plan, mended."""
    plan = tx.get(UsagePlan, plan_id, lock=True)
    tx.require(Permission.PLAN_PROPOSE, plan.station_id)
    if books < 1:
        raise NothingPlanned(field="books", books=books)
    PLAN_WORKFLOW.take("propose", plan)
    plan.books, plan.basis, plan.author_id, plan.proposed_at = (
        books,
        basis.strip(),
        tx.person_id,
        tx.now,
    )
    plan.decided_by_id = plan.decided_at = None
    tx.record("plan.proposed", _subject(plan), books=books)
    return plan


def _decide(tx: Transaction, plan_id: int, step: str) -> UsagePlan:
    plan = tx.get(UsagePlan, plan_id, lock=True)
    tx.require(Permission.PLAN_APPROVE, plan.station_id)
    forbid_same_person(tx.actor, f"plan:{step}", plan_author=plan.author_id)
    PLAN_WORKFLOW.take(step, plan)
    plan.decided_by_id, plan.decided_at = tx.person_id, tx.now
    return plan


def _subject(plan: UsagePlan) -> str:
    return f"plan:{plan.id}"
