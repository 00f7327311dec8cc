"""What labels, spines and covers say: codes and counts, never a title or a name (``domain.md`` §6)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import func, select

from archive.access import Permission
from archive.holdings.code import ArchivalCode, CodeSeries
from archive.holdings.fonds import Fonds
from archive.holdings.pair import Pair
from archive.holdings.record import Record
from archive.people.person import Station
from archive.printing.qr import qr_svg
from archive.shelving.box import Box, Label, LabelKind
from archive.shelving.loan import ACCOUNTING
from archive.shelving.movement import Whereabouts
from archive.shelving.place import Cabinet, Shelf
from archive.shelving.queries.reach import check_shown
from archive.transaction import NoSuchThing, Transaction

MOST_LABELS = 2000


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of labels, in millimetres."""

    columns: int
    rows: int
    width: float
    height: float
    top: float
    left: float
    gap: float = 0

    @property
    def labels(self) -> int:
        return self.columns * self.rows


SHEETS: Mapping[str, Sheet] = {
    "3x8": Sheet(3, 8, 70, 37, 0.5, 0),
    "2x7": Sheet(2, 7, 99.1, 38.1, 15.15, 4.65, 2.5),
    "3x7": Sheet(3, 7, 70, 42.3, 0.4, 0),
    "2x5": Sheet(2, 5, 105, 57, 6, 0),
}
"""Common sheets for A4; names are columns × rows."""


def box_labels(
    tx: Transaction, box_ids: Sequence[int], *, sheet: str, skip: int = 0, records: bool = False
) -> dict[str, Any]:
    """Labels of boxes, each followed by those of its records if asked.

    Raises:
        NoSuchThing: one of them is not at one's stations.
    """
    labels = []
    station = ""
    for box_id in box_ids:
        box = tx.get(Box, box_id)
        check_shown(tx, box.station_id, "box", box_id)
        station = tx.get(Station, box.station_id).name
        series = tx.get(CodeSeries, box.series_id)
        first, last = _span(tx, box)
        told = f"{series.category}·{series.year}-{series.retention}-{series.unit}"
        lines = [station, told, f"{first}–{last}" if first else ""]
        labels.append(_label(tx, LabelKind.BOX, box.id, box.name, lines))
        if records:
            labels += [
                _label(tx, LabelKind.RECORD, record_id, code, [box.name])
                for record_id, code in _codes(tx, box)
            ]
    return _sheet(station, sheet, skip, labels)


def shelf_labels(tx: Transaction, cabinet_id: int, *, sheet: str, skip: int = 0) -> dict[str, Any]:
    """Labels of every shelf of a cabinet.

    Raises:
        NoSuchThing: it is not at one's stations.
    """
    shelves = tx.session.scalars(
        select(Shelf).where(Shelf.cabinet_id == cabinet_id).order_by(Shelf.section, Shelf.level)
    ).all()
    if not shelves:
        raise NoSuchThing(thing="cabinet", key=str(cabinet_id))
    check_shown(tx, shelves[0].station_id, "cabinet", cabinet_id)
    station = tx.get(Station, shelves[0].station_id).name
    labels = [_label(tx, LabelKind.SHELF, shelf.id, shelf.code, [station]) for shelf in shelves]
    return _sheet(station, sheet, skip, labels)


def _sheet(station: str, sheet: str, skip: int, labels: list[dict[str, Any]]) -> dict[str, Any]:
    chosen = SHEETS.get(sheet, SHEETS["3x8"])
    return {
        "station": station,
        "sheet": asdict(chosen),
        "skip": max(0, min(skip, chosen.labels - 1)),
        "labels": labels[:MOST_LABELS],
    }


def _label(
    tx: Transaction, kind: LabelKind, thing_id: int, name: str, lines: list[str]
) -> dict[str, Any]:
    column = {
        LabelKind.BOX: Label.box_id,
        LabelKind.RECORD: Label.record_id,
        LabelKind.SHELF: Label.shelf_id,
    }[kind]
    label = tx.session.scalars(select(Label).where(column == thing_id)).one()
    return {
        "svg": qr_svg(label.payload),
        "name": name,
        "lines": [line for line in lines if line],
        "payload": label.payload,
    }


