"""青石供电所 on each database, with everybody in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from archive.system import System
from tests.builders import Station, moved, open_system, settle_station
from tests.clock import SettableClock
from tests.conftest import Beginning
from tests.engines import engine_on


@pytest.fixture
def system(database_url: str, clock: SettableClock, tmp_path: Path) -> Iterator[System]:
    """A running archive nobody lives in yet, unless the test asks for the station."""
    engine = engine_on(database_url)
    yield open_system(database_url, clock, tmp_path / "data", engine=engine)
    engine.dispose()


@pytest.fixture(scope="session")
def _stations() -> dict[str, Station]:
    """The station of each family of databases as it was on its first morning."""
    return {}


@pytest.fixture
def beginning(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Beginning | None:
    """The station has settled in once; every test that asks for it gets a copy of its own."""
    if "_stations" not in request.fixturenames:
        return None
    stations: dict[str, Station] = request.getfixturevalue("_stations")

    def settle(url: str) -> None:
        system = open_system(url, SettableClock(), tmp_path_factory.mktemp("settling"))
        stations[make_url(url).get_backend_name()] = settle_station(system)
        system.engine.dispose()  # closing the last connection writes everything into the one file

    return Beginning("settled", settle)


@pytest.fixture
def station(system: System, _stations: dict[str, Station], beginning: Beginning | None) -> Station:
    """The station, ready to plan its first quarter."""
    if beginning is None:
        return settle_station(system)
    return moved(_stations[system.engine.dialect.name], system)
