"""Importing registers kept so far."""

from collections.abc import Mapping
from datetime import datetime

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from archive.importing import actions as verbs
from archive.importing import queries as reads
from archive.importing.mapping import map_register
from archive.importing.receiving import receive as receive_import
from archive.importing.run import ImportRun, Target
from archive.importing.source import MOST_BYTES, MOST_COLUMNS, MOST_ROWS, RegisterTooLarge
from web.deps import SignedIn, Visit

router = APIRouter(prefix="/imports", tags=["imports"])


class RunTold(BaseModel):
    id: int
    station_id: int
    target: str
    register_name: str
    state: str
    headings: list[str]
    columns: Mapping[str, int]
    rows: Mapping[str, int]
    received_at: datetime
    finished_at: datetime | None


class ProblemTold(BaseModel):
    line: int
    problems: list[list[str]]


class RunInFull(RunTold):
    wrong: list[ProblemTold]


class ColumnsGiven(BaseModel):
    columns: dict[str, int]
    kind_code: str = ""


@router.post("", status_code=201)
async def receive(
    visit: SignedIn, request: Request, station_id: int, target: Target, register: str
) -> RunTold:
    """The file is the body; the columns it proposes are in the answer of ``GET``."""
    content = bytearray()
    async for piece in request.stream():
        content += piece
        if len(content) > MOST_BYTES:
            raise RegisterTooLarge(field="file", rows=MOST_ROWS, columns=MOST_COLUMNS)
    return await run_in_threadpool(_receive, visit, station_id, target, register, bytes(content))


@router.get("/{run_id}")
def run(visit: SignedIn, run_id: int) -> RunInFull:
    with visit.reading() as tx:
        seen = reads.run_seen(tx, run_id)
        columns, _ = reads.columns_for(tx, seen.run)
    told = _told(seen.run, seen.counts).model_dump() | {"columns": columns}
    wrong = [ProblemTold(line=row.line, problems=row.problems) for row in seen.wrong]
    return RunInFull(**told, wrong=wrong)


@router.post("/{run_id}/columns")
def map_columns(visit: SignedIn, run_id: int, given: ColumnsGiven) -> RunTold:
    map_register(visit.system, visit.actor, run_id, **given.model_dump())
    with visit.reading() as tx:
        seen = reads.run_seen(tx, run_id)
        return _told(seen.run, seen.counts)


@router.post("/{run_id}/begin")
def begin(visit: SignedIn, run_id: int) -> RunTold:
    with visit.transaction() as tx:
        verbs.begin_import(tx, run_id)
        seen = reads.run_seen(tx, run_id)
        return _told(seen.run, seen.counts)


@router.post("/{run_id}/discard")
def discard(visit: SignedIn, run_id: int) -> RunTold:
    with visit.transaction() as tx:
        run = verbs.discard_import(tx, run_id)
        return _told(run, {})


def _receive(
    visit: Visit, station_id: int, target: Target, register: str, content: bytes
) -> RunTold:
    made = receive_import(
        visit.system, visit.actor, station_id, target=target, register=register, content=content
    )
    with visit.reading() as tx:
        return _told(made, reads.counts_of(tx, made.id))


def _told(made: ImportRun, counts: Mapping[str, int]) -> RunTold:
    return RunTold(
        id=made.id,
        station_id=made.station_id,
        target=made.target,
        register_name=made.register,
        state=made.state,
        headings=made.headings,
        columns=made.columns,
        rows=dict(counts),
        received_at=made.received_at,
        finished_at=made.finished_at,
    )
