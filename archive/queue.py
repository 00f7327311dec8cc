"""The queue that executes promises: Huey, on SQLite by default, on PostgreSQL when outgrown.

A task carries nothing but the number of a promise; losing the queue loses no work.
"""

from pathlib import Path
from typing import Any

from huey import Huey, SqliteHuey  # noqa: TID251 - this is the one place

from archive.settings import Settings


def create_queue(settings: Settings) -> Huey:
    """The queue named by the settings."""
    if settings.queue_url:
        from huey.contrib.sql_huey import SqlHuey  # noqa: PLC0415, TID251 - only where it is used
        from playhouse.db_url import connect  # noqa: PLC0415 - only where it is used

        return SqlHuey("archive", database=connect(settings.queue_url), results=False)
    path = Path(settings.data_dir) / "queue.sqlite3"
    path.parent.mkdir(parents=True, exist_ok=True)
    return SqliteHuey("archive", filename=str(path), results=False, fsync=False)


class Nudge:
    """Tells the worker that a promise was made."""

    def __init__(self, queue: Huey, keep: Any) -> None:
        self._queue = queue
        self._keep = keep

    def __call__(self, promise_ids: list[int]) -> None:
        for promise_id in promise_ids:
            self._queue.enqueue(self._keep.s(promise_id))
