"""The register of a batch: narrowed, ordered, leafed through, and what it comes to."""

import pytest

from archive.retention.actions.supervision import withhold_item
from archive.retention.batch import ItemState, Withheld
from archive.retention.queries.batch_lines import (
    ORDERS,
    UNSETTLED,
    LineFilter,
    RegisterTotals,
    items_page,
    kinds_listed,
    reasons_given,
    register_groups,
    register_totals,
)
from archive.retention.queries.batch_tasks import Going, going
from archive.transaction import NoSuchThing
from tests.builders import Station, settle_station
from tests.company import open_company
from tests.destruction import Case, pile, proposed, supervised, worthless
from tests.shelving import with_store


@pytest.fixture
def station(station: Station) -> Station:
    return with_store(station)


@pytest.fixture
def case(station: Station) -> Case:
    records = [*worthless(station, 2), *pile(station, 1, kind="monthly-report", first=3)]
    return proposed(station, open_company(station), records)


def codes(case: Case, asked: LineFilter | None = None, **how: object) -> list[str]:
    found = case.station.archivist.does(
        items_page, case.batch_id, asked, **{"limit": 50, "offset": 0} | how
    )
    return [item.told["code"] for item in found]


def test_a_page_of_the_register_has_its_lines_in_the_order_asked_for(case: Case):
    every = codes(case)
    assert every == sorted(record.code for record in case.records)
    assert codes(case, limit=2) == every[:2]
    assert codes(case, limit=2, offset=2) == every[2:]
    assert codes(case, order="-code") == every[::-1]
    for order in ORDERS:
        assert sorted(codes(case, order=order)) == every


def test_a_register_is_narrowed_by_kind_year_period_and_what_became_of_a_line(case: Case):
    every = codes(case)
    by_kind = {
        one.code: codes(case, LineFilter(kind=one.code))
        for one in case.station.archivist.does(kinds_listed, case.batch_id)
    }
    assert {kind: len(found) for kind, found in by_kind.items()} == {
        "complaint": 2,
        "monthly-report": 1,
    }
    assert sorted(code for found in by_kind.values() for code in found) == every
    assert codes(case, LineFilter(year=2012)) == every
    assert codes(case, LineFilter(year=2013)) == []
    assert codes(case, LineFilter(retention="D10")) == every
    assert codes(case, LineFilter(retention="Y")) == []
    supervised(case)
    kept = case.items[0]
    case.witnesses[0].does(withhold_item, kept.id, why=Withheld.NOT_FOUND, note="没有找到")
    assert codes(case, LineFilter(ItemState.WITHHELD)) == [every[0]]
    assert codes(case, LineFilter(UNSETTLED)) == every[1:]


def test_the_database_adds_up_what_a_register_comes_to(case: Case):
    archivist = case.station.archivist
    assert archivist.does(register_totals, case.batch_id) == RegisterTotals(3, 3, 3, 2, 2012, 2012)
    one = archivist.does(register_totals, case.batch_id, LineFilter(kind="complaint"))
    assert (one.items, one.pages, one.kinds) == (2, 2, 1)
    none = archivist.does(register_totals, case.batch_id, LineFilter(year=1950))
    assert none == RegisterTotals()
    assert archivist.does(going, case.batch_id) == Going(3, 3, 3)


def test_a_register_is_told_in_few_lines_with_the_reasons_given(case: Case):
    archivist = case.station.archivist
    supervised(case)
    kept = case.items[0]
    case.witnesses[0].does(withhold_item, kept.id, why=Withheld.NOT_FOUND, note="没有找到")
    (group,) = archivist.does(register_groups, case.batch_id)
    assert (group.year, group.retention, group.items, group.pages) == (2012, "D10", 2, 2)
    assert group.title == case.items[1].told["title"]
    (whole,) = archivist.does(register_groups, case.batch_id, withheld=True)
    assert (whole.items, whole.title) == (3, kept.told["title"])
    assert archivist.does(reasons_given, case.batch_id, most=5) == [(kept.told["opinion"], 3)]


def test_nobody_of_another_station_sees_anything_of_a_register(case: Case):
    stranger = settle_station(case.station.system, code="HX", name="河西供电所").archivist
    for read in (register_totals, kinds_listed, register_groups):
        with pytest.raises(NoSuchThing):
            stranger.does(read, case.batch_id)
    with pytest.raises(NoSuchThing):
        stranger.does(items_page, case.batch_id, limit=1)
    with pytest.raises(NoSuchThing):
        stranger.does(reasons_given, case.batch_id, most=1)
