"""Verbs of the stocktake: open, join, count, close (``domain.md`` §6)."""

from dataclasses import dataclass, replace

from sqlalchemy import select

from archive.access import Permission, forbid_same_person
from archive.holdings.pairing import locked_pair, paper_moved
from archive.people.actions import confirm_password
from archive.shelving.box import Box, LabelUnknown
from archive.shelving.difference import Difference, Result, compared, compared_records
from archive.shelving.movement import MovementKind
from archive.shelving.moving import (
    fits,
    lose_box,
    put,
    stand_box,
    under_way,
    whereabouts,
)
from archive.shelving.place import Cabinet, Shelf, Storeroom
from archive.shelving.queries.lookup import Named, counted_as, scope_code, scope_of
from archive.shelving.queries.stocktakes import expected_in, expected_records, scans_of
from archive.shelving.stocktake import (
    STOCKTAKE_WORKFLOW,
    BoxNotScanned,
    CountedAlone,
    NotACounter,
    NothingCounted,
    SecondCounterMissing,
    ShelfElsewhere,
    ShelfNotScanned,
    StockCount,
    StockFinding,
    Stocktake,
)
from archive.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Told:
    """What a counter is told at once about a scan; never what ought to stand there.

    Attributes:
        kind: what was scanned (``box``, ``record``, ``shelf``) or ``unknown``.
        wrong_room: it belongs to a place that is not counted: ``belongs`` says which, empty for
            another station's; ``counted`` is the place that is counted.
        again: the same scan was sent before.
        shelf, in_box: where it was scanned.
        loose: a record that was scanned beside any box, although the boxes are opened.
        records: whether the boxes are opened.
    """

    kind: str
    name: str
    wrong_room: bool = False
    belongs: str = ""
    counted: str = ""
    again: bool = False
    shelf: str = ""
    in_box: str = ""
    loose: bool = False
    records: bool = False

    @property
    def sentence(self) -> str:
        """Which sentence says it, under ``stocktake.told``."""
        if self.again:
            return "again"
        if self.wrong_room:
            told = "wrong-shelf" if self.kind == "shelf" else "wrong-room"
            return told if self.belongs else "foreign"
        if self.kind != "record":
            return self.kind
        if not self.records:
            return "beside"
        return "loose" if self.loose else "in-box"

    @property
    def facts(self) -> dict[str, object]:
        """What that sentence names."""
        return {
            "name": self.name,
            "belongs": self.belongs,
            "counted": self.counted,
            "shelf": self.shelf,
            "box": self.in_box,
        }


def open_stocktake(
    tx: Transaction, station_id: int, *, place: str = "", with_records: bool = False
) -> Stocktake:
    """A stocktake over the whole store, or a ``place`` in it: ``KF01``, ``KF01-G03``,
    ``KF01-G03-2``, ``KF01-G03-2-4``; whoever opens it counts first.

    Raises:
        StocktakeUnderWay: one at a time.
        PlaceUnknown: there is no such place.
    """
    tx.require(Permission.STOCKTAKE_OPEN, station_id)
    scope = scope_of(tx, station_id, place)
    stocktake = tx.add(
        Stocktake(
            station_id=station_id,
            storeroom_id=scope.storeroom_id,
            cabinet_id=scope.cabinet_id,
            section=scope.section,
            shelf_id=scope.shelf_id,
            with_records=with_records,
            counter_id=tx.person_id,
            opened_at=tx.now,
        )
    )
    tx.record(
        "stocktake.opened",
        stocktake.subject,
        place=scope_code(tx, scope),
        with_records=with_records,
    )
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
    box: str = "",
    damaged: bool = False,
) -> Told:
    """One scan; sent again under the same ``client_id`` it is kept once.

    ``shelf`` is the label or code of the shelf the counter stands at, ``box`` that of the box a
    record lies in. The label of a shelf says where one stands and is not kept. A scan that
    arrives after the end is kept as well, and shown beside the result.

    Raises:
        ShelfNotScanned, ShelfElsewhere, BoxNotScanned: the shelf, or the box, is not one of here.
        NotACounter, LabelUnknown: nothing is kept.
    """
    stocktake = tx.get(Stocktake, stocktake_id)
    tx.require(Permission.STOCKTAKE_COUNT, stocktake.station_id)
    if tx.person_id not in {stocktake.counter_id, stocktake.second_id}:
        raise NotACounter
    if not client_id.strip() or not scanned.strip():
        raise LabelUnknown(field="scanned", given=scanned[:40])
    where = _shelf_said(tx, stocktake, shelf)
    named = counted_as(tx, stocktake.station_id, scanned)
    lies_in = _box_said(tx, stocktake, box) if named and named.kind == "record" else None
    told = _told_at(tx, stocktake, where, named, lies_in)
    told = replace(told, name=told.name or scanned.strip()[:40])
    if named is not None and named.kind == "shelf":
        return told
    scan = StockCount(
        stocktake_id=stocktake.id,
        client_id=client_id[:40],
        scanned=scanned.strip()[:80],
        shelf_id=where.id,
        box_id=named.id if named and named.kind == "box" else None,
        record_id=named.id if named and named.kind == "record" else None,
        in_box_id=lies_in.id if lies_in else None,
        damaged=damaged,
        by_id=tx.person_id,
        at=tx.now,
    )
    return told if _kept(tx, scan) else replace(told, again=True)


def _told_at(
    tx: Transaction, stocktake: Stocktake, at: Shelf, named: Named | None, lies_in: Box | None
) -> Told:
    """What it is, and where it was scanned."""
    is_record = named is not None and named.kind == "record"
    return replace(
        _told(tx, stocktake, at, named),
        shelf=at.code,
        counted=scope_code(tx, stocktake.scope),
        in_box=lies_in.name if lies_in else "",
        loose=is_record and stocktake.with_records and not lies_in,
        records=stocktake.with_records,
    )


