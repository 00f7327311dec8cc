"""Verbs of the panel: an opinion on every item, dissent, the conclusion and its signatures."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, update

from archive.access import Permission
from archive.holdings.record import Record
from archive.people.actions import confirm_password
from archive.reason import reason_in
from archive.retention.actions.holds import Covers, place_hold
from archive.retention.appraisal import (
    APPRAISAL_WORKFLOW,
    TAKEN_OUT_FOR,
    Appraisal,
    AppraisalItem,
    AppraisalState,
    HeldAsMissing,
    HeldNotDestroyed,
    NewDueImpossible,
    NotExpired,
    NotOnPanel,
    OnlyChair,
    Opinion,
    OpinionsMissing,
    PanelMember,
)
from archive.retention.conclusion import (
    AppraisalChanged,
    AppraisalSignature,
    Dissent,
    MemberSigned,
)
from archive.retention.extending import extend
from archive.retention.filed_paper import file_paper
from archive.retention.hold import HoldKind
from archive.retention.paneling import (
    check_panel_of,
    digest_now,
    freeze,
    members_of,
    release_items,
)
from archive.retention.period import DueState
from archive.retention.queries.appraisals import seen_appraisal, unjudged_ids
from archive.retention.queries.due import due_of
from archive.retention.queries.holds import holds_on, in_pieces
from archive.transaction import NoSuchThing, Transaction

REPORT_KIND = "appraisal-report"
"""Kind of the file plan that opinions are filed as, for ever."""

TOLD_OF = 5
"""Codes a refusal names; the rest is a number."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a member says of items."""

    opinion: Opinion
    reason: str
    content_seen: bool = False
    new_due_on: date | None = None
    held_as: HoldKind | None = None

    def check_whole(self, today: date) -> None:
        """Refuse an opinion that lacks what belongs to it.

        Raises:
            NewDueImpossible, HeldAsMissing: with the field.
        """
        if self.opinion == Opinion.KEEP and (self.new_due_on is None or self.new_due_on <= today):
            raise NewDueImpossible(field="new_due_on")
        if self.opinion == Opinion.TAKE_OUT and self.held_as not in TAKEN_OUT_FOR:
            raise HeldAsMissing(field="held_as")


def judge(
    tx: Transaction,
    appraisal_id: int,
    judgement: Judgement,
    *,
    record_ids: Collection[int] | None = None,
) -> int:
    """One opinion on these records, or on all without one; it replaces what was said before.

    Raises:
        HeldNotDestroyed: something on hold, lent or unpaired was to be destroyed.
        NotOnPanel, NewDueImpossible, HeldAsMissing, ReasonMissing, NotPossibleNow: nothing is said.
    """
    appraisal, _ = _at_desk(tx, appraisal_id, "judge")
    reason = reason_in(judgement.reason)
    judgement.check_whole(tx.today)
    wanted = unjudged_ids(tx, appraisal_id) if record_ids is None else sorted(set(record_ids))
    if not wanted:
        raise NoSuchThing(thing="appraisal_item", key="")
    if judgement.opinion == Opinion.DESTROY:
        _check_free(tx, wanted)
    keeps = judgement.opinion == Opinion.KEEP
    taken_out = judgement.held_as if judgement.opinion == Opinion.TAKE_OUT else None
    for ids in in_pieces(wanted):
        of = (AppraisalItem.appraisal_id == appraisal_id, AppraisalItem.record_id.in_(ids))
        found = tx.session.scalars(select(AppraisalItem.record_id).where(*of)).all()
        if len(found) < len(ids):
            raise NoSuchThing(thing="appraisal_item", key=str(min(set(ids) - set(found))))
        tx.session.execute(
            update(AppraisalItem)
            .where(*of)
            .values(
                opinion=judgement.opinion,
                reason=reason,
                content_seen=judgement.content_seen,
                new_due_on=judgement.new_due_on if keeps else None,
                held_as=str(taken_out) if taken_out else "",
                judged_by_id=tx.person_id,
                judged_on=tx.today,
            )
            .execution_options(synchronize_session="fetch")
        )
    tx.record(
        "appraisal.judged",
        appraisal.subject,
        opinion=str(judgement.opinion),
        count=len(wanted),
        content_seen=judgement.content_seen,
    )
    return len(wanted)


