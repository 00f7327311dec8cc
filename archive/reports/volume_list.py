"""卷内文件目录 of a volume: the items in it, as GB/T 9705-2008 has the columns."""

from archive.holdings.queries.items import VolumeSeen, volume_seen
from archive.holdings.volume_item import VolumeItem
from archive.reports.personal import NOT_TOLD
from archive.reports.registers import MOST_PRINTED, NothingToPrint, TooManyToPrint
from archive.reports.registers_printed import Told, inner_columns, kept
from archive.transaction import Transaction


def volume_list_told(tx: Transaction, record_id: int) -> tuple[Told, int]:
    """The printed list of the items in a volume, and how many lines it has.

    Raises:
        NothingToPrint, TooManyToPrint, NoSuchThing: it cannot be had.
    """
    seen = volume_seen(tx, record_id)
    if not seen.items:
        raise NothingToPrint
    if len(seen.items) > MOST_PRINTED:
        raise TooManyToPrint(rows=len(seen.items), most=MOST_PRINTED)
    told = {
        "station": seen.line.station.name,
        "code": seen.record.code,
        "title": "卷内文件目录",
        "fields": [
            {"name": "案卷题名", "value": seen.record.title},
            {"name": "档号", "value": seen.record.code},
            {"name": "保管期限", "value": kept(seen.line.kind.retention)},
        ],
        "columns": inner_columns(),
        "rows": [
            [
                str(item.number),
                item.document_number,
                parties_told(seen, item),
                item.title,
                f"{item.formed_on:%Y%m%d}",
                span(item),
                item.remark,
            ]
            for item in seen.items
        ],
        "foot": f"共 {len(seen.items)} 件，{seen.listed_pages} 页",
    }
    return told, len(seen.items)


def span(item: VolumeItem) -> str:
    """页号: the pages of the volume an item is on."""
    last = item.first_page + item.pages - 1
    return str(item.first_page) if item.pages == 1 else f"{item.first_page}–{last}"


def parties_told(seen: VolumeSeen, item: VolumeItem) -> str:
    """责任者, or that they are not told."""
    return item.parties if seen.tells_parties or not item.parties else NOT_TOLD
