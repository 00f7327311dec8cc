"""kill −9 at every step of bringing papers in, reading them and making their searchable copy.

Whatever died when: started again, every page is there once, no row is without its object and no
object without its row.
"""

import pickle
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from archive import audit
from archive.access import SYSTEM
from archive.clock import Clock
from archive.filing.actions.drafts import file_draft
from archive.filing.delivery import DeliveredPage, Delivery, Draft
from archive.holdings.copy import ElectronicCopy
from tests.builders import Station, open_system, settle_station
from tests.deliveries import COMPLAINT, CONTRACT, delivered, pdf_of, read, read_as
from tests.e2e.deaths import LATER, Mortal, Step
from tests.e2e.installation import Installation, eventually, made_of, work_off
from tests.e2e.servers import free_port
from tests.holdings import with_file_plan
from tests.integration.filing.test_filing import said

pytestmark = pytest.mark.slow

PAPERS = [COMPLAINT, None, CONTRACT]


class Filing(Installation):
    """An installation whose state is what came in to be filed."""

    def state(self) -> dict[str, Any]:
        with self.system() as running, running.transaction(SYSTEM, writes=False) as tx:
            return {
                "deliveries": [
                    (one.state, one.pages) for one in tx.session.scalars(select(Delivery))
                ],
                "pages": [
                    (one.number, one.kind, one.set_aside, one.draft_id, one.image_sha256)
                    for one in tx.session.scalars(select(DeliveredPage).order_by("number"))
                ],
                "drafts": [
                    (one.position, one.title, one.proposed)
                    for one in tx.session.scalars(select(Draft).order_by("position"))
                ],
                "copies": [
                    bool(one.rendition_key) for one in tx.session.scalars(select(ElectronicCopy))
                ],
                "events": sorted(
                    entry.event
                    for entry in tx.session.scalars(select(audit.TrailEntry))
                    if entry.event.startswith(("delivery.", "record.rendition"))
                ),
            }


def begun(folder: Path) -> tuple[Station, Any]:
    running = open_system("", Clock(), folder / "data")
    return with_file_plan(settle_station(running)), running


def made(folder: Path, station: Station) -> Filing:
    token = station.archivist.signs_in().token
    assert token is not None
    station.system.engine.dispose()
    settings = made_of(data_dir=folder / "data", lease_seconds=5, watch_settle_seconds=1)
    return Filing(settings, 0, "", token)


@pytest.fixture(scope="module")
def scan() -> bytes:
    return pdf_of(*PAPERS)


@pytest.fixture(scope="module")
def readings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    kept = tmp_path_factory.mktemp("read") / "pages.pickle"
    kept.write_bytes(pickle.dumps([read_as(paper) for paper in PAPERS]))
    return kept


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Filing:
    """The station with its file plan and nothing brought in."""
    folder = tmp_path_factory.mktemp("empty")
    return made(folder, begun(folder)[0])


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory, scan: bytes) -> Filing:
    """A delivery that waits to be read."""
    folder = tmp_path_factory.mktemp("waiting")
    station, _ = begun(folder)
    delivered(station, ("一摞.pdf", scan))
    return made(folder, station)


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory, scan: bytes) -> Filing:
    """A record filed of a delivery, whose searchable copy is owed."""
    folder = tmp_path_factory.mktemp("filed")
    station, _ = begun(folder)
    delivery = delivered(station, ("一摞.pdf", scan))
    (draft,) = read(station, delivery, [read_as(paper) for paper in PAPERS])
    station.archivist.does(file_draft, draft.id, said(station))
    return made(folder, station)


