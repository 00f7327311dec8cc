"""What may be inside a record besides its own kind (内含材料), and what is inside which.

A bound volume holds bookkeeping copies, a file holds a contract: each has a line of the schedule
of its own, and the record is kept for the longest of them. The lines belong to a version of the
file plan and are sealed with it. What was said to be inside stays on record; a mistake is taken
back by another person, with a reason.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from archive.db import Base, Instant, RowId, refused_by
from archive.errors import Conflict, Invalid
from archive.holdings.file_plan import (
    LINE_CODE,
    RETENTION_CODE,
    ClockStart,
    LineCodeTaken,
    PlanSealed,
    RetentionBasis,
)


class ContentLineImpossible(Invalid):
    """A line for contents contradicts itself, or says too little."""


class ContentOfAnotherVersion(Invalid):
    """Contents are chosen from the version of the plan the record is filed under."""


class ContentThereAlready(Conflict):
    """The record is said to hold that already."""


class ContentKept(Conflict):
    """What a record holds is never forgotten; a mistake is taken back with a reason."""


class PlanContent(Base, kw_only=True):
    """A line of a file plan for what may be inside a record, with its own retention.

    Attributes:
        legal_basis: who says how long, as a person would cite it.
    """

    __tablename__ = "plan_content"
    __table_args__ = (UniqueConstraint("plan_id", "code"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    plan_id: Mapped[int] = mapped_column(ForeignKey("file_plan.id"), init=False)
    position: Mapped[int]
    code: Mapped[str] = mapped_column(String(40))
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(160))
    retention: Mapped[str] = mapped_column(String(4))
    starts: Mapped[ClockStart] = mapped_column(String(16), default=ClockStart.YEAR_END)
    basis: Mapped[RetentionBasis] = mapped_column(String(8))
    legal_basis: Mapped[str] = mapped_column(String(200))

    def check_possible(self) -> None:
        """Refuse a line nothing could be kept by.

        Raises:
            ContentLineImpossible: with the field.
        """
        sound = {
            "code": bool(LINE_CODE.fullmatch(self.code)),
            "name_zh": bool(self.name_zh.strip()),
            "name_en": bool(self.name_en.strip()),
            "retention": bool(RETENTION_CODE.fullmatch(self.retention)),
            "starts": self.starts == ClockStart.YEAR_END or self.retention != "Y",
            "legal_basis": bool(self.legal_basis.strip()),
        }
        for field, good in sound.items():
            if not good:
                raise ContentLineImpossible(field=field, code=self.code, column=field)


class RecordContent(Base, kw_only=True):
    """Something a record holds, by a line of its plan."""

    __tablename__ = "record_content"
    __table_args__ = (
        CheckConstraint(
            "(withdrawn_by_id IS NULL) = (withdrawn_at IS NULL)"
            " AND (withdrawn_by_id IS NULL) = (reason = '')"
            " AND (withdrawn_by_id IS NULL OR withdrawn_by_id <> added_by_id)",
            name="withdrawn",
        ),
        Index(
            "uq_record_content",
            "record_id",
            "content_id",
            unique=True,
            sqlite_where=text("reason = ''"),
            postgresql_where=text("reason = ''"),
        ),
        Index(None, "content_id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"))
    content_id: Mapped[int] = mapped_column(ForeignKey("plan_content.id"))
    added_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime] = mapped_column(Instant)
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    reason: Mapped[str] = mapped_column(String(500), default="")


def content_coded(lines: Collection[PlanContent], code: str) -> PlanContent | None:
    """The line of that code."""
    return next((line for line in lines if line.code == code), None)


refused_by(ContentThereAlready, "uq_record_content", "record_content.record_id")
refused_by(ContentKept, "content_kept", "ck_record_content_withdrawn")
refused_by(ContentOfAnotherVersion, "content_of_another_version")
refused_by(LineCodeTaken, "uq_plan_content_plan_id_code", "plan_content.plan_id")
refused_by(PlanSealed, "sealed_plan_content")
