"""The whole ledger checked: every number of every book in exactly one place.

Ten million numbers are a few hundred thousand rows. The database counts them, and the
figures prove it right (``ledger_counts``); only where they do not agree are rows fetched and the
books looked at one by one (``ledger_flaws``).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute

from archive.access import Permission
from archive.custody.book import Book, UseEntry
from archive.custody.queries.ledger_counts import (
    LOT,
    Figures,
    Told,
    counted,
    counted_by_lot,
    lots_sharing_numbers,
    overlapping_books,
    voids_not_written,
)
from archive.custody.queries.ledger_flaws import LedgerBook, LedgerFlaw, LedgerFlawCode, Placed
from archive.custody.volume import VolumeRun
from archive.transaction import Transaction


@dataclass(frozen=True, slots=True)
class LedgerCheck:
    """Outcome: how much was looked at, and every flaw in the order of the books."""

    books: int
    numbers: int
    flaws: tuple[LedgerFlaw, ...]


def check_ledger(tx: Transaction) -> LedgerCheck:
    """Check every book of every station."""
    tx.require(Permission.TRAIL_READ)
    whole = counted(tx)
    found = list(_told(overlapping_books(tx), LedgerFlawCode.BOOKS_OVERLAP))
    for lot in _in_doubt(tx, whole):
        found += _looked_at(tx, lot)
    found += _told(voids_not_written(tx), LedgerFlawCode.VOID_NOT_WRITTEN)
    found.sort(key=lambda one: one[0])
    return LedgerCheck(whole.books, whole.numbers, tuple(flaw for _, flaw in found))


def _in_doubt(tx: Transaction, whole: Figures) -> set[int]:
    """The lots of books that the figures do not prove right."""
    doubtful = lots_sharing_numbers(tx)
    if not whole.agree:
        doubtful |= {lot for lot, figures in counted_by_lot(tx).items() if not figures.agree}
    return doubtful


def _told(rows: Iterable[Told], code: LedgerFlawCode) -> Iterator[tuple[str, LedgerFlaw]]:
    for key, book_id, number in rows:
        yield key, LedgerFlaw(code, book_id, number)


def _looked_at(tx: Transaction, lot: int) -> Iterator[tuple[str, LedgerFlaw]]:
    """What is wrong with each book of a lot, with the key the book begins with."""
    lines, runs = _placed(tx, UseEntry, lot), _placed(tx, VolumeRun, lot)
    for book in tx.session.scalars(select(Book).where(_in_lot(Book.id, lot))):
        kept = LedgerBook(
            book.id,
            book.code,
            book.first,
            book.last,
            book.used_through,
            lines.get(book.id, ()),
            runs.get(book.id, ()),
        )
        for flaw in kept.flaws():
            yield book.first_key, flaw


def _placed(
    tx: Transaction, kind: type[UseEntry] | type[VolumeRun], lot: int
) -> dict[int, list[Placed]]:
    """The lines or runs of a lot by book, in order."""
    found: dict[int, list[Placed]] = defaultdict(list)
    query = select(kind.book_id, kind.code, kind.first, kind.last, kind.volume_id)
    rows = tx.session.execute(query.where(_in_lot(kind.book_id, lot)).order_by(kind.first_key))
    for book_id, code, first, last, volume_id in rows:
        found[book_id].append(Placed(code, first, last, volume_id))
    return found


def _in_lot(book_id: InstrumentedAttribute[int], lot: int) -> ColumnElement[bool]:
    return book_id.between(lot * LOT, lot * LOT + LOT - 1)
