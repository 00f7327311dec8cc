"""Versions of the file plan: drafted, changed line by line, adopted by somebody else."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field

from archive.holdings.actions import plans as verbs
from archive.holdings.actions.code_styles import set_code_style
from archive.holdings.code_style import template_for
from archive.holdings.file_plan import (
    Arrangement,
    ClockStart,
    Cycle,
    FilePlan,
    PersonalData,
    PlanState,
    RetentionBasis,
)
from archive.holdings.queries.plans import (
    Difference,
    adopted_versions,
    categories_of,
    differences,
    draft_of,
    kinds_of,
    plan_in_force,
)
from archive.transaction import NoSuchThing, Transaction
from web.api.holdings import RecordKindTold
from web.api.told import Told
from web.deps import SignedIn

router = APIRouter(prefix="/holdings/plan", tags=["holdings"])


class VersionTold(Told):
    id: int
    fonds_id: int
    edition: int
    state: str
    drafted_by_id: int | None
    adopted_by_id: int | None
    in_force_from: datetime | None
    reason: str


class DifferenceTold(BaseModel):
    code: str
    change: str  # new, changed, gone
    fields: list[str]
    shortened: bool


class CodeStyleTold(BaseModel):
    category: str
    item: str
    volume: str


class CodeStyleChosen(BaseModel):
    """Templates over ``fonds``, ``category``, ``year``, ``retention``, ``unit``, ``number``."""

    item: str = Field(max_length=120)
    volume: str = Field(max_length=120)


class DraftTold(BaseModel):
    version: VersionTold
    code_styles: list[CodeStyleTold]
    kinds: list[RecordKindTold]
    differences: list[DifferenceTold]


class Line(BaseModel):
    name_zh: str = Field(max_length=60)
    name_en: str = Field("", max_length=120)
    clause: str = Field("", max_length=60)
    category: str = ""
    arrangement: Arrangement
    cycle: Cycle
    personal: PersonalData
    retention: str = ""
    basis: RetentionBasis
    starts: ClockStart = ClockStart.YEAR_END
    implied: bool = False
    legal_basis: str = ""


class NewLine(Line):
    code: str = Field(max_length=40)


class ChangedLine(Line):
    reason: str = ""  # needed where the records would be kept for less time


class Reason(BaseModel):
    reason: str


@router.get("/versions")
def versions(visit: SignedIn, fonds: str | None = None) -> list[VersionTold]:
    """Every version of a fonds' plan, the draft first, then the newest."""
    with visit.reading() as tx:
        fonds_id = plan_in_force(tx, fonds).fonds.id
        draft = draft_of(tx, fonds_id)
        found = [*([draft] if draft else []), *adopted_versions(tx, fonds_id)]
        return [VersionTold.model_validate(one) for one in found]


@router.post("/drafts", status_code=201)
def begin(visit: SignedIn, fonds: str | None = None) -> DraftTold:
    with visit.transaction() as tx:
        plan = verbs.draft_next_version(tx, plan_in_force(tx, fonds).fonds.id)
        return _told(tx, plan.id)


@router.get("/drafts/{plan_id}")
def draft(visit: SignedIn, plan_id: int) -> DraftTold:
    with visit.reading() as tx:
        return _told(tx, plan_id)


@router.post("/drafts/{plan_id}/kinds", status_code=201)
def add_line(visit: SignedIn, plan_id: int, given: NewLine) -> DraftTold:
    with visit.transaction() as tx:
        facts = verbs.KindFacts(**given.model_dump(exclude={"code"}))
        verbs.add_kind(tx, plan_id, given.code, facts)
        return _told(tx, plan_id)


@router.put("/drafts/{plan_id}/kinds/{code}")
def change_line(visit: SignedIn, plan_id: int, code: str, given: ChangedLine) -> DraftTold:
    with visit.transaction() as tx:
        facts = verbs.KindFacts(**given.model_dump(exclude={"reason"}))
        verbs.edit_kind(tx, _line(tx, plan_id, code), facts, reason=given.reason)
        return _told(tx, plan_id)


@router.post("/drafts/{plan_id}/kinds/{code}/remove")
def remove_line(visit: SignedIn, plan_id: int, code: str, given: Reason) -> DraftTold:
    with visit.transaction() as tx:
        verbs.remove_kind(tx, _line(tx, plan_id, code), reason=given.reason)
        return _told(tx, plan_id)


@router.put("/drafts/{plan_id}/code-styles/{category}")
def choose_style(visit: SignedIn, plan_id: int, category: str, given: CodeStyleChosen) -> DraftTold:
    """How new series of the category write their codes, once the draft is in force."""
    with visit.transaction() as tx:
        _draft(tx, plan_id)
        found = next((one.id for one in categories_of(tx, plan_id) if one.code == category), None)
        if found is None:
            raise NoSuchThing(thing="plan_category", key=category)
        set_code_style(tx, found, item=given.item, volume=given.volume)
        return _told(tx, plan_id)


@router.post("/drafts/{plan_id}/adopt")
def adopt(visit: SignedIn, plan_id: int, given: Reason) -> VersionTold:
    with visit.transaction() as tx:
        _draft(tx, plan_id)
        return VersionTold.model_validate(verbs.adopt_version(tx, plan_id, reason=given.reason))


@router.post("/drafts/{plan_id}/discard", status_code=204)
def discard(visit: SignedIn, plan_id: int) -> None:
    with visit.transaction() as tx:
        _draft(tx, plan_id)
        verbs.discard_draft(tx, plan_id)


def _draft(tx: Transaction, plan_id: int) -> FilePlan:
    plan = tx.get(FilePlan, plan_id)
    if plan.state != PlanState.DRAFT or draft_of(tx, plan.fonds_id) is None:
        raise NoSuchThing(thing="file_plan", key=str(plan_id))
    return plan


def _line(tx: Transaction, plan_id: int, code: str) -> int:
    _draft(tx, plan_id)
    found = next((kind.id for kind in kinds_of(tx, plan_id) if kind.code == code), None)
    if found is None:
        raise NoSuchThing(thing="record_kind", key=code)
    return found


def _told(tx: Transaction, plan_id: int) -> DraftTold:
    plan = _draft(tx, plan_id)
    kinds = kinds_of(tx, plan_id)
    newest = adopted_versions(tx, plan.fonds_id)
    before = kinds_of(tx, newest[0].id) if newest else []
    return DraftTold(
        version=VersionTold.model_validate(plan),
        code_styles=[
            CodeStyleTold(
                category=one.code,
                item=template_for(one, Arrangement.ITEM),
                volume=template_for(one, Arrangement.VOLUME),
            )
            for one in categories_of(tx, plan_id)
        ],
        kinds=[RecordKindTold.model_validate(kind) for kind in kinds],
        differences=[_difference(one) for one in differences(before, kinds)],
    )


def _difference(one: Difference) -> DifferenceTold:
    line = one.after or one.before
    change = "new" if one.before is None else "gone" if one.after is None else "changed"
    return DifferenceTold(
        code=line.code if line else "",
        change=change,
        fields=list(one.fields),
        shortened=one.shortened,
    )
