"""Reads about the store: rooms, cabinets and shelves as a picture, boxes and what is in them.

Whoever counts in an open stocktake is not shown what ought to be there until it is closed.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from archive.access import Permission
from archive.people.person import Station
from archive.shelving.box import Box
from archive.shelving.place import Cabinet, Shelf, Storeroom
from archive.shelving.queries.reach import check_not_blind, check_shown, mine
from archive.transaction import Transaction


@dataclass(frozen=True, slots=True)
class ShelfSeen:
    """A shelf with its boxes."""

    shelf: Shelf
    boxes: Sequence[Box]

    @property
    def used_mm(self) -> int:
        return sum(box.thickness_mm for box in self.boxes)

    @property
    def share(self) -> int:
        """How full it is, in per cent."""
        return min(100, self.used_mm * 100 // self.shelf.width_mm)


@dataclass(frozen=True, slots=True)
class CabinetSeen:
    """A cabinet with its shelves, from the lowest left one on."""

    cabinet: Cabinet
    shelves: Sequence[ShelfSeen]


@dataclass(frozen=True, slots=True)
class RoomSeen:
    """A storeroom as the list of them shows it."""

    room: Storeroom
    station: Station
    shelves: int
    boxes: int
    used_mm: int
    width_mm: int

    @property
    def share(self) -> int:
        return min(100, self.used_mm * 100 // self.width_mm) if self.width_mm else 0


def rooms(tx: Transaction) -> list[RoomSeen]:
    """Every storeroom, with how full it is."""
    tx.require(Permission.RECORD_READ)
    found = tx.session.execute(
        mine(tx, select(Storeroom, Station), Storeroom.station_id)
        .join(Station, Station.id == Storeroom.station_id)
        .order_by(Station.code, Storeroom.code)
    ).all()
    shelves = _by_room(tx, select(Cabinet.storeroom_id, func.count(), func.sum(Shelf.width_mm)))
    boxes = _by_room(
        tx,
        select(Cabinet.storeroom_id, func.count(), func.sum(Box.thickness_mm)),
        boxes=True,
    )
    return [
        RoomSeen(
            room,
            station,
            shelves.get(room.id, (0, 0))[0],
            boxes.get(room.id, (0, 0))[0],
            boxes.get(room.id, (0, 0))[1],
            shelves.get(room.id, (0, 0))[1],
        )
        for room, station in found
    ]


def _by_room(
    tx: Transaction, query: Select[*tuple[Any, ...]], *, boxes: bool = False
) -> dict[int, tuple[int, int]]:
    query = query.select_from(Shelf).join(Cabinet, Cabinet.id == Shelf.cabinet_id)
    if boxes:
        query = query.join(Box, Box.shelf_id == Shelf.id)
    rows = tx.session.execute(query.group_by(Cabinet.storeroom_id))
    return {room: (count, total) for room, count, total in rows}


def room_seen(tx: Transaction, room_id: int) -> tuple[Storeroom, list[CabinetSeen]]:
    """A storeroom with its cabinets and everything on their shelves.

    Raises:
        NoSuchThing, CountedBlind: it is not shown.
    """
    room = tx.get(Storeroom, room_id)
    check_shown(tx, room.station_id, "storeroom", room_id)
    check_not_blind(tx, room.station_id)
    cabinets = tx.session.scalars(
        select(Cabinet).where(Cabinet.storeroom_id == room.id).order_by(Cabinet.code)
    ).all()
    return room, _seen(tx, cabinets)


def cabinet_seen(tx: Transaction, cabinet_id: int) -> tuple[Storeroom, CabinetSeen]:
    """One cabinet with everything on its shelves.

    Raises:
        NoSuchThing, CountedBlind: it is not shown.
    """
    cabinet = tx.get(Cabinet, cabinet_id)
    room = tx.get(Storeroom, cabinet.storeroom_id)
    check_shown(tx, room.station_id, "cabinet", cabinet_id)
    check_not_blind(tx, room.station_id)
    return room, _seen(tx, [cabinet])[0]


def _seen(tx: Transaction, cabinets: Sequence[Cabinet]) -> list[CabinetSeen]:
    ids = [cabinet.id for cabinet in cabinets]
    shelves = tx.session.scalars(
        select(Shelf)
        .where(Shelf.cabinet_id.in_(ids))
        .order_by(Shelf.cabinet_id, Shelf.section, Shelf.level)
    ).all()
    standing: dict[int, list[Box]] = defaultdict(list)
    for box in tx.session.scalars(
        select(Box)
        .join(Shelf, Shelf.id == Box.shelf_id)
        .where(Shelf.cabinet_id.in_(ids))
        .order_by(Box.number)
    ):
        standing[box.shelf_id or 0].append(box)
    return [
        CabinetSeen(
            cabinet,
            [
                ShelfSeen(shelf, standing[shelf.id])
                for shelf in shelves
                if shelf.cabinet_id == cabinet.id
            ],
        )
        for cabinet in cabinets
    ]


def shelves_of(tx: Transaction, station_id: int) -> list[Shelf]:
    """Every shelf of a station, by its code."""
    tx.require(Permission.RECORD_READ, station_id)
    query = (
        select(Shelf)
        .join(Cabinet, Cabinet.id == Shelf.cabinet_id)
        .where(Shelf.station_id == station_id)
        .order_by(Cabinet.storeroom_id, Cabinet.code, Shelf.section, Shelf.level)
    )
    return list(tx.session.scalars(query))
