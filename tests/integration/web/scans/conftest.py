"""A scan drawn and read by the real reader once a run, copied for every test that looks at it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from archive.custody.scan import Scan
from archive.custody.volume import Volume
from tests.builders import Station, open_system, settle_station
from tests.clock import SettableClock
from tests.integration.web.scans.sending import ReadVolume, copied, moved, read_for_real


@pytest.fixture(scope="session")
def _read_once(
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[], tuple[Path, Station, int, int]]:
    made: list[tuple[Path, Station, int, int]] = []

    def read_once() -> tuple[Path, Station, int, int]:
        if not made:
            home = tmp_path_factory.mktemp("read") / "home"
            home.mkdir()
            system = open_system(
                f"sqlite:///{home / 'archive.sqlite3'}",
                SettableClock(),
                home / "data",
                reader_threads=1,
            )
            station = settle_station(system)
            volume, scan = read_for_real(station, home)
            system.engine.dispose()
            made.append((home, station, volume.id, scan.id))
        return made[0]

    return read_once


@pytest.fixture
def read_volume(
    _read_once: Callable[[], tuple[Path, Station, int, int]],
    clock: SettableClock,
    tmp_path: Path,
    app: FastAPI,
) -> Iterator[ReadVolume]:
    """A volume of four numbers whose scan was really read; ``visits`` sees it."""
    home, station, volume_id, scan_id = _read_once()
    here = copied(home, tmp_path / "read")
    system = open_system(f"sqlite:///{here / 'archive.sqlite3'}", clock, here / "data")
    app.state.system = system
    own = moved(station, system)
    yield ReadVolume(own, own.sees(Volume, volume_id), own.sees(Scan, scan_id))
    system.engine.dispose()
