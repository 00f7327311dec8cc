"""Stocktakes of the store."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field

from archive.shelving.actions import findings as finding_verbs
from archive.shelving.actions import stocktakes as stocktake_verbs
from archive.shelving.queries import stocktakes as stocktake_reads
from web.api.told import Told
from web.deps import SignedIn

router = APIRouter(prefix="/store", tags=["store"])

MOST = 500


class StocktakeTold(Told):
    id: int
    station_id: int
    storeroom_id: int | None
    cabinet_id: int | None
    section: int | None
    shelf_id: int | None
    with_records: bool
    state: str
    counter_id: int
    second_id: int | None
    opened_at: datetime
    closed_at: datetime | None
    closed_by_id: int | None
    in_place: int
    records_in_place: int


class NewStocktake(BaseModel):
    station_id: int
    place: str = Field("", max_length=60)  # KF01, KF01-G03, KF01-G03-2, KF01-G03-2-4
    with_records: bool = False


class NewScan(BaseModel):
    client_id: str = Field(min_length=1, max_length=40)
    scanned: str = Field(min_length=1, max_length=80)
    shelf: str
    box: str = Field("", max_length=80)  # the box a record lies in
    damaged: bool = False


class ScanTold(Told):
    kind: str
    name: str
    wrong_room: bool
    belongs: str
    counted: str
    again: bool
    shelf: str
    in_box: str
    loose: bool


class Closing(BaseModel):
    password: str
    note: str = Field("", max_length=500)


class FindingTold(BaseModel):
    id: int
    result: str
    what: str
    box_id: int | None
    record_id: int | None
    withheld: bool
    expected: str
    found: str
    settled_at: datetime | None
    settled_how: str


class Settling(BaseModel):
    step: str = "said"  # put-back, keep-here, said
    how: str = ""


@router.get("/stocktakes")
def stocktake_list(visit: SignedIn) -> list[StocktakeTold]:
    with visit.reading() as tx:
        return [
            StocktakeTold.model_validate(line.stocktake)
            for line in stocktake_reads.stocktakes(tx, limit=MOST)
        ]


@router.post("/stocktakes", status_code=201)
def open_stocktake(visit: SignedIn, given: NewStocktake) -> StocktakeTold:
    with visit.transaction() as tx:
        made = stocktake_verbs.open_stocktake(tx, **given.model_dump())
        return StocktakeTold.model_validate(made)


@router.get("/stocktakes/{stocktake_id}")
def stocktake(visit: SignedIn, stocktake_id: int) -> StocktakeTold:
    with visit.reading() as tx:
        return StocktakeTold.model_validate(
            stocktake_reads.stocktake_seen(tx, stocktake_id).stocktake
        )


@router.post("/stocktakes/{stocktake_id}/join")
def join_stocktake(visit: SignedIn, stocktake_id: int) -> StocktakeTold:
    with visit.transaction() as tx:
        stocktake_reads.stocktake_seen(tx, stocktake_id)
        return StocktakeTold.model_validate(stocktake_verbs.join_stocktake(tx, stocktake_id))


@router.post("/stocktakes/{stocktake_id}/scans", status_code=201)
def scan(visit: SignedIn, stocktake_id: int, given: NewScan) -> ScanTold:
    with visit.transaction() as tx:
        stocktake_reads.stocktake_seen(tx, stocktake_id)
        told = stocktake_verbs.count(tx, stocktake_id, **given.model_dump())
        return ScanTold.model_validate(told)


@router.post("/stocktakes/{stocktake_id}/close")
def close_stocktake(visit: SignedIn, stocktake_id: int, given: Closing) -> StocktakeTold:
    with visit.transaction() as tx:
        stocktake_reads.stocktake_seen(tx, stocktake_id)
        closed = stocktake_verbs.close_stocktake(tx, stocktake_id, **given.model_dump())
        return StocktakeTold.model_validate(closed)


@router.get("/stocktakes/{stocktake_id}/findings")
def finding_list(visit: SignedIn, stocktake_id: int) -> list[FindingTold]:
    with visit.reading() as tx:
        stocktake_reads.stocktake_seen(tx, stocktake_id)
        return [_finding(one) for one in stocktake_reads.findings(tx, stocktake_id)]


@router.post("/stocktakes/{stocktake_id}/findings/{finding_id}")
def settle(
    visit: SignedIn, stocktake_id: int, finding_id: int, given: Settling
) -> list[FindingTold]:
    with visit.transaction() as tx:
        stocktake_reads.stocktake_seen(tx, stocktake_id)
        if given.step == "put-back":
            finding_verbs.put_back(tx, finding_id)
        elif given.step == "keep-here":
            finding_verbs.keep_here(tx, finding_id)
        else:
            finding_verbs.settle_finding(tx, finding_id, how=given.how)
        return [_finding(one) for one in stocktake_reads.findings(tx, stocktake_id)]


def _finding(seen: stocktake_reads.FindingSeen) -> FindingTold:
    return FindingTold(
        id=seen.finding.id,
        result=str(seen.finding.result),
        what=seen.what,
        box_id=seen.finding.box_id,
        record_id=None if seen.withheld else seen.finding.record_id,
        withheld=seen.withheld,
        expected=seen.expected,
        found=seen.found,
        settled_at=seen.finding.settled_at,
        settled_how=seen.finding.settled_how,
    )
