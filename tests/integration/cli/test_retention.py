"""``archive retention``: a date explained without a database, what is due, thirty years ahead."""

import json

import pytest

from tests.builders import Station
from tests.integration.cli.terminal import Terminal
from tests.retention import due_records


def test_a_date_is_explained_where_there_is_no_database(archive: Terminal):
    ended = archive(
        "retention", "explain", "--rule", "D30", "--trigger", "2023-12-31",
        "--rule", "D5", "--trigger", "2024-02-29", "--json",
    )  # fmt: skip
    told = json.loads(ended.out)
    assert (ended.status, told["state"]) == (0, "running")
    assert (told["protected_through"], told["eligible_from"]) == ("2053-12-31", "2054-01-01")
    assert [(one["rule"], one["decides"]) for one in told["reasoning"]] == [
        ("D30", True),
        ("D5", False),
    ]
    assert not list(archive.data.glob("*.sqlite3"))


def test_for_ever_is_never_and_an_event_without_a_date_has_not_started(archive: Terminal):
    never = json.loads(archive("retention", "explain", "--rule", "Y", "--json").out)
    assert (never["state"], never["eligible_from"]) == ("never", None)
    waits = json.loads(archive("retention", "explain", "--json", "--rule=E5").out)
    assert (waits["state"], waits["protected_through"]) == ("not-started", None)
    both = json.loads(
        archive("retention", "explain", "--rule", "E5", "--rule", "D5", "--trigger", "2020-01-01",
                "--json").out
    )  # fmt: skip
    assert both["state"] == "not-started"
    scrapped = json.loads(
        archive("retention", "explain", "--rule", "E5", "--trigger", "2024-02-29", "--json").out
    )
    assert scrapped["reasoning"][0]["exact_reading"] == "2029-02-28"
    assert scrapped["protected_through"] == "2029-12-31"
    said = archive("retention", "explain", "--rule", "E5", "--trigger", "2024-02-29", language="en")
    assert "the longer counts" in said.out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--rule", "D0"], "不是保管期限"),
        (["--rule", "永久"], "不是保管期限"),
        (["--rule", "D30"], "请给出该年度内的一个日期"),
        (["--trigger", "2024-01-01"], "没有它所属的"),
        (["--rule", "D5", "--trigger", "2024-01-01", "--trigger", "2024-01-02"], "没有它所属的"),
        (["--rule", "D5", "--trigger", "2024-02-30"], "不是日期"),
        (["--rule", "D5", "--trigger", "20240229"], "不是日期"),
        (["--rule", "D5", "--since", "2024"], "没有“--since”这个选项"),
        (["--rule"], "后面缺少内容"),
        (["--rule", "D99", "--trigger", "9950-01-01"], "超出了日历"),
        ([], "至少给出一条"),
    ],
)
def test_what_makes_no_sense_ends_with_two_and_a_sentence(
    archive: Terminal, words: list[str], sentence: str
):
    ended = archive("retention", "explain", *words)
    assert (ended.status, ended.out) == (2, "")
    assert sentence in ended.err


def test_what_is_due_on_a_day_and_in_thirty_years(installed: Terminal, station: Station):
    old = due_records(station)
    told = json.loads(installed("retention", "due", "--on", "2054-01-01", "--json").out)
    assert (told["on"], told["due"], told["free"]) == ("2054-01-01", 3, 2)
    held = {one["code"]: one["held_by"] for one in told["records"]}
    assert held[old.complaint.code] == []
    assert held[old.held.code] == ["audit"]
    assert "title" not in told["records"][0]
    plain = installed("retention", "due", "--on", "2023-01-01")
    assert old.complaint.code in plain.out
    assert old.held.code not in plain.out
    assert installed("retention", "due", "--on", "tomorrow").status == 2
    ahead = json.loads(installed("retention", "foresight", "--json").out)
    assert ahead["years"]["2054"] == 1
    assert (ahead["not_started"], ahead["never"]) == (1, 1)
    assert "尚未起算 1 件" in installed("retention", "foresight").out
