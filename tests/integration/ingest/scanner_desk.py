"""A process that watches a folder and may be killed: ``python -m … FOLDER STORE [after-store]``."""

import os
import signal
import sys
from datetime import timedelta
from pathlib import Path

from archive.clock import Clock
from archive.digest import digest_of_file
from archive.ingest.arrival import Arrival
from archive.ingest.watch import WatchedFolder


class Store:
    """Keeps each scan once, under its digest; dies after keeping one if told to."""

    def __init__(self, folder: Path, moment: str) -> None:
        self.folder = folder
        self.moment = moment

    def receive(self, arrival: Arrival) -> None:
        (only,) = arrival.files
        with only.open() as file:
            digests = digest_of_file(file)
            if self.moment == "before store":
                os.kill(os.getpid(), signal.SIGKILL)
            file.seek(0)
            kept = self.folder / digests.sha256
            if kept.exists():
                (self.folder / f"{digests.sha256} again").touch()
                return
            kept.write_bytes(file.read())
        if self.moment == "after store":
            os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    folder, store, *moment = sys.argv[1:]
    watched = WatchedFolder(
        Path(folder),
        Store(Path(store), *(moment or ["never"])).receive,
        clock=Clock(),
        settled_after=timedelta(0),
    )
    watched.poll()
    watched.poll()
