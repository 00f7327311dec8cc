"""A record as it comes to be: by the verb that files, and by what leaves a record of itself."""

from dataclasses import dataclass
from datetime import date

from archive.holdings.numbering import next_code
from archive.holdings.pair import Pair
from archive.holdings.record import Origin, Record
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


def file_following(
    tx: Transaction, station_id: int, described: Description, *, source: str
) -> Record:
    """A record with the next code of its series; both its sides are awaited.

    For verbs that have asked for a permission of their own: what they do leaves a record.

    Raises:
        TitleMissing, FormedInFuture, NotArchived, SeriesFull: nothing is kept, no number used.
    """
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
    code = next_code(tx, kind_id=described.kind_id, station_id=station_id, year=year)
    record.code = code.text
    tx.add(record)
    tx.add(Pair(record_id=record.id, since=tx.now))
    tx.record("record.filed", record.subject, source=source, pages=record.pages)
    return record
