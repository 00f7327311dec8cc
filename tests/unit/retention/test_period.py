"""The engine of ``domain.md`` §2.5, against its vectors and an independent reckoning of days."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.clock import day_at_station
from archive.holdings.default_plan import default_plan
from archive.holdings.file_plan import ClockStart
from archive.retention.period import (
    DueState,
    NotARetentionPeriod,
    PeriodBeyondCalendar,
    Rule,
    TriggerMissing,
    due,
    reason_for,
    rule_of,
    rule_written,
    years_after,
)

D30, D10, D5, E5, FOR_EVER = (rule_written(text) for text in ("D30", "D10", "D5", "E5", "Y"))
TODAY = date(2026, 10, 19)


@pytest.mark.parametrize(
    ("rule", "trigger", "starts", "through", "eligible"),
    [
        (D30, date(2023, 12, 31), date(2024, 1, 1), date(2053, 12, 31), date(2054, 1, 1)),
        (D30, date(1995, 6, 1), date(1996, 1, 1), date(2025, 12, 31), date(2026, 1, 1)),
        (D10, date(2015, 1, 1), date(2016, 1, 1), date(2025, 12, 31), date(2026, 1, 1)),
        (D5, date(2023, 5, 5), date(2024, 1, 1), date(2028, 12, 31), date(2029, 1, 1)),
        (E5, date(2024, 2, 29), date(2025, 1, 1), date(2029, 12, 31), date(2030, 1, 1)),
    ],
)
def test_the_vectors_of_the_fact_sheet(rule, trigger, starts, through, eligible):
    told = due([(rule, trigger)], TODAY)
    assert told.reasons[0].starts_on == starts
    assert (told.protected_through, told.eligible_from) == (through, eligible)


def test_an_event_on_a_leap_day_ends_on_the_last_of_february_by_the_exact_reading():
    reason = reason_for(E5, date(2024, 2, 29))
    assert (reason.exact, reason.ends) == (date(2029, 2, 28), date(2029, 12, 31))
    assert reason_for(rule_written("E4"), date(2024, 2, 29)).exact == date(2028, 2, 29)


def test_it_expires_on_the_first_day_after_the_last_protected_one_and_not_a_day_sooner():
    applied = [(D30, date(2023, 12, 31))]
    assert due(applied, date(2053, 12, 31)).state == DueState.RUNNING
    assert due(applied, date(2054, 1, 1)).state == DueState.EXPIRED


def test_for_ever_outlasts_everything_even_what_has_not_started():
    told = due([(D10, date(1950, 1, 1)), (E5, None), (FOR_EVER, None)], TODAY)
    assert (told.state, told.protected_through, told.eligible_from) == (DueState.NEVER, None, None)
    assert [one.decides for one in told.reasons] == [False, False, True]


def test_an_event_without_a_date_has_not_started_and_never_expires():
    told = due([(D10, date(1950, 1, 1)), (E5, None)], date(9000, 1, 1))
    assert (told.state, told.eligible_from) == (DueState.NOT_STARTED, None)
    assert [one.kind for one in told.reasons] == ["year-end", "not-started"]
    assert [one.decides for one in told.reasons] == [False, True]


def test_the_latest_end_counts_and_not_the_longest_period():
    told = due([(D10, date(2023, 12, 31)), (rule_written("D30"), date(1990, 12, 31))], TODAY)
    assert told.protected_through == date(2033, 12, 31)
    assert [one.decides for one in told.reasons] == [True, False]


def test_a_volume_of_stubs_and_bookkeeping_copies_is_kept_thirty_years():
    plan = default_plan()
    volume = next(kind for kind in plan.kinds if kind.code == "bookkeeping-volume")
    stub = next(line for line in plan.contents if line.code == "invoice-stub")
    applied = [
        (rule_of(volume.retention, volume.starts), date(2023, 12, 31)),
        (rule_of(stub.retention, stub.starts), date(2024, 1, 3)),
    ]
    assert due(applied, TODAY).eligible_from == date(2054, 1, 1)
    assert due(applied[1:], TODAY).eligible_from == date(2030, 1, 1)


def test_an_explicit_date_prolongs_and_never_shortens():
    applied = [(D10, date(2010, 12, 31))]
    longer = due(applied, TODAY, kept_until=date(2030, 6, 15))
    assert longer.protected_through == date(2030, 6, 14)
    assert (longer.eligible_from, longer.state) == (date(2030, 6, 15), DueState.RUNNING)
    assert not any(one.decides for one in longer.reasons)
    sooner = due(applied, TODAY, kept_until=date(2015, 1, 1))
    assert sooner.protected_through == date(2020, 12, 31)
    assert sooner.reasons[0].decides
    assert due([(FOR_EVER, None)], TODAY, kept_until=date(2030, 1, 1)).state == DueState.NEVER
    assert due([(E5, None)], TODAY, kept_until=date(2020, 1, 1)).state == DueState.NOT_STARTED


@pytest.mark.parametrize(
    "text", ["", "D", "D0", "D030", "D100", "30", "d30", "Y1", "E", "D-5", "永久"]
)
def test_anything_else_is_no_period(text: str):
    with pytest.raises(NotARetentionPeriod):
        rule_written(text)


def test_what_ends_after_the_calendar_or_starts_nowhere_is_refused():
    assert reason_for(D30, date(9968, 1, 1)).ends == date(9998, 12, 31)
    with pytest.raises(PeriodBeyondCalendar):
        reason_for(D30, date(9969, 1, 1))
    with pytest.raises(TriggerMissing):
        reason_for(D30, None)
    with pytest.raises(ValueError, match="at least"):
        due([], TODAY)


LAW_AS_PRINTED = [
    "D30", "D30", "D30", "D30", "D30", "D5", "D30", "D10", "Y", "D10", "D10", "D10", "D30", "Y",
    "Y", "Y",
]  # fmt: skip


def test_the_schedule_ships_the_sixteen_rows_of_the_accounting_table_in_their_order():
    rows = default_plan().contents[:16]
    assert [row.retention for row in rows] == LAW_AS_PRINTED
    assert [row.code for row in rows if row.starts != ClockStart.YEAR_END] == ["asset-card"]
    assert {row.basis for row in rows} == {"law"}
    assert [f"附表一第{n}项" in row.legal_basis for n, row in enumerate(rows, 1)] == [True] * 16


def test_every_line_of_the_schedule_cites_who_says_so():
    plan = default_plan()
    assert [kind.code for kind in plan.kinds if not kind.legal_basis] == []
    law = [kind for kind in plan.kinds if kind.basis == "law"]
    assert [kind.code for kind in law if "《" not in kind.legal_basis] == []
    company = [kind for kind in plan.kinds if kind.basis == "company"]
    assert [kind.code for kind in company if "公司自定" not in kind.legal_basis] == []


# ── against an independent reckoning ────────────────────────────────────────────────────────────

DAYS_OF_MONTH = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def days_before(year: int) -> int:
    """Days from the beginning of the calendar to 1 January of a year, counted year by year."""
    return sum(366 if leap(one) else 365 for one in range(1, year))


FIRST_OF = {1949: days_before(1949)}
for _year in range(1949, 2301):
    FIRST_OF[_year + 1] = FIRST_OF[_year] + (366 if leap(_year) else 365)


@pytest.mark.parametrize("years", [1, 3, 5, 10, 15, 25, 30, 50, 99])
def test_every_year_from_1949_to_2100_ends_on_the_day_counted_out_by_hand(years: int):
    for year in range(1949, 2101):
        for trigger in (date(year, 1, 1), date(year, 2, 28), date(year, 12, 31)):
            told = due([(Rule(years), trigger)], TODAY)
            protected = sum(366 if leap(year + 1 + n) else 365 for n in range(years))
            first = FIRST_OF[year + 1]
            assert told.reasons[0].starts_on is not None
            assert told.reasons[0].starts_on.toordinal() == first + 1
            assert told.eligible_from is not None
            assert told.eligible_from.toordinal() == first + protected + 1
            assert told.protected_through == told.eligible_from - timedelta(days=1)
            assert (told.eligible_from.month, told.eligible_from.day) == (1, 1)


@pytest.mark.parametrize("years", [3, 5, 10, 30])
def test_both_readings_of_an_event_on_every_day_of_a_century_and_a_half(years: int):
    """The exact reading counted out month by month; the year's end is never shorter."""
    day = date(1949, 1, 1)
    while day.year <= 2100:
        reason = reason_for(Rule(years, event=True), day)
        end = day.year + years
        length = DAYS_OF_MONTH[day.month - 1] + (day.month == 2 and leap(end))
        before = sum(DAYS_OF_MONTH[: day.month - 1]) + (day.month > 2 and leap(end))
        exact = FIRST_OF[end] + before + min(day.day, length)
        assert reason.exact is not None
        assert reason.ends is not None
        assert reason.exact.toordinal() == exact
        assert reason.ends.toordinal() == FIRST_OF[end + 1]
        assert reason.ends >= reason.exact
        day += timedelta(days=1 if (day.month, day.day) in LEAPING else 13)


