"""A cell of somebody's register, as text, with what is wrong with it.

Spreadsheets damage numbers: they keep fifteen digits and drop leading zeros. A number that has
lost digits is refused, for nobody can say what it was; a formula is refused, for what it shows
today it may not show tomorrow.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

LONGEST = 2000
MOST_EXACT = 10**15
"""Spreadsheets keep fifteen digits of a number; of a longer one the rest is lost."""

_SCIENTIFIC = re.compile(r"[-+]?\d(\.\d+)?[Ee][-+]?\d+")
_PADDED = re.compile(r"0+")


class Flaw(StrEnum):
    """Why a cell cannot be taken."""

    FORMULA = "formula"  # 公式
    DIGITS_LOST = "digits-lost"  # 1.10101E+17
    MERGED = "merged"  # 合并单元格
    BROKEN = "broken"  # #N/A
    TOO_LONG = "too-long"


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell; ``day`` where it is a date of the spreadsheet's own."""

    text: str = ""
    flaw: Flaw | None = None
    day: date | None = None
    number: bool = False

    def kept(self) -> list[object]:
        """As a row keeps it until it is imported."""
        return [
            self.text,
            str(self.flaw or ""),
            self.day.isoformat() if self.day else "",
            self.number,
        ]


def cell_kept(kept: list[object]) -> Cell:
    """The cell a row kept."""
    text, flaw, day, number = kept
    return Cell(
        str(text),
        Flaw(str(flaw)) if flaw else None,
        date.fromisoformat(str(day)) if day else None,
        bool(number),
    )


def cell_of_text(text: str) -> Cell:
    """A cell with a text in it, without control characters."""
    visible = "".join(c if unicodedata.category(c) != "Cc" else " " for c in text)
    told = " ".join(visible.replace("\ufeff", "").split())
    if len(told) > LONGEST:
        return Cell(told[:40], Flaw.TOO_LONG)
    if any("\ud800" <= c <= "\udfff" for c in told):
        return Cell("", Flaw.BROKEN)
    if _SCIENTIFIC.fullmatch(told) and "+" in told:
        return Cell(told, Flaw.DIGITS_LOST)
    if told.startswith("=") and len(told) > 1:
        return Cell(told[:40], Flaw.FORMULA)
    return Cell(told)


def cell_of_number(value: float | Decimal, pattern: str = "") -> Cell:
    """A cell with a number in it, written as a person would; zeros its format shows are kept."""
    if value != value or value in {float("inf"), float("-inf")}:  # noqa: PLR0124 - the way to know a NaN
        return Cell("", Flaw.BROKEN)
    exact = Decimal(str(value))
    if abs(exact) >= MOST_EXACT:
        return Cell(f"{exact:.5E}", Flaw.DIGITS_LOST, number=True)
    if exact == exact.to_integral_value():
        digits = str(int(exact))
        if _PADDED.fullmatch(pattern):
            digits = digits.zfill(len(pattern))
        return Cell(digits, number=True)
    return Cell(f"{exact:f}", number=True)
