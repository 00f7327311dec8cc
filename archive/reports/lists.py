"""Whole lists taken out of the program, under the same eyes as their pages, and on the trail."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

from archive.access import Permission
from archive.custody.queries.books import BookFilter, BookRow, book_totals, page_of_books
from archive.custody.queries.volumes import VolumeRow, count_volumes, page_of_volumes
from archive.customers.queries.customers import (
    CustomerFilter,
    CustomerLine,
    count_customers,
    page_of_customers,
)
from archive.errors import Invalid
from archive.holdings.queries.records import RecordFilter, RecordLine, count_records, records
from archive.reports.opened import Opened, OpenedFilter, opened
from archive.reports.trail import head
from archive.retention.queries.appraisals import (
    AppraisalFilter,
    AppraisalLine,
    appraisals,
    count_appraisals,
)
from archive.retention.queries.holds import HoldFilter, HoldLine, count_holds, holds
from archive.shelving.queries.boxes import BoxFilter, BoxLine, boxes, count_boxes
from archive.shelving.queries.climate import ReadingSeen, count_readings, readings
from archive.shelving.queries.loans import LoanFilter, LoanLine, count_loans, loans
from archive.shelving.queries.movements import (
    MovementFilter,
    MovementLine,
    count_movements,
    movements,
)
from archive.shelving.queries.stocktakes import StocktakeLine, count_stocktakes, stocktakes
from archive.transaction import Transaction

R = TypeVar("R")

BATCH = 1000
MOST_ROWS = 100_000

WHO_MAY: Mapping[str, Permission] = {
    "books": Permission.BOOK_READ,
    "volumes": Permission.VOLUME_READ,
    "customers": Permission.CUSTOMER_READ,
    "expected": Permission.EXPECTED_READ,
    "due": Permission.RETENTION_READ,
    "records": Permission.RECORD_READ,
    "search": Permission.RECORD_READ,
    "register.catalogue": Permission.RECORD_READ,
    "register.transfer": Permission.RECORD_READ,
    "register.custody-list": Permission.RECORD_READ,
    "register.inner-list": Permission.RECORD_READ,
    "volume-items": Permission.RECORD_READ,
    "register.remark-sheet": Permission.RECORD_READ,
    "register.file-cover": Permission.RECORD_READ,
    "statistics": Permission.RECORD_READ,
    "store-boxes": Permission.RECORD_READ,
    "store-climate": Permission.RECORD_READ,
    "store-loans": Permission.RECORD_READ,
    "store-movements": Permission.RECORD_READ,
    "store-stocktakes": Permission.RECORD_READ,
    "destruction": Permission.RETENTION_READ,
    "holds": Permission.RETENTION_READ,
    "appraisals": Permission.RETENTION_READ,
    "opened": Permission.TRAIL_READ,
}
"""The permission whoever takes a list out of the program needs."""


class TooManyRows(Invalid):
    """A list longer than one file should be; narrow it first."""


def every_book(tx: Transaction, wanted: BookFilter, order: str) -> Iterator[BookRow]:
    """All books of a list, however many pages it has.

    Raises:
        TooManyRows: narrow it first.
    """

    def page(at: int) -> Sequence[BookRow]:
        return page_of_books(tx, wanted, order=order, offset=at, limit=BATCH)

    return _page_by_page(book_totals(tx, wanted).books, page)


def every_volume(
    tx: Transaction, *, station_id: int | None, month: str, state: str, order: str
) -> Iterator[VolumeRow]:
    """All bound volumes of a list.

    Raises:
        TooManyRows: narrow it first.
    """

    def page(at: int) -> Sequence[VolumeRow]:
        return page_of_volumes(
            tx,
            station_id=station_id,
            month=month,
            state=state,
            order=order,
            offset=at,
            limit=BATCH,
        )

    total = count_volumes(tx, station_id=station_id, month=month, state=state)
    return _page_by_page(total, page)


def every_customer(tx: Transaction, wanted: CustomerFilter, order: str) -> Iterator[CustomerLine]:
    """All customers of a list, masked.

    Raises:
        TooManyRows: narrow it first.
    """

    def page(at: int) -> Sequence[CustomerLine]:
        return page_of_customers(tx, wanted, order=order, offset=at, limit=BATCH)

    return _page_by_page(count_customers(tx, wanted), page)


def every_record(tx: Transaction, wanted: RecordFilter, order: str) -> Iterator[RecordLine]:
    """All records of a list.

    Raises:
        TooManyRows: narrow it first.
    """

    def page(at: int) -> Sequence[RecordLine]:
        return records(tx, wanted, order=order, offset=at, limit=BATCH)

    return _page_by_page(count_records(tx, wanted), page)


def every_hold(tx: Transaction, wanted: HoldFilter) -> Iterator[HoldLine]:
    """All holds of a list.

    Raises:
        TooManyRows: narrow it first.
    """

    def page(at: int) -> Sequence[HoldLine]:
        return holds(tx, wanted, limit=BATCH, offset=at)

    return _page_by_page(count_holds(tx, wanted), page)


def every_appraisal(tx: Transaction, wanted: AppraisalFilter) -> Iterator[AppraisalLine]:
    """All appraisals of a list.

    Raises:
        TooManyRows: narrow it first.
    """

    def page(at: int) -> Sequence[AppraisalLine]:
        return appraisals(tx, wanted, limit=BATCH, offset=at)

    return _page_by_page(count_appraisals(tx, wanted), page)


def every_opening(tx: Transaction, wanted: OpenedFilter) -> Iterator[Opened]:
    """All acts by which facts about people were opened, up to now.

    Raises:
        TooManyRows: narrow it first.
    """
    up_to = head(tx).seq

    def page(at: int) -> Sequence[Opened]:
        return opened(tx, wanted, up_to=up_to, offset=at, limit=BATCH)[0]

    return _page_by_page(opened(tx, wanted, up_to=up_to, limit=0)[1], page)


def every_box(tx: Transaction, wanted: BoxFilter, order: str) -> Iterator[BoxLine]:
    """All boxes of a list."""

    def page(at: int) -> Sequence[BoxLine]:
        return boxes(tx, wanted, order=order or "number", offset=at, limit=BATCH)

    return _page_by_page(count_boxes(tx, wanted), page)


def every_loan(tx: Transaction, wanted: LoanFilter) -> Iterator[LoanLine]:
    """All loans of a list."""
    return _page_by_page(
        count_loans(tx, wanted), lambda at: loans(tx, wanted, offset=at, limit=BATCH)
    )


def every_stocktake(tx: Transaction) -> Iterator[StocktakeLine]:
    """All stocktakes this person may see."""
    return _page_by_page(count_stocktakes(tx), lambda at: stocktakes(tx, offset=at, limit=BATCH))


def every_reading(tx: Transaction) -> Iterator[ReadingSeen]:
    """All readings of temperature and humidity this person may see."""
    return _page_by_page(count_readings(tx), lambda at: readings(tx, offset=at, limit=BATCH))


def every_movement(tx: Transaction, wanted: MovementFilter) -> Iterator[MovementLine]:
    """All movements of a list."""
    return _page_by_page(
        count_movements(tx, wanted), lambda at: movements(tx, wanted, offset=at, limit=BATCH)
    )


def note_export(tx: Transaction, what: str, form: str, rows: int, asked: Mapping[str, str]) -> None:
    """Record that a list was taken out of the program, and which part of it."""
    tx.require(WHO_MAY[what])
    tx.record("list.exported", f"list:{what}", form=form, rows=rows, asked=dict(asked))


def _page_by_page(total: int, page: Callable[[int], Sequence[R]]) -> Iterator[R]:
    """All ``total`` rows of a list, whose ``page`` gives those from a place on."""
    if total > MOST_ROWS:
        raise TooManyRows(rows=total, most=MOST_ROWS)
    for at in range(0, total, BATCH):
        yield from page(at)
