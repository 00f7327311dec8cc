"""Reads about the file plan in force."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import func, select

from archive.access import Permission
from archive.errors import NotFound
from archive.holdings.content import PlanContent
from archive.holdings.file_plan import Category, FilePlan, PlanState, RecordKind, is_shorter
from archive.holdings.fonds import Fonds
from archive.people.person import Person
from archive.transaction import NoSuchThing, Transaction

L = TypeVar("L", RecordKind, PlanContent)


class NoPlanInForce(NotFound):
    """No file plan was adopted yet."""


@dataclass(frozen=True, slots=True)
class PlanSeen:
    """An adopted version with its lines; ``kinds`` in the order of their numbers.

    ``since`` is when the first version of the fonds came into force.
    """

    fonds: Fonds
    plan: FilePlan
    adopted_by: Person
    in_force_from: datetime
    since: datetime
    categories: tuple[Category, ...]
    kinds: tuple[RecordKind, ...]
    contents: tuple[PlanContent, ...]


def fonds_with_plan(tx: Transaction) -> list[Fonds]:
    """Every fonds that has a plan, by number."""
    tx.require(Permission.FILE_PLAN_READ)
    planned = select(FilePlan.fonds_id).where(FilePlan.state == PlanState.ADOPTED)
    return list(tx.session.scalars(select(Fonds).where(Fonds.id.in_(planned)).order_by(Fonds.code)))


def plan_in_force(
    tx: Transaction, fonds_code: str | None = None, *, edition: int | None = None
) -> PlanSeen:
    """The newest adopted version of the fonds' plan, or an earlier one by its number.

    Without a fonds number it is of the first fonds.

    Raises:
        NoPlanInForce: the fonds has none, or there is no such fonds or version.
    """
    planned = fonds_with_plan(tx)
    fonds = next((one for one in planned if fonds_code in {None, one.code}), None)
    adopted = adopted_versions(tx, fonds.id) if fonds else []
    plan = next((one for one in adopted if edition in {None, one.edition}), None)
    if fonds is None or plan is None or plan.adopted_by_id is None or plan.in_force_from is None:
        raise NoPlanInForce
    first = adopted[-1].in_force_from or plan.in_force_from
    return PlanSeen(
        fonds,
        plan,
        tx.get(Person, plan.adopted_by_id),
        plan.in_force_from,
        first,
        tuple(categories_of(tx, plan.id)),
        tuple(kinds_of(tx, plan.id)),
        tuple(contents_of(tx, plan.id)),
    )


def kind_in_force(tx: Transaction, code: str) -> RecordKind:
    """The line of the plan in force with that code.

    Raises:
        NoSuchThing: the plan in force has none.
        NoPlanInForce: there is no plan.
    """
    found = next((kind for kind in plan_in_force(tx).kinds if kind.code == code), None)
    if found is None:
        raise NoSuchThing(thing="record_kind", key=code)
    return found


def adopted_versions(tx: Transaction, fonds_id: int) -> list[FilePlan]:
    """The adopted versions of a fonds' plan, the newest first."""
    tx.require(Permission.FILE_PLAN_READ)
    return list(
        tx.session.scalars(
            select(FilePlan)
            .where(FilePlan.fonds_id == fonds_id, FilePlan.state == PlanState.ADOPTED)
            .order_by(FilePlan.edition.desc())
        )
    )


def draft_of(tx: Transaction, fonds_id: int) -> FilePlan | None:
    """The version being drafted for a fonds; None while there is none."""
    tx.require(Permission.FILE_PLAN_READ)
    return tx.session.scalars(
        select(FilePlan).where(FilePlan.fonds_id == fonds_id, FilePlan.state == PlanState.DRAFT)
    ).first()


def categories_of(tx: Transaction, plan_id: int) -> list[Category]:
    """The categories of a version, in its order."""
    tx.require(Permission.FILE_PLAN_READ)
    query = select(Category).where(Category.plan_id == plan_id).order_by(Category.position)
    return list(tx.session.scalars(query))


def kinds_of(tx: Transaction, plan_id: int) -> list[RecordKind]:
    """The lines of a version, by number."""
    tx.require(Permission.FILE_PLAN_READ)
    query = select(RecordKind).where(RecordKind.plan_id == plan_id).order_by(RecordKind.number)
    return list(tx.session.scalars(query))


def contents_of(tx: Transaction, plan_id: int) -> list[PlanContent]:
    """The lines of a version for what may be inside a record, in its order."""
    tx.require(Permission.FILE_PLAN_READ)
    query = select(PlanContent).where(PlanContent.plan_id == plan_id)
    return list(tx.session.scalars(query.order_by(PlanContent.position)))


@dataclass(frozen=True, slots=True)
class Difference:
    """A line that differs between the version in force and the draft.

    Attributes:
        before, after: None where the line is new, or gone.
        fields: which of its fields differ.
        shortened: records of it will be kept for less time.
    """

    before: RecordKind | None
    after: RecordKind | None
    fields: tuple[str, ...]
    shortened: bool


COMPARED = (
    "name_zh",
    "name_en",
    "clause",
    "implied",
    "category",
    "arrangement",
    "cycle",
    "personal",
    "retention",
    "starts",
    "basis",
    "legal_basis",
)


def differences(before: Iterable[RecordKind], after: Iterable[RecordKind]) -> list[Difference]:
    """What a draft changes; a line is the same line by its code."""
    old, new = ({kind.code: kind for kind in kinds} for kinds in (before, after))
    found = []
    for code in [*new, *(code for code in old if code not in new)]:
        was, is_ = old.get(code), new.get(code)
        fields = tuple(
            name for name in COMPARED if was and is_ and getattr(was, name) != getattr(is_, name)
        )
        if fields or was is None or is_ is None:
            shorter = was is not None and is_shorter(is_.retention if is_ else "", was.retention)
            found.append(Difference(was, is_, fields, shorter))
    return found


def kinds_known(tx: Transaction) -> list[RecordKind]:
    """The kinds of every newest plan that are archived, in the plan's order."""
    tx.require(Permission.FILE_PLAN_READ)
    newest = (
        select(func.max(FilePlan.id))
        .where(FilePlan.state == PlanState.ADOPTED)
        .group_by(FilePlan.fonds_id)
    )
    kinds = tx.session.scalars(
        select(RecordKind).where(RecordKind.plan_id.in_(newest)).order_by(RecordKind.number)
    )
    return [kind for kind in kinds if kind.archived]


def matching(lines: Iterable[L], words: str) -> list[L]:
    """The lines in whose names, code, clause or category every word stands."""
    wanted = words.casefold().split()

    def stands(line: L) -> bool:
        told = [line.name_zh, line.name_en, line.code, line.retention]
        if isinstance(line, RecordKind):
            told += [line.clause, line.category]
        text = " ".join(told).casefold()
        return all(word in text for word in wanted)

    return [line for line in lines if stands(line)]
