"""Whatever is wrong with the ledger is found, and nothing else.

Small ledgers are made in order and then spoilt, past every verb and every rule of the database;
what the database finds is compared with plain reckoning, number by number.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import insert

from archive.access import NotPermitted
from archive.custody.book import Book, UseEntry, VoidEntry
from archive.custody.numbers import key_of
from archive.custody.queries import ledger_counts
from archive.custody.queries.ledger import check_ledger
from archive.custody.queries.ledger_flaws import LedgerFlawCode as Code
from archive.custody.volume import Volume, VolumeRun
from archive.transaction import Transaction
from tests.builders import Station
from tests.integration.custody.ledgers import Kept, Ledger, Row, in_order, reckoned, spoilt

NOW = datetime(2026, 10, 19, 1, 30, tzinfo=UTC)
TODAY = date(2026, 10, 19)
RULES = {
    "sqlite": (
        "DROP TRIGGER no_overlap_book",
        "DROP TRIGGER no_overlap_volume_run",
        "DROP TRIGGER book_beyond_request",
    ),
    "postgresql": (
        "ALTER TABLE book DROP CONSTRAINT no_overlap_book",
        "ALTER TABLE volume_run DROP CONSTRAINT no_overlap_volume_run",
        "DROP TRIGGER book_beyond_request ON book",
    ),
}
"""What the database itself would not let happen."""


class TakenBack(Exception):
    """The ledger is rolled back."""


@pytest.fixture
def unruly(station: Station) -> Station:
    """A station with a granted request, three volumes, and a database without its rules."""
    station.granted_request()
    with station.system.engine.begin() as connection:
        for statement in RULES[connection.dialect.name]:
            connection.exec_driver_sql(statement)
        connection.execute(insert(Volume), [volume(ident, station) for ident in (1, 2, 3)])
    return station


def volume(ident: int, station: Station) -> dict[str, Any]:
    return {
        "id": ident,
        "code": f"V{ident}",
        "station_id": station.id,
        "month": "2026-10",
        "sequence": ident,
        "collector_id": station.collector.id,
        "state": "draft",
        "collected_from": TODAY,
        "collected_to": TODAY,
        "sets": 1,
        "void_sets": 0,
        "void_numbers": [],
        "kwh": Decimal(0),
        "amount_fen": 0,
        "remark": "",
        "bound_by_id": station.custodian.id,
        "bound_at": NOW,
        "signed_digest": "",
        "version": 1,
    }


@contextmanager
def keeping(station: Station, ledger: Ledger) -> Iterator[Transaction]:
    """A transaction of the auditor in which this is the ledger."""
    with suppress(TakenBack), station.system.transaction(station.auditor.actor()) as tx:
        for kind, rows in {
            Book: [book_row(book, station) for book in ledger.books],
            UseEntry: [line_row(line, station) for line in ledger.lines],
            VolumeRun: [numbers_of(run) | placed(run) for run in ledger.runs],
            VoidEntry: [void_row(void, station) for void in ledger.voids],
        }.items():
            if rows:
                tx.session.execute(insert(kind), rows)
        yield tx
        raise TakenBack


def numbers_of(row: Row | Kept) -> dict[str, Any]:
    return {
        "code": row.code,
        "first": row.text(row.first),
        "last": row.text(row.last),
        "first_key": row.key,
        "last_key": row.last_key,
    }


def placed(row: Row) -> dict[str, Any]:
    return {"book_id": row.book_id, "volume_id": row.volume_id}


def book_row(book: Kept, station: Station) -> dict[str, Any]:
    return numbers_of(book) | {
        "id": book.id,
        "station_id": station.id,
        "kind_id": station.kind_id,
        "request_id": 1,
        "state": "in-use",
        "used_through": book.used_through,
        "issued_by_id": station.finance.id,
        "issued_at": NOW,
        "version": 1,
    }


def line_row(line: Row, station: Station) -> dict[str, Any]:
    return (
        numbers_of(line)
        | placed(line)
        | {
            "station_id": station.id,
            "used_on": TODAY,
            "kwh": Decimal(1),
            "amount_fen": 1,
            "recorded_by_id": station.collector.id,
            "recorded_at": NOW,
        }
    )


def void_row(void: tuple[int, str, str], station: Station) -> dict[str, Any]:
    book_id, number, key = void
    return {
        "book_id": book_id,
        "number": number,
        "number_key": key,
        "reason": "写错",
        "copies_kept": 3,
        "voided_on": TODAY,
        "recorded_by_id": station.collector.id,
        "recorded_at": NOW,
    }


def found(tx: Transaction) -> list[tuple[Code, int, str]]:
    return sorted((flaw.code, flaw.book_id, flaw.number) for flaw in check_ledger(tx).flaws)


def often(times: int) -> settings:
    return settings(
        max_examples=times,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


@often(30)
@given(ledger=in_order())
def test_a_ledger_in_order_is_proven_by_counting_alone(unruly: Station, ledger: Ledger):
    assert reckoned(ledger) == []
    with keeping(unruly, ledger) as tx:
        assert ledger_counts.counted(tx).agree
        assert ledger_counts.lots_sharing_numbers(tx) == set()
        check = check_ledger(tx)
    assert check.flaws == ()
    assert check.books == len(ledger.books)
    assert check.numbers == sum(book.last - book.first + 1 for book in ledger.books)


@often(120)
@given(ledger=spoilt())
def test_the_database_finds_what_plain_reckoning_finds(unruly: Station, ledger: Ledger):
    with keeping(unruly, ledger) as tx:
        assert found(tx) == reckoned(ledger)


CODE = "012345678901"


def a_book(ident: int = 1, *, used_through: str | None = "00000110") -> Kept:
    return Kept(CODE, 101, 110, 8, ident, used_through)


def numbers(first: int, last: int, volume_id: int | None = None, *, book_id: int = 1) -> Row:
    return Row(CODE, first, last, 8, book_id, volume_id)


WRONG = {
    "a gap that an overlap of the same length makes up for": (
        Ledger([a_book()], [numbers(101, 105), numbers(105, 107), numbers(109, 110)]),
        [(Code.GAP_IN_USE, "00000108"), (Code.USE_OVERLAPS, "00000105")],
    ),
    "runs that overlap, and a line in none of them": (
        Ledger(
            [Kept(CODE, 101, 112, 8, 1, "00000112")],
            [
                numbers(101, 104, 1),
                numbers(105, 106, 1),
                numbers(107, 110, 1),
                numbers(111, 112, 2),
            ],
            [numbers(101, 106, 1), numbers(105, 110, 1)],
        ),
        [(Code.BOUND_DIFFERS, "00000105"), (Code.BOUND_DIFFERS, "00000111")],
    ),
    "bound, but not written": (
        Ledger(
            [a_book(used_through="00000104")],
            [numbers(101, 104, 1)],
            [numbers(101, 104, 1), numbers(109, 110, 1)],
        ),
        [(Code.BOUND_DIFFERS, "00000109")],
    ),
    "one book written further than it knows, another less far": (
        Ledger(
            [a_book(used_through="00000105"), Kept(CODE, 111, 120, 8, 2, "00000120")],
            [numbers(101, 110), numbers(111, 115, book_id=2)],
        ),
        [(Code.USED_THROUGH_DIFFERS, "00000105"), (Code.USED_THROUGH_DIFFERS, "00000120")],
    ),
    "the same, and bound": (
        Ledger(
            [a_book(used_through="00000105"), Kept(CODE, 111, 120, 8, 2, "00000120")],
            [numbers(101, 110, 1), numbers(111, 115, 1, book_id=2)],
            [numbers(101, 110, 1), numbers(111, 115, 1, book_id=2)],
        ),
        [(Code.USED_THROUGH_DIFFERS, "00000105"), (Code.USED_THROUGH_DIFFERS, "00000120")],
    ),
    "smaller numbers than the book has": (
        Ledger(
            [a_book(used_through="00000105"), Kept(CODE, 111, 120, 8, 2, "00000115")],
            [numbers(101, 105), numbers(106, 110, book_id=2)],
        ),
        [(Code.USE_BEYOND_BOOK, "00000106"), (Code.USED_THROUGH_DIFFERS, "00000115")],
    ),
    "numbers of another code": (
        Ledger([a_book()], [Row("999999999999", 101, 110, 8, 1, None)]),
        [(Code.USE_BEYOND_BOOK, "00000101"), (Code.USED_THROUGH_DIFFERS, "00000110")],
    ),
    "a line of another book in the run": (
        Ledger(
            [a_book(), Kept(CODE, 111, 120, 8, 2, None)],
            [numbers(101, 105, 1), numbers(106, 110, 1, book_id=2)],
            [numbers(101, 110, 1)],
        ),
        [
            (Code.BOUND_DIFFERS, "00000106"),
            (Code.BOUND_DIFFERS, "00000106"),
            (Code.USED_THROUGH_DIFFERS, "00000110"),
            (Code.USE_BEYOND_BOOK, "00000106"),
        ],
    ),
    "a line that leaves its run, and one that takes its place": (
        Ledger(
            [a_book()],
            [numbers(101, 103, 1), numbers(104, 104), numbers(105, 106, 1), numbers(107, 110, 1)],
            [numbers(101, 105, 1), numbers(107, 110, 1)],
        ),
        [(Code.BOUND_DIFFERS, "00000104"), (Code.BOUND_DIFFERS, "00000106")],
    ),
    "used through a number of another width": (
        Ledger([Kept(CODE, 0, 9, 8, 1, "000000000")], [numbers(0, 0)]),
        [(Code.USED_THROUGH_DIFFERS, "000000000")],
    ),
    "used through a number it does not have": (
        Ledger([a_book(used_through="00000120")]),
        [(Code.USED_THROUGH_DIFFERS, "00000120")],
    ),
    "a line within another": (
        Ledger([a_book()], [numbers(101, 110), numbers(103, 105)]),
        [(Code.USE_OVERLAPS, "00000103")],
    ),
    "a number bound nowhere, and one bound that is in no volume by the register": (
        Ledger(
            [a_book()],
            [numbers(101, 104, 1), numbers(105, 106, 2), numbers(107, 107, 1), numbers(108, 110)],
            [numbers(101, 104, 1), numbers(107, 107, 1), numbers(108, 110, 2)],
        ),
        [(Code.BOUND_DIFFERS, "00000105"), (Code.BOUND_DIFFERS, "00000108")],
    ),
    "a number in two volumes": (
        Ledger([a_book()], [numbers(101, 110, 1)], [numbers(101, 110, 1), numbers(102, 103, 2)]),
        [(Code.BOUND_DIFFERS, "00000102")],
    ),
    "lines of two volumes exchanged": (
        Ledger(
            [a_book()],
            [numbers(101, 105, 2), numbers(106, 110, 1)],
            [numbers(101, 105, 1), numbers(106, 110, 2)],
        ),
        [(Code.BOUND_DIFFERS, "00000101")],
    ),
    "written beyond the end": (
        Ledger([a_book()], [numbers(101, 112)]),
        [(Code.USE_BEYOND_BOOK, "00000111")],
    ),
    "written, and the book does not know": (
        Ledger([a_book(used_through=None)], [numbers(101, 103)]),
        [(Code.USED_THROUGH_DIFFERS, "00000101")],
    ),
    "not written, and the book says it is": (
        Ledger([a_book(used_through="00000103")]),
        [(Code.USED_THROUGH_DIFFERS, "00000103")],
    ),
    "a void nobody wrote": (
        Ledger(
            [a_book(used_through="00000103")],
            [numbers(101, 103)],
            voids=[(1, "00000104", key_of(CODE, "00000104"))],
        ),
        [(Code.VOID_NOT_WRITTEN, "00000104")],
    ),
    "a void whose key is another number's": (
        Ledger([a_book()], [numbers(101, 110)], voids=[(1, "00000104", key_of(CODE, "00000105"))]),
        [(Code.VOID_NOT_WRITTEN, "00000104")],
    ),
    "the same number in two books": (
        Ledger(
            [a_book(), Kept(CODE, 102, 103, 8, 2, None), Kept(CODE, 109, 119, 8, 3, None)],
            [numbers(101, 110)],
        ),
        [(Code.BOOKS_OVERLAP, "00000102"), (Code.BOOKS_OVERLAP, "00000109")],
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_each_thing_that_may_not_be_is_told_where_it_begins(unruly: Station, what: str):
    ledger, flaws = WRONG[what]
    with keeping(unruly, ledger) as tx:
        assert sorted((code, number) for code, _, number in found(tx)) == sorted(flaws)
    assert sorted((code, number) for code, _, number in reckoned(ledger)) == sorted(flaws)


def test_numbers_longer_than_a_machine_reckons_are_counted_too(unruly: Station):
    """Twenty digits, and across the place where the counted ones begin anew."""
    book = Kept("", 10**18 - 5, 10**18 + 4, 20, 1, "01000000000000000004")
    lines = [
        Row("", 10**18 - 5, 10**18 - 3, 20, 1, 1),
        Row("", 10**18 - 2, 10**18 + 1, 20, 1, 1),
        Row("", 10**18 + 2, 10**18 + 4, 20, 1, None),
    ]
    runs = [Row("", 10**18 - 5, 10**18 + 1, 20, 1, 1)]
    with keeping(unruly, Ledger([book], lines, runs)) as tx:
        assert ledger_counts.counted(tx).agree
        assert (check_ledger(tx).numbers, check_ledger(tx).flaws) == (10, ())


def test_a_fault_in_one_book_is_told_among_thousands_in_order(unruly: Station):
    """The figures of each lot point at it; what is told follows the order of the books."""
    books = [Kept(CODE, at * 10, at * 10 + 9, 8, at, f"{at * 10 + 9:08d}") for at in range(1, 3001)]
    lines = [Row(CODE, book.first, book.last, 8, book.id, 1) for book in books]
    runs = [Row(CODE, book.first, book.last, 8, book.id, 1) for book in books]
    lines[2499].last -= 1
    runs[11].volume_id = 2
    with keeping(unruly, Ledger(books, lines, runs)) as tx:
        lots = ledger_counts.counted_by_lot(tx)
        assert [lot for lot, figures in sorted(lots.items()) if not figures.agree] == [0, 2]
        flaws = [(flaw.book_id, flaw.code, flaw.number) for flaw in check_ledger(tx).flaws]
    assert flaws == [
        (12, Code.BOUND_DIFFERS, "00000120"),
        (2500, Code.BOUND_DIFFERS, "00025009"),
        (2500, Code.USED_THROUGH_DIFFERS, "00025009"),
    ]


def test_only_who_may_read_the_trail_checks_the_ledger(station: Station):
    station.auditor.does(check_ledger)
    for other in (station.custodian, station.collector, station.leader, station.administrator):
        with pytest.raises(NotPermitted):
            other.does(check_ledger)


def test_what_people_write_and_bind_is_in_order(station: Station):
    book = station.book_in_use()
    station.used(book, last="04210003", voids=["04210002"])
    station.bound_volume()
    station.used(book, last="04210007")
    station.used_up_book()
    check = station.auditor.does(check_ledger)
    assert (check.books, check.numbers, check.flaws) == (2, 20, ())
