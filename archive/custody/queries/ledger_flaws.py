"""What is wrong with one book of the ledger.

Its numbers are written in order from the first to ``used_through``, each once, and every number
is bound in just the volume the register names.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise


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


@dataclass(frozen=True, slots=True)
class Placed:
    """A run of numbers: written (and named to be in that volume, or in none), or bound in it."""

    code: str
    first: str
    last: str
    volume_id: int | None


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Numbers that are all written in the same lines and bound in the same runs.

    Attributes:
        written: the volumes named by the lines that write them, once for each line.
        bound: the volumes of the runs that hold them.
    """

    first: int
    last: int
    written: tuple[int | None, ...]
    bound: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class LedgerBook:
    """A book with its lines of the register and its runs bound in volumes."""

    id: int
    code: str
    first: str
    last: str
    used_through: str | None
    lines: Sequence[Placed]
    runs: Sequence[Placed]

    def flaws(self) -> Iterator[LedgerFlaw]:
        """Everything that is wrong with its use and its binding.

        What is wrong in the same way with numbers in a row is one flaw, at the first of them.
        """
        for row in self.lines:
            if not self._alike(row):
                yield LedgerFlaw(LedgerFlawCode.USE_BEYOND_BOOK, self.id, row.first)
        for row in self.runs:
            if not self._alike(row):
                yield LedgerFlaw(LedgerFlawCode.BOUND_DIFFERS, self.id, row.first)
        low, high = int(self.first), int(self.last)
        stretches = list(self._stretches())
        inside = [one for one in stretches if low <= one.first <= high]
        reached = max((one.last for one in inside if one.written), default=low - 1)

        yield from self._where(
            LedgerFlawCode.GAP_IN_USE, inside, lambda one: not one.written and one.first < reached
        )
        yield from self._where(
            LedgerFlawCode.USE_OVERLAPS, stretches, lambda one: len(one.written) > 1
        )
        yield from self._where(
            LedgerFlawCode.USE_BEYOND_BOOK,
            stretches,
            lambda one: bool(one.written) and not low <= one.first <= high,
        )
        yield from self._where(
            LedgerFlawCode.BOUND_DIFFERS, stretches, lambda one: _named(one.written) != one.bound
        )
        if self.used_through != (self._number(reached) if reached >= low else None):
            code = LedgerFlawCode.USED_THROUGH_DIFFERS
            yield LedgerFlaw(code, self.id, self.used_through or self.first)

    def _where(
        self, code: LedgerFlawCode, stretches: Iterable[_Stretch], wrong: Callable[[_Stretch], bool]
    ) -> Iterator[LedgerFlaw]:
        """A flaw wherever it begins to be wrong."""
        before = False
        for one in stretches:
            now = wrong(one)
            if now and not before:
                yield LedgerFlaw(code, self.id, self._number(one.first))
            before = now

    def _stretches(self) -> Iterator[_Stretch]:
        """The numbers in order, cut wherever something begins or ends."""
        lines, runs = self._spans(self.lines), self._spans(self.runs)
        ends = [(int(self.first), int(self.last)), *(span[:2] for span in lines + runs)]
        cuts = sorted({cut for first, last in ends for cut in (first, last + 1)})
        for first, following in pairwise(cuts):
            yield _Stretch(first, following - 1, _held(lines, first), _held(runs, first))

    def _spans(self, rows: Iterable[Placed]) -> list[tuple[int, int, int | None]]:
        return [(int(row.first), int(row.last), row.volume_id) for row in rows if self._alike(row)]

    def _alike(self, row: Placed) -> bool:
        """Whether the numbers are of the book's code and width."""
        return row.code == self.code and len(row.first) == len(row.last) == len(self.first)

    def _number(self, number: int) -> str:
        return f"{number:0{len(self.first)}d}"


def _held(spans: Iterable[tuple[int, int, int | None]], number: int) -> tuple[int | None, ...]:
    """The volumes of the spans the number lies in."""
    found = (volume for first, last, volume in spans if first <= number <= last)
    return tuple(sorted(found, key=lambda volume: volume or 0))


def _named(volumes: Iterable[int | None]) -> tuple[int | None, ...]:
    return tuple(volume for volume in volumes if volume is not None)
