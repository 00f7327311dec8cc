"""Verbs about the items in a volume (卷内文件) [seed 5.3]."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from archive.access import Permission
from archive.holdings.file_plan import Arrangement
from archive.holdings.queries.records import arrangement_of
from archive.holdings.record import Record
from archive.holdings.volume_item import NotAVolume, VolumeItem, item_code
from archive.reason import reason_in
from archive.transaction import Transaction


@dataclass(frozen=True, slots=True)
class ItemDescription:
    """What is said about an item; ``first_page`` None: right after the item before."""

    title: str
    formed_on: date
    pages: int
    first_page: int | None = None
    document_number: str = ""
    parties: str = ""
    remark: str = ""


def add_item(tx: Transaction, record_id: int, described: ItemDescription) -> VolumeItem:
    """The next item of a volume, at its end, with its code.

    Raises:
        NotAVolume, VolumeFull, ItemTitleMissing, ItemFormedInFuture, ItemPagesImpossible: no
            number is used.
    """
    record = tx.get(Record, record_id, lock=True)
    tx.require(Permission.RECORD_FILE, record.station_id)
    if arrangement_of(tx, record) != Arrangement.VOLUME:
        raise NotAVolume(record=record.code)
    last, end = tx.session.execute(
        select(
            func.max(VolumeItem.number), func.max(VolumeItem.first_page + VolumeItem.pages)
        ).where(VolumeItem.record_id == record.id)
    ).one()
    number = (last or 0) + 1
    item = VolumeItem(
        record_id=record.id,
        number=number,
        code=item_code(record.code, number),
        title=described.title.strip(),
        formed_on=described.formed_on,
        first_page=(end or 1) if described.first_page is None else described.first_page,
        pages=described.pages,
        document_number=described.document_number.strip(),
        parties=described.parties.strip(),
        remark=described.remark.strip(),
        added_by_id=tx.person_id,
        added_at=tx.now,
    )
    item.check_described(tx.today)
    tx.add(item)
    tx.record("volume-item.added", item.subject, pages=item.pages)
    return item


def describe_item_again(
    tx: Transaction, item_id: int, *, reason: str, **changes: object
) -> VolumeItem:
    """Correct the description of an item; its number, code and volume stay as they are.

    The trail keeps which fields changed and why, not their words: they may name people.

    Raises:
        ItemTitleMissing, ItemFormedInFuture, ItemPagesImpossible, ReasonMissing: nothing changes.
    """
    item = tx.get(VolumeItem, item_id, lock=True)
    tx.require(Permission.RECORD_FILE, tx.get(Record, item.record_id).station_id)
    changed = []
    for name, value in changes.items():
        if name not in CORRECTABLE:
            raise KeyError(name)
        if getattr(item, name) != value:
            setattr(item, name, value)
            changed.append(name)
    item.check_described(tx.today)
    if changed:
        tx.record(
            "volume-item.described-again", item.subject, fields=changed, reason=reason_in(reason)
        )
    return item


CORRECTABLE = frozenset(
    {"title", "formed_on", "first_page", "pages", "document_number", "parties", "remark"}
)
