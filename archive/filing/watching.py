"""The watched folder: stub scans by their volume's code, everything else as a delivery to file.

``QS-202610-01.pdf`` is the scan of a volume; ``QS 九月来文.pdf`` or a sub-folder of that name, a
delivery of station QS. Where there is only one station its code may be left out.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from archive.access import WATCHED_FOLDER, Actor
from archive.custody import watching as custody
from archive.filing.delivery import DeliveredBefore, NoStationNamed
from archive.filing.receiving import delivery_spool, receive
from archive.ingest.arrival import Arrival
from archive.ingest.watch import WatchedFolder
from archive.people.person import Station
from archive.system import System

_STATION = re.compile(r"([A-Z0-9]{2,12})(?![A-Z0-9])")


def watched_folder(system: System, folder: Path) -> WatchedFolder:
    """The folder scanners write to, to be polled; by what a name says, stubs or a delivery."""
    stubs, deliveries = custody.receiver(system), delivery_receiver(system, WATCHED_FOLDER)

    def take(arrival: Arrival) -> None:
        (stubs if arrival.volume_code else deliveries)(arrival)

    return _polled(system, folder, take)


def delivery_folder(system: System, folder: Path, actor: Actor, station_id: int) -> WatchedFolder:
    """A folder all of whose files are deliveries of one station, brought in by somebody."""
    return _polled(system, folder, delivery_receiver(system, actor, station_id))


def delivery_receiver(
    system: System, actor: Actor, station_id: int | None = None
) -> Callable[[Arrival], None]:
    """Takes in what arrives; what was received before, by a worker that died, counts as taken."""

    def take(arrival: Arrival) -> None:
        station = station_id or _station_of(system, arrival.name)
        with delivery_spool(system.settings) as spool:
            for file in arrival.files:
                with file.open() as source:
                    spool.take(source, file.name)
            with suppress(DeliveredBefore):
                receive(system, actor, station, spool.files, source="folder")

    return take


def _polled(system: System, folder: Path, take: Callable[[Arrival], None]) -> WatchedFolder:
    return WatchedFolder(
        folder,
        take,
        clock=system.clock,
        settled_after=timedelta(seconds=system.settings.watch_settle_seconds),
    )


def _station_of(system: System, name: str) -> int:
    """The station a name begins with; the only one there is, when it names none.

    Raises:
        NoStationNamed: there are several, and the name begins with none of their codes.
    """
    found = _STATION.match(name.upper())
    with system.transaction(WATCHED_FOLDER, writes=False) as tx:
        stations = {one.code: one.id for one in tx.session.scalars(select(Station))}
    if found is not None and found[1] in stations:
        return stations[found[1]]
    if len(stations) != 1:
        raise NoStationNamed(field="station", code=name[:40])
    return next(iter(stations.values()))
