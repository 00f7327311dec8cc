"""Reads about movements: the register of what left, moved and came back (出入库登记)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from archive.access import Permission
from archive.holdings.queries.records import visible_records
from archive.holdings.record import Record
from archive.people.person import Person, Station
from archive.shelving.box import Box
from archive.shelving.movement import Movement, MovementKind
from archive.shelving.place import Shelf
from archive.shelving.queries.reach import blind_stations, mine
from archive.transaction import Transaction


@dataclass(frozen=True, slots=True)
class MovementFilter:
    """What the register is narrowed to; empty fields do not narrow."""

    kind: str = ""
    station_id: int | None = None


@dataclass(frozen=True, slots=True)
class MovementLine:
    """One thing that happened to a record or a box.

    Attributes:
        what: the record's code or the box's name; empty where this person may not know of it.
        came_from, went_to: boxes of a record, shelves of a box; empty where there was none.
    """

    movement: Movement
    station: Station
    what: str
    came_from: str
    went_to: str
    by: str

    @property
    def at(self) -> datetime:
        return self.movement.at


def movements(
    tx: Transaction, asked: MovementFilter | None = None, *, limit: int = 50, offset: int = 0
) -> list[MovementLine]:
    """Lines of the register, the newest first.

    Whoever counts at a station is not shown what was moved there until the end.
    """
    box, from_box, to_box = aliased(Box), aliased(Box), aliased(Box)
    from_shelf, to_shelf = aliased(Shelf), aliased(Shelf)
    seen = visible_records(tx).with_only_columns(Record.id)
    columns = select(
        Movement, Station, Record.code, box, from_box, to_box, from_shelf, to_shelf, Person.name
    )
    query = (
        _narrowed(tx, columns, asked or MovementFilter())
        .join(Station, Station.id == Movement.station_id)
        .join(Person, Person.id == Movement.by_id)
        .outerjoin(Record, and_(Record.id == Movement.record_id, Record.id.in_(seen)))
        .outerjoin(box, box.id == Movement.box_id)
        .outerjoin(from_box, from_box.id == Movement.from_box_id)
        .outerjoin(to_box, to_box.id == Movement.to_box_id)
        .outerjoin(from_shelf, from_shelf.id == Movement.from_shelf_id)
        .outerjoin(to_shelf, to_shelf.id == Movement.to_shelf_id)
        .order_by(Movement.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [_line(row) for row in tx.session.execute(query)]


def count_movements(tx: Transaction, asked: MovementFilter | None = None) -> int:
    """How many movements there are of what was asked."""
    query = _narrowed(tx, select(func.count(Movement.id)), asked or MovementFilter())
    return tx.session.scalar(query) or 0


def _narrowed(tx: Transaction, query: Any, asked: MovementFilter) -> Any:
    tx.require(Permission.RECORD_READ)
    query = mine(tx, query.select_from(Movement), Movement.station_id)
    hidden = blind_stations(tx)
    if hidden:
        query = query.where(Movement.station_id.not_in(hidden))
    if asked.kind in set(MovementKind):
        query = query.where(Movement.kind == asked.kind)
    if asked.station_id is not None:
        query = query.where(Movement.station_id == asked.station_id)
    return query


def _line(row: Any) -> MovementLine:
    movement, station, code, box, from_box, to_box, from_shelf, to_shelf, by = row
    came_from = from_box.name if from_box else from_shelf.code if from_shelf else ""
    went_to = to_box.name if to_box else to_shelf.code if to_shelf else ""
    return MovementLine(movement, station, box.name if box else code or "", came_from, went_to, by)
