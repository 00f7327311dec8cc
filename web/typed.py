"""What people type: amounts, electricity, days and counts, read exactly or refused clearly.

Full-width digits, thousands separators, ``¥`` and ``元`` are understood; scientific notation, a
third decimal and anything that would have to be guessed are not. Nothing ever passes a float.
"""

import re
import unicodedata
from datetime import date
from decimal import Decimal
from typing import Annotated, TypeVar

from fastapi import Path

from archive.errors import Invalid

T = TypeVar("T")

_FIGURE = re.compile(r"(?P<sign>[-+]?)(?P<whole>\d+|\d{1,3}(,\d{3})+)(\.(?P<decimals>\d+))?")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_LARGEST_AMOUNT = Decimal(10000000)
_LARGEST_KWH = Decimal(100000000)

RowNumber = Annotated[int, Path(ge=1, le=2**31 - 1)]
"""The number of a thing in an address; what no database can count to is not found."""


class NothingTyped(Invalid):
    """The field is empty."""


class NotAnAmount(Invalid):
    """It is no sum of money."""


class NotKwh(Invalid):
    """It is no quantity of electricity."""


class TooManyDecimals(Invalid):
    """More than two decimals; there is nothing smaller than a fen."""


class TooLarge(Invalid):
    """A figure so large is a typing slip."""


class NotADay(Invalid):
    """It is no day of the calendar."""


class NotACount(Invalid):
    """A whole number within bounds is wanted."""


class TooLong(Invalid):
    """More characters than the field keeps."""


def fen(text: str, field: str) -> int:
    """An amount typed in yuan, exactly, in fen; ``-12.00`` is a refund.

    Raises:
        NothingTyped, NotAnAmount, TooManyDecimals, TooLarge: beside the field.
    """
    folded = _folded(text, field)
    folded = folded.removeprefix("¥")
    figure = _figure(folded.removesuffix("元"))
    if figure is None:
        raise NotAnAmount(field=field, text=text.strip()[:40])
    return int(_bounded(figure, text, field, _LARGEST_AMOUNT) * 100)


def kwh(text: str, field: str) -> Decimal:
    """Electricity typed in kWh, exact to a hundredth.

    Raises:
        NothingTyped, NotKwh, TooManyDecimals, TooLarge: beside the field.
    """
    figure = _figure(_folded(text, field))
    if figure is None:
        raise NotKwh(field=field, text=text.strip()[:40])
    return _bounded(figure, text, field, _LARGEST_KWH)


def day(text: str, field: str) -> date:
    """A calendar day, typed as ``2026-11-23``.

    Raises:
        NothingTyped, NotADay: beside the field.
    """
    found = _DAY.fullmatch(_folded(text, field))
    try:
        year, month, on = (int(part) for part in found.groups()) if found else (0, 0, 0)
        if not 2000 <= year <= 2200:
            raise NotADay(field=field, text=text.strip()[:40])
        return date(year, month, on)
    except ValueError:
        raise NotADay(field=field, text=text.strip()[:40]) from None


def count(text: str, field: str, *, least: int = 1, most: int = 1000) -> int:
    """A whole number.

    Raises:
        NothingTyped, NotACount: beside the field, with the bounds.
    """
    folded = _folded(text, field)
    if not (folded.isascii() and re.fullmatch(r"\d{1,9}", folded)):
        raise NotACount(field=field, text=text.strip()[:40], least=least, most=most)
    number = int(folded)
    if not least <= number <= most:
        raise NotACount(field=field, text=text.strip()[:40], least=least, most=most)
    return number


def words(text: str, field: str, *, most: int, required: bool = True) -> str:
    """Words on one or more lines, without control characters, no longer than ``most``.

    Raises:
        NothingTyped, TooLong: beside the field.
    """
    told = plain(text).strip()
    if required and not told:
        raise NothingTyped(field=field)
    if len(told) > most:
        raise TooLong(field=field, length=len(told), most=most)
    return told


def given(found: T | None, field: str) -> T:
    """What was chosen from a list.

    Raises:
        NothingTyped: nothing was, or something that is not in it.
    """
    if found is None:
        raise NothingTyped(field=field)
    return found


def plain(text: str) -> str:
    """The text without control characters, which no database keeps and nobody means."""
    return "".join(
        character
        for character in text
        if character in "\n\t" or unicodedata.category(character) != "Cc"
    )


def _folded(text: str, field: str) -> str:
    folded = "".join(text.translate(_ALIKE).split())
    if not folded:
        raise NothingTyped(field=field)
    return folded


_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_ALIKE = _FULL_WIDTH | str.maketrans({"−": "-", "–": "-", "—": "-", "。": ".", "￥": "¥"})
"""Full-width forms and look-alikes of the signs in a figure; ``²`` is no way to write 2."""


def _figure(folded: str) -> str | None:
    found = _FIGURE.fullmatch(folded) if folded.isascii() else None
    if found is None:
        return None
    decimals = f".{found['decimals']}" if found["decimals"] else ""
    return found["sign"] + found["whole"].replace(",", "") + decimals


def _bounded(figure: str, text: str, field: str, largest: Decimal) -> Decimal:
    """The figure as a decimal with two places."""
    whole, _, decimals = figure.partition(".")
    if len(decimals) > 2:
        raise TooManyDecimals(field=field, text=text.strip()[:40])
    if len(whole) > 20 or abs(Decimal(figure)) > largest:
        raise TooLarge(field=field, text=text.strip()[:40], largest=largest)
    return Decimal(figure).quantize(Decimal("0.01"))
