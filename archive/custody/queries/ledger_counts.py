"""What the database counts of the ledger, and what follows from the figures.

Numbers that do not overlap can only be as many as the place that holds them if they fill it. So
the ledger is proven right, and none of its rows need be looked at, where

* no two lines of the register share a number, and no two bound runs;
* every run lies in the written part of its book, and every line in a run of the volume it names
  or, if it names none, in the written part of its book;
* the lines that name a volume are as many numbers as the runs, and the runs and the other lines
  as many as the written parts.

The figures can be had for the whole ledger, or for each *lot* of a thousand books, which takes
longer and says where they do not agree.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Label,
    Row,
    RowMapping,
    Select,
    and_,
    case,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from archive.custody.book import Book, UseEntry, VoidEntry
from archive.custody.queries.books import number_of_sets
from archive.custody.volume import VolumeRun
from archive.transaction import Transaction

LOT = 1000

Told = Row[*tuple[Any, ...]]
"""The key a book begins with, its id, and a number."""

_Selected = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Figures:
    """How much there is of what.

    Attributes:
        begun: books some numbers of which are written, by ``used_through``;
        in_order: those of them where that is one of their numbers;
        written: how many numbers that makes.
        runs_placed: runs in the written part of their book, and their numbers.
        lines_bound: lines in a run of the volume they name, and their numbers.
        lines_loose: lines that name no volume, in the written part of their book.
    """

    books: int = 0
    numbers: int = 0
    begun: int = 0
    in_order: int = 0
    written: int = 0
    runs: int = 0
    runs_placed: int = 0
    run_numbers: int = 0
    lines: int = 0
    lines_bound: int = 0
    bound_numbers: int = 0
    lines_loose: int = 0
    loose_numbers: int = 0

    @property
    def agree(self) -> bool:
        """Whether they prove the lot right, as long as no rows of it share numbers."""
        return (
            self.begun == self.in_order
            and self.runs == self.runs_placed
            and self.lines == self.lines_bound + self.lines_loose
            and self.run_numbers == self.bound_numbers
            and self.written == self.run_numbers + self.loose_numbers
        )


def counted(tx: Transaction) -> Figures:
    """The figures of the whole ledger."""
    told: dict[str, int] = {}
    for statement in _COUNTS:
        told |= _as_integers(tx.session.execute(statement).mappings().one())
    return Figures(**told)


def counted_by_lot(tx: Transaction) -> dict[int, Figures]:
    """The figures of every lot there is."""
    lots: dict[int, dict[str, int]] = defaultdict(dict)
    for statement in _COUNTS_BY_LOT:
        for row in tx.session.execute(statement).mappings():
            told = _as_integers(row)
            lots[told.pop("lot")] |= told
    return {lot: Figures(**told) for lot, told in lots.items()}


def _as_integers(row: RowMapping) -> dict[str, int]:
    return {str(name): int(figure) for name, figure in row.items()}


def lots_sharing_numbers(tx: Transaction) -> set[int]:
    """The lots in which two lines, or two runs, share a number."""
    return {book_id // LOT for kind in (UseEntry, VolumeRun) for book_id in _sharing(tx, kind)}


def overlapping_books(tx: Transaction) -> Sequence[Told]:
    """Key, id and first number of every book that begins before an earlier one ends."""
    if not _sharing(tx, Book):
        return []
    return tx.session.execute(_OVERLAPPING).all()


def voids_not_written(tx: Transaction) -> Sequence[Told]:
    """Key and id of the book, and the number, of every void that was never written in it."""
    return tx.session.execute(_VOIDS_NOT_WRITTEN).all()


def _sharing(tx: Transaction, kind: type[Book] | type[UseEntry] | type[VolumeRun]) -> list[int]:
    """The books of all rows of the kind that another row begins in.

    The next key is looked up in the index, or read off all keys in order: each family of
    databases is three times slower in the other's way.
    """
    looked_up, read_off = _SHARING[kind]
    sqlite = tx.session.get_bind().dialect.name == "sqlite"
    return list(tx.session.scalars(looked_up if sqlite else read_off))


# ------------------------------------------------------------------ the words of the statements


def _total(size: ColumnElement[int], name: str) -> Label[int]:
    return func.coalesce(func.sum(size), 0).label(name)


def _times(condition: ColumnElement[bool], name: str) -> Label[int]:
    return func.count(case((condition, 1))).label(name)


_IN_ORDER = and_(
    func.length(Book.used_through) == func.length(Book.first),
    Book.used_through >= Book.first,
    Book.used_through <= Book.last,
)


def _placed(kind: type[UseEntry] | type[VolumeRun]) -> ColumnElement[bool]:
    """In the written part of its book.

    A key between two of one code and width is of the same, so that numbers compare as texts.
    """
    return and_(
        kind.first_key >= Book.first_key,
        kind.last_key <= Book.last_key,
        kind.last <= Book.used_through,
    )


_BOUND = and_(
    UseEntry.book_id == VolumeRun.book_id,
    UseEntry.volume_id == VolumeRun.volume_id,
    UseEntry.first_key >= VolumeRun.first_key,
    UseEntry.first_key <= VolumeRun.last_key,  # follows from the next; it ends the search
    UseEntry.last_key <= VolumeRun.last_key,
)
_LINE = number_of_sets(UseEntry.first, UseEntry.last)

_COUNTS = (
    select(
        func.count().label("books"),
        _total(number_of_sets(Book.first, Book.last), "numbers"),
        func.count(Book.used_through).label("begun"),
        _times(_IN_ORDER, "in_order"),
        _total(case((_IN_ORDER, number_of_sets(Book.first, Book.used_through))), "written"),
    ).select_from(Book),
    select(
        func.count().label("runs"),
        _times(_placed(VolumeRun), "runs_placed"),
        _total(
            case((_placed(VolumeRun), number_of_sets(VolumeRun.first, VolumeRun.last))),
            "run_numbers",
        ),
    )
    .select_from(VolumeRun)
    .join(Book, Book.id == VolumeRun.book_id),
    select(func.count().label("lines")).select_from(UseEntry),
    select(func.count().label("lines_bound"), _total(_LINE, "bound_numbers"))
    .select_from(VolumeRun)
    .join(UseEntry, _BOUND),
    select(func.count().label("lines_loose"), _total(_LINE, "loose_numbers"))
    .select_from(UseEntry)
    .join(Book, and_(Book.id == UseEntry.book_id, _placed(UseEntry)))
    .where(UseEntry.volume_id.is_(None)),
)


def _by_lot(counts: _Selected, book_id: InstrumentedAttribute[int]) -> _Selected:
    lot = book_id // literal_column(str(LOT), Integer)
    return counts.add_columns(lot.label("lot")).group_by(lot)


_COUNTS_BY_LOT = tuple(
    _by_lot(counts, book_id)
    for counts, book_id in zip(
        _COUNTS,
        (Book.id, VolumeRun.book_id, UseEntry.book_id, VolumeRun.book_id, UseEntry.book_id),
        strict=True,
    )
)


def _beginning_in_another(
    kind: type[Book] | type[UseEntry] | type[VolumeRun], book_id: InstrumentedAttribute[int]
) -> tuple[_Selected, _Selected]:
    other = aliased(kind)
    in_it = and_(other.first_key > kind.first_key, other.first_key <= kind.last_key)
    following = func.lead(kind.first_key).over(order_by=kind.first_key).label("following")
    rows = select(book_id.label("book_id"), kind.last_key, following).subquery()
    return (
        select(book_id).where(select(other.id).where(in_it).exists()),
        select(rows.c.book_id).where(rows.c.following <= rows.c.last_key),
    )


_SHARING = {
    Book: _beginning_in_another(Book, Book.id),
    UseEntry: _beginning_in_another(UseEntry, UseEntry.book_id),
    VolumeRun: _beginning_in_another(VolumeRun, VolumeRun.book_id),
}

_REACHED = func.max(Book.last_key).over(order_by=Book.first_key, rows=(None, -1)).label("reached")
_IN_A_ROW = select(Book.first_key, Book.id, Book.first, _REACHED).subquery()
_OVERLAPPING = select(_IN_A_ROW.c.first_key, _IN_A_ROW.c.id, _IN_A_ROW.c.first).where(
    _IN_A_ROW.c.first_key <= _IN_A_ROW.c.reached
)
_PREFIX = func.substr(Book.first_key, 1, func.length(Book.first_key) - func.length(Book.first))
_VOIDS_NOT_WRITTEN = (
    select(Book.first_key, Book.id, VoidEntry.number)
    .join(VoidEntry, VoidEntry.book_id == Book.id)
    .where(
        or_(
            Book.used_through.is_(None),
            VoidEntry.number_key != _PREFIX.concat(VoidEntry.number),
            VoidEntry.number_key < Book.first_key,
            VoidEntry.number_key > Book.last_key,
            VoidEntry.number > Book.used_through,
        )
    )
    .order_by(VoidEntry.number_key)
)
