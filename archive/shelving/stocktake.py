"""The stocktake (盘点): what stands on the shelves, counted blind by two persons.

    counting --close--> closed

Two persons count; what ought to be there is not shown to them. It is over the boxes of the whole
store or of a part of it – a storeroom, a cabinet, a section, a shelf – and, where that was asked
for, over the records in each box too. Every scan has an id its device made, so that it can be
sent again and is kept once. Whoever signs the end is not the only one who counted. What differs
stays a finding until it is settled (``domain.md`` §6).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    and_,
    false,
    or_,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from archive.db import Base, Instant, RowId, refused_by
from archive.errors import Conflict, Invalid, Refused
from archive.shelving.difference import Result
from archive.shelving.place import Cabinet, Shelf
from archive.workflow import Workflow


class StocktakeUnderWay(Conflict):
    """A stocktake is under way there; nothing is moved until it is closed."""


class SecondCounterMissing(Conflict):
    """Two persons count; nobody has joined as the second yet."""


class CountersAlike(Refused):
    """The second person of a stocktake is another person."""


class CountedAlone(Refused):
    """Whoever counted everything alone does not sign that it is right."""


class NotACounter(Refused):
    """Only the two persons of the stocktake count."""


class NothingCounted(Conflict):
    """Nothing was scanned yet; an empty count closes nothing."""


class ShelfNotScanned(Invalid):
    """First the label of the shelf, then the boxes on it."""


class ShelfElsewhere(Invalid):
    """The shelf stands at another station."""


class ScopeUnclear(Conflict):
    """A cabinet is counted in its room, a section in its cabinet, a shelf in its section."""


class BoxNotScanned(Invalid):
    """First the label of the box, then the records in it."""


class CountKept(Conflict):
    """A scan is kept as it was sent."""


class StocktakeState(StrEnum):
    COUNTING = "counting"
    CLOSED = "closed"


STOCKTAKE_WORKFLOW: Workflow[StocktakeState] = Workflow(
    "stocktake", {"close": ([StocktakeState.COUNTING], StocktakeState.CLOSED)}
)


@dataclass(frozen=True, slots=True)
class Scope:
    """The part of a store that is counted; each narrower place names the wider ones too.

    Nothing named: the whole store of the station.
    """

    storeroom_id: int | None = None
    cabinet_id: int | None = None
    section: int | None = None
    shelf_id: int | None = None

    def covers(self, shelf: Shelf, cabinet: Cabinet) -> bool:
        """Whether that shelf, of that cabinet, is counted."""
        return all(
            wanted in {None, given}
            for wanted, given in (
                (self.storeroom_id, cabinet.storeroom_id),
                (self.cabinet_id, cabinet.id),
                (self.section, shelf.section),
                (self.shelf_id, shelf.id),
            )
        )


class Stocktake(Base, kw_only=True):
    """One stocktake over a part of a station's store, or over all of it.

    Attributes:
        storeroom_id, cabinet_id, section, shelf_id: its ``Scope``.
        with_records: the boxes are opened, and the records in them counted as well.
        counter_id, second_id: the two persons; the second joins in person.
        in_place, records_in_place: how many boxes, and records in boxes, were where they should
            be, once closed.
    """

    __tablename__ = "stocktake"
    __table_args__ = (
        CheckConstraint("second_id IS NULL OR second_id <> counter_id", name="second_person"),
        CheckConstraint(
            "(state = 'closed') = (closed_by_id IS NOT NULL)"
            " AND (state <> 'closed' OR second_id IS NOT NULL)",
            name="signed",
        ),
        CheckConstraint(
            "(cabinet_id IS NULL OR storeroom_id IS NOT NULL)"
            " AND (section IS NULL OR cabinet_id IS NOT NULL)"
            " AND (shelf_id IS NULL OR section IS NOT NULL)",
            name="scope",
        ),
        Index(
            "uq_stocktake_under_way",
            "station_id",
            unique=True,
            sqlite_where=text("state = 'counting'"),
            postgresql_where=text("state = 'counting'"),
        ),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    storeroom_id: Mapped[int | None] = mapped_column(ForeignKey("storeroom.id"), default=None)
    cabinet_id: Mapped[int | None] = mapped_column(ForeignKey("cabinet.id"), default=None)
    section: Mapped[int | None] = mapped_column(default=None)
    shelf_id: Mapped[int | None] = mapped_column(ForeignKey("shelf.id"), default=None)
    with_records: Mapped[bool] = mapped_column(default=False, server_default=false())
    state: Mapped[StocktakeState] = mapped_column(String(12), default=StocktakeState.COUNTING)
    counter_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    second_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    opened_at: Mapped[datetime] = mapped_column(Instant)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    closed_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    in_place: Mapped[int] = mapped_column(default=0)
    records_in_place: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    note: Mapped[str] = mapped_column(String(500), default="")
    version: Mapped[int] = mapped_column(init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own way

    @property
    def subject(self) -> str:
        """How the trail names it."""
        return f"stocktake:{self.id}"

    @property
    def scope(self) -> Scope:
        """What is counted."""
        return Scope(self.storeroom_id, self.cabinet_id, self.section, self.shelf_id)


def in_scope() -> ColumnElement[bool]:
    """Whether a shelf, with its cabinet, is counted in a stocktake, where all three are joined."""
    pairs = (
        (Stocktake.storeroom_id, Cabinet.storeroom_id),
        (Stocktake.cabinet_id, Cabinet.id),
        (Stocktake.section, Shelf.section),
        (Stocktake.shelf_id, Shelf.id),
    )
    return and_(*(or_(wanted.is_(None), wanted == given) for wanted, given in pairs))


class StockCount(Base, kw_only=True):
    """One scan of a label, as it was sent.

    Attributes:
        client_id: made by the device; the same scan sent twice is one.
        scanned: what the label said; ``box_id`` and ``record_id`` when it is known here.
        shelf_id: the shelf it stood on.
        in_box_id: the box a record lay in; None: it lay loose on the shelf.
    """

    __tablename__ = "stock_count"
    __table_args__ = (UniqueConstraint("stocktake_id", "client_id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    stocktake_id: Mapped[int] = mapped_column(ForeignKey("stocktake.id"))
    client_id: Mapped[str] = mapped_column(String(40))
    scanned: Mapped[str] = mapped_column(String(80))
    shelf_id: Mapped[int] = mapped_column(ForeignKey("shelf.id"))
    box_id: Mapped[int | None] = mapped_column(ForeignKey("box.id"), default=None)
    record_id: Mapped[int | None] = mapped_column(ForeignKey("record.id"), default=None)
    in_box_id: Mapped[int | None] = mapped_column(ForeignKey("box.id"), default=None)
    damaged: Mapped[bool] = mapped_column(default=False)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(Instant)


class StockFinding(Base, kw_only=True):
    """Something a closed stocktake found other than it should be, until it is settled.

    Attributes:
        box_id, record_id: what it is about; neither: a label nobody knows.
        expected_shelf_id, found_shelf_id: where the box should stand, and where it was scanned.
        expected_box_id, found_box_id: the same for a record.
    """

    __tablename__ = "stock_finding"
    __table_args__ = (
        CheckConstraint("(settled_at IS NULL) = (settled_by_id IS NULL)", name="settled"),
        Index(None, "stocktake_id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    stocktake_id: Mapped[int] = mapped_column(ForeignKey("stocktake.id"))
    result: Mapped[Result] = mapped_column(String(12))
    scanned: Mapped[str] = mapped_column(String(80), default="")
    box_id: Mapped[int | None] = mapped_column(ForeignKey("box.id"), default=None)
    record_id: Mapped[int | None] = mapped_column(ForeignKey("record.id"), default=None)
    expected_shelf_id: Mapped[int | None] = mapped_column(ForeignKey("shelf.id"), default=None)
    found_shelf_id: Mapped[int | None] = mapped_column(ForeignKey("shelf.id"), default=None)
    expected_box_id: Mapped[int | None] = mapped_column(ForeignKey("box.id"), default=None)
    found_box_id: Mapped[int | None] = mapped_column(ForeignKey("box.id"), default=None)
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    settled_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    settled_how: Mapped[str] = mapped_column(String(200), default="")


refused_by(StocktakeUnderWay, "uq_stocktake_under_way", "stocktake.station_id")
refused_by(ScopeUnclear, "ck_stocktake_scope")
refused_by(CountersAlike, "ck_stocktake_second_person")
refused_by(SecondCounterMissing, "ck_stocktake_signed")
refused_by(CountedAlone, "stocktake_counted_alone")
refused_by(NotACounter, "not_a_counter")
refused_by(CountKept, "sealed_stock_count")
