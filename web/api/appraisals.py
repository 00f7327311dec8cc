"""Appraisals: proposed, judged by a panel, signed."""

from datetime import date, datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from archive.retention.actions import appraisals as proposing
from archive.retention.actions import judging
from archive.retention.appraisal import Appraisal, Opinion
from archive.retention.department import Department
from archive.retention.hold import HoldKind
from archive.retention.queries import appraisals as reads
from archive.transaction import Transaction
from web.api.told import Told
from web.deps import SignedIn

router = APIRouter(prefix="/retention/appraisals", tags=["retention"])

MOST = 500


class AppraisalTold(Told):
    id: int
    name: str
    title: str
    station_id: int
    state: str
    proposed_by_id: int
    proposed_at: datetime
    convened_at: datetime | None
    concluded_at: datetime | None
    signed_at: datetime | None
    digest: str
    report_record_id: int | None
    closing: str


class SeatTold(BaseModel):
    person_id: int
    name: str
    department: str
    chair: bool
    signed_at: datetime | None


class DissentTold(BaseModel):
    person_id: int
    record_id: int | None
    said: str
    at: datetime


class AppraisalWhole(AppraisalTold):
    counts: dict[str, int]
    panel: list[SeatTold]
    dissents: list[DissentTold]


class ItemTold(BaseModel):
    record_id: int
    code: str
    title: str
    year: int
    retention: str
    protected_through: date
    opinion: str
    reason: str
    content_seen: bool
    new_due_on: date | None
    held_as: str
    judged_by_id: int | None
    holds: list[str]


class NewAppraisal(BaseModel):
    station_id: int
    title: str = Field(max_length=120)


class Records(BaseModel):
    record_ids: list[int] = Field(max_length=10_000)


class MemberNamed(BaseModel):
    person_id: int
    department: Department
    chair: bool = False


class PanelNamed(BaseModel):
    members: list[MemberNamed]


class JudgementGiven(BaseModel):
    """``record_ids`` left out: everything without an opinion."""

    opinion: Opinion
    reason: str = Field(max_length=500)
    content_seen: bool = False
    new_due_on: date | None = None
    held_as: HoldKind | None = None
    record_ids: list[int] | None = Field(None, max_length=10_000)


class Said(BaseModel):
    said: str = Field(max_length=500)
    record_id: int | None = None


class Why(BaseModel):
    reason: str = Field(max_length=500)


class Signed(BaseModel):
    digest: str = Field(max_length=64)
    password: str


class Counted(BaseModel):
    count: int


@router.get("")
def appraisal_list(visit: SignedIn, state: str = "") -> list[AppraisalTold]:
    with visit.reading() as tx:
        lines = reads.appraisals(tx, reads.AppraisalFilter(state), limit=MOST)
        return [AppraisalTold.model_validate(line.appraisal) for line in lines]


@router.post("", status_code=201)
def propose(visit: SignedIn, given: NewAppraisal) -> AppraisalTold:
    with visit.transaction() as tx:
        made = proposing.propose_appraisal(tx, given.station_id, title=given.title)
        return AppraisalTold.model_validate(made)


@router.get("/{appraisal_id}")
def appraisal(visit: SignedIn, appraisal_id: int) -> AppraisalWhole:
    with visit.reading() as tx:
        return _whole(tx, appraisal_id)


@router.get("/{appraisal_id}/items")
def items(visit: SignedIn, appraisal_id: int, opinion: str = "", offset: int = 0) -> list[ItemTold]:
    """At most 500 at a time, in the order of the codes; ``opinion=none`` for those without."""
    with visit.reading() as tx:
        lines = reads.items(
            tx, appraisal_id, opinion=opinion, limit=MOST, offset=max(0, min(offset, 10_000))
        )
        return [_item(line) for line in lines]


@router.post("/{appraisal_id}/add-due")
def add_due(visit: SignedIn, appraisal_id: int) -> Counted:
    with visit.transaction() as tx:
        return Counted(count=proposing.add_due(tx, appraisal_id))


@router.post("/{appraisal_id}/add")
def add(visit: SignedIn, appraisal_id: int, given: Records) -> Counted:
    with visit.transaction() as tx:
        for record_id in given.record_ids:
            proposing.add_record(tx, appraisal_id, record_id)
        return Counted(count=len(given.record_ids))


