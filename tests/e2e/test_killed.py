"""kill −9 of the server, the worker and the reading child at every step of receiving and reading.

Whatever died when: started again, the volume ends in the same state as if nothing had happened,
every object has its row and every row its object, and the trail is unbroken.
"""

from itertools import count
from typing import Any

import httpx
import pytest

from archive.custody.scan import Scan, ScanPage
from tests.e2e.deaths import LATER, Mortal, Step
from tests.e2e.installation import Installation, eventually, work_off
from tests.e2e.paper import Paper
from tests.e2e.servers import Program, descendants, free_port, kill

pytestmark = pytest.mark.slow


# ---------------------------------------------------------------- the worker, while it reads

WHILE_READING = [
    Step("archive.outbox:take", "after"),
    Step("archive.jobs:keep_promise", "commit"),
    Step("archive.custody.jobs:_begin", "before"),
    Step("archive.custody.jobs:_begin", "commit"),
    Step("archive.custody.jobs:_begin", "after"),
    Step("archive.ingest.paging:_fetched", "before"),
    Step("archive.ingest.paging:_fetched", "after"),
    Step("archive.custody.jobs:_keep_page", "before"),
    Step("archive.custody.jobs:keep_bytes", "after"),
    Step("archive.custody.jobs:keep_bytes", "after", nth=2),
    Step("archive.custody.jobs:_keep_page", "commit"),
    Step("archive.custody.jobs:_keep_page", "after"),
    Step("archive.custody.jobs:keep_bytes", "after", nth=5),
    Step("archive.custody.jobs:_keep_page", "commit", nth=3),
    Step("archive.custody.jobs:_keep_page", "after", nth=4),
    Step("archive.custody.jobs:_finish", "before"),
    Step("archive.custody.jobs:_finish", "commit"),
    Step("archive.custody.jobs:_finish", "after"),
    Step("archive.jobs:keep_promise", "commit", nth=2),
]


@pytest.mark.parametrize("step", WHILE_READING, ids=str)
def test_a_worker_killed_while_reading_changes_nothing(
    step, received, readings, undisturbed, tmp_path
):
    installation = received.copied(tmp_path)
    worker = Mortal("worker", installation.settings, step=step, readings=readings)
    assert worker.died()
    work_off(installation, readings)
    assert installation.state() == undisturbed
    installation.check_sound()


def test_workers_killed_again_and_again_still_come_to_the_end(
    received, readings, undisturbed, tmp_path
):
    installation = received.copied(tmp_path)
    step = Step("archive.custody.jobs:_keep_page", "after")
    for page in range(1, 5):
        worker = Mortal(
            "worker", installation.settings, step=step, readings=readings, later=page * LATER
        )
        assert worker.died()
        assert installation.count(ScanPage) == page
    worker = Mortal("worker", installation.settings, readings=readings, later=6 * LATER)
    eventually(installation.owes_nothing)
    worker.kill()
    assert installation.state() == undisturbed
    installation.check_sound()


# ---------------------------------------------------------------- the server, while it receives

BEFORE_THE_COMMIT = [
    Step("archive.ingest.spool:Part.write", "before"),
    Step("archive.ingest.spool:Part.write", "before", nth=2),
    Step("archive.ingest.spool:Part.finish", "after"),
    Step("archive.ingest.inspector:Inspector.inspect", "before"),
    Step("archive.ingest.inspector:Inspector.inspect", "after"),
    Step("archive.storage.disk:DiskObjects.put", "before"),
    Step("archive.storage.disk:_write", "after"),
    Step("archive.storage.disk:DiskObjects.put", "after"),
    Step("archive.custody.receiving:record_scan", "before"),
    Step("archive.custody.receiving:record_scan", "after"),
    Step("archive.custody.receiving:receive", "commit"),
]
AFTER_THE_COMMIT = [
    Step("archive.queue:Nudge.__call__", "before"),
    Step("archive.queue:Nudge.__call__", "after"),
]


@pytest.mark.parametrize("step", BEFORE_THE_COMMIT, ids=str)
def test_a_server_killed_while_receiving_has_half_stored_nothing(
    step, sealed, paper, readings, undisturbed, tmp_path
):
    installation = sealed.copied(tmp_path, port=free_port())
    died_receiving(installation, paper, step)
    assert installation.count(Scan) == 0
    assert sent_again(installation, paper).status_code == 201
    work_off(installation, readings)
    assert installation.state() == undisturbed
    installation.check_sound()


@pytest.mark.parametrize("step", AFTER_THE_COMMIT, ids=str)
def test_a_scan_that_was_recorded_is_read_though_the_server_died_before_it_said_so(
    step, sealed, paper, readings, undisturbed, tmp_path
):
    installation = sealed.copied(tmp_path, port=free_port())
    died_receiving(installation, paper, step)
    assert installation.count(Scan) == 1
    again = sent_again(installation, paper)
    assert (again.status_code, again.json()["error"]) == (409, "AlreadyReceived")
    work_off(installation, readings)
    assert installation.state() == undisturbed
    installation.check_sound()


