"""Reads about books: lists, stock by holder, which book holds a number, everything about one."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, case, cast, func, or_, select
from sqlalchemy.orm import aliased

from archive.access import Permission
from archive.custody.book import Book, BookState, Handover, HandoverState, UseEntry, VoidEntry
from archive.custody.kind import InvoiceKind
from archive.custody.numbers import NumberRun, key_of
from archive.custody.queries.waiting import narrowed
from archive.custody.volume import Volume, VolumeRun
from archive.people.person import Person, Station
from archive.transaction import NoSuchThing, Transaction

OPEN_STATES = tuple(state for state in BookState if state != BookState.ACCEPTED)
"""A book is somebody's charge until finance has accepted it."""

SUMMED = 5_000
"""A longer list is counted and not summed: nobody checks such a sum, and it takes its time."""

OPEN = "open"
"""Stands for all of them where a list is narrowed by state."""


@dataclass(frozen=True, slots=True)
class BookFilter:
    """What a list of books is narrowed to; an empty one asks for everything one may see."""

    station_id: int | None = None
    kind_id: int | None = None
    state: str = ""
    holder_id: int | None = None
    mine: bool = False


@dataclass(frozen=True, slots=True)
class BookRow:
    """One line of a list of books."""

    id: int
    code: str
    first: str
    last: str
    state: str
    station: str
    kind: str
    holder: str | None
    used_through: str | None
    issued_at: datetime
    sets: int
    blank: int
    offered_to: str | None = None


@dataclass(frozen=True, slots=True)
class BookTotals:
    """Sums over the whole list, not only over the page shown; None where it is too long."""

    books: int
    sets: int | None = None
    blank: int | None = None


@dataclass(frozen=True, slots=True)
class StockRow:
    """What one person at one station answers for, by kind; nobody holds what is on its way."""

    station_id: int
    holder_id: int | None
    holder: str | None
    kind: str
    books: Mapping[str, int]
    blank: int


@dataclass(frozen=True, slots=True)
class FoundNumber:
    """Where a number is: its book, who holds it, and what became of it."""

    number: str
    book: BookRow
    fate: str
    used_on: date | None = None
    void_reason: str = ""
    volume_id: int | None = None
    volume: str = ""


ORDERS: Mapping[str, tuple[Any, ...]] = {
    "number": (Book.first_key,),
    "-number": (Book.first_key.desc(),),
    "issued": (Book.id,),
    "-issued": (Book.id.desc(),),
}


def books(
    tx: Transaction, wanted: BookFilter, *, order: str = "number", offset: int = 0, limit: int = 50
) -> tuple[list[BookRow], BookTotals]:
    """A page of the books one may see, with the sums of all of them."""
    rows = page_of_books(tx, wanted, order=order, offset=offset, limit=limit)
    return rows, book_totals(tx, wanted)


def page_of_books(
    tx: Transaction, wanted: BookFilter, *, order: str, offset: int, limit: int
) -> list[BookRow]:
    """A page alone, for who has the sums already."""
    query = _rows().where(*_conditions(tx, wanted)).order_by(*ORDERS[order])
    return _with_offers(tx, query.offset(offset).limit(limit))


def book_totals(tx: Transaction, wanted: BookFilter) -> BookTotals:
    """The sums of all books one may see of those wanted."""
    return _totals(tx, _conditions(tx, wanted))


def stock(tx: Transaction, station_ids: Iterable[int]) -> list[StockRow]:
    """Who holds what at these stations, finance's accepted books aside."""
    rows = tx.session.execute(
        narrowed(
            tx,
            select(
                Book.station_id,
                Book.holder_id,
                Person.name.label("holder"),
                InvoiceKind.name.label("kind"),
                Book.state,
                func.count().label("books"),
                func.sum(_blank()).label("blank"),
            )
            .join(InvoiceKind, InvoiceKind.id == Book.kind_id)
            .outerjoin(Person, Person.id == Book.holder_id)
            .where(Book.station_id.in_(list(station_ids)), Book.state.in_(OPEN_STATES))
            .group_by(Book.station_id, Book.holder_id, Person.name, InvoiceKind.name, Book.state)
            .order_by(Book.station_id, Person.name, InvoiceKind.name),
            Book.station_id,
            Permission.BOOK_READ,
        )
    )
    found: dict[tuple[int, int | None, str], StockRow] = {}
    for row in rows:
        key = (row.station_id, row.holder_id, row.kind)
        known = found.get(key)
        found[key] = StockRow(
            row.station_id,
            row.holder_id,
            row.holder,
            row.kind,
            {**(known.books if known else {}), str(row.state): row.books},
            (known.blank if known else 0) + int(row.blank),
        )
    return list(found.values())


