"""What should have been filed by now and was not, and accounting for it."""

from datetime import date

from fastapi import APIRouter
from pydantic import BaseModel

from archive.expected import actions as verbs
from archive.expected import queries as reads
from archive.people.person import Station
from web.deps import SignedIn

router = APIRouter(prefix="/expected", tags=["expected"])


class MissingTold(BaseModel):
    kind: str
    period: str
    due_on: date
    overdue_days: int
    responsible: str


class SheetTold(BaseModel):
    station_id: int
    since: date
    expected: int
    filed: int
    excused: int
    missing: list[MissingTold]


class FiledGiven(BaseModel):
    kind: str
    period: str
    code: str


class ReasonGiven(BaseModel):
    kind: str
    period: str
    reason: str


class SettlementTold(BaseModel):
    id: int
    kind: str
    period: str


@router.get("/{station_id}")
def sheet(visit: SignedIn, station_id: int) -> SheetTold | None:
    with visit.reading() as tx:
        found = reads.sheet_of(tx, tx.get(Station, station_id))
        if found is None:
            return None
        return SheetTold(
            station_id=station_id,
            since=found.since,
            expected=found.expected,
            filed=found.filed,
            excused=found.excused,
            missing=[
                MissingTold(
                    kind=one.kind.code,
                    period=str(one.period),
                    due_on=one.due_on,
                    overdue_days=one.overdue_days(tx.today),
                    responsible=one.responsible.code if one.responsible else "",
                )
                for one in found.missing
            ],
        )


@router.post("/{station_id}/filed", status_code=201)
def say_filed(visit: SignedIn, station_id: int, given: FiledGiven) -> SettlementTold:
    with visit.transaction() as tx:
        said = verbs.say_filed(tx, station_id, given.kind, given.period, code=given.code)
        return SettlementTold(id=said.id, kind=said.kind_code, period=said.period)


@router.post("/{station_id}/not-applicable", status_code=201)
def say_not_applicable(visit: SignedIn, station_id: int, given: ReasonGiven) -> SettlementTold:
    with visit.transaction() as tx:
        said = verbs.say_not_applicable(
            tx, station_id, given.kind, given.period, reason=given.reason
        )
        return SettlementTold(id=said.id, kind=said.kind_code, period=said.period)
