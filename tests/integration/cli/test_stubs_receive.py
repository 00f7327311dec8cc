"""``archive stubs receive``: a scan taken in from a terminal, in the name of a person."""

import shutil
from pathlib import Path

import pytest
from PIL import Image

from archive.audit import TrailEntry
from archive.custody.actions.scans import Scan
from archive.custody.scan import ScanFile
from archive.custody.volume import Volume
from archive.outbox import Promise
from tests.builders import PASSWORD, Station
from tests.integration.cli.terminal import Ended, Terminal


@pytest.fixture
def volume(station: Station) -> Volume:
    return station.bound_volume()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two pages as two images; the second has the smaller name for whoever sorts letters."""
    made = tmp_path / "十月"
    made.mkdir()
    for name, shade in (("2.png", 250), ("10.png", 240)):
        Image.new("L", (600, 800), shade).save(made / name, dpi=(100, 100))
    return made


def receive(archive: Terminal, scan: Path, volume: str, by: str, password: str = PASSWORD) -> Ended:
    return archive("stubs", "receive", scan, "--volume", volume, "--as", by, password=password)


def received(station: Station) -> list[Scan]:
    return station.asks(lambda tx: tx.session.query(Scan).all())


def test_a_folder_of_images_is_received_in_the_name_of_who_gave_the_password(
    archive: Terminal, station: Station, volume: Volume, folder: Path
):
    ended = receive(archive, folder, volume.code, station.custodian.code)
    assert (ended.status, ended.err) == (0, ""), ended
    (scan,) = received(station)
    assert ended.out == (
        f"装订册 {volume.code} 的扫描件已收到，共 2 页（扫描件编号 {scan.id}），后台正在读取。\n"
    )
    assert (scan.volume_id, scan.pages, scan.source) == (volume.id, 2, "command")
    files = station.asks(lambda tx: tx.session.query(ScanFile).order_by(ScanFile.position).all())
    assert [file.name for file in files] == ["2.png", "10.png"]
    for file in files:
        with station.system.objects.open(file.object_key) as kept:
            assert kept.read() == (folder / file.name).read_bytes()
    (promise,) = station.asks(lambda tx: tx.session.query(Promise).all())
    assert (promise.name, promise.args) == ("read_scan", {"scan_id": scan.id})
    entry = station.asks(
        lambda tx: tx.session.query(TrailEntry).filter_by(event="scan.received").one()
    )
    assert entry.actor == station.custodian.code


def test_the_same_scan_is_not_received_twice(
    archive: Terminal, station: Station, volume: Volume, folder: Path
):
    assert receive(archive, folder, volume.code, station.custodian.code).status == 0
    again = receive(archive, folder, volume.code, station.custodian.code)
    assert (again.status, again.out) == (2, "")
    assert "已经" in again.err
    assert len(received(station)) == 1


def test_nobody_receives_in_the_name_of_another(
    archive: Terminal, station: Station, volume: Volume, folder: Path
):
    for code, password in ((station.custodian.code, "guessed-it-1"), ("nobody", PASSWORD)):
        ended = receive(archive, folder, volume.code, code, password)
        assert (ended.status, ended.out) == (2, "")
        assert ended.err.startswith("工号和密码对不上。")
    without = archive("stubs", "receive", folder, "--volume", volume.code, "--as", "li-head")
    assert (without.status, without.err[:9]) == (2, "工号和密码对不上。")
    assert received(station) == []


def test_a_first_password_opens_nothing(
    archive: Terminal, station: Station, volume: Volume, folder: Path
):
    given = "first-again-1"
    reset = archive("people", "reset-password", "--code", station.custodian.code,
                    "--password", given)  # fmt: skip
    assert reset.status == 0
    ended = receive(archive, folder, volume.code, station.custodian.code, given)
    assert ended.status == 2
    assert "密码" in ended.err
    assert "对不上" not in ended.err
    assert received(station) == []


def test_who_may_not_receive_is_told_of_no_volume(
    archive: Terminal, station: Station, volume: Volume, folder: Path
):
    by_collector = receive(archive, folder, volume.code, station.collector.code)
    unknown = receive(archive, folder, "QS-209912-01", station.custodian.code)
    assert (by_collector.status, unknown.status) == (2, 2)
    assert by_collector.err == unknown.err.replace("QS-209912-01", volume.code)
    assert received(station) == []


def test_what_cannot_be_received_leaves_nothing_behind(
    archive: Terminal, station: Station, volume: Volume, folder: Path, tmp_path: Path
):
    shutil.copyfile(folder / "2.png", tmp_path / "good.png")
    (tmp_path / "bad.png").write_bytes(b"MZ" + bytes(1000))
    (folder / "11.png").write_bytes((folder / "2.png").read_bytes()[:200])
    for scan, name in (
        (tmp_path / "bad.png", "bad.png"),
        (tmp_path / "gone.png", "gone.png"),
        (folder, "11.png"),
    ):
        ended = receive(archive, scan, volume.code, station.custodian.code)
        assert (ended.status, ended.out) == (2, "")
        assert name in ended.err
        assert "Traceback" not in ended.err
    assert received(station) == []
    assert [path for path in (archive.data / "objects").rglob("*") if path.is_file()] == []
    assert [path for path in (archive.data / "spool").rglob("*") if path.is_file()] == []
