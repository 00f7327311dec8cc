"""Verbs about the file plan [seed 5.3]: its first version, and how the next one comes about."""

from dataclasses import dataclass, fields

from sqlalchemy import func, select

from archive.access import Permission, forbid_same_person
from archive.holdings.content import PlanContent
from archive.holdings.default_plan import PlanLines, default_plan
from archive.holdings.file_plan import (
    FILE_PLAN_WORKFLOW,
    Arrangement,
    Category,
    ClockStart,
    Cycle,
    DraftAlready,
    FilePlan,
    LineCodeTaken,
    NotYourDraft,
    PersonalData,
    PlanAlreadyAdopted,
    PlanSealed,
    PlanState,
    RecordKind,
    RetentionBasis,
    ShorterThanLaw,
    is_shorter,
)
from archive.holdings.fonds import Fonds, FondsNumbered
from archive.holdings.queries.plans import (
    NoPlanInForce,
    adopted_versions,
    categories_of,
    contents_of,
    differences,
    kinds_of,
)
from archive.reason import reason_in
from archive.transaction import Transaction


@dataclass(frozen=True, slots=True)
class KindFacts:
    """What a line of the plan says, beside its code and its number."""

    name_zh: str
    name_en: str
    clause: str
    category: str
    arrangement: Arrangement
    cycle: Cycle
    personal: PersonalData
    retention: str
    basis: RetentionBasis
    starts: ClockStart = ClockStart.YEAR_END
    implied: bool = False
    legal_basis: str = ""


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
    plan = tx.add(FilePlan(fonds_id=fonds.id, edition=1))
    everything: list[Category | RecordKind | PlanContent] = [
        *lines.categories,
        *lines.kinds,
        *lines.contents,
    ]
    for line in everything:
        line.plan_id = plan.id
    tx.session.add_all(everything)
    _put_in_force(tx, plan)
    tx.record("file-plan.adopted", plan.subject, edition=1, kinds=len(lines.kinds))
    return plan


def draft_next_version(tx: Transaction, fonds_id: int) -> FilePlan:
    """The next version of a fonds' plan as a draft: a copy of the one in force.

    Raises:
        NoPlanInForce: there is nothing to go on from.
        DraftAlready: somebody drafts it already.
    """
    tx.require(Permission.FILE_PLAN_ADOPT)
    fonds = tx.get(Fonds, fonds_id, lock=True)
    versions = adopted_versions(tx, fonds.id)
    if not versions:
        raise NoPlanInForce
    drafting = select(FilePlan.id).where(
        FilePlan.fonds_id == fonds.id, FilePlan.state == PlanState.DRAFT
    )
    if tx.session.scalar(drafting) is not None:
        raise DraftAlready
    edition = versions[0].edition + 1
    plan = tx.add(FilePlan(fonds_id=fonds.id, edition=edition, drafted_by_id=tx.person_id))
    _copy_lines(tx, versions[0], plan)
    tx.record("file-plan.drafted", plan.subject, edition=edition)
    return plan


def edit_kind(tx: Transaction, kind_id: int, facts: KindFacts, *, reason: str = "") -> RecordKind:
    """A line of a draft as it shall be; a shorter retention needs a reason in words.

    Raises:
        PlanSealed, NotYourDraft, RecordKindImpossible, ShorterThanLaw, ReasonMissing: nothing is
            changed.
    """
    tx.require(Permission.FILE_PLAN_ADOPT)
    kind = tx.get(RecordKind, kind_id)
    plan = own_draft(tx, kind.plan_id)
    changed = []
    for field in fields(facts):
        value = getattr(facts, field.name)
        if getattr(kind, field.name) != value:
            setattr(kind, field.name, value)
            changed.append(field.name)
    _check_line(tx, kind)
    said = _reason_for(tx, plan, kind, reason)
    tx.session.flush()
    if changed:
        tx.record(
            "file-plan.line-changed", plan.subject, kind=kind.code, fields=changed, reason=said
        )
    return kind


