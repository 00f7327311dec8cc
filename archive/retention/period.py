"""How long (保管期限): from the rules of a unit and the days that start them to its last day.

Nothing here is stored. A rule runs from 1 January after the year of what starts it to the 31st of
December of its last year; several rules in one unit protect it to the latest end; for ever (永久)
outlasts all, and what waits for an event has not started and never expires (``domain.md`` §2.5).
"""

import re
from calendar import monthrange
from collections.abc import Collection
from dataclasses import dataclass
from datetime import MAXYEAR, date, timedelta
from enum import StrEnum

from archive.errors import Invalid
from archive.holdings.file_plan import ClockStart

WRITTEN = re.compile(r"Y|[DE][1-9][0-9]?")


class NotARetentionPeriod(Invalid):
    """A period is written Y (for ever), D30 (years after a year's end) or E5 (after an event)."""


class PeriodBeyondCalendar(Invalid):
    """A period ends after the last year that has a calendar."""


class TriggerMissing(Invalid):
    """A period that runs from a year's end needs a day of that year."""


class DueState(StrEnum):
    """How the retention of a record stands."""

    NEVER = "never"  # 永久
    NOT_STARTED = "not-started"  # 尚未起算
    RUNNING = "running"  # 保管中
    EXPIRED = "expired"  # 已满


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the schedule as it bears on a unit.

    Attributes:
        years: None is for ever.
        event: whether it waits for something to happen; else a year's end starts it.
        starts: what starts it, where the schedule says so.
        clause: who says how long, as the schedule cites it.
    """

    years: int | None
    event: bool = False
    starts: ClockStart | None = None
    code: str = ""
    name_zh: str = ""
    name_en: str = ""
    clause: str = ""

    @property
    def written(self) -> str:
        """As the command line and the pages write it: ``Y``, ``D30``, ``E5``."""
        return "Y" if self.years is None else f"{'E' if self.event else 'D'}{self.years}"


@dataclass(frozen=True, slots=True)
class Reason:
    """What one rule comes to.

    Attributes:
        trigger: the day of the year, or of the event, that starts it.
        exact: for an event, its last day read by the calendar (民法典 §201, §202).
        ends: the last day it protects; the longer of both readings.
        decides: whether the unit's date is this rule's.
    """

    rule: Rule
    trigger: date | None = None
    starts_on: date | None = None
    exact: date | None = None
    ends: date | None = None
    decides: bool = False

    @property
    def kind(self) -> str:
        """Which sentence tells it."""
        if self.rule.years is None:
            return "for-ever"
        if self.trigger is None:
            return "not-started"
        if self.rule.event:
            return "event"
        return "last-issue" if self.rule.starts == ClockStart.LAST_ISSUE else "year-end"


@dataclass(frozen=True, slots=True)
class Due:
    """How long a unit is protected, and why.

    Attributes:
        protected_through: the last protected day, the day before ``eligible_from``.
        kept_until: the explicit date an appraisal set, where there is one.
    """

    state: DueState
    protected_through: date | None
    eligible_from: date | None
    reasons: tuple[Reason, ...]
    kept_until: date | None = None


def rule_written(text: str) -> Rule:
    """The rule in ``Y``, ``D30`` or ``E5``.

    Raises:
        NotARetentionPeriod: it is written otherwise.
    """
    if not WRITTEN.fullmatch(text):
        raise NotARetentionPeriod(field="rule", given=text[:20])
    return Rule(None) if text == "Y" else Rule(int(text[1:]), event=text[0] == "E")


def rule_of(retention: str, starts: ClockStart, **told: str) -> Rule:
    """The rule in a line of the schedule: its 保管期限 and what starts it."""
    years = None if retention == "Y" else int(retention.removeprefix("D"))
    return Rule(years, event=is_event(starts), starts=starts, **told)


def is_event(starts: ClockStart) -> bool:
    """Whether something has to happen before the clock starts."""
    return starts not in {ClockStart.YEAR_END, ClockStart.LAST_ISSUE}


def reason_for(rule: Rule, trigger: date | None) -> Reason:
    """What one rule comes to with the day that starts it.

    Raises:
        TriggerMissing, PeriodBeyondCalendar: no date can be told.
    """
    if rule.years is None:
        return Reason(rule)
    if trigger is None:
        if not rule.event:
            raise TriggerMissing(field="trigger", rule=rule.written)
        return Reason(rule)
    if trigger.year + rule.years >= MAXYEAR:
        raise PeriodBeyondCalendar(field="trigger", rule=rule.written)
    starts_on = date(trigger.year + 1, 1, 1)
    by_year = date(starts_on.year + rule.years - 1, 12, 31)
    exact = years_after(trigger, rule.years) if rule.event else None
    return Reason(rule, trigger, starts_on, exact, max(by_year, exact or by_year))


def years_after(day: date, years: int) -> date:
    """The same day of a later year, or the end of its month where there is none (民法典 §202)."""
    year = day.year + years
    return date(year, day.month, min(day.day, monthrange(year, day.month)[1]))


def due(
    applied: Collection[tuple[Rule, date | None]], on: date, *, kept_until: date | None = None
) -> Due:
    """How long a unit with these rules is protected, as of the day ``on``.

    ``kept_until`` is the day an appraisal set; it prolongs and never shortens.

    Raises:
        TriggerMissing, PeriodBeyondCalendar: no date can be told.
    """
    reasons = [reason_for(rule, trigger) for rule, trigger in applied]
    if not reasons:
        message = "a unit has at least the rule of its kind"
        raise ValueError(message)
    if any(one.rule.years is None for one in reasons):
        return Due(DueState.NEVER, None, None, _marked(reasons, None), kept_until)
    ends = [one.ends for one in reasons if one.ends is not None]
    if len(ends) < len(reasons):
        return Due(DueState.NOT_STARTED, None, None, _marked(reasons, None), kept_until)
    latest = max(ends)
    through = max(latest, kept_until - timedelta(days=1)) if kept_until else latest
    state = DueState.RUNNING if on <= through else DueState.EXPIRED
    told = _marked(reasons, latest if latest == through else date.max)
    return Due(state, through, through + timedelta(days=1), told, kept_until)


def _marked(reasons: list[Reason], latest: date | None) -> tuple[Reason, ...]:
    """The reasons, those marked that decide: for ever, else not started, else the latest end."""

    def decides(one: Reason) -> bool:
        if any(other.rule.years is None for other in reasons):
            return one.rule.years is None
        return one.ends == latest

    return tuple(
        Reason(one.rule, one.trigger, one.starts_on, one.exact, one.ends, decides(one))
        for one in reasons
    )
