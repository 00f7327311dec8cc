"""Verbs of the loan: ask, approve, hand out, take back and check (``domain.md`` §6)."""

from datetime import date

from sqlalchemy import select

from archive.access import Permission, forbid_same_person
from archive.holdings.code import ArchivalCode, CodeSeries
from archive.holdings.pair import PagesNotCounted, Pair, Paper
from archive.holdings.queries.records import seen_record
from archive.holdings.record import Record
from archive.reason import reason_in
from archive.shelving.box import Box
from archive.shelving.loan import (
    ACCOUNTING,
    LOAN_WORKFLOW,
    AccountingNotLent,
    DueImpossible,
    Loan,
    LoanOverdue,
    LoanState,
    NotPlacedYet,
    RenewedAlready,
    check_due,
)
from archive.shelving.movement import MovementKind, NotInBox, OutFor
from archive.shelving.moving import back, box_of, open_movement, under_way
from archive.transaction import Transaction


def request_loan(
    tx: Transaction,
    record_id: int,
    *,
    purpose: str,
    due_on: date,
    unit: str = "",
    on_site: bool = False,
) -> Loan:
    """The actor asks for a record that stands in its box.

    Raises:
        AccountingNotLent: accounting files are only seen on the spot.
        LoanOverdue: something else comes back first.
        LentAlready, NotPlacedYet, DueImpossible, ReasonMissing: nothing is kept.
    """
    record = seen_record(tx, record_id)
    tx.require(Permission.LOAN_REQUEST, record.station_id)
    said = reason_in(purpose, field="purpose")
    check_due(due_on, tx.today, on_site=on_site, most=tx.settings.loan_days)
    if not on_site and _category(tx, record).startswith(ACCOUNTING):
        raise AccountingNotLent(field="on_site")
    _check_nothing_overdue(tx, tx.person_id)
    if tx.get(Pair, record_id).paper != Paper.PLACED:
        raise NotPlacedYet(record=record.code)
    loan = tx.add(
        Loan(
            station_id=record.station_id,
            record_id=record.id,
            borrower_id=tx.person_id,
            unit=unit.strip(),
            purpose=said,
            on_site=on_site,
            due_on=due_on,
            requested_at=tx.now,
        )
    )
    tx.record("loan.requested", loan.subject, record=record.code, due=due_on, on_site=on_site)
    return loan


def approve_loan(tx: Transaction, loan_id: int, *, opinion: str = "") -> Loan:
    """Another person allows it.

    Raises:
        SamePerson, NotPossibleNow: it stays as it is.
    """
    return _decide(tx, loan_id, "approve", "loan.approved", opinion)


def decline_loan(tx: Transaction, loan_id: int, *, opinion: str) -> Loan:
    """Another person does not allow it, and says why.

    Raises:
        SamePerson, ReasonMissing, NotPossibleNow: it stays as it is.
    """
    return _decide(tx, loan_id, "decline", "loan.declined", reason_in(opinion, field="opinion"))


def _decide(tx: Transaction, loan_id: int, step: str, event: str, opinion: str) -> Loan:
    loan = tx.get(Loan, loan_id, lock=True)
    tx.require(Permission.LOAN_APPROVE, loan.station_id)
    forbid_same_person(tx.actor, "loan:approve", borrower=loan.borrower_id)
    loan.approved_by_id, loan.decided_at, loan.opinion = tx.person_id, tx.now, opinion.strip()
    LOAN_WORKFLOW.take(step, loan)
    tx.record(event, loan.subject)
    return loan


def withdraw_loan(tx: Transaction, loan_id: int) -> Loan:
    """Whoever asked no longer needs it; the archivist may clear it away too.

    Raises:
        NotPermitted, NotPossibleNow: it stays as it is.
    """
    loan = tx.get(Loan, loan_id, lock=True)
    if loan.borrower_id != tx.actor.person_id:
        tx.require(Permission.PAPER_KEEP, loan.station_id)
    LOAN_WORKFLOW.take("withdraw", loan)
    tx.record("loan.withdrawn", loan.subject)
    return loan


