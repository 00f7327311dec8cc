"""The file plan in force, and adopting the default."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from archive.holdings.actions.plans import adopt_default_plan
from archive.holdings.fonds import Fonds
from archive.holdings.queries.plans import PlanSeen, plan_in_force
from web.api.told import Told
from web.deps import SignedIn

router = APIRouter(prefix="/holdings", tags=["holdings"])


class FondsTold(Told):
    id: int
    code: str
    name: str


class CategoryTold(Told):
    code: str
    name_zh: str
    name_en: str


class RecordKindTold(Told):
    id: int
    number: int
    code: str
    name_zh: str
    name_en: str
    clause: str
    implied: bool
    category: str
    arrangement: str
    cycle: str
    personal: str
    retention: str
    starts: str
    basis: str
    legal_basis: str


class ContentTold(Told):
    id: int
    code: str
    name_zh: str
    name_en: str
    retention: str
    starts: str
    basis: str
    legal_basis: str


class FilePlanTold(BaseModel):
    fonds: FondsTold
    edition: int
    in_force_from: datetime
    categories: list[CategoryTold]
    kinds: list[RecordKindTold]
    contents: list[ContentTold]


class Adoption(BaseModel):
    fonds_name: str
    fonds_code: str = ""


@router.get("/plan")
def file_plan(visit: SignedIn, fonds: str | None = None) -> FilePlanTold:
    with visit.reading() as tx:
        return _told(plan_in_force(tx, fonds))


@router.post("/plan", status_code=201)
def adopt(visit: SignedIn, given: Adoption) -> FilePlanTold:
    with visit.transaction() as tx:
        plan = adopt_default_plan(tx, **given.model_dump())
        return _told(plan_in_force(tx, tx.get(Fonds, plan.fonds_id).code))


def _told(seen: PlanSeen) -> FilePlanTold:
    return FilePlanTold(
        fonds=FondsTold.model_validate(seen.fonds),
        edition=seen.plan.edition,
        in_force_from=seen.in_force_from,
        categories=[CategoryTold.model_validate(one) for one in seen.categories],
        kinds=[RecordKindTold.model_validate(kind) for kind in seen.kinds],
        contents=[ContentTold.model_validate(line) for line in seen.contents],
    )
