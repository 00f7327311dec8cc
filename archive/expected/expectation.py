"""What a station is asked to file regularly: since when, by whom, and what is accounted for.

The kinds and their cycles are those of the file plan; a record accounts for the period it was
formed in. Where that does not hold – a report on September is written in October – somebody says
which record it is (:class:`Settlement` with a record), or why there is none (with a reason).
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from archive.db import Base, Instant, RowId, refused_by
from archive.errors import Conflict, Invalid


class NotExpected(Invalid):
    """Nothing of that kind is expected regularly."""


class AlreadySettled(Conflict):
    """The period is accounted for."""


class NoSuchRecordHere(Invalid):
    """No record of the station has that code."""


class NotOfThisStation(Invalid):
    """Whoever is responsible holds an office at the station."""


class SettlementContradictory(Conflict):
    """Either a record accounts for a period, or a reason why there is none."""


class FilingStart(Base, kw_only=True):
    """Since which month a station is asked for its records (建所或启用月份)."""

    __tablename__ = "filing_start"

    station_id: Mapped[int] = mapped_column(
        RowId, ForeignKey("station.id"), primary_key=True, autoincrement=False
    )
    since: Mapped[date]
    set_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    set_at: Mapped[datetime] = mapped_column(Instant)


class FilingDuty(Base, kw_only=True):
    """Who is responsible for a kind at a station (归档责任人); otherwise the archivist is."""

    __tablename__ = "filing_duty"
    __table_args__ = (UniqueConstraint("station_id", "kind_code"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    kind_code: Mapped[str] = mapped_column(String(40))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    since: Mapped[datetime] = mapped_column(Instant)


class Settlement(Base, kw_only=True):
    """A period accounted for: by a record formed elsewhen, or by a reason (不适用)."""

    __tablename__ = "filing_settlement"
    __table_args__ = (
        UniqueConstraint("station_id", "kind_code", "period"),
        CheckConstraint("(record_id IS NULL) = (reason <> '')", name="either"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    kind_code: Mapped[str] = mapped_column(String(40))
    period: Mapped[str] = mapped_column(String(8))
    record_id: Mapped[int | None] = mapped_column(ForeignKey("record.id"), default=None)
    reason: Mapped[str] = mapped_column(String(200), default="")
    settled_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    settled_at: Mapped[datetime] = mapped_column(Instant)


refused_by(
    AlreadySettled,
    "uq_filing_settlement_station_id_kind_code_period",
    "filing_settlement.station_id, filing_settlement.kind_code, filing_settlement.period",
)
refused_by(SettlementContradictory, "ck_filing_settlement_either")
