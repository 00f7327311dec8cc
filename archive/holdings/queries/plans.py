"""Reads about the file plan in force."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select

from archive.access import Permission
from archive.errors import NotFound
from archive.holdings.file_plan import Category, FilePlan, RecordKind
from archive.holdings.fonds import Fonds
from archive.people.person import Person
from archive.transaction import Transaction


class NoPlanInForce(NotFound):
    """No file plan was adopted yet."""


@dataclass(frozen=True, slots=True)
class PlanSeen:
    """A plan with its lines; ``kinds`` in the order of their numbers."""

    fonds: Fonds
    plan: FilePlan
    adopted_by: Person
    categories: tuple[Category, ...]
    kinds: tuple[RecordKind, ...]


def fonds_with_plan(tx: Transaction) -> list[Fonds]:
    """Every fonds that has a plan, by number."""
    tx.require(Permission.FILE_PLAN_READ)
    planned = select(FilePlan.fonds_id)
    return list(tx.session.scalars(select(Fonds).where(Fonds.id.in_(planned)).order_by(Fonds.code)))


def plan_in_force(tx: Transaction, fonds_code: str | None = None) -> PlanSeen:
    """The newest version of the fonds' plan; without a number, of the first fonds.

    Raises:
        NoPlanInForce: the fonds has none, or there is no such fonds.
    """
    planned = fonds_with_plan(tx)
    fonds = next((one for one in planned if fonds_code in {None, one.code}), None)
    if fonds is None:
        raise NoPlanInForce
    plan = tx.session.scalars(
        select(FilePlan)
        .where(FilePlan.fonds_id == fonds.id)
        .order_by(FilePlan.edition.desc())
        .limit(1)
    ).one()
    categories = select(Category).where(Category.plan_id == plan.id).order_by(Category.position)
    kinds = select(RecordKind).where(RecordKind.plan_id == plan.id).order_by(RecordKind.number)
    return PlanSeen(
        fonds,
        plan,
        tx.get(Person, plan.adopted_by_id),
        tuple(tx.session.scalars(categories)),
        tuple(tx.session.scalars(kinds)),
    )


def kinds_known(tx: Transaction) -> list[RecordKind]:
    """The kinds of every newest plan that are archived, in the plan's order."""
    tx.require(Permission.FILE_PLAN_READ)
    newest = select(func.max(FilePlan.id)).group_by(FilePlan.fonds_id)
    kinds = tx.session.scalars(
        select(RecordKind).where(RecordKind.plan_id.in_(newest)).order_by(RecordKind.number)
    )
    return [kind for kind in kinds if kind.archived]


def matching(kinds: Iterable[RecordKind], words: str) -> list[RecordKind]:
    """The kinds in whose names, code, clause or category every word stands."""
    wanted = words.casefold().split()

    def stands(kind: RecordKind) -> bool:
        told = (kind.name_zh, kind.name_en, kind.code, kind.clause, kind.category, kind.retention)
        text = " ".join(told).casefold()
        return all(word in text for word in wanted)

    return [kind for kind in kinds if stands(kind)]
