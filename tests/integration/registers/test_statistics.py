"""The figures of the holdings are those a plain count gives, on both databases."""

import random
from collections import Counter
from datetime import UTC, date, datetime

import pytest

from archive.access import NotPermitted
from archive.clock import day_at_station
from archive.holdings.file_plan import RecordKind
from archive.holdings.pair import Electronic, Pair
from archive.holdings.record import Record
from archive.reports.statistics import HoldingStatistics, holding_statistics, month_starts
from archive.transaction import NoSuchThing
from tests.builders import Station, settle_station
from tests.clock import SettableClock
from tests.holdings import compared, filed, placed, registered, scanned, with_file_plan

KINDS = ("complaint", "bookkeeping-volume", "supply-application", "special-customer-file")


def generated(station: Station, clock: SettableClock, records: int = 30) -> None:
    """Records of several kinds, years and months, in several states of their pairs."""
    chance = random.Random(7)
    with_file_plan(station)
    clock.set(datetime(2026, 10, 31, 15, 59, tzinfo=UTC))  # the last minute of October here
    for number in range(records):
        kind = chance.choice(KINDS)
        formed_on = date(chance.choice((2023, 2024, 2025)), chance.randint(1, 10), 3)
        record = filed(station, kind, f"第 {number} 件", formed_on, pages=chance.randint(0, 9))
        steps = chance.randint(0, 4)
        for step in (scanned, registered, compared, placed)[:steps]:
            step(station, record)
        clock.advance(days=chance.randint(0, 18))


def plainly_counted(
    station: Station, *, sensitive: bool, today: date
) -> tuple[HoldingStatistics, int]:
    """The same, over every row in Python."""
    rows = station.asks(
        lambda tx: [
            (record, kind, pair)
            for record, kind, pair in tx.session.query(Record, RecordKind, Pair)
            .filter(RecordKind.id == Record.kind_id, Pair.record_id == Record.id)
            .all()
        ]
    )
    seen = [row for row in rows if sensitive or row[1].personal != "sensitive"]
    months = Counter(f"{day_at_station(record.filed_at):%Y-%m}" for record, _, _ in seen)
    states = Counter(str(pair.state) for _, _, pair in seen)
    return HoldingStatistics(
        total=len(seen),
        restricted=len(rows) - len(seen),
        pages=sum(pair.paper_pages or record.pages for record, _, pair in seen),
        digitised=sum(pair.electronic == Electronic.PRESENT for _, _, pair in seen),
        categories=Counter(kind.category for _, kind, _ in seen),
        years=Counter(record.year for record, _, _ in seen),
        retentions=Counter(kind.retention for _, kind, _ in seen),
        pairs=states,
        months={f"{day:%Y-%m}": months[f"{day:%Y-%m}"] for day in month_starts(today)[:-1]},
    ), len(rows)


@pytest.mark.parametrize(("who", "sensitive"), [("archivist", True), ("clerk", False)])
def test_the_figures_are_those_of_a_plain_count(
    station: Station, clock: SettableClock, who: str, sensitive: bool
):
    generated(station, clock)
    found = getattr(station, who).does(holding_statistics, station.id)
    plain, rows = plainly_counted(station, sensitive=sensitive, today=station.today)
    assert (found.total, found.restricted, found.pages) == (
        plain.total,
        plain.restricted,
        plain.pages,
    )
    assert found.digitised == plain.digitised
    assert 0 < found.digitised < found.total
    assert dict(found.categories) == dict(plain.categories)
    assert dict(found.years) == dict(plain.years)
    assert dict(found.retentions) == dict(plain.retentions)
    assert {state: n for state, n in found.pairs.items() if n} == dict(plain.pairs)
    assert dict(found.months) == dict(plain.months)
    assert len(found.months) == 12
    assert found.total + found.restricted == rows
    assert (found.restricted == 0) == sensitive


def test_a_record_filed_after_midnight_here_counts_in_the_new_month(
    station: Station, clock: SettableClock
):
    with_file_plan(station)
    clock.set(datetime(2026, 10, 31, 15, 59, tzinfo=UTC))
    filed(station)
    clock.set(datetime(2026, 10, 31, 16, 1, tzinfo=UTC))
    filed(station)
    months = station.archivist.does(holding_statistics).months
    assert (months["2026-10"], months["2026-11"]) == (1, 1)


def test_another_station_is_neither_counted_nor_to_be_asked_for(station: Station):
    with_file_plan(station)
    filed(station)
    other = settle_station(station.system, code="HX", name="河西供电所")
    found = other.archivist.does(holding_statistics)
    assert (found.total, found.restricted) == (0, 0)
    with pytest.raises(NoSuchThing):
        other.archivist.does(holding_statistics, station.id)
    assert station.leader.does(holding_statistics).total == 1


def test_the_custodian_of_invoices_has_no_figures_of_records(station: Station):
    with pytest.raises(NotPermitted):
        station.custodian.does(holding_statistics)
