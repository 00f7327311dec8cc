"""Whole lists taken out of the program, under the same eyes as their pages, and on the trail."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

from archive.access import Permission
from archive.custody.queries.books import BookFilter, BookRow, books
from archive.custody.queries.volumes import VolumeRow, volumes_listed
from archive.customers.queries.customers import CustomerFilter, CustomerLine, customers
from archive.errors import Invalid
from archive.holdings.queries.records import RecordFilter, RecordLine, count_records, records
from archive.transaction import Transaction

R = TypeVar("R")

BATCH = 1000
MOST_ROWS = 100_000

WHO_MAY: Mapping[str, Permission] = {
    "books": Permission.BOOK_READ,
    "volumes": Permission.VOLUME_READ,
    "customers": Permission.CUSTOMER_READ,
    "expected": Permission.EXPECTED_READ,
    "records": Permission.RECORD_READ,
    "register.catalogue": Permission.RECORD_READ,
    "register.transfer": Permission.RECORD_READ,
    "register.custody-list": Permission.RECORD_READ,
    "register.inner-list": Permission.RECORD_READ,
    "register.remark-sheet": Permission.RECORD_READ,
    "register.file-cover": Permission.RECORD_READ,
    "statistics": Permission.RECORD_READ,
}
"""The permission whoever takes a list out of the program needs."""


class TooManyRows(Invalid):
    """A list longer than one file should be; narrow it first."""


def every_book(tx: Transaction, wanted: BookFilter, order: str) -> Iterator[BookRow]:
    """All books of a list, however many pages it has.

    Raises:
        TooManyRows: narrow it first.
    """

    def page(at: int) -> tuple[int, Sequence[BookRow]]:
        rows, totals = books(tx, wanted, order=order, offset=at, limit=BATCH)
        return totals.books, rows

    return _page_by_page(page)


def every_volume(
    tx: Transaction, *, station_id: int | None, month: str, state: str, order: str
) -> Iterator[VolumeRow]:
    """All bound volumes of a list.

    Raises:
        TooManyRows: narrow it first.
    """

    def page(at: int) -> tuple[int, Sequence[VolumeRow]]:
        found = volumes_listed(
            tx,
            station_id=station_id,
            month=month,
            state=state,
            order=order,
            offset=at,
            limit=BATCH,
        )
        return found.total, found.rows

    return _page_by_page(page)


def every_customer(tx: Transaction, wanted: CustomerFilter, order: str) -> Iterator[CustomerLine]:
    """All customers of a list, masked.

    Raises:
        TooManyRows: narrow it first.
    """

    def page(at: int) -> tuple[int, Sequence[CustomerLine]]:
        rows, total = customers(tx, wanted, order=order, offset=at, limit=BATCH)
        return total, rows

    return _page_by_page(page)


def every_record(tx: Transaction, wanted: RecordFilter, order: str) -> Iterator[RecordLine]:
    """All records of a list.

    Raises:
        TooManyRows: narrow it first.
    """

    def page(at: int) -> tuple[int, Sequence[RecordLine]]:
        rows = records(tx, wanted, order=order, offset=at, limit=BATCH)
        return count_records(tx, wanted), rows

    return _page_by_page(page)


def note_export(tx: Transaction, what: str, form: str, rows: int, asked: Mapping[str, str]) -> None:
    """Record that a list was taken out of the program, and which part of it."""
    tx.require(WHO_MAY[what])
    tx.record("list.exported", f"list:{what}", form=form, rows=rows, asked=dict(asked))


def _page_by_page(page: Callable[[int], tuple[int, Sequence[R]]]) -> Iterator[R]:
    """Every row of a list, whose ``page`` gives how many there are and those from a place on."""
    at, total = 0, 1
    while at < total:
        total, rows = page(at)
        if total > MOST_ROWS:
            raise TooManyRows(rows=total, most=MOST_ROWS)
        yield from rows
        at += BATCH
