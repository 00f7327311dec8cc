"""What the lists rest on reads the same on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.access import Role
from archive.custody.actions.plans import add_kind, approve_plan, propose_plan
from archive.custody.actions.requests import issue_books, request_books
from archive.custody.queries.books import BookFilter, books, find_number, holders, stock
from archive.custody.queries.plans import PlanFilter, plans
from archive.custody.queries.requests import gates, requests
from archive.people.person import Station as Row
from archive.people.queries import PersonFilter, office_holders, persons, station_rows
from archive.reports.trail import TrailFilter, entries, events, lines
from archive.transaction import Transaction
from tests.builders import Station, open_system, settle_station
from tests.clock import SettableClock


@pytest.fixture
def station(database_url: str, clock: SettableClock, tmp_path: Path) -> Iterator[Station]:
    """The station on either database, with two books: one in use, one on its way."""
    running = open_system(database_url, clock, tmp_path / "data")
    settled = settle_station(running)
    settled.used(last="04210004", voids=["04210002"])
    settled.excepted()
    settled.issued_books()
    yield settled
    running.engine.dispose()


def seen(station: Station, read, *args, **facts):
    """What finance reads."""

    def reading(tx: Transaction):
        return read(tx, *args, **facts)

    return station.finance.does(reading)


@pytest.mark.parametrize("order", ["number", "-number", "issued", "-issued"])
def test_books_are_listed_and_summed(station: Station, order: str):
    rows, totals = seen(station, books, BookFilter(), order=order)

    assert (totals.books, totals.sets, totals.blank) == (2, 20, 16)
    firsts = [row.first for row in rows]
    assert sorted(firsts, reverse=order.startswith("-")) == firsts
    assert {row.blank for row in rows} == {6, 10}


def test_twenty_digits_are_counted_exactly(station: Station):
    kind = station.administrator.does(
        add_kind, code="SD", name="数电票", code_digits=0, number_digits=20, book_size=100
    )
    plan = station.custodian.does(
        propose_plan, station_id=station.id, kind_id=kind.id, year=2026, quarter=4, books=1
    )
    station.finance.does(approve_plan, plan.id)
    station.excepted()
    request = station.custodian.does(request_books, station_id=station.id, kind_id=kind.id, books=1)
    station.finance.does(
        issue_books, request.id, runs=[("", "26377000000999999950", "26377000001000000049")]
    )

    (row,), totals = seen(station, books, BookFilter(kind_id=kind.id))

    assert (row.sets, row.blank, totals.sets, totals.blank) == (100, 100, 100, 100)
    (found,) = seen(station, find_number, "26377000001000000000")
    assert (found.book.first, found.fate) == ("26377000000999999950", "blank")


def test_a_number_is_found_under_every_code_and_beside_none(station: Station):
    for number, fate in (("04210001", "used"), ("04210002", "void"), ("04210010", "blank")):
        (found,) = seen(station, find_number, number)
        assert found.fate == fate
    assert [one.book.state for one in seen(station, find_number, "04210020")] == ["issued"]
    for number in ("04210021", "04210000", "4210001", "0421000", "000000"):
        assert seen(station, find_number, number) == []
        assert seen(station, find_number, number, "012345678901") == []


def test_stock_holders_plans_requests_and_gates_read_alike(station: Station):
    held = seen(station, stock, [station.id])
    assert {(row.holder, row.blank) for row in held} == {("张大勇", 6), (None, 10)}
    assert [name for _, name in seen(station, holders)] == ["张大勇"]
    rows, count, planned, drawn = seen(station, plans, PlanFilter(year=2026))
    assert (len(rows), count, planned, drawn) == (1, 1, 4, 2)
    asked, count, wanted = seen(station, requests, None)
    assert ([row.basis for row in asked], count, wanted) == (["emergency", "first-issue"], 2, 2)
    (view,) = seen(station, lambda tx: gates(tx, _station(tx, station)))
    assert [str(line.state) for line in view.lines] == [
        "open", "open", "closed", "open", "open", "others",
    ]  # fmt: skip


def _station(tx: Transaction, station: Station):
    return tx.get(Row, station.id)


def test_persons_are_found_alike(station: Station):
    def listed(tx: Transaction, **wanted: object) -> list[str]:
        return [row.name for row in persons(tx, PersonFilter(**wanted))[0]]

    administrator = station.administrator
    assert administrator.does(listed, text="秀兰") == ["王秀兰"]
    assert administrator.does(listed, text="_") == []
    assert administrator.does(listed, role="finance") == ["陈玉华", "何敏"]
    (row,) = administrator.does(station_rows)
    assert (row.custodian, row.persons) == ("王秀兰", 6)
    collectors = administrator.does(office_holders, {Role.COLLECTOR}, station.id)
    assert sorted(name for _, name, _ in collectors) == ["刘喆", "张大勇"]


def test_the_trail_is_read_alike(station: Station):
    auditor = station.auditor

    assert "book.used" in auditor.does(events)
    found, count = auditor.does(entries, TrailFilter(event="book.used"))
    assert (len(found), count) == (1, 1)
    found, count = auditor.does(entries, TrailFilter(subject="book:012345678901:"), limit=3)
    assert (len(found), count) == (3, 7)
    day = station.today
    _, count = auditor.does(entries, TrailFilter(from_on=day, to_on=day))
    assert count == len(auditor.does(lambda tx: list(lines(tx, TrailFilter()))))
