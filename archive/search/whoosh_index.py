"""Whoosh: pure Python, for machines no wheel of Tantivy is made for. The same answers, slower."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from whoosh import fields, query  # noqa: TID251 - this is the module that may
from whoosh.analysis import SpaceSeparatedTokenizer  # noqa: TID251
from whoosh.index import EmptyIndexError, create_in, open_dir  # noqa: TID251

from archive.search import BREAK, FACETS, Found, Hit, IndexUnavailable, Unit, Wanted
from archive.search.asking import Clause
from archive.search.slips import one_slip

_META = ("title", "code", "old", "number", "remark")
_ALONE = ("title", "title_spoken", "number", "names", "text")
_FIELDS = {"code": "code_words"}


def _schema() -> fields.Schema:
    def text(*, stored: bool = False) -> fields.TEXT:
        return fields.TEXT(analyzer=SpaceSeparatedTokenizer(), phrase=True, stored=stored)

    raw = {name: fields.KEYWORD() for name in ("runs", "sounds", "customer", "whole_code", "named")}
    return fields.Schema(
        id=fields.ID(unique=True, stored=True),
        meta=text(),
        code_words=text(),
        customer_words=text(),
        **{name: text(stored=name == "text") for name in _ALONE},
        **raw,
        **{facet: fields.ID() for facet in FACETS},
        kept=fields.STORED(),
    )


class Whoosh:
    """Keeps units in Whoosh."""

    name = "whoosh"
    shape = 1

    def create(self, folder: Path) -> None:
        """An empty index."""
        folder.mkdir(parents=True, exist_ok=True)
        create_in(str(folder), _schema()).close()

    def write(self, folder: Path, units: Iterable[Unit], gone: Iterable[int]) -> int:
        """Units in place of what had their ids; one commit."""
        writer = open_dir(str(folder)).writer()
        written = 0
        try:
            for each in gone:
                writer.delete_by_term("id", str(each))
            for unit in units:
                writer.add_document(**_document(unit))
                written += 1
        except BaseException:
            writer.cancel()
            raise
        writer.commit()
        return written

    def search(self, folder: Path, wanted: Wanted) -> Found:
        """Hits in the order wanted, with the counts of all of them.

        Whoosh finds each phrase; what is wanted of them together is reckoned here, for its own
        unions and exclusions lose documents.
        """
        with _searching(folder) as searcher:
            docs = _found(searcher, wanted)
            titled = _titled(searcher, wanted, docs)
            kept = [(doc, searcher.stored_fields(doc)) for doc in docs]
        kept = [one for one in kept if _within(one[1]["kept"], wanted)]
        falling = wanted.order == "relevance" or wanted.order.startswith("-")
        field = "day" if wanted.order == "relevance" else wanted.order.removeprefix("-")
        kept.sort(
            key=lambda one: (one[0] in titled, one[1]["kept"][field], int(one[1]["id"])),
            reverse=falling,
        )
        facets = {facet: dict(Counter(one["kept"][facet] for _, one in kept)) for facet in FACETS}
        shown = kept[wanted.offset : wanted.offset + wanted.limit]
        hits = tuple(
            Hit(int(one["id"]), one.get("text", ""), tuple(one["kept"]["pages"]))
            for _, one in shown
        )
        return Found(len(kept), hits, facets)

    def stamps(self, folder: Path) -> Iterator[tuple[int, int]]:
        """Ids and stamps, all of them."""
        with _searching(folder) as searcher:
            for stored in searcher.all_stored_fields():
                yield int(stored["id"]), stored["kept"]["stamp"]

    def near(self, folder: Path, run: str, wanted: Wanted) -> list[str]:
        """Runs one slip away, of records that may be seen."""
        with _searching(folder) as searcher:
            terms = (term.decode() for term in searcher.lexicon("runs"))
            candidates = [term for term in terms if term != run and one_slip(term, run)]
        pattern = Wanted(stations=wanted.stations, without=wanted.without, limit=1)
        return [
            term
            for term in candidates[:20]
            if self.search(folder, _with(pattern, Clause(pattern=_literal(term)))).total
        ][:3]


def _with(wanted: Wanted, clause: Clause) -> Wanted:
    return Wanted((clause,), wanted.stations, without=wanted.without, limit=1)


def _literal(term: str) -> str:
    return "".join("\\" + one if one in ".()[]" else one for one in term)


@contextmanager
def _searching(folder: Path) -> Iterator[Any]:
    """Its files are opened one by one, so that any of them may be gone when its turn comes."""
    try:
        with open_dir(str(folder)).searcher() as searcher:
            yield searcher
    except (EmptyIndexError, OSError) as gone:
        raise IndexUnavailable from gone


def _document(unit: Unit) -> dict[str, object]:
    said = {field: " ".join(unit.words.get(field, ())) for field in (*_META, *_ALONE, "customer")}
    return {
        "id": str(unit.id),
        "meta": f" {BREAK} ".join(said[field] for field in _META),
        **{field: said[field] for field in _ALONE},
        "code_words": said["code"],
        "customer_words": said["customer"],
        "runs": " ".join(sorted(unit.runs)),
        "sounds": " ".join(sorted(unit.sounds)),
        "customer": unit.customer,
        "whole_code": unit.code,
        "named": "yes" if unit.named_to_all else "no",
        **{facet: unit.facets[facet] for facet in FACETS},
        "kept": {
            **unit.facets,
            "stamp": unit.stamp,
            "day": unit.day,
            "code": unit.code,
            "pages": list(unit.page_starts),
        },
    }


def _within(about: Mapping[str, Any], wanted: Wanted) -> bool:
    spans = ((wanted.years, int(about["year"])), (wanted.days, about["day"]))
    return all(span is None or span[0] <= value <= span[1] for span, value in spans)


def _found(searcher: Any, wanted: Wanted) -> set[int]:
    """Numbers of the documents that have what is wanted, spans aside."""
    docs = _docs(searcher, query.Every())
    docs -= _any_of(searcher, "id", [str(each) for each in wanted.without])
    if wanted.stations is not None:
        docs &= _any_of(searcher, "station", [str(one) for one in wanted.stations])
    for facet, values in wanted.facets.items():
        docs &= _any_of(searcher, facet, values)
    for clause in wanted.clauses:
        having = _having(searcher, clause, wanted)
        docs = docs - having if clause.negated else docs & having
    return docs


def _titled(searcher: Any, wanted: Wanted, docs: set[int]) -> set[int]:
    """Those whose title says all that a title can."""
    for clause in wanted.titled:
        docs = docs & _docs(searcher, _phrase("title", clause.words))
    return docs if wanted.titled else set()


def _docs(searcher: Any, leaf: query.Query) -> set[int]:
    return set(searcher.docs_for_query(leaf))


def _any_of(searcher: Any, field: str, values: Iterable[str]) -> set[int]:
    return {doc for value in values for doc in _docs(searcher, query.Term(field, value))}


def _having(searcher: Any, clause: Clause, wanted: Wanted) -> set[int]:
    """The documents with that phrase or pattern, where whoever asks is told of it."""
    docs = {doc for leaf in _leaves(clause) for doc in _docs(searcher, leaf)}
    there = (
        None
        if wanted.naming is None
        else _any_of(searcher, "station", [str(one) for one in wanted.naming])
    )
    if clause.field in {"", "names"} and not clause.pattern:
        named = {doc for leaf in _names(clause) for doc in _docs(searcher, leaf)}
        told = named if there is None else named & (there | _any_of(searcher, "named", ["yes"]))
        docs |= told
    if clause.field in {"", "customer"}:
        numbered = _docs(searcher, _number(clause))
        docs |= numbered if there is None else numbered & there
    return docs


def _leaves(clause: Clause) -> list[query.Query]:
    """What is told to every reader."""
    if clause.field in {"names", "customer"}:
        return []
    if clause.pattern:
        field = "whole_code" if clause.field == "code" else "runs"
        return [query.Regex(field, clause.pattern + "$")]
    if clause.field:
        return [_phrase(_FIELDS.get(clause.field, clause.field), clause.words)]
    return [_phrase(field, clause.words) for field in ("meta", "text")]


def _names(clause: Clause) -> list[query.Query]:
    found = [_phrase("names", clause.words)]
    return [*found, query.Term("sounds", clause.sound)] if clause.sound else found


def _number(clause: Clause) -> query.Query:
    if clause.pattern:
        return query.Regex("customer", clause.pattern + "$")
    return _phrase("customer_words", clause.words)


def _phrase(field: str, words: Sequence[str]) -> query.Query:
    return query.Term(field, words[0]) if len(words) == 1 else query.Phrase(field, list(words))
