"""What starts a retention clock: the day of an event, and an explicit date set by an appraisal.

Entries are never changed. A mistaken day is corrected by a further entry; the newest counts, and
all of them are shown.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from archive.db import Base, Instant, RowId, refused_by
from archive.errors import Conflict, Invalid
from archive.holdings.file_plan import ClockStart


class EventInFuture(Invalid):
    """What has not happened starts no clock."""


class EventBeforeRecord(Invalid):
    """An event before the record was formed starts no clock of it."""


class EventDocumentMissing(Invalid):
    """The paper that proves the event has to be named."""


class NoClockWaits(Invalid):
    """No rule of the record waits for such an event."""


class DossierSaysWhenClosed(Conflict):
    """The day an account was closed is taken from the customer's dossier, not entered here."""


class ClockEventKept(Conflict):
    """An event that started a clock stays as it was entered; a further entry corrects it."""


class ExtensionKept(Conflict):
    """An explicit date set by an appraisal stays as it was entered."""


class ReclassificationKept(Conflict):
    """That a record was moved to another version's line stays on record."""


class ExtensionTooEarly(Invalid):
    """An explicit new date lies after today."""


class ClockEvent(Base, kw_only=True):
    """Something happened that starts the clock of a record.

    Attributes:
        document: what proves it: a decision, a receipt, a protocol, by its name or number.
    """

    __tablename__ = "clock_event"
    __table_args__ = (
        CheckConstraint("document <> ''", name="document"),
        CheckConstraint("starts NOT IN ('year-end', 'last-issue')", name="event"),
        Index(None, "record_id", "starts"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"))
    starts: Mapped[ClockStart] = mapped_column(String(16))
    happened_on: Mapped[date]
    document: Mapped[str] = mapped_column(String(120))
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[datetime] = mapped_column(Instant)

    def check_possible(self, formed_on: date, today: date) -> None:
        """Refuse an impossible day, or one nothing proves.

        Raises:
            EventInFuture, EventBeforeRecord, EventDocumentMissing: with the field.
        """
        if self.happened_on > today:
            raise EventInFuture(field="happened_on", given=self.happened_on.isoformat())
        if self.happened_on < formed_on:
            raise EventBeforeRecord(field="happened_on", formed_on=formed_on.isoformat())
        if not self.document.strip():
            raise EventDocumentMissing(field="document")


class ExtendedPeriod(Base, kw_only=True):
    """A record is kept longer, to an explicit date an appraisal set; the newest counts.

    Attributes:
        new_due_on: the first day it may be appraised again.
        appraisal_id: the appraisal that concluded so.
    """

    __tablename__ = "extended_period"
    __table_args__ = (
        CheckConstraint("reason <> ''", name="reason"),
        Index(None, "record_id"),
        Index(None, "new_due_on"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"))
    new_due_on: Mapped[date]
    appraisal_id: Mapped[int | None] = mapped_column(RowId, default=None)
    reason: Mapped[str] = mapped_column(String(500))
    set_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    set_at: Mapped[datetime] = mapped_column(Instant)


class Reclassification(Base, kw_only=True):
    """A record is kept by another version's line of its kind; the newest counts.

    The record stays of the kind it was filed under, and under its code.
    """

    __tablename__ = "reclassification"
    __table_args__ = (
        CheckConstraint("reason <> '' AND from_kind_id <> to_kind_id", name="reason"),
        Index(None, "record_id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"))
    from_kind_id: Mapped[int] = mapped_column(ForeignKey("record_kind.id"))
    to_kind_id: Mapped[int] = mapped_column(ForeignKey("record_kind.id"))
    reason: Mapped[str] = mapped_column(String(500))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(Instant)


refused_by(ClockEventKept, "sealed_clock_event")
refused_by(ExtensionKept, "sealed_extended_period")
refused_by(ReclassificationKept, "sealed_reclassification")
