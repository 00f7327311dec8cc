"""The item in a volume (卷内文件): one document of what is bound or kept together as one record.

A record arranged by volume (案卷) has its items in order. Each has a code under that of its volume,
``Z109-KU·PZ·2023·D30·BGS-003-0001`` (DA/T 13-2022); numbers run from 1 without a gap and are never
given again, so that what is added later stands at the end.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from archive.db import Base, Instant, RowId, refused_by
from archive.errors import Conflict, Invalid

NUMBER_WIDTH = 4
MOST_ITEMS = 10**NUMBER_WIDTH - 1
MOST_PAGES = 9999


class NotAVolume(Conflict):
    """Only a record arranged by volume has items in it."""


class VolumeFull(Conflict):
    """The volume has no number left for another item."""


class ItemTitleMissing(Invalid):
    """An item is found by its title; it cannot be empty."""


class ItemPagesImpossible(Invalid):
    """An item begins on some page and has some pages."""


class ItemFormedInFuture(Invalid):
    """The day an item was formed lies after today."""


class ItemKeptForEver(Conflict):
    """An item keeps its number and code in its volume, and its line in the list, for ever."""


class ItemNumberTaken(Conflict):
    """Somebody else just added an item with that number."""


class VolumeItem(Base, kw_only=True):
    """One item (卷内文件) of a volume.

    Attributes:
        number: 顺序号, its place in the volume; ``code`` ends in it.
        first_page: 页号, the page of the volume it begins on.
    """

    __tablename__ = "volume_item"
    __table_args__ = (
        UniqueConstraint("record_id", "number"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("title <> ''", name="title"),
        CheckConstraint("pages > 0 AND first_page > 0", name="pages"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"))
    number: Mapped[int]
    code: Mapped[str] = mapped_column(String(90), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    formed_on: Mapped[date]
    first_page: Mapped[int]
    pages: Mapped[int]
    document_number: Mapped[str] = mapped_column(String(60), default="")
    parties: Mapped[str] = mapped_column(String(200), default="")
    remark: Mapped[str] = mapped_column(String(500), default="")
    added_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own way

    @property
    def subject(self) -> str:
        """How the trail names it."""
        return f"volume-item:{self.code}"

    def check_described(self, today: date) -> None:
        """Refuse a description that says nothing, or speaks of the future.

        Raises:
            ItemTitleMissing, ItemFormedInFuture, ItemPagesImpossible: with the field.
        """
        if not self.title.strip():
            raise ItemTitleMissing(field="title")
        if self.formed_on > today:
            raise ItemFormedInFuture(field="formed_on", given=self.formed_on.isoformat())
        for field, value in (("first_page", self.first_page), ("pages", self.pages)):
            if not 0 < value <= MOST_PAGES:
                raise ItemPagesImpossible(field=field, most=MOST_PAGES)


def item_code(volume: str, number: int) -> str:
    """The code of an item under that of its volume.

    Raises:
        VolumeFull: it does not fit the width.
    """
    if not 0 < number <= MOST_ITEMS:
        raise VolumeFull(most=MOST_ITEMS)
    return f"{volume}-{number:0{NUMBER_WIDTH}}"


refused_by(NotAVolume, "item_not_in_volume")
refused_by(ItemKeptForEver, "item_kept", "item_gap")
refused_by(
    ItemNumberTaken,
    "uq_volume_item_record_id_number",
    "volume_item.record_id",
    "uq_volume_item_code",
    "volume_item.code",
)
