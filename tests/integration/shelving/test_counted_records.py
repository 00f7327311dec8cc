"""A stocktake that opens the boxes: which records are in them, on each database."""

import pytest

from archive.holdings.pair import Pair, PairState
from archive.holdings.record import Record
from archive.shelving.actions import stocktakes as verbs
from archive.shelving.actions.boxes import miss_record, put_in_box, take_out
from archive.shelving.actions.findings import keep_here, put_back
from archive.shelving.box import Box, BoxMixed
from archive.shelving.difference import Result
from archive.shelving.movement import OutFor, Whereabouts
from archive.shelving.queries.lookup import PlaceUnknown
from archive.shelving.queries.stocktakes import FindingSeen, findings, stocktake_seen
from archive.shelving.stocktake import BoxNotScanned, ShelfElsewhere, Stocktake, StocktakeUnderWay
from tests.builders import PASSWORD, Station, settle_station
from tests.shelving import boxed, label, ready, shelf, with_store


@pytest.fixture
def station(station: Station) -> Station:
    return with_store(station)


def opened(station: Station, **said: object) -> Stocktake:
    facts = {"with_records": True} | said
    stocktake = station.archivist.does(verbs.open_stocktake, station.id, **facts)
    station.clerk.does(verbs.join_stocktake, stocktake.id)
    return stocktake


def scan(
    station: Station,
    stocktake: Stocktake,
    thing: Box | Record,
    *,
    box: Box | None = None,
    on: str = "KF01-G01-1-1",
    **said: object,
) -> verbs.Told:
    facts = {"client_id": f"{type(thing).__name__}-{thing.id}-{on}", **said}
    return station.archivist.does(
        verbs.count,
        stocktake.id,
        scanned=label(station, thing),
        shelf=shelf(station, on).code,
        box=box.name if box else "",
        **facts,
    )


def closed(station: Station, stocktake: Stocktake) -> dict[str, FindingSeen]:
    station.clerk.does(verbs.close_stocktake, stocktake.id, password=PASSWORD)
    return {one.what: one for one in station.archivist.does(findings, stocktake.id)}


def box_of(station: Station, record: Record) -> int | None:
    return station.sees(Whereabouts, record.id).box_id


def test_records_are_in_place_missing_or_in_another_box(station: Station):
    first = boxed(station, *(ready(station) for _ in range(3)))
    second = boxed(station, ready(station))
    here, astray, gone = (station.sees(Record, number) for number in (1, 2, 3))
    other = station.sees(Record, 4)
    stocktake = opened(station)
    for box, records in ((first, (here,)), (second, (astray, other))):
        assert scan(station, stocktake, box).sentence == "box"
        for record in records:
            told = scan(station, stocktake, record, box=box)
            assert (told.sentence, told.in_box) == ("in-box", box.name)
    found = closed(station, stocktake)
    assert {what: one.finding.result for what, one in found.items()} == {
        astray.code: Result.MISPLACED,
        gone.code: Result.MISSING,
    }
    assert (found[astray.code].expected, found[astray.code].found) == (first.name, second.name)
    assert station.sees(Pair, gone.id).state == PairState.PAPER_MISSING
    assert station.sees(Pair, astray.id).state == PairState.PAIRED
    told = station.archivist.does(stocktake_seen, stocktake.id).stocktake
    assert (told.in_place, told.records_in_place) == (2, 2)


def test_a_misplaced_record_goes_back_or_stays_where_it_was_found(station: Station):
    home = boxed(station, *(ready(station) for _ in range(2)))
    same_series = boxed(station, ready(station))
    other_series = boxed(station, ready(station, kind="supply-contract"))
    astray, stray = station.sees(Record, 1), station.sees(Record, 2)
    stocktake = opened(station)
    for box in (home, same_series, other_series):
        scan(station, stocktake, box)
    scan(station, stocktake, astray, box=same_series)
    scan(station, stocktake, stray, box=other_series)
    for number, box in ((3, same_series), (4, other_series)):
        scan(station, stocktake, station.sees(Record, number), box=box)
    found = closed(station, stocktake)
    station.archivist.does(keep_here, found[astray.code].finding.id)
    assert box_of(station, astray) == same_series.id
    with pytest.raises(BoxMixed):
        station.archivist.does(keep_here, found[stray.code].finding.id)
    station.archivist.does(put_back, found[stray.code].finding.id)
    assert box_of(station, stray) == home.id
    assert station.archivist.does(stocktake_seen, stocktake.id).open_findings == 0


def test_a_missing_record_found_in_a_box_stands_there_again(station: Station):
    box = boxed(station, ready(station), ready(station))
    lost, never = station.sees(Record, 1), ready(station)
    station.archivist.does(miss_record, lost.id)
    station.archivist.does(put_in_box, never.id, box.id)
    stocktake = opened(station)
    scan(station, stocktake, box)
    for number in (1, 2, 3):
        scan(station, stocktake, station.sees(Record, number), box=box)
    found = closed(station, stocktake)
    assert [one.finding.settled_how for one in found.values()] == ["stands-here"]
    assert box_of(station, lost) == box.id
    assert station.sees(Pair, lost.id).state == PairState.UNCOMPARED


def test_what_is_out_and_lies_in_the_box_all_the_same_waits_for_a_person(station: Station):
    box = boxed(station, ready(station))
    out = station.sees(Record, 1)
    station.archivist.does(take_out, out.id, out_for=OutFor.SCAN)
    stocktake = opened(station)
    scan(station, stocktake, box)
    scan(station, stocktake, out, box=box)
    found = closed(station, stocktake)
    assert found[out.code].finding.result == Result.EXTRA
    assert found[out.code].finding.settled_at is None
    assert station.sees(Pair, out.id).state == PairState.PAPER_OUT


