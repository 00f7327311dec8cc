"""``archive ingest receive`` and ``archive pairs``: papers brought in and pairs told at a terminal."""

import json

import pytest

from archive.access import SYSTEM
from archive.filing.delivery import Delivery
from tests.builders import PASSWORD, Station
from tests.deliveries import COMPLAINT, CONTRACT, pdf_of
from tests.holdings import archived, filed, registered, with_file_plan
from tests.integration.cli.terminal import Terminal


@pytest.fixture
def station(station: Station) -> Station:
    return with_file_plan(station)


def receive(archive: Terminal, *words: str, who: str = "sun-archivist"):
    return archive("ingest", "receive", *words, "--station", "QS", "--as", who, password=PASSWORD)


def deliveries(station: Station) -> list[tuple[int, str, bool]]:
    with station.system.transaction(SYSTEM, writes=False) as tx:
        return [(one.pages, one.source, one.together) for one in tx.session.query(Delivery)]


def test_files_and_a_folder_make_one_delivery(station: Station, installed: Terminal, tmp_path):
    folder = tmp_path / "来文"
    folder.mkdir()
    (folder / "b.pdf").write_bytes(pdf_of(CONTRACT, CONTRACT))
    (tmp_path / "a.pdf").write_bytes(pdf_of(COMPLAINT))
    told = receive(installed, str(tmp_path / "a.pdf"), str(folder), "--json")
    assert told.status == 0, told.err
    said = json.loads(told.out)
    assert (said["files"], said["pages"]) == (2, 3)
    assert deliveries(station) == [(3, "command", False)]


def test_what_cannot_be_taken_is_said_and_nothing_is_kept(
    station: Station, installed: Terminal, tmp_path
):
    bad = tmp_path / "a.PDF"
    bad.write_bytes(b"MZ" + bytes(3000))
    told = receive(installed, str(bad))
    assert (told.status, told.out) == (2, "")
    assert "EXE" in told.err
    assert receive(installed, str(tmp_path / "nothing.pdf")).status == 2
    good = tmp_path / "b.pdf"
    good.write_bytes(pdf_of(COMPLAINT))
    assert receive(installed, str(good), who="zhao-staff").status == 2
    assert deliveries(station) == []


def test_pairs_are_counted_by_state_with_those_to_be_seen_to(station: Station, installed: Terminal):
    archived(station)
    record = filed(station)
    registered(station, record)
    told = installed("pairs", "--as", "sun-archivist", "--json", password=PASSWORD)
    said = json.loads(told.out)
    assert told.status == 1
    assert (said["counts"]["paired"], said["counts"]["p-only"]) == (1, 1)
    assert [(one["code"], one["state"]) for one in said["work"]] == [(record.code, "p-only")]
    assert "待扫描" in installed("pairs", "--as", "sun-archivist", password=PASSWORD).out
