"""Verbs about records [seed 5.1, 5.3]."""

from dataclasses import dataclass
from datetime import date

from archive.access import Permission
from archive.holdings.actions.codes import assign_code
from archive.holdings.pair import Pair
from archive.holdings.record import Origin, Record
from archive.reason import reason_in
from archive.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Description:
    """What is said about a record when it is filed.

    ``year`` is the year it is filed under; None: the year it was formed.
    """

    kind_id: int
    title: str
    formed_on: date
    pages: int = 0
    year: int | None = None
    origin: Origin = Origin.PAPER
    document_number: str = ""
    parties: str = ""
    customer_number: str = ""
    remark: str = ""
    old_code: str = ""


def file_record(
    tx: Transaction, station_id: int, described: Description, *, source: str = "paper"
) -> Record:
    """A record with the next code of its series; both its sides are awaited.

    Raises:
        TitleMissing, FormedInFuture, NotArchived, SeriesFull: nothing is kept, no number used.
    """
    tx.require(Permission.RECORD_FILE, station_id)
    year = described.year or described.formed_on.year
    record = Record(
        station_id=station_id,
        kind_id=described.kind_id,
        code="",
        title=described.title.strip(),
        formed_on=described.formed_on,
        year=year,
        pages=described.pages,
        origin=described.origin,
        document_number=described.document_number.strip(),
        parties=described.parties.strip(),
        customer_number=described.customer_number.strip(),
        remark=described.remark.strip(),
        old_code=described.old_code.strip(),
        source=source,
        filed_by_id=tx.person_id,
        filed_at=tx.now,
    )
    record.check_described(tx.today)
    code = assign_code(tx, kind_id=described.kind_id, station_id=station_id, year=year)
    record.code = code.text
    tx.add(record)
    tx.add(Pair(record_id=record.id, since=tx.now))
    tx.record("record.filed", record.subject, source=source, pages=record.pages)
    return record


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
