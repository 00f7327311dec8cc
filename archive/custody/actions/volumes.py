"""Verbs about bound volumes: bind, correct the cover, sign, seal, submit, reopen [seed 3.4]."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import delete, select, update

from archive.access import Permission, forbid_same_person
from archive.custody.actions.binding import (
    BoundRun as BoundRun,  # noqa: PLC0414 - who binds names its runs
)
from archive.custody.actions.binding import drafted, entries_of, hold, unbound_entries
from archive.custody.actions.consequences import volume_changed
from archive.custody.book import (
    BOOK_WORKFLOW,
    Book,
    BookState,
    UseEntry,
    check_totals,
)
from archive.custody.numbers import NumberRun, joined, parse_number
from archive.custody.queries.dossier import cover_digest, dossier
from archive.custody.verification import (
    VERIFICATION_WORKFLOW,
    ScanMissing,
    Verification,
    VerificationState,
)
from archive.custody.volume import (
    VOLUME_WORKFLOW,
    NothingToBind,
    SignedCoverChanged,
    Volume,
    VolumeRun,
    VolumeState,
    check_cover,
    parse_month,
)
from archive.people.actions import confirm_password
from archive.people.person import Station
from archive.reason import reason_in
from archive.transaction import Transaction


def bind_volume(
    tx: Transaction,
    *,
    station_id: int,
    month: str,
    collector_id: int,
    runs: Sequence[BoundRun] | None = None,
) -> Volume:
    """A draft volume of a collector's month, its cover filled in from the register.

    Without ``runs`` it takes every number of the month that is not bound yet.

    Raises:
        NotAMonth, MonthNotOver, NothingToBind, MonthsMixed, CollectorsMixed, NotWrittenYet,
        CutsThroughADay, NumberInTwoVolumes: nothing is bound.
    """
    tx.require(Permission.VOLUME_BIND, station_id)
    forbid_same_person(tx.actor, "volume:bind", collector=collector_id)
    station = tx.get(Station, station_id, lock=True)
    month = parse_month(month, tx.today)
    if runs is None:
        entries = unbound_entries(tx, station_id, month, collector_id)
    else:
        entries = entries_of(tx, station_id, month, collector_id, runs)
    if not entries:
        raise NothingToBind(field="month", month=month)
    volume = tx.add(drafted(tx, station, month, collector_id, entries))
    hold(tx, volume, entries)
    tx.record(
        "volume.bound",
        subject_of(volume),
        runs=[[run.code, run.first, run.last] for run in joined(e.run for e in entries)],
        sets=volume.sets,
        voids=volume.void_numbers,
    )
    return volume


def correct_cover(
    tx: Transaction,
    volume_id: int,
    *,
    sets: int,
    void_numbers: Sequence[str],
    kwh: Decimal,
    amount_fen: int,
    remark: str = "",
) -> Volume:
    """Make the cover in the system say what stands on the paper cover.

    Raises:
        SignedAlready, CoverDoesNotAdd, VoidListedTwice, VoidNotInVolume, NotAnInvoiceNumber,
        KwhNotExact, NegativeKwh, TotalTooLarge: nothing changes.
    """
    volume = tx.get(Volume, volume_id, lock=True)
    tx.require(Permission.VOLUME_BIND, volume.station_id)
    volume.check_open()
    check_totals(kwh, amount_fen)
    numbers = [parse_number(text, field="void_numbers") for text in void_numbers if text.strip()]
    check_cover(runs_of(tx, volume), sets, len(numbers), numbers)
    volume.sets, volume.void_sets, volume.void_numbers = sets, len(numbers), sorted(numbers)
    volume.kwh, volume.amount_fen, volume.remark = kwh, amount_fen, remark.strip()
    tx.record("cover.corrected", subject_of(volume), cover=volume.cover)
    volume_changed(tx, volume, "cover-corrected")
    return volume


def discard_draft(tx: Transaction, volume_id: int) -> None:
    """Undo the binding of a draft without a scan; its numbers wait to be bound again.

    Raises:
        SignedAlready, ScannedAlready: only a draft nobody scanned can be undone.
    """
    volume = tx.get(Volume, volume_id, lock=True)
    tx.require(Permission.VOLUME_BIND, volume.station_id)
    volume.check_open()
    volume.check_unscanned(dossier(tx, volume).scan)
    tx.session.execute(
        update(UseEntry).where(UseEntry.volume_id == volume.id).values(volume_id=None)
    )
    tx.session.execute(delete(VolumeRun).where(VolumeRun.volume_id == volume.id))
    tx.record("volume.discarded", subject_of(volume))
    tx.session.delete(volume)


def sign_volume(tx: Transaction, volume_id: int, *, password: str) -> Volume:
    """The collector signs the cover; the signature covers it and the numbers it stands for.

    Raises:
        NotPossibleNow, NotTheCollector, SamePerson, WrongPassword, CoverDoesNotAdd: the
            volume stays a draft.
    """
    volume = tx.get(Volume, volume_id, lock=True)
    tx.require(Permission.VOLUME_SIGN, volume.station_id)
    volume.check_collector(tx.actor)
    forbid_same_person(tx.actor, "volume:sign", volume_binder=volume.bound_by_id)
    VOLUME_WORKFLOW.target("sign", VolumeState(volume.state))
    confirm_password(tx, password)
    runs = runs_of(tx, volume)
    check_cover(runs, volume.sets, volume.void_sets, list(volume.void_numbers))
    VOLUME_WORKFLOW.take("sign", volume)
    volume.signed_by_id, volume.signed_at = tx.person_id, tx.now
    volume.signed_digest = cover_digest(volume, runs)
    tx.record("volume.signed", subject_of(volume), digest=volume.signed_digest)
    return volume


def seal_volume(tx: Transaction, volume_id: int) -> Volume:
    """The public seal is set on the signed cover, by neither collector nor custodian.

    Raises:
        NotPossibleNow: sealing before signing is refused (“签字后并加盖公章”).
        SamePerson: the seal and the invoices lie with different people.
        SignedCoverChanged: it is no longer the cover that was signed.
    """
    volume = tx.get(Volume, volume_id, lock=True)
    tx.require(Permission.VOLUME_SEAL, volume.station_id)
    forbid_same_person(
        tx.actor, "volume:seal", collector=volume.signed_by_id, volume_binder=volume.bound_by_id
    )
    VOLUME_WORKFLOW.take("seal", volume)
    check_signature(tx, volume)
    volume.sealed_by_id, volume.sealed_at = tx.person_id, tx.now
    tx.record("volume.sealed", subject_of(volume), digest=volume.signed_digest)
    return volume


def submit_volume(tx: Transaction, volume_id: int) -> Verification:
    """The sealed volume goes to finance, with the stubs of its written-up books [seed 3.5].

    Raises:
        NotPossibleNow, ScanMissing: it is not sealed, or nobody scanned it.
        SignedCoverChanged: it is no longer the cover that was signed.
    """
    volume = tx.get(Volume, volume_id, lock=True)
    tx.require(Permission.VOLUME_SUBMIT, volume.station_id)
    VOLUME_WORKFLOW.take("submit", volume)
    check_signature(tx, volume)
    if dossier(tx, volume).scan is None:
        raise ScanMissing(subject=subject_of(volume))
    volume.submitted_by_id, volume.submitted_at = tx.person_id, tx.now
    stub_books = _hand_in_stubs(tx, volume)
    verification = tx.add(
        Verification(
            volume_id=volume.id,
            submitted_by_id=tx.person_id,
            submitted_at=tx.now,
            stub_book_ids=stub_books,
        )
    )
    tx.record("volume.submitted", subject_of(volume), stub_books=stub_books)
    return verification


def reopen_volume(tx: Transaction, volume_id: int, *, reason: str) -> Volume:
    """Back to the draft, to correct something; signature and seal fall, visibly.

    Raises:
        NotPossibleNow: an accepted volume is not reopened.
        ReasonMissing: nothing changes.
    """
    volume = tx.get(Volume, volume_id, lock=True)
    tx.require(Permission.VOLUME_BIND, volume.station_id)
    why, earlier = reason_in(reason), str(volume.state)
    VOLUME_WORKFLOW.take("reopen", volume)
    verification = open_verification(tx, volume)
    if verification is not None:
        VERIFICATION_WORKFLOW.take("withdraw", verification)
        verification.void_reason = "reopened"
    volume.unsign()
    tx.record("volume.reopened", subject_of(volume), earlier=earlier, reason=why[:200])
    return volume


def open_verification(tx: Transaction, volume: Volume) -> Verification | None:
    """The passage over finance's desk the volume is in."""
    return tx.session.scalars(
        select(Verification).where(
            Verification.volume_id == volume.id, Verification.state == VerificationState.OPEN
        )
    ).first()