def dissent(tx: Transaction, appraisal_id: int, said: str, *, record_id: int | None = None) -> None:
    """A member does not agree, with one item or with the whole; it is signed along and stays.

    Raises:
        NotOnPanel, ReasonMissing, NotPossibleNow: nothing is kept.
    """
    appraisal, member = _at_desk(tx, appraisal_id, "judge")
    words = reason_in(said, field="said")
    if record_id is not None:
        _item(tx, appraisal_id, record_id)
    tx.add(
        Dissent(
            appraisal_id=appraisal_id,
            record_id=record_id,
            person_id=member.person_id,
            said=words,
            at=tx.now,
        )
    )
    tx.record("appraisal.dissented", appraisal.subject, on_item=record_id is not None)


def conclude(tx: Transaction, appraisal_id: int) -> Appraisal:
    """The chair closes the panel's work: everything is frozen, and its digest is to be signed.

    Raises:
        OnlyChair: another member cannot.
        OpinionsMissing, HeldNotDestroyed, NotExpired, DepartmentsMissing, NotOfDepartment:
            the panel has still to see to something.
    """
    appraisal, member = _at_desk(tx, appraisal_id, "conclude")
    if not member.chair:
        raise OnlyChair
    left = len(unjudged_ids(tx, appraisal_id))
    if left:
        raise OpinionsMissing(count=left)
    check_panel_of(tx, appraisal)
    _check_still_worthless(tx, appraisal)
    freeze(tx, appraisal)
    tx.session.flush()
    digest = digest_now(tx, appraisal)
    APPRAISAL_WORKFLOW.take("conclude", appraisal)
    appraisal.digest, appraisal.concluded_at = digest, tx.now
    tx.record("appraisal.concluded", appraisal.subject, digest=appraisal.digest)
    return appraisal


def reopen_appraisal(tx: Transaction, appraisal_id: int, *, reason: str) -> Appraisal:
    """A member has the panel look again: nothing is signed any more.

    Raises:
        NotOnPanel, ReasonMissing, NotPossibleNow: it stays to be signed.
    """
    appraisal, _ = _at_desk(tx, appraisal_id, "reopen")
    said = reason_in(reason)
    tx.session.execute(
        update(AppraisalSignature)
        .where(
            AppraisalSignature.appraisal_id == appraisal_id,
            AppraisalSignature.voided_at.is_(None),
        )
        .values(voided_at=tx.now, void_reason=said)
    )
    APPRAISAL_WORKFLOW.take("reopen", appraisal)
    appraisal.digest, appraisal.concluded_at, appraisal.closing = "", None, said
    tx.record("appraisal.reopened", appraisal.subject)
    return appraisal


def sign_appraisal(tx: Transaction, appraisal_id: int, *, digest: str, password: str) -> Appraisal:
    """A member signs what the digest covers; the last signature makes it final.

    Then what is kept gets its date, what is taken out is held, and the opinion is printed.

    Raises:
        AppraisalChanged: what was shown is not what would be signed.
        HeldNotDestroyed, NotExpired: a hold or a date came in between; the panel looks again.
        NotOnPanel, MemberSigned, WrongPassword, NotPossibleNow: nothing is signed.
    """
    appraisal, member = _at_desk(tx, appraisal_id, "sign")
    if appraisal.digest != digest or digest_now(tx, appraisal) != appraisal.digest:
        raise AppraisalChanged(appraisal=appraisal.name)
    signed = _signed_by(tx, appraisal_id)
    if member.person_id in signed:
        raise MemberSigned
    confirm_password(tx, password)
    _check_still_worthless(tx, appraisal)
    tx.add(
        AppraisalSignature(
            appraisal_id=appraisal_id, person_id=member.person_id, digest=digest, signed_at=tx.now
        )
    )
    tx.record("appraisal.member-signed", appraisal.subject, digest=digest)
    if {one.person_id for one in members_of(tx, appraisal_id)} <= signed | {member.person_id}:
        _make_final(tx, appraisal)
    return appraisal


