"""Deliveries: scans as they come in, page by page, until every page is filed or set aside.

    received --begin--> reading --finish--> read
    received | reading --fail--> failed
    failed --read-again--> received

A delivery is kept as it came. Its pages are read, told apart (content, blank, separator sheet)
and gathered into *drafts*, each of which a person files as a record:

    open --file--> filed
    open --attach--> filed        (further pages of a record that awaited its scan)
    open --empty--> dropped       (all its pages went elsewhere)

Every page ends in exactly one place: a record's copy, or set aside with a reason.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from archive.db import Base, Instant, RowId, refused_by
from archive.errors import Conflict, Invalid
from archive.ingest.refusals import CameBefore
from archive.workflow import Workflow


class DeliveredBefore(CameBefore):
    """The very same bytes came in before."""


class NoStationNamed(Invalid):
    """It cannot be told which station the delivery is for."""


class DeliveryNotRead(Conflict):
    """The delivery is still being read."""


class PageInTwoPlaces(Conflict):
    """A page is in a record or set aside, never both, and never in two records."""


class NoPagesInDraft(Conflict):
    """A draft without pages cannot be filed."""


class ElectronicDivided(Conflict):
    """A file that was never paper is one original; its pages cannot go into several records."""


class KindUndecided(Invalid):
    """The kind of record is not chosen yet."""


class KindGone(Invalid):
    """The version of the file plan in force has no such kind; another is to be chosen."""


class DayUndecided(Invalid):
    """The day a record was formed is not given yet."""


class NoSuchPage(Invalid):
    """The pages named are not open pages of this delivery."""


class DeliveryState(StrEnum):
    RECEIVED = "received"
    READING = "reading"
    READ = "read"
    FAILED = "failed"


DELIVERY_WORKFLOW: Workflow[DeliveryState] = Workflow(
    "delivery",
    {
        "begin": ([DeliveryState.RECEIVED, DeliveryState.READING], DeliveryState.READING),
        "finish": ([DeliveryState.READING], DeliveryState.READ),
        "fail": ([DeliveryState.RECEIVED, DeliveryState.READING], DeliveryState.FAILED),
        "read-again": ([DeliveryState.FAILED], DeliveryState.RECEIVED),
    },
)


class DraftState(StrEnum):
    OPEN = "open"
    FILED = "filed"
    DROPPED = "dropped"


DRAFT_WORKFLOW: Workflow[DraftState] = Workflow(
    "draft",
    {
        "file": ([DraftState.OPEN], DraftState.FILED),
        "empty": ([DraftState.OPEN], DraftState.DROPPED),
    },
)


class PageKind(StrEnum):
    """What a page turned out to be."""

    CONTENT = "content"
    BLANK = "blank"
    SEPARATOR = "separator"
    UNREAD = "unread"  # the reader could not finish it; a person looks at it


class SetAside(StrEnum):
    """Why a page goes into no record; it stays in the delivery, to be seen and put back."""

    BLANK = "blank"
    SEPARATOR = "separator"
    DOUBLE = "double"
    UNUSABLE = "unusable"
    NOT_ARCHIVED = "not-archived"
    OTHER = "other"


class Delivery(Base, kw_only=True):
    """One delivery of scans to be filed (来件).

    Attributes:
        together: image files are the pages of one record, not a record each.
    """

    __tablename__ = "delivery"
    __table_args__ = (UniqueConstraint("station_id", "sha256"), Index(None, "state"))

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    sha256: Mapped[str] = mapped_column(String(64))
    pages: Mapped[int]
    together: Mapped[bool] = mapped_column(default=False)
    state: Mapped[DeliveryState] = mapped_column(String(12), default=DeliveryState.RECEIVED)
    source: Mapped[str] = mapped_column(String(12))
    received_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    received_at: Mapped[datetime] = mapped_column(Instant)
    read_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    reader: Mapped[str] = mapped_column(String(80), default="")
    failure: Mapped[str] = mapped_column(String(60), default="")
    version: Mapped[int] = mapped_column(init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own way


class DeliveredFile(Base, kw_only=True):
    """One file as it came, never changed but by a destruction that was approved.

    Attributes:
        kept_sha256: of what is kept since pages of a destroyed record were taken out of it.
        seals, signatures: how many electronic seals and signatures it carries; none of them is
            verified. None where nobody looked.
        destroyed_at: when every version of it was proved absent; its name goes with it.
    """

    __tablename__ = "delivered_file"
    __table_args__ = (UniqueConstraint("delivery_id", "position"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(60))
    size: Mapped[int] = mapped_column(BigInteger)
    pages: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    sm3: Mapped[str] = mapped_column(String(64))
    object_key: Mapped[str] = mapped_column(String(80), unique=True)
    kept_sha256: Mapped[str] = mapped_column(String(64), default="", server_default=text("''"))
    seals: Mapped[int | None] = mapped_column(default=None)
    signatures: Mapped[int | None] = mapped_column(default=None)
    destroyed_at: Mapped[datetime | None] = mapped_column(Instant, default=None)

    @property
    def stored_sha256(self) -> str:
        """Digest of the bytes the store has under its key."""
        return self.kept_sha256 or self.sha256

    @property
    def is_electronic(self) -> bool:
        """Whether it was never paper; its pages are shown as previews."""
        return self.media_type in ELECTRONIC


ELECTRONIC = frozenset({"application/ofd", "application/xml", "application/zip"})
"""Media types of files that were never paper."""


class Draft(Base, kw_only=True):
    """What may become one record (待归档件), with what the machine proposes for it.

    Attributes:
        proposed: by field: ``value``, ``confidence`` (0–1) and where it was read.
        attach_to_id: the record awaiting its scan that a separator sheet named.
    """

    __tablename__ = "draft"
    __table_args__ = (
        UniqueConstraint("delivery_id", "position"),
        CheckConstraint("(state = 'filed') = (record_id IS NOT NULL)", name="filed"),
        Index(None, "state"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"))
    position: Mapped[int]
    state: Mapped[DraftState] = mapped_column(String(8), default=DraftState.OPEN)
    kind_id: Mapped[int | None] = mapped_column(ForeignKey("record_kind.id"), default=None)
    title: Mapped[str] = mapped_column(String(200), default="")
    formed_on: Mapped[date | None] = mapped_column(default=None)
    document_number: Mapped[str] = mapped_column(String(60), default="")
    parties: Mapped[str] = mapped_column(String(200), default="")
    customer_number: Mapped[str] = mapped_column(String(20), default="")
    proposed: Mapped[dict[str, Any]] = mapped_column(JSON, default_factory=dict)
    attach_to_id: Mapped[int | None] = mapped_column(ForeignKey("record.id"), default=None)
    record_id: Mapped[int | None] = mapped_column(ForeignKey("record.id"), default=None)
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    version: Mapped[int] = mapped_column(init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own way


class DeliveredPage(Base, kw_only=True):
    """One page that came in, what it turned out to be, and where it went.

    Attributes:
        lines: what was read, each ``[text, confidence, left, top, right, bottom]`` in pixels of
            the page as received.
        payload: what a code on a separator sheet says.
        copy_id, copy_position: the electronic copy of a record it is a page of.
    """

    __tablename__ = "delivered_page"
    __table_args__ = (
        UniqueConstraint("delivery_id", "number"),
        UniqueConstraint("copy_id", "copy_position"),
        CheckConstraint(
            "(copy_id IS NULL) = (copy_position IS NULL) AND (copy_id IS NULL OR set_aside = '')",
            name="one_place",
        ),
        Index(None, "draft_id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"))
    number: Mapped[int]
    file_id: Mapped[int] = mapped_column(ForeignKey("delivered_file.id"))
    page_in_file: Mapped[int]
    kind: Mapped[PageKind] = mapped_column(String(12))
    width: Mapped[int] = mapped_column(default=0)
    height: Mapped[int] = mapped_column(default=0)
    turned: Mapped[int] = mapped_column(default=0)
    lines: Mapped[list[Any]] = mapped_column(JSON, default_factory=list, deferred=True)
    payload: Mapped[str] = mapped_column(String(120), default="")
    image_key: Mapped[str] = mapped_column(String(80), default="")
    thumb_key: Mapped[str] = mapped_column(String(80), default="")
    image_sha256: Mapped[str] = mapped_column(String(64), default="")
    read_at: Mapped[datetime] = mapped_column(Instant)
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("draft.id"), default=None)
    set_aside: Mapped[str] = mapped_column(String(16), default="")
    set_aside_note: Mapped[str] = mapped_column(String(200), default="")
    set_aside_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    copy_id: Mapped[int | None] = mapped_column(ForeignKey("electronic_copy.id"), default=None)
    copy_position: Mapped[int | None] = mapped_column(default=None)

    @property
    def is_open(self) -> bool:
        """Whether it is in no record and not set aside."""
        return self.copy_id is None and not self.set_aside


refused_by(DeliveredBefore, "uq_delivery_station_id_sha256", "delivery.station_id, delivery.sha256")
refused_by(PageInTwoPlaces, "ck_delivered_page_one_place", "page_kept")
