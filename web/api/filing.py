"""Deliveries, drafts, records and their pairs."""

from datetime import date, datetime
from typing import Annotated, Any
from urllib.parse import unquote

from fastapi import APIRouter, Header, Query, Request
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from archive.filing.actions import deliveries as delivery_verbs
from archive.filing.actions import drafts as verbs
from archive.filing.actions.drafts import Said
from archive.filing.delivery import Draft, SetAside
from archive.filing.queries.deliveries import (
    DeliverySeen,
    DraftSeen,
    deliveries,
    delivery_seen,
    seen_delivery,
)
from archive.filing.receiving import check_welcome, delivery_spool, receive, station_named
from archive.holdings.actions.pairs import compare, register_paper
from archive.holdings.actions.records import Description, describe_again, file_record
from archive.holdings.pair import PairState
from archive.holdings.queries.record_seen import pair_counts, record_seen
from archive.holdings.queries.records import RecordFilter, count_records, records, seen_record
from archive.holdings.record import Origin
from archive.ingest.names import name_as_received
from web.api.scans import write_body
from web.api.told import Told
from web.deps import SignedIn

router = APIRouter(tags=["filing"])


class AccountTold(Told):
    total: int
    read: int
    filed: int
    set_aside: int
    open: int
    settled: bool


class DraftTold(BaseModel):
    id: int
    state: str
    pages: list[int]
    kind_id: int | None
    title: str
    formed_on: date | None
    document_number: str
    parties: str
    customer_number: str
    proposed: dict[str, Any]
    doubtful: list[str]
    record_id: int | None


class DeliveryTold(BaseModel):
    id: int
    state: str
    received_at: datetime
    account: AccountTold
    drafts: list[DraftTold] = []


class RecordTold(Told):
    id: int
    code: str
    title: str
    kind_id: int
    station_id: int
    formed_on: date
    year: int
    pages: int
    origin: str
    document_number: str
    parties: str
    customer_number: str
    remark: str
    state: str


class PairTold(Told):
    state: str
    electronic: str
    paper: str
    comparison: str
    electronic_pages: int
    electronic_digest: str
    paper_pages: int
    compared_at: datetime | None
    difference: str
    since: datetime


class RecordWithPair(BaseModel):
    record: RecordTold
    pair: PairTold


class RecordList(BaseModel):
    total: int
    records: list[RecordWithPair]


class NewSaid(BaseModel):
    kind_id: int | None = None
    title: str = ""
    formed_on: date | None = None
    document_number: str = ""
    parties: str = ""
    customer_number: str = ""
    origin: Origin = Origin.PAPER

    def said(self) -> Said:
        return Said(**self.model_dump())


class NewRecord(BaseModel):
    station_id: int
    kind_id: int
    title: str
    formed_on: date
    pages: int = 0
    year: int | None = None
    origin: Origin = Origin.PAPER
    document_number: str = ""
    parties: str = ""
    customer_number: str = ""
    remark: str = ""


class PagesNamed(BaseModel):
    pages: list[int]


class NewAside(PagesNamed):
    why: SetAside
    note: str = ""


class Attachment(BaseModel):
    record_id: int


class Joining(BaseModel):
    into: int


class PaperCount(BaseModel):
    pages: int


class NewComparison(BaseModel):
    digest: str
    paper_pages: int
    matches: bool
    difference: str = ""


class Correction(BaseModel):
    reason: str
    title: str | None = None
    formed_on: date | None = None
    document_number: str | None = None
    parties: str | None = None
    customer_number: str | None = None
    remark: str | None = None


