"""Reads for a record's page: its description, pair, copies and history; the work list of pairs."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select

from archive.access import Permission
from archive.audit import TrailEntry
from archive.holdings.copy import ElectronicCopy
from archive.holdings.file_plan import Arrangement, RecordKind
from archive.holdings.pair import Pair, PairState
from archive.holdings.queries.records import (
    RecordFilter,
    RecordLine,
    arrangement_of,
    count_records,
    records,
    seen_record,
    visible_records,
)
from archive.holdings.record import GOING, Record
from archive.people.person import Person, Station
from archive.transaction import Transaction

WORK = (
    PairState.E_CORRUPT,
    PairState.PAPER_MISSING,
    PairState.MISMATCH,
    PairState.UNCOMPARED,
    PairState.E_ONLY,
    PairState.P_ONLY,
)
"""States somebody has something to do about, the worst first."""


@dataclass(frozen=True, slots=True)
class Happened:
    """An entry of the trail about one thing."""

    event: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class RecordSeen:
    """A record with everything its page tells."""

    record: Record
    kind: RecordKind
    station: Station
    pair: Pair
    copies: tuple[ElectronicCopy, ...]
    filed_by: str
    compared_by: str
    history: tuple[Happened, ...]
    is_volume: bool

    @property
    def line(self) -> RecordLine:
        """The record as a list has it."""
        return RecordLine(self.record, self.kind, self.pair, self.station)

    @property
    def current(self) -> ElectronicCopy | None:
        """The copy that counts: the newest; none of a record that is given up to destruction."""
        return self.copies[-1] if self.copies and not self.gone else None

    @property
    def gone(self) -> bool:
        """Whether it is destroyed or being destroyed: only its line in the catalogue is shown."""
        return self.record.state in GOING


def record_seen(tx: Transaction, record_id: int) -> RecordSeen:
    """Everything about one record.

    Raises:
        NoSuchThing: there is none, or this person may not know of it.
    """
    record = seen_record(tx, record_id)
    pair = tx.get(Pair, record.id)
    copies = tx.session.scalars(
        select(ElectronicCopy)
        .where(ElectronicCopy.record_id == record.id)
        .order_by(ElectronicCopy.number)
    )
    return RecordSeen(
        record,
        tx.get(RecordKind, record.kind_id),
        tx.get(Station, record.station_id),
        pair,
        tuple(copies),
        tx.get(Person, record.filed_by_id).name,
        tx.get(Person, pair.compared_by_id).name if pair.compared_by_id else "",
        _history(tx, record),
        arrangement_of(tx, record) == Arrangement.VOLUME,
    )


def _history(tx: Transaction, record: Record) -> tuple[Happened, ...]:
    entries = tx.session.scalars(
        select(TrailEntry).where(TrailEntry.subject == record.subject).order_by(TrailEntry.seq)
    ).all()
    codes = {entry.actor for entry in entries}
    names = {
        person.code: person.name
        for person in tx.session.scalars(select(Person).where(Person.code.in_(codes)))
    }
    return tuple(
        Happened(entry.event, entry.happened_at, names.get(entry.actor, entry.actor))
        for entry in entries
    )


def pair_counts(tx: Transaction, station_id: int | None = None) -> dict[PairState, int]:
    """How many records are in each state of their pair, of those this person may know of."""
    seen = _of(visible_records(tx), station_id).with_only_columns(Record.id)
    counting = select(Pair.state, func.count().label("n")).group_by(Pair.state)
    rows = tx.session.execute(counting.where(Pair.record_id.in_(seen)))
    counted = {PairState(row.state): row.n for row in rows}
    return {state: counted.get(state, 0) for state in PairState}


def overdue_pairs(tx: Transaction, station_id: int | None = None) -> int:
    """How many wait for their other side, or for being compared, longer than the setting allows."""
    before = tx.now - timedelta(days=tx.settings.pair_days)
    seen = _of(visible_records(tx), station_id).with_only_columns(Record.id)
    return (
        tx.session.scalar(
            select(func.count())
            .select_from(Pair)
            .where(Pair.record_id.in_(seen), Pair.state.in_(WORK), Pair.since < before)
        )
        or 0
    )


def is_overdue(tx: Transaction, pair: Pair) -> bool:
    """Whether a pair has been incomplete longer than the setting allows."""
    return pair.state in WORK and pair.since < tx.now - timedelta(days=tx.settings.pair_days)


def work_list(
    tx: Transaction, state: PairState, *, limit: int = 50, offset: int = 0
) -> tuple[list[RecordLine], int]:
    """The records whose pair is in that state, the longest waiting first, and how many there are."""
    tx.require(Permission.RECORD_READ)
    asked = RecordFilter(pair=state)
    return records(tx, asked, order="since", limit=limit, offset=offset), count_records(tx, asked)


def _of(query: Select[Record], station_id: int | None) -> Select[Record]:
    return query if station_id is None else query.where(Record.station_id == station_id)
