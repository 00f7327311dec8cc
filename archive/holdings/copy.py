"""The electronic copies of a record: as received for ever, and what was derived from them.

A copy is a list of pages of files that are kept as they came; its digest names every file's
digest and page, in order. A re-scan is a further copy, and the newest counts. From a copy a
searchable PDF/A is derived (text behind the image); it names the tool that made it and can be
made again at any time.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from archive.db import Base, Instant, RowId


class ElectronicCopy(Base, kw_only=True):
    """One electronic copy of a record (电子件).

    Attributes:
        number: 0 for the first, then one more for every re-scan.
        digest: SHA-256 over its pages as they came (``page_digest``).
        rendition_*: the searchable PDF/A derived from it; the key is empty until it is made.
        checked_at, sound: when its files were last hashed again, and whether they were as they came.
    """

    __tablename__ = "electronic_copy"
    __table_args__ = (UniqueConstraint("record_id", "number"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"))
    number: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    pages: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(Instant)
    brought_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    rendition_key: Mapped[str] = mapped_column(String(80), default="")
    rendition_sha256: Mapped[str] = mapped_column(String(64), default="")
    rendition_sm3: Mapped[str] = mapped_column(String(64), default="")
    rendition_size: Mapped[int] = mapped_column(BigInteger, default=0)
    rendition_tool: Mapped[str] = mapped_column(String(80), default="")
    rendition_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    checked_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    sound: Mapped[bool] = mapped_column(default=True)


def page_digest(pages: Sequence[tuple[str, int]]) -> str:
    """What a copy of these pages is known by: SHA-256 over file digest and page, in order."""
    told = "".join(f"{sha256}:{page}\n" for sha256, page in pages)
    return hashlib.sha256(told.encode()).hexdigest()
