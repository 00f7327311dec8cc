"""Reads about bound volumes: the list, what a month can bind, one volume with its scans."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, select

from archive.access import Permission
from archive.custody.actions.binding import unbound_entries
from archive.custody.book import Book, UseEntry, VoidEntry
from archive.custody.numbers import NumberRun, joined
from archive.custody.queries.waiting import Q, narrowed
from archive.custody.scan import Scan, ScanFile
from archive.custody.volume import Volume, VolumeRun
from archive.people.person import Person, Station
from archive.transaction import NoSuchThing, Transaction

ORDERS: Mapping[str, tuple[Any, ...]] = {
    "month": (Volume.month, Volume.id),
    "code": (Volume.code,),
    "sets": (Volume.sets, Volume.id),
    "amount": (Volume.amount_fen, Volume.id),
    "state": (Volume.state, Volume.id),
}
"""What a list can be sorted by; ``-`` in front turns it round."""


@dataclass(frozen=True, slots=True)
class VolumeRow:
    """A volume in a list."""

    volume: Volume
    station: str
    collector: str
    runs: Sequence[NumberRun]
    scan_state: str


@dataclass(frozen=True, slots=True)
class VolumeList:
    """A page of a list of volumes, with the sums over all of it."""

    rows: Sequence[VolumeRow]
    total: int
    sets: int
    void_sets: int
    kwh: Decimal
    amount_fen: int


@dataclass(frozen=True, slots=True)
class CoverShown:
    """What stands on a cover (封面), or would if it were bound so [seed 3.4]."""

    month: str
    collected_from: date | None
    collected_to: date | None
    runs: Sequence[NumberRun]
    sets: int
    void_numbers: Sequence[str]
    kwh: Decimal
    amount_fen: int
    remark: str = ""

    @property
    def valid_sets(self) -> int:
        return self.sets - len(self.void_numbers)


@dataclass(frozen=True, slots=True)
class Unbound:
    """Written numbers of one collector's month that are in no volume yet."""

    month: str
    collector_id: int
    collector: str
    sets: int
    books: int


@dataclass(frozen=True, slots=True)
class ProposedRun:
    """Numbers of one book that wait to be bound."""

    book_id: int
    book: NumberRun
    run: NumberRun
    collected_from: date
    collected_to: date
    void_numbers: Sequence[str]
    kwh: Decimal
    amount_fen: int

    @property
    def key(self) -> str:
        """Names it in a form."""
        return f"{self.book_id}:{self.run.first}:{self.run.last}"


@dataclass(frozen=True, slots=True)
class ScanShown:
    """A scan of a volume with the files it came in."""

    scan: Scan
    files: Sequence[ScanFile]
    received_by: str


def volumes_listed(
    tx: Transaction,
    *,
    station_id: int | None = None,
    month: str = "",
    state: str = "",
    order: str = "-month",
    offset: int = 0,
    limit: int = 50,
) -> VolumeList:
    """The volumes the actor may see, narrowed and in order."""
    tx.require(Permission.VOLUME_READ)
    count, sets, void_sets, kwh, amount_fen = tx.session.execute(
        _seen(
            tx,
            select(
                func.count(Volume.id),
                func.coalesce(func.sum(Volume.sets), 0),
                func.coalesce(func.sum(Volume.void_sets), 0),
                func.sum(Volume.kwh),
                func.coalesce(func.sum(Volume.amount_fen), 0),
            ),
            _wanted(station_id, month, state),
        )
    ).one()
    rows = page_of_volumes(
        tx,
        station_id=station_id,
        month=month,
        state=state,
        order=order,
        offset=offset,
        limit=limit,
    )
    return VolumeList(rows, count, int(sets), int(void_sets), kwh or Decimal(0), int(amount_fen))


def count_volumes(
    tx: Transaction, *, station_id: int | None = None, month: str = "", state: str = ""
) -> int:
    """How many volumes such a list has."""
    tx.require(Permission.VOLUME_READ)
    counted = _seen(tx, select(func.count(Volume.id)), _wanted(station_id, month, state))
    return tx.session.execute(counted).scalar_one()


