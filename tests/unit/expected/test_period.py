"""Periods and which are due, against an oracle that counts days one by one."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.expected.period import (
    MONTHS,
    NotAPeriod,
    NotAStartMonth,
    due_periods,
    month_in,
    period_in,
    period_of,
)
from archive.holdings.file_plan import Cycle

DAYS = st.dates(date(1999, 1, 1), date(2040, 12, 31))
CYCLES = st.sampled_from(sorted(MONTHS))


def name_of(cycle: Cycle, day: date) -> str:
    """The oracle's own way of naming the period of a day."""
    quarter = {1: 1, 2: 1, 3: 1, 4: 2, 5: 2, 6: 2, 7: 3, 8: 3, 9: 3, 10: 4, 11: 4, 12: 4}
    return {
        Cycle.MONTH: day.isoformat()[:7],
        Cycle.QUARTER: f"{day.year}-Q{quarter[day.month]}",
        Cycle.YEAR: str(day.year),
    }[cycle]


def due_by_counting_days(cycle: Cycle, since: date, today: date, grace: int) -> list[str]:
    """Day by day: a period is due when no day of it, nor of its grace, is still to come."""
    seen: dict[str, date] = {}
    day = since.replace(day=1)
    while day <= today:
        seen[name_of(cycle, day)] = day
        day += timedelta(1)
    still_running = name_of(cycle, today)
    return [
        name for name, last in seen.items() if name != still_running and (today - last).days > grace
    ]


@given(
    CYCLES, st.dates(date(2020, 1, 1), date(2026, 12, 31)), st.integers(0, 900), st.integers(0, 60)
)
def test_what_is_due_is_what_one_finds_counting_days(
    cycle: Cycle, since: date, later: int, grace: int
):
    today = since + timedelta(later)
    found = [str(period) for period in due_periods(cycle, since, today, grace)]
    assert found == due_by_counting_days(cycle, since, today, grace)


@given(CYCLES, DAYS)
def test_a_period_is_read_as_it_is_written_and_holds_its_days(cycle: Cycle, day: date):
    period = period_of(cycle, day)
    assert str(period) == name_of(cycle, day)
    assert period_in(str(period), cycle) == period
    assert period.first_day <= day <= period.last_day
    assert period_of(cycle, period.first_day) == period_of(cycle, period.last_day) == period
    assert period_of(cycle, period.last_day + timedelta(1)) > period


def test_nothing_is_due_of_what_happens_irregularly():
    assert list(due_periods(Cycle.EVENT, date(2020, 1, 1), date(2026, 1, 1), 0)) == []


def test_a_period_is_overdue_the_day_after_its_grace():
    assert list(due_periods(Cycle.MONTH, date(2026, 9, 1), date(2026, 10, 15), 15)) == []
    (due,) = due_periods(Cycle.MONTH, date(2026, 9, 1), date(2026, 10, 16), 15)
    assert str(due) == "2026-09"


@pytest.mark.parametrize(
    ("text", "cycle"),
    [
        ("", Cycle.MONTH),
        ("2026", Cycle.MONTH),
        ("2026-13", Cycle.MONTH),
        ("2026-9", Cycle.MONTH),
        ("2026-Q5", Cycle.QUARTER),
        ("2026-09", Cycle.QUARTER),
        ("2026-Q3", Cycle.YEAR),
        ("2026", Cycle.EVENT),
        ("0000", Cycle.YEAR),
        ("２０２６", Cycle.YEAR),
    ],
)
def test_what_is_no_period_of_its_kind_is_refused(text: str, cycle: Cycle):
    with pytest.raises(NotAPeriod):
        period_in(text, cycle)


@pytest.mark.parametrize("text", ["", "2026", "2026-00", "2026/09", "0001-01", "2026-1"])
def test_what_is_no_month_is_refused(text: str):
    with pytest.raises(NotAStartMonth):
        month_in(text)