@router.post("/{appraisal_id}/remove")
def remove(visit: SignedIn, appraisal_id: int, given: Records) -> Counted:
    with visit.transaction() as tx:
        return Counted(count=proposing.remove_items(tx, appraisal_id, given.record_ids))


@router.post("/{appraisal_id}/panel")
def panel(visit: SignedIn, appraisal_id: int, given: PanelNamed) -> AppraisalWhole:
    named = [proposing.Named(one.person_id, one.department, one.chair) for one in given.members]
    with visit.transaction() as tx:
        proposing.name_panel(tx, appraisal_id, named)
        return _whole(tx, appraisal_id)


@router.post("/{appraisal_id}/convene")
def convene(visit: SignedIn, appraisal_id: int) -> AppraisalTold:
    with visit.transaction() as tx:
        return AppraisalTold.model_validate(proposing.convene(tx, appraisal_id))


@router.post("/{appraisal_id}/withdraw")
def withdraw(visit: SignedIn, appraisal_id: int, given: Why) -> AppraisalTold:
    with visit.transaction() as tx:
        done = proposing.withdraw_appraisal(tx, appraisal_id, reason=given.reason)
        return AppraisalTold.model_validate(done)


@router.post("/{appraisal_id}/judge")
def judge(visit: SignedIn, appraisal_id: int, given: JudgementGiven) -> Counted:
    told = given.model_dump()
    record_ids = told.pop("record_ids")
    with visit.transaction() as tx:
        judgement = judging.Judgement(**told)
        return Counted(count=judging.judge(tx, appraisal_id, judgement, record_ids=record_ids))


@router.post("/{appraisal_id}/dissent")
def dissent(visit: SignedIn, appraisal_id: int, given: Said) -> AppraisalWhole:
    with visit.transaction() as tx:
        judging.dissent(tx, appraisal_id, given.said, record_id=given.record_id)
        return _whole(tx, appraisal_id)


@router.post("/{appraisal_id}/conclude")
def conclude(visit: SignedIn, appraisal_id: int) -> AppraisalTold:
    with visit.transaction() as tx:
        return AppraisalTold.model_validate(judging.conclude(tx, appraisal_id))


@router.post("/{appraisal_id}/reopen")
def reopen(visit: SignedIn, appraisal_id: int, given: Why) -> AppraisalTold:
    with visit.transaction() as tx:
        done = judging.reopen_appraisal(tx, appraisal_id, reason=given.reason)
        return AppraisalTold.model_validate(done)


@router.post("/{appraisal_id}/sign")
def sign(visit: SignedIn, appraisal_id: int, given: Signed) -> AppraisalTold:
    with visit.transaction() as tx:
        done: Appraisal = judging.sign_appraisal(tx, appraisal_id, **given.model_dump())
        return AppraisalTold.model_validate(done)


def _whole(tx: Transaction, appraisal_id: int) -> AppraisalWhole:
    seen = reads.appraisal_seen(tx, appraisal_id)
    told: dict[str, Any] = AppraisalTold.model_validate(seen.appraisal).model_dump()
    return AppraisalWhole(
        **told,
        counts={opinion or reads.UNJUDGED: count for opinion, count in seen.counts.items()},
        panel=[
            SeatTold(
                person_id=seat.person.id,
                name=seat.person.name,
                department=str(seat.member.department),
                chair=seat.member.chair,
                signed_at=seat.signature.signed_at if seat.signature else None,
            )
            for seat in seen.panel
        ],
        dissents=[
            DissentTold(
                person_id=said.person_id, record_id=said.record_id, said=said.said, at=said.at
            )
            for said, _, _ in seen.dissents
        ],
    )


def _item(line: reads.ItemLine) -> ItemTold:
    item = line.item
    return ItemTold(
        record_id=item.record_id,
        code=line.record.code,
        title=line.record.title,
        year=line.record.year,
        retention=line.kind.retention,
        protected_through=item.protected_through,
        opinion=str(item.opinion),
        reason=item.reason,
        content_seen=item.content_seen,
        new_due_on=item.new_due_on,
        held_as=str(item.held_as),
        judged_by_id=item.judged_by_id,
        holds=[hold.kind for hold in line.holds],
    )