def check_signature(tx: Transaction, volume: Volume) -> None:
    """Refuse to build on a collector's signature when what it covers has changed since.

    Raises:
        SignedCoverChanged: only a change past the verbs can bring that about.
    """
    if cover_digest(volume, runs_of(tx, volume)) != volume.signed_digest:
        raise SignedCoverChanged(subject=volume.subject)


def runs_of(tx: Transaction, volume: Volume) -> list[NumberRun]:
    """The numbers a volume holds, in order."""
    return [
        row.run
        for row in tx.session.scalars(
            select(VolumeRun).where(VolumeRun.volume_id == volume.id).order_by(VolumeRun.first_key)
        )
    ]


def subject_of(volume: Volume) -> str:
    """How the trail names a volume."""
    return volume.subject


def _hand_in_stubs(tx: Transaction, volume: Volume) -> list[int]:
    """Written-up books of the volume, their stubs now with finance."""
    books = tx.session.scalars(
        select(Book)
        .where(
            Book.id.in_(select(VolumeRun.book_id).where(VolumeRun.volume_id == volume.id)),
            Book.state.in_([BookState.USED_UP, BookState.STUB_HANDED_IN]),
        )
        .order_by(Book.id)
    ).all()
    for book in books:
        if book.state == BookState.USED_UP:
            BOOK_WORKFLOW.take("hand-in", book)
            book.stub_handed_in_at = tx.now
            tx.record("stub.handed-in", f"book:{book.code or '-'}:{book.first}")
    return [book.id for book in books]
