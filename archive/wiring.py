"""Settings → a running archive."""

from collections.abc import Callable
from pathlib import Path

from archive import migrations
from archive.clock import Clock
from archive.db import create_engine_for
from archive.queue import Nudge, create_queue, keep_task
from archive.settings import Settings
from archive.storage import ObjectStore
from archive.storage.disk import DiskObjects
from archive.system import System


def create_store(settings: Settings) -> ObjectStore:
    """The object store the settings name."""
    kind, _, place = settings.effective_objects.partition(":")
    if kind == "disk":
        return DiskObjects(Path(place))
    from archive.storage.s3 import S3Objects  # noqa: PLC0415 - its client takes a while to load

    return S3Objects.at(settings.effective_objects, lock_years=settings.object_lock_years)


def create_system(
    settings: Settings | None = None,
    *,
    clock: Clock | None = None,
    nudge: Callable[[list[int]], None] | None = None,
) -> System:
    """A running archive with its database in the present shape."""
    settings = settings or Settings()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    engine = create_engine_for(settings.effective_database_url)
    if not migrations.is_current(engine):
        migrations.upgrade(engine)
    if nudge is None:
        queue = create_queue(settings)
        nudge = Nudge(queue, keep_task(queue, _not_here))
    return System(settings, engine, create_store(settings), clock or Clock(), nudge)


def _not_here(_promise_id: int) -> None:
    """Promises are kept by the worker, not by who makes them."""
