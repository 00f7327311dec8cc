"""What lies on finance's desk: the dossier, whose words stand on it, what the machine can say."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import select

from archive.access import Permission
from archive.custody.actions.verifications import check_verifier
from archive.custody.actions.volumes import check_signature, subject_of
from archive.custody.book import Book, BookState
from archive.custody.kind import InvoiceKind
from archive.custody.queries.dossier import Dossier, dossier
from archive.custody.queries.volumes import names_of, seen_volume
from archive.custody.reconciliation import FindingCode, NumberStatus
from archive.custody.scan import ScanState
from archive.custody.verification import (
    VERIFICATION_WORKFLOW,
    CheckItem,
    FindingsOpen,
    ScanMissing,
    Verification,
    VerificationState,
)
from archive.custody.volume import Volume, VolumeState
from archive.errors import ArchiveError
from archive.people.person import Station
from archive.transaction import Transaction

Says = Literal["agrees", "differs", "doubts", "tells"]
"""``tells`` is a fact for a person to compare; the machine has no opinion on it."""


@dataclass(frozen=True, slots=True)
class MachineWord:
    """What the machine can say to a line of the check-list.

    Attributes:
        key: its sentence is ``machine.<item>.<key>``.
    """

    says: Says
    key: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class OnDesk:
    """A volume with everything that finance looks at.

    Attributes:
        verification: the passage it is in, or was in last; None before it was ever submitted.
        names: of everybody who did something to it, by person.
        books: the books its numbers are of.
        copies: how many copies an invoice of theirs has.
        against_signing: every reason why the actor cannot sign now.
    """

    volume: Volume
    station: Station
    dossier: Dossier
    verification: Verification | None
    names: Mapping[int, str]
    books: Sequence[Book]
    copies: int
    may_settle: bool
    may_verify: bool
    against_signing: Sequence[ArchiveError]

    @property
    def is_open(self) -> bool:
        """Whether finance is to decide on it now."""
        return self.verification is not None and self.verification.state == VerificationState.OPEN

    @property
    def is_read(self) -> bool:
        """Whether its newest scan has been read to the end."""
        return self.dossier.seen is not None

    @property
    def counts(self) -> Counter[NumberStatus]:
        """How many numbers stand how."""
        return Counter(cell.status for cell in self.dossier.reconciliation.cells)

    def found(self, *codes: FindingCode) -> int:
        """How many findings there are of these kinds."""
        return sum(finding.code in codes for finding in self.dossier.reconciliation.findings)


def on_desk(tx: Transaction, volume_id: int) -> OnDesk:
    """The volume as it lies on the desk.

    Raises:
        NoSuchThing: there is none, or it is another station's.
    """
    volume = seen_volume(tx, volume_id)
    lying = dossier(tx, volume)
    verification = newest_verification(tx, volume)
    people = [volume.collector_id, volume.signed_by_id, volume.sealed_by_id]
    people += [word.settled_by_id for word in lying.settlements]
    if verification is not None:
        people += [verification.submitted_by_id, verification.decided_by_id]
    kinds = {book.kind_id for book in lying.books}
    copies = tx.session.scalars(select(InvoiceKind.copies).where(InvoiceKind.id.in_(kinds))).all()
    may_verify = tx.can(Permission.VOLUME_VERIFY, volume.station_id)
    return OnDesk(
        volume=volume,
        station=tx.get(Station, volume.station_id),
        dossier=lying,
        verification=verification,
        names=names_of(tx, people),
        books=lying.books,
        copies=max(copies, default=0),
        may_settle=_may_settle(tx, volume, lying),
        may_verify=may_verify,
        against_signing=_against_signing(tx, volume, lying, verification) if may_verify else (),
    )


def newest_verification(tx: Transaction, volume: Volume) -> Verification | None:
    """The passage over finance's desk the volume is in, or was in last."""
    return tx.session.scalars(
        select(Verification)
        .where(Verification.volume_id == volume.id)
        .order_by(Verification.id.desc())
        .limit(1)
    ).first()


def machine_words(desk: OnDesk) -> dict[CheckItem, MachineWord]:
    """What the machine can say to each line; where it can say nothing the line is not in it."""
    words = {item: say(desk) for item, say in _SAYS.items()}
    return {item: word for item, word in words.items() if word is not None}


def _may_settle(tx: Transaction, volume: Volume, lying: Dossier) -> bool:
    """Settling under a signature would make it fall, so it is not offered then."""
    return (
        lying.scan is not None
        and lying.scan.state == ScanState.READ
        and volume.state != VolumeState.ACCEPTED
        and tx.can(Permission.SCAN_SETTLE, volume.station_id)
    )


def _against_signing(
    tx: Transaction, volume: Volume, lying: Dossier, verification: Verification | None
) -> list[ArchiveError]:
    """Why the actor cannot sign; the verb would refuse it for the same reasons."""
    if verification is None:
        return []
    subject, outcome = subject_of(volume), lying.reconciliation
    reasons: list[ArchiveError] = []
    state = VerificationState(verification.state)
    for check in (
        lambda: VERIFICATION_WORKFLOW.target("sign", state),
        lambda: check_verifier(tx, volume, verification),
        lambda: check_signature(tx, volume),
    ):
        try:
            check()
        except ArchiveError as reason:
            reasons.append(reason)
    if not outcome.scanned:
        reasons.append(ScanMissing(subject=subject))
    elif outcome.blocking:
        reasons.append(FindingsOpen(subject=subject, count=len(outcome.blocking)))
    return reasons


