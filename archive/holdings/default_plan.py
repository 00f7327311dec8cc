"""The file plan that comes with the program: ``default_plan.toml``, read and looked through."""

import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.errors import Invalid
from archive.holdings.content import PlanContent
from archive.holdings.file_plan import (
    CATEGORY_CODE,
    Arrangement,
    Category,
    ClockStart,
    Cycle,
    PersonalData,
    RecordKind,
    RetentionBasis,
)

DEFAULT_PLAN = Path(__file__).with_name("default_plan.toml")


class PlanUnreadable(Invalid):
    """A file is no file plan: a field is missing, unknown or said twice."""


@dataclass(frozen=True, slots=True)
class PlanLines:
    """What makes up a plan, new and belonging to none yet."""

    categories: tuple[Category, ...]
    kinds: tuple[RecordKind, ...]
    contents: tuple[PlanContent, ...]


def default_plan() -> PlanLines:
    """The default plan; new rows at every call."""
    return plan_in(DEFAULT_PLAN.read_text("utf-8"))


def plan_in(text: str) -> PlanLines:
    """The plan written in ``text`` (TOML).

    Raises:
        PlanUnreadable, RecordKindImpossible: with the first thing that is wrong.
    """
    try:
        written = tomllib.loads(text)
        categories = tuple(_category(at, row) for at, row in enumerate(written["category"]))
        kinds = tuple(_kind(dict(row)) for row in written["kind"])
        contents = tuple(
            _content(at, dict(row)) for at, row in enumerate(written.get("content", ()))
        )
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as wrong:
        raise PlanUnreadable(reason=str(wrong)) from wrong
    _check_once(category.code for category in categories)
    _check_once(kind.code for kind in kinds)
    _check_once(kind.number for kind in kinds)
    _check_once(content.code for content in contents)
    for kind in kinds:
        kind.check_possible({category.code for category in categories})
    for content in contents:
        content.check_possible()
    return PlanLines(categories, kinds, contents)


def _category(position: int, row: dict[str, Any]) -> Category:
    if not CATEGORY_CODE.fullmatch(row["code"]):
        raise ValueError(row["code"])
    return Category(position=position, code=row["code"], name_zh=row["zh"], name_en=row["en"])


def _kind(row: dict[str, Any]) -> RecordKind:
    """A line; what it says beyond the known fields is refused by the noun's own signature."""
    return RecordKind(
        name_zh=row.pop("zh"),
        name_en=row.pop("en"),
        arrangement=Arrangement(row.pop("arrangement")),
        cycle=Cycle(row.pop("cycle")),
        personal=PersonalData(row.pop("personal")),
        starts=ClockStart(row.pop("starts", ClockStart.YEAR_END)),
        basis=RetentionBasis(row.pop("basis")),
        **row,
    )


def _content(position: int, row: dict[str, Any]) -> PlanContent:
    return PlanContent(
        position=position,
        name_zh=row.pop("zh"),
        name_en=row.pop("en"),
        starts=ClockStart(row.pop("starts", ClockStart.YEAR_END)),
        basis=RetentionBasis(row.pop("basis")),
        **row,
    )


def _check_once(values: Iterable[object]) -> None:
    twice = [value for value, times in Counter(values).items() if times > 1]
    if twice:
        raise PlanUnreadable(reason=str(twice[0]))
