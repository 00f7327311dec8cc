"""A real worker beside a folder a scanner writes into, a queue that is lost, a colleague who dies."""

from typing import Any

import pytest

from archive.access import SYSTEM
from archive.custody.scan import Scan, ScanPage
from archive.outbox import Promise
from tests.e2e.deaths import Mortal, Step
from tests.e2e.doors import Doors
from tests.e2e.installation import Installation, eventually
from tests.e2e.servers import free_port

pytestmark = pytest.mark.slow


def promises(installation: Installation) -> list[Promise]:
    with installation.system() as running, running.transaction(SYSTEM, writes=False) as tx:
        return list(tx.session.query(Promise).order_by(Promise.id))


def test_a_scan_is_taken_from_the_folder_and_read_a_bad_one_put_aside_a_half_written_one_left(
    sealed, paper, readings, undisturbed, tmp_path
):
    folder = tmp_path / "scanner"
    folder.mkdir()
    installation = sealed.copied(tmp_path, watch_dir=folder)
    code = installation.volume_code
    unfinished = folder / f"{code} (2).pdf.part"
    unfinished.write_bytes(paper.scan.read_bytes()[:5000])
    (folder / f"{code}.pdf").write_bytes(paper.scan.read_bytes())
    (folder / "QS-209901-01.pdf").write_bytes(paper.scan.read_bytes())
    worker = Mortal("worker", installation.settings, readings=readings)
    try:
        eventually(lambda: list(folder.glob("done/* *.pdf")) and installation.owes_nothing())
        eventually(lambda: list(folder.glob("failed/*.txt")))
        assert installation.count(Scan) == 1
        assert unfinished.exists()
        unfinished.rename(folder / f"{code} (2).pdf")
        eventually(lambda: list(folder.glob("failed/* (2).pdf")))
    finally:
        worker.kill()
    assert [path.name[11:] for path in folder.glob("done/*")] == [f"{code}.pdf"]
    whole = {path.name[11:]: path.read_text("utf-8-sig") for path in folder.glob("failed/*.txt")}
    assert set(whole) == {"QS-209901-01.pdf.txt", f"{code} (2).pdf.txt"}
    assert "看不出这份扫描件是哪一册的" in whole["QS-209901-01.pdf.txt"]
    assert "不完整" in whole[f"{code} (2).pdf.txt"]
    assert installation.state() == undisturbed
    installation.check_sound()


def test_a_queue_that_is_deleted_under_a_worker_forgets_nothing(
    sealed, paper, readings, undisturbed, tmp_path
):
    installation = sealed.copied(tmp_path, port=free_port())
    worker = Mortal("worker", installation.settings, readings=readings)
    doors = Doors(installation)
    try:
        eventually(lambda: list(installation.data.glob("queue.sqlite3")))
        for path in installation.data.glob("queue.sqlite3*"):
            path.unlink()
        sent = doors.through_the_api(paper.scan.read_bytes())
        assert installation.count(Scan) == 1
        eventually(installation.owes_nothing)
    finally:
        doors.close()
        worker.kill()
    assert sent == (201, "")
    assert installation.state() == undisturbed
    installation.check_sound()


def test_the_work_of_one_that_died_is_taken_over_by_its_colleague_when_the_lease_ends(
    received, readings, undisturbed, tmp_path
):
    installation = received.copied(tmp_path)
    step = Step("archive.custody.jobs:_keep_page", "after", nth=2)
    assert Mortal("worker", installation.settings, step=step, readings=readings).died()
    (held,) = promises(installation)
    assert held.kept_at is None
    assert held.leased_until is not None
    colleague = Mortal("worker", installation.settings, readings=readings)
    try:
        eventually(installation.owes_nothing)
    finally:
        colleague.kill()
    (kept,) = promises(installation)
    assert kept.attempts == held.attempts + 1 == 2
    assert kept.leased_by != held.leased_by
    assert taken_up(installation) >= held.leased_until
    assert installation.count(ScanPage) == 4
    assert installation.state() == undisturbed
    installation.check_sound()


def taken_up(installation: Installation) -> Any:
    """When the first page was set down that the dead worker had not come to."""
    with installation.system() as running, running.transaction(SYSTEM, writes=False) as tx:
        return tx.session.query(ScanPage).filter_by(number=3).one().read_at
