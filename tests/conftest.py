"""What every test can ask for by name: databases, stores, a clock, a browser.

==================  ====================================================================
``database_url``    a migrated database of its own, on SQLite **and** on PostgreSQL
``empty_database``  the same with nothing in it, for the migrations themselves
``objects_url``     the address of an empty store, in a folder **and** in an S3
``object_store``    the store at that address
``postgres``        the PostgreSQL server itself
``seaweed``         the S3 server itself
``clock``           a clock that stands still until the test moves it
``new_page``        opens pages in a real browser, each in a context of its own
``page``            one such page
==================  ====================================================================

What a machine cannot run is said loudly at the end and fails the run where everything is
required (``CI=true`` or ``ARCHIVE_TESTS_REQUIRE_ALL=1``).
"""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from archive.storage import ObjectStore
from archive.storage.disk import DiskObjects
from tests.backends import NotHere, Postgres, Seaweed
from tests.browser import Watched, started
from tests.clock import SettableClock

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

T = TypeVar("T")
_TEMPLATE = "migrated"
_numbers = count(1)
_not_run = pytest.StashKey[dict[str, list[str]]]()
_failed = pytest.StashKey[bool]()


@dataclass(frozen=True)
class Beginning:
    """What the database of a test holds when it begins; made once a run, copied for every test."""

    name: str
    fill: Callable[[str], object]
    """Given the address of a migrated database, lets it come about there, and closes it."""


class Servers:
    """The real servers of this run, each started when a test first asks for it."""

    def __init__(self) -> None:
        self._started: dict[type, Any] = {}

    def the(self, kind: Callable[[], T]) -> T:
        """The server of this kind.

        Raises:
            NotHere: it cannot run on this machine; said at once the second time.
        """
        if kind not in self._started:
            try:
                self._started[kind] = kind()
            except NotHere as reason:
                self._started[kind] = reason
        server = self._started[kind]
        if isinstance(server, NotHere):
            raise server
        return server

    def stop(self) -> None:
        for server in self._started.values():
            if not isinstance(server, NotHere):
                server.stop()


def everything_required() -> bool:
    required = {os.environ.get(name, "") for name in ("CI", "ARCHIVE_TESTS_REQUIRE_ALL")}
    return bool(required & {"1", "true", "True", "yes"})


def here(request: pytest.FixtureRequest, what: str, start: Callable[[], T]) -> T:
    """What ``start`` gives; where it cannot run here, the test is reported as not run."""
    try:
        return start()
    except NotHere as reason:
        where = request.config.stash.setdefault(_not_run, {})
        where.setdefault(f"{what}: {reason}", []).append(request.node.nodeid)
        if everything_required():
            pytest.fail(f"{what} is required here, but {reason}", pytrace=False)
        pytest.skip(f"NOT RUN on this machine: {what}")


@pytest.fixture(scope="session")
def _servers() -> Iterator[Servers]:
    servers = Servers()
    yield servers
    servers.stop()


@pytest.fixture
def postgres(request: pytest.FixtureRequest, _servers: Servers) -> Postgres:
    """A real PostgreSQL."""
    return here(request, "PostgreSQL", lambda: _servers.the(Postgres))


@pytest.fixture
def seaweed(request: pytest.FixtureRequest, _servers: Servers) -> Seaweed:
    """A real S3."""
    return here(request, "S3 (SeaweedFS)", lambda: _servers.the(Seaweed))


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    template = tmp_path_factory.mktemp("sqlite") / "migrated.sqlite3"
    _migrate(f"sqlite:///{template}")
    assert not template.with_name(f"{template.name}-wal").exists(), "the copy would lack rows"
    return template


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database with nothing in it."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = f"empty_{next(_numbers)}"
    yield server.create(name)
    server.drop(name)


