"""Movements (出入库): what happened to the place of a record or a box, kept as events for ever.

Where a record is now stands in ``whereabouts``, one row a record: in one box, or under way by
one open movement (lent, being scanned, missing) – the database takes neither both nor none.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from archive.db import Base, Instant, RowId, refused_by
from archive.errors import Conflict


class AlreadyThere(Conflict):
    """It stands there already."""


class TwoPlaces(Conflict):
    """A thing is in one place or under way, never both and never neither."""


class MovementKept(Conflict):
    """What happened to the paper is never changed and never taken away."""


class NotInBox(Conflict):
    """The record stands in no box."""


class NotOut(Conflict):
    """The record is not out, so that it could come back."""


class MovementKind(StrEnum):
    PLACE = "place"  # 入盒、上架
    MOVE = "move"  # 移位
    TAKE_OUT = "take-out"  # 出库
    BRING_BACK = "bring-back"  # 归还
    MISS = "miss"  # 缺失
    FIND = "find"  # 找回
    DESTROY = "destroy"  # 销毁


class OutFor(StrEnum):
    """Why paper leaves its box."""

    LOAN = "loan"
    SCAN = "scan"
    AUDIT = "audit"
    REPAIR = "repair"


class Movement(Base, kw_only=True):
    """One thing that happened to the place of a record or of a box.

    Attributes:
        out_for: why it was taken out.
        with_box: it went missing, or was found, together with its box.
        pages: as counted when it came back.
    """

    __tablename__ = "movement"
    __table_args__ = (
        UniqueConstraint("record_id", "id"),
        CheckConstraint("(record_id IS NULL) <> (box_id IS NULL)", name="of_one_thing"),
        CheckConstraint("(kind = 'take-out') = (out_for <> '')", name="out_for"),
        Index(None, "box_id", "id"),
        Index(None, "station_id", "at"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    kind: Mapped[MovementKind] = mapped_column(String(12))
    record_id: Mapped[int | None] = mapped_column(ForeignKey("record.id"), default=None)
    box_id: Mapped[int | None] = mapped_column(ForeignKey("box.id"), default=None)
    from_box_id: Mapped[int | None] = mapped_column(ForeignKey("box.id"), default=None)
    to_box_id: Mapped[int | None] = mapped_column(ForeignKey("box.id"), default=None)
    from_shelf_id: Mapped[int | None] = mapped_column(ForeignKey("shelf.id"), default=None)
    to_shelf_id: Mapped[int | None] = mapped_column(ForeignKey("shelf.id"), default=None)
    out_for: Mapped[str] = mapped_column(String(12), default="")
    with_box: Mapped[bool] = mapped_column(default=False)
    pages: Mapped[int | None] = mapped_column(default=None)
    note: Mapped[str] = mapped_column(String(200), default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(Instant)


class Whereabouts(Base, kw_only=True):
    """Where the paper of one record is now: in ``box_id``, or under way by ``movement_id``."""

    __tablename__ = "whereabouts"
    __table_args__ = (
        CheckConstraint("(box_id IS NULL) <> (movement_id IS NULL)", name="one_place"),
        ForeignKeyConstraint(["record_id", "movement_id"], ["movement.record_id", "movement.id"]),
        Index(None, "box_id"),
    )

    record_id: Mapped[int] = mapped_column(
        RowId, ForeignKey("record.id"), primary_key=True, autoincrement=False
    )
    box_id: Mapped[int | None] = mapped_column(ForeignKey("box.id"), default=None)
    movement_id: Mapped[int | None] = mapped_column(RowId, default=None)
    version: Mapped[int] = mapped_column(init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own way


refused_by(
    TwoPlaces,
    "ck_whereabouts_one_place",
    "pk_whereabouts",
    "whereabouts.record_id",
    "ck_box_one_place",
    "fk_whereabouts_record_id_movement_id",
)
refused_by(TwoPlaces, "not_under_way", "whereabouts_kept")
refused_by(MovementKept, "sealed_movement")
