"""青石供电所 on each database, with everybody in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.system import System
from tests.builders import Station, open_system, settle_station
from tests.clock import SettableClock
from tests.engines import engine_on


@pytest.fixture
def system(database_url: str, clock: SettableClock, tmp_path: Path) -> Iterator[System]:
    """A running archive nobody lives in yet."""
    engine = engine_on(database_url)
    yield open_system(database_url, clock, tmp_path / "data", engine=engine)
    engine.dispose()


@pytest.fixture
def station(system: System) -> Station:
    """The station, ready to plan its first quarter."""
    return settle_station(system)