def find_number(tx: Transaction, number: str, code: str | None = None) -> list[FoundNumber]:
    """Every book one may see that holds the number; several when codes differ."""
    codes = _codes(tx) if code is None else [code]
    ids = [held for one in codes if (held := _holding(tx, one, number)) is not None]
    query = narrowed(
        tx,
        _rows().where(Book.id.in_(ids)).order_by(Book.id.desc()),
        Book.station_id,
        Permission.BOOK_READ,
    )
    return [_fate(tx, row, number) for row in _with_offers(tx, query)]


def _codes(tx: Transaction) -> list[str]:
    """The invoice codes there are, from one to the next by the index of keys."""
    found: list[str] = []
    key = tx.session.scalar(select(func.min(Book.first_key)))
    while key is not None:
        found.append(key.partition(":")[0])
        key = tx.session.scalar(
            select(func.min(Book.first_key)).where(Book.first_key > f"{found[-1]}:~")
        )
    return found


def _holding(tx: Transaction, code: str, number: str) -> int | None:
    """The book of that code with the number: runs never overlap, so it is the one below."""
    key = key_of(code, number)
    below = tx.session.execute(
        select(Book.id, Book.last_key)
        .where(Book.first_key <= key)
        .order_by(Book.first_key.desc())
        .limit(1)
    ).first()
    return below.id if below is not None and below.last_key >= key else None


def kinds(tx: Transaction) -> list[InvoiceKind]:
    """The kinds of invoice, by code."""
    return list(tx.session.scalars(select(InvoiceKind).order_by(InvoiceKind.code)))


def holders(tx: Transaction) -> list[tuple[int, str]]:
    """Everybody who answers for a book one may see now."""
    held = narrowed(
        tx,
        select(Book.holder_id).where(Book.state.in_(OPEN_STATES)).distinct(),
        Book.station_id,
        Permission.BOOK_READ,
    )
    rows = tx.session.execute(
        select(Person.id, Person.name).where(Person.id.in_(held)).order_by(Person.name)
    )
    return [(row.id, row.name) for row in rows]


def seen_book(tx: Transaction, book_id: int) -> Book:
    """The book, if one may know of it.

    Raises:
        NoSuchThing: there is none, or it is another station's.
    """
    book = tx.get(Book, book_id)
    if not tx.can(Permission.BOOK_READ, book.station_id):
        raise NoSuchThing(thing="book", key=str(book_id))
    return book


_TAIL = 18
"""As many digits, from the right, as either database reckons with."""


def number_of_sets(first: Any, last: Any) -> ColumnElement[int]:
    """How many numbers a run of one code and width holds, in SQL.

    A 20-digit number itself fits into no integer of either database.
    """
    around = 10**_TAIL
    sets: ColumnElement[int] = (_tail(last) - _tail(first) + around) % around + 1
    return sets


def _tail(number: Any) -> ColumnElement[int]:
    length = func.length(number)
    digits = case((length > _TAIL, func.substr(number, length - _TAIL + 1)), else_=number)
    return cast(digits, BigInteger)


def _sets() -> ColumnElement[int]:
    return number_of_sets(Book.first, Book.last)


def _blank() -> ColumnElement[int]:
    written = case(
        (Book.used_through.is_(None), 0), else_=number_of_sets(Book.first, Book.used_through)
    )
    return _sets() - written


def _rows() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Book.id,
            Book.code,
            Book.first,
            Book.last,
            Book.state,
            Station.name.label("station"),
            InvoiceKind.name.label("kind"),
            Person.name.label("holder"),
            Book.used_through,
            Book.issued_at,
            _sets().label("sets"),
            _blank().label("blank"),
        )
        .join(Station, Station.id == Book.station_id)
        .join(InvoiceKind, InvoiceKind.id == Book.kind_id)
        .outerjoin(Person, Person.id == Book.holder_id)
    )


