"""Finding by words: what an index promises, whichever engine is behind it.

An index is a disposable copy. It is made from rows at any time, holds nothing that is in no row,
and what it answers with are numbers of records: who may see them is asked of the database again.

``archive.search.folding`` says which writings are the same, ``archive.search.asking`` reads what
somebody typed, ``archive.search.index`` keeps the copy on disk and swaps it for a new one;
``archive.search.tantivy_index`` and ``archive.search.whoosh_index`` are the engines.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from archive.errors import Unavailable
from archive.search.asking import Clause

FACETS = ("kind", "year", "station", "period", "pair", "place")
"""What results are counted and narrowed by, as the page shows them."""


class IndexUnavailable(Unavailable):
    """The index of words cannot be read; it can be made again from the rows."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One record as an index holds it; every list of words is in its folded form.

    Attributes:
        words: by field: ``title``, ``code``, ``old``, ``number``, ``remark``, ``text``, and what not every
            reader is told: ``customer``, ``names``. ``title_spoken`` is how the title sounds.
        runs: letters and digits as they are written, for wildcards; and whole codes. None of a person.
        sounds: how the names sound: whole and by initials.
        facets: by facet, the one value it has.
        day: the day it was formed, as 20260331.
        named_to_all: whether its names are told to every reader.
        page_starts: for every page, how many words of ``text`` stand before it.
        stamp: a digest of all that; where it differs from the rows', the index has drifted.
    """

    id: int
    words: Mapping[str, tuple[str, ...]]
    runs: frozenset[str]
    code: str
    customer: str
    sounds: frozenset[str]
    facets: Mapping[str, str]
    day: int
    named_to_all: bool
    page_starts: tuple[int, ...]
    stamp: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for, and what whoever looks may see.

    Attributes:
        stations: whose records may be seen; None stands for every station.
        naming: of those, where names and customer numbers may be searched too.
        without: what the rows say differently by now; it is left out.
        years, days: first and last, both included.
        with_text: hits bring their text; a long list of them does without.
    """

    clauses: tuple[Clause, ...] = ()
    stations: frozenset[int] | None = None
    naming: frozenset[int] | None = None
    facets: Mapping[str, frozenset[str]] = field(default_factory=dict)
    years: tuple[int, int] | None = None
    days: tuple[int, int] | None = None
    without: frozenset[int] = frozenset()
    order: str = "relevance"
    limit: int = 20
    offset: int = 0
    with_text: bool = True

    @property
    def titled(self) -> tuple[Clause, ...]:
        """What a title can say of it: the records whose title says all of that are most relevant.

        Among them, and among the others, the newest come first: how often a word stands in a
        volume tells nobody anything.
        """
        if self.order != "relevance":
            return ()
        return tuple(
            clause
            for clause in self.clauses
            if clause.words and not clause.negated and clause.field in {"", "title"}
        )


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that was found, with its text for showing the place."""

    id: int
    text: str
    page_starts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The hits asked for, how many there are, and how they spread over the facets."""

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, Mapping[str, int]]


class Engine(Protocol):
    """Keeps units in a folder and finds them again."""

    name: str
    shape: int
    """Goes up when what it keeps of a unit changes; the index is then made anew."""

    def create(self, folder: Path) -> None:
        """Make an empty index there."""

    def write(self, folder: Path, units: Iterable[Unit], gone: Iterable[int]) -> int:
        """Put units in place of what had their ids, take others out; all or nothing.

        Returns how many units were written.
        """

    def search(self, folder: Path, wanted: Wanted) -> Found:
        """What there is of what is wanted."""

    def stamps(self, folder: Path) -> Iterator[tuple[int, int]]:
        """The id and stamp of every unit it holds."""

    def near(self, folder: Path, run: str, wanted: Wanted) -> list[str]:
        """Runs one slip away from that one, in what may be seen."""


BREAK = "\u23ce"
"""A word no text contains: between fields, so that no phrase runs from one into the next."""

ORDERS = ("relevance", "-day", "day", "code", "-code")
