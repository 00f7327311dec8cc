"""Small ledgers in order, ledgers that are spoilt, and what is wrong with them by plain reckoning."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import event
from hypothesis import strategies as st

from archive.custody.numbers import key_of
from archive.custody.queries.ledger_flaws import LedgerFlawCode as Code

IDS = (1, 2, 999, 1000, 5321)
"""Of books; some are counted together, some apart."""

SERIES = (
    ("012345678901", 8, 4_210_001),
    ("012345678901", 8, 99_999_940),  # not far from where the width ends
    ("0123456789", 6, 1),
    ("", 20, 24_000_000_000_000_000_001),
    ("", 20, 10**18 - 5),  # further than 64 bits reckon, and across the eighteenth digit
)
"""Code, width and first number."""


@dataclass
class Numbers:
    """Numbers of one code and width."""

    code: str
    first: int
    last: int
    width: int

    @property
    def key(self) -> str:
        return key_of(self.code, self.text(self.first))

    @property
    def last_key(self) -> str:
        return key_of(self.code, self.text(self.last))

    def text(self, number: int) -> str:
        return f"{number:0{self.width}d}"


@dataclass
class Row(Numbers):
    """A line of the register, or a bound run."""

    book_id: int
    volume_id: int | None


@dataclass
class Kept(Numbers):
    """A book."""

    id: int
    used_through: str | None


@dataclass
class Ledger:
    """All of it; voids as book, number and key."""

    books: list[Kept] = field(default_factory=list)
    lines: list[Row] = field(default_factory=list)
    runs: list[Row] = field(default_factory=list)
    voids: list[tuple[int, str, str]] = field(default_factory=list)


# ------------------------------------------------------------------ ledgers in order


@st.composite
def in_order(draw: st.DrawFn) -> Ledger:
    """Books one after the other, written line by line and bound as people do."""
    ledger = Ledger()
    following = {at: start for at, (_, _, start) in enumerate(SERIES)}
    for ident in draw(st.lists(st.sampled_from(IDS), min_size=1, max_size=4, unique=True)):
        at = draw(st.integers(0, len(SERIES) - 1))
        code, width, _ = SERIES[at]
        size, skipped = draw(st.integers(1, 12)), draw(st.integers(0, 2))
        first = following[at] + skipped
        following[at] = first + size
        book = Kept(code, first, first + size - 1, width, ident, None)
        ledger.books.append(book)
        _write(draw, ledger, book)
    return ledger


def _write(draw: st.DrawFn, ledger: Ledger, book: Kept) -> None:
    following, bound = book.first, None
    volumes = st.sampled_from([1, 1, 2, 3, None])
    for length in draw(st.lists(st.integers(1, 5), max_size=5)):
        last = min(following + length - 1, book.last)
        if last < following:
            break
        line = Row(book.code, following, last, book.width, book.id, draw(volumes))
        ledger.lines.append(line)
        if line.volume_id is None:
            bound = None
        elif bound is not None and bound.volume_id == line.volume_id and draw(st.booleans()):
            bound.last = last
        else:
            bound = replace(line)
            ledger.runs.append(bound)
        book.used_through = book.text(last)
        following = last + 1
    for number in range(book.first, following):
        if draw(st.integers(0, 6)) == 0:
            text = book.text(number)
            ledger.voids.append((book.id, text, key_of(book.code, text)))


# ------------------------------------------------------------------ and then spoilt


def spoil_row(draw: st.DrawFn, ledger: Ledger) -> str:
    rows = draw(st.sampled_from([ledger.lines, ledger.runs]))
    if not rows:
        return "nothing"
    row, by = draw(st.sampled_from(rows)), draw(st.integers(-4, 4))
    how = draw(
        st.sampled_from(["taken", "again", "begin", "end", "moved", "volume", "book", "code"])
    )
    match how:
        case "taken":
            rows.remove(row)
        case "again":
            rows.append(replace(row, first=row.first + 1 + abs(by), last=row.last + 1 + abs(by)))
        case "begin":
            row.first = min(row.first + by, row.last)
        case "end":
            row.last = max(row.first, row.last + by)
        case "moved":
            row.first, row.last = row.first + by, row.last + by
        case "volume":
            row.volume_id = draw(st.sampled_from([1, 2, 3, None if rows is ledger.lines else 1]))
        case "book":
            row.book_id = draw(st.sampled_from(ledger.books)).id
        case _:
            length = row.last - row.first
            row.code, row.width, row.first = draw(st.sampled_from(SERIES))
            row.last = row.first + length
    return f"row: {how}"


def spoil_book(draw: st.DrawFn, ledger: Ledger) -> str:
    book = draw(st.sampled_from(ledger.books))
    how = draw(st.sampled_from(["through", "width", "longer", "shorter", "earlier"]))
    match how:
        case "through":
            texts = [book.text(number) for number in range(book.first - 2, book.last + 3)]
            book.used_through = draw(st.sampled_from([None, *texts]))
        case "width":
            book.used_through = book.used_through and book.used_through[1:]
        case "longer":
            book.last += draw(st.integers(1, 9))
        case "shorter":
            book.last = max(book.first, book.last - draw(st.integers(1, 9)))
        case _:
            book.first -= draw(st.integers(1, 9))
    return f"book: {how}"


def spoil_void(draw: st.DrawFn, ledger: Ledger) -> str:
    book = draw(st.sampled_from(ledger.books))
    text = book.text(max(0, book.first + draw(st.integers(-2, book.last - book.first + 2))))
    code = draw(st.sampled_from([book.code, "999999999999"]))
    ledger.voids.append((book.id, text, key_of(code, text)))
    return "void added"


@st.composite
def spoilt(draw: st.DrawFn) -> Ledger:
    ledger = draw(in_order())
    for _ in range(draw(st.integers(0, 3))):
        event(draw(st.sampled_from([spoil_row, spoil_row, spoil_book, spoil_void]))(draw, ledger))
    return _keepable(ledger)


def _keepable(ledger: Ledger) -> Ledger:
    """Without what no table would take: a key twice, or a number wider than its width."""

    def kept(rows: list[Any], key: Callable[[Any], str]) -> list[Any]:
        return list({key(row): row for row in rows}.values())

    def fits(row: Row | Kept) -> bool:
        return row.first >= 0 and row.last < 10**row.width

    books = kept([book for book in ledger.books if fits(book)], lambda book: book.key)
    ids = {book.id for book in books}
    rows = [
        [row for row in rows if row.book_id in ids and fits(row)]
        for rows in (ledger.lines, ledger.runs)
    ]
    return Ledger(
        books=books,
        lines=kept(rows[0], lambda row: row.key),
        runs=kept(rows[1], lambda row: row.key),
        voids=kept([void for void in ledger.voids if void[0] in ids], lambda void: void[2]),
    )


# ------------------------------------------------------------------ what is wrong, number by number

Flaw = tuple[Code, int, str]


def reckoned(ledger: Ledger) -> list[Flaw]:
    """Every flaw, book by book and number by number."""
    found: list[Flaw] = []
    for book in ledger.books:
        lines = [row for row in ledger.lines if row.book_id == book.id]
        runs = [row for row in ledger.runs if row.book_id == book.id]
        found += _of_book(book, lines, runs)
        if any(other.key < book.key <= other.last_key for other in ledger.books):
            found.append((Code.BOOKS_OVERLAP, book.id, book.text(book.first)))
        for book_id, number, key in ledger.voids:
            if book_id == book.id and not _was_written(book, number, key):
                found.append((Code.VOID_NOT_WRITTEN, book.id, number))
    return sorted(found)


def _was_written(book: Kept, number: str, key: str) -> bool:
    own = {book.text(one) for one in range(book.first, book.last + 1)}
    known = number in own and key == key_of(book.code, number)
    return known and book.used_through is not None and number <= book.used_through


def _of_book(book: Kept, lines: list[Row], runs: list[Row]) -> Iterator[Flaw]:
    for rows, code in ((lines, Code.USE_BEYOND_BOOK), (runs, Code.BOUND_DIFFERS)):
        for row in rows:
            if (row.code, row.width) != (book.code, book.width):
                yield code, book.id, row.text(row.first)
    written, bound = _volumes_by_number(book, lines), _volumes_by_number(book, runs)
    own = range(book.first, book.last + 1)
    reached = max((number for number in own if written[number]), default=None)
    told = None if reached is None else book.text(reached)
    if told != book.used_through:
        yield Code.USED_THROUGH_DIFFERS, book.id, book.used_through or book.text(book.first)
    wrong = {
        Code.GAP_IN_USE: {n for n in own if reached and n < reached and not written[n]},
        Code.USE_OVERLAPS: {n for n, volumes in written.items() if len(volumes) > 1},
        Code.USE_BEYOND_BOOK: {n for n, volumes in written.items() if volumes and n not in own},
        Code.BOUND_DIFFERS: {
            n
            for n in written | bound
            if Counter(volume for volume in written[n] if volume) != Counter(bound[n])
        },
    }
    for code, numbers in wrong.items():
        for number in numbers:
            if number - 1 not in numbers:
                yield code, book.id, book.text(number)


def _volumes_by_number(book: Kept, rows: list[Row]) -> dict[int, list[int | None]]:
    found: dict[int, list[int | None]] = defaultdict(list)
    for row in rows:
        if (row.code, row.width) == (book.code, book.width):
            for number in range(row.first, row.last + 1):
                found[number].append(row.volume_id)
    return found
