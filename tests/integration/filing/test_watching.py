"""The watched folder: stub scans go to their volume, everything else is a delivery to file."""

from pathlib import Path

import pytest

from archive.custody.scan import Scan
from archive.filing.delivery import Delivery
from archive.filing.watching import watched_folder
from tests.builders import Station, settle_station
from tests.clock import SettableClock
from tests.deliveries import COMPLAINT, pdf_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "watched"
    made.mkdir()
    return made


def polled(station: Station, folder: Path, clock: SettableClock) -> list[tuple[str, str]]:
    watched = watched_folder(station.system, folder)
    watched.poll()
    clock.advance(seconds=30)
    return [(name, str(outcome)) for name, outcome in watched.poll()]


def kept(station: Station) -> tuple[int, int]:
    return station.asks(
        lambda tx: (tx.session.query(Scan).count(), tx.session.query(Delivery).count())
    )


def test_a_file_named_for_its_station_becomes_a_delivery(
    station: Station, folder: Path, clock: SettableClock
):
    settle_station(station.system, code="BH", name="白河供电所")
    (folder / "QS 九月来文.pdf").write_bytes(pdf_of(COMPLAINT))
    assert polled(station, folder, clock) == [("QS 九月来文.pdf", "done")]
    assert kept(station) == (0, 1)
    delivery = station.asks(lambda tx: tx.session.query(Delivery).one())
    assert (delivery.station_id, delivery.source, delivery.received_by_id) == (
        station.id,
        "folder",
        None,
    )


def test_where_there_is_one_station_no_name_is_needed(
    station: Station, folder: Path, clock: SettableClock
):
    (folder / "扫描0001.pdf").write_bytes(pdf_of(COMPLAINT))
    assert polled(station, folder, clock) == [("扫描0001.pdf", "done")]
    assert kept(station) == (0, 1)


def test_what_names_none_of_several_stations_is_put_aside_with_the_reason(
    station: Station, folder: Path, clock: SettableClock
):
    settle_station(station.system, code="BH", name="白河供电所")
    (folder / "扫描0001.pdf").write_bytes(pdf_of(COMPLAINT))
    assert polled(station, folder, clock) == [("扫描0001.pdf", "failed")]
    assert kept(station) == (0, 0)
    (why,) = list((folder / "failed").glob("*.txt"))
    assert "看不出这些文件是哪个供电所的" in why.read_text("utf-8")


def test_a_scan_named_for_its_volume_goes_there(
    station: Station, folder: Path, clock: SettableClock
):
    volume = station.sealed_volume()
    (folder / f"{volume.code}.pdf").write_bytes(pdf_of(COMPLAINT))
    assert polled(station, folder, clock) == [(f"{volume.code}.pdf", "done")]
    assert kept(station) == (1, 0)
