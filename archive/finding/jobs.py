"""Keeps the index of words like the rows: in small rounds, whole when asked, checked at night."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, func, insert, select, tuple_

from archive.access import SYSTEM
from archive.clock import STATION_ZONE, day_at_station
from archive.finding.unindexed import Unindexed
from archive.finding.units import searchable, units
from archive.holdings.record import Record, RecordState
from archive.search import Unit
from archive.system import System
from archive.transaction import Transaction

NIGHT = range(1, 5)
"""Hours at the station in which nobody is kept waiting."""

ROUND, WHOLE_ROUND = 1_000, 5_000
"""So many records go into one commit of the index: of what changed, and of an index made anew."""


@dataclass(frozen=True, slots=True)
class Drift:
    """How the index differs from the rows; what waits to be indexed is no drift.

    Attributes:
        checked: records compared.
        lacking, foreign, other: not in the index, only in the index, different in it.
    """

    checked: int
    lacking: tuple[int, ...]
    foreign: tuple[int, ...]
    other: tuple[int, ...]

    @property
    def none(self) -> bool:
        return not (self.lacking or self.foreign or self.other)


def catch_up(system: System) -> int:
    """Index everything that changed since; how many records that were."""
    done = 0
    if not system.index.exists:  # lost, or never made
        return reindex(system)
    while True:
        with system.transaction(SYSTEM, writes=False) as tx:
            waiting = _waiting(tx, ROUND)
        if not waiting:
            return done
        system.index.write([record_id for record_id, _ in waiting], _units_of(system))
        _indexed(system, waiting)
        done += len(waiting)


def _waiting(tx: Transaction, most: int | None = None) -> list[tuple[int, int]]:
    """Records that wait to be indexed, each with the number of its last change."""
    query = select(Unindexed.record_id, Unindexed.change).order_by(Unindexed.record_id)
    return [(row.record_id, row.change) for row in tx.session.execute(query.limit(most))]


def _indexed(system: System, waited: list[tuple[int, int]]) -> None:
    """These wait no longer, but for those that changed again meanwhile."""
    for at in range(0, len(waited), ROUND):
        with system.transaction(SYSTEM) as tx:
            same = tuple_(Unindexed.record_id, Unindexed.change).in_(waited[at : at + ROUND])
            tx.session.execute(delete(Unindexed).where(same))


def reindex(system: System, said: Callable[[int], None] = lambda _done: None) -> int:
    """Make the index anew from the rows and put it in place of the old one.

    Goes on where it was cut off. Returns how many records there are to be found.
    """
    with system.transaction(SYSTEM, writes=False) as tx:
        before = _waiting(tx)
    if system.index.rebuild(lambda at: _batches(system, at), _units_of(system), said):
        _indexed(system, before)
    catch_up(system)
    return count_searchable(system)


def forget_going(system: System) -> None:
    """Take what is being destroyed out of the index, and its words off the disk.

    An engine keeps what was deleted until it happens to merge; only a new index is free of it.
    """
    with system.transaction(SYSTEM, writes=False) as tx:
        going = tx.session.scalar(
            select(Record.id).where(Record.state == RecordState.DESTROYING).limit(1)
        )
    catch_up(system)
    if system.index.exists and going is not None:
        reindex(system)


def count_searchable(system: System) -> int:
    """How many records may be in the index."""
    with system.transaction(SYSTEM, writes=False) as tx:
        return tx.session.scalar(select(func.count()).select_from(searchable().subquery())) or 0


def check_index(system: System) -> Drift:
    """Compare the index with the rows; what differs is indexed again by the next round."""
    catch_up(system)
    held = dict(system.index.stamps()) if system.index.exists else {}
    lacking, other, checked = [], [], 0
    make = _units_of(system)
    for ids in _batches(system, 0):
        for unit in make(ids):
            checked += 1
            stamp = held.pop(unit.id, None)
            if stamp is None:
                lacking.append(unit.id)
            elif stamp != unit.stamp:
                other.append(unit.id)
    found = Drift(checked, tuple(lacking), tuple(sorted(held)), tuple(other))
    _index_again(system, found)
    return found


class Nightly:
    """Checks the index once a night, when nobody searches; called every hour."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._checked_on: date | None = None

    def __call__(self) -> None:
        """Check it, if it is night and was not done yet."""
        now = self._system.clock.now()
        today = day_at_station(now)
        if self._checked_on == today or now.astimezone(STATION_ZONE).hour not in NIGHT:
            return
        self._checked_on = today
        check_index(self._system)


def _index_again(system: System, drift: Drift) -> None:
    if drift.none:
        return
    with system.transaction(SYSTEM) as tx:
        drifted = [*drift.lacking, *drift.foreign, *drift.other]
        known = set(tx.session.scalars(select(Unindexed.record_id)))
        fresh = [{"record_id": one, "change": 1} for one in drifted if one not in known]
        if fresh:
            tx.session.execute(insert(Unindexed), fresh)
        tx.record("index.drifted", "index", count=len(drifted))


def _units_of(system: System) -> Callable[[list[int]], Iterator[Unit]]:
    def make(ids: list[int]) -> Iterator[Unit]:
        with system.transaction(SYSTEM, writes=False) as tx:
            yield from units(tx, system.index.wording, ids)

    return make


def _batches(system: System, at: int) -> Iterable[list[int]]:
    while True:
        with system.transaction(SYSTEM, writes=False) as tx:
            query = searchable().where(Record.id > at).order_by(Record.id).limit(WHOLE_ROUND)
            ids = list(tx.session.scalars(query))
        if not ids:
            return
        yield ids
        at = ids[-1]
