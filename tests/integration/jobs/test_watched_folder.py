"""What a scanner puts into the watched folder becomes the scan of the volume it is named for."""

from pathlib import Path

import pytest
from PIL import Image

from archive.audit import TrailEntry
from archive.custody.actions.scans import Scan
from archive.custody.scan import ScanFile
from archive.custody.volume import Volume
from archive.custody.watching import watched_folder
from archive.ingest.watch import Outcome, WatchedFolder
from archive.outbox import Promise
from tests.builders import Station
from tests.clock import SettableClock


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "scanner"
    made.mkdir()
    return made


@pytest.fixture
def watched(station: Station, folder: Path) -> WatchedFolder:
    return watched_folder(station.system, folder)


@pytest.fixture
def volumes(station: Station) -> tuple[Volume, Volume]:
    """Two volumes of the month, by two collectors."""
    return (
        station.bound_volume(),
        station.bound_volume(collector=station.other_collector),
    )


def page(path: Path, shade: int = 250) -> bytes:
    """A page as a scanner would write it; what it wrote."""
    path.parent.mkdir(exist_ok=True)
    Image.new("L", (600, 800), shade).save(path, resolution=100, dpi=(100, 100))
    return path.read_bytes()


def settle(watched: WatchedFolder, clock: SettableClock) -> list[tuple[str, Outcome]]:
    """Look, let everything settle, look again."""
    first = watched.poll()
    clock.advance(seconds=5)
    return [*first, *watched.poll()]


def scans(station: Station) -> list[Scan]:
    return station.asks(lambda tx: tx.session.query(Scan).order_by(Scan.id).all())


def lying(folder: Path) -> list[str]:
    """What lies there, without the days."""
    found = [path for path in folder.rglob("*") if path.is_file()]
    return sorted(str(path.relative_to(folder)).replace(f"{_day(path)} ", "") for path in found)


def _day(path: Path) -> str:
    return path.name[:10]


def test_a_scan_is_filed_to_the_volume_it_is_named_for_byte_by_byte(
    station: Station,
    volumes: tuple[Volume, Volume],
    watched: WatchedFolder,
    folder: Path,
    clock: SettableClock,
):
    _, volume = volumes
    name = f"{volume.code.lower()} 第二次.pdf"
    content = page(folder / name)
    assert settle(watched, clock) == [(name, Outcome.DONE)]
    (scan,) = scans(station)
    assert (scan.volume_id, scan.source, scan.pages) == (volume.id, "folder", 1)
    (file,) = station.asks(lambda tx: tx.session.query(ScanFile).all())
    assert file.name == name
    with station.system.objects.open(file.object_key) as kept:
        assert kept.read() == content
    (promise,) = station.asks(lambda tx: tx.session.query(Promise).all())
    assert (promise.name, promise.args) == ("read_scan", {"scan_id": scan.id})
    entry = station.asks(
        lambda tx: tx.session.query(TrailEntry).filter_by(event="scan.received").one()
    )
    assert (entry.actor, entry.subject) == ("watched-folder", f"volume:{volume.code}")
    assert lying(folder) == [f"done/{name}"]


def test_a_folder_of_images_is_one_scan_in_the_order_of_its_pages(
    station: Station,
    volumes: tuple[Volume, Volume],
    watched: WatchedFolder,
    folder: Path,
    clock: SettableClock,
):
    volume, _ = volumes
    for number in (10, 2, 1):
        page(folder / volume.code / f"{number}.jpg", 200 + number)
    assert settle(watched, clock) == [(volume.code, Outcome.DONE)]
    (scan,) = scans(station)
    assert (scan.volume_id, scan.pages) == (volume.id, 3)
    files = station.asks(lambda tx: tx.session.query(ScanFile).order_by(ScanFile.position).all())
    assert [file.name for file in files] == ["1.jpg", "2.jpg", "10.jpg"]


def test_what_cannot_be_filed_goes_aside_with_a_sentence_and_nothing_of_it_is_kept(
    station: Station,
    volumes: tuple[Volume, Volume],
    watched: WatchedFolder,
    folder: Path,
    clock: SettableClock,
):
    volume, _ = volumes
    whole = page(folder / f"{volume.code} 1.png")
    (folder / f"{volume.code} 1.png").write_bytes(whole[: len(whole) // 2])
    (folder / f"{volume.code} 2.pdf").write_bytes(b"MZ" + bytes(4000))
    (folder / f"{volume.code} 3.pdf").touch()
    page(folder / "QS-209901-01.pdf")
    page(folder / "scan0001.pdf")
    why = {
        f"{volume.code} 1.png": "不完整",
        f"{volume.code} 2.pdf": "不是扫描件",
        f"{volume.code} 3.pdf": "是空的",
        "QS-209901-01.pdf": "看不出这份扫描件是哪一册的",
        "scan0001.pdf": "看不出这份扫描件是哪一册的",
    }
    assert dict(settle(watched, clock)) == dict.fromkeys(why, Outcome.FAILED)
    for name, sentence in why.items():
        (note,) = (folder / "failed").glob(f"* {name}.txt")
        chinese, english = note.read_text("utf-8-sig").splitlines()
        assert sentence in chinese
        assert not any("一" <= character <= "鿿" for character in english)
        assert english.endswith(".")
        assert note.with_suffix("").exists()
    assert lying(folder / "done") == []
    assert scans(station) == []
    assert list(station.system.objects.keys()) == []


def test_a_file_that_is_still_being_written_is_left_alone_until_it_is_whole(
    station: Station,
    volumes: tuple[Volume, Volume],
    watched: WatchedFolder,
    folder: Path,
    clock: SettableClock,
    tmp_path: Path,
):
    volume, _ = volumes
    content = page(tmp_path / "made" / "whole.pdf")
    growing = folder / f"{volume.code}.pdf"
    pieces = range(0, len(content), len(content) // 6)
    with growing.open("wb") as file:
        for start in pieces:
            file.write(content[start : start + pieces.step])
            file.flush()
            clock.advance(seconds=4)
            assert watched.poll() == []
    assert scans(station) == []
    clock.advance(seconds=5)
    assert watched.poll() == [(growing.name, Outcome.DONE)]
    assert [scan.volume_id for scan in scans(station)] == [volume.id]


def test_the_same_scan_put_there_again_is_taken_away_and_kept_once(
    station: Station,
    volumes: tuple[Volume, Volume],
    watched: WatchedFolder,
    folder: Path,
    clock: SettableClock,
):
    volume, _ = volumes
    for turn in range(2):
        page(folder / f"{volume.code}.png")
        assert settle(watched, clock) == [(f"{volume.code}.png", Outcome.DONE)], turn
    assert len(scans(station)) == 1
    assert len(list(station.system.objects.keys())) == 1
    assert len(lying(folder / "done")) == 2


def test_while_the_store_is_away_a_scan_waits_where_it_is(
    station: Station,
    volumes: tuple[Volume, Volume],
    watched: WatchedFolder,
    folder: Path,
    clock: SettableClock,
):
    volume, _ = volumes
    page(folder / f"{volume.code}.png")
    place = station.system.settings.data_dir / "objects"
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(b"no folder: the disk is not mounted")
    assert settle(watched, clock) == [(f"{volume.code}.png", Outcome.LATER)]
    assert (folder / f"{volume.code}.png").exists()
    assert scans(station) == []
    place.unlink()
    assert settle(watched, clock) == [(f"{volume.code}.png", Outcome.DONE)]
    assert len(scans(station)) == 1