def spine_told(tx: Transaction, box_id: int) -> dict[str, Any]:
    """The spine of a box with the fields of DA/T 22, for accounting files of DA/T 39.

    Raises:
        NoSuchThing: it is not at one's stations.
    """
    box, series, fonds, station = _about(tx, box_id)
    first, last = _span(tx, box)
    accounting = series.category.startswith(ACCOUNTING)
    fields = [
        ("全宗号", fonds.code or "—", False),
        ("年度", str(series.year), False),
        ("机构", series.unit, False),
        ("保管期限", _kept(series.retention), False),
        ("起始案卷号" if accounting else "起始件号", first or "—", True),
        ("终止案卷号" if accounting else "终止件号", last or "—", True),
        ("盒号", str(box.number), False),
    ]
    return {
        "station": station.name,
        "spines": [
            {
                "thickness": box.thickness_mm,
                "fields": [
                    {"name": name, "value": value, "long": long} for name, value, long in fields
                ],
            }
        ],
    }


def cover_told(tx: Transaction, box_id: int) -> dict[str, Any]:
    """The front of a box.

    Raises:
        NoSuchThing: it is not at one's stations.
    """
    box, series, fonds, station = _about(tx, box_id)
    first, last = _span(tx, box)
    accounting = series.category.startswith(ACCOUNTING)
    count, pages, begun, ended = tx.session.execute(
        select(
            func.count(),
            func.sum(Pair.paper_pages),
            func.min(Record.formed_on),
            func.max(Record.formed_on),
        )
        .select_from(Whereabouts)
        .join(Record, Record.id == Whereabouts.record_id)
        .join(Pair, Pair.record_id == Record.id)
        .where(Whereabouts.box_id == box.id)
    ).one()
    days = f"{begun:%Y年%m月%d日} 至 {ended:%Y年%m月%d日}" if begun else "—"
    fields = [
        ("全宗号", fonds.code or "—"),
        ("门类", series.category),
        ("年度", str(series.year)),
        ("保管期限", _kept(series.retention)),
        ("机构", f"{station.name}（{series.unit}）"),
        ("盒号", str(box.number)),
        ("起止卷号" if accounting else "起止件号", f"{first} 至 {last}" if first else "—"),
        ("卷数、页数" if accounting else "件数、页数", f"{count}，{pages or 0} 页"),
        ("时间", days),
        ("标签", _label_text(tx, box.id)),
    ]
    return {
        "station": station.name,
        "fonds": fonds.name,
        "title": "会计档案" if accounting else "档案盒",
        "fields": [{"name": name, "value": value} for name, value in fields],
    }


def _label_text(tx: Transaction, box_id: int) -> str:
    return tx.session.scalars(select(Label).where(Label.box_id == box_id)).one().payload


def _about(tx: Transaction, box_id: int) -> tuple[Box, CodeSeries, Fonds, Station]:
    box = tx.get(Box, box_id)
    check_shown(tx, box.station_id, "box", box_id)
    series = tx.get(CodeSeries, box.series_id)
    return box, series, tx.get(Fonds, series.fonds_id), tx.get(Station, box.station_id)


def _codes(tx: Transaction, box: Box) -> list[tuple[int, str]]:
    rows = tx.session.execute(
        select(Record.id, Record.code)
        .join(Whereabouts, Whereabouts.record_id == Record.id)
        .where(Whereabouts.box_id == box.id)
        .order_by(Record.code)
    )
    return [(record_id, code) for record_id, code in rows]


def _span(tx: Transaction, box: Box) -> tuple[str, str]:
    """The first and last number (件号) of what is in the box."""
    low, high = tx.session.execute(
        select(func.min(ArchivalCode.number), func.max(ArchivalCode.number))
        .join(Record, Record.code == ArchivalCode.text)
        .join(Whereabouts, Whereabouts.record_id == Record.id)
        .where(Whereabouts.box_id == box.id)
    ).one()
    return (f"{low:04}", f"{high:04}") if low is not None else ("", "")


def _kept(retention: str) -> str:
    return "永久" if retention == "Y" else f"{retention.removeprefix('D')}年"


def cabinets_at(tx: Transaction) -> list[tuple[int, str]]:
    """Cabinets whose shelves one may print labels for, by their codes."""
    tx.require(Permission.RECORD_READ)
    stations = tx.actor.stations(Permission.RECORD_READ)
    query = (
        select(Cabinet.id, func.min(Shelf.code))
        .join(Shelf, Shelf.cabinet_id == Cabinet.id)
        .group_by(Cabinet.id)
        .order_by(func.min(Shelf.code))
    )
    if stations is not None:
        query = query.where(Shelf.station_id.in_(stations))
    return [(cabinet, code.rsplit("-", 2)[0]) for cabinet, code in tx.session.execute(query)]
