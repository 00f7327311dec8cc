"""Searching: only what this person may see is found, counted, offered or shown.

The index is asked with what may be seen, and what it answers is loaded through
:func:`archive.holdings.queries.records.visible_records`, so it cannot say more than the rows do.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import select

from archive.access import Permission
from archive.finding.choices import chosen, labels
from archive.finding.explaining import Place, Segment, explain
from archive.finding.unindexed import Unindexed
from archive.holdings.file_plan import RecordKind
from archive.holdings.pair import Pair
from archive.holdings.queries.records import RecordLine, visible_records
from archive.holdings.record import Record
from archive.messages import Language
from archive.people.person import Station
from archive.retention.queries.due import Due, due_of
from archive.search import FACETS, Found, Wanted
from archive.search.asking import Asked, Clause, understood
from archive.search.folding import fold
from archive.search.sounds import spoken
from archive.transaction import Transaction

PER_PAGE = 20
MOST_SHOWN = 10_000
"""Nobody leafs further; the count and the facets still tell all."""

MOST_PENDING = 1000


@dataclass(frozen=True, slots=True)
class Look:
    """What is searched for, where in the results one is, and in which order."""

    typed: str
    facets: Mapping[str, str] = field(default_factory=dict)
    order: str = "relevance"
    limit: int = PER_PAGE
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Result:
    """A record that was found: why, where in it, and how long it is kept."""

    line: RecordLine
    title: tuple[Segment, ...]
    places: tuple[Place, ...]
    due: Due


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a facet: what it is called, and how many results have it."""

    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Results:
    """What a search came to.

    Attributes:
        catching_up: some records changed moments ago and are not in the index yet.
        meant: what might have been meant, where nothing was found.
    """

    asked: Asked
    total: int
    results: tuple[Result, ...]
    facets: Mapping[str, tuple[FacetValue, ...]]
    catching_up: bool
    meant: tuple[str, ...] = ()


def search(tx: Transaction, look: Look, language: Language = "zh") -> Results:
    """The records this person may know of that what was typed is in.

    Raises:
        IndexUnavailable: the index of words cannot be read.
    """
    tx.require(Permission.RECORD_READ)
    asked = understood(look.typed, tx.index.wording)
    if asked.says_nothing:
        return Results(asked, 0, (), {}, catching_up=False)
    pending = _pending(tx)
    if not tx.index.exists and pending:  # nothing was ever indexed
        return Results(asked, 0, (), {}, catching_up=True)
    wanted = _wanted(tx, asked, look, pending)
    found = tx.index.search(wanted)
    results = _results(tx, asked, found)
    stale = len(found.hits) - len(results)
    return Results(
        asked,
        found.total - stale,
        results,
        _facets(tx, found, look, language),
        catching_up=bool(pending) or stale > 0,
        meant=() if found.total else _meant(tx, asked, wanted, look.typed),
    )


def searched_ids(tx: Transaction, look: Look) -> list[int]:
    """Ids of everything found, in order, as far as lists go: for files."""
    tx.require(Permission.RECORD_READ)
    asked = understood(look.typed, tx.index.wording)
    if asked.says_nothing:
        return []
    whole = replace(look, limit=MOST_SHOWN, offset=0)
    wanted = replace(_wanted(tx, asked, whole, _pending(tx)), with_text=False)
    return [hit.id for hit in tx.index.search(wanted).hits]


def naming_stations(tx: Transaction) -> frozenset[int] | None:
    """Stations where this person may search names and customer numbers; None is everywhere.

    Who files records types them in, and who works with customers looks customers up by them.
    """
    files = tx.actor.stations(Permission.RECORD_FILE)
    works = tx.actor.stations(Permission.CUSTOMER_READ)
    return None if files is None or works is None else files | works