def _kept(tx: Transaction, scan: StockCount) -> bool:
    """Whether the scan is kept now; False where it was before."""
    before = select(StockCount.id).where(
        StockCount.stocktake_id == scan.stocktake_id, StockCount.client_id == scan.client_id
    )
    if tx.session.scalars(before).first() is not None:
        return False
    tx.add(scan)
    return True


def _shelf_said(tx: Transaction, stocktake: Stocktake, shelf: str) -> Shelf:
    named = counted_as(tx, stocktake.station_id, shelf)
    if named is None or named.kind != "shelf":
        raise ShelfNotScanned(field="shelf")
    if named.station_id != stocktake.station_id:
        raise ShelfElsewhere(field="shelf")
    return tx.get(Shelf, named.id)


def _box_said(tx: Transaction, stocktake: Stocktake, box: str) -> Box | None:
    if not box.strip():
        return None
    named = counted_as(tx, stocktake.station_id, box)
    if named is None or named.kind != "box":
        raise BoxNotScanned(field="box")
    return tx.get(Box, named.id)


def _told(tx: Transaction, stocktake: Stocktake, at: Shelf, named: Named | None) -> Told:
    """What it is, and where it belongs if that is not counted at all."""
    if not _covers(tx, stocktake, at):
        return Told("shelf", at.code, wrong_room=True, belongs=_room(tx, at))
    if named is None or named.station_id != stocktake.station_id:
        return Told(named.kind if named else "unknown", "", wrong_room=named is not None)
    if named.kind == "shelf":
        shelf = tx.get(Shelf, named.id)
        covered = _covers(tx, stocktake, shelf)
        return Told("shelf", shelf.code, not covered, "" if covered else _room(tx, shelf))
    box = tx.get(Box, named.id) if named.kind == "box" else None
    stands = tx.get(Shelf, box.shelf_id) if box is not None and box.shelf_id else None
    told = Told(named.kind, box.name if box else "")
    if stands is None or _covers(tx, stocktake, stands):
        return told
    return replace(told, wrong_room=True, belongs=stands.code)


def _covers(tx: Transaction, stocktake: Stocktake, shelf: Shelf) -> bool:
    cabinet = tx.get(Cabinet, shelf.cabinet_id)
    return shelf.station_id == stocktake.station_id and stocktake.scope.covers(shelf, cabinet)


def _room(tx: Transaction, shelf: Shelf) -> str:
    return tx.get(Storeroom, tx.get(Cabinet, shelf.cabinet_id).storeroom_id).code


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
    scans = scans_of(tx, stocktake)
    boxes = compared(expected_in(tx, stocktake), scans, with_records=stocktake.with_records)
    stocktake.closed_by_id, stocktake.closed_at = tx.person_id, tx.now
    stocktake.in_place = sum(line.result == Result.IN_PLACE for line in boxes)
    stocktake.note = note.strip()[:500]
    STOCKTAKE_WORKFLOW.take("close", stocktake)
    tx.session.flush()
    for line in boxes:
        _follow(tx, stocktake, line)
    records: list[Difference] = []
    if stocktake.with_records:  # a box found again has its records again: they are counted last
        records = compared_records(expected_records(tx, stocktake, scans), scans)
        stocktake.records_in_place = sum(line.result == Result.IN_PLACE for line in records)
        for line in records:
            _follow_record(tx, stocktake, line)
    results = {str(result): 0 for result in Result}
    for line in [*boxes, *records]:
        results[str(line.result)] += 1
    tx.record("stocktake.closed", stocktake.subject, results=results)
    return stocktake


def _follow(tx: Transaction, stocktake: Stocktake, line: Difference) -> None:
    """Keep one difference of a box, and let the store say what was found."""
    if line.result == Result.IN_PLACE:
        return
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
            _settle_itself(tx, finding)
    tx.add(finding)


def _follow_record(tx: Transaction, stocktake: Stocktake, line: Difference) -> None:
    """Keep one difference of a record; what is missing shows in its pair, what was is found."""
    if line.result == Result.IN_PLACE or line.record_id is None:
        return
    finding = StockFinding(
        stocktake_id=stocktake.id,
        result=line.result,
        scanned=line.scanned,
        record_id=line.record_id,
        expected_box_id=line.expected,
        found_box_id=line.found,
        found_shelf_id=line.shelf_id,
    )
    if line.result == Result.MISSING:
        under_way(tx, line.record_id, MovementKind.MISS, "miss", note=stocktake.subject)
    elif line.result == Result.EXTRA and line.found is not None:
        box = tx.get(Box, line.found, lock=True)
        if _taken_in(tx, line.record_id, box, note=stocktake.subject):
            _settle_itself(tx, finding)
    tx.add(finding)


def _taken_in(tx: Transaction, record_id: int, box: Box, *, note: str) -> bool:
    """Whether a record found in a box lies there from now on: it was missing, or never put away.

    What is lent, or belongs into another box, is for a person to settle.
    """
    record, pair = locked_pair(tx, record_id)
    if box.missing_since is not None or not fits(tx, record, box):
        return False
    standing = whereabouts(tx, record_id)
    if standing is None and pair.allows("place"):
        put(tx, record_id, box, MovementKind.PLACE, note=note)
        return True
    if standing is not None and pair.allows("find"):
        paper_moved(tx, record_id, "find")
        put(tx, record_id, box, MovementKind.FIND, note=note)
        return True
    return False


def _settle_itself(tx: Transaction, finding: StockFinding) -> None:
    finding.settled_by_id, finding.settled_at = tx.person_id, tx.now
    finding.settled_how = "stands-here"
