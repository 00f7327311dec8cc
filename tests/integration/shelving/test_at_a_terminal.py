"""``archive stocktake``: a hand scanner's file, and a count signed at a terminal."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.clock import Clock
from archive.demo.holdings import file_volume
from archive.demo.shelving import settle_shelving
from archive.holdings.queries.items import volume_seen
from archive.holdings.record import Record
from archive.holdings.volume_item import VolumeItem
from archive.shelving.box import Box
from archive.shelving.loan import Loan
from archive.shelving.stocktake import StockFinding, Stocktake
from tests.builders import PASSWORD, Station, open_system, settle_station
from tests.integration.cli.conftest import archive, installed
from tests.integration.cli.terminal import Terminal
from tests.shelving import boxed, label, ready, shelf, with_store

__all__ = ["archive", "installed"]


@pytest.fixture
def station(installed: Terminal) -> Iterator[Station]:
    running = open_system("", Clock(), installed.data)
    yield with_store(settle_station(running))
    running.engine.dispose()


def test_a_stocktake_is_opened_counted_signed_and_shown(
    installed: Terminal, station: Station, tmp_path: Path
):
    here, gone = boxed(station, ready(station)), boxed(station, ready(station))
    me = ("--as", station.archivist.code, "--json")
    second = ("--as", station.clerk.code, "--json")

    def does(*words: object) -> tuple[int, dict]:
        ended = installed("stocktake", *words, password=PASSWORD)
        return ended.status, json.loads(ended.out or ended.err)

    status, opened = does("open", station.code, "--room", "KF01", *me)
    assert (status, opened["state"], opened["findings"]) == (0, "counting", [])
    number = opened["number"]
    assert does("join", number, *second)[1]["counters"] == [
        station.archivist.name,
        station.clerk.name,
    ]
    scans = tmp_path / "scans.txt"
    scans.write_text(f"{label(station, shelf(station))}\n{label(station, here)}\n", "utf-8")
    assert does("count", number, "--file", scans, *me) == (0, {"kept": 1, "again": 0, "told": []})
    assert does("count", number, "--file", scans, *me) == (0, {"kept": 0, "again": 1, "told": []})
    status, closed = does("close", number, *second)
    assert (status, closed["in_place"], closed["open_findings"]) == (1, 1, 1)
    assert [(one["result"], one["what"]) for one in closed["findings"]] == [("missing", gone.name)]
    ended = installed("stocktake", "show", number, "--as", station.head.code, password=PASSWORD)
    assert (ended.status, "缺失" in ended.out, gone.name in ended.out) == (1, True, True)


def test_records_in_the_boxes_of_one_shelf_are_counted_from_a_scanners_file(
    installed: Terminal, station: Station, tmp_path: Path
):
    box = boxed(station, ready(station), ready(station))
    here, gone = station.sees(Record, 1), station.sees(Record, 2)
    me, second = ("--as", station.archivist.code, "--json"), ("--as", station.clerk.code, "--json")

    def does(*words: object) -> tuple[int, dict]:
        ended = installed("stocktake", *words, password=PASSWORD)
        return ended.status, json.loads(ended.out or ended.err)

    place = ("--place", "KF01-G01-1-1", "--records")
    opened = does("open", station.code, *place, *me)[1]
    assert (opened["place"], opened["with_records"]) == ("KF01-G01-1-1", True)
    does("join", opened["number"], *second)
    labels = [label(station, thing) for thing in (shelf(station), here, box, here)]
    scans = tmp_path / "scans.txt"
    scans.write_text("\n".join(labels), "utf-8")
    status, told = does("count", opened["number"], "--file", scans, *me)
    assert (status, told["kept"], len(told["told"])) == (1, 3, 1)
    assert "不在盒里" in told["told"][0]
    status, closed = does("close", opened["number"], *second)
    assert (status, closed["in_place"], closed["records_in_place"]) == (1, 1, 1)
    assert [(one["result"], one["what"]) for one in closed["findings"]] == [("missing", gone.code)]


def test_what_a_scanner_sends_before_any_shelf_is_told_line_by_line(
    installed: Terminal, station: Station, tmp_path: Path
):
    box = boxed(station)
    me = ("--as", station.archivist.code)
    installed("stocktake", "open", station.code, *me, password=PASSWORD)
    scans = tmp_path / "scans.txt"
    scans.write_text(f"{label(station, box)}\n", "utf-8")
    ended = installed("stocktake", "count", 1, "--file", scans, *me, password=PASSWORD)
    assert ended.status == 1
    assert "请先扫这一层的层架标签" in ended.err
    wrong = installed("stocktake", "open", "NOWHERE", *me, password=PASSWORD)
    assert (wrong.status, "NOWHERE" in wrong.err) == (2, True)


def test_the_demo_store_is_settled_through_the_real_verbs(station: Station):
    for kind in ("complaint", "supply-contract", "report-of-wrongdoing"):
        for _ in range(2):
            ready(station, kind=kind)
    other = settle_station(station.system, code="HX", name="河西供电所")
    for kind in ("complaint", "supply-contract"):
        ready(other, kind=kind)
    settle_shelving(
        station.system,
        other.id,
        archivist=other.archivist.actor(),
        clerk=other.clerk.actor(),
        head=other.head.actor(),
        password=PASSWORD,
        leave_waiting=0,
    )

    def count(kind: type) -> int:
        return station.asks(lambda tx: tx.session.query(kind).count())

    assert (count(Box), count(Stocktake), count(StockFinding), count(Loan)) == (2, 2, 1, 1)
    closely = station.asks(lambda tx: tx.session.query(Stocktake).all()[-1])
    assert (closely.with_records, closely.records_in_place) == (True, 1)


def test_the_demo_holds_a_volume_with_its_items(station: Station):
    ready(station)
    with station.system.transaction(station.archivist.actor()) as tx:
        file_volume(tx, station.id)
    (volume,) = station.asks(lambda tx: {item.record_id for item in tx.session.query(VolumeItem)})
    seen = station.archivist.does(volume_seen, volume)
    assert (seen.is_volume, len(seen.items), seen.listed_pages) == (True, 3, 9)
