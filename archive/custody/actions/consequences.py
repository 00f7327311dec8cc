"""What follows when something a volume's dossier rests on has changed."""

from sqlalchemy import select

from archive.custody.book import BOOK_WORKFLOW, Book, BookState
from archive.custody.gate import Clearance
from archive.custody.queries.dossier import dossier
from archive.custody.queries.gate import is_spent
from archive.custody.verification import (
    VERIFICATION_WORKFLOW,
    Verification,
    VerificationState,
)
from archive.custody.volume import (
    VOLUME_WORKFLOW,
    BookOfReleasedVolume,
    Volume,
    VolumeRun,
    VolumeState,
)
from archive.people.person import Station
from archive.transaction import Transaction


def volume_changed(tx: Transaction, volume: Volume, reason: str) -> None:
    """Count the findings anew; a signature over what is no longer so falls.

    Raises:
        BookOfReleasedVolume: new books were issued on the acceptance, so nothing under it may
            change any more.
    """
    tx.session.flush()
    if volume.state == VolumeState.ACCEPTED:
        void_acceptance(tx, volume, reason)
    outcome = dossier(tx, volume).reconciliation
    volume.open_findings = len(outcome.blocking) if outcome.scanned else None


def void_acceptance(tx: Transaction, volume: Volume, reason: str) -> None:
    """Finance's signature falls; the volume lies on its desk again.

    Raises:
        BookOfReleasedVolume: books were already issued on it.
    """
    tx.get(Station, volume.station_id, lock=True)  # no request is granted meanwhile
    verification = tx.session.scalars(
        select(Verification)
        .where(Verification.volume_id == volume.id, Verification.state == VerificationState.SIGNED)
        .with_for_update(key_share=True)
    ).one()
    clearance = tx.session.scalars(
        select(Clearance).where(Clearance.verification_id == verification.id)
    ).one()
    if is_spent(tx, clearance):
        raise BookOfReleasedVolume(subject=f"volume:{volume.code}")
    clearance.voided_at = tx.now
    VERIFICATION_WORKFLOW.take("void", verification)
    verification.voided_at, verification.void_reason = tx.now, reason
    VOLUME_WORKFLOW.take("void-acceptance", volume)
    reverted = _accepted_books(tx, volume)
    for book in reverted:
        BOOK_WORKFLOW.take("void-acceptance", book)
    tx.session.flush()
    tx.session.add(
        Verification(
            volume_id=volume.id,
            submitted_by_id=verification.submitted_by_id,
            submitted_at=tx.now,
            stub_book_ids=sorted({*verification.stub_book_ids, *(book.id for book in reverted)}),
        )
    )
    tx.record("verification.voided", f"volume:{volume.code}", reason=reason)


def _accepted_books(tx: Transaction, volume: Volume) -> list[Book]:
    """Books with numbers in the volume that finance accepted; without it they are not."""
    return list(
        tx.session.scalars(
            select(Book)
            .where(
                Book.id.in_(select(VolumeRun.book_id).where(VolumeRun.volume_id == volume.id)),
                Book.state == BookState.ACCEPTED,
            )
            .order_by(Book.id)
            .with_for_update(key_share=True)
        )
    )
