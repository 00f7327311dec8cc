"""Temperature and humidity of a storeroom, read twice a day (``domain.md`` §6).

14–24 °C and 45–60 % (档案库房技术管理暂行规定). A reading beyond that is an open finding until
somebody says what was done.
"""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from archive.db import Base, Instant, RowId
from archive.errors import Conflict, Invalid

TEMPERATURE = (140, 240)
"""In tenths of a degree Celsius."""

HUMIDITY = (45, 60)
"""In per cent."""

A_DAY = 2
"""Readings there are to be each day."""


class ReadingImpossible(Invalid):
    """No storeroom is that hot, cold, dry or wet: a slip of the pen."""


class ActionNotNeeded(Conflict):
    """The reading is within bounds, or it was acted on already."""


class ClimateReading(Base, kw_only=True):
    """One reading.

    Attributes:
        tenths: degrees Celsius × 10.
        action: what was done about it, when it is out of range.
    """

    __tablename__ = "climate_reading"
    __table_args__ = (
        CheckConstraint(
            "tenths BETWEEN -300 AND 600 AND humidity BETWEEN 0 AND 100", name="possible"
        ),
        Index(None, "storeroom_id", "taken_at"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    storeroom_id: Mapped[int] = mapped_column(ForeignKey("storeroom.id"))
    taken_at: Mapped[datetime] = mapped_column(Instant)
    tenths: Mapped[int]
    humidity: Mapped[int]
    instrument: Mapped[str] = mapped_column(String(40), default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    action: Mapped[str] = mapped_column(String(300), default="")
    action_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    action_at: Mapped[datetime | None] = mapped_column(Instant, default=None)

    @property
    def celsius(self) -> Decimal:
        """Degrees Celsius, to a tenth."""
        return Decimal(self.tenths).scaleb(-1)

    @property
    def in_range(self) -> bool:
        """Whether paper keeps well in that."""
        return (
            TEMPERATURE[0] <= self.tenths <= TEMPERATURE[1]
            and HUMIDITY[0] <= self.humidity <= HUMIDITY[1]
        )

    @property
    def open_finding(self) -> bool:
        """Whether somebody has yet to say what was done."""
        return not self.in_range and not self.action

    def check_possible(self) -> None:
        """Refuse what no storeroom has.

        Raises:
            ReadingImpossible: with the field.
        """
        if not -300 <= self.tenths <= 600:
            raise ReadingImpossible(field="celsius")
        if not 0 <= self.humidity <= 100:
            raise ReadingImpossible(field="humidity")


OUT_OF_RANGE_IN_SQL = (
    f"(tenths NOT BETWEEN {TEMPERATURE[0]} AND {TEMPERATURE[1]}"
    f" OR humidity NOT BETWEEN {HUMIDITY[0]} AND {HUMIDITY[1]})"
)
"""The same as :attr:`ClimateReading.in_range`, for a query."""
