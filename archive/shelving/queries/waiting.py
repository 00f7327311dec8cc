"""What of the store waits for one person, and what is overdue."""

from collections.abc import Iterator
from datetime import datetime, time

from sqlalchemy import func, select

from archive.access import Permission
from archive.clock import STATION_ZONE
from archive.custody.queries.waiting import Waiting
from archive.holdings.pair import Pair, Paper
from archive.holdings.record import Record
from archive.shelving.loan import Loan, LoanState
from archive.shelving.queries.climate import readings, wanting_today
from archive.shelving.queries.loans import LoanFilter, loans
from archive.shelving.stocktake import StockFinding, Stocktake, StocktakeState
from archive.transaction import Transaction

MOST = 20


def waiting_in_store(tx: Transaction) -> list[Waiting]:
    """Everything of the store that waits for this person."""
    if not tx.can(Permission.RECORD_READ):
        return []
    return [*_loans(tx), *_stocktakes(tx), *_paper(tx), *_climate(tx)]


def overdue_in_store(tx: Transaction) -> list[Waiting]:
    """Loans beyond their day that this person may know of, and readings nobody acted on."""
    if not tx.can(Permission.RECORD_READ):
        return []
    late = [
        Waiting(
            "loan-overdue",
            line.loan.id,
            datetime.combine(line.loan.due_on, time.min, STATION_ZONE),
            {"record": line.record.code, "borrower": line.borrower.name, "due": line.loan.due_on},
        )
        for line in loans(tx, LoanFilter(state="overdue"), limit=MOST)
    ]
    if not tx.can(Permission.PAPER_KEEP) and not tx.can(Permission.LOAN_APPROVE):
        return late
    return late + [
        Waiting(
            "climate-open",
            seen.reading.id,
            seen.reading.taken_at,
            {
                "room": seen.room.name,
                "celsius": seen.reading.celsius,
                "humidity": seen.reading.humidity,
            },
        )
        for seen in readings(tx, open_only=True, limit=MOST)
    ]


def _loans(tx: Transaction) -> Iterator[Waiting]:
    todo = {
        LoanState.REQUESTED: ("loan-approve", Permission.LOAN_APPROVE),
        LoanState.APPROVED: ("loan-hand-out", Permission.PAPER_KEEP),
    }
    for state, (kind, permission) in todo.items():
        if not tx.can(permission):
            continue
        for line in loans(tx, LoanFilter(state=str(state)), limit=MOST):
            if tx.can(permission, line.loan.station_id) and not (
                state == LoanState.REQUESTED and line.loan.borrower_id == tx.actor.person_id
            ):
                facts = {"record": line.record.code, "borrower": line.borrower.name}
                yield Waiting(kind, line.loan.id, line.loan.requested_at, facts)
    for line in loans(tx, LoanFilter(state="out", mine=True), limit=MOST):
        due = {"record": line.record.code, "due": line.loan.due_on}
        yield Waiting("loan-give-back", line.loan.id, line.loan.out_at, due)
    if tx.can(Permission.LOAN_APPROVE):
        query = select(Loan).where(Loan.incident != "", Loan.incident_settled == "").limit(MOST)
        for loan in tx.session.scalars(query):
            if tx.can(Permission.LOAN_APPROVE, loan.station_id):
                record = tx.get(Record, loan.record_id)
                yield Waiting("loan-incident", loan.id, loan.returned_at, {"record": record.code})


def _stocktakes(tx: Transaction) -> Iterator[Waiting]:
    if tx.can(Permission.STOCKTAKE_COUNT):
        counting = select(Stocktake).where(Stocktake.state == StocktakeState.COUNTING)
        for stocktake in tx.session.scalars(counting):
            if tx.can(Permission.STOCKTAKE_COUNT, stocktake.station_id):
                kind = "stocktake-join" if stocktake.second_id is None else "stocktake-close"
                if stocktake.second_id is None and stocktake.counter_id == tx.actor.person_id:
                    kind = "stocktake-close"
                yield Waiting(kind, stocktake.id, stocktake.opened_at, {"n": stocktake.id})
    if not tx.can(Permission.PAPER_KEEP):
        return
    rows = tx.session.execute(
        select(Stocktake, func.count())
        .join(StockFinding, StockFinding.stocktake_id == Stocktake.id)
        .where(StockFinding.settled_at.is_(None))
        .group_by(Stocktake.id)
        .limit(MOST)
    )
    for stocktake, count in rows:
        if tx.can(Permission.PAPER_KEEP, stocktake.station_id):
            facts = {"n": stocktake.id, "count": count}
            yield Waiting("stocktake-findings", stocktake.id, stocktake.closed_at, facts)


def _paper(tx: Transaction) -> Iterator[Waiting]:
    if not tx.can(Permission.PAPER_KEEP):
        return
    stations = tx.actor.stations(Permission.PAPER_KEEP)
    query = (
        select(func.count(), func.min(Pair.paper_registered_at))
        .select_from(Pair)
        .join(Record, Record.id == Pair.record_id)
        .where(Pair.paper == Paper.REGISTERED)
    )
    if stations is not None:
        query = query.where(Record.station_id.in_(stations))
    count, since = tx.session.execute(query).one()
    if count:
        yield Waiting("put-away", 0, since, {"count": count})


def _climate(tx: Transaction) -> Iterator[Waiting]:
    if not tx.can(Permission.PAPER_KEEP):
        return
    for room, count in wanting_today(tx):
        yield Waiting("climate-read", room.id, None, {"room": room.name, "count": count})
