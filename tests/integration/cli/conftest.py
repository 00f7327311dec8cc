"""A terminal of an installation, empty or with 青石供电所 in it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.clock import Clock
from tests.builders import Station, open_system, settle_station
from tests.integration.cli.terminal import Terminal


@pytest.fixture
def archive(tmp_path: Path) -> Terminal:
    """Types ``archive …`` in an installation with nothing in it, and tells how it ended."""
    return Terminal(tmp_path / "data")


@pytest.fixture
def installed(archive: Terminal, _sqlite_template: Path) -> Terminal:
    """The same with an empty database made already."""
    archive.data.mkdir()
    shutil.copyfile(_sqlite_template, archive.data / "archive.sqlite3")
    return archive


@pytest.fixture
def station(installed: Terminal) -> Iterator[Station]:
    """The station that lives in this installation."""
    running = open_system("", Clock(), installed.data)
    yield settle_station(running)
    running.engine.dispose()
