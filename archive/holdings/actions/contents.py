"""Verbs about contents (内含材料): the schedule's lines for them, and what a record holds."""

from dataclasses import dataclass, fields

from sqlalchemy import select

from archive.access import Permission, forbid_same_person
from archive.holdings.actions.plans import own_draft
from archive.holdings.content import (
    ContentOfAnotherVersion,
    ContentThereAlready,
    PlanContent,
    RecordContent,
    content_coded,
)
from archive.holdings.file_plan import (
    ClockStart,
    FilePlan,
    LineCodeTaken,
    RetentionBasis,
    ShorterThanLaw,
    is_shorter,
)
from archive.holdings.queries.plans import adopted_versions, contents_of
from archive.holdings.record import Record
from archive.reason import reason_in
from archive.transaction import Transaction


@dataclass(frozen=True, slots=True)
class ContentFacts:
    """What a line for contents says, beside its code."""

    name_zh: str
    name_en: str
    retention: str
    basis: RetentionBasis
    legal_basis: str
    starts: ClockStart = ClockStart.YEAR_END


def add_content_line(tx: Transaction, plan_id: int, code: str, facts: ContentFacts) -> PlanContent:
    """A further line for contents at the end of a draft.

    Raises:
        PlanSealed, NotYourDraft, ContentLineImpossible, LineCodeTaken: nothing is added.
    """
    tx.require(Permission.FILE_PLAN_ADOPT)
    plan = own_draft(tx, plan_id)
    lines = contents_of(tx, plan.id)
    if content_coded(lines, code.strip()):
        raise LineCodeTaken(field="code", given=code.strip())
    said = {field.name: getattr(facts, field.name) for field in fields(facts)}
    line = PlanContent(position=len(lines), code=code.strip(), **said)
    line.check_possible()
    line.plan_id = plan.id
    tx.add(line)
    tx.record("file-plan.content-added", plan.subject, content=line.code)
    return line


def edit_content_line(
    tx: Transaction, content_id: int, facts: ContentFacts, *, reason: str = ""
) -> PlanContent:
    """A line for contents of a draft as it shall be; a shorter retention needs a reason in words.

    Raises:
        PlanSealed, NotYourDraft, ContentLineImpossible, ShorterThanLaw, ReasonMissing: nothing is
            changed.
    """
    tx.require(Permission.FILE_PLAN_ADOPT)
    line = tx.get(PlanContent, content_id)
    plan = own_draft(tx, line.plan_id)
    changed = []
    with tx.session.no_autoflush:
        for field in fields(facts):
            value = getattr(facts, field.name)
            if getattr(line, field.name) != value:
                setattr(line, field.name, value)
                changed.append(field.name)
        line.check_possible()
        said = _reason_for(tx, plan, line, reason)
    tx.session.flush()
    if changed:
        tx.record(
            "file-plan.content-changed",
            plan.subject,
            content=line.code,
            fields=changed,
            reason=said,
        )
    return line


def remove_content_line(tx: Transaction, content_id: int, *, reason: str) -> None:
    """Take a line for contents out of a draft; what law prescribes stays in.

    Raises:
        PlanSealed, NotYourDraft, ReasonMissing, ShorterThanLaw: it stays.
    """
    tx.require(Permission.FILE_PLAN_ADOPT)
    line = tx.get(PlanContent, content_id)
    plan = own_draft(tx, line.plan_id)
    said = reason_in(reason)
    before = _before(tx, plan, line.code)
    if before is not None and before.basis == RetentionBasis.LAW:
        raise ShorterThanLaw(field="reason", retention=before.retention)
    tx.session.delete(line)
    tx.session.flush()
    tx.record("file-plan.content-removed", plan.subject, content=line.code, reason=said)


def add_content(tx: Transaction, record_id: int, content_id: int) -> RecordContent:
    """Say that a record holds something; from now on it is kept at least as long as that.

    Raises:
        ContentOfAnotherVersion, ContentThereAlready: nothing is added.
    """
    record = tx.get(Record, record_id, lock=True)
    tx.require(Permission.RECORD_FILE, record.station_id)
    line = tx.session.get(PlanContent, content_id)
    if line is None:
        raise ContentOfAnotherVersion(field="content_id")
    if _held(tx, record.id, content_id) is not None:
        raise ContentThereAlready
    held = tx.add(
        RecordContent(
            record_id=record.id,
            content_id=content_id,
            added_by_id=tx.person_id,
            added_at=tx.now,
        )
    )
    tx.record("record.content-added", record.subject, content=line.code, retention=line.retention)
    return held


def withdraw_content(
    tx: Transaction, record_id: int, content_id: int, *, reason: str
) -> RecordContent | None:
    """Take back that a record holds something: a mistake, seen by another person.

    Raises:
        SamePerson, ReasonMissing: the record is kept as long as before.
    """
    record = tx.get(Record, record_id, lock=True)
    tx.require(Permission.RETENTION_DATE, record.station_id)
    held = _held(tx, record.id, content_id)
    if held is None:
        return None
    forbid_same_person(tx.actor, "content:withdraw", content_adder=held.added_by_id)
    held.reason = reason_in(reason)
    held.withdrawn_by_id, held.withdrawn_at = tx.person_id, tx.now
    tx.session.flush()
    line = tx.get(PlanContent, content_id)
    tx.record("record.content-withdrawn", record.subject, content=line.code, reason=held.reason)
    return held


def _held(tx: Transaction, record_id: int, content_id: int) -> RecordContent | None:
    return tx.session.scalars(
        select(RecordContent).where(
            RecordContent.record_id == record_id,
            RecordContent.content_id == content_id,
            RecordContent.reason == "",
        )
    ).first()


def _before(tx: Transaction, plan: FilePlan, code: str) -> PlanContent | None:
    """The line in the version in force beside a draft."""
    versions = adopted_versions(tx, plan.fonds_id)
    return content_coded(contents_of(tx, versions[0].id), code) if versions else None


def _reason_for(tx: Transaction, plan: FilePlan, line: PlanContent, reason: str) -> str:
    before = _before(tx, plan, line.code)
    if before is None or not is_shorter(line.retention, before.retention):
        return reason.strip()
    if before.basis == RetentionBasis.LAW:
        raise ShorterThanLaw(field="retention", retention=before.retention)
    return reason_in(reason)
