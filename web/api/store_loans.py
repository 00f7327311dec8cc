"""Loans, and the temperature and humidity of the store."""

from datetime import date, datetime
from decimal import Decimal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from archive.shelving.actions import climate as climate_verbs
from archive.shelving.actions import loans as verbs
from archive.shelving.queries import loans as reads
from archive.shelving.queries.climate import reading_seen, readings
from archive.shelving.queries.store import room_seen
from web.api.told import Told
from web.deps import SignedIn

router = APIRouter(prefix="/store", tags=["store"])

MOST = 500


class LoanTold(Told):
    id: int
    station_id: int
    record_id: int
    borrower_id: int
    unit: str
    purpose: str
    on_site: bool
    due_on: date
    state: str
    approved_by_id: int | None
    first_due_on: date | None
    renewed_by_id: int | None
    out_at: datetime | None
    returned_at: datetime | None
    pages_back: int | None
    seal_intact: bool | None
    incident: str
    incident_settled: str


class NewLoan(BaseModel):
    record_id: int
    purpose: str = Field(max_length=200)
    due_on: date
    unit: str = Field("", max_length=60)
    on_site: bool = False


class Opinion(BaseModel):
    opinion: str = Field("", max_length=200)


class Returned(BaseModel):
    pages: int
    seal_intact: bool
    note: str = Field("", max_length=200)


class Renewal(BaseModel):
    due_on: date


class Said(BaseModel):
    how: str = Field(max_length=300)


@router.get("/loans")
def loan_list(visit: SignedIn, state: str = "", *, mine: bool = False) -> list[LoanTold]:
    with visit.reading() as tx:
        lines = reads.loans(tx, reads.LoanFilter(state, mine=mine), limit=MOST)
        return [LoanTold.model_validate(line.loan) for line in lines]


@router.post("/loans", status_code=201)
def ask(visit: SignedIn, given: NewLoan) -> LoanTold:
    with visit.transaction() as tx:
        return LoanTold.model_validate(verbs.request_loan(tx, **given.model_dump()))


@router.get("/loans/{loan_id}")
def loan(visit: SignedIn, loan_id: int) -> LoanTold:
    with visit.reading() as tx:
        return LoanTold.model_validate(reads.loan_seen(tx, loan_id).loan)


@router.post("/loans/{loan_id}/approve")
def approve(visit: SignedIn, loan_id: int, given: Opinion) -> LoanTold:
    with visit.transaction() as tx:
        reads.loan_seen(tx, loan_id)
        return LoanTold.model_validate(verbs.approve_loan(tx, loan_id, opinion=given.opinion))


@router.post("/loans/{loan_id}/decline")
def decline(visit: SignedIn, loan_id: int, given: Opinion) -> LoanTold:
    with visit.transaction() as tx:
        reads.loan_seen(tx, loan_id)
        return LoanTold.model_validate(verbs.decline_loan(tx, loan_id, opinion=given.opinion))


@router.post("/loans/{loan_id}/withdraw")
def withdraw(visit: SignedIn, loan_id: int) -> LoanTold:
    with visit.transaction() as tx:
        reads.loan_seen(tx, loan_id)
        return LoanTold.model_validate(verbs.withdraw_loan(tx, loan_id))


@router.post("/loans/{loan_id}/hand-out")
def hand_out(visit: SignedIn, loan_id: int) -> LoanTold:
    with visit.transaction() as tx:
        reads.loan_seen(tx, loan_id)
        return LoanTold.model_validate(verbs.hand_out(tx, loan_id))


@router.post("/loans/{loan_id}/renew")
def renew(visit: SignedIn, loan_id: int, given: Renewal) -> LoanTold:
    with visit.transaction() as tx:
        reads.loan_seen(tx, loan_id)
        return LoanTold.model_validate(verbs.renew_loan(tx, loan_id, due_on=given.due_on))


@router.post("/loans/{loan_id}/return")
def take_back(visit: SignedIn, loan_id: int, given: Returned) -> LoanTold:
    with visit.transaction() as tx:
        reads.loan_seen(tx, loan_id)
        return LoanTold.model_validate(verbs.take_back(tx, loan_id, **given.model_dump()))


@router.post("/loans/{loan_id}/incident")
def settle_incident(visit: SignedIn, loan_id: int, given: Said) -> LoanTold:
    with visit.transaction() as tx:
        reads.loan_seen(tx, loan_id)
        return LoanTold.model_validate(verbs.settle_incident(tx, loan_id, how=given.how))


class ReadingTold(Told):
    id: int
    storeroom_id: int
    taken_at: datetime
    celsius: Decimal
    humidity: int
    instrument: str
    in_range: bool
    action: str


class NewReading(BaseModel):
    storeroom_id: int
    celsius: Decimal
    humidity: int
    instrument: str = Field("", max_length=40)
    action: str = Field("", max_length=300)


class Action(BaseModel):
    action: str = Field(max_length=300)


@router.get("/climate")
def climate(visit: SignedIn, room_id: int | None = None) -> list[ReadingTold]:
    with visit.reading() as tx:
        found = readings(tx, room_id=room_id, limit=MOST)
        return [ReadingTold.model_validate(seen.reading) for seen in found]


@router.post("/climate", status_code=201)
def read_climate(visit: SignedIn, given: NewReading) -> ReadingTold:
    with visit.transaction() as tx:
        room_seen(tx, given.storeroom_id)
        return ReadingTold.model_validate(climate_verbs.read_climate(tx, **given.model_dump()))


@router.post("/climate/{reading_id}/act")
def act(visit: SignedIn, reading_id: int, given: Action) -> ReadingTold:
    with visit.transaction() as tx:
        reading_seen(tx, reading_id)
        acted = climate_verbs.act_on_climate(tx, reading_id, action=given.action)
        return ReadingTold.model_validate(acted)
