"""``archive retention``: why a date, what is due on a day, and what falls due in thirty years.

``explain`` needs no database: it is given the rules and the days that start them.
"""

import json
import re
from datetime import date
from typing import Annotated, Any

import typer
from sqlalchemy import func, select

from archive.access import Actor, Office, Role
from archive.clock import Clock
from archive.errors import Invalid
from archive.messages import LANGUAGES, sentence
from archive.retention.period import Due, Rule, due, rule_written
from archive.retention.queries.foresight import foresight as look_ahead
from archive.retention.queries.sweep import DueFilter, every_due_line, sweep
from archive.retention.telling import told, whole_told
from archive.settings import Settings
from archive.wiring import create_system

app = typer.Typer(no_args_is_help=True)

OPERATOR = Actor(code="system", offices=(Office(Role.ARCHIVES, None),))
"""Whoever has the machine in their hands; what is told here are codes and dates, never names."""

A_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
JSON = typer.Option("--json", help="机器可读 · for a program")


class RuleMissing(Invalid):
    """At least one rule is needed."""


class TriggerWithoutRule(Invalid):
    """A day that starts a clock stands after the rule it belongs to."""


class DayUnreadable(Invalid):
    """A day is written 2023-12-31."""


class OptionUnknown(Invalid):
    """There is no such option."""


class ValueMissing(Invalid):
    """An option needs something after it."""


@app.callback()
def group() -> None:
    """保管期限 · retention periods."""


@app.command(context_settings={"ignore_unknown_options": True})
def explain(
    rules: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="--rule D30 --trigger 2023-12-31 [--rule … --trigger …]",
            help="Y 永久；D30 年度终了后三十年；E5 事件发生后五年。--trigger 跟在它的 --rule 后面 · "
            "for ever; years after a year's end; years after an event. A trigger follows its rule.",
        ),
    ] = None,
    as_json: Annotated[bool, JSON] = False,
) -> None:
    """Tell how long a unit with these rules is protected, and why."""
    language = Settings().language
    worked_out = due(rules_in(rules or []), Clock().today())
    if as_json:
        typer.echo(json.dumps(explained(worked_out), ensure_ascii=False))
        return
    for reason in worked_out.reasons:
        typer.echo(told(reason, language))
    typer.echo(whole_told(worked_out, language))


def rules_in(words: list[str]) -> list[tuple[Rule, date | None]]:
    """The rules and the days that start them, as given in turn.

    Raises:
        RuleMissing, TriggerWithoutRule, DayUnreadable, OptionUnknown, ValueMissing, NotARetentionPeriod:
            the words make no sense.
    """
    found: list[tuple[Rule, date | None]] = []
    rest = [part for word in words for part in _split(word)]
    while rest:
        option = rest.pop(0)
        if option not in {"--rule", "--trigger"}:
            raise OptionUnknown(given=option[:40])
        if not rest:
            raise ValueMissing(given=option)
        value = rest.pop(0)
        if option == "--rule":
            found.append((rule_written(value), None))
        elif not found or found[-1][1] is not None:
            raise TriggerWithoutRule(given=value[:20])
        else:
            found[-1] = (found[-1][0], day_in(value))
    if not found:
        raise RuleMissing
    return found


def _split(word: str) -> list[str]:
    """``--rule=D30`` is ``--rule D30``."""
    return word.split("=", 1) if word.startswith("--") and "=" in word else [word]


def day_in(text: str) -> date:
    """The day written ``2023-12-31``.

    Raises:
        DayUnreadable: it is none.
    """
    try:
        return date.fromisoformat(text if A_DAY.fullmatch(text) else "")
    except ValueError:
        raise DayUnreadable(given=text[:20]) from None


def explained(worked_out: Due) -> dict[str, Any]:
    """The date and the reasoning, rule by rule, for a program."""
    return {
        "state": str(worked_out.state),
        "protected_through": _iso(worked_out.protected_through),
        "eligible_from": _iso(worked_out.eligible_from),
        "reasoning": [
            {
                "rule": one.rule.written,
                "trigger": _iso(one.trigger),
                "starts_on": _iso(one.starts_on),
                "exact_reading": _iso(one.exact),
                "protected_through": _iso(one.ends),
                "decides": one.decides,
                **{language: told(one, language) for language in LANGUAGES},
            }
            for one in worked_out.reasons
        ],
        **{language: whole_told(worked_out, language) for language in LANGUAGES},
    }


@app.command("due")
def due_on(
    on: Annotated[str, typer.Option(help="哪一天 · the day; today if not given")] = "",
    as_json: Annotated[bool, JSON] = False,
) -> None:
    """List what may be appraised on a day, and what of it a hold saves."""
    settings = Settings()
    system = create_system(settings)
    day = day_in(on) if on else system.clock.today()
    with system.transaction(OPERATOR, writes=False) as tx:
        free = tx.session.scalar(select(func.count()).select_from(sweep(tx, day).subquery())) or 0
        records = [
            {
                "code": line.record.code,
                "kind": line.kind.code,
                "year": line.record.year,
                "retention": line.kind.retention,
                "protected_through": _iso(line.due.protected_through),
                "eligible_from": _iso(line.due.eligible_from),
                "held_by": sorted({str(hold.kind) for hold in line.holds}),
            }
            for line in every_due_line(tx, day, DueFilter())
        ]
    if as_json:
        found = {"on": day.isoformat(), "due": len(records), "free": free, "records": records}
        typer.echo(json.dumps(found, ensure_ascii=False))
        return
    for one in records:
        typer.echo(f"{one['code']}  {one['eligible_from']}  {' '.join(one['held_by'])}".rstrip())  # type: ignore[arg-type]
    typer.echo(sentence("cli.retention-due", settings.language, n=len(records), free=free, on=day))


@app.command()
def foresight(as_json: Annotated[bool, JSON] = False) -> None:
    """Tell what falls due in each of the next thirty years, by kind, and the shelf that comes free."""
    settings = Settings()
    with create_system(settings).transaction(OPERATOR, writes=False) as tx:
        ahead = look_ahead(tx)
    if as_json:
        found = {
            "years": {str(year): n for year, n in ahead.years.items()},
            "later": ahead.later,
            "not_started": ahead.waiting,
            "never": ahead.never,
            "boxes": {str(year): n for year, n in sorted(ahead.boxes.items())},
            "shelf_millimetres": {str(year): n for year, n in sorted(ahead.millimetres.items())},
            "kinds": {
                one.kind.code: {str(at): n for at, n in sorted(one.endings.items(), key=str)}
                for one in ahead.kinds
            },
        }
        typer.echo(json.dumps(found, ensure_ascii=False))
        return
    for year, n in ahead.years.items():
        typer.echo(f"{year}  {n}  {ahead.millimetres.get(year, 0) / 1000:.2f} m")
    typer.echo(
        sentence(
            "cli.retention-rest",
            settings.language,
            later=ahead.later,
            waiting=ahead.waiting,
            never=ahead.never,
        )
    )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
