"""Verbs about boxes and what is in them [seed 5.3]: put, move, take out, bring back."""

from sqlalchemy import func, select

from archive.access import Permission
from archive.holdings.code import CodeSeries
from archive.holdings.pair import PagesNotCounted
from archive.holdings.pairing import paper_moved
from archive.holdings.record import Record
from archive.people.person import Station
from archive.shelving.box import Box, LabelKind, check_thickness
from archive.shelving.loan import Loan, LoanState, OnLoan
from archive.shelving.movement import (
    AlreadyThere,
    Movement,
    MovementKind,
    NotInBox,
    OutFor,
)
from archive.shelving.moving import (
    back,
    box_of,
    check_not_counted,
    label_of,
    lose_box,
    open_movement,
    put,
    series_of,
    stand_box,
    under_way,
    whereabouts,
)
from archive.shelving.place import Shelf
from archive.transaction import NoSuchThing, Transaction


def make_box(
    tx: Transaction,
    station_id: int,
    *,
    series_id: int,
    thickness_mm: int = 40,
    shelf_id: int | None = None,
) -> Box:
    """An empty box for records of one series, with the station's next box number.

    Raises:
        ThicknessUnknown, NoSuchThing, StocktakeUnderWay: no number is used.
    """
    tx.require(Permission.PAPER_KEEP, station_id)
    check_thickness(thickness_mm)
    tx.get(CodeSeries, series_id)
    tx.get(Station, station_id, lock=True)
    last = tx.session.scalar(select(func.max(Box.number)).where(Box.station_id == station_id))
    box = tx.add(
        Box(
            station_id=station_id,
            number=(last or 0) + 1,
            series_id=series_id,
            thickness_mm=thickness_mm,
            made_by_id=tx.person_id,
            made_at=tx.now,
        )
    )
    label_of(tx, LabelKind.BOX, box.id)
    tx.record("box.made", box.subject, thickness=thickness_mm)
    if shelf_id is not None:
        shelve_box(tx, box.id, shelf_id)
    return box


def shelve_box(tx: Transaction, box_id: int, shelf_id: int) -> Box:
    """The box stands on that shelf from now on; its records go with it.

    Raises:
        AlreadyThere, BoxLost, StocktakeUnderWay: it stays where it is.
    """
    box, shelf = _kept_box(tx, box_id), _shelf(tx, shelf_id)
    if shelf.station_id != box.station_id:
        raise NoSuchThing(thing="shelf", key=str(shelf_id))
    if box.shelf_id == shelf.id:
        raise AlreadyThere(what=box.name, place=shelf.code)
    check_not_counted(tx, box.shelf_id, shelf.id)
    stand_box(tx, box, shelf)
    return box


def put_in_box(tx: Transaction, record_id: int, box_id: int) -> Movement:
    """The paper of a record is in that box from now on.

    Raises:
        BoxMixed: the box holds another year, unit or retention.
        AlreadyThere, BoxLost, OnLoan, NotPossibleNow: it stays where it is.
    """
    box = _kept_box(tx, box_id)
    standing = whereabouts(tx, record_id)
    if standing is not None and standing.box_id == box.id:
        raise AlreadyThere(what=tx.get(Record, record_id).code, place=box.name)
    kind = MovementKind.PLACE if standing is None else MovementKind.MOVE
    return put(tx, record_id, box, kind)


def put_away(tx: Transaction, record_ids: list[int], *, thickness_mm: int = 40) -> Box:
    """A new box with these records of one series in it.

    Raises:
        BoxMixed, NotPossibleNow: nothing is done.
    """
    first = tx.get(Record, record_ids[0])
    tx.require(Permission.PAPER_KEEP, first.station_id)
    box = make_box(tx, first.station_id, series_id=series_of(tx, first), thickness_mm=thickness_mm)
    for record_id in record_ids:
        put_in_box(tx, record_id, box.id)
    return box


def take_out(tx: Transaction, record_id: int, *, out_for: OutFor, note: str = "") -> Movement:
    """The record leaves its box for scanning, an audit or repair; lending goes through a loan.

    Raises:
        NotInBox, NotPossibleNow: it stays where it is.
    """
    record = tx.get(Record, record_id)
    tx.require(Permission.PAPER_KEEP, record.station_id)
    box_of(tx, record_id)
    return under_way(
        tx, record_id, MovementKind.TAKE_OUT, "take-out", out_for=str(out_for), note=note.strip()
    )


def bring_back(
    tx: Transaction,
    record_id: int,
    *,
    pages: int,
    seal_intact: bool = True,
    box_id: int | None = None,
    note: str = "",
) -> bool:
    """The record is back in its box (or another); whether it came back as it left.

    Raises:
        NotOut, OnLoan, PagesNotCounted, NotInBox: nothing changes.
    """
    record = tx.get(Record, record_id)
    tx.require(Permission.PAPER_KEEP, record.station_id)
    if pages < 1:
        raise PagesNotCounted(field="pages")
    left = open_movement(tx, record_id)
    lent = select(Loan.id).where(Loan.record_id == record_id, Loan.state == LoanState.OUT)
    if tx.session.scalars(lent).first() is not None:
        raise OnLoan(record=record.code)
    box = _kept_box(tx, _given(tx, box_id or left.from_box_id, record))
    return back(tx, record_id, box, pages=pages, seal_intact=seal_intact, note=note.strip())


def miss_record(tx: Transaction, record_id: int, *, note: str = "") -> Movement:
    """The record was looked for and is not there.

    Raises:
        NotPossibleNow: it was not registered here.
    """
    record = tx.get(Record, record_id)
    tx.require(Permission.PAPER_KEEP, record.station_id)
    return under_way(tx, record_id, MovementKind.MISS, "miss", note=note.strip())


def find_record(tx: Transaction, record_id: int, *, box_id: int | None = None) -> Movement:
    """A missing record is there again, in its box or another; it is compared anew.

    Raises:
        NotOut, NotInBox, NotPossibleNow: nothing changes.
    """
    record = tx.get(Record, record_id)
    tx.require(Permission.PAPER_KEEP, record.station_id)
    lost = open_movement(tx, record_id)
    box = _kept_box(tx, _given(tx, box_id or lost.from_box_id, record))
    paper_moved(tx, record_id, "find")
    return put(tx, record_id, box, MovementKind.FIND)


def miss_box(tx: Transaction, box_id: int) -> Box:
    """The box was looked for and is not there; nor are the records in it.

    Raises:
        BoxLost: it is missing already.
    """
    box = _kept_box(tx, box_id)
    check_not_counted(tx, box.shelf_id)
    lose_box(tx, box)
    return box


def _kept_box(tx: Transaction, box_id: int) -> Box:
    box = tx.get(Box, box_id, lock=True)
    tx.require(Permission.PAPER_KEEP, box.station_id)
    return box


def _shelf(tx: Transaction, shelf_id: int) -> Shelf:
    return tx.get(Shelf, shelf_id)


def _given(_tx: Transaction, box_id: int | None, record: Record) -> int:
    if box_id is None:
        raise NotInBox(record=record.code)
    return box_id
