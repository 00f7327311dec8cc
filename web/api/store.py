"""The store: places, boxes, and where records are."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field

from archive.errors import Invalid
from archive.holdings.queries.records import seen_record
from archive.shelving.actions import boxes as box_verbs
from archive.shelving.actions import places as place_verbs
from archive.shelving.box import LabelUnknown
from archive.shelving.movement import OutFor
from archive.shelving.queries import boxes as box_reads
from archive.shelving.queries.lookup import meant, moves_of, place_of
from archive.shelving.queries.reach import check_not_blind
from archive.shelving.queries.store import room_seen, rooms
from archive.transaction import Transaction
from web.api.told import Told
from web.deps import SignedIn

router = APIRouter(prefix="/store", tags=["store"])

MOST = 500


class RoomTold(Told):
    id: int
    station_id: int
    code: str
    name: str


class ShelfTold(Told):
    id: int
    code: str
    section: int
    level: int
    width_mm: int


class CabinetTold(Told):
    id: int
    storeroom_id: int
    code: str
    sections: int
    levels: int
    shelf_mm: int


class BoxTold(Told):
    id: int
    station_id: int
    number: int
    name: str
    series_id: int
    thickness_mm: int
    shelf_id: int | None
    missing_since: datetime | None


class BoxLineTold(BaseModel):
    box: BoxTold
    shelf: str | None
    category: str
    year: int
    retention: str
    unit: str
    records: int
    pages: int


class BoxesTold(BaseModel):
    total: int
    boxes: list[BoxLineTold]


class NewRoom(BaseModel):
    station_id: int
    code: str
    name: str


class NewCabinet(BaseModel):
    code: str
    sections: int
    levels: int
    shelf_mm: int = 900


class NewBox(BaseModel):
    station_id: int
    series_id: int
    thickness_mm: int = 40
    shelf_id: int | None = None


class OnShelf(BaseModel):
    shelf: str


class IntoBox(BaseModel):
    box_id: int


class TakenOut(BaseModel):
    out_for: OutFor
    note: str = Field("", max_length=200)


class BroughtBack(BaseModel):
    pages: int
    seal_intact: bool = True
    box_id: int | None = None
    note: str = Field("", max_length=200)


class NotALoan(Invalid):
    """Lending goes through a loan, not through taking out."""


@router.get("/rooms")
def room_list(visit: SignedIn) -> list[RoomTold]:
    with visit.reading() as tx:
        return [RoomTold.model_validate(one.room) for one in rooms(tx)]


@router.post("/rooms", status_code=201)
def new_room(visit: SignedIn, given: NewRoom) -> RoomTold:
    with visit.transaction() as tx:
        return RoomTold.model_validate(place_verbs.add_storeroom(tx, **given.model_dump()))


@router.post("/rooms/{room_id}/cabinets", status_code=201)
def new_cabinet(visit: SignedIn, room_id: int, given: NewCabinet) -> CabinetTold:
    with visit.transaction() as tx:
        room_seen(tx, room_id)
        cabinet = place_verbs.add_cabinet(tx, room_id, **given.model_dump())
        return CabinetTold.model_validate(cabinet)


@router.get("/rooms/{room_id}/shelves")
def shelf_list(visit: SignedIn, room_id: int) -> list[ShelfTold]:
    with visit.reading() as tx:
        _, cabinets = room_seen(tx, room_id)
        return [
            ShelfTold.model_validate(seen.shelf) for cabinet in cabinets for seen in cabinet.shelves
        ]


@router.get("/boxes")
def box_list(
    visit: SignedIn, text: str = "", where: str = "", limit: int = 50, offset: int = 0
) -> BoxesTold:
    asked = box_reads.BoxFilter(text=text[:80], where=where)
    with visit.reading() as tx:
        lines = box_reads.boxes(tx, asked, limit=max(1, min(limit, MOST)), offset=max(0, offset))
        total = box_reads.count_boxes(tx, asked)
    return BoxesTold(total=total, boxes=[_line(line) for line in lines])


@router.post("/boxes", status_code=201)
def new_box(visit: SignedIn, given: NewBox) -> BoxTold:
    with visit.transaction() as tx:
        return BoxTold.model_validate(box_verbs.make_box(tx, **given.model_dump()))


@router.get("/boxes/{box_id}")
def box(visit: SignedIn, box_id: int) -> BoxLineTold:
    with visit.reading() as tx:
        return _line(box_reads.box_seen(tx, box_id).line)


@router.post("/boxes/{box_id}/shelve")
def shelve(visit: SignedIn, box_id: int, given: OnShelf) -> BoxTold:
    with visit.transaction() as tx:
        box_reads.box_seen(tx, box_id)
        named = meant(tx, given.shelf)
        if named is None or named.kind != "shelf":
            raise LabelUnknown(field="shelf", given=given.shelf[:40])
        return BoxTold.model_validate(box_verbs.shelve_box(tx, box_id, named.id))


@router.post("/boxes/{box_id}/miss")
def miss_box(visit: SignedIn, box_id: int) -> BoxTold:
    with visit.transaction() as tx:
        box_reads.box_seen(tx, box_id)
        return BoxTold.model_validate(box_verbs.miss_box(tx, box_id))


def _line(line: box_reads.BoxLine) -> BoxLineTold:
    return BoxLineTold(
        box=BoxTold.model_validate(line.box),
        shelf=line.shelf.code if line.shelf else None,
        category=line.series.category,
        year=line.series.year,
        retention=line.series.retention,
        unit=line.series.unit,
        records=line.records,
        pages=line.pages,
    )


class NamedTold(Told):
    kind: str
    id: int
    station_id: int


@router.get("/find")
def find(visit: SignedIn, q: str) -> NamedTold:
    with visit.reading() as tx:
        named = meant(tx, q)
        if named is None:
            raise LabelUnknown(field="q", given=q[:40])
        return NamedTold.model_validate(named)


class MoveTold(Told):
    kind: str
    at: datetime
    out_for: str
    place: str


class WhereTold(BaseModel):
    record_id: int
    box_id: int | None
    shelf: str | None
    under_way: str | None
    moves: list[MoveTold]


@router.get("/records/{record_id}")
def where(visit: SignedIn, record_id: int) -> WhereTold:
    with visit.reading() as tx:
        return _where(tx, record_id)


def _where(tx: Transaction, record_id: int) -> WhereTold:
    record = seen_record(tx, record_id)
    check_not_blind(tx, record.station_id)
    box, shelf, movement = place_of(tx, record_id)
    return WhereTold(
        record_id=record_id,
        box_id=box.id if box else None,
        shelf=shelf.code if shelf else None,
        under_way=str(movement.kind) if movement else None,
        moves=[MoveTold.model_validate(move) for move in moves_of(tx, record_id)],
    )


@router.post("/records/{record_id}/put")
def put(visit: SignedIn, record_id: int, given: IntoBox) -> WhereTold:
    with visit.transaction() as tx:
        seen_record(tx, record_id)
        box_verbs.put_in_box(tx, record_id, given.box_id)
        return _where(tx, record_id)


@router.post("/records/{record_id}/take-out")
def take_out(visit: SignedIn, record_id: int, given: TakenOut) -> WhereTold:
    with visit.transaction() as tx:
        seen_record(tx, record_id)
        if given.out_for == OutFor.LOAN:
            raise NotALoan(field="out_for")
        box_verbs.take_out(tx, record_id, out_for=given.out_for, note=given.note)
        return _where(tx, record_id)


@router.post("/records/{record_id}/bring-back")
def bring_back(visit: SignedIn, record_id: int, given: BroughtBack) -> WhereTold:
    with visit.transaction() as tx:
        seen_record(tx, record_id)
        box_verbs.bring_back(tx, record_id, **given.model_dump())
        return _where(tx, record_id)


@router.post("/records/{record_id}/miss")
def miss_record(visit: SignedIn, record_id: int) -> WhereTold:
    with visit.transaction() as tx:
        seen_record(tx, record_id)
        box_verbs.miss_record(tx, record_id)
        return _where(tx, record_id)


@router.post("/records/{record_id}/find")
def find_record(visit: SignedIn, record_id: int, given: IntoBox | None = None) -> WhereTold:
    with visit.transaction() as tx:
        seen_record(tx, record_id)
        box_verbs.find_record(tx, record_id, box_id=given.box_id if given else None)
        return _where(tx, record_id)
