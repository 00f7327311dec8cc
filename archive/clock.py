"""The only reader of the wall clock.

Instants are kept in UTC; days and months are decided in Asia/Shanghai, because a hand-over at
00:30 on the 1st belongs to the new month wherever the server thinks it is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

STATION_ZONE = ZoneInfo("Asia/Shanghai")


def _wall_clock() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - this is the one place


@dataclass(frozen=True)
class Clock:
    """Tells the time; tests give it another source."""

    source: Callable[[], datetime] = _wall_clock

    def now(self) -> datetime:
        """The present instant, in UTC."""
        return self.source().astimezone(UTC)

    def today(self) -> date:
        """The calendar day at the station."""
        return day_at_station(self.now())


def day_at_station(instant: datetime) -> date:
    """The calendar day on which ``instant`` falls at the station."""
    return instant.astimezone(STATION_ZONE).date()
