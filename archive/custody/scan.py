"""Scans of a volume, what was read on them, and what a person settled.

    received --begin--> reading --finish--> read
    received | reading --fail--> failed
    failed --read again--> received

A scan is kept as it came, for ever; a re-scan is a further scan, and the newest counts.
What the machine read is never overwritten by a person: a settlement stands beside it, with its
author, and the last one counts.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from archive.db import Base, Instant, RowId, refused_by
from archive.errors import Conflict, Invalid
from archive.ingest.refusals import CameBefore
from archive.workflow import Workflow

NOT_READ = "not-read"
"""Problem of a page the reader could not finish; a person looks at the paper."""


class AlreadyReceived(CameBefore):
    """The very same bytes were received before."""


class NoVolumeNamed(Invalid):
    """It cannot be told which volume the scan is of."""


class ScanNotRead(Conflict):
    """The scan is still being read."""


class NothingSettled(Invalid):
    """Type the number, or say that it is void, unreadable or not a stub."""


class ScanState(StrEnum):
    RECEIVED = "received"
    READING = "reading"
    READ = "read"
    FAILED = "failed"


SCAN_WORKFLOW: Workflow[ScanState] = Workflow(
    "scan",
    {
        "begin": ([ScanState.RECEIVED, ScanState.READING], ScanState.READING),
        "finish": ([ScanState.READING], ScanState.READ),
        "fail": ([ScanState.RECEIVED, ScanState.READING], ScanState.FAILED),
        "read-again": ([ScanState.FAILED], ScanState.RECEIVED),
    },
)


class Scan(Base, kw_only=True):
    """One delivery of page images of a volume: a PDF, or images in order (扫描件).

    Attributes:
        learned: what the reader knows of its form after the last page that is set down, so that
            a reading which was interrupted goes on as if it had not been; nothing once it is read.
    """

    __tablename__ = "scan"
    __table_args__ = (
        UniqueConstraint("volume_id", "sha256"),
        Index(None, "state"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    volume_id: Mapped[int] = mapped_column(ForeignKey("volume.id"))
    sha256: Mapped[str] = mapped_column(String(64))
    pages: Mapped[int]
    state: Mapped[ScanState] = mapped_column(String(12), default=ScanState.RECEIVED)
    source: Mapped[str] = mapped_column(String(12))
    received_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    received_at: Mapped[datetime] = mapped_column(Instant)
    read_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    reader: Mapped[str] = mapped_column(String(80), default="")
    failure: Mapped[str] = mapped_column(String(60), default="")
    learned: Mapped[bytes | None] = mapped_column(LargeBinary, default=None, deferred=True)
    version: Mapped[int] = mapped_column(init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own way


class ScanFile(Base, kw_only=True):
    """One file as it came: rendition 0, never changed."""

    __tablename__ = "scan_file"
    __table_args__ = (UniqueConstraint("scan_id", "position"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    scan_id: Mapped[int] = mapped_column(ForeignKey("scan.id"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(60))
    size: Mapped[int] = mapped_column(BigInteger)
    pages: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    sm3: Mapped[str] = mapped_column(String(64))
    object_key: Mapped[str] = mapped_column(String(80), unique=True)


class ScanPage(Base, kw_only=True):
    """One page that was read, with the image made of it for the viewer."""

    __tablename__ = "scan_page"
    __table_args__ = (UniqueConstraint("scan_id", "number"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    scan_id: Mapped[int] = mapped_column(ForeignKey("scan.id"))
    number: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    turned: Mapped[int] = mapped_column(default=0)
    problems: Mapped[list[str]] = mapped_column(JSON, default_factory=list)
    image_key: Mapped[str] = mapped_column(String(80), default="")
    thumb_key: Mapped[str] = mapped_column(String(80), default="")
    image_sha256: Mapped[str] = mapped_column(String(64), default="")
    read_at: Mapped[datetime] = mapped_column(Instant)


class FoundStub(Base, kw_only=True):
    """A stub the machine found on a page, exactly as it read it.

    Boxes are left, top, right, bottom in pixels of the page image.
    """

    __tablename__ = "found_stub"
    __table_args__ = (Index(None, "scan_id", "page"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    scan_id: Mapped[int] = mapped_column(ForeignKey("scan.id"))
    page: Mapped[int]
    position: Mapped[int]
    box: Mapped[list[int]] = mapped_column(JSON)
    number: Mapped[str | None] = mapped_column(String(20))
    code: Mapped[str | None] = mapped_column(String(12))
    confidence: Mapped[float]
    certain: Mapped[bool]
    doubt: Mapped[str] = mapped_column(String(40), default="")
    void_box: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True), default=None)
    void_confidence: Mapped[float] = mapped_column(default=0.0)
    void_certain: Mapped[bool] = mapped_column(default=True)


class Verdict(StrEnum):
    """What a person says about a doubted place."""

    NUMBER = "number"
    VOID = "void"
    NOT_VOID = "not-void"
    UNREADABLE = "unreadable"
    NOT_A_STUB = "not-a-stub"


class Settlement(Base, kw_only=True):
    """A person's word on one place of one page (人工判定); kept for ever, the last counts.

    With ``stub_id`` it is about a stub the machine found; with a number alone about one it did
    not find; with neither about the page: nothing more is to be read there.

    Attributes:
        code: the invoice code as the person sees it; None leaves it as the machine read it.
    """

    __tablename__ = "settlement"
    __table_args__ = (Index(None, "scan_id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    scan_id: Mapped[int] = mapped_column(ForeignKey("scan.id"))
    page: Mapped[int]
    stub_id: Mapped[int | None] = mapped_column(ForeignKey("found_stub.id"), default=None)
    verdict: Mapped[Verdict] = mapped_column(String(12))
    number: Mapped[str | None] = mapped_column(String(20), default=None)
    code: Mapped[str | None] = mapped_column(String(12), default=None)
    note: Mapped[str] = mapped_column(Text, default="")
    settled_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    settled_at: Mapped[datetime] = mapped_column(Instant)


refused_by(AlreadyReceived, "uq_scan_volume_id", "scan.volume_id, scan.sha256")
