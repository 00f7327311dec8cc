"""What a label, code or number means, and where a record is."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from archive.access import Permission
from archive.holdings.code import right_form
from archive.holdings.queries.records import visible_records
from archive.holdings.record import Record
from archive.people.person import Person
from archive.shelving.box import Box, Label
from archive.shelving.movement import Movement, Whereabouts
from archive.shelving.place import Shelf
from archive.shelving.queries.reach import mine
from archive.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Named:
    """What was meant by a label or a code."""

    kind: str  # box, record, shelf
    id: int
    station_id: int


def meant(tx: Transaction, said: str) -> Named | None:
    """The box, record or shelf with that label, code or number; None where there is none."""
    tx.require(Permission.RECORD_READ)
    word = right_form(said.strip()[:100])
    token = word[2:] if word[:2] in {"B:", "R:", "S:"} else word
    label = tx.session.get(Label, token)
    if label is not None:
        return _of_label(tx, label)
    record = tx.session.scalars(visible_records(tx).where(Record.code == word)).first()
    if record is not None:
        return Named("record", record.id, record.station_id)
    shelf = tx.session.scalars(
        mine(tx, select(Shelf), Shelf.station_id).where(Shelf.code == word)
    ).first()
    if shelf is not None:
        return Named("shelf", shelf.id, shelf.station_id)
    digits = word.removeprefix("H")
    if digits.isascii() and digits.isdigit() and len(digits) < 9:
        box = tx.session.scalars(
            mine(tx, select(Box), Box.station_id).where(Box.number == int(digits))
        ).first()
        return Named("box", box.id, box.station_id) if box else None
    return None


def _of_label(tx: Transaction, label: Label) -> Named | None:
    if label.box_id is not None:
        found = Named("box", label.box_id, tx.get(Box, label.box_id).station_id)
    elif label.shelf_id is not None:
        found = Named("shelf", label.shelf_id, tx.get(Shelf, label.shelf_id).station_id)
    else:
        seen = tx.session.scalars(visible_records(tx).where(Record.id == label.record_id)).first()
        if seen is None:
            return None
        found = Named("record", seen.id, seen.station_id)
    return found if tx.can(Permission.RECORD_READ, found.station_id) else None


def place_of(tx: Transaction, record_id: int) -> tuple[Box | None, Shelf | None, Movement | None]:
    """Where a record's paper is: its box and shelf, or the movement by which it is under way."""
    standing = tx.session.get(Whereabouts, record_id)
    if standing is None:
        return None, None, None
    if standing.movement_id is not None:
        return None, None, tx.get(Movement, standing.movement_id)
    box = tx.get(Box, standing.box_id)
    return box, tx.get(Shelf, box.shelf_id) if box.shelf_id else None, None


@dataclass(frozen=True, slots=True)
class RecordMove:
    """One thing that happened to the paper of a record."""

    kind: str
    at: datetime
    by: str
    out_for: str
    place: str


def moves_of(tx: Transaction, record_id: int) -> list[RecordMove]:
    """Everything that happened to the paper of a record, the first first."""
    rows = tx.session.execute(
        select(Movement, Person.name, Box)
        .join(Person, Person.id == Movement.by_id)
        .outerjoin(Box, Box.id == Movement.to_box_id)
        .where(Movement.record_id == record_id)
        .order_by(Movement.id)
    )
    return [
        RecordMove(str(move.kind), move.at, by, move.out_for, box.name if box else "")
        for move, by, box in rows
    ]
