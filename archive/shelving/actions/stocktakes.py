"""Verbs of the stocktake: open, join, count, close, settle (``domain.md`` §6)."""

from dataclasses import dataclass, replace

from sqlalchemy import select

from archive.access import Permission, forbid_same_person
from archive.people.actions import confirm_password
from archive.reason import reason_in
from archive.shelving.box import Box, LabelUnknown
from archive.shelving.moving import check_not_counted, lose_box, stand_box
from archive.shelving.place import Cabinet, Shelf, Storeroom
from archive.shelving.queries.lookup import meant
from archive.shelving.queries.stocktakes import expected_in, scans_of
from archive.shelving.stocktake import (
    STOCKTAKE_WORKFLOW,
    CountedAlone,
    Difference,
    NotACounter,
    NothingCounted,
    Result,
    SecondCounterMissing,
    ShelfNotScanned,
    StockCount,
    StockFinding,
    Stocktake,
    compared,
)
from archive.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Told:
    """What a counter is told at once about a scan; never what ought to stand there.

    Attributes:
        kind: what was scanned (``box``, ``record``, ``shelf``) or ``unknown``.
        wrong_room: the shelf or the box belongs to a room that is not counted.
        again: the same scan was sent before.
        shelf: the code of the shelf it was scanned at.
    """

    kind: str
    name: str
    wrong_room: bool = False
    again: bool = False
    shelf: str = ""


def open_stocktake(
    tx: Transaction, station_id: int, *, storeroom_id: int | None = None
) -> Stocktake:
    """A stocktake over one storeroom or the whole store; whoever opens it counts first.

    Raises:
        StocktakeUnderWay: one at a time.
    """
    tx.require(Permission.STOCKTAKE_OPEN, station_id)
    if storeroom_id is not None and tx.get(Storeroom, storeroom_id).station_id != station_id:
        storeroom_id = None
    stocktake = tx.add(
        Stocktake(
            station_id=station_id,
            storeroom_id=storeroom_id,
            counter_id=tx.person_id,
            opened_at=tx.now,
        )
    )
    tx.record("stocktake.opened", stocktake.subject, room=storeroom_id)
    return stocktake


def join_stocktake(tx: Transaction, stocktake_id: int) -> Stocktake:
    """The actor counts as the second person.

    Raises:
        SamePerson: it is whoever opened it.
        NotACounter: there are two already.
    """
    stocktake = tx.get(Stocktake, stocktake_id, lock=True)
    tx.require(Permission.STOCKTAKE_COUNT, stocktake.station_id)
    STOCKTAKE_WORKFLOW.target("close", stocktake.state, thing=stocktake.subject)
    forbid_same_person(tx.actor, "stocktake:second", first_counter=stocktake.counter_id)
    if stocktake.second_id not in {None, tx.person_id}:
        raise NotACounter
    if stocktake.second_id is None:
        stocktake.second_id = tx.person_id
        tx.session.flush()
        tx.record("stocktake.joined", stocktake.subject)
    return stocktake


def count(
    tx: Transaction,
    stocktake_id: int,
    *,
    client_id: str,
    scanned: str,
    shelf: str,
    damaged: bool = False,
) -> Told:
    """One scan; sent again under the same ``client_id`` it is kept once.

    ``shelf`` is the label or code of the shelf the counter stands at. A scan that arrives after
    the end is kept as well, and shown beside the result.

    Raises:
        ShelfNotScanned: the shelf is not known here.
        NotACounter, LabelUnknown: nothing is kept.
    """
    stocktake = tx.get(Stocktake, stocktake_id)
    tx.require(Permission.STOCKTAKE_COUNT, stocktake.station_id)
    if tx.person_id not in {stocktake.counter_id, stocktake.second_id}:
        raise NotACounter
    if not client_id.strip() or not scanned.strip():
        raise LabelUnknown(field="scanned", given=scanned[:40])
    where = meant(tx, shelf)
    if where is None or where.kind != "shelf":
        raise ShelfNotScanned(field="shelf")
    named = meant(tx, scanned)
    told = _told(tx, stocktake, where.id, named.kind if named else "", named.id if named else 0)
    told = replace(told, name=told.name or scanned.strip()[:40], shelf=tx.get(Shelf, where.id).code)
    before = select(StockCount.id).where(
        StockCount.stocktake_id == stocktake.id, StockCount.client_id == client_id[:40]
    )
    if tx.session.scalars(before).first() is not None:
        return replace(told, again=True)
    tx.add(
        StockCount(
            stocktake_id=stocktake.id,
            client_id=client_id[:40],
            scanned=scanned.strip()[:80],
            shelf_id=where.id,
            box_id=named.id if named and named.kind == "box" else None,
            record_id=named.id if named and named.kind == "record" else None,
            damaged=damaged,
            by_id=tx.person_id,
            at=tx.now,
        )
    )
    return told