def page_of_volumes(
    tx: Transaction,
    *,
    station_id: int | None = None,
    month: str = "",
    state: str = "",
    order: str = "-month",
    offset: int = 0,
    limit: int = 50,
) -> list[VolumeRow]:
    """A page of such a list alone, for who has counted it already."""
    tx.require(Permission.VOLUME_READ)
    found = tx.session.execute(
        _seen(tx, select(Volume, Station.name, Person.name), _wanted(station_id, month, state))
        .join(Station, Station.id == Volume.station_id)
        .join(Person, Person.id == Volume.collector_id)
        .order_by(*_ordered(order))
        .offset(offset)
        .limit(limit)
    ).all()
    ids = [volume.id for volume, _, _ in found]
    runs, states = runs_by_volume(tx, ids), _scan_states(tx, ids)
    return [
        VolumeRow(volume, station, collector, runs.get(volume.id, ()), states.get(volume.id, ""))
        for volume, station, collector in found
    ]


def _wanted(station_id: int | None, month: str, state: str) -> list[ColumnElement[bool]]:
    given = {Volume.station_id: station_id, Volume.month: month, Volume.state: state}
    return [column == value for column, value in given.items() if value]


def seen_volume(tx: Transaction, volume_id: int) -> Volume:
    """The volume, if the actor may know of it.

    Raises:
        NoSuchThing: there is none, or it is another station's.
    """
    volume = tx.get(Volume, volume_id)
    if not tx.can(Permission.VOLUME_READ, volume.station_id):
        raise NoSuchThing(thing="volume", key=str(volume_id))
    return volume


def runs_by_volume(tx: Transaction, ids: Sequence[int]) -> dict[int, list[NumberRun]]:
    """The numbers each volume holds, in as few runs as possible."""
    held: dict[int, list[NumberRun]] = {}
    for row in tx.session.scalars(select(VolumeRun).where(VolumeRun.volume_id.in_(ids))):
        held.setdefault(row.volume_id, []).append(row.run)
    return {volume_id: joined(runs) for volume_id, runs in held.items()}


def cover_shown(tx: Transaction, volume: Volume) -> CoverShown:
    """The cover of a volume as it stands."""
    return CoverShown(
        month=volume.month,
        collected_from=volume.collected_from,
        collected_to=volume.collected_to,
        runs=runs_by_volume(tx, [volume.id]).get(volume.id, []),
        sets=volume.sets,
        void_numbers=list(volume.void_numbers),
        kwh=volume.kwh,
        amount_fen=volume.amount_fen,
        remark=volume.remark,
    )


def binding_stations(tx: Transaction) -> list[Station]:
    """The stations the actor binds at.

    Raises:
        NotPermitted: at none.
    """
    tx.require(Permission.VOLUME_BIND)
    query = select(Station).order_by(Station.code)
    return list(tx.session.scalars(narrowed(tx, query, Station.id, Permission.VOLUME_BIND)))


def months_to_bind(tx: Transaction, station_id: int) -> list[Unbound]:
    """Whose numbers of which month wait to be bound at a station, oldest first.

    Raises:
        NotPermitted: the actor does not bind there.
    """
    tx.require(Permission.VOLUME_BIND, station_id)
    rows = tx.session.execute(
        select(UseEntry, Person.name)
        .join(Person, Person.id == UseEntry.recorded_by_id)
        .where(UseEntry.station_id == station_id, UseEntry.volume_id.is_(None))
        .order_by(UseEntry.used_on, UseEntry.first_key)
    )
    grouped: dict[tuple[str, int, str], list[UseEntry]] = {}
    for entry, name in rows:
        grouped.setdefault((entry.month, entry.recorded_by_id, name), []).append(entry)
    return [
        Unbound(
            month,
            collector_id,
            name,
            sum(len(entry.run) for entry in entries),
            len({entry.book_id for entry in entries}),
        )
        for (month, collector_id, name), entries in sorted(grouped.items())
    ]


