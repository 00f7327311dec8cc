"""Searching as JSON: what was typed is posted, for it may be somebody's name."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from archive.finding.actions.searches import keep_search, note_search
from archive.finding.explaining import Place, Segment
from archive.finding.queries.numbers import Located, located
from archive.finding.queries.search import PER_PAGE, Look, Result, search
from archive.finding.queries.searches import my_searches
from archive.finding.search import Search
from archive.search import FACETS
from web.deps import SignedIn

router = APIRouter(tags=["search"])


class Question(BaseModel):
    query: str = Field(max_length=400)
    facets: dict[Literal["kind", "year", "station", "period", "pair", "place"], str] = Field(
        default_factory=dict
    )
    order: Literal["relevance", "-day", "day", "code", "-code"] = "relevance"
    limit: Annotated[int, Field(ge=1, le=200)] = PER_PAGE
    offset: Annotated[int, Field(ge=0, le=10_000)] = 0


class SegmentTold(BaseModel):
    text: str
    marked: bool


class WhyTold(BaseModel):
    field: str
    page: int | None
    snippet: list[SegmentTold]


class HitTold(BaseModel):
    id: int
    code: str
    title: str
    kind: str
    station: str
    formed_on: date
    pair: str
    protected_through: date | None
    why: list[WhyTold]


class FacetTold(BaseModel):
    value: str
    label: str
    count: int


class NumberTold(BaseModel):
    """Where an invoice number is; ``page`` is that of the scan of its volume."""

    number: str
    code: str
    book_id: int
    fate: str
    holder: str | None
    station: str
    volume_id: int | None
    page: int | None
    verified_by: str
    record_code: str
    shelf: str


class FoundTold(BaseModel):
    total: int
    hits: list[HitTold]
    facets: dict[str, list[FacetTold]]
    numbers: list[NumberTold]
    catching_up: bool
    meant: list[str]


class SearchTold(BaseModel):
    token: str
    query: str
    name: str


class Naming(BaseModel):
    name: str = ""


@router.post("/search")
def find(visit: SignedIn, asked: Question) -> FoundTold:
    """What this person may know of that the query is in."""
    narrowed = {str(facet): value for facet, value in asked.facets.items()}
    look = Look(asked.query, narrowed, asked.order, asked.limit, asked.offset)
    with visit.reading() as tx:
        found = search(tx, look, visit.language)
        numbers = [_number(one) for one in located(tx, asked.query)]
    return FoundTold(
        total=found.total,
        hits=[_hit(one) for one in found.results],
        facets={
            facet: [
                FacetTold(value=one.value, label=one.label, count=one.count)
                for one in found.facets.get(facet, ())
            ]
            for facet in FACETS
        },
        numbers=numbers,
        catching_up=found.catching_up,
        meant=list(found.meant),
    )


@router.get("/searches")
def mine(visit: SignedIn) -> list[SearchTold]:
    """One's own searches: those kept, then the last ones."""
    with visit.reading() as tx:
        kept, recent = my_searches(tx)
    return [_search(one) for one in (*kept, *recent)]


@router.post("/searches", status_code=201)
def note(visit: SignedIn, asked: Question) -> SearchTold:
    """A search with an address: ``/search/{token}``."""
    with visit.transaction() as tx:
        return _search(note_search(tx, asked.query))


@router.post("/searches/{token}/keep")
def keep(visit: SignedIn, token: str, given: Naming) -> SearchTold:
    """Kept under a name; without one it goes after a while."""
    with visit.transaction() as tx:
        return _search(keep_search(tx, token, given.name))


def _search(one: Search) -> SearchTold:
    return SearchTold(token=one.token, query=one.typed, name=one.name)


def _hit(found: Result) -> HitTold:
    record = found.line.record
    return HitTold(
        id=record.id,
        code=record.code,
        title=record.title,
        kind=found.line.kind.code,
        station=found.line.station.code,
        formed_on=record.formed_on,
        pair=found.line.pair.state,
        protected_through=found.due.protected_through,
        why=[_why(place) for place in found.places],
    )


def _why(place: Place) -> WhyTold:
    return WhyTold(
        field=place.field, page=place.page or None, snippet=[_segment(one) for one in place.snippet]
    )


def _segment(one: Segment) -> SegmentTold:
    return SegmentTold(text=one.text, marked=one.marked)


def _number(one: Located) -> NumberTold:
    book = one.found.book
    return NumberTold(
        number=one.found.number,
        code=book.code,
        book_id=book.id,
        fate=one.found.fate,
        holder=book.holder,
        station=book.station,
        volume_id=one.found.volume_id,
        page=one.stub.page if one.stub else None,
        verified_by=one.verified_by,
        record_code=one.record.code if one.record else "",
        shelf=one.shelf,
    )
