"""Archival codes: one after the other, none twice, none left out, none changed."""

import random

import pytest
from sqlalchemy.exc import IntegrityError

from archive.access import NotPermitted
from archive.audit import TrailEntry
from archive.db import error_for
from archive.holdings.actions.codes import assign_code
from archive.holdings.actions.plans import adopt_default_plan
from archive.holdings.code import (
    ArchivalCode,
    CodeKeptForEver,
    CodeSeries,
    CodeTaken,
    CodeUnfit,
    NotArchived,
)
from archive.holdings.queries.plans import plan_in_force
from archive.transaction import Transaction
from tests.builders import Station, settle_station
from tests.integration.custody.test_racing import at_once, outcomes


@pytest.fixture
def station(station: Station) -> Station:
    """The station with the default plan in force for the fonds Z109."""
    station.archivist.does(adopt_default_plan, fonds_name="青石县供电公司", fonds_code="Z109")
    return station


def kind_id(station: Station, code: str) -> int:
    kinds = station.archivist.does(plan_in_force).kinds
    return next(kind.id for kind in kinds if kind.code == code)


def assign(station: Station, kind: str, year: int = 2026) -> str:
    return station.archivist.does(
        assign_code, kind_id=kind_id(station, kind), station_id=station.id, year=year
    ).text


def kept(station: Station) -> list[tuple[int, int, str]]:
    """Series, number and text of every code, in order."""
    return station.asks(
        lambda tx: [
            tuple(row)
            for row in tx.session.query(
                ArchivalCode.series_id, ArchivalCode.number, ArchivalCode.text
            ).order_by(ArchivalCode.series_id, ArchivalCode.number)
        ]
    )


def test_codes_run_from_one_within_category_year_retention_and_unit(station: Station):
    assert assign(station, "bookkeeping-volume") == "Z109-KU·PZ·2026·D30·QS-001"
    assert assign(station, "stub-book") == "Z109-KU·PZ·2026·D30·QS-002"
    assert assign(station, "bookkeeping-volume", 2025) == "Z109-KU·PZ·2025·D30·QS-001"
    assert assign(station, "complaint") == "Z109-WS·2026-D10-QS-0001"
    assert assign(station, "report-of-wrongdoing") == "Z109-WS·2026-D30-QS-0001"
    assert assign(station, "complaint") == "Z109-WS·2026-D10-QS-0002"


def test_two_stations_of_a_fonds_count_for_themselves(station: Station):
    other = settle_station(station.system, code="BH", name="白河供电所")
    assert assign(station, "complaint") == "Z109-WS·2026-D10-QS-0001"
    assert assign(other, "complaint") == "Z109-WS·2026-D10-BH-0001"
    with pytest.raises(NotPermitted):
        other.archivist.does(
            assign_code, kind_id=kind_id(station, "complaint"), station_id=station.id, year=2026
        )


def test_a_code_stands_on_the_trail(station: Station):
    assign(station, "complaint")
    entry = station.asks(
        lambda tx: tx.session.query(TrailEntry).order_by(TrailEntry.seq.desc()).first()
    )
    assert entry is not None
    assert (entry.event, entry.subject) == ("code.assigned", "code:Z109-WS·2026-D10-QS-0001")


def test_what_is_not_archived_gets_no_code(station: Station):
    with pytest.raises(NotArchived):
        assign(station, "outage-callback")
    assert kept(station) == []


@pytest.mark.parametrize("year", [11, 999, 30000])
def test_a_year_that_is_none_begins_no_series(station: Station, year: int):
    with pytest.raises(CodeUnfit):
        assign(station, "complaint", year)
    assert station.asks(lambda tx: tx.session.query(CodeSeries).count()) == 0


class GaveUp(Exception):
    """Something went wrong after the number was given."""


def give_up_if(wanted: bool) -> None:
    if wanted:
        raise GaveUp


