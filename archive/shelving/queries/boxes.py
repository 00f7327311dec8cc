"""Reads about boxes: the list of them, and one with everything in it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select

from archive.access import Permission
from archive.holdings.code import CodeSeries, right_form
from archive.holdings.fonds import Fonds
from archive.holdings.pair import Pair
from archive.holdings.queries.records import visible_records
from archive.holdings.record import Record
from archive.people.person import Person, Station
from archive.shelving.box import Box, Label
from archive.shelving.movement import Movement, Whereabouts
from archive.shelving.place import Shelf
from archive.shelving.queries.reach import blind_stations, check_not_blind, check_shown, mine
from archive.transaction import Transaction


@dataclass(frozen=True, slots=True)
class BoxFilter:
    """What the list of boxes is narrowed to; empty fields do not narrow."""

    text: str = ""
    station_id: int | None = None
    year: int | None = None
    retention: str = ""
    where: str = ""  # shelved, unshelved, missing


@dataclass(frozen=True, slots=True)
class BoxLine:
    """A box as a list shows it."""

    box: Box
    series: CodeSeries
    station: Station
    shelf: Shelf | None
    records: int = 0
    pages: int = 0

    @property
    def share(self) -> int:
        """How full it is, in per cent."""
        return min(100, self.pages * 100 // self.box.holds_pages)


ORDERS: dict[str, Any] = {"number": Box.number, "year": CodeSeries.year, "shelf": Shelf.code}


def boxes(
    tx: Transaction,
    asked: BoxFilter | None = None,
    *,
    order: str = "number",
    limit: int = 50,
    offset: int = 0,
) -> list[BoxLine]:
    """Lines of the list of boxes, as asked."""
    column = ORDERS[order.removeprefix("-")]
    sorting = column.desc() if order.startswith("-") else column
    query = (
        narrowed(tx, select(Box, CodeSeries, Station, Shelf), asked or BoxFilter())
        .order_by(sorting, Box.id)
        .limit(limit)
        .offset(offset)
    )
    return lines(tx, tx.session.execute(query).all())


def count_boxes(tx: Transaction, asked: BoxFilter | None = None) -> int:
    """How many boxes there are of what was asked."""
    counted = narrowed(tx, select(func.count(Box.id)), asked or BoxFilter())
    return tx.session.scalar(counted) or 0


def narrowed(tx: Transaction, query: Any, asked: BoxFilter) -> Any:
    """The boxes of what was asked, each with series, station and shelf."""
    tx.require(Permission.RECORD_READ)
    query = (
        mine(tx, query, Box.station_id)
        .select_from(Box)
        .join(CodeSeries, CodeSeries.id == Box.series_id)
        .join(Station, Station.id == Box.station_id)
        .outerjoin(Shelf, Shelf.id == Box.shelf_id)
    )
    hidden = blind_stations(tx)
    if hidden:
        query = query.where(Box.station_id.not_in(hidden))
    if asked.station_id is not None:
        query = query.where(Box.station_id == asked.station_id)
    if asked.year is not None:
        query = query.where(CodeSeries.year == asked.year)
    if asked.retention:
        query = query.where(CodeSeries.retention == asked.retention)
    for word in asked.text.split():
        query = query.where(_said(right_form(word)))
    conditions = {
        "shelved": Box.shelf_id.is_not(None),
        "unshelved": Box.shelf_id.is_(None) & Box.missing_since.is_(None),
        "missing": Box.missing_since.is_not(None),
    }
    if asked.where in conditions:
        query = query.where(conditions[asked.where])
    return query


def _said(word: str) -> Any:
    digits = word.removeprefix("H")
    number = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 9 else -1
    return or_(
        Box.number == number,
        Shelf.code.contains(word, autoescape=True),
        CodeSeries.category == word,
        CodeSeries.unit == word,
    )


def lines(tx: Transaction, rows: Iterable[Any]) -> list[BoxLine]:
    """Boxes with how much is in them."""
    found = list(rows)
    ids = [row[0].id for row in found]
    held = {
        box_id: (count, pages or 0)
        for box_id, count, pages in tx.session.execute(
            select(Whereabouts.box_id, func.count(), func.sum(Pair.paper_pages))
            .join(Pair, Pair.record_id == Whereabouts.record_id)
            .where(Whereabouts.box_id.in_(ids))
            .group_by(Whereabouts.box_id)
        )
    }
    return [BoxLine(row[0], row[1], row[2], row[3], *held.get(row[0].id, (0, 0))) for row in found]


@dataclass(frozen=True, slots=True)
class BoxSeen:
    """One box with everything about it."""

    line: BoxLine
    fonds: Fonds
    label: Label
    records: list[tuple[Record, Pair]]
    hidden: int
    moves: list["MoveSeen"]


@dataclass(frozen=True, slots=True)
class MoveSeen:
    """One thing that happened to a box."""

    kind: str
    at: datetime
    by: str
    shelf: str


def box_seen(tx: Transaction, box_id: int) -> BoxSeen:
    """A box with the records in it that this person may know of.

    Raises:
        NoSuchThing, CountedBlind: it is not shown.
    """
    box = tx.get(Box, box_id)
    check_shown(tx, box.station_id, "box", box_id)
    check_not_blind(tx, box.station_id)
    shelf = tx.get(Shelf, box.shelf_id) if box.shelf_id else None
    series = tx.get(CodeSeries, box.series_id)
    line = lines(tx, [(box, series, tx.get(Station, box.station_id), shelf)])[0]
    within = tx.session.execute(
        visible_records(tx)
        .add_columns(Pair)
        .join(Pair, Pair.record_id == Record.id)
        .where(Record.id.in_(select(Whereabouts.record_id).where(Whereabouts.box_id == box.id)))
        .order_by(Record.code)
    ).all()
    moves = tx.session.execute(
        select(Movement, Person.name, Shelf.code)
        .join(Person, Person.id == Movement.by_id)
        .outerjoin(Shelf, Shelf.id == Movement.to_shelf_id)
        .where(Movement.box_id == box.id)
        .order_by(Movement.id)
    ).all()
    label = tx.session.scalars(select(Label).where(Label.box_id == box.id)).one()
    return BoxSeen(
        line,
        tx.get(Fonds, series.fonds_id),
        label,
        [(record, pair) for record, pair in within],
        line.records - len(within),
        [MoveSeen(str(move.kind), move.at, by, code or "") for move, by, code in moves],
    )
