"""How money, dates, codes and quantities are written for a person, in either language.

The catalogue uses these inside sentences and pages use them as filters, so that one amount never
looks like two. Dates in prose are ``2026年10月18日``; tables use ISO (``2026-10-18``).
"""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from archive.clock import STATION_ZONE

Language = Literal["zh", "en"]
"""The languages of the interface; Chinese first."""

NOTHING = "—"
"""Written where there is no value, so that an empty cell is never mistaken for a lost one."""

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip


def amount(fen: int) -> str:
    """Money without its unit, for a column whose heading carries 元: ``1,234.50``."""
    sign = "-" if fen < 0 else ""
    yuan, cents = divmod(abs(fen), 100)
    return f"{sign}{yuan:,}.{cents:02d}"


def money(fen: int, language: Language) -> str:
    """Money (integer fen) with its unit: ``1,234.50 元``."""
    if language == "zh":
        return f"{amount(fen)} 元"
    return f"-¥{amount(-fen)}" if fen < 0 else f"¥{amount(fen)}"


def quantity(value: Decimal | float) -> str:
    """A number with thousands separated and no digit lost or added."""
    return f"{value:,}"


def electricity(value: Decimal | int) -> str:
    """Electricity without its unit, as on the cover: always to a hundredth, ``12,345.60``."""
    return f"{value:,.2f}"


def kwh(value: Decimal | int, language: Language) -> str:
    """Electricity with its unit: ``12,345.60 千瓦时``."""
    return f"{electricity(value)} {'千瓦时' if language == 'zh' else 'kWh'}"


def day(value: date, language: Language) -> str:
    """A calendar day in prose: ``2026年10月18日``."""
    on = _station_day(value)
    if language == "zh":
        return f"{on.year}年{on.month}月{on.day}日"
    return f"{on.day} {_MONTHS[on.month - 1]} {on.year}"


def month(value: date | str, language: Language) -> str:
    """A month in prose, from any of its days or from ``2026-10``: ``2026年10月``."""
    on = date.fromisoformat(f"{value}-01") if isinstance(value, str) else _station_day(value)
    return f"{on.year}年{on.month}月" if language == "zh" else f"{_MONTHS[on.month - 1]} {on.year}"


def iso(value: date) -> str:
    """A calendar day, or an instant at the station, as tables write it."""
    if isinstance(value, datetime):
        return value.astimezone(STATION_ZONE).strftime("%Y-%m-%d %H:%M")
    return value.isoformat()


def moment(value: datetime, language: Language) -> str:
    """An instant in prose, at the station: ``2026年10月18日 14:05``."""
    return f"{day(value, language)} {value.astimezone(STATION_ZONE):%H:%M}"


def size(octets: int) -> str:
    """A file size: ``820 B``, ``1.4 MB``."""
    if octets < 1000:
        return f"{octets} B"
    value = float(octets)
    for unit in ("kB", "MB", "GB"):
        value /= 1000
        if value < 999.95 or unit == "GB":
            break
    return f"{value:.1f} {unit}"


def span(first: str, last: str) -> str:
    """A range of numbers, both ends included: ``04210051–04210100``."""
    return first if first == last else f"{first}–{last}"


def duration(seconds: float, language: Language) -> str:
    """About how long something still takes; never more exact than such a guess can be."""
    minutes = max(1, round(seconds / 60))
    if seconds < 55:
        tens = max(10, round(seconds / 10) * 10)
        return f"约 {tens} 秒" if language == "zh" else f"about {tens} seconds"
    if minutes < 60:
        return f"约 {minutes} 分钟" if language == "zh" else f"about {minutes} min"
    hours, rest = divmod(minutes, 60)
    if language == "zh":
        return f"约 {hours} 小时 {rest} 分" if rest else f"约 {hours} 小时"
    return f"about {hours} h {rest} min" if rest else f"about {hours} h"


def joined(values: Iterable[object], language: Language) -> str:
    """Several things in one line: ``甲、乙、丙``."""
    return ("、" if language == "zh" else ", ").join(plain(value, language) for value in values)


def plain(value: object, language: Language) -> str:
    """A fact as it stands in a sentence when nothing more is said about how to write it."""
    if value is None:
        return NOTHING
    if isinstance(value, datetime):
        return moment(value, language)
    if isinstance(value, date):
        return day(value, language)
    if isinstance(value, list | tuple | set | frozenset):
        members = value if isinstance(value, list | tuple) else sorted(value, key=str)
        return joined(members, language)
    return str(value)


def _station_day(value: date) -> date:
    return value.astimezone(STATION_ZONE).date() if isinstance(value, datetime) else value
