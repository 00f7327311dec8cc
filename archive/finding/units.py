"""Makes of a record what the index holds of it.

Sensitive kinds (special-customer registers, reports of wrongdoing, sealed records) and what is
destroyed or being destroyed are in no index (``domain.md`` §5).
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import aliased

from archive.customers.customer import Customer
from archive.filing.delivery import DeliveredPage
from archive.holdings.copy import ElectronicCopy
from archive.holdings.file_plan import PersonalData, RecordKind
from archive.holdings.pair import Pair
from archive.holdings.record import GOING, Record
from archive.search import Unit
from archive.search.folding import Wording, fold
from archive.search.sounds import sounds, spoken
from archive.shelving.box import Box
from archive.shelving.movement import Whereabouts
from archive.shelving.place import Cabinet, Shelf, Storeroom
from archive.transaction import Transaction

MOST_RECORDS, MOST_PAGES = 250, 2_000
"""Of so many records, or pages, the text is held at once."""

_OF_PEOPLE = ("customer", "names")

UNPLACED, OUT, BOXED = "unplaced", "out", "boxed"
"""Places that are no cabinet: not put anywhere yet, under way, in a box that stands nowhere."""


def searchable() -> Select[int]:
    """Ids of the records that may be in an index."""
    return (
        select(Record.id)
        .join(RecordKind, RecordKind.id == Record.kind_id)
        .where(*_searchable(RecordKind))
    )


def _searchable(kind: type[RecordKind]) -> tuple[ColumnElement[bool], ...]:
    return kind.personal != PersonalData.SENSITIVE, Record.state.not_in(GOING)


def units(tx: Transaction, wording: Wording, record_ids: Sequence[int]) -> Iterator[Unit]:
    """The units of these records as they are now; of what is in no index, none."""
    for some in _pieces(tx, record_ids):
        texts = _texts(tx, some)
        for row in tx.session.execute(_described(some)):
            yield _unit(row, texts.get(row.Record.id, ()), wording)
        tx.session.expunge_all()


def _pieces(tx: Transaction, record_ids: Sequence[int]) -> Iterator[list[int]]:
    """The ids in pieces whose text may be held at once."""
    query = select(Record.id, Record.pages).where(Record.id.in_(record_ids)).order_by(Record.id)
    piece: list[int] = []
    held = 0
    for record_id, pages in tx.session.execute(query).all():
        if piece and (len(piece) >= MOST_RECORDS or held + pages > MOST_PAGES):
            yield piece
            piece, held = [], 0
        piece.append(record_id)
        held += pages
    if piece:
        yield piece


def _described(record_ids: Sequence[int]) -> Select[*tuple[Any, ...]]:
    kind = aliased(RecordKind)
    return (
        select(
            Record,
            kind.code.label("kind"),
            kind.personal,
            kind.retention,
            Pair.state.label("pair"),
            Customer.name.label("customer_name"),
            Whereabouts.movement_id,
            Whereabouts.box_id,
            Storeroom.code.label("room"),
            Cabinet.code.label("cabinet"),
        )
        .join(kind, kind.id == Record.kind_id)
        .join(Pair, Pair.record_id == Record.id)
        .outerjoin(
            Customer,
            (Customer.station_id == Record.station_id)
            & (Customer.number == Record.customer_number),
        )
        .outerjoin(Whereabouts, Whereabouts.record_id == Record.id)
        .outerjoin(Box, Box.id == Whereabouts.box_id)
        .outerjoin(Shelf, Shelf.id == Box.shelf_id)
        .outerjoin(Cabinet, Cabinet.id == Shelf.cabinet_id)
        .outerjoin(Storeroom, Storeroom.id == Cabinet.storeroom_id)
        .where(Record.id.in_(record_ids), *_searchable(kind))
    )


def _texts(tx: Transaction, record_ids: Sequence[int]) -> dict[int, list[str]]:
    """The text of every page of the copy that counts, in order."""
    newest = (
        select(ElectronicCopy.record_id, func.max(ElectronicCopy.number).label("number"))
        .where(ElectronicCopy.record_id.in_(record_ids))
        .group_by(ElectronicCopy.record_id)
        .subquery()
    )
    query = (
        select(ElectronicCopy.record_id, DeliveredPage.lines)
        .join(DeliveredPage, DeliveredPage.copy_id == ElectronicCopy.id)
        .join(
            newest,
            (newest.c.record_id == ElectronicCopy.record_id)
            & (newest.c.number == ElectronicCopy.number),
        )
        .order_by(ElectronicCopy.record_id, DeliveredPage.copy_position)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for record_id, lines in tx.session.execute(query):
        found[record_id].append(page_text(lines))
    return found


def page_text(lines: Iterable[Sequence[Any]]) -> str:
    """The text of a page, as it is searched and shown: its lines one after another."""
    return "\n".join(str(line[0]) for line in lines)


def _unit(row: Row[Any], pages: Sequence[str], wording: Wording) -> Unit:
    record: Record = row.Record
    names = "\n".join(filter(None, (record.parties, row.customer_name)))
    told = {
        "title": record.title,
        "code": record.code,
        "old": record.old_code,
        "number": record.document_number,
        "remark": record.remark,
        "customer": record.customer_number,
        "names": names,
    }
    words: dict[str, tuple[str, ...]] = {}
    runs: set[str] = set()
    for field, said in told.items():
        found, written = wording.said(said)
        words[field] = tuple(found)
        if field not in _OF_PEOPLE:
            runs |= written
    text: list[str] = []
    starts = []
    for page in pages:
        starts.append(len(text))
        found, written = wording.said(page)
        text += found
        runs |= written
    words["text"] = tuple(text)
    words["title_spoken"] = spoken(words["title"])
    code = fold(record.code)
    facets = {
        "kind": row.kind,
        "year": str(record.year),
        "station": str(record.station_id),
        "period": row.retention,
        "pair": str(row.pair),
        "place": _place(row),
    }
    made = {
        "words": words,
        "runs": frozenset(runs | {code, *filter(None, (fold(record.old_code).strip(),))}),
        "code": code,
        "customer": fold(record.customer_number),
        "sounds": sounds(names),
        "facets": facets,
        "day": _as_number(record.formed_on),
        "named_to_all": row.personal == PersonalData.NONE,
        "page_starts": tuple(starts),
    }
    return Unit(id=record.id, stamp=_stamp(made), **made)


def _as_number(day: date) -> int:
    return (day.year * 100 + day.month) * 100 + day.day


def _place(row: Row[Any]) -> str:
    if row.movement_id is not None:
        return OUT
    if row.box_id is None:
        return UNPLACED
    return f"{row.room}-{row.cabinet}" if row.cabinet else BOXED


def _stamp(made: dict[str, Any]) -> int:
    """63 bits over everything, the same however often it is made."""
    seal = hashlib.blake2b(digest_size=8)
    for field, words in sorted(made["words"].items()):
        seal.update(f"{field}\x1e{' '.join(words)}\x1e".encode())
    for name in ("runs", "sounds"):
        seal.update(f"{' '.join(sorted(made[name]))}\x1e".encode())
    rest = [sorted(made["facets"].items()), made["day"], made["named_to_all"], made["page_starts"]]
    seal.update(repr(rest).encode())
    return int.from_bytes(seal.digest(), "big") >> 1
