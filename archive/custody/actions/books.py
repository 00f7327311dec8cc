"""Verbs about books: receive, hand over, record use and voids, hand in the stub."""

from datetime import date
from decimal import Decimal

from sqlalchemy import select

from archive.access import NotPermitted, Permission, Role, forbid_same_person
from archive.clock import day_at_station
from archive.custody.actions.consequences import volume_changed
from archive.custody.book import (
    BOOK_WORKFLOW,
    Book,
    BookState,
    CopiesMissing,
    Handover,
    HandoverOpen,
    HandoverState,
    NotTheHolder,
    NotTheReceiver,
    UsedBeforeEarlierUse,
    UsedBeforeIssued,
    UsedInTheFuture,
    UseEntry,
    VoidEntry,
    check_totals,
)
from archive.custody.kind import InvoiceKind
from archive.custody.numbers import key_of, parse_number
from archive.custody.volume import Volume, VolumeRun
from archive.people.actions import actor_of
from archive.people.person import Person
from archive.reason import reason_in
from archive.transaction import Transaction
from archive.workflow import NotPossibleNow


def receive_book(tx: Transaction, book_id: int) -> Book:
    """The custodian confirms that a book issued to the station has arrived.

    Raises:
        SamePerson: whoever issued it cannot confirm it [seed 3.1].
    """
    book = tx.get(Book, book_id, lock=True)
    tx.require(Permission.BOOK_REQUEST, book.station_id)
    forbid_same_person(tx.actor, "book:receive", book_issuer=book.issued_by_id)
    BOOK_WORKFLOW.take("receive", book)
    book.holder_id = tx.person_id
    tx.record("book.received", subject_of(book), holder=tx.actor.code)
    return book


def offer_book(tx: Transaction, book_id: int, receiver_id: int, *, remark: str = "") -> Handover:
    """The holder gives the book to somebody, who has yet to confirm.

    Only the custodian and collectors of the station hold books, and a custodian is no
    collector.

    Raises:
        NotTheHolder, SamePerson, NotPermitted, HandoverOpen: the book stays where it is.
    """
    book = tx.get(Book, book_id, lock=True)
    tx.require(Permission.BOOK_HAND_OVER, book.station_id)
    if book.holder_id != tx.actor.person_id:
        raise NotTheHolder(subject=subject_of(book), person=tx.actor.code)
    receiver = tx.get(Person, receiver_id)
    forbid_same_person(actor_of(tx, receiver), "book:take", book_giver=book.holder_id)
    step = _direction(tx, receiver, book)
    BOOK_WORKFLOW.target(step, BookState(book.state))
    if open_handover(tx, book.id) is not None:
        raise HandoverOpen(subject=subject_of(book))
    handover = tx.add(
        Handover(
            book_id=book.id,
            giver_id=tx.person_id,
            receiver_id=receiver_id,
            offered_at=tx.now,
            used_through=book.used_through,
            remark=remark.strip(),
        )
    )
    tx.record("book.offered", subject_of(book), giver=tx.actor.code, receiver=receiver.code)
    return handover


def confirm_handover(tx: Transaction, handover_id: int) -> Book:
    """The receiver confirms; from now on he holds the book, and nobody else does.

    Raises:
        NotTheReceiver: the giver cannot confirm for the taker [seed 3.1].
    """
    handover, book = _open(tx, handover_id)
    tx.require(Permission.BOOK_HAND_OVER, book.station_id)
    if handover.receiver_id != tx.actor.person_id:
        raise NotTheReceiver(subject=subject_of(book), person=tx.actor.code)
    step = _direction(tx, tx.get(Person, handover.receiver_id), book)
    BOOK_WORKFLOW.take(step, book)
    book.holder_id = handover.receiver_id
    handover.state, handover.closed_at = HandoverState.CONFIRMED, tx.now
    tx.record("book.handed-over", subject_of(book), holder=tx.actor.code)
    return book


