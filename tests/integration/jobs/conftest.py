"""青石供电所 on each database, whose promises nobody has heard of yet."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archive.clock import Clock
from archive.system import System
from tests.builders import Station, open_system, settle_station
from tests.clock import SettableClock
from tests.engines import engine_on


@pytest.fixture
def clock() -> SettableClock:
    """Begins now, since stores date what they keep by the real clock."""
    return SettableClock(Clock().now())


@pytest.fixture
def new_system(
    database_url: str, clock: SettableClock, tmp_path: Path
) -> Iterator[Callable[..., System]]:
    """Starts the archive with other settings than usual."""
    engine = engine_on(database_url)
    yield lambda **settings: open_system(
        database_url, clock, tmp_path / "data", engine=engine, **settings
    )
    engine.dispose()


@pytest.fixture
def system(new_system: Callable[..., System]) -> System:
    return new_system()


@pytest.fixture
def station(system: System) -> Station:
    return settle_station(system)
