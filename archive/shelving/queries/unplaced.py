"""What waits to be put away, and the boxes that would take it."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from archive.holdings.code import ArchivalCode, CodeSeries
from archive.holdings.pair import Pair, Paper
from archive.holdings.queries.records import visible_records
from archive.holdings.record import Record
from archive.people.person import Station
from archive.shelving.box import Box
from archive.shelving.place import Shelf
from archive.shelving.queries.boxes import BoxFilter, BoxLine, lines, narrowed
from archive.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Unplaced:
    """Records of one series whose paper is registered and stands in no box yet."""

    series: CodeSeries
    station: Station
    records: list[tuple[Record, Pair]]
    box: BoxLine | None

    @property
    def pages(self) -> int:
        return sum(pair.paper_pages for _, pair in self.records)


MOST_UNPLACED = 300


def unplaced(tx: Transaction) -> list[Unplaced]:
    """What waits to be put away, by series, each with the box that has room for it."""
    rows = tx.session.execute(
        visible_records(tx)
        .add_columns(Pair, CodeSeries, Station)
        .join(Pair, Pair.record_id == Record.id)
        .join(ArchivalCode, ArchivalCode.text == Record.code)
        .join(CodeSeries, CodeSeries.id == ArchivalCode.series_id)
        .join(Station, Station.id == Record.station_id)
        .where(Pair.paper == Paper.REGISTERED)
        .order_by(Record.code)
        .limit(MOST_UNPLACED)
    ).all()
    groups: dict[tuple[int, int], list[Any]] = defaultdict(list)
    for row in rows:
        groups[row[3].id, row[2].id].append(row)
    return [
        Unplaced(
            series=found[0][2],
            station=found[0][3],
            records=[(row[0], row[1]) for row in found],
            box=_with_room(tx, found[0][3].id, found[0][2].id),
        )
        for found in groups.values()
    ]


def boxes_of_series(tx: Transaction, station_id: int, series_id: int) -> list[BoxLine]:
    """The boxes of a series, the newest first."""
    rows = tx.session.execute(
        narrowed(tx, select(Box, CodeSeries, Station, Shelf), BoxFilter())
        .where(
            Box.station_id == station_id,
            Box.series_id == series_id,
            Box.missing_since.is_(None),
        )
        .order_by(Box.number.desc())
        .limit(50)
    ).all()
    return lines(tx, rows)


def _with_room(tx: Transaction, station_id: int, series_id: int) -> BoxLine | None:
    lines = boxes_of_series(tx, station_id, series_id)
    return next((line for line in lines if line.pages < line.box.holds_pages), None)
