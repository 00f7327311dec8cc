"""Reads about loans: whose, due when, and what came back otherwise than it left."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select

from archive.access import Permission
from archive.holdings.queries.records import visible_records
from archive.holdings.record import Record
from archive.people.person import Person, Station
from archive.shelving.loan import UNDER_WAY, Loan, LoanState
from archive.transaction import NoSuchThing, Transaction


@dataclass(frozen=True, slots=True)
class LoanFilter:
    """What the list of loans is narrowed to."""

    state: str = ""  # a state, ``under-way`` or ``overdue``
    mine: bool = False


@dataclass(frozen=True, slots=True)
class LoanLine:
    """A loan with what it is about and who is in it."""

    loan: Loan
    record: Record
    station: Station
    borrower: Person


def loans(
    tx: Transaction, asked: LoanFilter | None = None, *, limit: int = 50, offset: int = 0
) -> list[LoanLine]:
    """Lines of the list of loans: what is due first stands first."""
    query = (
        _narrowed(tx, select(Loan, Record, Station, Person), asked or LoanFilter())
        .order_by(Loan.returned_at.is_not(None), Loan.due_on, Loan.id)
        .limit(limit)
        .offset(offset)
    )
    return [LoanLine(*row) for row in tx.session.execute(query)]


def count_loans(tx: Transaction, asked: LoanFilter | None = None) -> int:
    """How many loans there are of what was asked."""
    query = _narrowed(tx, select(func.count(Loan.id)), asked or LoanFilter())
    return tx.session.scalar(query) or 0


def loan_seen(tx: Transaction, loan_id: int) -> LoanLine:
    """One loan, for whoever borrows, approves or keeps the paper.

    Raises:
        NoSuchThing: there is none this person may know of.
    """
    query = _narrowed(tx, select(Loan, Record, Station, Person), LoanFilter())
    row = tx.session.execute(query.where(Loan.id == loan_id)).first()
    if row is None:
        raise NoSuchThing(thing="loan", key=str(loan_id))
    return LoanLine(*row)


def _narrowed(tx: Transaction, query: Any, asked: LoanFilter) -> Any:
    seen = visible_records(tx).with_only_columns(Record.id)
    query = (
        query.select_from(Loan)
        .join(Record, Record.id == Loan.record_id)
        .join(Station, Station.id == Loan.station_id)
        .join(Person, Person.id == Loan.borrower_id)
        .where(Loan.record_id.in_(seen), _reached(tx))
    )
    if asked.mine:
        query = query.where(Loan.borrower_id == tx.actor.person_id)
    if asked.state == "under-way":
        query = query.where(Loan.state.in_(sorted(UNDER_WAY)))
    elif asked.state == "overdue":
        query = query.where(Loan.state == LoanState.OUT, Loan.due_on < tx.today)
    elif asked.state:
        query = query.where(Loan.state == asked.state)
    return query


def _reached(tx: Transaction) -> Any:
    """One's own loans, and all loans where one approves them or keeps the paper."""
    mine = Loan.borrower_id == tx.actor.person_id
    reach: list[Any] = [mine]
    for permission in (Permission.PAPER_KEEP, Permission.LOAN_APPROVE, Permission.TRAIL_READ):
        stations = tx.actor.stations(permission)
        reach.append(Loan.id.is_not(None) if stations is None else Loan.station_id.in_(stations))
    return or_(*reach)
