"""A list taken out of the program whole: every row once, in order, and counted once."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import event

from archive.custody.queries.books import BookFilter
from archive.reports import lists
from archive.reports.lists import TooManyRows, every_book, every_volume
from archive.transaction import Transaction
from tests.builders import Station

ALL_VOLUMES = {"station_id": None, "month": "", "state": "", "order": "code"}


def books_out(tx: Transaction) -> list[str]:
    return [row.first for row in every_book(tx, BookFilter(), "number")]


def volumes_out(tx: Transaction) -> list[str]:
    return [row.volume.code for row in every_volume(tx, **ALL_VOLUMES)]


@pytest.fixture
def five_of_each(station: Station, monkeypatch: pytest.MonkeyPatch) -> Station:
    """Five books and five volumes, and files made two rows at a time."""
    monkeypatch.setattr(lists, "BATCH", 2)
    station.approved_plan(8)
    for book in station.issued_books(5, request=station.granted_request(5)):
        station.used(station.book_in_use(book=station.book_in_stock(book)))
        station.bound_volume()
    return station


@pytest.fixture
def counts(station: Station) -> Iterator[list[str]]:
    """Every statement that counts rows meanwhile."""
    sent: list[str] = []

    def note(*facts: object) -> None:
        if "count(" in str(facts[2]):
            sent.append(str(facts[2]))

    event.listen(station.system.engine, "before_cursor_execute", note)
    yield sent
    event.remove(station.system.engine, "before_cursor_execute", note)


@pytest.mark.parametrize("taken_out", [books_out, volumes_out])
def test_a_list_of_many_batches_is_counted_once(
    five_of_each: Station, counts: list[str], taken_out: Callable[[Transaction], list[str]]
):
    counts.clear()
    rows = five_of_each.custodian.does(taken_out)
    assert rows == sorted(set(rows))
    assert len(rows) == 5
    assert len(counts) == 1


def test_a_list_too_long_is_refused_before_its_first_row(
    five_of_each: Station, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(lists, "MOST_ROWS", 4)
    for taken_out in (books_out, volumes_out):
        with pytest.raises(TooManyRows) as refused:
            five_of_each.custodian.does(taken_out)
        assert refused.value.facts == {"rows": 5, "most": 4}
