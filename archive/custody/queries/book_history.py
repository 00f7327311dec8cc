"""Everything about one book: how it came, who had it, what was written in it, how it went."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from archive.audit import TrailEntry
from archive.custody.actions.books import open_handover, subject_of
from archive.custody.book import Book, BookState, Handover, UseEntry, VoidEntry
from archive.custody.gate import BookRequest, Clearance
from archive.custody.kind import InvoiceKind
from archive.custody.numbers import NumberRun, joined
from archive.custody.queries.books import seen_book, without
from archive.custody.verification import Verification, VerificationState
from archive.custody.volume import Volume, VolumeRun
from archive.people.person import Person, Station
from archive.transaction import Transaction

TOLD = (
    "book.issued",
    "book.received",
    "book.offered",
    "book.handed-over",
    "book.declined",
    "book.offer-withdrawn",
    "stub.handed-in",
)
"""The events of a book's life; what was written in it stands in the register."""


@dataclass(frozen=True, slots=True)
class Happened:
    """One event in the life of a book."""

    event: str
    at: datetime
    by: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Release:
    """What let a book out of the gate [seed 3.5]: every book leads back to a signature."""

    request: BookRequest
    clearance: Clearance
    granted_by: str
    verification: Verification | None = None
    volume: Volume | None = None


@dataclass(frozen=True, slots=True)
class UsedDay:
    """A line of the use register, with its voids and the volume it is bound in."""

    entry: UseEntry
    sets: int
    voids: int
    by: str
    volume_id: int | None
    volume: str


@dataclass(frozen=True, slots=True)
class BookSeen:
    """One book with all that speaks about it."""

    book: Book
    station: Station
    kind: InvoiceKind
    holder: Person | None
    release: Release
    offer: Handover | None
    names: Mapping[int, str]
    happened: tuple[Happened, ...]
    days: tuple[UsedDay, ...]
    voids: tuple[VoidEntry, ...]
    valid: tuple[NumberRun, ...]
    wrote: frozenset[int]

    @property
    def accepted(self) -> Happened | None:
        return next((item for item in self.happened if item.event == "book.accepted"), None)


def book_seen(tx: Transaction, book_id: int) -> BookSeen:
    """The book with its history.

    Raises:
        NoSuchThing: there is none, or it is another station's.
    """
    book = seen_book(tx, book_id)
    session = tx.session
    entries = list(
        session.scalars(
            select(UseEntry).where(UseEntry.book_id == book.id).order_by(UseEntry.first_key)
        )
    )
    voids = tuple(
        session.scalars(
            select(VoidEntry).where(VoidEntry.book_id == book.id).order_by(VoidEntry.number_key)
        )
    )
    release = release_of(tx, tx.get(BookRequest, book.request_id))
    offer = open_handover(tx, book.id)
    names = _names(tx, book, offer, entries, voids)
    return BookSeen(
        book=book,
        station=tx.get(Station, book.station_id),
        kind=tx.get(InvoiceKind, book.kind_id),
        holder=tx.get(Person, book.holder_id) if book.holder_id else None,
        release=release,
        offer=offer,
        names=names,
        happened=(*_told(tx, book), *_accepted(tx, book)),
        days=tuple(_days(tx, entries, voids, names)),
        voids=voids,
        valid=tuple(without(joined(entry.run for entry in entries), [v.number for v in voids])),
        wrote=frozenset(entry.recorded_by_id for entry in entries),
    )


def release_of(tx: Transaction, request: BookRequest) -> Release:
    """Which signature or exception a request was granted on, and the volume under it."""
    clearance = tx.get(Clearance, request.clearance_id)
    granted_by = tx.get(Person, clearance.granted_by_id).name
    if clearance.verification_id is None:
        return Release(request, clearance, granted_by)
    verification = tx.get(Verification, clearance.verification_id)
    volume = tx.get(Volume, verification.volume_id)
    return Release(request, clearance, granted_by, verification, volume)


def _names(
    tx: Transaction,
    book: Book,
    offer: Handover | None,
    entries: list[UseEntry],
    voids: tuple[VoidEntry, ...],
) -> dict[int, str]:
    ids = {book.issued_by_id, *(entry.recorded_by_id for entry in entries)}
    ids |= {void.recorded_by_id for void in voids}
    if offer is not None:
        ids |= {offer.giver_id, offer.receiver_id}
    rows = tx.session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    return {row.id: row.name for row in rows}


def _told(tx: Transaction, book: Book) -> list[Happened]:
    """The book's own events, from the trail."""
    entries = tx.session.scalars(
        select(TrailEntry)
        .where(TrailEntry.subject == subject_of(book), TrailEntry.event.in_(TOLD))
        .order_by(TrailEntry.seq)
    ).all()
    codes = {entry.actor for entry in entries}
    codes |= {str(entry.told.get("receiver", "")) for entry in entries}
    rows = tx.session.execute(select(Person.code, Person.name).where(Person.code.in_(codes)))
    names = {row.code: row.name for row in rows}
    return [
        Happened(
            entry.event,
            entry.happened_at,
            names.get(entry.actor, entry.actor),
            {"receiver": names.get(str(entry.told.get("receiver", "")), "")},
        )
        for entry in entries
    ]


def _accepted(tx: Transaction, book: Book) -> list[Happened]:
    """The signature of finance that accepted the book, while it stands."""
    if book.state != BookState.ACCEPTED:
        return []
    rows = tx.session.execute(
        select(Verification, Volume.code, Person.name)
        .join(Volume, Volume.id == Verification.volume_id)
        .join(Person, Person.id == Verification.decided_by_id)
        .where(
            Verification.state == VerificationState.SIGNED,
            Volume.id.in_(select(VolumeRun.volume_id).where(VolumeRun.book_id == book.id)),
        )
        .order_by(Verification.decided_at)
    )
    covering = [
        Happened("book.accepted", row.Verification.decided_at, row.name, {"volume": row.code})
        for row in rows
        if book.id in row.Verification.stub_book_ids
    ]
    return covering[-1:]


def _days(
    tx: Transaction,
    entries: list[UseEntry],
    voids: tuple[VoidEntry, ...],
    names: Mapping[int, str],
) -> list[UsedDay]:
    bound = {entry.volume_id for entry in entries if entry.volume_id is not None}
    rows = tx.session.execute(select(Volume.id, Volume.code).where(Volume.id.in_(bound)))
    codes = {row.id: row.code for row in rows}
    return [
        UsedDay(
            entry,
            len(entry.run),
            sum(void.number in entry.run for void in voids),
            names[entry.recorded_by_id],
            entry.volume_id,
            codes.get(entry.volume_id, "") if entry.volume_id else "",
        )
        for entry in entries
    ]