LEAPING = {(2, 27), (2, 28), (2, 29), (12, 30), (12, 31), (1, 1)}


@given(
    st.dates(date(1949, 1, 1), date(2100, 12, 31)),
    st.lists(st.tuples(st.integers(1, 99), st.booleans()), min_size=1, max_size=6),
)
def test_a_further_rule_never_shortens_and_a_day_later_never_comes_sooner(day, rules):
    applied = [(Rule(years, event=event), day) for years, event in rules]
    whole = due(applied, TODAY).protected_through
    assert whole is not None
    for at in range(len(applied)):
        fewer = applied[:at] + applied[at + 1 :]
        if fewer:
            assert due(fewer, TODAY).protected_through <= whole
    later = [(rule, day + timedelta(days=1)) for rule, _ in applied]
    assert due(later, TODAY).protected_through >= whole


@given(st.dates(date(1949, 1, 1), date(2100, 12, 31)), st.integers(0, 99))
def test_years_after_is_the_same_day_or_the_end_of_february(day, years):
    after = years_after(day, years)
    assert (after.year, after.month) == (day.year + years, day.month)
    assert after.day == day.day or (day.month, day.day, after.day) == (2, 29, 28)


@pytest.mark.parametrize("year", [1986, 1987, 1988, 1989, 1990, 1991, 2023])
@pytest.mark.parametrize("month", [1, 4, 5, 9, 10, 12])
def test_a_day_at_the_station_is_its_own_day_also_while_clocks_were_put_forward(year, month):
    """An event a minute either side of midnight belongs to the day at the station."""
    zone = ZoneInfo("Asia/Shanghai")
    for day in range(1, 29):
        midnight = datetime(year, month, day, 0, 0, tzinfo=zone)
        assert day_at_station(midnight) == date(year, month, day)
        before = (midnight.astimezone(ZoneInfo("UTC")) - timedelta(minutes=1)).astimezone(zone)
        assert day_at_station(before) == date(year, month, day) - timedelta(days=1)
    last = datetime(year, 12, 31, 23, 59, tzinfo=zone)
    told = due([(D30, day_at_station(last))], TODAY)
    assert told.eligible_from == date(year + 31, 1, 1)