def add_kind(tx: Transaction, plan_id: int, code: str, facts: KindFacts) -> RecordKind:
    """A further line of a draft, with the next number.

    Raises:
        PlanSealed, NotYourDraft, RecordKindImpossible, LineCodeTaken: nothing is added.
    """
    tx.require(Permission.FILE_PLAN_ADOPT)
    plan = own_draft(tx, plan_id)
    code = code.strip()
    kinds = kinds_of(tx, plan.id)
    if any(kind.code == code for kind in kinds):
        raise LineCodeTaken(field="code", given=code)
    last = tx.session.scalar(
        select(func.max(RecordKind.number))
        .join(FilePlan, FilePlan.id == RecordKind.plan_id)
        .where(FilePlan.fonds_id == plan.fonds_id)
    )
    said = {field.name: getattr(facts, field.name) for field in fields(facts)}
    kind = RecordKind(number=(last or 0) + 1, code=code, **said)
    kind.plan_id = plan.id
    _check_line(tx, kind)
    tx.add(kind)
    tx.record("file-plan.line-added", plan.subject, kind=code)
    return kind


def remove_kind(tx: Transaction, kind_id: int, *, reason: str) -> None:
    """Take a line out of a draft; records filed under it keep the version they were filed by.

    Raises:
        PlanSealed, NotYourDraft, ReasonMissing, ShorterThanLaw: it stays.
    """
    tx.require(Permission.FILE_PLAN_ADOPT)
    kind = tx.get(RecordKind, kind_id)
    plan = own_draft(tx, kind.plan_id)
    said = reason_in(reason)
    before = _in_force(tx, plan).get(kind.code)
    if before is not None and before.archived and before.basis == RetentionBasis.LAW:
        raise ShorterThanLaw(field="reason", retention=before.retention)
    tx.session.delete(kind)
    tx.session.flush()
    tx.record("file-plan.line-removed", plan.subject, kind=kind.code, reason=said)


def adopt_version(tx: Transaction, plan_id: int, *, reason: str) -> FilePlan:
    """The draft in force, adopted by somebody else than who drafted it.

    Raises:
        NotPossibleNow, SamePerson, ReasonMissing: the version before stays in force.
    """
    tx.require(Permission.FILE_PLAN_ADOPT)
    tx.get(Fonds, tx.get(FilePlan, plan_id).fonds_id, lock=True)  # nobody files meanwhile
    plan = tx.get(FilePlan, plan_id, lock=True)
    forbid_same_person(tx.actor, "file-plan:adopt", plan_drafter=plan.drafted_by_id)
    FILE_PLAN_WORKFLOW.target("adopt", plan.state, thing=plan.subject)
    plan.reason = reason_in(reason)
    changes = differences(_in_force(tx, plan).values(), kinds_of(tx, plan.id))
    _put_in_force(tx, plan)
    tx.record(
        "file-plan.adopted",
        plan.subject,
        edition=plan.edition,
        kinds=len(kinds_of(tx, plan.id)),
        changed=len(changes),
        shortened=[one.before.code for one in changes if one.shortened and one.before],
        reason=plan.reason,
    )
    return plan


def discard_draft(tx: Transaction, plan_id: int) -> None:
    """Give up a draft; whoever may adopt may do so.

    Raises:
        PlanSealed: it was adopted.
    """
    tx.require(Permission.FILE_PLAN_ADOPT)
    plan = tx.get(FilePlan, plan_id, lock=True)
    if plan.state != PlanState.DRAFT:
        raise PlanSealed
    contents, kinds = contents_of(tx, plan.id), kinds_of(tx, plan.id)
    for line in [*contents, *kinds, *categories_of(tx, plan.id)]:
        tx.session.delete(line)
    tx.session.flush()
    tx.session.delete(plan)
    tx.session.flush()
    tx.record("file-plan.discarded", plan.subject, edition=plan.edition)