def decline_handover(tx: Transaction, handover_id: int, *, reason: str) -> Book:
    """The receiver does not take it; the book stays with the giver.

    Raises:
        NotTheReceiver, ReasonMissing: nothing changes.
    """
    handover, book = _open(tx, handover_id)
    if handover.receiver_id != tx.actor.person_id:
        raise NotTheReceiver(subject=subject_of(book), person=tx.actor.code)
    why = reason_in(reason)
    handover.state, handover.closed_at = HandoverState.DECLINED, tx.now
    handover.remark = why
    tx.record("book.declined", subject_of(book), receiver=tx.actor.code)
    return book


def withdraw_handover(tx: Transaction, handover_id: int) -> Book:
    """The giver takes the offer back before it is confirmed.

    Raises:
        NotTheHolder: only the giver may.
    """
    handover, book = _open(tx, handover_id)
    if handover.giver_id != tx.actor.person_id:
        raise NotTheHolder(subject=subject_of(book), person=tx.actor.code)
    handover.state, handover.closed_at = HandoverState.WITHDRAWN, tx.now
    tx.record("book.offer-withdrawn", subject_of(book), giver=tx.actor.code)
    return book


def record_use(
    tx: Transaction,
    book_id: int,
    *,
    last: str,
    used_on: date,
    kwh: Decimal,
    amount_fen: int,
) -> UseEntry:
    """The collector notes the last number written on a day, with the day's totals.

    The run begins after the number noted before. ``kwh`` and ``amount_fen`` are sums over its
    valid invoices; the amount may be negative (退费).

    Raises:
        NotTheHolder, OutOfOrder, UsedBeforeEarlierUse, …: the register stays as it is.
    """
    book = tx.get(Book, book_id, lock=True)
    tx.require(Permission.BOOK_RECORD_USE, book.station_id)
    _check_usable(tx, book)
    run = book.next_run(parse_number(last, field="last"))
    _check_day(tx, book, used_on)
    check_totals(kwh, amount_fen)
    entry = tx.add(
        UseEntry(
            station_id=book.station_id,
            book_id=book.id,
            used_on=used_on,
            code=run.code,
            first=run.first,
            last=run.last,
            first_key=run.first_key,
            last_key=run.last_key,
            kwh=kwh,
            amount_fen=amount_fen,
            recorded_by_id=tx.person_id,
            recorded_at=tx.now,
        )
    )
    book.used_through = run.last
    if run.last == book.last:
        BOOK_WORKFLOW.take("use-up", book)
        book.used_up_on = used_on
    tx.record("book.used", subject_of(book), **_told(entry))
    return entry


def record_void(
    tx: Transaction,
    book_id: int,
    *,
    number: str,
    reason: str,
    copies_kept: int,
    voided_on: date,
) -> VoidEntry:
    """A written number is void; every copy is back and kept [seed 3.4].

    A number of a signed volume is refused until the volume is reopened.

    Raises:
        NotWritten, NotOfThisBook, AlreadyVoid, CopiesMissing, ReasonMissing, SignedAlready:
            nothing is kept.
    """
    book = tx.get(Book, book_id)
    tx.require(Permission.BOOK_RECORD_USE, book.station_id)
    wanted = parse_number(number)
    volume = _volume_of(tx, key_of(book.code, wanted))  # a volume is locked before its books
    book = tx.get(Book, book_id, lock=True)
    if tx.actor.person_id not in _users(tx, book):
        raise NotTheHolder(subject=subject_of(book), person=tx.actor.code)
    book.check_written(wanted)
    kind = tx.get(InvoiceKind, book.kind_id)
    why = reason_in(reason)
    if copies_kept != kind.copies:
        raise CopiesMissing(field="copies_kept", kept=copies_kept, needed=kind.copies)
    _check_possible(tx, book, voided_on, field="voided_on")
    if volume is not None:
        volume.check_open()
    void = tx.add(
        VoidEntry(
            book_id=book.id,
            number=wanted,
            number_key=key_of(book.code, wanted),
            reason=why,
            copies_kept=copies_kept,
            voided_on=voided_on,
            recorded_by_id=tx.person_id,
            recorded_at=tx.now,
        )
    )
    tx.record("number.voided", subject_of(book), number=wanted, copies=copies_kept)
    if volume is not None:
        volume_changed(tx, volume, "void-recorded")
    return void