def hand_out(tx: Transaction, loan_id: int) -> Loan:
    """The record leaves its box with the borrower.

    Raises:
        LoanOverdue, NotInBox, DueImpossible, NotPossibleNow: it stays in its box.
    """
    loan = tx.get(Loan, loan_id, lock=True)
    tx.require(Permission.PAPER_KEEP, loan.station_id)
    LOAN_WORKFLOW.target("hand-out", loan.state, thing=loan.subject)
    _check_nothing_overdue(tx, loan.borrower_id)
    check_due(loan.due_on, tx.today, on_site=loan.on_site, most=tx.settings.loan_days)
    box_of(tx, loan.record_id)
    under_way(
        tx,
        loan.record_id,
        MovementKind.TAKE_OUT,
        "take-out",
        out_for=OutFor.LOAN,
        note=loan.subject,
    )
    loan.out_by_id, loan.out_at = tx.person_id, tx.now
    LOAN_WORKFLOW.take("hand-out", loan)
    tx.record("loan.handed-out", loan.subject, record=tx.get(Record, loan.record_id).code)
    return loan


def renew_loan(tx: Transaction, loan_id: int, *, due_on: date) -> Loan:
    """The record stays with the borrower until a later day; once, and before it is overdue.

    Raises:
        SamePerson: the borrower does not renew their own loan.
        RenewedAlready, LoanOverdue, DueImpossible, NotPossibleNow: the day stays as it is.
    """
    loan = tx.get(Loan, loan_id, lock=True)
    tx.require(Permission.LOAN_APPROVE, loan.station_id)
    forbid_same_person(tx.actor, "loan:renew", borrower=loan.borrower_id)
    LOAN_WORKFLOW.target("renew", loan.state, thing=loan.subject)
    if loan.renewed_at is not None:
        raise RenewedAlready
    _check_nothing_overdue(tx, loan.borrower_id)
    check_due(due_on, tx.today, on_site=loan.on_site, most=tx.settings.loan_days)
    if due_on <= loan.due_on:
        raise DueImpossible(field="due_on", most=tx.settings.loan_days)
    loan.renewed_by_id, loan.renewed_at = tx.person_id, tx.now
    loan.first_due_on, loan.due_on = loan.due_on, due_on
    tx.session.flush()
    tx.record("loan.renewed", loan.subject, due=due_on)
    return loan


def take_back(
    tx: Transaction, loan_id: int, *, pages: int, seal_intact: bool, note: str = ""
) -> Loan:
    """The record is back in its box, its pages counted and its seal looked at by another person.

    What differs is an incident, and the pair is compared again.

    Raises:
        SamePerson: the borrower does not check what they bring back.
        PagesNotCounted, NotPossibleNow: nothing changes.
    """
    loan = tx.get(Loan, loan_id, lock=True)
    tx.require(Permission.PAPER_KEEP, loan.station_id)
    forbid_same_person(tx.actor, "loan:return", borrower=loan.borrower_id)
    LOAN_WORKFLOW.target("return", loan.state, thing=loan.subject)
    if pages < 1:
        raise PagesNotCounted(field="pages")
    left = open_movement(tx, loan.record_id)
    if left.from_box_id is None:
        raise NotInBox(record=tx.get(Record, loan.record_id).code)
    box = tx.get(Box, left.from_box_id, lock=True)
    had = tx.get(Pair, loan.record_id).paper_pages
    same = back(tx, loan.record_id, box, pages=pages, seal_intact=seal_intact, note=loan.subject)
    loan.received_by_id, loan.returned_at = tx.person_id, tx.now
    loan.pages_back, loan.seal_intact = pages, seal_intact
    if not same:
        loan.incident = f"{had} → {pages}; {note.strip()}"[:300].rstrip("; ")
    LOAN_WORKFLOW.take("return", loan)
    tx.record("loan.returned", loan.subject, pages=pages, seal=seal_intact, same=same)
    return loan


def settle_incident(tx: Transaction, loan_id: int, *, how: str) -> Loan:
    """What was done about a record that came back otherwise than it left.

    Raises:
        ReasonMissing: nothing is said.
    """
    loan = tx.get(Loan, loan_id, lock=True)
    tx.require(Permission.LOAN_APPROVE, loan.station_id)
    loan.incident_settled = reason_in(how, field="how")[:300]
    loan.incident_settled_by_id = tx.person_id
    tx.record("loan.incident-settled", loan.subject)
    return loan


def _category(tx: Transaction, record: Record) -> str:
    query = (
        select(CodeSeries.category)
        .join(ArchivalCode, ArchivalCode.series_id == CodeSeries.id)
        .where(ArchivalCode.text == record.code)
    )
    return tx.session.scalars(query).one()


def _check_nothing_overdue(tx: Transaction, person_id: int) -> None:
    late = tx.session.scalars(
        select(Record.code)
        .join(Loan, Loan.record_id == Record.id)
        .where(
            Loan.borrower_id == person_id,
            Loan.state == LoanState.OUT,
            Loan.due_on < tx.today,
        )
    ).first()
    if late is not None:
        raise LoanOverdue(record=late)
