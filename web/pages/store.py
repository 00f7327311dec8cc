"""库房: storerooms and cabinets as a picture, and setting them up."""

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import Response

from archive.access import Permission
from archive.people.queries import stations_where
from archive.shelving.actions.places import add_cabinet, add_storeroom
from archive.shelving.box import LabelUnknown
from archive.shelving.place import (
    MOST_LEVELS,
    MOST_SECTIONS,
    SHELF_MM,
    Cabinet,
    Shelf,
    Storeroom,
)
from archive.shelving.queries.lookup import Named, meant
from archive.shelving.queries.store import (
    CabinetSeen,
    RoomSeen,
    cabinet_seen,
    room_seen,
    rooms,
)
from archive.transaction import Transaction
from web import typed
from web.deps import PostedForm, SignedIn, Visit
from web.errors import status_of
from web.page import go, show
from web.pages.around import crumbs, just_done, station_options
from web.parts import Action, Column, FormState, Link
from web.typed import RowNumber

router = APIRouter(prefix="/store")

SCALE = 0.36
"""Pixels to a millimetre: a shelf of 90 cm is as wide as a telephone."""
LEVEL = 62
BOARD = 6


@dataclass(frozen=True, slots=True)
class BoxDrawn:
    """A box as it stands in the picture."""

    x: float
    width: float
    name: str
    number: int
    href: str


@dataclass(frozen=True, slots=True)
class ShelfDrawn:
    """A shelf in the picture, with how full it is."""

    y: int
    code: str
    share: int
    level: int
    boxes: list[BoxDrawn]


@dataclass(frozen=True, slots=True)
class SectionDrawn:
    """One section of a cabinet, its highest shelf on top."""

    label: str
    width: float
    height: int
    shelves: list[ShelfDrawn]


@dataclass(frozen=True, slots=True)
class CabinetDrawn:
    """A cabinet as a page draws it."""

    id: int
    code: str
    note: str
    sections: list[SectionDrawn]


@router.get("")
def store(visit: SignedIn) -> Response:
    return _rooms_page(visit, FormState())


@router.post("/rooms")
def new_room(visit: SignedIn, form: PostedForm) -> Response:
    def work(tx: Transaction) -> Storeroom:
        seen = stations_where(tx, Permission.RECORD_READ)
        only = seen[0] if len(seen) == 1 else None
        chosen = next((one for one in seen if one.code == form.text("station")), only)
        station = typed.given(chosen, "station")
        return add_storeroom(tx, station.id, code=form.text("code"), name=form.text("name")[:60])

    outcome = visit.attempt(work)
    if outcome.error is None:
        return go(f"/store/rooms/{outcome.value.id}?done=room")
    state = visit.form_state(form, outcome.error)
    return _rooms_page(visit, state, status_of(outcome.error))


@router.get("/rooms/{room_id}")
def room(visit: SignedIn, room_id: RowNumber) -> Response:
    return _room_page(visit, room_id, FormState())