def number_fonds(tx: Transaction, fonds_id: int, *, code: str) -> Fonds:
    """The fonds with the number it was given at last; codes given before stay as they are.

    Raises:
        NotAFondsCode, FondsNumbered, FondsCodeTaken: it stays without, or as it was.
    """
    tx.require(Permission.FILE_PLAN_ADOPT)
    fonds = tx.get(Fonds, fonds_id, lock=True)
    if fonds.code:
        raise FondsNumbered(field="fonds_code", code=fonds.code)
    fonds.code = code.strip()
    fonds.check_numbered()
    tx.session.flush()
    tx.record("fonds.numbered", f"fonds:{fonds.id}", code=fonds.code)
    return fonds


def _put_in_force(tx: Transaction, plan: FilePlan) -> None:
    tx.session.flush()  # its lines first: those of an adopted version are sealed
    FILE_PLAN_WORKFLOW.take("adopt", plan)
    plan.adopted_by_id, plan.in_force_from = tx.person_id, tx.now
    tx.session.flush()


def own_draft(tx: Transaction, plan_id: int) -> FilePlan:
    """The draft, locked, for whoever drafts it.

    Raises:
        PlanSealed, NotYourDraft: nothing is locked.
    """
    tx.require(Permission.FILE_PLAN_ADOPT)
    plan = tx.get(FilePlan, plan_id, lock=True)
    if plan.state != PlanState.DRAFT:
        raise PlanSealed
    if plan.drafted_by_id != tx.person_id:
        raise NotYourDraft
    return plan


def _in_force(tx: Transaction, plan: FilePlan) -> dict[str, RecordKind]:
    """The lines of the version in force beside a draft, by code."""
    versions = adopted_versions(tx, plan.fonds_id)
    return {kind.code: kind for kind in kinds_of(tx, versions[0].id)} if versions else {}


def _check_line(tx: Transaction, kind: RecordKind) -> None:
    with tx.session.no_autoflush:
        kind.check_possible({one.code for one in categories_of(tx, kind.plan_id)})


def _reason_for(tx: Transaction, plan: FilePlan, kind: RecordKind, reason: str) -> str:
    """The reason given; it must say something where the retention is shortened."""
    with tx.session.no_autoflush:
        before = _in_force(tx, plan).get(kind.code)
    if before is None or not is_shorter(kind.retention, before.retention):
        return reason.strip()
    if before.basis == RetentionBasis.LAW:
        raise ShorterThanLaw(field="retention", retention=before.retention)
    return reason_in(reason)


def _copy_lines(tx: Transaction, before: FilePlan, plan: FilePlan) -> None:
    """Every line of a version into a draft.

    What a version from before there were contents and legal bases lacks is taken from the plan
    that comes with the program; adopting the draft makes it the station's own.
    """
    shipped = default_plan()
    for category in categories_of(tx, before.id):
        _copy_into(tx, plan, category)
    for kind in kinds_of(tx, before.id):
        _copy_into(tx, plan, kind, legal_basis=kind.legal_basis or _cited(shipped, kind.code))
    for content in contents_of(tx, before.id) or shipped.contents:
        _copy_into(tx, plan, content)
    tx.session.flush()


def _cited(lines: PlanLines, code: str) -> str:
    return next((kind.legal_basis for kind in lines.kinds if kind.code == code), "")


def _copy_into(
    tx: Transaction, plan: FilePlan, line: Category | RecordKind | PlanContent, **instead: str
) -> None:
    """A new row of the plan that says the same."""
    said = {
        column.key: getattr(line, column.key)
        for column in type(line).__mapper__.columns
        if column.key not in {"id", "plan_id"}
    }
    copy = type(line)(**{**said, **instead})
    copy.plan_id = plan.id
    tx.session.add(copy)


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
