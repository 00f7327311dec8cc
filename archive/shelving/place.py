"""Places (存放位置): storeroom – cabinet – section – shelf, each with its code.

A shelf's code is ``KF01-G03-2-4``: storeroom KF01, cabinet G03, second section (节), fourth
shelf (层) counted from the floor. Codes of places are unique at a station and do not change.
"""

import re

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from archive.db import Base, RowId, refused_by
from archive.errors import Conflict, Invalid
from archive.holdings.code import right_form

ROOM_CODE = re.compile(r"[A-Z]{1,4}[0-9]{1,3}")
CABINET_CODE = re.compile(r"[A-Z]{1,3}[0-9]{1,3}")
MOST_SECTIONS = 20
MOST_LEVELS = 12
SHELF_MM = 900
"""Usable width of a shelf where nothing else is said."""


class PlaceCodeTaken(Conflict):
    """Another storeroom or cabinet already has that code."""


class NotAPlaceCode(Invalid):
    """The code of a storeroom or cabinet is letters and a number, like KF01 or G03."""


class PlaceNameMissing(Invalid):
    """A storeroom has a name people know it by."""


class CabinetImpossible(Invalid):
    """A cabinet has some sections, shelves and a width that boxes fit on."""


def place_code(text: str, pattern: re.Pattern[str], field: str) -> str:
    """The code as it is kept.

    Raises:
        NotAPlaceCode: with the field.
    """
    code = right_form(text)
    if not pattern.fullmatch(code):
        raise NotAPlaceCode(field=field, given=text.strip()[:20])
    return code


class Storeroom(Base, kw_only=True):
    """A storeroom (库房) of a station."""

    __tablename__ = "storeroom"
    __table_args__ = (UniqueConstraint("station_id", "code"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    code: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(60))

    @property
    def subject(self) -> str:
        """How the trail names it."""
        return f"storeroom:{self.code}"


class Cabinet(Base, kw_only=True):
    """A cabinet or rack (柜、架): sections side by side, each with the same shelves."""

    __tablename__ = "cabinet"
    __table_args__ = (
        UniqueConstraint("storeroom_id", "code"),
        CheckConstraint("sections > 0 AND levels > 0 AND shelf_mm > 0", name="size"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    storeroom_id: Mapped[int] = mapped_column(ForeignKey("storeroom.id"))
    code: Mapped[str] = mapped_column(String(8))
    sections: Mapped[int]
    levels: Mapped[int]
    shelf_mm: Mapped[int] = mapped_column(default=SHELF_MM)

    def check_size(self) -> None:
        """Refuse a cabinet nobody could build.

        Raises:
            CabinetImpossible: with the field.
        """
        for field, value, least, most in (
            ("sections", self.sections, 1, MOST_SECTIONS),
            ("levels", self.levels, 1, MOST_LEVELS),
            ("shelf_mm", self.shelf_mm, 200, 3000),
        ):
            if not least <= value <= most:
                raise CabinetImpossible(field=field, given=value, least=least, most=most)


class Shelf(Base, kw_only=True):
    """One shelf (层): where boxes stand."""

    __tablename__ = "shelf"
    __table_args__ = (
        UniqueConstraint("cabinet_id", "section", "level"),
        UniqueConstraint("station_id", "code"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    cabinet_id: Mapped[int] = mapped_column(ForeignKey("cabinet.id"))
    section: Mapped[int]
    level: Mapped[int]
    code: Mapped[str] = mapped_column(String(40))
    width_mm: Mapped[int]


refused_by(
    PlaceCodeTaken,
    "uq_storeroom_station_id_code",
    "storeroom.station_id",
    "uq_cabinet_storeroom_id_code",
    "cabinet.storeroom_id",
    "uq_shelf_station_id_code",
    "shelf.station_id",
)
