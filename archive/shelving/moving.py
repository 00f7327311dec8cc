"""How paper is moved: the event, where the record is now, and its pair, in one step.

Verbs of boxes, loans and stocktakes all move paper through here; they have asked for the
permission.
"""

from sqlalchemy import Select, select

from archive.holdings.code import ArchivalCode
from archive.holdings.pair import Pair
from archive.holdings.pairing import paper_moved
from archive.holdings.record import Record
from archive.shelving.box import Box, BoxLost, BoxMixed, Label, LabelKind, new_token
from archive.shelving.movement import Movement, MovementKind, NotInBox, NotOut, Whereabouts
from archive.shelving.place import Cabinet, Shelf
from archive.shelving.stocktake import Stocktake, StocktakeState, StocktakeUnderWay, in_scope
from archive.transaction import Transaction


def whereabouts(tx: Transaction, record_id: int) -> Whereabouts | None:
    """Where the paper of a record is; None while it was never put away."""
    return tx.session.get(Whereabouts, record_id, with_for_update=True)


def box_of(tx: Transaction, record_id: int) -> Box:
    """The box a record stands in.

    Raises:
        NotInBox: it stands in none.
    """
    standing = whereabouts(tx, record_id)
    if standing is None or standing.box_id is None:
        raise NotInBox(record=tx.get(Record, record_id).code)
    return tx.get(Box, standing.box_id)


def open_movement(tx: Transaction, record_id: int) -> Movement:
    """The movement by which a record is under way.

    Raises:
        NotOut: it is not.
    """
    standing = whereabouts(tx, record_id)
    if standing is None or standing.movement_id is None:
        raise NotOut(record=tx.get(Record, record_id).code)
    return tx.get(Movement, standing.movement_id)


def series_of(tx: Transaction, record: Record) -> int:
    """The series of a record's code: its year, unit and retention."""
    found = select(ArchivalCode.series_id).where(ArchivalCode.text == record.code)
    return tx.session.scalars(found).one()


def fits(tx: Transaction, record: Record, box: Box) -> bool:
    """Whether a record may lie in a box: of its station and series."""
    return record.station_id == box.station_id and series_of(tx, record) == box.series_id


def put(tx: Transaction, record_id: int, box: Box, kind: MovementKind, **said: object) -> Movement:
    """The record stands in ``box`` from now on.

    Raises:
        BoxMixed, BoxLost, StocktakeUnderWay, NotPossibleNow: nothing is moved.
    """
    record = tx.get(Record, record_id)
    if box.missing_since is not None:
        raise BoxLost(box=box.name)
    if not fits(tx, record, box):
        raise BoxMixed
    standing = whereabouts(tx, record_id)
    came_from = standing.box_id if standing is not None else None
    check_contents_not_counted(tx, box.id, came_from)
    moved = noted(tx, box.station_id, kind, record_id=record_id, **said)
    moved.from_box_id, moved.to_box_id = came_from, box.id
    tx.add(moved)
    if standing is None:
        tx.add(Whereabouts(record_id=record_id, box_id=box.id))
        label_of(tx, LabelKind.RECORD, record_id)
    else:
        standing.box_id, standing.movement_id = box.id, None
        tx.session.flush()
    paper_moved(tx, record_id, "place", box=box.name)
    return moved


def under_way(
    tx: Transaction, record_id: int, kind: MovementKind, event: str, **said: object
) -> Movement:
    """The record leaves its box by an open movement (``take-out`` or ``miss``).

    Raises:
        StocktakeUnderWay, NotPossibleNow: it stays where it is.
    """
    record = tx.get(Record, record_id)
    standing = whereabouts(tx, record_id)
    check_contents_not_counted(tx, standing.box_id if standing is not None else None)
    moved = noted(tx, record.station_id, kind, record_id=record_id, **said)
    if standing is not None and standing.box_id is not None:
        moved.from_box_id = standing.box_id
    elif standing is not None and standing.movement_id is not None:
        moved.from_box_id = tx.get(Movement, standing.movement_id).from_box_id
    tx.add(moved)
    if standing is None:
        tx.add(Whereabouts(record_id=record_id, movement_id=moved.id))
    else:
        standing.box_id, standing.movement_id = None, moved.id
        tx.session.flush()
    paper_moved(tx, record_id, event, **({"out_for": moved.out_for} if moved.out_for else {}))
    return moved


def paper_destroyed(tx: Transaction, record_id: int, *, note: str) -> Movement:
    """The paper was destroyed with leave; it stands nowhere any more, and this says since when."""
    return under_way(tx, record_id, MovementKind.DESTROY, "destroy-paper", note=note)