_COVER_DIFFERS = (
    FindingCode.COUNT_DIFFERS,
    FindingCode.COVER_VOID_NOT_REGISTERED,
    FindingCode.REGISTERED_VOID_NOT_ON_COVER,
    FindingCode.KWH_DIFFERS,
    FindingCode.AMOUNT_DIFFERS,
)
_VOIDS_OFF = (
    NumberStatus.VOID_UNMARKED,
    NumberStatus.VOID_UNREGISTERED,
    NumberStatus.VOID_DOUBTED,
)


def _cover(desk: OnDesk) -> MachineWord:
    n = desk.found(*_COVER_DIFFERS)
    return MachineWord("differs", "differs", {"n": n}) if n else MachineWord("agrees", "agrees")


def _once(desk: OnDesk) -> MachineWord:
    if not desk.is_read:
        return MachineWord("doubts", "unread")
    facts = {
        "n": len(desk.dossier.reconciliation.cells),
        "missing": desk.counts[NumberStatus.MISSING],
        "double": desk.counts[NumberStatus.DOUBLE],
        "foreign": desk.found(FindingCode.FOREIGN, FindingCode.FOREIGN_CODE),
        "unreadable": desk.found(FindingCode.UNREADABLE),
    }
    off = sum(facts.values()) - facts["n"]
    return MachineWord("differs" if off else "agrees", "differs" if off else "agrees", facts)


def _sequence(desk: OnDesk) -> MachineWord:
    off = desk.counts[NumberStatus.NOT_REGISTERED] + desk.counts[NumberStatus.NOT_ISSUED]
    if off:
        return MachineWord("differs", "differs", {"n": off})
    return MachineWord("agrees", "agrees", {"runs": len(desk.dossier.runs)})


def _voids_marked(desk: OnDesk) -> MachineWord:
    registered = len(desk.dossier.voids)
    off = sum(desk.counts[status] for status in _VOIDS_OFF)
    if not desk.is_read:
        return MachineWord("doubts", "unread", {"n": registered})
    if off:
        return MachineWord("differs", "differs", {"n": off})
    marked = desk.counts[NumberStatus.VOID]
    if marked < registered:
        return MachineWord("doubts", "unseen", {"n": registered, "seen": marked})
    return MachineWord("agrees", "agrees" if registered else "none", {"n": registered})


def _void_copies(desk: OnDesk) -> MachineWord:
    voids = desk.dossier.voids
    short = sum(void.copies_kept < desk.copies for void in voids)
    if short:
        return MachineWord("differs", "differs", {"n": short, "copies": desk.copies})
    key = "registered" if voids else "none"
    return MachineWord("tells", key, {"n": len(voids), "copies": desk.copies})


def _sums(desk: OnDesk) -> MachineWord:
    return MachineWord("tells", "sums", {"kwh": desk.volume.kwh, "amount": desk.volume.amount_fen})


def _seal(desk: OnDesk) -> MachineWord:
    volume = desk.volume
    if volume.signed_at is None or volume.sealed_at is None:
        return MachineWord("differs", "differs")
    return MachineWord(
        "tells",
        "recorded",
        {
            "signer": desk.names.get(volume.signed_by_id or 0, ""),
            "signed_at": volume.signed_at,
            "sealer": desk.names.get(volume.sealed_by_id or 0, ""),
            "sealed_at": volume.sealed_at,
        },
    )


def _scan(desk: OnDesk) -> MachineWord:
    if desk.dossier.seen is None:
        return MachineWord("doubts", "unread")
    pages, stubs = len(desk.dossier.pages), len(desk.dossier.seen)
    return MachineWord("tells", "counted", {"pages": pages, "stubs": stubs})


def _stubs(desk: OnDesk) -> MachineWord:
    """Stubs of written-up books come with the volume; others are still in use."""
    handed_in = {BookState.STUB_HANDED_IN, BookState.ACCEPTED}
    came = [book for book in desk.books if book.state in handed_in]
    owed = [book for book in desk.books if book.state == BookState.USED_UP]
    if owed:
        books = [f"{book.first}–{book.last}" for book in owed]
        return MachineWord("differs", "differs", {"books": books})
    if not came:
        return MachineWord("tells", "none")
    return MachineWord("agrees", "agrees", {"n": len(came), "in_use": len(desk.books) - len(came)})


_SAYS: Mapping[CheckItem, Callable[[OnDesk], MachineWord | None]] = {
    CheckItem.COVER_AGREES: _cover,
    CheckItem.NUMBERS_ONCE: _once,
    CheckItem.SEQUENCE: _sequence,
    CheckItem.VOIDS_MARKED: _voids_marked,
    CheckItem.VOID_COPIES: _void_copies,
    CheckItem.RECEIVABLE_AGREES: _sums,
    CheckItem.HANDOVER_AGREES: _sums,
    CheckItem.BANK_AGREES: _sums,
    CheckItem.SEAL_PRESENT: _seal,
    CheckItem.SCAN_IS_PAPER: _scan,
    CheckItem.STUBS_PRESENT: _stubs,
}
