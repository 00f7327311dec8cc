"""What may be appraised today: due, and under no hold; and the list of what is due [seed 5.4]."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select

from archive.access import Permission
from archive.holdings.file_plan import RecordKind
from archive.holdings.record import Record
from archive.people.person import Station
from archive.retention.period import Due
from archive.retention.queries.due import due_of, due_select
from archive.retention.queries.holds import HoldSeen, held_select, holds_on
from archive.transaction import Transaction

AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class DueFilter:
    """What the list of what is due is narrowed to; empty fields do not narrow.

    Attributes:
        held: True for what a hold saves, False for what may be appraised.
    """

    station_id: int | None = None
    kind_code: str = ""
    year: int | None = None
    held: bool | None = None


@dataclass(frozen=True, slots=True)
class DueLine:
    """A record that is due, why, and what saves it."""

    record: Record
    kind: RecordKind
    station: Station
    due: Due
    holds: tuple[HoldSeen, ...]


def sweep(tx: Transaction, on: date) -> Select[int]:
    """Ids of the records that may be appraised on the day ``on``: due, and under no hold."""
    held = held_select().subquery()  # joined: PostgreSQL hashes any number of rows so, IN only few
    held_id = held.c[0]
    return due_select(tx, on).outerjoin(held, held_id == Record.id).where(held_id.is_(None))


def due_lines(
    tx: Transaction, on: date, asked: DueFilter, *, limit: int = 50, offset: int = 0
) -> list[DueLine]:
    """Lines of the list of what is due on that day, by archival code."""
    ids = tx.session.scalars(
        narrowed(tx, on, asked).order_by(Record.code).limit(limit).offset(offset)
    )
    return _lines(tx, on, list(ids))


def every_due_line(tx: Transaction, on: date, asked: DueFilter) -> Iterator[DueLine]:
    """The whole list, for a file; a thousand lines at a time."""
    ids = list(tx.session.scalars(narrowed(tx, on, asked).order_by(Record.code)))
    for at in range(0, len(ids), AT_ONCE):
        yield from _lines(tx, on, ids[at : at + AT_ONCE])


def count_due(tx: Transaction, on: date, asked: DueFilter) -> int:
    """How many records are due of what was asked."""
    ids = narrowed(tx, on, asked).subquery()
    return tx.session.scalar(select(func.count()).select_from(ids)) or 0


def narrowed(tx: Transaction, on: date, asked: DueFilter) -> Select[Any]:
    """Ids of what is due of what was asked."""
    tx.require(Permission.RETENTION_READ)
    query = due_select(tx, on)
    if asked.station_id is not None:
        query = query.where(Record.station_id == asked.station_id)
    if asked.year is not None:
        query = query.where(Record.year == asked.year)
    if asked.kind_code:
        of_kind = select(RecordKind.id).where(RecordKind.code == asked.kind_code)
        query = query.where(Record.kind_id.in_(of_kind))
    if asked.held is not None:
        held = Record.id.in_(held_select())
        query = query.where(held if asked.held else ~held)
    return query


def _lines(tx: Transaction, on: date, ids: list[int]) -> list[DueLine]:
    rows = tx.session.execute(
        select(Record, RecordKind, Station)
        .join(RecordKind, RecordKind.id == Record.kind_id)
        .join(Station, Station.id == Record.station_id)
        .where(Record.id.in_(ids))
    )
    found = {row[0].id: row for row in rows}
    due, holds = due_of(tx, ids, on=on), holds_on(tx, ids)
    return [DueLine(*found[one], due[one], holds[one]) for one in ids]
