"""Periods something is expected for: a month, a quarter or a year, and which are due.

A period is written ``2026-09``, ``2026-Q3`` or ``2026``. It is due once it is over and the days
of grace after it have passed; what happens irregularly is expected for no period.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from archive.errors import Invalid
from archive.holdings.file_plan import Cycle

MONTHS = {Cycle.MONTH: 1, Cycle.QUARTER: 3, Cycle.YEAR: 12}
"""How many months a period of each cycle has."""

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_WRITTEN = re.compile(r"(?P<year>\d{4})(-(?P<month>0[1-9]|1[0-2])|-Q(?P<quarter>[1-4]))?")
EARLIEST = 1949


class NotAStartMonth(Invalid):
    """A month is written like 2026-09."""


class NotAPeriod(Invalid):
    """A period is a month, a quarter or a year, as its kind is expected."""


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Some months in a row; ``first`` counts months from the year 0."""

    first: int
    months: int

    @property
    def first_day(self) -> date:
        """The day it begins."""
        return date(self.first // 12, self.first % 12 + 1, 1)

    @property
    def last_day(self) -> date:
        """The day it ends."""
        last = self.first + self.months - 1
        year, month = last // 12, last % 12 + 1
        return date(year, month, monthrange(year, month)[1])

    def due_on(self, grace_days: int) -> date:
        """The last day on which nothing is overdue."""
        return self.last_day + timedelta(grace_days)

    def __str__(self) -> str:
        year, month = self.first // 12, self.first % 12 + 1
        if self.months == 12:
            return f"{year}"
        return f"{year}-Q{(month + 2) // 3}" if self.months == 3 else f"{year}-{month:02d}"


def period_of(cycle: Cycle, day: date) -> Period:
    """The period of that cycle a day lies in."""
    months = MONTHS[cycle]
    index = day.year * 12 + day.month - 1
    return Period(index - index % months, months)


def period_in(text: str, cycle: Cycle) -> Period:
    """The period written in ``text``.

    Raises:
        NotAPeriod: it is none of that cycle.
    """
    found = _WRITTEN.fullmatch(text)
    if found is None or cycle not in MONTHS or int(found["year"]) < EARLIEST:
        raise NotAPeriod(field="period")
    month = int(found["month"] or 1) + (int(found["quarter"] or 1) - 1) * 3
    period = period_of(cycle, date(int(found["year"]), month, 1))
    if str(period) != text:
        raise NotAPeriod(field="period")
    return period


def month_in(text: str) -> date:
    """The first day of the month written in ``text``.

    Raises:
        NotAStartMonth: it is none.
    """
    found = _MONTH.fullmatch(text.strip())
    if found is None or int(found[1]) < EARLIEST:
        raise NotAStartMonth(field="month")
    return date(int(found[1]), int(found[2]), 1)


def due_periods(cycle: Cycle, since: date, today: date, grace_days: int) -> Iterator[Period]:
    """The periods due by ``today``, the oldest first, from the one ``since`` lies in."""
    if cycle not in MONTHS:
        return
    period = period_of(cycle, since)
    while period.due_on(grace_days) < today:
        yield period
        period = Period(period.first + period.months, period.months)
