"""The record (归档文件): one thing the archive keeps, under one archival code, for its time.

    filed --archive--> archived
    filed, archived --begin-destruction--> destroying --destroy--> destroyed

A record is *filed* when it has its code and its description; it is *archived* (已归档) only once
its paper and its electronic copy are paired and the paper stands in its place [seed 5.3]. What
happens to the pair afterwards shows in the pair; a record once archived stays so, until a batch
that was signed for and approved destroys it (:mod:`archive.retention.batch`). Its line in the
catalogue stays even then.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from archive.db import Base, Instant, RowId, refused_by
from archive.errors import Conflict, Invalid
from archive.workflow import Workflow


class TitleMissing(Invalid):
    """A record is found by its title; it cannot be empty."""


class FormedInFuture(Invalid):
    """The day a record was formed lies after today."""


class NotArchivedUnpaired(Conflict):
    """No record is archived while its paper is not registered, in its place and compared."""


class RecordKeptForEver(Conflict):
    """A record keeps its code, kind and station, and its line in the catalogue, for ever."""


class DestroyedWithoutLeave(Conflict):
    """No record is destroyed but by a batch that was signed for, approved and is carried out."""


class RecordGone(Conflict):
    """The record is destroyed, or being destroyed; nothing comes to it any more."""


class RecordState(StrEnum):
    FILED = "filed"  # 已整理
    ARCHIVED = "archived"  # 已归档
    DESTROYING = "destroying"  # 销毁中
    DESTROYED = "destroyed"  # 已销毁


RECORD_WORKFLOW: Workflow[RecordState] = Workflow(
    "record",
    {
        "archive": ([RecordState.FILED], RecordState.ARCHIVED),
        "begin-destruction": (
            [RecordState.FILED, RecordState.ARCHIVED],
            RecordState.DESTROYING,
        ),
        "destroy": ([RecordState.DESTROYING], RecordState.DESTROYED),
    },
)

GOING = frozenset({RecordState.DESTROYING, RecordState.DESTROYED})


class Origin(StrEnum):
    """Which side is the original (``domain.md`` §3.1); a scan is a copy (电子副本)."""

    PAPER = "paper"  # 纸质原件
    ELECTRONIC = "electronic"  # 电子原件


class Record(Base, kw_only=True):
    """One record (件 or 卷) with its description.

    Attributes:
        code: its archival code, given once.
        formed_on: the day it was formed (成文日期); ``year`` is the year it is filed under.
        pages: sides with text or image (页).
        customer_number: 户号, where it belongs to a customer's dossier.
        parties: 责任者 and other parties, as they stand on it.
        old_code: its code in the register it stood in before (原档号).
        source: what brought it in (``scan``, ``paper``, ``import``, ``volume``).
    """

    __tablename__ = "record"
    __table_args__ = (
        CheckConstraint("title <> ''", name="title"),
        CheckConstraint("pages >= 0", name="pages"),
        Index(None, "station_id", "kind_id", "formed_on"),
        Index(None, "customer_number"),
        Index(None, "station_id", "year"),
        Index(None, "station_id", "filed_at"),
        Index(None, "filed_at"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    kind_id: Mapped[int] = mapped_column(ForeignKey("record_kind.id"))
    code: Mapped[str] = mapped_column(String(80), ForeignKey("archival_code.text"), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    formed_on: Mapped[date]
    year: Mapped[int]
    pages: Mapped[int]
    origin: Mapped[Origin] = mapped_column(String(12), default=Origin.PAPER)
    document_number: Mapped[str] = mapped_column(String(60), default="")
    parties: Mapped[str] = mapped_column(String(200), default="")
    customer_number: Mapped[str] = mapped_column(String(20), default="")
    remark: Mapped[str] = mapped_column(String(500), default="")
    old_code: Mapped[str] = mapped_column(String(80), default="", server_default=text("''"))
    source: Mapped[str] = mapped_column(String(12), default="paper")
    state: Mapped[RecordState] = mapped_column(String(12), default=RecordState.FILED)
    filed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    filed_at: Mapped[datetime] = mapped_column(Instant)
    archived_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    version: Mapped[int] = mapped_column(init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own way

    @property
    def subject(self) -> str:
        """How the trail names it."""
        return f"record:{self.code}"

    def check_described(self, today: date) -> None:
        """Refuse a description that says nothing, or speaks of the future.

        Raises:
            TitleMissing, FormedInFuture: with the field.
        """
        if not self.title.strip():
            raise TitleMissing(field="title")
        if self.formed_on > today:
            raise FormedInFuture(field="formed_on", given=self.formed_on.isoformat())


refused_by(NotArchivedUnpaired, "archived_unpaired")
refused_by(RecordKeptForEver, "record_code_kept", "record_kept")
refused_by(DestroyedWithoutLeave, "destroyed_without_leave")
refused_by(RecordGone, "record_gone")
