"""How the codes of a category are written (档号格式): chosen by the company from the fields there are.

A code names fonds and category first and ends in its number; between them stand year, retention
and unit, each once, because every series counts for itself. What the company chooses is their
order, whether ``-`` or ``·`` stands before each, and how many digits the number has
(DA/T 13-2022). A style goes with the version of the file plan; a series keeps the one it began
with, so no code that was given is ever written again.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from archive.errors import Invalid
from archive.holdings.code import TEMPLATES
from archive.holdings.file_plan import Arrangement, Category

BETWEEN = ("year", "retention", "unit")
"""The fields whose order can be chosen."""

JOINS = "-·"
DIGITS = (3, 4, 5, 6)

_TEMPLATE = re.compile(
    r"\{fonds\}-\{category\}"
    r"([-·])\{(year|retention|unit)\}([-·])\{(year|retention|unit)\}([-·])\{(year|retention|unit)\}"
    r"-\{number:([3-6])\}"
)


class CodeStyleImpossible(Invalid):
    """A style names year, retention and unit once each, and a number of three to six digits."""


class CodeStylesAlike(Invalid):
    """Codes by item and by volume would look the same, so that two could become one."""


@dataclass(frozen=True, slots=True)
class CodeStyle:
    """One way to write codes.

    Attributes:
        order: year, retention and unit as they follow each other.
        joins: what stands before each of them, ``-`` or ``·``.
        digits: of the number.
    """

    order: tuple[str, ...]
    joins: str
    digits: int

    @property
    def template(self) -> str:
        """As a series keeps it."""
        between = "".join(
            f"{join}{{{name}}}" for join, name in zip(self.joins, self.order, strict=True)
        )
        return f"{{fonds}}-{{category}}{between}-{{number:{self.digits}}}"

    def is_like(self, other: "CodeStyle") -> bool:
        """Whether a code of one could be the code of the other: a unit may be called 2026 or D30."""
        return (self.joins, self.digits) == (other.joins, other.digits)


def style_of(template: str, *, field: str | None = None) -> CodeStyle:
    """The style a template is written in.

    Raises:
        CodeStyleImpossible: it is none.
    """
    match = _TEMPLATE.fullmatch(template)
    if match is None or set(match.group(2, 4, 6)) != set(BETWEEN):
        raise CodeStyleImpossible(field=field, given=template[:120])
    return CodeStyle(match.group(2, 4, 6), "".join(match.group(1, 3, 5)), int(match[7]))


def template_for(category: Category | None, arrangement: Arrangement) -> str:
    """How a new series of the category writes its codes; the usual way where none is chosen."""
    chosen = {
        Arrangement.ITEM: category.item_template if category else "",
        Arrangement.VOLUME: category.volume_template if category else "",
    }
    return chosen[arrangement] or TEMPLATES[arrangement]


def check_unlike(style: CodeStyle, others: Iterable[CodeStyle], *, field: str) -> None:
    """Refuse a style whose codes could be those of the other arrangement, now or earlier.

    Raises:
        CodeStylesAlike: with the field.
    """
    if any(style.is_like(other) for other in others):
        raise CodeStylesAlike(field=field)
