"""Retention over the API: what is due, what comes, and why a record has its date."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel

from archive.holdings.file_plan import ClockStart
from archive.holdings.queries.records import seen_record
from archive.messages import LANGUAGES
from archive.retention.actions.schedule import enter_event
from archive.retention.period import Due
from archive.retention.queries.explain import explained
from archive.retention.queries.foresight import foresight
from archive.retention.queries.sweep import DueFilter, count_due, due_lines
from archive.retention.telling import told, whole_told
from web.deps import SignedIn
from web.typed import RowNumber, day

router = APIRouter(prefix="/retention", tags=["retention"])


class EventGiven(BaseModel):
    starts: ClockStart
    happened_on: date
    document: str


@router.get("/due")
def due(
    visit: SignedIn,
    on: str = "",
    held: bool | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> dict[str, Any]:
    """What may be appraised on a day; with ``held`` only what a hold saves, or only the rest."""
    asked = DueFilter(held=held)
    with visit.reading() as tx:
        on_day = day(on, "on") if on else tx.today
        lines = due_lines(tx, on_day, asked, limit=limit, offset=offset)
        total = count_due(tx, on_day, asked)
    return {
        "on": on_day.isoformat(),
        "total": total,
        "records": [
            {
                "id": line.record.id,
                "code": line.record.code,
                "title": line.record.title,
                "kind": line.kind.code,
                "station": line.station.code,
                "year": line.record.year,
                "held_by": sorted({str(hold.kind) for hold in line.holds}),
                **_dates(line.due),
            }
            for line in lines
        ],
    }


@router.get("/foresight")
def ahead(visit: SignedIn) -> dict[str, Any]:
    """What falls due in each of the next thirty years, and the shelf that comes free."""
    with visit.reading() as tx:
        found = foresight(tx)
    return {
        "years": {str(year): n for year, n in found.years.items()},
        "later": found.later,
        "not_started": found.waiting,
        "never": found.never,
        "boxes": {str(year): n for year, n in sorted(found.boxes.items())},
        "shelf_millimetres": {str(year): n for year, n in sorted(found.millimetres.items())},
    }


@router.get("/records/{record_id}")
def why(visit: SignedIn, record_id: RowNumber) -> dict[str, Any]:
    """Why a record has its date: rule by rule, with clauses."""
    with visit.reading() as tx:
        seen = explained(tx, record_id)
    return {
        "code": seen.record.code,
        **_dates(seen.due),
        "reasoning": [
            {
                "rule": one.rule.written,
                "clause": one.rule.clause,
                "trigger": one.trigger.isoformat() if one.trigger else None,
                "decides": one.decides,
                **{language: told(one, language) for language in LANGUAGES},
            }
            for one in seen.due.reasons
        ],
        **{language: whole_told(seen.due, language) for language in LANGUAGES},
    }


@router.post("/records/{record_id}/events", status_code=201)
def event(visit: SignedIn, record_id: RowNumber, given: EventGiven) -> dict[str, Any]:
    """Something happened that starts a clock of the record."""
    with visit.transaction() as tx:
        seen_record(tx, record_id)
        enter_event(tx, record_id, given.starts, given.happened_on, document=given.document)
    return why(visit, record_id)


def _dates(found: Due) -> dict[str, str | None]:
    through, eligible = found.protected_through, found.eligible_from
    return {
        "state": str(found.state),
        "protected_through": through.isoformat() if through else None,
        "eligible_from": eligible.isoformat() if eligible else None,
    }
