"""Quarterly plans of invoice use."""

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import select

from archive.access import Permission
from archive.custody.actions import plans
from archive.custody.plan import UsagePlan
from archive.custody.queries.waiting import narrowed
from web.api.told import PlanTold
from web.deps import SignedIn

router = APIRouter(prefix="/plans", tags=["plans"])


class NewPlan(BaseModel):
    station_id: int
    kind_id: int
    year: int
    quarter: int
    books: int
    basis: str = ""
    supplement: bool = False


class Decision(BaseModel):
    opinion: str = ""


class Mended(BaseModel):
    books: int
    basis: str = ""


@router.get("")
def list_plans(visit: SignedIn) -> list[PlanTold]:
    with visit.reading() as tx:
        query = select(UsagePlan).order_by(UsagePlan.id.desc()).limit(500)
        found = tx.session.scalars(narrowed(tx, query, UsagePlan.station_id, Permission.BOOK_READ))
        return [PlanTold.model_validate(plan) for plan in found]


@router.post("", status_code=201)
def propose(visit: SignedIn, given: NewPlan) -> PlanTold:
    with visit.transaction() as tx:
        return PlanTold.model_validate(plans.propose_plan(tx, **given.model_dump()))


@router.post("/{plan_id}/approve")
def approve(visit: SignedIn, plan_id: int, given: Decision) -> PlanTold:
    with visit.transaction() as tx:
        return PlanTold.model_validate(plans.approve_plan(tx, plan_id, opinion=given.opinion))


@router.post("/{plan_id}/return")
def send_back(visit: SignedIn, plan_id: int, given: Decision) -> PlanTold:
    with visit.transaction() as tx:
        return PlanTold.model_validate(plans.return_plan(tx, plan_id, opinion=given.opinion))


@router.post("/{plan_id}/propose-again")
def propose_again(visit: SignedIn, plan_id: int, given: Mended) -> PlanTold:
    with visit.transaction() as tx:
        plan = plans.propose_again(tx, plan_id, books=given.books, basis=given.basis)
        return PlanTold.model_validate(plan)
