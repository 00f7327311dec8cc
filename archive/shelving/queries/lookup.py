"""What a label, code or number means, which part of a store is meant, and where a record is."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, false, select

from archive.access import Permission
from archive.errors import Invalid
from archive.holdings.code import right_form
from archive.holdings.queries.records import visible_records
from archive.holdings.record import Record
from archive.people.person import Person
from archive.shelving.box import Box, Label, label_token
from archive.shelving.movement import Movement, Whereabouts
from archive.shelving.place import Cabinet, Shelf, Storeroom
from archive.shelving.queries.reach import mine
from archive.shelving.stocktake import Scope
from archive.transaction import Transaction

MOST_PARTS = 4
"""Room, cabinet, section and level make the code of a shelf."""


class PlaceUnknown(Invalid):
    """No storeroom, cabinet, section or shelf of the station has that code."""


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
    token = label_token(said)
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


def counted_as(tx: Transaction, station_id: int, said: str) -> Named | None:
    """What a counter holds in the hand: the thing with that label, whoever may read about it.

    A label cannot be guessed, so that whoever scans one has the paper there; a record that only
    some may know of would otherwise be missing because of who counted. Codes and numbers are
    those of the station that is counted.
    """
    word = right_form(said.strip()[:100])
    label = tx.session.get(Label, label_token(said))
    if label is not None:
        return _thing_of(tx, label)
    shelf = _shelf_coded(tx, station_id, word)
    if shelf is not None:
        return Named("shelf", shelf.id, station_id)
    digits = word.removeprefix("H")
    if digits.isascii() and digits.isdigit() and len(digits) < 9:
        numbered = select(Box).where(Box.station_id == station_id, Box.number == int(digits))
        box = tx.session.scalars(numbered).first()
        return Named("box", box.id, station_id) if box else None
    return meant(tx, said)


def scope_of(tx: Transaction, station_id: int, said: str) -> Scope:
    """The part of the store meant by ``KF01``, ``KF01-G03``, ``KF01-G03-2``, ``KF01-G03-2-4`` or
    the label of a shelf; all of it where nothing is said.

    Raises:
        PlaceUnknown: there is no such place at the station.
    """
    word = right_form(said.strip()[:100])
    if not word:
        return Scope()
    label = tx.session.get(Label, word.removeprefix("S:"))
    if label is not None and label.shelf_id is not None:
        shelf = tx.get(Shelf, label.shelf_id)
        word = shelf.code if shelf.station_id == station_id else "-"
    row = tx.session.execute(_shelves_at(station_id, word.split("-"))).first()
    if row is None:
        raise PlaceUnknown(field="place", given=said.strip()[:40])
    return Scope(*row[: word.count("-") + 1])


def _shelves_at(station_id: int, parts: list[str]) -> Select[int, int, int, int]:
    """Shelves whose room, cabinet, section and level are these, as far as they are said."""
    query = (
        select(Cabinet.storeroom_id, Shelf.cabinet_id, Shelf.section, Shelf.id)
        .join(Cabinet, Cabinet.id == Shelf.cabinet_id)
        .join(Storeroom, Storeroom.id == Cabinet.storeroom_id)
        .where(Shelf.station_id == station_id)
    )
    numbers = [int(part) if part.isascii() and part.isdigit() else 0 for part in parts[2:]]
    for column, wanted in zip(
        (Storeroom.code, Cabinet.code, Shelf.section, Shelf.level),
        (*parts[:2], *numbers),
        strict=False,
    ):
        query = query.where(column == wanted)
    return query.limit(1) if len(parts) <= MOST_PARTS else query.where(false())


def scope_code(tx: Transaction, scope: Scope) -> str:
    """A part of the store as people say it: ``KF01-G03-2``; empty for all of it."""
    if scope.shelf_id is not None:
        return tx.get(Shelf, scope.shelf_id).code
    parts = []
    if scope.storeroom_id is not None:
        parts.append(tx.get(Storeroom, scope.storeroom_id).code)
    if scope.cabinet_id is not None:
        parts.append(tx.get(Cabinet, scope.cabinet_id).code)
    if scope.section is not None:
        parts.append(str(scope.section))
    return "-".join(parts)


def _shelf_coded(tx: Transaction, station_id: int, code: str) -> Shelf | None:
    query = select(Shelf).where(Shelf.station_id == station_id, Shelf.code == code)
    return tx.session.scalars(query).first()


def _of_label(tx: Transaction, label: Label) -> Named | None:
    found = _thing_of(tx, label)
    if found.kind == "record":
        seen = visible_records(tx).where(Record.id == found.id)
        return found if tx.session.scalars(seen).first() is not None else None
    return found if tx.can(Permission.RECORD_READ, found.station_id) else None


def _thing_of(tx: Transaction, label: Label) -> Named:
    if label.box_id is not None:
        return Named("box", label.box_id, tx.get(Box, label.box_id).station_id)
    if label.shelf_id is not None:
        return Named("shelf", label.shelf_id, tx.get(Shelf, label.shelf_id).station_id)
    record = tx.get(Record, label.record_id)
    return Named("record", record.id, record.station_id)


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
