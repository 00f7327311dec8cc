"""Finance's verbs: answer the check-list, sign, return [seed 3.5]."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from archive.access import Permission, forbid_same_person
from archive.custody.actions.volumes import check_signature, subject_of
from archive.custody.book import BOOK_WORKFLOW, Book, BookState, Handover, UseEntry
from archive.custody.gate import Clearance, ClearanceKind
from archive.custody.queries.dossier import Dossier, dossier
from archive.custody.verification import (
    VERIFICATION_WORKFLOW,
    FindingsOpen,
    ReturnNeedsReasons,
    ScanMissing,
    SeenHasChanged,
    Verification,
    VerificationState,
    check_answers,
)
from archive.custody.volume import VOLUME_WORKFLOW, Volume, VolumeRun, VolumeState
from archive.people.actions import confirm_password
from archive.reason import reason_in, says_something
from archive.transaction import Transaction

CheckList = Mapping[str, Mapping[str, str]]
"""Per line of the check-list: ``answer`` (yes, no, not-applicable) and ``remark``."""


def sign_verification(
    tx: Transaction,
    verification_id: int,
    *,
    check_list: CheckList,
    seen: str,
    password: str,
    opinion: str = "",
) -> Verification:
    """Finance signs that volume and stubs are in order; from then on books may be issued on it.

    ``seen`` is the digest of the dossier as it lay on the desk.

    Raises:
        SeenHasChanged, SignedCoverChanged, ScanMissing, FindingsOpen, CheckListIncomplete,
        CheckListSaysNo, SamePerson, WrongPassword: nothing is signed.
    """
    verification, volume = _on_desk(tx, verification_id)
    VERIFICATION_WORKFLOW.target("sign", VerificationState(verification.state))
    confirm_password(tx, password)
    check_answers(check_list)
    lying = _in_order(tx, volume, seen)
    VERIFICATION_WORKFLOW.take("sign", verification)
    verification.check_list = {item: dict(answer) for item, answer in check_list.items()}
    verification.opinion = opinion.strip()
    verification.decided_by_id, verification.decided_at = tx.person_id, tx.now
    verification.digest = verification.signature(lying.digest)
    VOLUME_WORKFLOW.take("accept", volume)
    accepted = _accept_books(tx, verification)
    clearance = _cleared(tx, volume, verification)
    tx.record(
        "verification.signed",
        subject_of(volume),
        digest=verification.digest,
        check_list={item: answer.get("answer") for item, answer in check_list.items()},
        books=accepted,
        clearance=clearance.id,
    )
    return verification


def return_volume(
    tx: Transaction,
    verification_id: int,
    *,
    reasons: Sequence[str],
    check_list: CheckList | None = None,
) -> Verification:
    """Finance sends the volume back, saying what is wrong item by item.

    Raises:
        ReturnNeedsReasons, SamePerson: it stays on the desk.
    """
    verification, volume = _on_desk(tx, verification_id)
    told = [reason_in(reason) for reason in reasons if says_something(reason)]
    if not told:
        raise ReturnNeedsReasons(field="reasons")
    VERIFICATION_WORKFLOW.take("return", verification)
    verification.check_list = {item: dict(answer) for item, answer in (check_list or {}).items()}
    verification.reasons = told
    verification.decided_by_id, verification.decided_at = tx.person_id, tx.now
    VOLUME_WORKFLOW.take("return", volume)
    for book in _stub_books(tx, verification, BookState.STUB_HANDED_IN):
        BOOK_WORKFLOW.take("take-back", book)
        book.stub_handed_in_at = None
    tx.record("verification.returned", subject_of(volume), reasons=len(told))
    return verification


def save_check_list(tx: Transaction, verification_id: int, check_list: CheckList) -> Verification:
    """The check-list as far as it is answered, kept for whoever goes on; nothing is decided.

    Raises:
        NotPossibleNow, SamePerson: nothing is kept.
    """
    verification, volume = _on_desk(tx, verification_id)
    VERIFICATION_WORKFLOW.target("sign", VerificationState(verification.state))
    verification.check_list = {item: dict(answer) for item, answer in check_list.items()}
    answered = [item for item, answer in check_list.items() if answer.get("answer")]
    tx.record("check-list.saved", subject_of(volume), answered=len(answered))
    return verification


def check_verifier(tx: Transaction, volume: Volume, verification: Verification) -> None:
    """Refuse to let anybody verify what they had a hand in (``domain.md`` §8).

    Raises:
        SamePerson: with the step the actor took.
    """
    forbid_same_person(
        tx.actor,
        "verification:decide",
        collector=volume.collector_id,
        volume_binder=volume.bound_by_id,
        volume_signer=volume.signed_by_id,
        volume_sealer=volume.sealed_by_id,
        volume_submitter=verification.submitted_by_id,
        book_holder=_holders(tx, volume),
    )


def _on_desk(tx: Transaction, verification_id: int) -> tuple[Verification, Volume]:
    """The verification with its volume; whoever changes a volume locks it first of all."""
    volume = tx.get(Volume, tx.get(Verification, verification_id).volume_id, lock=True)
    verification = tx.get(Verification, verification_id, lock=True)
    tx.require(Permission.VOLUME_VERIFY, volume.station_id)
    check_verifier(tx, volume, verification)
    return verification, volume


def _in_order(tx: Transaction, volume: Volume, seen: str) -> Dossier:
    """The dossier, when it is what was seen and nothing in it stands open."""
    check_signature(tx, volume)
    lying = dossier(tx, volume)
    if lying.digest != seen:
        raise SeenHasChanged(subject=subject_of(volume))
    if not lying.reconciliation.scanned:
        raise ScanMissing(subject=subject_of(volume))
    if lying.reconciliation.blocking:
        raise FindingsOpen(subject=subject_of(volume), count=len(lying.reconciliation.blocking))
    return lying


def _cleared(tx: Transaction, volume: Volume, verification: Verification) -> Clearance:
    """What the signature opens: leave to request books once."""
    return tx.add(
        Clearance(
            station_id=volume.station_id,
            kind=ClearanceKind.VERIFICATION,
            verification_id=verification.id,
            granted_by_id=tx.person_id,
            granted_at=tx.now,
        )
    )


def _holders(tx: Transaction, volume: Volume) -> list[int]:
    """Everybody who ever held or wrote in a book of the volume."""
    books = select(VolumeRun.book_id).where(VolumeRun.volume_id == volume.id)
    held = tx.session.scalars(select(Book.holder_id).where(Book.id.in_(books))).all()
    took = tx.session.scalars(select(Handover.receiver_id).where(Handover.book_id.in_(books)))
    gave = tx.session.scalars(select(Handover.giver_id).where(Handover.book_id.in_(books)))
    wrote = tx.session.scalars(select(UseEntry.recorded_by_id).where(UseEntry.book_id.in_(books)))
    return sorted({*took, *gave, *wrote} | {person for person in held if person is not None})


def _stub_books(tx: Transaction, verification: Verification, state: BookState) -> list[Book]:
    return list(
        tx.session.scalars(
            select(Book)
            .where(Book.id.in_(verification.stub_book_ids), Book.state == state)
            .order_by(Book.id)
            .with_for_update(key_share=True)
        )
    )


def _accept_books(tx: Transaction, verification: Verification) -> list[str]:
    """Books whose every number now lies in accepted volumes and whose stub was handed in."""
    tx.session.flush()
    accepted = []
    for book in _stub_books(tx, verification, BookState.STUB_HANDED_IN):
        states = tx.session.execute(
            select(UseEntry.id, Volume.state)
            .outerjoin(Volume, Volume.id == UseEntry.volume_id)
            .where(UseEntry.book_id == book.id)
        )
        if all(row.state == VolumeState.ACCEPTED for row in states):
            BOOK_WORKFLOW.take("accept", book)
            accepted.append(f"{book.code}:{book.first}")
    return accepted
