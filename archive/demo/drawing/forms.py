"""The words a printed form is described in. All measures are millimetres from its top left."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Align = Literal["left", "centre", "right"]


@dataclass(frozen=True, slots=True)
class Label:
    """Printed text, its middle line at ``y``; ``size`` is the height of the em square."""

    x: float
    y: float
    text: str
    size: float = 3.2
    align: Align = "left"
    face: str = "song"
    spacing: float = 0.0
    bold: float = 0.0


@dataclass(frozen=True, slots=True)
class Rule:
    """A printed straight line."""

    x1: float
    y1: float
    x2: float
    y2: float
    width: float = 0.2


@dataclass(frozen=True, slots=True)
class Field:
    """A place that is filled in; ``key`` names the fact (``facts.facts_of``)."""

    key: str
    x: float
    y: float
    size: float = 3.4
    align: Align = "left"


@dataclass(frozen=True, slots=True)
class NumberPlace:
    """Where a number stands: its middle line, and the height of its digits' em square.

    Attributes:
        face: what the digits are set in, where the form decides; else the look does.
        lead_in_form_ink: what introduces it is part of the printed form.
    """

    x: float
    y: float
    size: float = 6.0
    align: Align = "left"
    face: str | None = None
    lead_in_form_ink: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """One design of a stub.

    Attributes:
        labels: all printed text, small print included.
        code: where the invoice code stands when there is one.
        seal_at: centre of the place where the seal belongs.
        sign_at: where somebody signs.
        stubs_a_page: how many of them may lie on one sheet.
        across: how many of those lie side by side.
        electronic: numbers of 20 digits, without a code.
    """

    name: str
    width: float
    height: float
    labels: tuple[Label, ...]
    rules: tuple[Rule, ...]
    fields: tuple[Field, ...]
    number: NumberPlace
    code: NumberPlace
    code_label: str = "发票代码："
    seal_at: tuple[float, float] = (150.0, 75.0)
    sign_at: tuple[float, float] = (30.0, 86.0)
    stubs_a_page: tuple[int, ...] = (1,)
    across: int = 1
    number_styles: tuple[str, ...] = ("№ ", "NO.", "发票号码：")
    electronic: bool = False


def grid(x: float, y: float, columns: Sequence[float], rows: Sequence[float]) -> tuple[Rule, ...]:
    """The lines of a table whose top left corner is at x, y."""
    right, bottom = x + sum(columns), y + sum(rows)
    lines = [Rule(x, y, x, bottom, 0.35), Rule(x, y, right, y, 0.35)]
    for width in columns:
        x += width
        lines.append(Rule(x, y, x, bottom))
    for height in rows:
        y += height
        lines.append(Rule(right - sum(columns), y, right, y))
    return tuple(lines)
