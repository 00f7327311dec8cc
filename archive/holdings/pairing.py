"""What the verbs of several capabilities do to a pair: one way in for every event."""

from archive.holdings.pair import Pair
from archive.holdings.record import RECORD_WORKFLOW, Record, RecordState
from archive.transaction import Transaction


def locked_pair(tx: Transaction, record_id: int) -> tuple[Record, Pair]:
    """A record and its pair, locked in this order."""
    record = tx.get(Record, record_id, lock=True)
    return record, tx.get(Pair, record_id, lock=True)


def paper_moved(tx: Transaction, record_id: int, event: str, **facts: object) -> Pair:
    """Something happened to the paper (``place``, ``take-out``, ``miss`` … of ``EVENTS``).

    For verbs of the storeroom; they have asked for the permission and say what it was about.

    Raises:
        NotPossibleNow: the pair does not allow it.
    """
    record, pair = locked_pair(tx, record_id)
    pair.take(event, tx.now)
    tx.record(f"pair.{event}", record.subject, **facts)
    settle_record(tx, record, pair)
    return pair


def copy_checked(tx: Transaction, record_id: int, *, sound: bool) -> Pair:
    """What is stored was hashed again; a failed hash shows in the pair, a right one mends it."""
    record, pair = locked_pair(tx, record_id)
    event = "restore" if sound else "corrupt"
    if pair.allows(event):
        pair.take(event, tx.now)
        tx.record(f"pair.{event}", record.subject)
    return pair


def copy_kept(
    tx: Transaction, record: Record, pair: Pair, *, pages: int, digest: str, by_id: int | None
) -> None:
    """An electronic copy is kept, a first one or another; it is compared anew either way."""
    pair.forget_comparison()
    pair.take("receive-scan", tx.now)
    pair.electronic_pages, pair.electronic_digest = pages, digest
    pair.scanned_by_id = by_id
    tx.record("pair.receive-scan", record.subject, pages=pages, digest=digest)


def settle_record(tx: Transaction, record: Record, pair: Pair) -> None:
    """Archive a record whose pair has come together; called after every event of the pair."""
    if record.state == RecordState.FILED and pair.settled:
        tx.session.flush()
        RECORD_WORKFLOW.take("archive", record)
        record.archived_at = tx.now
        tx.record("record.archived", record.subject)
