"""What every end-to-end test can ask for by name."""

import pickle
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.access import SYSTEM
from archive.clock import Clock
from archive.custody.reading import Expected
from archive.custody.reading_task import read_pages
from archive.custody.receiving import receive
from archive.ingest.keeping import scan_limits
from archive.ingest.sandbox import run_pages
from archive.ingest.spool import Spool
from archive.people.actions import actor_by_token
from tests.builders import open_system, settle_station
from tests.e2e.installation import Installation, made_of, work_off
from tests.e2e.paper import CODE, Paper, draw
from tests.e2e.servers import Program


@pytest.fixture(scope="session")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Paper:
    """Ten stubs on four pages: one void, and one whose number is under a blot."""
    folder = tmp_path_factory.mktemp("paper")
    return draw(folder, voids=("04210053",), spoilt=("04210058",))


@pytest.fixture(scope="session")
def readings(paper: Paper, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the real reader reads on the paper, in one go, for tests that are not about reading."""
    expected = Expected(widths=frozenset({8}))
    kept = tmp_path_factory.mktemp("readings") / "pages.pickle"
    kept.write_bytes(pickle.dumps(list(run_pages(read_pages, ([paper.scan], 1, expected, 2)))))
    return kept


@pytest.fixture(scope="session")
def sealed(paper: Paper, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """A sealed volume of the paper's numbers, and its custodian signed in."""
    return _sealed(tmp_path_factory.mktemp("sealed"), int(paper.numbers[0]), paper.voids)


@pytest.fixture(scope="session")
def other_sealed(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """A sealed volume of other numbers than the paper's."""
    return _sealed(tmp_path_factory.mktemp("other-sealed"), 4_210_061, [])


def _sealed(folder: Path, first: int, voids: list[str]) -> Installation:
    running = open_system("", Clock(), folder / "data")
    station = settle_station(running, book_size=10)
    station.next_number = first
    book = station.book_in_use(book=station.book_in_stock(station.issued_books(code=CODE)[0]))
    station.used(book, voids=voids)
    volume = station.sealed_volume(station.bound_volume())
    token = station.custodian.signs_in().token
    running.engine.dispose()
    assert token is not None
    settings = made_of(data_dir=folder / "data", lease_seconds=5, watch_settle_seconds=1)
    return Installation(settings, volume.id, volume.code, token)


@pytest.fixture(scope="session")
def received(
    sealed: Installation, paper: Paper, tmp_path_factory: pytest.TempPathFactory
) -> Installation:
    """The sealed volume with its scan received, which waits to be read."""
    installation = sealed.copied(tmp_path_factory.mktemp("received"))
    with installation.system() as running:
        with running.transaction(SYSTEM, writes=False) as tx:
            known = actor_by_token(tx, installation.token)
        assert known is not None
        limit = scan_limits(running.settings).bytes_in_all
        with Spool(running.settings.effective_spool_dir, limit_bytes=limit) as spool:
            with paper.scan.open("rb") as file:
                spool.take(file, "scan.pdf")
            receive(running, known[0], installation.volume_id, spool.files, source="page")
    return installation


@pytest.fixture(scope="session")
def undisturbed(
    received: Installation, readings: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """The state the volume ends in when nobody dies."""
    installation = received.copied(tmp_path_factory.mktemp("undisturbed"))
    work_off(installation, readings)
    state = installation.state()
    assert [one[3:5] for one in state["scans"]] == [("read", "")]
    assert len(state["stubs"]) == 10
    return state


@pytest.fixture
def new_program(tmp_path: Path) -> Iterator[Callable[..., Program]]:
    """Makes installations with nobody in them, not started yet; nothing outlives the test."""
    made: list[Program] = []

    def new(**settings: Any) -> Program:
        made.append(Program(tmp_path / f"installation-{len(made) + 1}", **settings))
        return made[-1]

    yield new
    for program in made:
        program.close()


@pytest.fixture
def program(new_program: Callable[..., Program]) -> Program:
    """An installation with nobody in it, not started yet."""
    return new_program(lease_seconds=5)