def proposed_runs(
    tx: Transaction, station_id: int, month: str, collector_id: int
) -> list[ProposedRun]:
    """What of a collector's month can be bound, book by book.

    Raises:
        NotPermitted: the actor does not bind there.
    """
    tx.require(Permission.VOLUME_BIND, station_id)
    entries = unbound_entries(tx, station_id, month, collector_id)
    ids = {entry.book_id for entry in entries}
    books = {book.id: book for book in tx.session.scalars(select(Book).where(Book.id.in_(ids)))}
    voids = tx.session.scalars(
        select(VoidEntry).where(VoidEntry.book_id.in_(ids)).order_by(VoidEntry.number_key)
    ).all()
    proposed = []
    for book_id in sorted(ids, key=lambda each: books[each].first_key):
        own = [entry for entry in entries if entry.book_id == book_id]
        for run in joined(entry.run for entry in own):
            inside = [entry for entry in own if run.covers(entry.run)]
            keys = (run.first_key, run.last_key)
            void_numbers = [void.number for void in voids if keys[0] <= void.number_key <= keys[1]]
            proposed.append(_proposed(books[book_id], run, inside, void_numbers))
    return proposed


def cover_of(month: str, chosen: Sequence[ProposedRun]) -> CoverShown:
    """What the cover will say if these runs are bound."""
    return CoverShown(
        month=month,
        collected_from=min((run.collected_from for run in chosen), default=None),
        collected_to=max((run.collected_to for run in chosen), default=None),
        runs=joined(run.run for run in chosen),
        sets=sum(len(run.run) for run in chosen),
        void_numbers=[number for run in chosen for number in run.void_numbers],
        kwh=sum((run.kwh for run in chosen), Decimal(0)),
        amount_fen=sum(run.amount_fen for run in chosen),
    )


def scans_of(tx: Transaction, volume_id: int) -> list[ScanShown]:
    """Every scan of a volume, the newest first; it alone speaks for the volume."""
    scans = tx.session.execute(
        select(Scan, Person.name)
        .outerjoin(Person, Person.id == Scan.received_by_id)
        .where(Scan.volume_id == volume_id)
        .order_by(Scan.id.desc())
    ).all()
    files: dict[int, list[ScanFile]] = {}
    for file in tx.session.scalars(
        select(ScanFile)
        .where(ScanFile.scan_id.in_([scan.id for scan, _ in scans]))
        .order_by(ScanFile.position)
    ):
        files.setdefault(file.scan_id, []).append(file)
    return [ScanShown(scan, files.get(scan.id, []), name or "") for scan, name in scans]


def names_of(tx: Transaction, ids: Sequence[int | None]) -> dict[int, str]:
    """The names of persons by their ids."""
    wanted = {person_id for person_id in ids if person_id is not None}
    rows = tx.session.execute(select(Person.id, Person.name).where(Person.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def _seen(tx: Transaction, query: Q, conditions: Sequence[ColumnElement[bool]]) -> Q:
    return narrowed(tx, query.where(*conditions), Volume.station_id, Permission.VOLUME_READ)


def _ordered(order: str) -> tuple[Any, ...]:
    columns = ORDERS.get(order.removeprefix("-"), ORDERS["month"])
    turned: Callable[[Any], Any] = (
        (lambda column: column.desc()) if order.startswith("-") else (lambda column: column)
    )
    return tuple(turned(column) for column in columns)


def _scan_states(tx: Transaction, ids: Sequence[int]) -> dict[int, str]:
    rows = tx.session.execute(
        select(Scan.volume_id, Scan.state).where(Scan.volume_id.in_(ids)).order_by(Scan.id)
    )
    return {row.volume_id: str(row.state) for row in rows}


def _proposed(
    book: Book, run: NumberRun, entries: Sequence[UseEntry], void_numbers: Sequence[str]
) -> ProposedRun:
    return ProposedRun(
        book_id=book.id,
        book=book.run,
        run=run,
        collected_from=min(entry.used_on for entry in entries),
        collected_to=max(entry.used_on for entry in entries),
        void_numbers=void_numbers,
        kwh=sum((entry.kwh for entry in entries), Decimal(0)),
        amount_fen=sum(entry.amount_fen for entry in entries),
    )
