"""A search (检索) somebody made: what was typed, under an address that says nothing.

What is typed may be somebody's name, and no name stands in an address. Whoever is sent the address
searches for the same with what they themselves may see. One that was given a name is kept, the
others go after a while.
"""

from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from archive.db import Base, Instant
from archive.errors import Invalid

MOST_TYPED = 400
MOST_NAME = 60
KEPT_FOR = timedelta(days=90)


class NothingToSearch(Invalid):
    """Nothing was typed that could be looked for."""


class SearchTooLong(Invalid):
    """So much text is no search."""


class SearchNameMissing(Invalid):
    """A search that is kept has a name."""


class Search(Base, kw_only=True):
    """One search of one person.

    Attributes:
        token: opaque, 22 characters; the only thing in the address.
        typed: as it was typed.
        name: what it is kept under (常用检索); empty where it is not kept.
    """

    __tablename__ = "search"
    __table_args__ = (
        CheckConstraint("typed <> ''", name="typed"),
        Index(None, "person_id", "used_at"),
    )

    token: Mapped[str] = mapped_column(String(22), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    typed: Mapped[str] = mapped_column(String(MOST_TYPED))
    used_at: Mapped[datetime] = mapped_column(Instant)
    name: Mapped[str] = mapped_column(String(MOST_NAME), default="")
