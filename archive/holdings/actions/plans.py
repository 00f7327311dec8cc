"""Verbs about the file plan [seed 5.3]."""

from sqlalchemy import select

from archive.access import Permission
from archive.holdings.default_plan import default_plan
from archive.holdings.file_plan import FilePlan, PlanAlreadyAdopted
from archive.holdings.fonds import Fonds
from archive.transaction import Transaction


def adopt_default_plan(tx: Transaction, *, fonds_name: str, fonds_code: str = "") -> FilePlan:
    """The plan that comes with the program, in force as the first version of a fonds.

    The fonds is made if there is none of that number; an empty number is one not given yet.

    Raises:
        FondsNameMissing, NotAFondsCode, PlanAlreadyAdopted: nothing is kept.
    """
    tx.require(Permission.FILE_PLAN_ADOPT)
    fonds = _fonds(tx, fonds_code.strip(), fonds_name.strip())
    if tx.session.scalar(select(FilePlan.id).where(FilePlan.fonds_id == fonds.id).limit(1)):
        raise PlanAlreadyAdopted
    lines = default_plan()
    plan = tx.add(
        FilePlan(fonds_id=fonds.id, edition=1, adopted_by_id=tx.person_id, in_force_from=tx.now)
    )
    for category in lines.categories:
        category.plan_id = plan.id
    for kind in lines.kinds:
        kind.plan_id = plan.id
    tx.session.add_all([*lines.categories, *lines.kinds])
    tx.record("file-plan.adopted", f"file-plan:{plan.id}", edition=1, kinds=len(lines.kinds))
    return plan


def _fonds(tx: Transaction, code: str, name: str) -> Fonds:
    """The fonds of that number, locked; the one without a number if it is empty."""
    found = tx.session.scalar(select(Fonds.id).where(Fonds.code == code))
    if found is not None:
        return tx.get(Fonds, found, lock=True)
    fonds = Fonds(code=code, name=name)
    fonds.check_named()
    tx.add(fonds)
    tx.record("fonds.registered", f"fonds:{fonds.id}", code=code, name=name)
    return fonds
