"""``archive holdings export``: the register of everything, at a terminal."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook  # noqa: TID251 - reads what the program wrote

from archive.audit import TrailEntry
from archive.clock import Clock
from tests.builders import PASSWORD, Station, open_system, settle_station
from tests.holdings import filed, with_file_plan
from tests.integration.cli.conftest import archive, installed
from tests.integration.cli.terminal import Terminal

__all__ = ["archive", "installed"]


@pytest.fixture
def station(installed: Terminal) -> Iterator[Station]:
    running = open_system("", Clock(), installed.data)
    yield settle_station(running)
    running.engine.dispose()


def written(file: Path) -> list[tuple[object, ...]]:
    return [tuple(row) for row in load_workbook(file).active.iter_rows(values_only=True)]


def test_every_record_one_may_know_of_is_written_and_the_trail_says_so(
    archive: Terminal,
    station: Station,
    tmp_path: Path,
):
    with_file_plan(station)
    record = filed(station, title="=SUM(A1)", customer_number="0000012345")
    filed(station, "special-customer-file", title="敏感")
    file = tmp_path / "out.xlsx"
    asked = ("holdings", "export", "--xlsx", file, "--station", station.code, "--as")
    ended = archive(*asked, station.clerk.code, password=PASSWORD)
    assert (ended.status, ended.err) == (0, "")
    assert "1 件" in ended.out
    heading, row = written(file)
    assert heading[:3] == ("供电所", "档号", "题名")
    assert row[1:3] == (record.code, "=SUM(A1)")
    assert row[10] == "****2345"

    assert archive(*asked, station.archivist.code, password=PASSWORD).status == 0
    assert len(written(file)) == 3
    entries = station.asks(
        lambda tx: tx.session.query(TrailEntry).filter_by(event="list.exported").all()
    )
    assert [entry.actor for entry in entries] == [station.clerk.code, station.archivist.code]


def test_who_may_not_read_records_there_gets_no_file(
    archive: Terminal,
    station: Station,
    tmp_path: Path,
):
    file = tmp_path / "out.xlsx"
    asked = ("holdings", "export", "--xlsx", file, "--as")
    assert archive(*asked, station.custodian.code, password=PASSWORD).status == 2
    assert archive(*asked, station.clerk.code, password="wrong-password").status == 2
    unknown = archive(*asked, station.clerk.code, "--station", "XX", password=PASSWORD)
    assert unknown.status == 2
    assert "XX" in unknown.err
    assert not file.exists()