def _told(tx: Transaction, stocktake: Stocktake, shelf_id: int, kind: str, thing_id: int) -> Told:
    stands = not _covers(tx, stocktake, shelf_id)
    if kind == "box":
        box = tx.get(Box, thing_id)
        elsewhere = box.shelf_id is not None and not _covers(tx, stocktake, box.shelf_id)
        foreign = box.station_id != stocktake.station_id
        return Told("box", box.name, stands or elsewhere or foreign)
    if kind == "shelf":
        return Told("shelf", tx.get(Shelf, thing_id).code, not _covers(tx, stocktake, thing_id))
    return Told(kind or "unknown", "", stands)


def _covers(tx: Transaction, stocktake: Stocktake, shelf_id: int) -> bool:
    shelf = tx.get(Shelf, shelf_id)
    room = tx.get(Cabinet, shelf.cabinet_id).storeroom_id
    return shelf.station_id == stocktake.station_id and stocktake.storeroom_id in {None, room}


def close_stocktake(
    tx: Transaction, stocktake_id: int, *, password: str, note: str = ""
) -> Stocktake:
    """The stocktake is signed; what was not found is missing from now on, what was found again
    stands where it was found, and everything else that differs is a finding to be settled.

    Raises:
        SecondCounterMissing, NothingCounted, CountedAlone, WrongPassword: nothing changes.
    """
    stocktake = tx.get(Stocktake, stocktake_id, lock=True)
    tx.require(Permission.STOCKTAKE_COUNT, stocktake.station_id)
    STOCKTAKE_WORKFLOW.target("close", stocktake.state, thing=stocktake.subject)
    if stocktake.second_id is None:
        raise SecondCounterMissing
    counted_by = set(
        tx.session.scalars(
            select(StockCount.by_id).where(StockCount.stocktake_id == stocktake.id).distinct()
        )
    )
    if not counted_by:
        raise NothingCounted
    if counted_by == {tx.person_id}:
        raise CountedAlone
    confirm_password(tx, password)
    lines = compared(expected_in(tx, stocktake), scans_of(tx, stocktake))
    stocktake.closed_by_id, stocktake.closed_at = tx.person_id, tx.now
    stocktake.in_place = sum(line.result == Result.IN_PLACE for line in lines)
    stocktake.note = note.strip()[:500]
    STOCKTAKE_WORKFLOW.take("close", stocktake)
    tx.session.flush()
    results = {str(result): 0 for result in Result}
    for line in lines:
        results[str(line.result)] += 1
        if line.result != Result.IN_PLACE:
            _follow(tx, stocktake, line)
    tx.record("stocktake.closed", stocktake.subject, results=results)
    return stocktake


def _follow(tx: Transaction, stocktake: Stocktake, line: Difference) -> None:
    """Keep one difference, and let the store say what was found."""
    finding = StockFinding(
        stocktake_id=stocktake.id,
        result=line.result,
        scanned=line.scanned,
        box_id=line.box_id,
        record_id=line.record_id,
        expected_shelf_id=line.expected,
        found_shelf_id=line.found,
    )
    box = tx.get(Box, line.box_id, lock=True) if line.box_id else None
    if box is not None and line.result == Result.MISSING:
        lose_box(tx, box)
    elif box is not None and line.result == Result.EXTRA and line.found is not None:
        finding.expected_shelf_id = box.shelf_id
        if box.shelf_id is None and box.station_id == stocktake.station_id:
            stand_box(tx, box, tx.get(Shelf, line.found))  # found again, or never noted
            finding.settled_by_id, finding.settled_at = tx.person_id, tx.now
            finding.settled_how = "stands-here"
    tx.add(finding)


def put_back(tx: Transaction, finding_id: int) -> StockFinding:
    """A box found on another shelf was put back where it belongs."""
    return _settled(tx, finding_id, "put-back")


def keep_here(tx: Transaction, finding_id: int) -> StockFinding:
    """A box found on another shelf stays there; that is its place from now on."""
    finding = tx.get(StockFinding, finding_id, lock=True)
    station_id = tx.get(Stocktake, finding.stocktake_id).station_id
    tx.require(Permission.PAPER_KEEP, station_id)
    if finding.settled_at is None and finding.box_id and finding.found_shelf_id:
        check_not_counted(tx, finding.found_shelf_id)
        box = tx.get(Box, finding.box_id, lock=True)
        if box.station_id == station_id and box.shelf_id != finding.found_shelf_id:
            stand_box(tx, box, tx.get(Shelf, finding.found_shelf_id))
    return _settled(tx, finding_id, "kept-here")


def settle_finding(tx: Transaction, finding_id: int, *, how: str) -> StockFinding:
    """Say in words what was done about a finding.

    Raises:
        ReasonMissing: nothing is said.
    """
    return _settled(tx, finding_id, reason_in(how, field="how")[:200])


def _settled(tx: Transaction, finding_id: int, how: str) -> StockFinding:
    finding = tx.get(StockFinding, finding_id, lock=True)
    stocktake = tx.get(Stocktake, finding.stocktake_id)
    tx.require(Permission.PAPER_KEEP, stocktake.station_id)
    if finding.settled_at is None:
        finding.settled_by_id, finding.settled_at, finding.settled_how = tx.person_id, tx.now, how
        tx.record("stocktake.settled", stocktake.subject, result=str(finding.result))
    return finding
