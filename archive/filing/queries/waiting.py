"""What waits for somebody in filing: deliveries to file, pairs to compare, pairs overdue."""

from collections.abc import Iterator

from sqlalchemy import func, or_, select

from archive.access import Permission
from archive.custody.queries.waiting import Waiting
from archive.filing.delivery import DeliveredPage, Delivery, DeliveryState
from archive.filing.queries.deliveries import visible_deliveries
from archive.holdings.pair import Pair, PairState
from archive.holdings.queries.record_seen import overdue_pairs
from archive.holdings.queries.records import visible_records
from archive.holdings.record import Record
from archive.transaction import Transaction


def filing_waits(tx: Transaction) -> list[Waiting]:
    """What this person can do now about what came in and about pairs; a reader has nothing."""
    found: list[Waiting] = []
    if tx.can(Permission.RECORD_FILE):
        found += _deliveries(tx)
    if tx.can(Permission.PAIR_COMPARE):
        found += _comparisons(tx)
    return found


def filing_overdue(tx: Transaction) -> list[Waiting]:
    """Pairs that have been incomplete too long, as one line; for those who see to them."""
    if not (tx.can(Permission.RECORD_FILE) or tx.can(Permission.PAIR_COMPARE)):
        return []
    count = overdue_pairs(tx)
    return [Waiting("pairs-overdue", 0, facts={"n": count})] if count else []


def _deliveries(tx: Transaction) -> Iterator[Waiting]:
    open_pages = (
        select(func.count())
        .where(
            DeliveredPage.delivery_id == Delivery.id,
            DeliveredPage.copy_id.is_(None),
            DeliveredPage.set_aside == "",
        )
        .scalar_subquery()
    )
    wanted = visible_deliveries(tx).where(
        or_(
            Delivery.state == DeliveryState.FAILED,
            (Delivery.state == DeliveryState.READ) & (open_pages > 0),
        )
    )
    for delivery, pages in tx.session.execute(wanted.add_columns(open_pages)):
        kind = "file-delivery" if delivery.state == DeliveryState.READ else "delivery-failed"
        facts = {"n": pages, "delivery": delivery.id}
        yield Waiting(kind, delivery.id, delivery.received_at, facts)


def _comparisons(tx: Transaction) -> Iterator[Waiting]:
    """How many pairs a second person can compare: not those this person scanned."""
    seen = visible_records(tx).with_only_columns(Record.id)
    row = tx.session.execute(
        select(func.count().label("n"), func.min(Pair.since).label("since")).where(
            Pair.record_id.in_(seen),
            Pair.state == PairState.UNCOMPARED,
            func.coalesce(Pair.scanned_by_id, 0) != (tx.actor.person_id or -1),
        )
    ).one()
    if row.n:
        yield Waiting("compare-pairs", 0, row.since, {"n": row.n})