def test_a_record_beside_any_box_is_told_at_once_and_the_last_scan_counts(station: Station):
    box = boxed(station, ready(station), ready(station))
    loose, careless = station.sees(Record, 1), station.sees(Record, 2)
    stocktake = opened(station)
    scan(station, stocktake, box)
    assert scan(station, stocktake, loose).sentence == "loose"
    assert scan(station, stocktake, careless).sentence == "loose"
    scan(station, stocktake, careless, box=box, client_id="once more")
    found = closed(station, stocktake)
    assert {what: one.finding.result for what, one in found.items()} == {
        loose.code: Result.MISPLACED
    }
    assert found[loose.code].found == "KF01-G01-1-1"


def test_a_box_that_is_missing_takes_its_records_with_it_as_one_finding(station: Station):
    gone = boxed(station, ready(station), ready(station))
    here = boxed(station, ready(station))
    stocktake = opened(station)
    scan(station, stocktake, station.sees(Record, 3), box=here)  # the box itself was not scanned
    found = closed(station, stocktake)
    assert {what: one.finding.result for what, one in found.items()} == {gone.name: Result.MISSING}
    assert station.sees(Pair, 1).state == PairState.PAPER_MISSING


def test_records_of_a_box_found_again_are_counted_one_by_one(station: Station):
    box = boxed(station, ready(station), ready(station))
    other = boxed(station, ready(station))
    first = opened(station)
    scan(station, first, station.sees(Record, 3), box=other)
    closed(station, first)
    second = opened(station)
    scan(station, second, box, on="KF01-G01-1-2")
    scan(station, second, station.sees(Record, 1), box=box, on="KF01-G01-1-2")
    scan(station, second, station.sees(Record, 3), box=other)
    found = closed(station, second)
    assert found[box.name].finding.settled_how == "stands-here"
    assert found[station.sees(Record, 2).code].finding.result == Result.MISSING
    assert station.sees(Pair, 1).state == PairState.UNCOMPARED
    assert station.sees(Pair, 2).state == PairState.PAPER_MISSING


def test_a_record_only_some_may_know_of_is_counted_whoever_scans_it(station: Station):
    secret = ready(station, kind="report-of-wrongdoing")
    box = boxed(station, secret)
    stocktake = opened(station)
    told = station.clerk.does(
        verbs.count,
        stocktake.id,
        client_id="1",
        scanned=label(station, secret),
        shelf="KF01-G01-1-1",
        box=box.name,
        damaged=True,
    )
    assert (told.kind, secret.code in told.name) == ("record", False)
    station.archivist.does(verbs.close_stocktake, stocktake.id, password=PASSWORD)
    (blind,) = station.clerk.does(findings, stocktake.id)
    assert (blind.finding.result, blind.withheld, blind.what) == (Result.DAMAGED, True, "")
    (seen,) = station.archivist.does(findings, stocktake.id)
    assert (seen.withheld, seen.what) == (False, secret.code)


@pytest.mark.parametrize(
    ("place", "counted"),
    [("KF01", 3), ("KF01-G01", 3), ("KF01-G01-1", 2), ("KF01-G01-1-2", 1), ("", 4)],
)
def test_a_stocktake_is_over_a_room_a_cabinet_a_section_a_shelf_or_everything(
    station: Station, place: str, counted: int
):
    with_store(station, code="KF02")
    places = ("KF01-G01-1-1", "KF01-G01-1-2", "KF01-G01-2-1", "KF02-G01-1-1")
    boxes = {on: boxed(station, on=on) for on in places}
    stocktake = opened(station, place=place, with_records=False)
    assert station.head.does(stocktake_seen, stocktake.id).place == place
    scan(station, stocktake, boxes["KF01-G01-1-2"], on="KF01-G01-1-2")
    found = closed(station, stocktake)
    assert len(found) == counted - 1
    assert {one.finding.result for one in found.values()} <= {Result.MISSING}


@pytest.mark.parametrize("place", ["KF09", "KF01-G09", "KF01-G01-9", "KF01-G01-1-9-1", "柜"])
def test_no_stocktake_is_opened_over_a_place_that_is_not_there(station: Station, place: str):
    with pytest.raises(PlaceUnknown):
        opened(station, place=place)


def test_nothing_goes_in_or_out_of_a_box_that_is_opened_and_counted(station: Station):
    box = boxed(station, ready(station))
    waiting = ready(station)
    shelf_label = label(station, shelf(station))
    stocktake = opened(station, place=shelf_label)
    with pytest.raises(StocktakeUnderWay):
        station.archivist.does(put_in_box, waiting.id, box.id)
    with pytest.raises(StocktakeUnderWay):
        station.archivist.does(take_out, 1, out_for=OutFor.SCAN)
    scan(station, stocktake, station.sees(Record, 1), box=box)
    assert closed(station, stocktake) == {}
    station.archivist.does(put_in_box, waiting.id, box.id)


def test_a_shelf_of_another_station_and_a_box_that_is_none_are_refused(station: Station):
    other = with_store(settle_station(station.system, code="HX", name="河西供电所"))
    box = boxed(station)
    stocktake = opened(station)
    told = {"client_id": "1", "scanned": label(station, station.sees(Record, 1))}
    with pytest.raises(BoxNotScanned):
        station.archivist.does(
            verbs.count, stocktake.id, shelf="KF01-G01-1-1", box="KF01-G01-1-1", **told
        )
    with pytest.raises(ShelfElsewhere):
        station.archivist.does(
            verbs.count, stocktake.id, shelf=label(station, shelf(other)), **told
        )
    strange = boxed(other)
    assert scan(station, stocktake, strange).sentence == "foreign"
    assert scan(station, stocktake, box).sentence == "box"
