"""The items in a volume, on each database: in order, coded once, never taken out of the list."""

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from archive.access import NotPermitted
from archive.db import error_for
from archive.holdings.actions.items import ItemDescription, add_item, describe_item_again
from archive.holdings.queries.items import volume_seen
from archive.holdings.volume_item import (
    ItemFormedInFuture,
    ItemKeptForEver,
    ItemPagesImpossible,
    ItemTitleMissing,
    NotAVolume,
    VolumeItem,
)
from archive.reason import ReasonMissing
from archive.transaction import NoSuchThing
from tests.builders import Station
from tests.holdings import filed, with_file_plan

DAY = date(2026, 9, 3)


@pytest.fixture
def station(station: Station) -> Station:
    return with_file_plan(station)


def added(station: Station, volume, title: str = "银行进账单", **said: object) -> VolumeItem:
    facts = {"formed_on": DAY, "pages": 2} | said
    return station.archivist.does(add_item, volume.id, ItemDescription(title, **facts))


def a_volume(station: Station, **said: object):
    return filed(station, kind="bank-pay-in-slip", title="九月进账单", **said)


def test_items_stand_in_order_under_the_code_of_their_volume(station: Station):
    volume = a_volume(station)
    first, second, third = added(station, volume), added(station, volume, pages=5), None
    third = added(station, volume, first_page=20)
    assert [item.code for item in (first, second, third)] == [
        f"{volume.code}-{number:04}" for number in (1, 2, 3)
    ]
    assert [item.first_page for item in (first, second, third)] == [1, 3, 20]
    seen = station.archivist.does(volume_seen, volume.id)
    assert [item.id for item in seen.items] == [first.id, second.id, third.id]
    assert (seen.listed_pages, seen.next_page) == (9, 22)


def test_only_a_record_arranged_by_volume_has_items(station: Station):
    by_item = filed(station)
    with pytest.raises(NotAVolume):
        added(station, by_item)
    assert not station.archivist.does(volume_seen, by_item.id).is_volume


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"title": "  "}, ItemTitleMissing),
        ({"formed_on": date(2030, 1, 1)}, ItemFormedInFuture),
        ({"pages": 0}, ItemPagesImpossible),
        ({"first_page": 0}, ItemPagesImpossible),
        ({"first_page": 10_000}, ItemPagesImpossible),
    ],
)
def test_an_item_that_says_nothing_uses_no_number(station: Station, said, refusal):
    volume = a_volume(station)
    with pytest.raises(refusal):
        added(station, volume, **said)
    assert added(station, volume).number == 1


def test_a_description_is_corrected_with_a_reason_and_keeps_its_code(station: Station):
    item = added(station, a_volume(station))
    with pytest.raises(ReasonMissing):
        station.archivist.does(describe_item_again, item.id, reason=" ", title="存款凭条")
    again = station.archivist.does(
        describe_item_again, item.id, reason="写错了", title="存款凭条", pages=3
    )
    assert (again.code, again.title, again.pages) == (item.code, "存款凭条", 3)


def test_who_may_not_file_adds_nothing_and_a_stranger_sees_nothing(station: Station):
    volume = a_volume(station)
    with pytest.raises(NotPermitted):
        station.collector.does(add_item, volume.id, ItemDescription("x", DAY, 1))
    with pytest.raises((NoSuchThing, NotPermitted)):
        station.collector.does(volume_seen, volume.id)


BROKEN = {
    "a number left out": (
        (
            "INSERT INTO volume_item (record_id, number, code, title, formed_on, first_page, pages,"
            " document_number, parties, remark, added_by_id, added_at, version)"
            " SELECT record_id, 3, code || 'x', title, formed_on, 1, 1, '', '', '', added_by_id,"
            " added_at, 1 FROM volume_item"
        ),
        ItemKeptForEver,
    ),
    "a code of its own": (
        (
            "INSERT INTO volume_item (record_id, number, code, title, formed_on, first_page, pages,"
            " document_number, parties, remark, added_by_id, added_at, version)"
            " SELECT record_id, 2, 'X-0002', title, formed_on, 1, 1, '', '', '', added_by_id,"
            " added_at, 1 FROM volume_item"
        ),
        ItemKeptForEver,
    ),
    "in a record that is no volume": (
        (
            "INSERT INTO volume_item (record_id, number, code, title, formed_on, first_page, pages,"
            " document_number, parties, remark, added_by_id, added_at, version)"
            " SELECT r.id, 1, r.code || '-0001', 'x', r.formed_on, 1, 1, '', '', '', r.filed_by_id,"
            " r.filed_at, 1 FROM record r WHERE r.title = 'no volume'"
        ),
        NotAVolume,
    ),
    "renumbered": ("UPDATE volume_item SET number = 7", ItemKeptForEver),
    "coded again": ("UPDATE volume_item SET code = 'X'", ItemKeptForEver),
    "taken out": ("DELETE FROM volume_item", ItemKeptForEver),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_the_database_itself_refuses(station: Station, broken: str):
    filed(station, title="no volume")
    added(station, a_volume(station))
    statement, refusal = BROKEN[broken]
    with station.system.engine.connect() as connection, pytest.raises(IntegrityError) as violation:
        connection.execute(text(statement))
    assert isinstance(error_for(violation.value), refusal)
