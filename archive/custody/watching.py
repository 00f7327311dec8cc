"""The watched folder of the custody: a file named for its volume is received as its scan."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from archive.access import WATCHED_FOLDER
from archive.custody.receiving import receive, volume_named
from archive.custody.scan import AlreadyReceived
from archive.ingest.arrival import Arrival
from archive.ingest.keeping import scan_limits
from archive.ingest.spool import Spool
from archive.ingest.watch import WatchedFolder
from archive.system import System


def watched_folder(system: System, folder: Path) -> WatchedFolder:
    """The folder, to be polled."""
    return WatchedFolder(
        folder,
        receiver(system),
        clock=system.clock,
        settled_after=timedelta(seconds=system.settings.watch_settle_seconds),
    )


def receiver(system: System) -> Callable[[Arrival], None]:
    """Takes in what arrives; what was received before, by a worker that died, counts as taken."""

    def take(arrival: Arrival) -> None:
        volume_id = volume_named(system, WATCHED_FOLDER, arrival.volume_code or "")
        settings = system.settings
        limit = scan_limits(settings).bytes_in_all
        with Spool(settings.effective_spool_dir, limit_bytes=limit) as spool:
            for file in arrival.files:
                with file.open() as source:
                    spool.take(source, file.name)
            with suppress(AlreadyReceived):
                receive(system, WATCHED_FOLDER, volume_id, spool.files, source="folder")

    return take