def _wanted(tx: Transaction, asked: Asked, look: Look, pending: Collection[int]) -> Wanted:
    facets = {facet: frozenset({value}) for facet, value in look.facets.items() if facet in FACETS}
    for facet, values in chosen(tx, asked.choices).items():
        facets[facet] = facets.get(facet, values) & values
    return Wanted(
        clauses=asked.clauses,
        stations=tx.actor.stations(Permission.RECORD_READ),
        naming=naming_stations(tx),
        facets=facets,
        years=asked.years,
        days=asked.days,
        without=frozenset(pending),
        order=look.order,
        limit=look.limit,
        offset=min(look.offset, MOST_SHOWN),
    )


def _pending(tx: Transaction) -> list[int]:
    """What the index may say wrongly just now."""
    return list(tx.session.scalars(select(Unindexed.record_id).limit(MOST_PENDING)))


def _results(tx: Transaction, asked: Asked, found: Found) -> tuple[Result, ...]:
    ids = [hit.id for hit in found.hits]
    lines = lines_of(tx, ids)
    hits = [hit for hit in found.hits if hit.id in lines]
    dues = due_of(tx, list(lines))
    told = explain(tx, asked.clauses, hits, lines, naming_stations(tx))
    return tuple(
        Result(lines[hit.id], told[hit.id].title, told[hit.id].places, dues[hit.id]) for hit in hits
    )


def lines_of(tx: Transaction, ids: Sequence[int]) -> dict[int, RecordLine]:
    """The lines of those of these records that this person may know of, by id."""
    query = (
        visible_records(tx)
        .add_columns(RecordKind, Pair, Station)
        .join(RecordKind, RecordKind.id == Record.kind_id)
        .join(Pair, Pair.record_id == Record.id)
        .join(Station, Station.id == Record.station_id)
        .where(Record.id.in_(ids))
    )
    return {row[0].id: RecordLine(*row) for row in tx.session.execute(query)}


def _facets(
    tx: Transaction, found: Found, look: Look, language: Language
) -> dict[str, tuple[FacetValue, ...]]:
    told = {}
    for facet in FACETS:
        counts = dict(found.facets.get(facet, {}))
        if facet in look.facets:
            counts.setdefault(look.facets[facet], 0)
        names = labels(tx, facet, counts, language)
        values = [
            FacetValue(value, names[value], count, look.facets.get(facet) == value)
            for value, count in counts.items()
        ]
        by_year = facet == "year"
        told[facet] = tuple(
            sorted(values, key=lambda one: (one.value if by_year else "", one.count), reverse=True)
        )
    return told


MOST_MEANT = 3


def _meant(tx: Transaction, asked: Asked, wanted: Wanted, typed: str) -> tuple[str, ...]:
    """What might have been typed instead, out of records one may see.

    Codes and numbers one slip away; phrases of titles that are spoken the same.
    """
    found: list[str] = []
    for clause in asked.clauses:
        for run in sorted(tx.index.wording.runs(clause.given)):
            if len(run) > 3:
                found += [_instead(typed, run, near) for near in tx.index.near(run, wanted)]
        if len(clause.words) > 1:
            alike = _spoken_alike(tx, clause, wanted)
            found += [_instead(typed, "".join(clause.words), other) for other in alike]
    return tuple(dict.fromkeys(filter(None, found)))[:MOST_MEANT]


def _instead(typed: str, part: str, other: str) -> str:
    """What was typed with another text for that part; nothing where the part is not in one piece."""
    at = fold(typed).find(part)
    return typed[:at] + other + typed[at + len(part) :] if at >= 0 else ""


def _spoken_alike(tx: Transaction, clause: Clause, wanted: Wanted) -> Iterator[str]:
    """Pieces of titles one may see that sound like the words of a clause."""
    sound = spoken(clause.words)
    alike = Clause(sound, field="title_spoken")
    found = tx.index.search(replace(wanted, clauses=(alike,), limit=MOST_MEANT, with_text=False))
    for line in lines_of(tx, [hit.id for hit in found.hits]).values():
        title = line.record.title
        placed = tx.index.wording.words_at(title)
        said = spoken(word for word, _, _ in placed)
        for at in range(len(said) - len(sound) + 1):
            if said[at : at + len(sound)] == sound:
                yield title[placed[at][1] : placed[at + len(sound) - 1][2]]
                break
