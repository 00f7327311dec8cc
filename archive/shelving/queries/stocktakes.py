"""Reads about stocktakes: what should stand there, what was scanned, what differs."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from archive.access import Permission
from archive.people.person import Person, Station
from archive.shelving.box import Box
from archive.shelving.place import Cabinet, Shelf, Storeroom
from archive.shelving.queries.reach import check_shown, mine
from archive.shelving.stocktake import Scan, StockCount, StockFinding, Stocktake, StocktakeState
from archive.transaction import Transaction


@dataclass(frozen=True, slots=True)
class StocktakeLine:
    """A stocktake as a list shows it."""

    stocktake: Stocktake
    station: Station
    room: Storeroom | None
    counter: str
    second: str
    closed_by: str
    scans: int
    open_findings: int


@dataclass(frozen=True, slots=True)
class FindingSeen:
    """A difference with what it is about."""

    finding: StockFinding
    box: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class ScanSeen:
    """A scan as whoever counts sees it."""

    scanned: str
    name: str
    shelf: str
    by: str
    damaged: bool


def expected_in(tx: Transaction, stocktake: Stocktake) -> dict[int, int]:
    """Which box should stand on which shelf, of what is counted."""
    query = (
        select(Box.id, Box.shelf_id)
        .join(Shelf, Shelf.id == Box.shelf_id)
        .join(Cabinet, Cabinet.id == Shelf.cabinet_id)
        .where(Box.station_id == stocktake.station_id)
        .order_by(Box.number)
    )
    if stocktake.storeroom_id is not None:
        query = query.where(Cabinet.storeroom_id == stocktake.storeroom_id)
    return {box_id: shelf_id for box_id, shelf_id in tx.session.execute(query) if shelf_id}


def scans_of(tx: Transaction, stocktake: Stocktake) -> list[Scan]:
    """Every scan kept so far, in order."""
    rows = tx.session.scalars(
        select(StockCount).where(StockCount.stocktake_id == stocktake.id).order_by(StockCount.id)
    )
    return [Scan(row.box_id, row.shelf_id, row.scanned, row.record_id, row.damaged) for row in rows]


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
        tx.get(Storeroom, stocktake.storeroom_id) if stocktake.storeroom_id else None,
        name(stocktake.counter_id),
        name(stocktake.second_id),
        name(stocktake.closed_by_id),
        tx.session.scalar(scans) or 0,
        tx.session.scalar(open_) or 0,
    )


def findings(tx: Transaction, stocktake_id: int) -> list[FindingSeen]:
    """What a closed stocktake found other than it should be."""
    expected, found = aliased(Shelf), aliased(Shelf)
    rows = tx.session.execute(
        select(StockFinding, Box, expected.code, found.code)
        .outerjoin(Box, Box.id == StockFinding.box_id)
        .outerjoin(expected, expected.id == StockFinding.expected_shelf_id)
        .outerjoin(found, found.id == StockFinding.found_shelf_id)
        .where(StockFinding.stocktake_id == stocktake_id)
        .order_by(StockFinding.id)
    )
    return [
        FindingSeen(finding, box.name if box else finding.scanned, should or "", was or "")
        for finding, box, should, was in rows
    ]


def last_scans(tx: Transaction, stocktake_id: int, *, limit: int = 20) -> list[ScanSeen]:
    """The newest scans, for whoever counts."""
    rows = tx.session.execute(
        select(StockCount, Box, Shelf.code, Person.name)
        .join(Shelf, Shelf.id == StockCount.shelf_id)
        .join(Person, Person.id == StockCount.by_id)
        .outerjoin(Box, Box.id == StockCount.box_id)
        .where(StockCount.stocktake_id == stocktake_id)
        .order_by(StockCount.id.desc())
        .limit(limit)
    )
    return [
        ScanSeen(scan.scanned, box.name if box else scan.scanned, shelf, by, scan.damaged)
        for scan, box, shelf, by in rows
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
