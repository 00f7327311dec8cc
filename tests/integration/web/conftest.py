"""青石供电所 with its pages, on SQLite and a folder: what the pages do is the same on every database."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from archive.system import System
from tests.builders import Station, moved, open_system, settle_station
from tests.clock import SettableClock
from tests.integration.web.visiting import Visits, visitor
from web.app import create_app


@pytest.fixture(scope="session")
def _settled(_sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Station:
    """The station as it is on its first morning; every test gets a copy of its own."""
    folder = tmp_path_factory.mktemp("settled")
    database = folder / "archive.sqlite3"
    shutil.copyfile(_sqlite_template, database)
    running = open_system(f"sqlite:///{database}", SettableClock(), folder / "data")
    settled = settle_station(running)
    running.engine.dispose()  # closing the last connection writes everything into the one file
    return settled


@pytest.fixture
def system(_settled: Station, clock: SettableClock, tmp_path: Path) -> Iterator[System]:
    """A running archive with the station in it."""
    database = tmp_path / "archive.sqlite3"
    shutil.copyfile(_settled.system.engine.url.database or "", database)
    running = open_system(f"sqlite:///{database}", clock, tmp_path / "data")
    yield running
    running.engine.dispose()


@pytest.fixture
def station(_settled: Station, system: System) -> Station:
    """The station, ready to plan its first quarter; books are of ten."""
    return moved(_settled, system)


@pytest.fixture
def neighbour(station: Station) -> Station:
    """Another station of the same company, with people of its own."""
    return settle_station(station.system, code="HX", name="河西供电所")


@pytest.fixture(scope="session")
def _apps() -> list[FastAPI]:
    return []


@pytest.fixture
def app(system: System, _apps: list[FastAPI]) -> FastAPI:
    """The pages; made once, since making three hundred routes takes longer than a test."""
    if not _apps:
        _apps.append(create_app(system))
    _apps[0].state.system = system
    return _apps[0]


@pytest.fixture
def visits(app: FastAPI) -> Visits:
    """Lets somebody visit the pages; ``visits(None)`` is a stranger."""
    return lambda person, language="zh": visitor(app, person, language)