@router.post("/stations/{code}/deliveries", status_code=201)
async def receive_delivery(
    visit: SignedIn,
    code: str,
    request: Request,
    x_file_name: Annotated[str, Header()] = "scan.pdf",
) -> DeliveryTold:
    """Receive one file as the raw body, streamed; its name percent-encoded in ``X-File-Name``."""
    station_id = await run_in_threadpool(station_named, visit.system, visit.actor, code)
    await run_in_threadpool(check_welcome, visit.system, visit.actor, station_id)
    with delivery_spool(visit.system.settings) as spool:
        part = spool.begin(name_as_received(unquote(x_file_name)))
        await write_body(part, request)
        delivery = await run_in_threadpool(
            receive, visit.system, visit.actor, station_id, spool.files, source="api"
        )
    return await run_in_threadpool(_delivery, visit, delivery.id)


@router.get("/deliveries")
def listed(visit: SignedIn, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> list[DeliveryTold]:
    with visit.reading() as tx:
        return [
            DeliveryTold(
                id=line.delivery.id,
                state=line.delivery.state,
                received_at=line.delivery.received_at,
                account=AccountTold.model_validate(line.account),
            )
            for line in deliveries(tx, limit=limit)
        ]


@router.get("/deliveries/{delivery_id}")
def delivery(visit: SignedIn, delivery_id: int) -> DeliveryTold:
    """One delivery: how far it is read, its drafts, and where its pages are."""
    return _delivery(visit, delivery_id)


@router.post("/deliveries/{delivery_id}/read-again")
def read_again(visit: SignedIn, delivery_id: int) -> DeliveryTold:
    with visit.transaction() as tx:
        delivery_verbs.read_again(tx, delivery_id)
    return _delivery(visit, delivery_id)


@router.post("/deliveries/{delivery_id}/set-aside")
def set_aside(visit: SignedIn, delivery_id: int, given: NewAside) -> DeliveryTold:
    with visit.transaction() as tx:
        seen_delivery(tx, delivery_id)
        delivery_verbs.set_aside(tx, delivery_id, given.pages, why=given.why, note=given.note)
    return _delivery(visit, delivery_id)


@router.post("/deliveries/{delivery_id}/put-back")
def put_back(visit: SignedIn, delivery_id: int, given: PagesNamed) -> DeliveryTold:
    with visit.transaction() as tx:
        seen_delivery(tx, delivery_id)
        delivery_verbs.put_back(tx, delivery_id, given.pages)
    return _delivery(visit, delivery_id)


@router.post("/deliveries/{delivery_id}/drafts", status_code=201)
def gather(visit: SignedIn, delivery_id: int, given: PagesNamed) -> DeliveryTold:
    """Pages as a draft of their own."""
    with visit.transaction() as tx:
        seen_delivery(tx, delivery_id)
        verbs.gather_pages(tx, delivery_id, given.pages)
    return _delivery(visit, delivery_id)


@router.patch("/drafts/{draft_id}")
def correct(visit: SignedIn, draft_id: int, given: NewSaid) -> DeliveryTold:
    with visit.transaction() as tx:
        draft = verbs.correct_draft(tx, draft_id, given.said())
    return _delivery(visit, draft.delivery_id)


@router.post("/drafts/{draft_id}/file", status_code=201)
def file(visit: SignedIn, draft_id: int, given: NewSaid) -> RecordWithPair:
    with visit.transaction() as tx:
        record_id = verbs.file_draft(tx, draft_id, given.said()).id
    return _record(visit, record_id)


@router.post("/drafts/{draft_id}/attach")
def attach(visit: SignedIn, draft_id: int, given: Attachment) -> RecordWithPair:
    with visit.transaction() as tx:
        record_id = verbs.attach_draft(tx, draft_id, given.record_id).id
    return _record(visit, record_id)


@router.post("/drafts/{draft_id}/split")
def split(visit: SignedIn, draft_id: int, at_page: int) -> DeliveryTold:
    with visit.transaction() as tx:
        verbs.split_draft(tx, draft_id, at_page=at_page)
        delivery_id = tx.get(Draft, draft_id).delivery_id
    return _delivery(visit, delivery_id)


@router.post("/drafts/{draft_id}/join")
def join(visit: SignedIn, draft_id: int, given: Joining) -> DeliveryTold:
    with visit.transaction() as tx:
        delivery_id = verbs.join_drafts(tx, draft_id, given.into).delivery_id
    return _delivery(visit, delivery_id)


@router.get("/records")
def catalogue(  # noqa: PLR0917 - the query of a list
    visit: SignedIn,
    text: str = "",
    kind_id: int | None = None,
    year: int | None = None,
    customer_number: str = "",
    pair: PairState | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> RecordList:
    asked = RecordFilter(
        text=text, kind_id=kind_id, year=year, customer_number=customer_number, pair=pair
    )
    with visit.reading() as tx:
        found = records(tx, asked, limit=limit, offset=offset)
        return RecordList(
            total=count_records(tx, asked),
            records=[
                RecordWithPair(
                    record=RecordTold.model_validate(line.record),
                    pair=PairTold.model_validate(line.pair),
                )
                for line in found
            ],
        )


@router.post("/records", status_code=201)
def catalogue_paper(visit: SignedIn, given: NewRecord) -> RecordWithPair:
    """A record of paper that has no scan yet; it gets its code at once."""
    told = given.model_dump()
    station_id = told.pop("station_id")
    with visit.transaction() as tx:
        record_id = file_record(tx, station_id, Description(**told)).id
    return _record(visit, record_id)


@router.get("/records/{record_id}")
def record(visit: SignedIn, record_id: int) -> RecordWithPair:
    return _record(visit, record_id)


@router.patch("/records/{record_id}")
def describe(visit: SignedIn, record_id: int, given: Correction) -> RecordWithPair:
    changes = given.model_dump(exclude_none=True)
    reason = changes.pop("reason")
    with visit.transaction() as tx:
        seen_record(tx, record_id)
        describe_again(tx, record_id, reason=reason, **changes)
    return _record(visit, record_id)


@router.post("/records/{record_id}/paper")
def paper(visit: SignedIn, record_id: int, given: PaperCount) -> RecordWithPair:
    with visit.transaction() as tx:
        seen_record(tx, record_id)
        register_paper(tx, record_id, pages=given.pages)
    return _record(visit, record_id)


@router.post("/records/{record_id}/comparison")
def comparison(visit: SignedIn, record_id: int, given: NewComparison) -> RecordWithPair:
    with visit.transaction() as tx:
        seen_record(tx, record_id)
        compare(tx, record_id, **given.model_dump())
    return _record(visit, record_id)


@router.get("/pairs")
def pairs(visit: SignedIn) -> dict[str, int]:
    """How many records stand in each state of their pair."""
    with visit.reading() as tx:
        return {str(state): n for state, n in pair_counts(tx).items()}


def _delivery(visit: SignedIn, delivery_id: int) -> DeliveryTold:
    with visit.reading() as tx:
        seen = delivery_seen(tx, delivery_id)
    return _told(seen)


def _told(seen: DeliverySeen) -> DeliveryTold:
    return DeliveryTold(
        id=seen.delivery.id,
        state=seen.delivery.state,
        received_at=seen.delivery.received_at,
        account=AccountTold.model_validate(seen.account),
        drafts=[_draft(each) for each in seen.drafts],
    )


def _draft(each: DraftSeen) -> DraftTold:
    draft = each.draft
    return DraftTold(
        id=draft.id,
        state=draft.state,
        pages=[page.number for page in each.pages],
        kind_id=draft.kind_id,
        title=draft.title,
        formed_on=draft.formed_on,
        document_number=draft.document_number,
        parties=draft.parties,
        customer_number=draft.customer_number,
        proposed=draft.proposed,
        doubtful=list(each.doubtful),
        record_id=draft.record_id,
    )


def _record(visit: SignedIn, record_id: int) -> RecordWithPair:
    with visit.reading() as tx:
        seen = record_seen(tx, record_id)
    return RecordWithPair(
        record=RecordTold.model_validate(seen.record), pair=PairTold.model_validate(seen.pair)
    )