def died_receiving(installation: Installation, paper: Paper, step: Step) -> None:
    server = Mortal("web", installation.settings, step=step)
    eventually(lambda: answers(installation))
    with pytest.raises(httpx.TransportError):
        send(installation, paper)
    assert server.died()


def sent_again(installation: Installation, paper: Paper) -> httpx.Response:
    server = Mortal("web", installation.settings, later=LATER)
    eventually(lambda: answers(installation))
    try:
        return send(installation, paper)
    finally:
        server.kill()


def send(installation: Installation, paper: Paper) -> httpx.Response:
    address = f"http://127.0.0.1:{installation.settings.port}/api/v1"
    headers = {"authorization": f"Bearer {installation.token}", "x-file-name": "scan.pdf"}
    with paper.scan.open("rb") as file:
        return httpx.post(
            f"{address}/volumes/{installation.volume_id}/scans",
            content=file,
            headers=headers,
            timeout=60,
        )


def answers(installation: Installation) -> bool:
    try:
        address = f"http://127.0.0.1:{installation.settings.port}/healthz"
        return httpx.get(address, timeout=10).status_code == 200
    except httpx.TransportError:
        return False


# ---------------------------------------------------------------- the watched folder

FOLDER_STEPS = [
    Step("archive.ingest.spool:Part.finish", "after"),
    Step("archive.storage.disk:DiskObjects.put", "after"),
    Step("archive.custody.receiving:receive", "commit"),
    Step("archive.ingest.watch:_move", "before"),
    Step("archive.ingest.watch:_move", "after"),
]


@pytest.mark.parametrize("step", FOLDER_STEPS, ids=str)
def test_a_scan_in_the_watched_folder_is_taken_once_whoever_died(
    step, sealed, paper, readings, undisturbed, tmp_path
):
    folder = tmp_path / "watched"
    folder.mkdir()
    installation = sealed.copied(tmp_path, watch_dir=folder)
    (folder / f"{installation.volume_code}.pdf").write_bytes(paper.scan.read_bytes())
    assert Mortal("worker", installation.settings, step=step, readings=readings).died()
    worker = Mortal("worker", installation.settings, readings=readings, later=LATER)
    eventually(lambda: len(list(folder.glob("done/*.pdf"))) == 1 and installation.owes_nothing())
    worker.kill()
    assert installation.count(Scan) == 1
    assert not list(folder.glob("*.pdf"))
    assert not list(folder.glob("failed/*"))
    assert installation.state() == undisturbed
    installation.check_sound()


# ---------------------------------------------------------------- with the real reader


@pytest.mark.parametrize("page", [1, 3])
def test_a_reading_child_killed_on_a_page_reads_it_again(page, received, undisturbed, tmp_path):
    installation = received.copied(tmp_path)
    slain = Step("archive.custody.jobs:_keep_page", "before", nth=page)
    worker = Mortal("worker", installation.settings, slay=slain)
    eventually(installation.owes_nothing)
    worker.kill()
    assert "reader died" in (tmp_path / "log").read_text()
    assert installation.state() == undisturbed
    installation.check_sound()


def test_the_real_program_killed_while_a_scan_comes_in_and_while_it_is_read(
    sealed, paper, undisturbed, tmp_path
):
    installation = sealed.copied(tmp_path)
    program = Program(tmp_path, lease_seconds=5)
    content = paper.scan.read_bytes()
    numbers = count()

    def half() -> Any:
        yield content[: len(content) // 2]
        eventually(lambda: next(numbers) and list(program.data.glob("spool/spool-*/*")))
        program.kill("serve")
        yield content[len(content) // 2 :]

    try:
        program.start("serve")
        family = descendants(program.process("serve"))
        with pytest.raises(httpx.TransportError):
            send_to(program, installation, half())
        assert installation.count(Scan) == 0
        program.start("serve")
        assert send_to(program, installation, content).status_code == 201
        eventually(lambda: installation.count(ScanPage) >= 2)
        family += descendants(program.process("serve"))
        program.kill("serve")
        eventually(lambda: not any(process.is_running() for process in family))
        assert not installation.owes_nothing()
        program.start("serve")
        eventually(installation.owes_nothing)
        for process in descendants(program.process("serve")):
            kill(process)
        program.kill("serve")
    finally:
        program.close()
    assert installation.state() == undisturbed
    installation.check_sound()


def send_to(program: Program, installation: Installation, content: Any) -> httpx.Response:
    return httpx.post(
        f"{program.url}/api/v1/volumes/{installation.volume_id}/scans",
        content=content,
        headers={"authorization": f"Bearer {installation.token}"},
        timeout=60,
    )
