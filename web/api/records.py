"""Records and their pairs as JSON."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel

from archive.filing.queries.copies import copy_files
from archive.holdings.actions.pairs import compare, register_paper
from archive.holdings.actions.records import Description, describe_again, file_record
from archive.holdings.pair import PairState
from archive.holdings.queries.record_seen import pair_counts, record_seen
from archive.holdings.queries.records import (
    RecordFilter,
    RecordLine,
    count_records,
    record_line,
    records,
    seen_record,
)
from archive.holdings.record import Origin
from archive.reports.opened import opened_of_record
from archive.reports.personal import PeopleTold, people_told, reveal_record
from web.api.told import Told
from web.api.trail import OpenedTold
from web.deps import SignedIn

router = APIRouter(tags=["records"])


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
    old_code: str
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


class FileTold(Told):
    """A file as received; its signatures are counted and never verified."""

    id: int
    name: str
    media_type: str
    size: int
    pages: int
    sha256: str
    seals: int | None
    signatures: int | None
    signatures_verified: Literal[False] = False


class RecordWithPair(BaseModel):
    record: RecordTold
    pair: PairTold


class RecordList(BaseModel):
    total: int
    records: list[RecordWithPair]


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
    old_code: str = ""


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
    old_code: str | None = None


class Opening(BaseModel):
    fields: list[str]
    purpose: str


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
            records=[_with_pair(line, people_told(tx, line)) for line in found],
        )


@router.post("/records", status_code=201)
def catalogue_paper(visit: SignedIn, given: NewRecord) -> RecordWithPair:
    """A record of paper that has no scan yet; it gets its code at once."""
    told = given.model_dump()
    station_id = told.pop("station_id")
    with visit.transaction() as tx:
        record_id = file_record(tx, station_id, Description(**told)).id
    return record_told(visit, record_id)


@router.get("/records/{record_id}")
def record(visit: SignedIn, record_id: int) -> RecordWithPair:
    return record_told(visit, record_id)


@router.get("/records/{record_id}/files")
def files(visit: SignedIn, record_id: int) -> list[FileTold]:
    """The files its pages came in that hold nothing of another record, and how they are signed."""
    with visit.reading() as tx:
        seen = record_seen(tx, record_id)
        return [FileTold.model_validate(file) for file in copy_files(tx, seen.current)]


@router.patch("/records/{record_id}")
def describe(visit: SignedIn, record_id: int, given: Correction) -> RecordWithPair:
    changes = given.model_dump(exclude_none=True)
    reason = changes.pop("reason")
    with visit.transaction() as tx:
        seen_record(tx, record_id)
        describe_again(tx, record_id, reason=reason, **changes)
    return record_told(visit, record_id)


@router.post("/records/{record_id}/paper")
def paper(visit: SignedIn, record_id: int, given: PaperCount) -> RecordWithPair:
    with visit.transaction() as tx:
        seen_record(tx, record_id)
        register_paper(tx, record_id, pages=given.pages)
    return record_told(visit, record_id)


@router.post("/records/{record_id}/comparison")
def comparison(visit: SignedIn, record_id: int, given: NewComparison) -> RecordWithPair:
    with visit.transaction() as tx:
        seen_record(tx, record_id)
        compare(tx, record_id, **given.model_dump())
    return record_told(visit, record_id)


@router.post("/records/{record_id}/reveal")
def reveal(visit: SignedIn, record_id: int, given: Opening) -> dict[str, str]:
    """``parties`` and ``customer_number`` in full, for a purpose that names nobody."""
    with visit.transaction() as tx:
        return reveal_record(tx, record_id, fields=given.fields, purpose=given.purpose)


@router.get("/records/{record_id}/opened")
def opened(visit: SignedIn, record_id: int) -> list[OpenedTold]:
    """Who opened facts about people in it, the newest first; for the head and the auditor."""
    with visit.reading() as tx:
        return [OpenedTold.model_validate(one) for one in opened_of_record(tx, record_id)]


@router.get("/pairs")
def pairs(visit: SignedIn) -> dict[str, int]:
    """How many records stand in each state of their pair."""
    with visit.reading() as tx:
        return {str(state): n for state, n in pair_counts(tx).items()}


def record_told(visit: SignedIn, record_id: int) -> RecordWithPair:
    """One record as this person is told of it."""
    with visit.reading() as tx:
        line = record_line(tx, record_id)
        return _with_pair(line, people_told(tx, line))


def _with_pair(line: RecordLine, people: PeopleTold) -> RecordWithPair:
    told = RecordTold.model_validate(line.record)
    about = {"parties": people.parties, "customer_number": people.customer_number}
    return RecordWithPair(
        record=told.model_copy(update=about), pair=PairTold.model_validate(line.pair)
    )