def _conditions(tx: Transaction, wanted: BookFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    stations = tx.actor.stations(Permission.BOOK_READ)
    if stations is not None:
        conditions.append(_at(stations))
    if wanted.station_id is not None:
        conditions.append(Book.station_id == wanted.station_id)
    if wanted.kind_id is not None:
        conditions.append(Book.kind_id == wanted.kind_id)
    if wanted.state:
        asked = OPEN_STATES if wanted.state == OPEN else (wanted.state,)
        conditions.append(Book.state.in_(asked))
    if wanted.holder_id is not None:
        conditions.append(Book.holder_id == wanted.holder_id)
    if wanted.mine:
        coming = select(Handover.book_id).where(
            Handover.receiver_id == tx.actor.person_id, Handover.state == HandoverState.OFFERED
        )
        conditions.append(or_(Book.holder_id == tx.actor.person_id, Book.id.in_(coming)))
    return conditions


def _at(stations: Collection[int]) -> ColumnElement[bool]:
    """At one of these; of a single one SQLite knows better how few books it has."""
    if len(stations) == 1:
        return Book.station_id == next(iter(stations))
    return Book.station_id.in_(sorted(stations))


def _totals(tx: Transaction, conditions: Sequence[ColumnElement[bool]]) -> BookTotals:
    count = tx.session.scalar(select(func.count()).select_from(Book).where(*conditions)) or 0
    if count > SUMMED:
        return BookTotals(count)
    row = tx.session.execute(
        select(
            func.coalesce(func.sum(_sets()), 0).label("sets"),
            func.coalesce(func.sum(_blank()), 0).label("blank"),
        ).where(*conditions)
    ).one()
    return BookTotals(count, int(row.sets), int(row.blank))


def _with_offers(tx: Transaction, query: Select[*tuple[Any, ...]]) -> list[BookRow]:
    rows = tx.session.execute(query).mappings().all()
    receiver = aliased(Person)
    offered = {
        row.book_id: row.name
        for row in tx.session.execute(
            select(Handover.book_id, receiver.name)
            .join(receiver, receiver.id == Handover.receiver_id)
            .where(
                Handover.book_id.in_([row["id"] for row in rows]),
                Handover.state == HandoverState.OFFERED,
            )
        )
    }
    return [BookRow(**row, offered_to=offered.get(row["id"])) for row in rows]


def _fate(tx: Transaction, book: BookRow, number: str) -> FoundNumber:
    key = key_of(book.code, number)
    session = tx.session
    entry = session.scalars(
        select(UseEntry).where(
            UseEntry.book_id == book.id, UseEntry.first_key <= key, UseEntry.last_key >= key
        )
    ).first()
    if entry is None:
        return FoundNumber(number, book, "blank")
    void = session.scalars(select(VoidEntry).where(VoidEntry.number_key == key)).first()
    bound = session.execute(
        select(Volume.id, Volume.code)
        .join(VolumeRun, VolumeRun.volume_id == Volume.id)
        .where(VolumeRun.book_id == book.id, VolumeRun.first_key <= key, VolumeRun.last_key >= key)
    ).first()
    return FoundNumber(
        number,
        book,
        "void" if void else "used",
        entry.used_on,
        void.reason if void else "",
        bound.id if bound else None,
        bound.code if bound else "",
    )


def without(runs: Iterable[NumberRun], numbers: Iterable[str]) -> list[NumberRun]:
    """The runs with single numbers taken out of them."""
    left = list(runs)
    for number in sorted(set(numbers)):
        cut: list[NumberRun] = []
        for run in left:
            cut += _split_at(run, number) if number in run else [run]
        left = cut
    return left


def _split_at(run: NumberRun, number: str) -> list[NumberRun]:
    width = len(number)
    parts = []
    if number > run.first:
        parts.append(NumberRun(run.code, run.first, f"{int(number) - 1:0{width}d}"))
    if number < run.last:
        parts.append(NumberRun(run.code, f"{int(number) + 1:0{width}d}", run.last))
    return parts
