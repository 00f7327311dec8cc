"""Tantivy, fed one word a position; its phrase queries are then exact from one character up."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
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
_SORTED = {"day": "day", "code": "code"}
_MOST_VALUES = 500
_COUNTING = ThreadPoolExecutor(4, "facets")
"""Counting takes as long as finding, and the engine lets both go on at once."""


@lru_cache(maxsize=1)
def _schema() -> tantivy.Schema:
    made = tantivy.SchemaBuilder()
    made.add_unsigned_field("id", stored=True, indexed=True, fast=True)
    made.add_unsigned_field("stamp", fast=True)
    made.add_unsigned_field("day", indexed=True, fast=True)
    made.add_unsigned_field("years", indexed=True, fast=True)
    made.add_text_field("named", tokenizer_name="raw", index_option="basic")
    for name in ("meta", *_ALONE, "code_words", "customer_words"):
        made.add_text_field(name, stored=name == "text", tokenizer_name="whitespace")
    for name in ("runs", "sounds", "customer"):
        made.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in ("code", *FACETS):
        made.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    made.add_json_field("pages", stored=True)
    return made.build()


class Tantivy:
    """Keeps units in Tantivy."""

    name = "tantivy"
    shape = 1

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
        falling = wanted.order == "relevance" or wanted.order.startswith("-")
        found = searcher.search(
            query,
            limit=wanted.limit or 1,
            offset=wanted.offset,
            order_by_field=_SORTED.get(wanted.order.removeprefix("-")),
            order=tantivy.Order.Desc if falling else tantivy.Order.Asc,
        )
        total: int = getattr(found, "count", 0) or 0  # its type stub forgets it
        addresses = [address for _, address in found.hits][: wanted.limit]
        if wanted.with_text:
            hits = tuple(_hit(searcher.doc(address)) for address in addresses)
        else:
            ids = searcher.fast_field_values("id", addresses)
            hits = tuple(Hit(int(one or 0), "", ()) for one in ids)
        return Found(total, hits, counting.result())

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


def _document(unit: Unit) -> tantivy.Document:
    said = {field: " ".join(unit.words.get(field, ())) for field in (*_META, *_ALONE, "customer")}
    return tantivy.Document.from_dict(
        {
            "id": unit.id,
            "stamp": unit.stamp,
            "day": unit.day,
            "years": int(unit.facets["year"]),
            "named": "yes" if unit.named_to_all else "no",
            "meta": f" {BREAK} ".join(said[field] for field in _META),
            **{field: said[field] for field in _ALONE},
            "code_words": said["code"],
            "customer_words": said["customer"],
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


def _counted(searcher: tantivy.Searcher, query: tantivy.Query) -> Mapping[str, Mapping[str, int]]:
    asked = {facet: {"terms": {"field": facet, "size": _MOST_VALUES}} for facet in FACETS}
    told = searcher.aggregate(query, asked)
    return {
        facet: {str(one["key"]): int(one["doc_count"]) for one in told[facet]["buckets"]}
        for facet in FACETS
    }


def _query(wanted: Wanted) -> tantivy.Query:
    parts = [
        (_O.MustNot if clause.negated else _O.Must, _clause(clause, wanted))
        for clause in wanted.clauses
    ]
    parts.append((_O.Must, tantivy.Query.const_score_query(_visible(wanted), 0.0)))
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
    title = tantivy.Query.boost_query(_phrase("title", clause.words), 3.0)
    anywhere = [title, _phrase("meta", clause.words), _phrase("text", clause.words)]
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
    return tantivy.Query.phrase_query(_schema(), field, list(words))


def _pattern(field: str, pattern: str) -> tantivy.Query:
    return tantivy.Query.regex_query(_schema(), field, pattern)


def _either(queries: Sequence[tantivy.Query]) -> tantivy.Query:
    return tantivy.Query.boolean_query([(_O.Should, query) for query in queries])
