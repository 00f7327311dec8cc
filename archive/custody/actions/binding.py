"""What a new volume holds: whole entries of the register, in as few runs as possible [seed 3.4]."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select

from archive.custody.book import Book, UseEntry, VoidEntry
from archive.custody.numbers import NumberRun, joined
from archive.custody.volume import (
    CollectorsMixed,
    CutsThroughADay,
    MonthsMixed,
    NotWrittenYet,
    NumberInTwoVolumes,
    Volume,
    VolumeRun,
)
from archive.people.person import Station
from archive.transaction import Transaction


@dataclass(frozen=True, slots=True)
class BoundRun:
    """Numbers of one book, as the custodian names them for binding."""

    book_id: int
    first: str
    last: str


def unbound_entries(
    tx: Transaction, station_id: int, month: str, collector_id: int
) -> list[UseEntry]:
    """A collector's entries of a month that are in no volume yet."""
    found = tx.session.scalars(
        select(UseEntry)
        .where(
            UseEntry.station_id == station_id,
            UseEntry.volume_id.is_(None),
            UseEntry.recorded_by_id == collector_id,
        )
        .order_by(UseEntry.first_key)
    )
    return [entry for entry in found if entry.month == month]


def entries_of(
    tx: Transaction, station_id: int, month: str, collector_id: int, runs: Sequence[BoundRun]
) -> list[UseEntry]:
    """The whole entries that make up the named runs, each once however often it is named."""
    entries: dict[int, UseEntry] = {}
    for named in runs:
        book = tx.get(Book, named.book_id)
        run = NumberRun.parse(book.code, named.first, named.last)
        found = [
            entry
            for entry in tx.session.scalars(
                select(UseEntry)
                .where(UseEntry.book_id == book.id, UseEntry.station_id == station_id)
                .order_by(UseEntry.first_key)
            )
            if entry.run.overlaps(run)
        ]
        _check_entries(run, found, month, collector_id)
        entries |= {entry.id: entry for entry in found}
    return list(entries.values())


def _check_entries(run: NumberRun, entries: list[UseEntry], month: str, collector_id: int) -> None:
    facts = {"first": run.first, "last": run.last}
    if sum(len(joint) for joint in joined(entry.run for entry in entries)) == 0:
        raise NotWrittenYet(field="runs", **facts)
    if any(entry.volume_id is not None for entry in entries):
        raise NumberInTwoVolumes(**facts)
    if any(entry.month != month for entry in entries):
        raise MonthsMixed(field="runs", month=month, **facts)
    if any(entry.recorded_by_id != collector_id for entry in entries):
        raise CollectorsMixed(field="runs", **facts)
    covered = joined(entry.run for entry in entries)
    if not any(joint.covers(run) for joint in covered):
        raise NotWrittenYet(field="runs", **facts)
    if covered != [run]:
        raise CutsThroughADay(field="runs", **facts)


def hold(tx: Transaction, volume: Volume, entries: Sequence[UseEntry]) -> None:
    by_book: dict[int, list[NumberRun]] = {}
    for entry in entries:
        entry.volume_id = volume.id
        by_book.setdefault(entry.book_id, []).append(entry.run)
    for book_id, book_runs in by_book.items():
        for run in joined(book_runs):
            tx.session.add(
                VolumeRun(
                    volume_id=volume.id,
                    book_id=book_id,
                    code=run.code,
                    first=run.first,
                    last=run.last,
                    first_key=run.first_key,
                    last_key=run.last_key,
                )
            )
    tx.session.flush()


def voids_in(tx: Transaction, entries: Sequence[UseEntry]) -> list[str]:
    voids = tx.session.scalars(
        select(VoidEntry)
        .where(VoidEntry.book_id.in_({entry.book_id for entry in entries}))
        .order_by(VoidEntry.number_key)
    )
    return [
        void.number
        for void in voids
        if any(entry.first_key <= void.number_key <= entry.last_key for entry in entries)
    ]


def drafted(
    tx: Transaction, station: Station, month: str, collector_id: int, entries: Sequence[UseEntry]
) -> Volume:
    """A draft, the next of its station's month, with its cover filled in from the entries."""
    last = tx.session.scalar(
        select(func.max(Volume.sequence)).where(
            Volume.station_id == station.id, Volume.month == month
        )
    )
    sequence = (last or 0) + 1
    voids = voids_in(tx, entries)
    return Volume(
        code=f"{station.code}-{month.replace('-', '')}-{sequence:02d}",
        station_id=station.id,
        month=month,
        sequence=sequence,
        collector_id=collector_id,
        collected_from=min(entry.used_on for entry in entries),
        collected_to=max(entry.used_on for entry in entries),
        sets=sum(len(entry.run) for entry in entries),
        void_sets=len(voids),
        void_numbers=voids,
        kwh=sum((entry.kwh for entry in entries), Decimal(0)),
        amount_fen=sum(entry.amount_fen for entry in entries),
        bound_by_id=tx.person_id,
        bound_at=tx.now,
    )
