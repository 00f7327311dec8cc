"""``archive search``, ``archive reindex`` and ``archive index check``."""

import json

import pytest

from archive.finding.jobs import catch_up
from tests.builders import PASSWORD, Station
from tests.finding import scanned_in
from tests.holdings import filed, with_file_plan
from tests.integration.cli.terminal import Terminal


@pytest.fixture
def station(station: Station) -> Station:
    return with_file_plan(station)


def test_what_is_found_is_told_with_its_code_page_and_why(installed: Terminal, station: Station):
    record = scanned_in(station, "线路检修记录", ["九月"], ["变压器三号台区"], kind="repair-call")
    catch_up(station.system)
    ended = installed("search", "三号台区", "--json")
    assert ended.status == 0, ended.err
    assert json.loads(ended.out) == {
        "total": 1,
        "hits": [{"code": record.code, "title": "线路检修记录", "page": 2, "why": ["text"]}],
    }
    assert "第 2 页" in installed("search", "三号台区").out


def test_whoever_is_named_sees_what_they_may_and_has_to_say_the_password(
    installed: Terminal, station: Station
):
    filed(station, title="停电投诉", parties="王秀兰")
    catch_up(station.system)
    assert json.loads(installed("search", "王秀兰", "--json").out)["total"] == 0
    as_clerk = installed(
        "search", "王秀兰", "--as", station.clerk.code, "--json", password=PASSWORD
    )
    assert json.loads(as_clerk.out)["total"] == 1
    refused = installed("search", "王秀兰", "--as", station.clerk.code, password="wrong")
    assert refused.status != 0


def test_no_more_than_asked_for_are_told_and_all_are_counted(installed: Terminal, station: Station):
    for number in range(5):
        filed(station, title=f"停电投诉之{number}")
    catch_up(station.system)
    told = json.loads(installed("search", "停电", "--limit", 2, "--json").out)
    assert (told["total"], len(told["hits"])) == (5, 2)


def test_an_index_is_made_anew_and_found_to_agree(installed: Terminal, station: Station):
    filed(station, title="停电投诉")
    assert "1" in installed("reindex").out
    sound = installed("index", "check", "--json")
    assert (sound.status, json.loads(sound.out)) == (
        0,
        {"checked": 1, "lacking": 0, "foreign": 0, "other": 0},
    )


def test_an_index_that_differs_is_said_and_set_right(installed: Terminal, station: Station):
    record = filed(station, title="停电投诉")
    catch_up(station.system)
    station.system.index.write([record.id], lambda _ids: [])
    differs = installed("index", "check", "--json")
    assert (differs.status, json.loads(differs.out)["lacking"]) == (1, 1)
    assert installed("index", "check").status == 0


def test_before_anything_is_indexed_that_is_said(installed: Terminal, station: Station):
    filed(station, title="停电投诉")
    assert json.loads(installed("search", "停电", "--json").out)["total"] == 0
    assert "一两秒" in installed("search", "停电").out
