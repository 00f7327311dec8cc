"""The gate: how it stands, requests through it, exceptions, issuing."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, SecretStr
from sqlalchemy import select

from archive.access import Permission
from archive.custody.actions import requests
from archive.custody.gate import BookRequest, ClearanceKind, decide, standing
from archive.custody.queries.gate import gate_facts, usable_clearance
from archive.custody.queries.waiting import narrowed
from archive.people.person import Station
from web.api.told import BookTold, ClearanceTold, RequestTold
from web.deps import SignedIn

router = APIRouter(tags=["gate"])


class NewRequest(BaseModel):
    station_id: int
    kind_id: int
    books: int


class Run(BaseModel):
    code: str = ""
    first: str
    last: str


class Issue(BaseModel):
    runs: list[Run]


class NewException(BaseModel):
    kind: ClearanceKind
    reason: str
    password: SecretStr


@router.get("/stations/{station_id}/gate")
def gate(visit: SignedIn, station_id: int, kind_id: int, books: int = 1) -> dict[str, Any]:
    """Whether ``books`` could be had now, and everything that stands against it."""
    with visit.reading() as tx:
        tx.require(Permission.BOOK_READ, station_id)
        tx.get(Station, station_id)
        clearance = usable_clearance(tx, station_id)
        facts = gate_facts(tx, station_id, kind_id, books, clearance)
        reasons = standing(decide(facts), facts.clearance)
    return {
        "open": not reasons,
        "reasons": [
            item | {"message": visit.t(f"gate.{item['code']}", **_facts(item))}
            for item in requests.told(reasons)
        ],
        "plan_remaining": facts.plan_remaining,
    }


@router.get("/requests")
def list_requests(visit: SignedIn) -> list[RequestTold]:
    with visit.reading() as tx:
        query = select(BookRequest).order_by(BookRequest.id.desc()).limit(500)
        found = tx.session.scalars(
            narrowed(tx, query, BookRequest.station_id, Permission.BOOK_READ)
        )
        return [RequestTold.model_validate(request) for request in found]


@router.post("/requests", status_code=201)
def request_books(visit: SignedIn, given: NewRequest) -> RequestTold:
    """Pass the gate; a closed one answers 409 with every reason."""
    with visit.transaction() as tx:
        return RequestTold.model_validate(requests.request_books(tx, **given.model_dump()))


@router.post("/requests/{request_id}/issue", status_code=201)
def issue(visit: SignedIn, request_id: int, given: Issue) -> list[BookTold]:
    runs = [(run.code, run.first, run.last) for run in given.runs]
    with visit.transaction() as tx:
        return [
            BookTold.model_validate(book)
            for book in requests.issue_books(tx, request_id, runs=runs)
        ]


@router.post("/requests/{request_id}/cancel")
def cancel(visit: SignedIn, request_id: int) -> RequestTold:
    with visit.transaction() as tx:
        return RequestTold.model_validate(requests.cancel_request(tx, request_id))


@router.post("/stations/{station_id}/exceptions", status_code=201)
def allow_exception(visit: SignedIn, station_id: int, given: NewException) -> ClearanceTold:
    with visit.transaction() as tx:
        clearance = requests.allow_exception(
            tx,
            station_id,
            kind=given.kind,
            reason=given.reason,
            password=given.password.get_secret_value(),
        )
        return ClearanceTold.model_validate(clearance)


def _facts(item: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in item.items() if name not in {"line", "code"}}
