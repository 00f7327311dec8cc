"""A book has one holder at a time, is written in order, and nothing in it is taken back."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from archive.access import NotPermitted, SamePerson
from archive.custody.actions import books
from archive.custody.book import (
    AlreadyVoid,
    Book,
    BookState,
    CopiesMissing,
    Handover,
    HandoverOpen,
    HandoverState,
    KwhNotExact,
    NegativeKwh,
    NotOfThisBook,
    NotTheHolder,
    NotTheReceiver,
    NotWritten,
    OutOfOrder,
    TotalTooLarge,
    UsedBeforeEarlierUse,
    UsedBeforeIssued,
    UsedInTheFuture,
    UseEntry,
)
from archive.custody.numbers import SpoiledBySpreadsheet
from archive.people import actions as people
from archive.reason import ReasonMissing
from archive.workflow import NotPossibleNow
from tests.builders import Station
from tests.clock import SettableClock


def use(station: Station, book: Book, last: str, **facts: Any) -> UseEntry:
    told = {
        "last": last,
        "used_on": station.today,
        "kwh": Decimal("10.5"),
        "amount_fen": 990,
    } | facts
    return station.collector.does(books.record_use, book.id, **told)


def void(station: Station, book: Book, number: str, **facts: Any) -> Any:
    told = {
        "number": number,
        "reason": "写错户名",
        "copies_kept": 3,
        "voided_on": station.today,
    } | facts
    return station.collector.does(books.record_void, book.id, **told)


def test_a_book_passes_from_hand_to_hand_and_back(station: Station):
    book = station.issued_books()[0]
    assert (book.state, book.holder_id) == (BookState.ISSUED, None)
    book = station.book_in_stock(book)
    assert (book.state, book.holder_id) == (BookState.IN_STOCK, station.custodian.id)
    book = station.book_in_use(book=book)
    assert (book.state, book.holder_id) == (BookState.IN_USE, station.collector.id)
    offer = station.collector.does(books.offer_book, book.id, station.custodian.id)
    assert station.sees(Book, book.id).holder_id == station.collector.id
    book = station.custodian.does(books.confirm_handover, offer.id)
    assert (book.state, book.holder_id) == (BookState.IN_STOCK, station.custodian.id)


def test_only_the_receiver_confirms_and_never_the_giver(station: Station):
    offer = station.offered_book(station.collector)
    for other in (station.custodian, station.other_collector):
        with pytest.raises(NotTheReceiver):
            other.does(books.confirm_handover, offer.id)
        with pytest.raises(NotTheReceiver):
            other.does(books.decline_handover, offer.id, reason="不是我的")
    with pytest.raises(NotPermitted):
        station.finance.does(books.confirm_handover, offer.id)
    assert station.sees(Book, offer.book_id).holder_id == station.custodian.id
    assert station.sees(Handover, offer.id).state == HandoverState.OFFERED


def test_a_book_on_its_way_is_not_offered_to_a_second_person(station: Station):
    offer = station.offered_book(station.collector)
    with pytest.raises(HandoverOpen):
        station.custodian.does(books.offer_book, offer.book_id, station.other_collector.id)
    station.collector.does(books.confirm_handover, offer.id)
    with pytest.raises(NotTheHolder):
        station.custodian.does(books.offer_book, offer.book_id, station.other_collector.id)
    with pytest.raises(NotPossibleNow):
        station.collector.does(books.confirm_handover, offer.id)


def test_what_is_declined_or_withdrawn_stays_with_the_giver(station: Station):
    offer = station.offered_book(station.collector)
    with pytest.raises(ReasonMissing):
        station.collector.does(books.decline_handover, offer.id, reason="  ")
    book = station.collector.does(books.decline_handover, offer.id, reason="本数不对")
    assert book.holder_id == station.custodian.id
    offer = station.custodian.does(books.offer_book, book.id, station.collector.id)
    with pytest.raises(NotTheHolder):
        station.collector.does(books.withdraw_handover, offer.id)
    book = station.custodian.does(books.withdraw_handover, offer.id)
    assert (book.state, book.holder_id) == (BookState.IN_STOCK, station.custodian.id)
    with pytest.raises(NotPossibleNow):
        station.collector.does(books.confirm_handover, offer.id)


def test_books_go_only_to_the_custodian_and_to_collectors_who_are_here(station: Station):
    book = station.book_in_stock()
    for stranger in (station.clerk, station.archivist, station.finance, station.head):
        with pytest.raises(NotPermitted):
            station.custodian.does(books.offer_book, book.id, stranger.id)
    with pytest.raises(SamePerson):
        station.custodian.does(books.offer_book, book.id, station.custodian.id)
    station.administrator.does(people.disable_person, station.other_collector.id)
    with pytest.raises(NotPermitted):
        station.custodian.does(books.offer_book, book.id, station.other_collector.id)


def test_a_collector_hands_back_to_the_custodian_and_not_to_a_colleague(station: Station):
    book = station.book_in_use(station.collector)
    with pytest.raises(NotPossibleNow):
        station.collector.does(books.offer_book, book.id, station.other_collector.id)


def test_whoever_lost_the_office_meanwhile_cannot_confirm(station: Station):
    offer = station.offered_book(station.collector)
    (appointment,) = station.asks(people.appointments_of, station.collector.id)
    station.administrator.does(people.end_appointment, appointment.id)
    with pytest.raises(NotPermitted):
        station.collector.does(books.confirm_handover, offer.id)
    assert station.sees(Book, offer.book_id).holder_id == station.custodian.id


def test_numbers_are_written_in_order_by_the_holder_alone(station: Station):
    book = station.book_in_use()
    first, _, third, *_, last = list(book.run)
    assert use(station, book, third).run.first == first
    for again in (first, third):
        with pytest.raises(OutOfOrder):
            use(station, book, again)
    with pytest.raises(NotOfThisBook):
        use(station, book, "04219999")
    with pytest.raises(SpoiledBySpreadsheet):
        use(station, book, "4.21E+06")
    with pytest.raises(NotPermitted):
        station.custodian.does(
            books.record_use,
            book.id,
            last=last,
            used_on=station.today,
            kwh=Decimal(1),
            amount_fen=1,
        )
    with pytest.raises(NotTheHolder):
        station.other_collector.does(
            books.record_use,
            book.id,
            last=last,
            used_on=station.today,
            kwh=Decimal(1),
            amount_fen=1,
        )
    assert use(station, book, last).run.last == last
    kept = station.sees(Book, book.id)
    assert (kept.state, kept.used_through, kept.used_up_on) == ("used-up", last, station.today)
    with pytest.raises(NotPossibleNow):
        use(station, book, last)


def test_a_book_is_used_only_once_the_collector_has_confirmed_it(station: Station):
    offer = station.offered_book()
    with pytest.raises(NotTheHolder):
        use(station, station.sees(Book, offer.book_id), "04210001")
    book = station.collector.does(books.confirm_handover, offer.id)
    station.collector.does(books.offer_book, book.id, station.custodian.id)
    with pytest.raises(HandoverOpen):
        use(station, book, "04210001")


def test_days_of_use_follow_the_numbers_and_lie_between_issue_and_today(
    station: Station, clock: SettableClock
):
    book = station.book_in_use()
    issued = station.today
    clock.advance(days=3)
    with pytest.raises(UsedInTheFuture):
        use(station, book, "04210002", used_on=station.today + timedelta(days=1))
    with pytest.raises(UsedBeforeIssued):
        use(station, book, "04210002", used_on=issued - timedelta(days=1))
    use(station, book, "04210002", used_on=issued + timedelta(days=1))
    with pytest.raises(UsedBeforeEarlierUse):
        use(station, book, "04210003", used_on=issued)
    use(station, book, "04210003", used_on=issued + timedelta(days=1))


def test_totals_are_kept_exactly_or_refused(station: Station):
    book = station.book_in_use()
    with pytest.raises(NegativeKwh):
        use(station, book, "04210001", kwh=Decimal("-0.01"))
    with pytest.raises(KwhNotExact):
        use(station, book, "04210001", kwh=Decimal("1.005"))
    with pytest.raises(TotalTooLarge):
        use(station, book, "04210001", amount_fen=10**30)
    entry = use(
        station, book, "04210001", kwh=Decimal("99999999999.99"), amount_fen=-9_999_999_999_999
    )
    kept = station.sees(UseEntry, entry.id)
    assert (kept.kwh, kept.amount_fen) == (Decimal("99999999999.99"), -9_999_999_999_999)


def test_a_void_invoice_needs_its_reason_and_every_copy_back(station: Station):
    book = station.book_in_use()
    use(station, book, "04210004")
    for kept in (0, 1, 2, 4):
        with pytest.raises(CopiesMissing):
            void(station, book, "04210002", copies_kept=kept)
    with pytest.raises(ReasonMissing):
        void(station, book, "04210002", reason=" ")
    with pytest.raises(NotWritten):
        void(station, book, "04210005")
    with pytest.raises(NotOfThisBook):
        void(station, book, "04219999")
    with pytest.raises(UsedInTheFuture):
        void(station, book, "04210002", voided_on=station.today + timedelta(days=1))
    void(station, book, "０４２１０００２")
    with pytest.raises(AlreadyVoid):
        void(station, book, "04210002")


def test_only_who_wrote_in_the_book_records_a_void(station: Station):
    book = station.used_up_book()
    facts = {
        "number": book.first,
        "reason": "写错",
        "copies_kept": 3,
        "voided_on": station.today,
    }
    with pytest.raises(NotTheHolder):
        station.other_collector.does(books.record_void, book.id, **facts)
    with pytest.raises(NotPermitted):
        station.custodian.does(books.record_void, book.id, **facts)


def test_a_stub_is_handed_in_once_the_book_is_written_up(station: Station):
    book = station.book_in_use()
    with pytest.raises(NotPossibleNow):
        station.custodian.does(books.hand_in_stub, book.id)
    station.used(book)
    book = station.custodian.does(books.hand_in_stub, book.id)
    assert book.state == BookState.STUB_HANDED_IN
    with pytest.raises(NotPossibleNow):
        station.custodian.does(books.hand_in_stub, book.id)


def test_a_book_is_received_once_and_by_the_custodian(station: Station):
    book = station.issued_books()[0]
    for other in (station.collector, station.finance, station.head):
        with pytest.raises(NotPermitted):
            other.does(books.receive_book, book.id)
    station.book_in_stock(book)
    with pytest.raises(NotPossibleNow):
        station.custodian.does(books.receive_book, book.id)
