"""The stocktake on each database: blind, two persons, nothing lost or doubled."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from archive.access import NotPermitted, SamePerson
from archive.db import error_for
from archive.holdings.pair import Pair, PairState
from archive.people.actions import WrongPassword
from archive.shelving.actions import stocktakes as verbs
from archive.shelving.actions.boxes import shelve_box
from archive.shelving.actions.findings import keep_here, put_back, settle_finding
from archive.shelving.box import Box
from archive.shelving.difference import Result
from archive.shelving.queries.boxes import box_seen, boxes
from archive.shelving.queries.reach import CountedBlind
from archive.shelving.queries.stocktakes import findings, late_scans, stocktake_seen
from archive.shelving.stocktake import (
    CountedAlone,
    CountersAlike,
    CountKept,
    NotACounter,
    NothingCounted,
    ScopeUnclear,
    SecondCounterMissing,
    ShelfNotScanned,
    Stocktake,
    StocktakeUnderWay,
)
from tests.builders import PASSWORD, Station
from tests.shelving import boxed, label, ready, shelf, with_store


@pytest.fixture
def station(station: Station) -> Station:
    return with_store(station)


def opened(station: Station) -> Stocktake:
    stocktake = station.archivist.does(verbs.open_stocktake, station.id)
    station.clerk.does(verbs.join_stocktake, stocktake.id)
    return stocktake


def scan(station: Station, stocktake: Stocktake, thing, on: str = "KF01-G01-1-1", by=None, **said):
    who = by or station.archivist
    facts = {"client_id": f"{thing.id}-{on}-{who.code}"} | said
    return who.does(
        verbs.count,
        stocktake.id,
        scanned=said.pop("scanned", None) or label(station, thing),
        shelf=label(station, shelf(station, on)),
        **{key: value for key, value in facts.items() if key != "scanned"},
    )


def test_one_misplaced_and_one_missing_box_are_found_and_told(station: Station):
    records = [ready(station) for _ in range(3)]
    here, misplaced, missing = (boxed(station, record) for record in records)
    stocktake = opened(station)
    assert scan(station, stocktake, here).name == here.name
    scan(station, stocktake, misplaced, on="KF01-G01-2-2")
    closed = station.clerk.does(verbs.close_stocktake, stocktake.id, password=PASSWORD)
    assert closed.in_place == 1
    found = station.head.does(findings, stocktake.id)
    assert {(one.box, one.finding.result) for one in found} == {
        (misplaced.name, Result.MISPLACED),
        (missing.name, Result.MISSING),
    }
    assert station.sees(Box, missing.id).missing_since is not None
    assert station.sees(Pair, records[2].id).state == PairState.PAPER_MISSING
    assert station.sees(Pair, records[1].id).state == PairState.PAIRED


def test_what_was_missing_and_is_counted_again_is_found(station: Station):
    record = ready(station)
    box, other = boxed(station, record), boxed(station)
    first = opened(station)
    scan(station, first, other)
    station.clerk.does(verbs.close_stocktake, first.id, password=PASSWORD)
    second = opened(station)
    scan(station, second, box, on="KF01-G01-1-3")
    scan(station, second, other)
    station.clerk.does(verbs.close_stocktake, second.id, password=PASSWORD)
    assert station.sees(Box, box.id).shelf_id == shelf(station, "KF01-G01-1-3").id
    assert station.sees(Pair, record.id).state == PairState.UNCOMPARED
    assert station.archivist.does(stocktake_seen, second.id).open_findings == 0


def test_a_misplaced_box_is_put_back_or_stays(station: Station):
    first, second = boxed(station), boxed(station)
    stocktake = opened(station)
    for box in (first, second):
        scan(station, stocktake, box, on="KF01-G01-1-2")
    station.clerk.does(verbs.close_stocktake, stocktake.id, password=PASSWORD)
    one, other = station.head.does(findings, stocktake.id)
    station.archivist.does(put_back, one.finding.id)
    station.archivist.does(keep_here, other.finding.id)
    assert station.sees(Box, first.id).shelf_id == shelf(station).id
    assert station.sees(Box, second.id).shelf_id == shelf(station, "KF01-G01-1-2").id
    assert station.archivist.does(stocktake_seen, stocktake.id).open_findings == 0


def test_a_scan_sent_again_is_kept_once(station: Station):
    box = boxed(station)
    stocktake = opened(station)
    assert not scan(station, stocktake, box).again
    assert scan(station, stocktake, box).again
    assert station.head.does(stocktake_seen, stocktake.id).scans == 1


def test_a_label_of_another_room_is_told_at_once(station: Station):
    with_store(station, code="KF02", cabinet="G01")
    elsewhere = boxed(station, on="KF02-G01-1-1")
    stocktake = station.archivist.does(verbs.open_stocktake, station.id, place="KF01")
    station.clerk.does(verbs.join_stocktake, stocktake.id)
    told = scan(station, stocktake, elsewhere)
    assert (told.name, told.sentence) == (elsewhere.name, "wrong-room")
    assert (told.belongs, told.counted) == ("KF02-G01-1-1", "KF01")
    astray = scan(station, stocktake, shelf(station, "KF02-G01-1-1"))
    assert (astray.sentence, astray.belongs) == ("wrong-shelf", "KF02")
    unknown = scan(station, stocktake, elsewhere, scanned="B:0000000000", client_id="x")
    assert (unknown.kind, unknown.name) == ("unknown", "B:0000000000")
    station.clerk.does(verbs.close_stocktake, stocktake.id, password=PASSWORD)
    results = [one.finding.result for one in station.head.does(findings, stocktake.id)]
    assert results == [Result.EXTRA, Result.EXTRA]
    assert station.sees(Box, elsewhere.id).shelf_id == shelf(station, "KF02-G01-1-1").id


def test_damage_is_a_finding_of_its_own(station: Station):
    box = boxed(station)
    stocktake = opened(station)
    scan(station, stocktake, box, damaged=True)
    station.clerk.does(verbs.close_stocktake, stocktake.id, password=PASSWORD)
    (found,) = station.head.does(findings, stocktake.id)
    assert found.finding.result == Result.DAMAGED
    station.archivist.does(settle_finding, found.finding.id, how="换了新盒")


def test_who_counts_is_not_shown_what_ought_to_be_there(station: Station):
    box = boxed(station)
    stocktake = opened(station)
    for counter in (station.archivist, station.clerk):
        with pytest.raises(CountedBlind):
            counter.does(box_seen, box.id)
        assert counter.does(boxes) == []
    assert station.head.does(box_seen, box.id).line.box.id == box.id
    scan(station, stocktake, box)
    station.clerk.does(verbs.close_stocktake, stocktake.id, password=PASSWORD)
    assert station.archivist.does(box_seen, box.id).line.box.id == box.id


def test_nothing_is_moved_where_it_is_counted(station: Station):
    box = boxed(station)
    opened(station)
    with pytest.raises(StocktakeUnderWay):
        station.archivist.does(shelve_box, box.id, shelf(station, "KF01-G01-1-2").id)
    with pytest.raises(StocktakeUnderWay):
        station.archivist.does(verbs.open_stocktake, station.id)


def test_two_persons_count_and_who_counted_alone_does_not_sign(station: Station):
    box = boxed(station)
    stocktake = station.archivist.does(verbs.open_stocktake, station.id)
    with pytest.raises(SamePerson):
        station.archivist.does(verbs.join_stocktake, stocktake.id)
    with pytest.raises(NotACounter):
        scan(station, stocktake, box, by=station.clerk)
    with pytest.raises(NotPermitted):
        station.collector.does(verbs.join_stocktake, stocktake.id)
    scan(station, stocktake, box)
    with pytest.raises(SecondCounterMissing):
        station.archivist.does(verbs.close_stocktake, stocktake.id, password=PASSWORD)
    station.clerk.does(verbs.join_stocktake, stocktake.id)
    with pytest.raises(NotACounter):
        station.head.does(verbs.join_stocktake, stocktake.id)
    with pytest.raises(CountedAlone):
        station.archivist.does(verbs.close_stocktake, stocktake.id, password=PASSWORD)
    with pytest.raises(WrongPassword):
        station.clerk.does(verbs.close_stocktake, stocktake.id, password="wrong")
    assert station.head.does(verbs.close_stocktake, stocktake.id, password=PASSWORD).in_place == 1


def test_an_empty_count_closes_nothing(station: Station):
    stocktake = opened(station)
    with pytest.raises(NothingCounted):
        station.head.does(verbs.close_stocktake, stocktake.id, password=PASSWORD)
    with pytest.raises(ShelfNotScanned):
        station.archivist.does(
            verbs.count, stocktake.id, client_id="1", scanned="H0001", shelf="nowhere"
        )


def test_a_scan_that_comes_too_late_is_kept_and_told(station: Station, clock):
    box = boxed(station)
    stocktake = opened(station)
    scan(station, stocktake, box)
    station.clerk.does(verbs.close_stocktake, stocktake.id, password=PASSWORD)
    clock.advance(minutes=5)
    scan(station, stocktake, box, client_id="late")
    assert station.asks(lambda tx: late_scans(tx, tx.get(Stocktake, stocktake.id))) == 1


BROKEN = {
    "the same person twice": ("UPDATE stocktake SET second_id = counter_id", CountersAlike),
    "closed without a second person": (
        "UPDATE stocktake SET second_id = NULL, closed_by_id = 1, state = 'closed'",
        (SecondCounterMissing, CountedAlone),
    ),
    "signed by who counted alone": (
        "UPDATE stocktake SET state = 'closed', closed_by_id = counter_id",
        CountedAlone,
    ),
    "a scan rewritten": ("UPDATE stock_count SET box_id = NULL", CountKept),
    "a shelf of no section": (
        "UPDATE stocktake SET shelf_id = (SELECT min(id) FROM shelf)",
        ScopeUnclear,
    ),
    "a scan taken away": ("DELETE FROM stock_count", CountKept),
    "counted by a stranger": (
        (
            "INSERT INTO stock_count (stocktake_id, client_id, scanned, shelf_id, damaged, by_id, at)"
            " SELECT stocktake_id, 'x', 'x', shelf_id, damaged, 1000, at FROM stock_count"
        ),
        NotACounter,
    ),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_the_database_itself_refuses(station: Station, broken):
    box = boxed(station)
    stocktake = opened(station)
    scan(station, stocktake, box)
    statement, refusal = BROKEN[broken]
    with station.system.engine.connect() as connection, pytest.raises(IntegrityError) as violation:
        connection.execute(text(statement))
    assert isinstance(error_for(violation.value), refusal)
