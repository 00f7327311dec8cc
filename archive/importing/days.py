"""Days as registers write them: 2023-2, 202302, 2023年2月3日, 二〇二三年, 44960.

Where only the month or the year is known, the last day of it stands, for by then the paper was
written; what was written goes into the remark. What would have to be guessed – a year of two
digits, a year of the Republic, the lunar calendar – is refused.
"""

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from archive.importing.cell import Cell

EARLIEST = 1949
_EPOCH = date(1899, 12, 30)
_SERIALS = range(18264, 73415)
"""Days of a spreadsheet between 1950 and 2100."""

_DIGITS = dict(zip("〇零○Ｏ一二三四五六七八九", "0000123456789", strict=True))
_SEPARATED = re.compile(r"(?P<year>\d{4})(?:([-/.])(?P<month>\d{1,2})(?:\2(?P<day>\d{1,2}))?)?")
_NAMED = re.compile(r"(?P<year>\d{4})年(?:(?P<month>\d{1,2})月(?:(?P<day>\d{1,2})[日号]?)?)?")
_COMPACT = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})?")
_CHINESE = re.compile(
    r"([〇零○Ｏ一二三四五六七八九]{4})年(?:([一二三四五六七八九十]{1,2})月)?(?:([一二三四五六七八九十]{1,3})[日号]?)?"
)
_TIME = re.compile(r"[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$")


@dataclass(frozen=True, slots=True)
class Day:
    """A day; ``said`` is what was written where that is less than a day."""

    on: date
    said: str = ""


def day_in(cell: Cell, today: date) -> Day | None:
    """The day in a cell; None where there is none to be read without guessing."""
    if cell.day is not None:
        return Day(cell.day) if cell.day.year >= EARLIEST else None
    text = _TIME.sub("", unicodedata.normalize("NFKC", cell.text.strip())).replace(" ", "")
    if cell.number and text.isascii() and text.isdigit() and int(text) in _SERIALS:
        return Day(_EPOCH + timedelta(int(text)))
    parts = _chinese(cell.text.strip()) or _figures(text)
    if parts is None:
        return None
    return _day(*parts, said=cell.text.strip(), today=today)


def _figures(text: str) -> tuple[int, int | None, int | None] | None:
    """Year, month and day in figures; what is not said is None."""
    found = _COMPACT.fullmatch(text) or _SEPARATED.fullmatch(text) or _NAMED.fullmatch(text)
    if found is None:
        return None
    month, day = found["month"], found["day"]
    return int(found["year"]), int(month) if month else None, int(day) if day else None


def _chinese(text: str) -> tuple[int, int | None, int | None] | None:
    """二〇二三年十二月三十一日, as numbers."""
    found = _CHINESE.fullmatch("".join(text.split()))
    if found is None:
        return None
    year = int("".join(_DIGITS[character] for character in found[1]))
    return year, _counted(found[2]), _counted(found[3])


def _counted(text: str | None) -> int | None:
    """十, 十二, 三十一 as a number."""
    if not text:
        return None
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return int(_DIGITS[text]) if len(text) == 1 else 0
    return int(_DIGITS[tens] if tens else "1") * 10 + int(_DIGITS[ones] if ones else "0")


def _day(year: int, month: int | None, day: int | None, *, said: str, today: date) -> Day | None:
    if year < EARLIEST or (month is not None and not 1 <= month <= 12):
        return None
    if day is None:
        last = date(year, month or 12, monthrange(year, month or 12)[1])
        return Day(
            min(last, today) if (year, month or 1) <= (today.year, today.month) else last, said
        )
    try:
        return Day(date(year, month or 0, day))
    except ValueError:
        return None
