"""The stocktake (盘点): what stands on the shelves, counted blind by two persons.

    counting --close--> closed

Two persons count; what ought to be there is not shown to them. Every scan has an id its device
made, so that it can be sent again and is kept once. Whoever signs the end is not the only one
who counted. What differs stays a finding until it is settled (``domain.md`` §6).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from archive.db import Base, Instant, RowId, refused_by
from archive.errors import Conflict, Invalid, Refused
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


class CountKept(Conflict):
    """A scan is kept as it was sent."""


class StocktakeState(StrEnum):
    COUNTING = "counting"
    CLOSED = "closed"


STOCKTAKE_WORKFLOW: Workflow[StocktakeState] = Workflow(
    "stocktake", {"close": ([StocktakeState.COUNTING], StocktakeState.CLOSED)}
)


class Result(StrEnum):
    """How one thing was found."""

    IN_PLACE = "in-place"  # 在位
    MISPLACED = "misplaced"  # 错位
    MISSING = "missing"  # 缺失
    EXTRA = "extra"  # 多余
    DAMAGED = "damaged"  # 破损


class Stocktake(Base, kw_only=True):
    """One stocktake over a storeroom, or over the whole store of a station.

    Attributes:
        storeroom_id: the room it is over; None: every room.
        counter_id, second_id: the two persons; the second joins in person.
        in_place: how many things stood where they should, once closed.
    """

    __tablename__ = "stocktake"
    __table_args__ = (
        CheckConstraint("second_id IS NULL OR second_id <> counter_id", name="second_person"),
        CheckConstraint(
            "(state = 'closed') = (closed_by_id IS NOT NULL)"
            " AND (state <> 'closed' OR second_id IS NOT NULL)",
            name="signed",
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
    state: Mapped[StocktakeState] = mapped_column(String(12), default=StocktakeState.COUNTING)
    counter_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    second_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    opened_at: Mapped[datetime] = mapped_column(Instant)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    closed_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    in_place: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(String(500), default="")
    version: Mapped[int] = mapped_column(init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own way

    @property
    def subject(self) -> str:
        """How the trail names it."""
        return f"stocktake:{self.id}"


class StockCount(Base, kw_only=True):
    """One scan of a label, as it was sent.

    Attributes:
        client_id: made by the device; the same scan sent twice is one.
        scanned: what the label said; ``box_id`` and ``record_id`` when it is known here.
        shelf_id: the shelf it stood on.
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
    damaged: Mapped[bool] = mapped_column(default=False)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(Instant)


class StockFinding(Base, kw_only=True):
    """Something a closed stocktake found other than it should be, until it is settled."""

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
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    settled_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    settled_how: Mapped[str] = mapped_column(String(200), default="")


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan, for the comparison: which box stood on which shelf, in what condition."""

    box_id: int | None
    shelf_id: int
    scanned: str = ""
    record_id: int | None = None
    damaged: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """One line of the comparison."""

    result: Result
    box_id: int | None = None
    record_id: int | None = None
    scanned: str = ""
    expected: int | None = None
    found: int | None = None


def compared(expected: Mapping[int, int], scans: Iterable[Scan]) -> list[Difference]:
    """Every box expected or scanned, with how it was found; the last scan of a box counts.

    ``expected`` says which box should stand on which shelf. A damaged box has a line of its own
    beside the one for its place. Labels that mean no box here are extra.
    """
    found: dict[int, Scan] = {}
    strange: dict[str, Scan] = {}
    damaged: dict[int, Scan] = {}
    for scan in scans:
        if scan.box_id is None:
            strange[scan.scanned] = scan
            continue
        found[scan.box_id] = scan
        if scan.damaged:
            damaged[scan.box_id] = scan
    lines = [_line(box, expected.get(box), found.get(box)) for box in {**expected, **found}]
    lines += [
        Difference(Result.DAMAGED, box, expected=expected.get(box), found=scan.shelf_id)
        for box, scan in damaged.items()
    ]
    lines += [
        Difference(Result.EXTRA, None, scan.record_id, text_, found=scan.shelf_id)
        for text_, scan in strange.items()
    ]
    return lines


def _line(box_id: int, expected: int | None, scan: Scan | None) -> Difference:
    if scan is None:
        return Difference(Result.MISSING, box_id, expected=expected)
    if expected is None:
        result = Result.EXTRA
    else:
        result = Result.IN_PLACE if scan.shelf_id == expected else Result.MISPLACED
    return Difference(result, box_id, scanned=scan.scanned, expected=expected, found=scan.shelf_id)


refused_by(StocktakeUnderWay, "uq_stocktake_under_way", "stocktake.station_id")
refused_by(CountersAlike, "ck_stocktake_second_person")
refused_by(SecondCounterMissing, "ck_stocktake_signed")
refused_by(CountedAlone, "stocktake_counted_alone")
refused_by(NotACounter, "not_a_counter")
refused_by(CountKept, "sealed_stock_count")
