"""Deliveries and their drafts, from the door to the record."""

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
from archive.holdings.record import Origin
from archive.ingest.names import name_as_received
from web.api.records import RecordWithPair, record_told
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


class PagesNamed(BaseModel):
    pages: list[int]


class NewAside(PagesNamed):
    why: SetAside
    note: str = ""


class Attachment(BaseModel):
    record_id: int


class Joining(BaseModel):
    into: int


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
    return record_told(visit, record_id)


@router.post("/drafts/{draft_id}/attach")
def attach(visit: SignedIn, draft_id: int, given: Attachment) -> RecordWithPair:
    with visit.transaction() as tx:
        record_id = verbs.attach_draft(tx, draft_id, given.record_id).id
    return record_told(visit, record_id)


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
