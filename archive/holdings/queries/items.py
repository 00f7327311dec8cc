"""Reads about the items in a volume (卷内文件)."""

from dataclasses import dataclass

from sqlalchemy import select

from archive.access import Permission
from archive.holdings.file_plan import Arrangement
from archive.holdings.queries.records import RecordLine, arrangement_of, record_line
from archive.holdings.record import Record
from archive.holdings.volume_item import VolumeItem
from archive.transaction import NoSuchThing, Transaction


@dataclass(frozen=True, slots=True)
class VolumeSeen:
    """A record with the items in it.

    Attributes:
        is_volume: whether it is arranged by volume at all.
        tells_parties: whether this person is told who the parties are.
        may_add: whether this person may add and correct items.
    """

    line: RecordLine
    items: tuple[VolumeItem, ...]
    is_volume: bool
    tells_parties: bool
    may_add: bool

    @property
    def record(self) -> Record:
        return self.line.record

    @property
    def listed_pages(self) -> int:
        """Pages of all items together."""
        return sum(item.pages for item in self.items)

    @property
    def next_page(self) -> int:
        """Where the next item begins."""
        return max((item.first_page + item.pages for item in self.items), default=1)


def volume_seen(tx: Transaction, record_id: int) -> VolumeSeen:
    """A record and the items in it, in order.

    Raises:
        NoSuchThing: there is none, or this person may not know of it.
    """
    line = record_line(tx, record_id)
    items = tx.session.scalars(
        select(VolumeItem).where(VolumeItem.record_id == record_id).order_by(VolumeItem.number)
    ).all()
    is_volume = arrangement_of(tx, line.record) == Arrangement.VOLUME
    return VolumeSeen(
        line,
        tuple(items),
        is_volume,
        line.parties_for(tx) is not None,
        is_volume and tx.can(Permission.RECORD_FILE, line.record.station_id),
    )


def seen_item(tx: Transaction, record_id: int, item_id: int) -> VolumeItem:
    """An item of that volume, for a page or a verb.

    Raises:
        NoSuchThing: the volume has no such item, or this person may not know of it.
    """
    record_line(tx, record_id)
    item = tx.get(VolumeItem, item_id)
    if item.record_id != record_id:
        raise NoSuchThing(thing="volume_item", key=str(item_id))
    return item
