"""Why a record was found: in which field or on which page, with the words marked."""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy import func, select, tuple_

from archive.filing.delivery import DeliveredPage
from archive.finding.units import page_text
from archive.holdings.copy import ElectronicCopy
from archive.holdings.queries.records import RecordLine
from archive.search import Hit
from archive.search.asking import Clause
from archive.search.folding import Wording, masked_numbers
from archive.transaction import Transaction

AROUND = 28
"""So many characters are shown before and after the words."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of text; marked where it is what was looked for."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where the words stand: a field, and for ``text`` the page (from 1), with what is around."""

    field: str
    page: int = 0
    snippet: tuple[Segment, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """The title with the words marked, and every place that made it a hit."""

    title: tuple[Segment, ...]
    places: tuple[Place, ...]


def explain(
    tx: Transaction,
    clauses: Sequence[Clause],
    hits: Sequence[Hit],
    lines: Mapping[int, RecordLine],
    naming: Collection[int] | None,
) -> dict[int, Explanation]:
    """Why each of these was found, by id."""
    looked_for = [clause for clause in clauses if not clause.negated]
    wording = tx.index.wording
    on_pages = {hit.id: _pages_of(hit, looked_for) for hit in hits}
    texts = _texts(tx, {(one, page) for one, pages in on_pages.items() for page in pages})
    told = {}
    for hit in hits:
        line = lines[hit.id]
        may_name = naming is None or line.record.station_id in naming
        places = [*_fields(line, looked_for, wording, may_name=may_name)]
        places += [
            Place("text", page, _snippet(texts.get((hit.id, page), ""), looked_for, wording))
            for page in on_pages[hit.id]
        ]
        if not places:  # what else there is to be found by
            places = [Place("code" if any(clause.pattern for clause in looked_for) else "names")]
        title = tuple(_marked(line.record.title, looked_for, wording))
        told[hit.id] = Explanation(title, tuple(places) if looked_for else ())
    return told


def _fields(
    line: RecordLine, clauses: Sequence[Clause], wording: Wording, *, may_name: bool
) -> Iterator[Place]:
    """Fields of the description that the words stand in; a name is told, never shown."""
    record = line.record
    said = {
        "title": record.title,
        "code": record.code,
        "old": record.old_code,
        "number": record.document_number,
        "remark": record.remark,
    }
    if may_name:
        said |= {"customer": record.customer_number}
    for name, text in said.items():
        joined = _joined(wording.words(text)) if text else ""
        if any(_joined(clause.words) in joined for clause in clauses if _may_stand(clause, name)):
            snippet = (
                () if name in {"title", "customer"} else tuple(_marked(text, clauses, wording))
            )
            yield Place(name, 0, snippet)


def _may_stand(clause: Clause, field: str) -> bool:
    return bool(clause.words) and clause.field in {"", field}


def _pages_of(hit: Hit, clauses: Sequence[Clause]) -> list[int]:
    """The page on which each clause first stands, ascending."""
    if not hit.text:
        return []
    text = _joined([hit.text])
    pages = set()
    for clause in clauses:
        first = next(_starts(text, clause.words), None) if _may_stand(clause, "text") else None
        if first is not None:
            pages.add(bisect_right(hit.page_starts, first))
    return sorted(page for page in pages if page)


def _texts(tx: Transaction, places: Collection[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """The text of these pages of the copies that count, by record and page."""
    if not places:
        return {}
    newest = (
        select(ElectronicCopy.record_id, func.max(ElectronicCopy.number))
        .where(ElectronicCopy.record_id.in_({one for one, _ in places}))
        .group_by(ElectronicCopy.record_id)
    )
    query = (
        select(ElectronicCopy.record_id, DeliveredPage.copy_position, DeliveredPage.lines)
        .join(DeliveredPage, DeliveredPage.copy_id == ElectronicCopy.id)
        .where(
            tuple_(ElectronicCopy.record_id, ElectronicCopy.number).in_(newest),
            DeliveredPage.copy_position.in_({page for _, page in places}),
        )
    )
    return {(one, page): page_text(lines) for one, page, lines in tx.session.execute(query)}


def _snippet(text: str, clauses: Sequence[Clause], wording: Wording) -> tuple[Segment, ...]:
    """The words with what stands around the first of them; numbers of people are starred."""
    spans = _spans(text, clauses, wording)
    if not spans:
        return ()
    start = max(0, spans[0][0] - AROUND)
    end = min(len(text), max(spans[0][1] + AROUND, start + 3 * AROUND))
    shown = masked_numbers(text)[start:end].replace("\n", " ")
    inside = [(first - start, last - start) for first, last in spans if last <= end]
    pieces = tuple(_cut(shown, inside))
    before, after = "…" if start else "", "…" if end < len(text) else ""
    return (*([Segment(before)] if before else []), *pieces, *([Segment(after)] if after else []))


def _marked(text: str, clauses: Sequence[Clause], wording: Wording) -> Iterator[Segment]:
    return _cut(text, _spans(text, clauses, wording))


def _cut(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[Segment]:
    """The text in pieces, marked between the ends of each span."""
    ends = sorted({0, len(text), *(end for span in spans for end in span)})
    for start, end in pairwise(ends):
        marked = any(first <= start and end <= last for first, last in spans)
        yield Segment(text[start:end], marked)


def _spans(text: str, clauses: Sequence[Clause], wording: Wording) -> list[tuple[int, int]]:
    """Where in a text the phrases stand; of one that goes on on the next page, its beginning."""
    placed = wording.words_at(text)
    joined = _joined(word for word, _, _ in placed)
    spans = []
    for clause in clauses:
        starts = list(_starts(joined, clause.words))
        last = len(clause.words) - 1
        spans += [(placed[at][1], placed[at + last][2]) for at in starts]
        if clause.words and not starts:
            spans += _cut_off(placed, list(clause.words))
    return sorted(set(spans))


def _cut_off(placed: Sequence[tuple[str, int, int]], phrase: list[str]) -> list[tuple[int, int]]:
    """The beginning of the phrase at the end of the text, where the next page goes on with it."""
    for length in range(min(len(phrase) - 1, len(placed)), 0, -1):
        tail = placed[-length:]
        if [word for word, _, _ in tail] == phrase[:length]:
            return [(tail[0][1], tail[-1][2])]
    return []


def _joined(words: Iterable[str]) -> str:
    return f" {' '.join(words)} "


def _starts(joined: str, phrase: Sequence[str]) -> Iterator[int]:
    """At which words of a joined text a phrase begins."""
    wanted = _joined(phrase)
    at = joined.find(wanted) if phrase else -1
    words = counted = 0
    while at >= 0:
        words += joined.count(" ", counted, at)
        counted = at
        yield words
        at = joined.find(wanted, at + 1)