def hand_in_stub(tx: Transaction, book_id: int) -> Book:
    """The stub of a written-up book goes to finance with its volume [seed 3.2, 3.5].

    Raises:
        NotPossibleNow: the book is not written up.
    """
    book = tx.get(Book, book_id, lock=True)
    tx.require(Permission.STUB_HAND_IN, book.station_id)
    BOOK_WORKFLOW.take("hand-in", book)
    book.stub_handed_in_at = tx.now
    tx.record("stub.handed-in", subject_of(book))
    return book


def open_handover(tx: Transaction, book_id: int) -> Handover | None:
    """The hand-over the book is in, if any."""
    return tx.session.scalars(
        select(Handover).where(Handover.book_id == book_id, Handover.state == HandoverState.OFFERED)
    ).first()


def subject_of(book: Book) -> str:
    """How the trail names a book."""
    return book.subject


def _open(tx: Transaction, handover_id: int) -> tuple[Handover, Book]:
    handover = tx.get(Handover, handover_id, lock=True)
    book = tx.get(Book, handover.book_id, lock=True)
    if handover.state != HandoverState.OFFERED:
        raise NotPossibleNow(
            subject="handover", thing=book.subject, step="confirm", state=str(handover.state)
        )
    return handover, book


def _direction(tx: Transaction, receiver: Person, book: Book) -> str:
    """Whether a hand-over gives the book out, or back into stock."""
    actor = actor_of(tx, receiver)
    if actor.holds(Role.COLLECTOR, book.station_id):
        return "give-out"
    if actor.holds(Role.CUSTODIAN, book.station_id):
        return "give-back"
    raise NotPermitted(permission=str(Permission.BOOK_HAND_OVER), person=receiver.code)


def _users(tx: Transaction, book: Book) -> set[int | None]:
    """Who wrote in the book, and who holds it."""
    wrote = tx.session.scalars(
        select(UseEntry.recorded_by_id).where(UseEntry.book_id == book.id).distinct()
    )
    return {*wrote, book.holder_id}


def _told(entry: UseEntry) -> dict[str, object]:
    """An entry of the register as the trail tells it."""
    return {
        "first": entry.first,
        "last": entry.last,
        "on": entry.used_on.isoformat(),
        "kwh": f"{entry.kwh:.2f}",
        "amount_fen": entry.amount_fen,
    }


def _check_usable(tx: Transaction, book: Book) -> None:
    """Refuse to write in a book that is not in the actor's own hands and in use."""
    if book.holder_id != tx.actor.person_id:
        raise NotTheHolder(subject=subject_of(book), person=tx.actor.code)
    if book.state != BookState.IN_USE:
        raise NotPossibleNow(
            subject="book", thing=book.subject, step="record-use", state=str(book.state)
        )
    if open_handover(tx, book.id) is not None:
        raise HandoverOpen(subject=subject_of(book))


def _check_possible(tx: Transaction, book: Book, on: date, *, field: str) -> None:
    """Refuse a day that has not come, or on which the book was not here yet."""
    if on > tx.today:
        raise UsedInTheFuture(field=field, on=on.isoformat())
    issued_on = day_at_station(book.issued_at)
    if on < issued_on:
        raise UsedBeforeIssued(field=field, on=on.isoformat(), issued=issued_on.isoformat())


def _check_day(tx: Transaction, book: Book, used_on: date) -> None:
    _check_possible(tx, book, used_on, field="used_on")
    earlier = tx.session.scalars(
        select(UseEntry.used_on)
        .where(UseEntry.book_id == book.id)
        .order_by(UseEntry.first_key.desc())
        .limit(1)
    ).first()
    if earlier is not None and used_on < earlier:
        raise UsedBeforeEarlierUse(
            field="used_on", on=used_on.isoformat(), earlier=earlier.isoformat()
        )


def _volume_of(tx: Transaction, number_key: str) -> Volume | None:
    """The volume that holds a number."""
    run = tx.session.scalars(
        select(VolumeRun)
        .where(VolumeRun.first_key <= number_key)
        .order_by(VolumeRun.first_key.desc())
        .limit(1)
    ).first()
    if run is None or run.last_key < number_key:
        return None
    return tx.get(Volume, run.volume_id, lock=True)
