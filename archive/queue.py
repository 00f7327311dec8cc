"""The queue that executes promises: Huey, on SQLite by default, on PostgreSQL when outgrown.

A task carries nothing but the number of a promise; losing the queue loses no work.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archive.settings import Settings

if TYPE_CHECKING:
    from huey import Huey  # noqa: TID251 - this is the one place
    from huey.consumer import Consumer  # noqa: TID251 - this is the one place


def create_queue(settings: Settings) -> "Huey":
    """The queue named by the settings."""
    if settings.queue_url:
        from huey.contrib.sql_huey import SqlHuey  # noqa: PLC0415, TID251 - only where it is used

        return SqlHuey("archive", database=_connected(settings.queue_url), results=False)
    from huey import SqliteHuey  # noqa: PLC0415, TID251 - loads PostgreSQL's client, too

    path = Path(settings.data_dir) / "queue.sqlite3"
    path.parent.mkdir(parents=True, exist_ok=True)
    return SqliteHuey("archive", filename=str(path), results=False, fsync=False)


def _connected(url: str) -> Any:
    from playhouse import db_url  # noqa: PLC0415 - only where it is used

    connect: Callable[[str], Any] = db_url.connect
    return connect(url)


def keep_task(queue: "Huey", keep: Callable[[int], object]) -> Any:
    """The one task of the queue: keep the promise of this number."""

    def keep_promise(promise_id: int) -> None:
        keep(promise_id)

    return queue.task(name="keep_promise")(keep_promise)


class Nudge:
    """Tells the worker that promises were made."""

    def __init__(self, queue: "Huey", task: Any) -> None:
        self._queue = queue
        self._task = task

    def __call__(self, promise_ids: list[int]) -> None:
        for promise_id in promise_ids:
            self._queue.enqueue(self._task.s(promise_id))


def create_consumer(queue: "Huey", workers: int) -> "Consumer":
    """What executes the queue in this process; ``run()`` blocks until it is told to stop."""
    from huey.consumer import Consumer  # noqa: PLC0415, TID251 - the worker alone has one

    return Consumer(queue, workers=workers, periodic=False, initial_delay=0.1, max_delay=1.0)
