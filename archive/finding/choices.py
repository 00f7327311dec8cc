"""What the values of facets are called, and which are meant by a word somebody typed."""

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import select

from archive.finding.units import BOXED, OUT, UNPLACED
from archive.holdings.file_plan import RecordKind
from archive.holdings.pair import PairState
from archive.messages import LANGUAGES, Language, sentence
from archive.people.person import Station
from archive.search.folding import fold
from archive.shelving.place import Cabinet, Storeroom
from archive.transaction import Transaction


def chosen(
    tx: Transaction, choices: Iterable[tuple[str, str, bool]]
) -> Mapping[str, frozenset[str]]:
    """By facet, the values meant by ``类别:合同`` and the like; none where none is called so."""
    found: dict[str, frozenset[str]] = {}
    for facet, word, negated in choices:
        called = _called(tx, facet)
        meant = {value for value, names in called.items() if _fits(word, value, names)}
        values = frozenset(set(called) - meant if negated else meant)
        found[facet] = found.get(facet, values) & values
    return found


def labels(
    tx: Transaction, facet: str, values: Collection[str], language: Language
) -> dict[str, str]:
    """What these values are called in that language."""
    called: Mapping[str, str] = {}
    if facet == "kind":
        name = RecordKind.name_en if language == "en" else RecordKind.name_zh
        kinds = select(RecordKind.code, name).where(RecordKind.code.in_(values))
        called = dict(tx.session.execute(kinds.order_by(RecordKind.id)).all())
    elif facet == "station":
        ids = [int(value) for value in values if value.isdecimal()]
        stations = select(Station.id, Station.name).where(Station.id.in_(ids))
        called = {str(one): name for one, name in tx.session.execute(stations)}
    elif facet == "pair":
        called = {value: sentence(f"state-pair.{value}", language) for value in values}
    elif facet == "period":
        called = {value: _period(value)[LANGUAGES.index(language)] for value in values}
    elif facet == "place":
        known = set(values) & {UNPLACED, OUT, BOXED}
        called = {value: sentence(f"search.place_{value}", language) for value in known}
    return {value: called.get(value, value) for value in values}


def _fits(word: str, value: str, names: Collection[str]) -> bool:
    return bool(word) and (word == fold(value) or any(word in fold(name) for name in names))


def _called(tx: Transaction, facet: str) -> dict[str, tuple[str, ...]]:
    """Every value of a facet with its names, in the order of the languages."""
    if facet == "kind":
        kinds = select(RecordKind.code, RecordKind.name_zh, RecordKind.name_en)
        return {
            row[0]: (row[1], row[2]) for row in tx.session.execute(kinds.order_by(RecordKind.id))
        }
    if facet == "station":
        stations = tx.session.execute(select(Station.id, Station.name))
        return {str(row[0]): (row[1], row[1]) for row in stations}
    if facet == "pair":
        return {str(state): _both(f"state-pair.{state}") for state in PairState}
    if facet == "period":
        found = tx.session.scalars(select(RecordKind.retention).distinct())
        return {retention: _period(retention) for retention in found}
    if facet == "place":
        rows = tx.session.execute(
            select(Storeroom.code, Cabinet.code).join(Cabinet, Cabinet.storeroom_id == Storeroom.id)
        )
        cabinets = {f"{room}-{cabinet}": (f"{room}-{cabinet}",) * 2 for room, cabinet in rows}
        return cabinets | {
            place: _both(f"search.place_{place}") for place in (UNPLACED, OUT, BOXED)
        }
    return {}


def _period(retention: str) -> tuple[str, ...]:
    if retention == "Y":
        return _both("search.for_ever")
    years = retention.removeprefix("D")
    return tuple(sentence("search.years", language, n=years) for language in LANGUAGES)


def _both(key: str) -> tuple[str, ...]:
    return tuple(sentence(key, language) for language in LANGUAGES)
