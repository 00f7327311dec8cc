"""Verbs about places: a storeroom and what stands in it."""

from archive.access import Permission
from archive.shelving.box import LabelKind
from archive.shelving.moving import label_of
from archive.shelving.place import (
    CABINET_CODE,
    ROOM_CODE,
    SHELF_MM,
    Cabinet,
    PlaceNameMissing,
    Shelf,
    Storeroom,
    place_code,
)
from archive.transaction import Transaction


def add_storeroom(tx: Transaction, station_id: int, *, code: str, name: str) -> Storeroom:
    """A storeroom of the station, empty yet.

    Raises:
        NotAPlaceCode, PlaceNameMissing, PlaceCodeTaken: nothing is kept.
    """
    tx.require(Permission.PAPER_KEEP, station_id)
    if not name.strip():
        raise PlaceNameMissing(field="name")
    kept = place_code(code, ROOM_CODE, "code")
    room = tx.add(Storeroom(station_id=station_id, code=kept, name=name.strip()))
    tx.record("storeroom.set-up", room.subject)
    return room


def add_cabinet(
    tx: Transaction,
    storeroom_id: int,
    *,
    code: str,
    sections: int,
    levels: int,
    shelf_mm: int = SHELF_MM,
) -> Cabinet:
    """A cabinet with all its shelves, each with its code and label.

    Raises:
        NotAPlaceCode, CabinetImpossible, PlaceCodeTaken: nothing is kept.
    """
    room = tx.get(Storeroom, storeroom_id)
    tx.require(Permission.PAPER_KEEP, room.station_id)
    cabinet = Cabinet(
        storeroom_id=room.id,
        code=place_code(code, CABINET_CODE, "code"),
        sections=sections,
        levels=levels,
        shelf_mm=shelf_mm,
    )
    cabinet.check_size()
    tx.add(cabinet)
    for section in range(1, sections + 1):
        for level in range(1, levels + 1):
            shelf = tx.add(
                Shelf(
                    station_id=room.station_id,
                    cabinet_id=cabinet.id,
                    section=section,
                    level=level,
                    code=f"{room.code}-{cabinet.code}-{section}-{level}",
                    width_mm=shelf_mm,
                )
            )
            label_of(tx, LabelKind.SHELF, shelf.id)
    tx.record(
        "storeroom.cabinet-set-up",
        room.subject,
        cabinet=cabinet.code,
        sections=sections,
        levels=levels,
    )
    return cabinet
