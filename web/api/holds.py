"""Holds: what saves records from destruction."""

from datetime import date, datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field

from archive.access import Permission
from archive.holdings.queries.records import seen_record
from archive.reports.personal import number_told
from archive.retention.actions import holds as verbs
from archive.retention.hold import Hold, HoldKind, LiftGround
from archive.retention.queries import holds as reads
from web.api.told import Told
from web.deps import SignedIn

router = APIRouter(prefix="/retention", tags=["retention"])

MOST = 500


class HoldTold(Told):
    id: int
    station_id: int
    kind: str
    scope: str
    customer_number: str
    kind_code: str
    year_from: int | None
    year_to: int | None
    covered: int
    reason: str
    document: str
    placed_by_id: int
    placed_at: datetime
    lift_ground: str
    lift_reason: str
    lift_document: str
    settled_on: date | None
    lifted_by_id: int | None
    lifted_at: datetime | None


class HoldSeenTold(Told):
    kind: str
    since: datetime
    reason: str
    hold_id: int | None


class NewHold(BaseModel):
    station_id: int
    kind: HoldKind
    reason: str = Field(max_length=500)
    document: str = Field("", max_length=120)
    record_ids: list[int] = []
    customer_number: str = Field("", max_length=20)
    kind_code: str = Field("", max_length=40)
    year_from: int | None = Field(None, ge=1900, le=2200)
    year_to: int | None = Field(None, ge=1900, le=2200)


class Lifting(BaseModel):
    ground: LiftGround
    reason: str = Field(max_length=500)
    document: str = Field("", max_length=120)
    settled_on: date | None = None


@router.get("/holds")
def hold_list(visit: SignedIn, kind: str = "", state: str = "") -> list[HoldTold]:
    with visit.reading() as tx:
        lines = reads.holds(tx, reads.HoldFilter(kind, state), limit=MOST)
        return [_told(visit, line.hold) for line in lines]


@router.post("/holds", status_code=201)
def place(visit: SignedIn, given: NewHold) -> HoldTold:
    covers = verbs.Covers(
        given.record_ids, given.customer_number, given.kind_code, given.year_from, given.year_to
    )
    with visit.transaction() as tx:
        hold = verbs.place_hold(
            tx,
            given.station_id,
            covers,
            kind=given.kind,
            reason=given.reason,
            document=given.document,
        )
        return _told(visit, hold)


@router.get("/holds/{hold_id}")
def hold(visit: SignedIn, hold_id: int) -> HoldTold:
    with visit.reading() as tx:
        return _told(visit, reads.hold_seen(tx, hold_id).hold)


@router.post("/holds/{hold_id}/lift")
def lift(visit: SignedIn, hold_id: int, given: Lifting) -> HoldTold:
    with visit.transaction() as tx:
        reads.hold_seen(tx, hold_id)
        return _told(visit, verbs.lift_hold(tx, hold_id, **given.model_dump()))


@router.get("/records/{record_id}/holds")
def on_record(visit: SignedIn, record_id: int) -> list[HoldSeenTold]:
    """What holds a record now, placed or following from its state."""
    with visit.reading() as tx:
        record = seen_record(tx, record_id)
        tx.require(Permission.RETENTION_READ, record.station_id)
        return [
            HoldSeenTold.model_validate(one) for one in reads.holds_on(tx, [record_id])[record_id]
        ]


def _told(visit: SignedIn, hold: Hold) -> HoldTold:
    """The hold, its customer's number masked as on the pages."""
    number = number_told(visit.actor, hold.station_id, hold.customer_number)
    return HoldTold.model_validate(hold).model_copy(update={"customer_number": number})