def test_twenty_at_once_get_numbers_without_a_gap_or_a_double(station: Station):
    """On series nobody has begun yet, several in a transaction in any order, some given up."""
    complaint, stubs = kind_id(station, "complaint"), kind_id(station, "stub-book")
    archivist = station.archivist.actor()
    chance = random.Random(3)

    def order() -> list[int]:
        return chance.sample([complaint, complaint, stubs], 3)

    plans = [[(order(), chance.random() < 0.3) for _ in range(2)] for _ in range(20)]

    def work(plan: list[tuple[list[int], bool]]) -> list[str]:
        got: list[str] = []
        for kinds, gives_up in plan:
            try:
                with station.system.transaction(archivist) as tx:
                    codes = [
                        assign_code(tx, kind_id=kind, station_id=station.id, year=2026)
                        for kind in kinds
                    ]
                    give_up_if(gives_up)
            except GaveUp:
                continue
            got += [code.text for code in codes]
        return got

    results = at_once(*[lambda plan=plan: work(plan) for plan in plans])
    assert outcomes(results) == {"list": 20}
    times = sum(not gives_up for plan in plans for _, gives_up in plan)
    assert 0 < times < 40
    expected = [f"Z109-KU·PZ·2026·D30·QS-{n:03d}" for n in range(1, times + 1)]
    expected += [f"Z109-WS·2026-D10-QS-{n:04d}" for n in range(1, 2 * times + 1)]
    assert sorted(text for result in results for text in result) == expected
    assert sorted(text for _, _, text in kept(station)) == expected


def insert(station: Station, **changed: object) -> None:
    """A code like the newest, but for what is changed, past every verb."""
    columns = ("text", "series_id", "number", "kind_id", "assigned_by_id", "assigned_at")
    values = ", ".join(f"'{changed[name]}'" if name in changed else name for name in columns)

    def work(tx: Transaction) -> None:
        tx.session.connection().exec_driver_sql(
            f"INSERT INTO archival_code ({', '.join(columns)}) SELECT {values}"
            " FROM archival_code WHERE id = (SELECT max(id) FROM archival_code)"
        )

    station.archivist.does(work)


@pytest.mark.parametrize("number", [1, 2, 4, 0, 999])
def test_the_database_takes_the_next_number_and_no_other(station: Station, number: int):
    assign(station, "complaint")
    assign(station, "complaint")
    with pytest.raises((CodeKeptForEver, CodeTaken)):
        insert(station, number=number, text="Z109-WS·2026-D10-QS-0009")
    insert(station, number=3, text="Z109-WS·2026-D10-QS-0003")
    assert len(kept(station)) == 3


def test_the_database_never_takes_the_same_code_twice(station: Station):
    text = assign(station, "complaint")
    with pytest.raises(CodeTaken):
        insert(station, number=2, text=text)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE archival_code SET text = 'Z110-WS·2026-D10-QS-0001'",
        "UPDATE archival_code SET number = 7",
        "DELETE FROM archival_code",
        "UPDATE code_series SET template = '{fonds}-{number:6}'",
        "DELETE FROM code_series",
    ],
)
def test_no_statement_changes_a_code_or_how_its_series_is_written(station: Station, statement: str):
    assign(station, "complaint")
    before = kept(station)
    with (
        pytest.raises(IntegrityError) as refused,
        station.system.engine.begin() as connection,
    ):
        connection.exec_driver_sql(statement)
    assert isinstance(error_for(refused.value), CodeKeptForEver)
    assert kept(station) == before


def test_no_insert_replaces_a_code_without_a_word(station: Station):
    """What each family has to write over a row while inserting one."""
    text = assign(station, "complaint")
    assign(station, "report-of-wrongdoing")
    before = kept(station)
    sqlite = station.system.engine.dialect.name == "sqlite"
    insert, then = ("INSERT OR REPLACE", "") if sqlite else (
        "INSERT", "ON CONFLICT (text) DO UPDATE SET kind_id = excluded.kind_id"
    )  # fmt: skip
    with (
        pytest.raises(IntegrityError),
        station.system.engine.begin() as connection,
    ):
        connection.exec_driver_sql(
            f"{insert} INTO archival_code"
            " (text, series_id, number, kind_id, assigned_by_id, assigned_at)"
            f" SELECT '{text}', series_id, 2, kind_id, assigned_by_id, assigned_at"
            f" FROM archival_code WHERE id = (SELECT max(id) FROM archival_code) {then}"
        )
    assert kept(station) == before


def test_a_fonds_renumbered_leaves_given_codes_as_they_are(station: Station):
    """Never re-rendered: the next code has the new number, the first keeps the old one."""
    first = assign(station, "complaint")
    with station.system.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE fonds SET code = 'Z200'")
    assert assign(station, "complaint") == "Z200-WS·2026-D10-QS-0002"
    assert next(text for _, _, text in kept(station)) == first
