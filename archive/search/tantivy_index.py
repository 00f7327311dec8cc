"""Tantivy, fed words and pairs of words with true positions: exact from one character up.

A word alone is looked up among the words, two among the pairs, and a longer phrase is pairs at
their distances: far fewer and far rarer positions than those of single characters.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from itertools import chain
from operator import add
from pathlib import Path
from typing import Any

import tantivy  # noqa: TID251 - this is the module that may

from archive.search import BREAK, FACETS, Found, Hit, IndexUnavailable, Unit, Wanted
from archive.search.asking import Clause
from archive.search.slips import one_slip

_O = tantivy.Occur
_HEAP = 64_000_000
_ALONE = ("title", "title_spoken", "number", "names", "text")
"""Fields with positions of their own; ``meta`` holds the others one after another."""
_META = ("title", "code", "old", "number", "remark")
_FIELDS = {"code": "code_words"}
_SORTED = {"day": "newness", "code": "code", "relevance": "newness"}
_PHRASED = ("meta", *_ALONE, "code_words", "customer_words")
_IDS = 10**10
"""The newest first, and of one day the last filed: ``newness`` is the day, then the id."""
_MOST_VALUES = 500
_COUNTING = ThreadPoolExecutor(4, "facets")
"""Counting takes as long as finding, and the engine lets both go on at once."""


@lru_cache(maxsize=1)
def _schema() -> tantivy.Schema:
    made = tantivy.SchemaBuilder()
    made.add_unsigned_field("id", stored=True, indexed=True, fast=True)
    made.add_unsigned_field("stamp", fast=True)
    made.add_unsigned_field("newness", fast=True)
    made.add_unsigned_field("day", indexed=True, fast=True)
    made.add_unsigned_field("years", indexed=True, fast=True)
    made.add_text_field("named", tokenizer_name="raw", index_option="basic")
    for name in _PHRASED:
        made.add_text_field(
            name, stored=name == "text", tokenizer_name="whitespace", index_option="basic"
        )
        made.add_text_field(_pairs(name), tokenizer_name="whitespace")
    for name in ("runs", "sounds", "customer"):
        made.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in ("code", *FACETS):
        made.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    made.add_json_field("pages", stored=True)
    return made.build()


class Tantivy:
    """Keeps units in Tantivy."""

    name = "tantivy"
    shape = 2

    def create(self, folder: Path) -> None:
        """An empty index."""
        folder.mkdir(parents=True, exist_ok=True)
        tantivy.Index(_schema(), path=str(folder))

    def write(self, folder: Path, units: Iterable[Unit], gone: Iterable[int]) -> int:
        """Units in place of what had their ids; one commit."""
        index = tantivy.Index(_schema(), path=str(folder))
        writer = index.writer(_HEAP, 1)
        written = 0
        try:
            ids = sorted(gone)
            if ids:
                writer.delete_documents_by_query(_of("id", ids))
            for unit in units:
                writer.add_document(_document(unit))
                written += 1
        except BaseException:
            writer.rollback()
            raise
        writer.commit()
        writer.wait_merging_threads()
        return written

    def search(self, folder: Path, wanted: Wanted) -> Found:
        """Hits in the order wanted, with the counts of all of them."""
        searcher = _searcher(folder)
        query = _query(wanted)
        counting = _COUNTING.submit(_counted, searcher, query)
        addresses = _addresses(searcher, query, wanted) if wanted.limit else []
        if wanted.with_text:
            hits = tuple(_hit(searcher.doc(address)) for address in addresses)
        else:
            ids = searcher.fast_field_values("id", addresses)
            hits = tuple(Hit(int(one or 0), "", ()) for one in ids)
        total, facets = counting.result()
        return Found(total, hits, facets)

    def stamps(self, folder: Path) -> Iterator[tuple[int, int]]:
        """Ids and stamps, all of them."""
        searcher = _searcher(folder)
        found = searcher.search(tantivy.Query.all_query(), limit=max(1, searcher.num_docs))
        addresses = [address for _, address in found.hits]
        ids = searcher.fast_field_values("id", addresses)
        stamps = searcher.fast_field_values("stamp", addresses)
        yield from (
            (int(one or 0), int(stamp or 0)) for one, stamp in zip(ids, stamps, strict=True)
        )

    def near(self, folder: Path, run: str, wanted: Wanted) -> list[str]:
        """Runs one slip away, of records that may be seen."""
        searcher, visible = _searcher(folder), _visible(wanted)
        near = []
        for length in range(min(len(run), 4), 1, -1):
            for term, _ in searcher.terms_with_prefix("runs", run[:length], visible, limit=200):
                if term != run and term not in near and one_slip(term, run):
                    near.append(term)
            if near:
                break
        return near[:3]


@lru_cache(maxsize=1)  # what was opened before must not keep the words of its files
def _opened(folder: str) -> tantivy.Index:
    index = tantivy.Index.open(folder)
    index.config_reader("manual")
    return index


def _searcher(folder: Path) -> tantivy.Searcher:
    try:
        index = _opened(str(folder))
        index.reload()
    except ValueError as broken:
        raise IndexUnavailable from broken
    return index.searcher()


def _addresses(
    searcher: tantivy.Searcher, query: tantivy.Query, wanted: Wanted
) -> list[tantivy.DocAddress]:
    """Where the hits wanted are, in order: those whose title says it, then the others."""
    titles = [_phrase("title", clause.words) for clause in wanted.titled]
    if not titles:
        return _top(searcher, query, wanted, wanted.offset, wanted.limit)[0]
    titled = tantivy.Query.boolean_query([(_O.Must, query), *((_O.Must, one) for one in titles)])
    first, count = _top(searcher, titled, wanted, wanted.offset, wanted.limit)
    lacking = wanted.limit - len(first)
    if not lacking:
        return first
    all_titles = tantivy.Query.boolean_query([(_O.Must, one) for one in titles])
    others = tantivy.Query.boolean_query([(_O.Must, query), (_O.MustNot, all_titles)])
    return first + _top(searcher, others, wanted, max(0, wanted.offset - count), lacking)[0]


def _top(
    searcher: tantivy.Searcher, query: tantivy.Query, wanted: Wanted, offset: int, limit: int
) -> tuple[list[tantivy.DocAddress], int]:
    """So many in the order wanted from that one on, and how many there are."""
    falling = wanted.order == "relevance" or wanted.order.startswith("-")
    found = searcher.search(
        query,
        limit=limit,
        offset=offset,
        order_by_field=_SORTED[wanted.order.removeprefix("-")],
        order=tantivy.Order.Desc if falling else tantivy.Order.Asc,
    )
    total: int = getattr(found, "count", 0) or 0  # its type stub forgets it
    return [address for _, address in found.hits], total


def _pairs(field: str) -> str:
    return f"{field}_pairs"


def _paired(words: Sequence[str]) -> list[str]:
    """Every word with the one after it; a run of letters ends where it ends."""
    marked = [word if word > "\x7f" else word + "_" for word in words]
    return list(map(add, marked, marked[1:]))


def _document(unit: Unit) -> tantivy.Document:
    said = {field: unit.words.get(field, ()) for field in (*_META, *_ALONE, "customer")}
    phrased = {
        **{field: said[field] for field in _ALONE},
        "meta": tuple(chain.from_iterable((*said[field], BREAK) for field in _META)),
        "code_words": said["code"],
        "customer_words": said["customer"],
    }
    return tantivy.Document.from_dict(
        {
            "id": unit.id,
            "stamp": unit.stamp,
            "day": unit.day,
            "newness": unit.day * _IDS + unit.id,
            "years": int(unit.facets["year"]),
            "named": "yes" if unit.named_to_all else "no",
            **{field: " ".join(words) for field, words in phrased.items()},
            **{_pairs(field): " ".join(_paired(words)) for field, words in phrased.items()},
            "runs": sorted(unit.runs),
            "sounds": sorted(unit.sounds),
            "customer": [unit.customer] if unit.customer else [],
            "code": unit.code,
            **{facet: unit.facets[facet] for facet in FACETS},
            "pages": {"starts": list(unit.page_starts)},
        },
        _schema(),
    )


def _hit(document: tantivy.Document) -> Hit:
    pages: Any = document.get_first("pages") or {}
    return Hit(
        int(document.get_first("id") or 0),
        str(document.get_first("text") or ""),
        tuple(int(start) for start in pages.get("starts", ())),
    )


def _counted(
    searcher: tantivy.Searcher, query: tantivy.Query
) -> tuple[int, Mapping[str, Mapping[str, int]]]:
    """How many there are, and how they spread over the facets."""
    asked: dict[str, Any] = {
        facet: {"terms": {"field": facet, "size": _MOST_VALUES}} for facet in FACETS
    }
    told = searcher.aggregate(query, asked | {"all": {"value_count": {"field": "id"}}})
    return int(told["all"]["value"]), {
        facet: {str(one["key"]): int(one["doc_count"]) for one in told[facet]["buckets"]}
        for facet in FACETS
    }


def _query(wanted: Wanted) -> tantivy.Query:
    parts = [
        (_O.MustNot if clause.negated else _O.Must, _clause(clause, wanted))
        for clause in wanted.clauses
    ]
    parts.append((_O.Must, _visible(wanted)))
    return tantivy.Query.boolean_query(parts)


def _visible(wanted: Wanted) -> tantivy.Query:
    """Everything that does not depend on words: what may be seen, and what it is narrowed to."""
    parts: list[tuple[tantivy.Occur, tantivy.Query]] = [(_O.Must, tantivy.Query.all_query())]
    if wanted.stations is not None:
        parts.append((_O.Must, _any_of("station", [str(one) for one in wanted.stations])))
    for facet, values in wanted.facets.items():
        parts.append((_O.Must, _any_of(facet, sorted(values))))
    for field, span in (("years", wanted.years), ("day", wanted.days)):
        if span is not None:
            parts.append((_O.Must, _between(field, span)))
    if wanted.without:
        parts.append((_O.MustNot, _of("id", sorted(wanted.without))))
    return tantivy.Query.boolean_query(parts)


def _of(field: str, values: Sequence[Any]) -> tantivy.Query:
    return tantivy.Query.term_set_query(_schema(), field, values)


def _any_of(field: str, values: Sequence[str]) -> tantivy.Query:
    return (
        tantivy.Query.term_set_query(_schema(), field, values)
        if values
        else tantivy.Query.empty_query()
    )


def _between(field: str, span: tuple[int, int]) -> tantivy.Query:
    return tantivy.Query.range_query(_schema(), field, tantivy.FieldType.Unsigned, *span)


def _clause(clause: Clause, wanted: Wanted) -> tantivy.Query:
    if clause.field == "names":
        return _named(clause, wanted)
    if clause.field == "customer":
        return _numbered(clause, wanted)
    if clause.pattern:
        runs = _pattern("code" if clause.field == "code" else "runs", clause.pattern)
        return runs if clause.field else _either([runs, _numbered(clause, wanted)])
    if clause.field:
        return _phrase(_FIELDS.get(clause.field, clause.field), clause.words)
    anywhere = [_phrase("meta", clause.words), _phrase("text", clause.words)]
    return _either([*anywhere, _named(clause, wanted), _numbered(clause, wanted)])


def _named(clause: Clause, wanted: Wanted) -> tantivy.Query:
    """In the names, where they are told to whoever asks."""
    if clause.pattern:
        return tantivy.Query.empty_query()
    found = [_phrase("names", clause.words)]
    if clause.sound:
        found.append(tantivy.Query.term_query(_schema(), "sounds", clause.sound))
    told = tantivy.Query.term_query(_schema(), "named", "yes")
    return _told(_either(found), wanted, told)


def _numbered(clause: Clause, wanted: Wanted) -> tantivy.Query:
    """In the customer's number, where it is told to whoever asks."""
    found = (
        _pattern("customer", clause.pattern)
        if clause.pattern
        else _phrase("customer_words", clause.words)
    )
    return _told(found, wanted)


def _told(found: tantivy.Query, wanted: Wanted, *to_all: tantivy.Query) -> tantivy.Query:
    if wanted.naming is None:
        return found
    there = _any_of("station", [str(one) for one in wanted.naming])
    return tantivy.Query.boolean_query([(_O.Must, found), (_O.Must, _either([there, *to_all]))])


def _phrase(field: str, words: Sequence[str]) -> tantivy.Query:
    if len(words) == 1:
        return tantivy.Query.term_query(_schema(), field, words[0])
    pairs = _paired(words)
    if len(pairs) == 1:
        return tantivy.Query.term_query(_schema(), _pairs(field), pairs[0])
    last = len(pairs) - 1
    placed: list[str | tuple[int, str]] = [(at, pairs[at]) for at in range(0, last, 2)]
    return tantivy.Query.phrase_query(_schema(), _pairs(field), [*placed, (last, pairs[last])])


def _pattern(field: str, pattern: str) -> tantivy.Query:
    return tantivy.Query.regex_query(_schema(), field, pattern)


def _either(queries: Sequence[tantivy.Query]) -> tantivy.Query:
    return tantivy.Query.boolean_query([(_O.Should, query) for query in queries])
