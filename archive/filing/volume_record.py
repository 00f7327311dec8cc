"""Invoice volumes and stub books in the archive: which record each was filed as.

What finance accepted becomes a record like any other – with code, pair, place and period – and
is one unit for ever: no stub is filed, lent or destroyed out of its volume (``domain.md`` §4.5).
The numbers stay in the ledger whatever happens to the paper.
"""

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from archive.db import Base, RowId, refused_by
from archive.errors import Conflict


class NotAcceptedYet(Conflict):
    """Finance has not accepted it; only then it goes to the archive [seed 3.5]."""


class FiledAsRecord(Conflict):
    """It is in the archive already, under one code."""


class FiledStaysAccepted(Conflict):
    """What is in the archive stays accepted; a better scan comes as another copy of its record."""


VOLUME_KIND = "bookkeeping-volume"
BOOK_KIND = "stub-book"
"""Kinds of the file plan: 记账联按月装订册及封面, 电费发票存根."""


class VolumeRecord(Base, kw_only=True):
    """That a record is one bound volume, or one stub book."""

    __tablename__ = "volume_record"
    __table_args__ = (CheckConstraint("(volume_id IS NULL) <> (book_id IS NULL)", name="of_one"),)

    record_id: Mapped[int] = mapped_column(
        RowId, ForeignKey("record.id"), primary_key=True, autoincrement=False
    )
    volume_id: Mapped[int | None] = mapped_column(
        ForeignKey("volume.id"), default=None, unique=True
    )
    book_id: Mapped[int | None] = mapped_column(ForeignKey("book.id"), default=None, unique=True)


refused_by(FiledStaysAccepted, "filed_stays_accepted")
refused_by(NotAcceptedYet, "volume_not_accepted")
refused_by(
    FiledAsRecord,
    "uq_volume_record_volume_id",
    "uq_volume_record_book_id",
    "volume_record.volume_id",
    "volume_record.book_id",
)
