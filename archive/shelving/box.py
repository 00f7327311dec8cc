"""The box (档案盒) and the labels (标签) by which a scanner knows boxes, shelves and records.

A box takes records of one series only, so that it never mixes year, unit or retention
(``domain.md`` §1.5); the database refuses any other. Its number (盒号) runs per station and says
nothing about the content. A label carries an opaque random token and no personal data.
"""

import secrets
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from archive.db import Base, Instant, RowId, refused_by
from archive.errors import Conflict, Invalid
from archive.holdings.code import right_form

THICKNESSES = (20, 30, 40, 50)
"""Spines there are, in millimetres (DA/T 22)."""

PAGES_PER_MM = 9
"""Sheets of paper in a millimetre of box, loosely laid."""

_TOKEN_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # noqa: S105 - Crockford's alphabet, no password
_TOKEN_LENGTH = 10


class BoxMixed(Conflict):
    """A box takes records of one series: one year, unit and retention."""


class BoxNumberTaken(Conflict):
    """Somebody else just made a box with that number; try again."""


class ThicknessUnknown(Invalid):
    """Boxes come 20, 30, 40 and 50 mm thick."""


class BoxLost(Conflict):
    """The box is missing itself; nothing can be put into it or taken out of it."""


class LabelUnknown(Invalid):
    """Nothing here has that label, code or number."""


class Box(Base, kw_only=True):
    """A box of one series, on a shelf, not shelved yet, or missing.

    Attributes:
        shelf_id: where it stands; None while it is new or missing.
        missing_since: a stocktake did not find it.
    """

    __tablename__ = "box"
    __table_args__ = (
        UniqueConstraint("station_id", "number"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("thickness_mm IN (20, 30, 40, 50)", name="thickness"),
        CheckConstraint("shelf_id IS NULL OR missing_since IS NULL", name="one_place"),
        Index(None, "shelf_id", "number"),
        Index(None, "series_id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    number: Mapped[int]
    series_id: Mapped[int] = mapped_column(ForeignKey("code_series.id"))
    thickness_mm: Mapped[int]
    shelf_id: Mapped[int | None] = mapped_column(ForeignKey("shelf.id"), default=None)
    missing_since: Mapped[datetime | None] = mapped_column(Instant, default=None)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own way

    @property
    def name(self) -> str:
        """Its number as people say it: ``H0012``."""
        return f"H{self.number:04}"

    @property
    def subject(self) -> str:
        """How the trail names it."""
        return f"box:{self.name}"

    @property
    def holds_pages(self) -> int:
        """About how many pages go in."""
        return self.thickness_mm * PAGES_PER_MM


class LabelKind(StrEnum):
    BOX = "B"
    RECORD = "R"
    SHELF = "S"


class Label(Base, kw_only=True):
    """The token on the label of one box, record or shelf."""

    __tablename__ = "label"
    __table_args__ = (
        CheckConstraint(
            "(box_id IS NOT NULL AND record_id IS NULL AND shelf_id IS NULL AND kind = 'B')"
            " OR (box_id IS NULL AND record_id IS NOT NULL AND shelf_id IS NULL AND kind = 'R')"
            " OR (box_id IS NULL AND record_id IS NULL AND shelf_id IS NOT NULL AND kind = 'S')",
            name="of_one_thing",
        ),
    )

    token: Mapped[str] = mapped_column(String(12), primary_key=True)
    kind: Mapped[LabelKind] = mapped_column(String(1))
    box_id: Mapped[int | None] = mapped_column(ForeignKey("box.id"), default=None, unique=True)
    record_id: Mapped[int | None] = mapped_column(
        ForeignKey("record.id"), default=None, unique=True
    )
    shelf_id: Mapped[int | None] = mapped_column(ForeignKey("shelf.id"), default=None, unique=True)

    @property
    def payload(self) -> str:
        """What its QR code says: ``B:7KQ2M9ZXA4``."""
        return f"{self.kind}:{self.token}"


def new_token() -> str:
    """An opaque name that cannot be guessed or mistyped into another."""
    return "".join(secrets.choice(_TOKEN_LETTERS) for _ in range(_TOKEN_LENGTH))


def label_token(said: str) -> str:
    """The token in what a scanner reads or a person types: ``B:7KQ2M9ZXA4`` or without ``B:``."""
    word = right_form(said.strip()[:100])
    return word[2:] if word[:2] in {f"{kind}:" for kind in LabelKind} else word


def check_thickness(thickness_mm: int) -> None:
    """Refuse a box no supplier has.

    Raises:
        ThicknessUnknown: with the field.
    """
    if thickness_mm not in THICKNESSES:
        raise ThicknessUnknown(field="thickness_mm", given=thickness_mm)


refused_by(BoxNumberTaken, "uq_box_station_id_number", "box.station_id")
refused_by(BoxMixed, "box_mixed")
