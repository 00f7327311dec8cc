"""Verbs of those who sign for a destruction and of the leader who approves it [seed 5.4]."""

from archive.access import Permission
from archive.people.actions import confirm_password
from archive.reason import reason_in
from archive.retention.actions.batches import locked_batch
from archive.retention.batch import BATCH_WORKFLOW, Batch, RegisterChanged
from archive.retention.batching import digest_now
from archive.retention.queries.appraised import panel_of
from archive.retention.queries.batches import all_signatures, items_of
from archive.retention.signing import (
    BEFORE_APPROVAL,
    OFFICES,
    ApproverInvolved,
    BatchSignature,
    NotYourPart,
    Part,
)
from archive.transaction import Transaction


def sign_register(
    tx: Transaction, batch_id: int, part: Part, *, seen: str, opinion: str, password: str
) -> BatchSignature:
    """One of the four signatures before the leader's; the last of them completes the register.

    ``seen`` is the digest of the register as it was shown.

    Raises:
        NotYourPart, PartSigned, SignedTwice, RegisterChanged, WrongPassword, ReasonMissing,
        NotPossibleNow: nothing is signed.
    """
    batch = locked_batch(tx, batch_id, Permission.DESTRUCTION_SIGN)
    BATCH_WORKFLOW.target("complete", batch.state, thing=batch.subject)
    if part not in BEFORE_APPROVAL:
        raise NotYourPart(part=str(part))
    signature = _sign(tx, batch, part, seen=seen, opinion=opinion, password=password)
    if {Part(one.part) for one in all_signatures(tx, batch_id)} >= set(BEFORE_APPROVAL):
        BATCH_WORKFLOW.take("complete", batch)
        tx.record("batch.signed", batch.subject, digest=batch.digest)
    return signature


def approve_batch(
    tx: Transaction, batch_id: int, *, seen: str, opinion: str, password: str
) -> Batch:
    """The company's leader approves; the head of a station cannot [seed 5.4].

    Raises:
        ApproverInvolved: the leader proposed or appraised it.
        RegisterChanged, WrongPassword, ReasonMissing, NotPossibleNow: it is not approved.
    """
    batch = locked_batch(tx, batch_id, Permission.DESTRUCTION_APPROVE)
    BATCH_WORKFLOW.target("approve", batch.state, thing=batch.subject)
    if tx.person_id in {batch.proposed_by_id, *panel_of(tx, batch.appraisal_id)}:
        raise ApproverInvolved(person=tx.actor.code)
    _sign(tx, batch, Part.LEADER, seen=seen, opinion=opinion, password=password)
    BATCH_WORKFLOW.take("approve", batch)
    batch.approved_by_id, batch.approved_at = tx.person_id, tx.now
    tx.record("batch.approved", batch.subject, digest=batch.digest, cooling=batch.cooling_days)
    return batch


def _sign(
    tx: Transaction, batch: Batch, part: Part, *, seen: str, opinion: str, password: str
) -> BatchSignature:
    if not any(tx.actor.holds(role, batch.station_id) for role in OFFICES[part]):
        raise NotYourPart(part=str(part))
    if not batch.digest == seen == digest_now(batch, items_of(tx, batch.id)):
        raise RegisterChanged(batch=batch.name)
    said = reason_in(opinion, field="opinion")
    confirm_password(tx, password)
    signature = tx.add(
        BatchSignature(
            batch_id=batch.id,
            part=part,
            person_id=tx.person_id,
            digest=batch.digest,
            opinion=said,
            signed_at=tx.now,
        )
    )
    tx.record("batch.part-signed", batch.subject, part=str(part), digest=batch.digest)
    return signature
