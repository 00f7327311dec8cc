"""青石供电所 on each database, with everybody in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.system import System
from tests.builders import Station, open_system, settle_station
from tests.clock import SettableClock


@pytest.fixture
def system(database_url: str, clock: SettableClock, tmp_path: Path) -> Iterator[System]:
    """A running archive nobody lives in yet."""
    running = open_system(database_url, clock, tmp_path / "data")
    yield running
    running.engine.dispose()


@pytest.fixture
def station(system: System) -> Station:
    """The station, ready to plan its first quarter."""
    return settle_station(system)