@pytest.fixture
def beginning() -> Beginning | None:
    """What is in the database of the test besides its tables; nothing, where no one says more."""
    return None


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(
    request: pytest.FixtureRequest, beginning: Beginning | None, tmp_path: Path
) -> Iterator[str]:
    """The address of a migrated database of this test's own."""
    if request.param == "sqlite":
        database = tmp_path / "archive.sqlite3"
        template = request.getfixturevalue("_sqlite_template")
        shutil.copyfile(_filled_file(template, beginning), database)
        yield f"sqlite:///{database}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = f"test_{next(_numbers)}"
    yield server.create(name, template=_filled_database(server, beginning))
    server.drop(name)


def _filled_file(template: Path, beginning: Beginning | None) -> Path:
    if beginning is None:
        return template
    filled = template.with_name(f"{beginning.name}.sqlite3")
    if not filled.exists():
        shutil.copyfile(template, filled)
        beginning.fill(f"sqlite:///{filled}")
        assert not filled.with_name(f"{filled.name}-wal").exists(), "the copy would lack rows"
    return filled


def _filled_database(server: Postgres, beginning: Beginning | None) -> str:
    if not server.has(_TEMPLATE):
        _migrate(server.create(_TEMPLATE))
    if beginning is None:
        return _TEMPLATE
    if not server.has(beginning.name):
        beginning.fill(server.create(beginning.name, template=_TEMPLATE))
    return beginning.name


@pytest.fixture(params=["disk", "s3"])
def objects_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """What ``ARCHIVE_OBJECTS`` takes: an empty store of this test's own."""
    if request.param == "disk":
        yield f"disk:{tmp_path / 'objects'}"
        return
    server: Seaweed = request.getfixturevalue("seaweed")
    bucket = f"test-{next(_numbers)}"
    yield server.url(bucket)
    server.remove_bucket(bucket)


@pytest.fixture
def object_store(objects_url: str) -> ObjectStore:
    """An empty store of this test's own."""
    if objects_url.startswith("disk:"):
        return DiskObjects(Path(objects_url.removeprefix("disk:")))
    from archive.storage.s3 import S3Objects

    return S3Objects.at(objects_url)


@pytest.fixture
def clock() -> SettableClock:
    """Stands on a Monday morning until the test moves it."""
    return SettableClock()


@pytest.fixture(scope="session")
def _browser() -> Iterator[Callable[[], "Browser"]]:
    """Playwright's loop holds the main thread while it runs, so these tests come last."""
    with started() as browser:
        yield browser


@pytest.fixture
def new_page(
    request: pytest.FixtureRequest, _browser: Callable[[], "Browser"]
) -> Iterator[Watched]:
    """Opens a page in a context of its own, as another person at another computer would.

    ``new_page(viewport=…, base_url=…)`` takes the options of Playwright's ``new_context``. The
    test fails if any page has an error in its scripts or console, lacks a part of itself, is
    answered with a 5xx, or asks for anything outside this machine – unless the test said
    ``new_page.expect_complaint("…")``. What a failed test saw last is in ``test-results/``.
    """
    watched = Watched(here(request, "a browser", _browser))
    yield watched
    if request.node.stash.get(_failed, False):
        watched.photograph(request.node.name)
    complaints = watched.close()
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def page(new_page: Watched) -> "Page":
    """A page in a real browser, in Chinese."""
    return new_page()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Iterator[None]:
    report = yield
    if report.when == "call":
        item.stash[_failed] = report.failed
    return report


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests in the browser come last."""
    for item in items:
        if "_browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A process that runs a share of the tests tells the first one what it could not run."""
    told: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if told is not None:
        told["not run"] = session.config.stash.get(_not_run, {})


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what such a process could not run."""
    where = node.config.stash.setdefault(_not_run, {})
    for reason, tests in getattr(node, "workeroutput", {}).get("not run", {}).items():
        where.setdefault(reason, []).extend(tests)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    where = config.stash.get(_not_run, {})
    if not where:
        return
    terminalreporter.section("NOT RUN ON THIS MACHINE", sep="!", red=True, bold=True)
    for reason, tests in where.items():
        terminalreporter.line(f"{len(tests)} tests need {reason}", red=True)


def _migrate(url: str) -> None:
    from archive import migrations
    from archive.db import create_engine_for

    engine = create_engine_for(url)
    migrations.upgrade(engine)
    engine.dispose()
