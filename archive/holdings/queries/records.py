"""Reads about records: every list starts from what this person may know of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select

from archive.access import Permission
from archive.errors import Invalid
from archive.holdings.code import ArchivalCode, CodeSeries, right_form
from archive.holdings.file_plan import Arrangement, PersonalData, RecordKind
from archive.holdings.pair import Pair, PairState
from archive.holdings.record import Record
from archive.people.person import Station
from archive.transaction import NoSuchThing, Transaction


class NoRecordOfCode(Invalid):
    """No record has that archival code."""


@dataclass(frozen=True, slots=True)
class RecordFilter:
    """What a list of records is narrowed to; empty fields do not narrow."""

    text: str = ""
    station_id: int | None = None
    kind_id: int | None = None
    year: int | None = None
    retention: str = ""
    customer_number: str = ""
    pair: PairState | None = None


@dataclass(frozen=True, slots=True)
class RecordLine:
    """A record as a list shows it."""

    record: Record
    kind: RecordKind
    pair: Pair
    station: Station

    def parties_for(self, tx: Transaction) -> str | None:
        """Who the parties are; told where the kind is about nobody, or to whoever files."""
        told = self.kind.personal == PersonalData.NONE or tx.can(
            Permission.RECORD_FILE, self.record.station_id
        )
        return self.record.parties if told else None


def visible_records(tx: Transaction) -> Select[Record]:
    """Every record this person may know of; each read of records begins here.

    Records with sensitive facts about people exist only for those who may read them
    (``domain.md`` §5, §9.50).
    """
    tx.require(Permission.RECORD_READ)
    query = select(Record)
    stations = tx.actor.stations(Permission.RECORD_READ)
    if stations is not None:
        query = query.where(Record.station_id.in_(stations))
    sensitive = tx.actor.stations(Permission.RECORD_READ_SENSITIVE)
    seen_all = sensitive is None or (stations is not None and stations <= sensitive)
    if not seen_all:
        others = select(RecordKind.id).where(RecordKind.personal != PersonalData.SENSITIVE)
        query = query.where(or_(Record.station_id.in_(sensitive or ()), Record.kind_id.in_(others)))
    return query


def seen_record(tx: Transaction, record_id: int) -> Record:
    """The record, for a page or a verb of a reader.

    Raises:
        NoSuchThing: there is none, or this person may not know of it.
    """
    found = tx.session.scalars(visible_records(tx).where(Record.id == record_id)).first()
    if found is None:
        raise NoSuchThing(thing="record", key=str(record_id))
    return found


def record_line(tx: Transaction, record_id: int) -> RecordLine:
    """The line of one record.

    Raises:
        NoSuchThing: there is none, or this person may not know of it.
    """
    record = seen_record(tx, record_id)
    return RecordLine(
        record,
        tx.get(RecordKind, record.kind_id),
        tx.get(Pair, record.id),
        tx.get(Station, record.station_id),
    )


def arrangement_of(tx: Transaction, record: Record) -> Arrangement:
    """How a record is arranged, as its code was given."""
    query = (
        select(CodeSeries.arrangement)
        .join(ArchivalCode, ArchivalCode.series_id == CodeSeries.id)
        .where(ArchivalCode.text == record.code)
    )
    return Arrangement(tx.session.scalars(query).one())


def record_by_code(tx: Transaction, code: str) -> Record:
    """The record with that archival code.

    Raises:
        NoRecordOfCode: there is none, or this person may not know of it.
    """
    found = tx.session.scalars(visible_records(tx).where(Record.code == code)).first()
    if found is None:
        raise NoRecordOfCode(field="record_code", given=code[:80])
    return found


ORDERS: dict[str, Any] = {
    "code": Record.code,
    "title": Record.title,
    "day": Record.formed_on,
    "filed": Record.filed_at,
    "pair": Pair.state,
    "since": Pair.since,
}


def records(
    tx: Transaction,
    asked: RecordFilter | None = None,
    *,
    order: str = "-filed",
    limit: int = 50,
    offset: int = 0,
) -> list[RecordLine]:
    """Lines of the list of records, as asked."""
    column = ORDERS[order.removeprefix("-")]
    sorting = column.desc() if order.startswith("-") else column
    tie = Record.id.desc() if order.startswith("-") else Record.id
    found = narrowed(tx, asked or RecordFilter(), by_pair=column.class_ is Pair)
    ids = list(
        tx.session.scalars(
            found.with_only_columns(Record.id).order_by(sorting, tie).limit(limit).offset(offset)
        )
    )
    query = (
        select(Record, RecordKind, Pair, Station)
        .join(RecordKind, RecordKind.id == Record.kind_id)
        .join(Pair, Pair.record_id == Record.id)
        .join(Station, Station.id == Record.station_id)
        .where(Record.id.in_(ids))
    )
    lines = {row[0].id: RecordLine(*row) for row in tx.session.execute(query)}
    return [lines[record_id] for record_id in ids]


def count_records(tx: Transaction, asked: RecordFilter | None = None) -> int:
    """How many records there are of what was asked."""
    counted = narrowed(tx, asked or RecordFilter()).with_only_columns(func.count())
    return tx.session.scalar(counted) or 0


def narrowed(tx: Transaction, asked: RecordFilter, *, by_pair: bool = False) -> Select[Record]:
    """The records of what was asked; joined with their pairs where those are asked about."""
    query = visible_records(tx)
    if by_pair or asked.pair is not None:
        query = query.join(Pair, Pair.record_id == Record.id)
    exact: Sequence[tuple[Any, Any]] = (
        (Record.station_id, asked.station_id),
        (Record.year, asked.year),
        (Record.customer_number, asked.customer_number or None),
        (Pair.state, asked.pair),
    )
    for column, wanted in exact:
        if wanted is not None:
            query = query.where(column == wanted)
    if asked.kind_id is not None:  # a kind is the same in every version of the plan, by its code
        code = select(RecordKind.code).where(RecordKind.id == asked.kind_id).scalar_subquery()
        query = query.where(
            Record.kind_id.in_(select(RecordKind.id).where(RecordKind.code == code))
        )
    if asked.retention:
        lasting = select(RecordKind.id).where(RecordKind.retention == asked.retention)
        query = query.where(Record.kind_id.in_(lasting))
    for word in asked.text.split():
        query = query.where(
            or_(
                Record.title.contains(word, autoescape=True),
                Record.code.contains(right_form(word), autoescape=True),
                Record.document_number.contains(word, autoescape=True),
                Record.customer_number == word,
                Record.old_code.contains(word, autoescape=True),
            )
        )
    return query
