"""Reads about stocktakes: what should stand there, what was scanned, what differs."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from archive.access import Permission
from archive.holdings.queries.records import visible_records
from archive.holdings.record import Record
from archive.people.person import Person, Station
from archive.shelving.box import Box
from archive.shelving.difference import Scan, opened_boxes
from archive.shelving.movement import Whereabouts
from archive.shelving.place import Cabinet, Shelf
from archive.shelving.queries.lookup import scope_code
from archive.shelving.queries.reach import check_shown, mine
from archive.shelving.stocktake import (
    StockCount,
    StockFinding,
    Stocktake,
    StocktakeState,
    in_scope,
)
from archive.transaction import Transaction

BATCH = 500


@dataclass(frozen=True, slots=True)
class StocktakeLine:
    """A stocktake as a list shows it; ``place`` is the code of what it is over, empty for all."""

    stocktake: Stocktake
    station: Station
    place: str
    counter: str
    second: str
    closed_by: str
    scans: int
    open_findings: int


@dataclass(frozen=True, slots=True)
class FindingSeen:
    """A difference with what it is about: a box, a record, or a label nobody knows.

    Attributes:
        record: the code of the record; empty where this person may not know of it.
        withheld: it is about such a record.
        expected, found: shelves of a box, boxes of a record.
    """

    finding: StockFinding
    box: str
    record: str
    withheld: bool
    expected: str
    found: str

    @property
    def what(self) -> str:
        """What it is about, as text; empty where that is withheld."""
        return "" if self.withheld else self.box or self.record or self.finding.scanned


@dataclass(frozen=True, slots=True)
class ScanSeen:
    """A scan as whoever counts sees it."""

    scanned: str
    name: str
    in_box: str
    shelf: str
    by: str
    damaged: bool


def expected_in(tx: Transaction, stocktake: Stocktake) -> dict[int, int]:
    """Which box should stand on which shelf, of what is counted."""
    query = (
        select(Box.id, Box.shelf_id)
        .join(Shelf, Shelf.id == Box.shelf_id)
        .join(Cabinet, Cabinet.id == Shelf.cabinet_id)
        .join(Stocktake, Stocktake.station_id == Box.station_id)
        .where(Stocktake.id == stocktake.id, in_scope())
        .order_by(Box.number)
    )
    return {box_id: shelf_id for box_id, shelf_id in tx.session.execute(query) if shelf_id}


def expected_records(
    tx: Transaction, stocktake: Stocktake, scans: Sequence[Scan]
) -> dict[int, int]:
    """Which record should lie in which box: those of the boxes opened, and those scanned."""
    query = (
        select(Whereabouts.record_id, Whereabouts.box_id)
        .join(Box, Box.id == Whereabouts.box_id)
        .where(Box.station_id == stocktake.station_id)
    )
    opened = sorted(opened_boxes(scans))
    scanned = sorted({scan.record_id for scan in scans if scan.record_id is not None})
    expected: dict[int, int] = {}
    for column, wanted in ((Whereabouts.box_id, opened), (Whereabouts.record_id, scanned)):
        for start in range(0, len(wanted), BATCH):
            part = query.where(column.in_(wanted[start : start + BATCH]))
            expected |= {record: box for record, box in tx.session.execute(part) if box}
    return expected


def scans_of(tx: Transaction, stocktake: Stocktake) -> list[Scan]:
    """Every scan kept so far, in order."""
    rows = tx.session.scalars(
        select(StockCount).where(StockCount.stocktake_id == stocktake.id).order_by(StockCount.id)
    )
    return [
        Scan(row.box_id, row.shelf_id, row.scanned, row.record_id, row.in_box_id, row.damaged)
        for row in rows
    ]


def stocktakes(tx: Transaction, *, limit: int = 50, offset: int = 0) -> list[StocktakeLine]:
    """Stocktakes of the stations one may read at, the newest first."""
    tx.require(Permission.RECORD_READ)
    query = mine(tx, select(Stocktake), Stocktake.station_id)
    found = tx.session.scalars(query.order_by(Stocktake.id.desc()).limit(limit).offset(offset))
    return [_line(tx, one) for one in found.all()]


def count_stocktakes(tx: Transaction) -> int:
    """How many there are."""
    query = mine(tx, select(func.count(Stocktake.id)), Stocktake.station_id)
    return tx.session.scalar(query) or 0


def stocktake_seen(tx: Transaction, stocktake_id: int) -> StocktakeLine:
    """One stocktake.

    Raises:
        NoSuchThing: there is none at one's stations.
    """
    stocktake = tx.get(Stocktake, stocktake_id)
    check_shown(tx, stocktake.station_id, "stocktake", stocktake_id)
    return _line(tx, stocktake)


def _line(tx: Transaction, stocktake: Stocktake) -> StocktakeLine:
    def name(person_id: int | None) -> str:
        return tx.get(Person, person_id).name if person_id else ""

    scans = select(func.count()).where(StockCount.stocktake_id == stocktake.id)
    open_ = select(func.count()).where(
        StockFinding.stocktake_id == stocktake.id, StockFinding.settled_at.is_(None)
    )
    return StocktakeLine(
        stocktake,
        tx.get(Station, stocktake.station_id),
        scope_code(tx, stocktake.scope),
        name(stocktake.counter_id),
        name(stocktake.second_id),
        name(stocktake.closed_by_id),
        tx.session.scalar(scans) or 0,
        tx.session.scalar(open_) or 0,
    )


def findings(tx: Transaction, stocktake_id: int) -> list[FindingSeen]:
    """What a closed stocktake found other than it should be.

    Everybody sees that something differs; which record it is, only who may know of it.
    """
    expected, found = aliased(Shelf), aliased(Shelf)
    in_box, from_box = aliased(Box), aliased(Box)
    seen = visible_records(tx).with_only_columns(Record.id)
    rows = tx.session.execute(
        select(StockFinding, Box, Record, expected.code, found.code, from_box, in_box)
        .outerjoin(Box, Box.id == StockFinding.box_id)
        .outerjoin(Record, and_(Record.id == StockFinding.record_id, Record.id.in_(seen)))
        .outerjoin(expected, expected.id == StockFinding.expected_shelf_id)
        .outerjoin(found, found.id == StockFinding.found_shelf_id)
        .outerjoin(from_box, from_box.id == StockFinding.expected_box_id)
        .outerjoin(in_box, in_box.id == StockFinding.found_box_id)
        .where(StockFinding.stocktake_id == stocktake_id)
        .order_by(StockFinding.id)
    )
    return [
        FindingSeen(
            finding,
            box.name if box else "",
            record.code if record else "",
            finding.record_id is not None and record is None,
            (should_box.name if should_box else should) or "",
            (was_box.name if was_box else was) or "",
        )
        for finding, box, record, should, was, should_box, was_box in rows
    ]


def last_scans(tx: Transaction, stocktake_id: int, *, limit: int = 20) -> list[ScanSeen]:
    """The newest scans, for whoever counts."""
    in_box = aliased(Box)
    rows = tx.session.execute(
        select(StockCount, Box, in_box, Shelf.code, Person.name)
        .join(Shelf, Shelf.id == StockCount.shelf_id)
        .join(Person, Person.id == StockCount.by_id)
        .outerjoin(Box, Box.id == StockCount.box_id)
        .outerjoin(in_box, in_box.id == StockCount.in_box_id)
        .where(StockCount.stocktake_id == stocktake_id)
        .order_by(StockCount.id.desc())
        .limit(limit)
    )
    return [
        ScanSeen(
            scan.scanned,
            box.name if box else scan.scanned,
            lay.name if lay else "",
            shelf,
            by,
            scan.damaged,
        )
        for scan, box, lay, shelf, by in rows
    ]


def late_scans(tx: Transaction, stocktake: Stocktake) -> int:
    """How many scans arrived after the end: kept, and not part of the result."""
    if stocktake.closed_at is None:
        return 0
    query = select(func.count()).where(
        StockCount.stocktake_id == stocktake.id, StockCount.at > stocktake.closed_at
    )
    return tx.session.scalar(query) or 0


def counting_at(tx: Transaction, station_ids: Sequence[int]) -> list[Stocktake]:
    """Stocktakes under way at these stations."""
    return list(
        tx.session.scalars(
            select(Stocktake).where(
                Stocktake.station_id.in_(station_ids), Stocktake.state == StocktakeState.COUNTING
            )
        )
    )
