"""The fonds (全宗): everything one company brings forth; its stations are units inside it.

Its number (全宗号) is given by the county archives or the company and may not be given yet.
"""

import re

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from archive.db import Base, RowId, refused_by
from archive.errors import Conflict, Invalid

FONDS_CODE = re.compile(r"[A-Z][A-Z0-9]{0,7}")
"""Half-width capital letters and digits, a letter first (``Z109``)."""


class FondsCodeTaken(Conflict):
    """Another fonds already has that number, or there is one already that has none yet."""


class NotAFondsCode(Invalid):
    """A fonds number is a letter with up to seven letters and digits."""


class FondsNameMissing(Invalid):
    """A fonds has the name of whoever brings it forth."""


class FondsNumbered(Conflict):
    """The fonds has its number; a number is given once, for codes carry it."""


class Fonds(Base, kw_only=True):
    """A fonds (全宗); ``code`` is empty while no number was given to it."""

    __tablename__ = "fonds"

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    code: Mapped[str] = mapped_column(String(8), unique=True)
    name: Mapped[str] = mapped_column(String(60))

    def check_named(self) -> None:
        """Refuse a fonds without a name, or with a number no archival code could carry.

        Raises:
            FondsNameMissing, NotAFondsCode: with the field.
        """
        if not self.name:
            raise FondsNameMissing(field="fonds_name")
        if self.code:
            self.check_numbered()

    def check_numbered(self) -> None:
        """Refuse a number no archival code could carry.

        Raises:
            NotAFondsCode: with the field.
        """
        if not FONDS_CODE.fullmatch(self.code):
            raise NotAFondsCode(field="fonds_code", given=self.code)


refused_by(FondsCodeTaken, "uq_fonds_code", "fonds.code")
