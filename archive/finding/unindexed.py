"""What the index of words does not know yet (待索引): one row a record that changed.

The rows are written by the database itself, whenever anything that can be searched changes, so no
page, import or command can forget it; indexing takes a row away only if nothing changed meanwhile.
"""

from sqlalchemy.orm import Mapped, mapped_column

from archive.db import Base, RowId


class Unindexed(Base, kw_only=True):
    """A record that is to be indexed again, or taken out.

    Attributes:
        change: counts the changes, so that one that came while indexing is not lost.
    """

    __tablename__ = "unindexed"

    record_id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=False)
    change: Mapped[int] = mapped_column(default=1)
