"""What no statement gets past, whoever sends it: the rules the database itself holds."""

from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from archive.access import SYSTEM
from archive.custody.book import Book, BookNotGranted, HandoverOpen, NumbersAlreadyIssued
from archive.custody.gate import BookRequest, ClearanceKind, ClearanceTaken, NoClearance
from archive.custody.numbers import key_of
from archive.custody.volume import NumberInTwoVolumes, VolumeRun
from archive.transaction import Transaction
from tests.builders import CODE, Station

ROW = {
    "book": "station_id, kind_id, request_id, code, first, last, first_key, last_key, state,"
    " issued_by_id, issued_at, version",
    "volume_run": "volume_id, book_id, code, first, last, first_key, last_key",
    "book_request": "station_id, kind_id, plan_id, clearance_id, books, state, requested_by_id,"
    " requested_at, waived, version",
    "handover": "book_id, giver_id, receiver_id, state, offered_at, remark, version",
}


def insert_like(station: Station, table: str, **changed: Any) -> None:
    """A row like the first of the table, but for what is changed, past every verb."""
    columns = [name.strip() for name in ROW[table].split(",")]
    values = ", ".join(f"'{changed[name]}'" if name in changed else name for name in columns)
    with station.system.transaction(SYSTEM) as tx:
        tx.session.connection().exec_driver_sql(
            f"INSERT INTO {table} ({ROW[table]}) SELECT {values} FROM {table}"
            f" WHERE id = (SELECT min(id) FROM {table})"
        )


def numbers(first: str, last: str, code: str = CODE) -> dict[str, str]:
    return {
        "code": code,
        "first": first,
        "last": last,
        "first_key": key_of(code, first),
        "last_key": key_of(code, last),
    }


OVERLAPS = [
    ("04210011", "04210020"),
    ("04210012", "04210013"),
    ("04210001", "04210030"),
    ("04210001", "04210011"),
    ("04210020", "04210029"),
    ("04210020", "04210020"),
    ("04210001", "04210020"),
    ("04210011", "04210099"),
]
"""Equality, containment both ways, one end inside, one number shared."""


@pytest.fixture
def two_books_granted(station: Station) -> Station:
    """Numbers 04210011 to 04210020 are issued, and one more book is granted."""
    station.next_number = 4_210_011
    station.issued_books()
    with station.system.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE book_request SET books = 50")
    return station


def test_books_never_share_a_number(two_books_granted: Station):
    for first, last in OVERLAPS:
        with pytest.raises(NumbersAlreadyIssued):
            insert_like(two_books_granted, "book", **numbers(first, last))


def test_books_may_touch_lie_under_another_code_or_have_another_width(two_books_granted: Station):
    for others in (
        numbers("04210001", "04210010"),
        numbers("04210021", "04210030"),
        numbers("04210011", "04210020", "098765432109"),
        numbers("04210011", "04210020", ""),
        numbers("042100110", "042100200"),
    ):
        insert_like(two_books_granted, "book", **others)
    with pytest.raises(NumbersAlreadyIssued):
        insert_like(two_books_granted, "book", **numbers("04210030", "04210040"))


def test_a_book_is_not_stretched_over_another(two_books_granted: Station):
    insert_like(two_books_granted, "book", **numbers("04210021", "04210030"))

    def stretch(tx: Transaction) -> None:
        book = tx.session.query(Book).order_by(Book.id).first()
        book.last, book.last_key = "04210021", key_of(CODE, "04210021")

    with pytest.raises(NumbersAlreadyIssued):
        two_books_granted.custodian.does(stretch)


def test_the_key_of_a_number_is_the_number_s_own(two_books_granted: Station):
    """Else a book could stand under another's numbers and nobody would see."""
    for lie in (
        {"first_key": key_of(CODE, "04210031")},
        {"last_key": key_of(CODE, "04210099")},
        {"first": "04210031"},
        {"code": ""},
        {"first": "4210031", "last": "4210040"},
    ):
        told = numbers("04210041", "04210050") | lie
        with pytest.raises(IntegrityError):
            insert_like(two_books_granted, "book", **told)


def test_a_number_is_in_one_volume_only(station: Station):
    station.bound_volume()
    station.bound_volume()
    for first, last in (("04210001", "04210010"), ("04210004", "04210004")):
        with pytest.raises(NumberInTwoVolumes):
            insert_like(station, "volume_run", **numbers(first, last), volume_id=2)
    assert station.asks(lambda tx: tx.session.query(VolumeRun).count()) == 2


def test_no_book_without_a_request_that_grants_it(station: Station):
    station.issued_books()
    with pytest.raises(BookNotGranted):
        insert_like(station, "book", **numbers("04210091", "04210100"))
    with pytest.raises(BookNotGranted):
        insert_like(station, "book", **numbers("04210091", "04210100"), request_id=99)


def test_no_book_on_a_cancelled_request_or_for_another_station(station: Station):
    station.issued_books()
    more = numbers("04210091", "04210100")
    with station.system.engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO station (code, name) VALUES ('BH', '白河供电所')")
        connection.exec_driver_sql("UPDATE book_request SET books = 9")
    with pytest.raises(BookNotGranted):
        insert_like(station, "book", **more, station_id=2)
    insert_like(station, "book", **more)
    with station.system.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE book_request SET state = 'cancelled'")
    with pytest.raises(BookNotGranted):
        insert_like(station, "book", **numbers("04210081", "04210090"))


def test_no_request_without_a_clearance_that_stands(station: Station):
    request = station.granted_request()
    with pytest.raises(ClearanceTaken):
        insert_like(station, "book_request")
    with pytest.raises((NoClearance, IntegrityError)):
        insert_like(station, "book_request", clearance_id=99)
    station.excepted(ClearanceKind.EMERGENCY)
    with station.system.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE clearance SET voided_at = granted_at WHERE id = 2")
    with pytest.raises(NoClearance):
        insert_like(station, "book_request", clearance_id=2)
    station.excepted(ClearanceKind.EMERGENCY)
    with station.system.engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO station (code, name) VALUES ('BH', '白河供电所')")
    with pytest.raises(NoClearance):
        insert_like(station, "book_request", clearance_id=3, station_id=2)
    insert_like(station, "book_request", clearance_id=3)
    assert station.asks(lambda tx: tx.session.query(BookRequest).count()) == 2
    assert request.clearance_id == 1


def test_no_request_on_a_signature_that_fell(station: Station):
    station.accepted_volume()
    with station.system.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE verification SET state = 'voided'")
    with pytest.raises(NoClearance):
        insert_like(station, "book_request", clearance_id=2)


def test_a_book_is_offered_to_one_person_at_a_time(station: Station):
    station.offered_book()
    with pytest.raises(HandoverOpen):
        insert_like(station, "handover", receiver_id=station.other_collector.id)
    with pytest.raises(IntegrityError):
        insert_like(station, "handover", receiver_id=station.custodian.id, state="declined")


def test_a_clearance_says_what_it_rests_on(station: Station):
    station.excepted()
    with pytest.raises(IntegrityError), station.system.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE clearance SET kind = 'verification'")
