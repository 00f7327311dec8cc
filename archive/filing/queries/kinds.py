"""Which kinds drafts mean today: a version of the file plan may have been adopted meanwhile."""

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from archive.access import Permission
from archive.holdings.file_plan import FilePlan, PlanState, RecordKind
from archive.transaction import Transaction


def kinds_now(tx: Transaction, ids: Iterable[int | None]) -> dict[int, RecordKind]:
    """By the id of a kind of any version: the kind of its code in the version in force.

    One whose code is no longer there, or no longer archived, is left out: a person chooses anew.
    """
    tx.require(Permission.RECORD_FILE)
    then, plan = aliased(RecordKind), aliased(FilePlan)
    newest = (
        select(func.max(FilePlan.edition))
        .where(FilePlan.fonds_id == plan.fonds_id, FilePlan.state == PlanState.ADOPTED)
        .scalar_subquery()
    )
    in_force = aliased(FilePlan)
    rows = tx.session.execute(
        select(then.id, RecordKind)
        .join(plan, plan.id == then.plan_id)
        .join(in_force, (in_force.fonds_id == plan.fonds_id) & (in_force.edition == newest))
        .join(RecordKind, (RecordKind.plan_id == in_force.id) & (RecordKind.code == then.code))
        .where(then.id.in_({each for each in ids if each is not None}))
    )
    return {kind_id: kind for kind_id, kind in rows if kind.archived}


def kind_now(tx: Transaction, kind_id: int | None) -> RecordKind | None:
    """The kind a draft means today; None where none is chosen, or it is gone."""
    return kinds_now(tx, [kind_id]).get(kind_id or 0)
