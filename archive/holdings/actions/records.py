"""Verbs about records [seed 5.1, 5.3]."""

from archive.access import Permission
from archive.holdings.following import Description, file_following
from archive.holdings.record import Record
from archive.reason import reason_in
from archive.transaction import Transaction

__all__ = ["CORRECTABLE", "Description", "describe_again", "file_record"]


def file_record(
    tx: Transaction, station_id: int, described: Description, *, source: str = "paper"
) -> Record:
    """A record with the next code of its series; both its sides are awaited.

    Raises:
        TitleMissing, FormedInFuture, NotArchived, SeriesFull: nothing is kept, no number used.
    """
    tx.require(Permission.RECORD_FILE, station_id)
    tx.require(Permission.CODE_ASSIGN, station_id)
    return file_following(tx, station_id, described, source=source)


def describe_again(tx: Transaction, record_id: int, *, reason: str, **changes: object) -> Record:
    """Correct the description of a record; its code, kind and year stay as they are.

    The trail keeps which fields changed and why, not their words: they may name people.

    Raises:
        TitleMissing, FormedInFuture, ReasonMissing: nothing is changed.
    """
    record = tx.get(Record, record_id, lock=True)
    tx.require(Permission.RECORD_FILE, record.station_id)
    changed = []
    for name, value in changes.items():
        if name not in CORRECTABLE:
            raise KeyError(name)
        if getattr(record, name) != value:
            setattr(record, name, value)
            changed.append(name)
    record.check_described(tx.today)
    if changed:
        tx.record(
            "record.described-again", record.subject, fields=changed, reason=reason_in(reason)
        )
    return record


CORRECTABLE = frozenset(
    {"title", "formed_on", "document_number", "parties", "customer_number", "remark", "old_code"}
)
