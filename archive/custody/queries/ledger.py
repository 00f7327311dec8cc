"""The whole ledger checked: every number of every book in exactly one place.

Per book, the written runs must begin at its first number, follow each other without gap or
overlap and end where ``used_through`` says; bound runs must tile exactly the entries that name a
volume; every void must be a written number. Ten million numbers are a few hundred thousand
rows, fetched in order and walked once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select

from archive.access import Permission
from archive.custody.book import Book, UseEntry, VoidEntry
from archive.custody.volume import VolumeRun
from archive.transaction import Transaction


class LedgerFlawCode(StrEnum):
    BOOKS_OVERLAP = "books-overlap"
    GAP_IN_USE = "gap-in-use"
    USE_OVERLAPS = "use-overlaps"
    USE_BEYOND_BOOK = "use-beyond-book"
    USED_THROUGH_DIFFERS = "used-through-differs"
    BOUND_DIFFERS = "bound-differs"
    VOID_NOT_WRITTEN = "void-not-written"


@dataclass(frozen=True, slots=True)
class LedgerFlaw:
    """Something the ledger may never show; ``number`` is where it begins."""

    code: LedgerFlawCode
    book_id: int
    number: str


_BoundRun = tuple[int, int, int]
"""First and last number as integers, and the volume."""


@dataclass(slots=True)
class _Counted:
    books: int = 0
    numbers: int = 0


@dataclass(frozen=True, slots=True)
class LedgerCheck:
    """Outcome: how much was looked at, and every flaw."""

    books: int
    numbers: int
    flaws: tuple[LedgerFlaw, ...]


def check_ledger(tx: Transaction) -> LedgerCheck:
    """Walk every book of every station once."""
    tx.require(Permission.TRAIL_READ)
    counted = _Counted()
    flaws = list(_flaws(tx, counted))
    return LedgerCheck(counted.books, counted.numbers, tuple(flaws))


def _flaws(tx: Transaction, counted: _Counted) -> Iterator[LedgerFlaw]:
    written, bound = _entries(tx)
    runs = _volume_runs(tx)
    voids = _voids(tx)
    previous_last = ""
    rows = tx.session.execute(
        select(
            Book.id, Book.code, Book.first, Book.last, Book.used_through,
            Book.first_key, Book.last_key,
        ).order_by(Book.first_key)
    )  # fmt: skip
    for book_id, _code, first, last, used_through, first_key, last_key in rows:
        counted.books += 1
        counted.numbers += int(last) - int(first) + 1
        if first_key <= previous_last:
            yield LedgerFlaw(LedgerFlawCode.BOOKS_OVERLAP, book_id, first)
        previous_last = max(previous_last, last_key)
        yield from _use_flaws(book_id, first, last, used_through, written.get(book_id, []))
        if _melted(bound.get(book_id, [])) != _melted(runs.get(book_id, [])):
            yield LedgerFlaw(LedgerFlawCode.BOUND_DIFFERS, book_id, first)
        for number in voids.get(book_id, ()):
            if used_through is None or not first <= number <= used_through:
                yield LedgerFlaw(LedgerFlawCode.VOID_NOT_WRITTEN, book_id, number)


def _use_flaws(
    book_id: int, first: str, last: str, used_through: str | None, written: list[tuple[int, int]]
) -> Iterator[LedgerFlaw]:
    width, expected = len(first), int(first)
    for run_first, run_last in written:
        if run_first != expected:
            code = (
                LedgerFlawCode.GAP_IN_USE if run_first > expected else LedgerFlawCode.USE_OVERLAPS
            )
            yield LedgerFlaw(code, book_id, f"{min(run_first, expected):0{width}d}")
        expected = run_last + 1
    if expected - 1 > int(last):
        yield LedgerFlaw(LedgerFlawCode.USE_BEYOND_BOOK, book_id, last)
    through = int(used_through) if used_through is not None else int(first) - 1
    if expected - 1 != through:
        yield LedgerFlaw(LedgerFlawCode.USED_THROUGH_DIFFERS, book_id, used_through or first)


def _melted(runs: list[_BoundRun]) -> list[_BoundRun]:
    """Neighbouring runs of a volume as one; overlapping ones stay apart, so that they show."""
    melted: list[_BoundRun] = []
    for first, last, volume_id in runs:
        if melted and first == melted[-1][1] + 1 and volume_id == melted[-1][2]:
            melted[-1] = (melted[-1][0], last, volume_id)
        else:
            melted.append((first, last, volume_id))
    return melted


def _entries(
    tx: Transaction,
) -> tuple[dict[int, list[tuple[int, int]]], dict[int, list[_BoundRun]]]:
    """Every written run, and those of them that name a volume, in order, by book."""
    written: dict[int, list[tuple[int, int]]] = {}
    bound: dict[int, list[_BoundRun]] = {}
    query = select(UseEntry.book_id, UseEntry.first, UseEntry.last, UseEntry.volume_id)
    for book_id, first, last, volume_id in tx.session.execute(query.order_by(UseEntry.first_key)):
        run = (int(first), int(last))
        written.setdefault(book_id, []).append(run)
        if volume_id is not None:
            bound.setdefault(book_id, []).append((*run, volume_id))
    return written, bound


def _volume_runs(tx: Transaction) -> dict[int, list[_BoundRun]]:
    found: dict[int, list[_BoundRun]] = {}
    query = select(VolumeRun.book_id, VolumeRun.first, VolumeRun.last, VolumeRun.volume_id)
    for book_id, first, last, volume_id in tx.session.execute(query.order_by(VolumeRun.first_key)):
        found.setdefault(book_id, []).append((int(first), int(last), volume_id))
    return found


def _voids(tx: Transaction) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for book_id, number in tx.session.execute(select(VoidEntry.book_id, VoidEntry.number)):
        found.setdefault(book_id, []).append(number)
    return found
