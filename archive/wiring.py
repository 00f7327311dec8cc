"""Settings → a running archive."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from archive import migrations
from archive.clock import Clock
from archive.db import create_engine_for
from archive.queue import Nudge, create_queue, keep_task
from archive.search import Engine
from archive.search.index import SearchIndex
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


def create_index(settings: Settings) -> SearchIndex:
    """The index of words, in the data folder; its engine is loaded when it is first used."""

    def engine() -> Engine:
        if settings.search == "whoosh":
            from archive.search.whoosh_index import Whoosh  # noqa: PLC0415 - takes a while to load

            return Whoosh()
        from archive.search.tantivy_index import Tantivy  # noqa: PLC0415 - takes a while to load

        return Tantivy()

    return SearchIndex(settings.data_dir / "search", settings.data_dir / "keys/search.key", engine)


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
        nudge = _nudge(settings)
    return System(
        settings,
        engine,
        create_store(settings),
        clock or Clock(),
        nudge,
        create_index(settings),
    )


def _nudge(settings: Settings) -> Callable[[list[int]], None]:
    """Tells the worker; the queue is opened with the first promise that is made."""

    @cache
    def opened() -> Nudge:
        queue = create_queue(settings)
        return Nudge(queue, keep_task(queue, _not_here))

    return lambda promise_ids: opened()(promise_ids) if promise_ids else None


def _not_here(_promise_id: int) -> None:
    """Promises are kept by the worker, not by who makes them."""
