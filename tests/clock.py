"""A clock whose hands a test moves."""

from datetime import UTC, datetime, timedelta

from archive.clock import STATION_ZONE, Clock

A_MORNING = datetime(2026, 10, 19, 9, 30, tzinfo=STATION_ZONE)
"""A Monday in working hours."""


class SettableClock(Clock):
    """Stands still until it is set or advanced."""

    def __init__(self, instant: datetime = A_MORNING) -> None:
        hands = [instant.astimezone(UTC)]
        super().__init__(source=lambda: hands[0])
        object.__setattr__(self, "_hands", hands)

    def set(self, instant: datetime) -> None:
        """Put the hands on ``instant``, forward or back."""
        self._hands[0] = instant.astimezone(UTC)  # type: ignore[attr-defined]

    def advance(self, **by: float) -> None:
        """Move the hands forward, as ``advance(hours=3)``."""
        self.set(self.now() + timedelta(**by))