def back(
    tx: Transaction, record_id: int, box: Box, *, pages: int, seal_intact: bool, note: str = ""
) -> bool:
    """The record is back in ``box``; whether it is as it was.

    Its pages are counted and its seal looked at; what differs ends the comparison of its pair.
    """
    pair = tx.get(Pair, record_id)
    same = pages == pair.paper_pages and seal_intact
    paper_moved(
        tx, record_id, "bring-back" if same else "bring-back-changed", pages=pages, seal=seal_intact
    )
    put(tx, record_id, box, MovementKind.BRING_BACK, pages=pages, note=note)
    return same


def lose_box(tx: Transaction, box: Box) -> None:
    """The box is not where it should be; nor are the records in it.

    Raises:
        BoxLost: it is missing already.
    """
    if box.missing_since is not None:
        raise BoxLost(box=box.name)
    moved = noted(tx, box.station_id, MovementKind.MISS, box_id=box.id)
    moved.from_shelf_id = box.shelf_id
    tx.add(moved)
    box.shelf_id, box.missing_since = None, tx.now
    tx.session.flush()
    tx.record("box.missed", box.subject)
    within = select(Whereabouts.record_id).where(Whereabouts.box_id == box.id)
    for record_id in tx.session.scalars(within).all():
        under_way(tx, record_id, MovementKind.MISS, "miss", with_box=True)


def regain_box(tx: Transaction, box: Box) -> None:
    """The missing box is there again, with the records that were missed with it."""
    box.missing_since = None
    tx.session.flush()
    tx.add(noted(tx, box.station_id, MovementKind.FIND, box_id=box.id))
    tx.record("box.found", box.subject)
    gone = (
        select(Whereabouts.record_id)
        .join(Movement, Movement.id == Whereabouts.movement_id)
        .where(
            Movement.kind == MovementKind.MISS,
            Movement.with_box,
            Movement.from_box_id == box.id,
        )
    )
    for record_id in tx.session.scalars(gone).all():
        paper_moved(tx, record_id, "find")
        put(tx, record_id, box, MovementKind.FIND, with_box=True)


def stand_box(tx: Transaction, box: Box, shelf: Shelf) -> None:
    """The box stands on that shelf; found, if it was missing."""
    if box.missing_since is not None:
        regain_box(tx, box)
    kind = MovementKind.PLACE if box.shelf_id is None else MovementKind.MOVE
    moved = noted(tx, box.station_id, kind, box_id=box.id)
    moved.from_shelf_id, moved.to_shelf_id = box.shelf_id, shelf.id
    tx.add(moved)
    box.shelf_id = shelf.id
    tx.session.flush()
    tx.record("box.shelved", box.subject, shelf=shelf.code)


def noted(tx: Transaction, station_id: int, kind: MovementKind, **said: object) -> Movement:
    """The event itself, not kept yet."""
    return Movement(station_id=station_id, kind=kind, by_id=tx.person_id, at=tx.now, **said)  # type: ignore[arg-type]


def label_of(tx: Transaction, kind: LabelKind, thing_id: int) -> Label:
    """The label of a thing, made when it is first asked for."""
    name = {LabelKind.BOX: "box_id", LabelKind.RECORD: "record_id", LabelKind.SHELF: "shelf_id"}
    column = getattr(Label, name[kind])
    found = tx.session.scalars(select(Label).where(column == thing_id)).first()
    if found is not None:
        return found
    return tx.add(Label(token=new_token(), kind=kind, **{name[kind]: thing_id}))


def check_not_counted(tx: Transaction, *shelf_ids: int | None) -> None:
    """Refuse to move boxes where a stocktake is under way.

    Raises:
        StocktakeUnderWay: nothing is moved until it is closed.
    """
    wanted = [shelf_id for shelf_id in shelf_ids if shelf_id is not None]
    counting = _counting().where(Shelf.id.in_(wanted))
    if wanted and tx.session.scalars(counting).first() is not None:
        raise StocktakeUnderWay


def check_contents_not_counted(tx: Transaction, *box_ids: int | None) -> None:
    """Refuse to move records in or out of boxes that are being opened and counted.

    Raises:
        StocktakeUnderWay: nothing is moved until it is closed.
    """
    wanted = [box_id for box_id in box_ids if box_id is not None]
    counting = (
        _counting()
        .join(Box, Box.shelf_id == Shelf.id)
        .where(Box.id.in_(wanted), Stocktake.with_records)
    )
    if wanted and tx.session.scalars(counting).first() is not None:
        raise StocktakeUnderWay


def _counting() -> Select[int]:
    """Stocktakes under way, joined with the shelves they are over."""
    return (
        select(Stocktake.id)
        .join(Shelf, Shelf.station_id == Stocktake.station_id)
        .join(Cabinet, Cabinet.id == Shelf.cabinet_id)
        .where(Stocktake.state == StocktakeState.COUNTING, in_scope())
    )
