"""Verbs about what a stocktake found otherwise: put back, keep here, settle (``domain.md`` §6)."""

from archive.access import Permission
from archive.reason import reason_in
from archive.shelving.box import Box
from archive.shelving.movement import MovementKind
from archive.shelving.moving import check_not_counted, put, stand_box, whereabouts
from archive.shelving.place import Shelf
from archive.shelving.stocktake import StockFinding, Stocktake
from archive.transaction import Transaction


def put_back(tx: Transaction, finding_id: int) -> StockFinding:
    """What was found on another shelf, or in another box, was put back where it belongs."""
    return _settled(tx, finding_id, "put-back")


def keep_here(tx: Transaction, finding_id: int) -> StockFinding:
    """What was found on another shelf, or in another box, stays there from now on.

    Raises:
        BoxMixed, BoxLost, StocktakeUnderWay, NotPossibleNow: it is settled otherwise.
    """
    finding = tx.get(StockFinding, finding_id, lock=True)
    station_id = tx.get(Stocktake, finding.stocktake_id).station_id
    tx.require(Permission.PAPER_KEEP, station_id)
    if finding.settled_at is not None:
        return finding
    if finding.box_id and finding.found_shelf_id:
        box = tx.get(Box, finding.box_id, lock=True)
        check_not_counted(tx, box.shelf_id, finding.found_shelf_id)
        if box.station_id == station_id and box.shelf_id != finding.found_shelf_id:
            stand_box(tx, box, tx.get(Shelf, finding.found_shelf_id))
    elif finding.record_id and finding.found_box_id:
        standing = whereabouts(tx, finding.record_id)
        box = tx.get(Box, finding.found_box_id, lock=True)
        if standing is None or standing.box_id != box.id:
            put(tx, finding.record_id, box, MovementKind.MOVE)
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