@pytest.fixture(scope="module")
def undisturbed(
    waiting: Filing, readings: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """What comes of the delivery when nobody dies."""
    installation = waiting.copied(tmp_path_factory.mktemp("undisturbed"))
    work_off(installation, readings)
    state = installation.state()
    assert state["deliveries"] == [("read", 3)]
    return state


WHILE_READING = [
    Step("archive.filing.jobs:_begin", "commit"),
    Step("archive.ingest.paging:_fetched", "after"),
    Step("archive.filing.jobs:keep_bytes", "after"),
    Step("archive.filing.jobs:keep_bytes", "after", nth=4),
    Step("archive.filing.jobs:_keep_page", "commit"),
    Step("archive.filing.jobs:_keep_page", "after", nth=3),
    Step("archive.filing.jobs:gather", "after"),
    Step("archive.filing.jobs:_finish", "commit"),
    Step("archive.filing.jobs:_finish", "after"),
]


@pytest.mark.parametrize("step", WHILE_READING, ids=str)
def test_a_worker_killed_while_reading_loses_no_page(
    step, waiting, readings, undisturbed, tmp_path
):
    installation = waiting.copied(tmp_path)
    assert Mortal("worker", installation.settings, step=step, readings=readings).died()
    work_off(installation, readings)
    assert installation.state() == undisturbed
    installation.check_sound()


WHILE_MAKING = [
    Step("archive.filing.renditions:print_pages", "after"),
    Step("archive.storage.disk:DiskObjects.put", "after"),
    Step("archive.filing.renditions:make_rendition", "commit", nth=2),
]


@pytest.mark.parametrize("step", WHILE_MAKING, ids=str)
def test_a_worker_killed_while_it_makes_the_searchable_copy_makes_it_once(
    step, filed, readings, tmp_path
):
    installation = filed.copied(tmp_path)
    assert Mortal("worker", installation.settings, step=step, readings=readings).died()
    work_off(installation, readings)
    state = installation.state()
    assert state["copies"] == [True]
    assert state["events"].count("record.rendition-made") == 1
    installation.check_sound()


WHILE_RECEIVING = [
    Step("archive.ingest.spool:Part.finish", "after"),
    Step("archive.ingest.inspector:Inspector.inspect", "after"),
    Step("archive.storage.disk:DiskObjects.put", "after"),
    Step("archive.filing.receiving:receive", "commit"),
]


@pytest.mark.parametrize("step", WHILE_RECEIVING, ids=str)
def test_a_server_killed_while_receiving_has_half_stored_nothing(
    step, empty, readings, scan, undisturbed, tmp_path
):
    installation = empty.copied(tmp_path, port=free_port())
    server = Mortal("web", installation.settings, step=step)
    eventually(lambda: answers(installation))
    with pytest.raises(httpx.TransportError):
        send(installation, scan)
    assert server.died()
    assert installation.count(Delivery) == 0
    server = Mortal("web", installation.settings, later=LATER)
    eventually(lambda: answers(installation))
    try:
        assert send(installation, scan).status_code == 201
    finally:
        server.kill()
    work_off(installation, readings)
    assert installation.state() == undisturbed
    installation.check_sound()


@pytest.mark.parametrize(
    "step",
    [
        Step("archive.storage.disk:DiskObjects.put", "after"),
        Step("archive.filing.receiving:receive", "commit"),
        Step("archive.ingest.watch:_move", "before"),
    ],
    ids=str,
)
def test_what_lies_in_the_watched_folder_is_taken_once_whoever_died(
    step, empty, readings, scan, undisturbed, tmp_path
):
    folder = tmp_path / "watched"
    folder.mkdir()
    installation = empty.copied(tmp_path, watch_dir=folder)
    (folder / "QS 九月来文.pdf").write_bytes(scan)
    assert Mortal("worker", installation.settings, step=step, readings=readings).died()
    worker = Mortal("worker", installation.settings, readings=readings, later=LATER)
    eventually(lambda: len(list(folder.glob("done/*.pdf"))) == 1 and installation.owes_nothing())
    worker.kill()
    assert installation.count(Delivery) == 1
    assert not list(folder.glob("failed/*"))
    state = installation.state()
    assert state["pages"] == undisturbed["pages"]
    installation.check_sound()


def send(installation: Installation, scan: bytes) -> httpx.Response:
    address = f"http://127.0.0.1:{installation.settings.port}/api/v1"
    headers = {"authorization": f"Bearer {installation.token}", "x-file-name": "scan.pdf"}
    return httpx.post(
        f"{address}/stations/QS/deliveries", content=scan, headers=headers, timeout=60
    )


def answers(installation: Installation) -> bool:
    try:
        address = f"http://127.0.0.1:{installation.settings.port}/healthz"
        return httpx.get(address, timeout=10).status_code == 200
    except httpx.TransportError:
        return False