def _make_final(tx: Transaction, appraisal: Appraisal) -> None:
    """The last signature is given: what follows from the opinions happens with it."""
    rows = tx.session.execute(
        select(AppraisalItem, Record)
        .join(Record, Record.id == AppraisalItem.record_id)
        .where(AppraisalItem.appraisal_id == appraisal.id)
        .order_by(Record.id)
    ).all()
    for item, record in rows:
        if item.opinion == Opinion.KEEP and item.new_due_on is not None:
            extend(tx, record, item.new_due_on, reason=item.reason, appraisal_id=appraisal.id)
        elif item.opinion == Opinion.TAKE_OUT:
            place_hold(
                tx,
                appraisal.station_id,
                Covers((record.id,)),
                kind=HoldKind(item.held_as),
                reason=item.reason,
                document=appraisal.name,
            )
        tx.record(
            "record.appraised", record.subject, appraisal=appraisal.name, opinion=str(item.opinion)
        )
    release_items(tx, appraisal.id)
    title = f"{appraisal.name}鉴定意见书"
    report = file_paper(tx, appraisal.station_id, REPORT_KIND, title, number=appraisal.name)
    appraisal.report_record_id = report.id
    APPRAISAL_WORKFLOW.take("sign", appraisal)
    appraisal.signed_at = tx.now
    tx.record(
        "appraisal.signed",
        appraisal.subject,
        digest=appraisal.digest,
        items=len(rows),
        report=report.code,
    )
    tx.promise("print_appraisal", appraisal_id=appraisal.id)


def _check_still_worthless(tx: Transaction, appraisal: Appraisal) -> None:
    """Refuse to destroy what something keeps by now.

    Raises:
        HeldNotDestroyed, NotExpired: with the records.
    """
    of = (AppraisalItem.appraisal_id == appraisal.id, AppraisalItem.opinion == Opinion.DESTROY)
    ids = list(tx.session.scalars(select(AppraisalItem.record_id).where(*of)))
    _check_free(tx, ids)
    for record_id, due in due_of(tx, ids).items():
        if due.state != DueState.EXPIRED:
            raise NotExpired(record=tx.get(Record, record_id).code)


def _check_free(tx: Transaction, record_ids: list[int]) -> None:
    held = [record_id for record_id, holds in holds_on(tx, record_ids).items() if holds]
    if held:
        codes = [tx.get(Record, one).code for one in held[:TOLD_OF]]
        raise HeldNotDestroyed(records=codes, count=len(held))


def _signed_by(tx: Transaction, appraisal_id: int) -> set[int]:
    return set(
        tx.session.scalars(
            select(AppraisalSignature.person_id).where(
                AppraisalSignature.appraisal_id == appraisal_id,
                AppraisalSignature.voided_at.is_(None),
            )
        )
    )


def _item(tx: Transaction, appraisal_id: int, record_id: int) -> AppraisalItem:
    found = tx.session.scalars(
        select(AppraisalItem).where(
            AppraisalItem.appraisal_id == appraisal_id, AppraisalItem.record_id == record_id
        )
    ).first()
    if found is None:
        raise NoSuchThing(thing="appraisal_item", key=str(record_id))
    return found


def _at_desk(tx: Transaction, appraisal_id: int, step: str) -> tuple[Appraisal, PanelMember]:
    """The appraisal, locked, for a member of its panel who takes a step that is possible now.

    Raises:
        NotOnPanel, NotPossibleNow: nothing is done.
    """
    appraisal = seen_appraisal(tx, appraisal_id)
    tx.require(Permission.APPRAISAL_JUDGE, appraisal.station_id)
    appraisal = tx.get(Appraisal, appraisal_id, lock=True)
    members = members_of(tx, appraisal_id)
    member = next((one for one in members if one.person_id == tx.actor.person_id), None)
    if member is None:
        raise NotOnPanel
    APPRAISAL_WORKFLOW.target(step, AppraisalState(appraisal.state), thing=appraisal.subject)
    return appraisal, member
