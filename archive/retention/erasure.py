"""What is left to erase of a batch: every object by its key, and the backups that still have it.

An object is written down before it is touched and stays written down after it is gone, so that
its absence can be proved at any later time.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from archive.db import Base, Instant, RowId, refused_by
from archive.errors import Conflict, Invalid


class BackupDates(Invalid):
    """A backup is made today or earlier and expires after it was made."""


class BackupGone(Conflict):
    """The backup is gone already."""


class PagesNotSeparable(Conflict):
    """The pages of one record cannot be taken out of a file that holds others; a person decides."""


class StillThere(Conflict):
    """The store still gives, or lists, what was destroyed."""


class ObjectKind(StrEnum):
    """What an object held."""

    RECEIVED = "received"  # a file as it came
    IMAGE = "image"
    THUMBNAIL = "thumbnail"
    RENDITION = "rendition"


class ErasedObject(Base, kw_only=True):
    """One object that is to be erased, or was.

    Attributes:
        shared_file_id: the file held other records too; their pages live on in a copy without
            these.
        absent_at: when every version was gone and the store was read back.
    """

    __tablename__ = "erased_object"
    __table_args__ = (Index(None, "item_id"), Index(None, "absent_at"))

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    item_id: Mapped[int] = mapped_column(ForeignKey("destruction_item.id"))
    kind: Mapped[ObjectKind] = mapped_column(String(12))
    object_key: Mapped[str] = mapped_column(String(80), unique=True)
    sha256: Mapped[str] = mapped_column(String(64), default="")
    shared_file_id: Mapped[int | None] = mapped_column(
        ForeignKey("delivered_file.id"), default=None
    )
    absent_at: Mapped[datetime | None] = mapped_column(Instant, default=None)


class DestructionPhoto(Base, kw_only=True):
    """A photograph of a destruction; kept for ever with its batch."""

    __tablename__ = "destruction_photo"
    __table_args__ = (Index(None, "batch_id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    batch_id: Mapped[int] = mapped_column(ForeignKey("destruction_batch.id"))
    name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(60))
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    sm3: Mapped[str] = mapped_column(String(64))
    object_key: Mapped[str] = mapped_column(String(80), unique=True)
    taken_in_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    taken_in_at: Mapped[datetime] = mapped_column(Instant)


class Backup(Base, kw_only=True):
    """A backup of database and objects that exists outside the program (备份).

    What was destroyed after ``made_at`` lives on in it until ``expires_on``, or until somebody
    says that it was rewritten or destroyed.
    """

    __tablename__ = "backup"
    __table_args__ = (
        CheckConstraint("label <> ''", name="label"),
        CheckConstraint("(gone_at IS NULL) = (gone_by_id IS NULL)", name="gone"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    label: Mapped[str] = mapped_column(String(120), unique=True)
    medium: Mapped[str] = mapped_column(String(120))
    made_at: Mapped[datetime] = mapped_column(Instant)
    expires_on: Mapped[date | None] = mapped_column(default=None)
    kept_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    gone_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    gone_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    gone_how: Mapped[str] = mapped_column(String(200), default="")

    def holds(self, destroyed_at: datetime, now: datetime, today: date) -> bool:
        """Whether it still holds what was destroyed at that moment."""
        if self.made_at >= destroyed_at or (self.gone_at is not None and self.gone_at <= now):
            return False
        return self.expires_on is None or today <= self.expires_on


class BackupLabelTaken(Invalid):
    """Another backup has that label."""


refused_by(BackupLabelTaken, "uq_backup_label", "backup.label")