@router.post("/rooms/{room_id}/cabinets")
def new_cabinet(visit: SignedIn, room_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> None:
        room_seen(tx, room_id)
        add_cabinet(
            tx,
            room_id,
            code=form.text("code"),
            sections=typed.count(form.text("sections"), "sections", most=MOST_SECTIONS),
            levels=typed.count(form.text("levels"), "levels", most=MOST_LEVELS),
            shelf_mm=typed.count(form.text("shelf_mm"), "shelf_mm", least=200, most=3000),
        )

    error = visit.attempt(work).error
    if error is None:
        return go(f"/store/rooms/{room_id}?done=cabinet")
    return _room_page(visit, room_id, visit.form_state(form, error), status_of(error))


@router.get("/cabinets/{cabinet_id}")
def cabinet(visit: SignedIn, cabinet_id: RowNumber) -> Response:
    with visit.reading() as tx:
        where, seen = cabinet_seen(tx, cabinet_id)
    name = f"{where.code}-{seen.cabinet.code}"
    return show(
        visit,
        "store/cabinet.html",
        crumbs=crumbs(visit, "store", (where.name, f"/store/rooms/{where.id}"), (name, "")),
        name=name,
        cabinet=_drawn(visit, seen),
        cabinet_id=cabinet_id,
    )


@router.get("/find")
def find(visit: SignedIn) -> Response:
    said = visit.request.query_params.get("q", "")
    with visit.reading() as tx:
        named = meant(tx, said)
        href = _address(tx, named) if named else ""
    if href:
        return go(href)
    error = LabelUnknown(field="q", given=said.strip()[:40])
    state = FormState({"q": said}, {"q": visit.told(error)})
    return _rooms_page(visit, state, 404)


def _address(tx: Transaction, named: Named) -> str:
    if named.kind == "shelf":
        shelf = tx.get(Shelf, named.id)
        return f"/store/cabinets/{shelf.cabinet_id}#s-{shelf.code}"
    return f"/store/{'boxes' if named.kind == 'box' else 'records'}/{named.id}"


def _rooms_page(visit: Visit, state: FormState, status: int = 200) -> Response:
    with visit.reading() as tx:
        found = rooms(tx)
        stations = stations_where(tx, Permission.RECORD_READ)
        may_keep = tx.can(Permission.PAPER_KEEP)
        may_count = tx.can(Permission.STOCKTAKE_COUNT)
    return show(
        visit,
        "store/rooms.html",
        status=status,
        state=state,
        notice_text=just_done(visit, "store"),
        actions=_ways(visit, may_keep=may_keep, may_count=may_count),
        columns=[
            Column("name", visit.t("store.room"), "link"),
            Column("station", visit.t("store.station")),
            Column("shelves", visit.t("store.shelves"), "number"),
            Column("boxes", visit.t("store.boxes_n"), "number"),
            Column("share", visit.t("store.share")),
        ],
        rows=[_room_row(one) for one in found],
        stations=station_options(stations),
        may_keep=may_keep,
    )


def _ways(visit: Visit, *, may_keep: bool, may_count: bool) -> list[Action]:
    ways = [Action(visit.t("store.boxes"), "/store/boxes")]
    if may_keep:
        ways.insert(0, Action(visit.t("store.put_away"), "/store/put-away", "primary"))
        ways.append(Action(visit.t("store.labels"), "/store/labels"))
    if may_count:
        ways.append(Action(visit.t("stocktake.title"), "/store/stocktakes"))
    ways.append(Action(visit.t("loans.title"), "/store/loans"))
    ways.append(Action(visit.t("store-movements.title"), "/store/movements"))
    ways.append(Action(visit.t("climate.title"), "/store/climate"))
    return ways


def _room_row(seen: RoomSeen) -> dict[str, object]:
    return {
        "name": Link(f"{seen.room.code} {seen.room.name}", f"/store/rooms/{seen.room.id}"),
        "station": seen.station.name,
        "shelves": seen.shelves,
        "boxes": seen.boxes,
        "share": f"{seen.share}%",
    }


def _room_page(visit: Visit, room_id: int, state: FormState, status: int = 200) -> Response:
    with visit.reading() as tx:
        where, cabinets = room_seen(tx, room_id)
        may_keep = tx.can(Permission.PAPER_KEEP, where.station_id)
    return show(
        visit,
        "store/room.html",
        status=status,
        state=state,
        crumbs=crumbs(visit, "store", (where.name, "")),
        room=where,
        notice_text=just_done(visit, "store") if status == 200 else "",
        cabinets=[_drawn(visit, one) for one in cabinets],
        may_keep=may_keep,
        next_code=f"G{len(cabinets) + 1:02}",
        shelf_mm=str(SHELF_MM),
    )


def _drawn(visit: Visit, seen: CabinetSeen) -> CabinetDrawn:
    made: Cabinet = seen.cabinet
    count = sum(len(shelf.boxes) for shelf in seen.shelves)
    width = sum(shelf.shelf.width_mm for shelf in seen.shelves)
    share = sum(shelf.used_mm for shelf in seen.shelves) * 100 // max(width, 1)
    return CabinetDrawn(
        made.id,
        made.code,
        visit.t("store.cabinet_told", n=count, share=share),
        [_section(visit, seen, section) for section in range(1, made.sections + 1)],
    )


def _section(visit: Visit, seen: CabinetSeen, section: int) -> SectionDrawn:
    levels = seen.cabinet.levels
    shelves = []
    for one in seen.shelves:
        if one.shelf.section != section:
            continue
        drawn, at = [], 0.0
        for box in one.boxes:
            width = box.thickness_mm * SCALE
            drawn.append(
                BoxDrawn(
                    round(at, 1), round(width, 1), box.name, box.number, f"/store/boxes/{box.id}"
                )
            )
            at += width
        y = (levels - one.shelf.level) * (LEVEL + BOARD)
        shelves.append(ShelfDrawn(y, one.shelf.code, one.share, one.shelf.level, drawn))
    return SectionDrawn(
        visit.t("store.section_n", n=section),
        seen.cabinet.shelf_mm * SCALE,
        levels * (LEVEL + BOARD),
        sorted(shelves, key=lambda shelf: shelf.y),
    )
