"""Invoice books (票据本), their hand-overs and what was written in them.

    issued --receive--> in-stock --hand over, confirm--> in-use --last number--> used-up
      in-use --hand back, confirm--> in-stock
      used-up --hand in--> stub-handed-in --finance signs--> accepted

A book is one custody unit: one holder at a time, never split ([seed 3.1], 发票管理办法 art. 24).
Numbers are written in order, so the register holds runs without gaps from the first number on.
"""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from archive.custody.numbers import NumberRun, after, key_check
from archive.db import Base, Instant, Kwh, OrderedText, RowId, refused_by
from archive.errors import Conflict, Invalid, Refused
from archive.workflow import Workflow


class NumbersAlreadyIssued(Conflict):
    """Some of these numbers stand in another book already."""


class BookNotGranted(Conflict):
    """No request that passed the gate grants this book; held by the database itself."""


class HandoverOpen(Conflict):
    """The book is already on its way to somebody."""


class NotTheHolder(Refused):
    """Only who holds the book may do this with it."""


class NotTheReceiver(Refused):
    """Only the person it was given to may confirm (the giver cannot confirm for the taker)."""


class OutOfOrder(Invalid):
    """Numbers are written in order; this one is not among those still unwritten."""


class UsedInTheFuture(Invalid):
    """A day of use that has not come yet."""


class UsedBeforeIssued(Invalid):
    """A day of use before the book was handed out."""


class UsedBeforeEarlierUse(Invalid):
    """A day of use before that of smaller numbers of the same book."""


class NotWritten(Invalid):
    """A number that was never written cannot be void."""


class NotOfThisBook(Invalid):
    """The book has no such number."""


class AlreadyVoid(Conflict):
    """The number is void already."""


class CopiesMissing(Invalid):
    """Void needs all copies back; else it is not voidable and goes the red-letter way."""


class NegativeKwh(Invalid):
    """Electricity used is not negative."""


class KwhNotExact(Invalid):
    """Electricity is a number with at most two decimals."""


class TotalTooLarge(Invalid):
    """A day's or a volume's total nobody collects; a typing slip."""


MOST_KWH = Decimal(10) ** 12
MOST_FEN = 10**13
_HUNDREDTH = Decimal("0.01")


class BookState(StrEnum):
    ISSUED = "issued"  # 领出待收
    IN_STOCK = "in-stock"  # 在库
    IN_USE = "in-use"  # 在用
    USED_UP = "used-up"  # 用完
    STUB_HANDED_IN = "stub-handed-in"  # 存根已交
    ACCEPTED = "accepted"  # 财务认可


BOOK_WORKFLOW: Workflow[BookState] = Workflow(
    "book",
    {
        "receive": ([BookState.ISSUED], BookState.IN_STOCK),
        "give-out": ([BookState.IN_STOCK], BookState.IN_USE),
        "give-back": ([BookState.IN_USE], BookState.IN_STOCK),
        "use-up": ([BookState.IN_USE], BookState.USED_UP),
        "hand-in": ([BookState.USED_UP], BookState.STUB_HANDED_IN),
        "take-back": ([BookState.STUB_HANDED_IN], BookState.USED_UP),
        "accept": ([BookState.STUB_HANDED_IN], BookState.ACCEPTED),
        "void-acceptance": ([BookState.ACCEPTED], BookState.STUB_HANDED_IN),
    },
)

OUTSTANDING = (BookState.USED_UP, BookState.STUB_HANDED_IN)
"""States of a written-up book that finance has not accepted yet."""


class Book(Base, kw_only=True):
    """One numbered book, known from the moment finance hands it out."""

    __tablename__ = "book"
    __table_args__ = (
        Index(None, "last_key"),
        Index("ix_book_station_state", "station_id", "state"),
        Index(None, "request_id"),
        Index(None, "holder_id"),
        CheckConstraint("first_key <= last_key", name="order"),
        CheckConstraint(key_check("first", "first_key"), name="first_key"),
        CheckConstraint(key_check("last", "last_key"), name="last_key"),
        CheckConstraint("length(first) = length(last)", name="width"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    kind_id: Mapped[int] = mapped_column(ForeignKey("invoice_kind.id"))
    request_id: Mapped[int] = mapped_column(ForeignKey("book_request.id"))
    code: Mapped[str] = mapped_column(String(12))
    first: Mapped[str] = mapped_column(String(20))
    last: Mapped[str] = mapped_column(String(20))
    first_key: Mapped[str] = mapped_column(OrderedText, unique=True)
    last_key: Mapped[str] = mapped_column(OrderedText)
    state: Mapped[BookState] = mapped_column(String(16), default=BookState.ISSUED)
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    used_through: Mapped[str | None] = mapped_column(String(20), default=None)
    used_up_on: Mapped[date | None] = mapped_column(default=None)
    stub_handed_in_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    issued_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    issued_at: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own way

    @property
    def subject(self) -> str:
        """How the trail names the book."""
        return f"book:{self.code or '-'}:{self.first}"

    @property
    def run(self) -> NumberRun:
        return NumberRun(self.code, self.first, self.last)

    @property
    def written(self) -> NumberRun | None:
        """The numbers used so far."""
        if self.used_through is None:
            return None
        return NumberRun(self.code, self.first, self.used_through)

    @property
    def blank(self) -> NumberRun | None:
        """The numbers not used yet (结存)."""
        if self.used_through is None:
            return self.run
        if self.used_through == self.last:
            return None
        return NumberRun(self.code, after(self.used_through), self.last)

    def next_run(self, last_written: str) -> NumberRun:
        """The run that a use up to ``last_written`` adds to the register.

        Raises:
            NotOfThisBook, OutOfOrder: the number is elsewhere, or was written before.
        """
        if last_written not in self.run:
            raise NotOfThisBook(field="last", number=last_written)
        blank = self.blank
        if blank is None or last_written not in blank:
            raise OutOfOrder(field="last", number=last_written, used_through=self.used_through)
        return NumberRun(self.code, blank.first, last_written)

    def check_written(self, number: str) -> None:
        """Refuse a number of another book, or one not written yet.

        Raises:
            NotOfThisBook, NotWritten: which of the two.
        """
        if number not in self.run:
            raise NotOfThisBook(field="number", number=number)
        if self.written is None or number not in self.written:
            raise NotWritten(field="number", number=number)


def check_totals(kwh: Decimal, amount_fen: int) -> None:
    """Refuse totals that cannot be kept exactly. The amount may be negative (退费), kWh may not.

    Raises:
        KwhNotExact, NegativeKwh, TotalTooLarge: with the field.
    """
    if not kwh.is_finite():
        raise KwhNotExact(field="kwh", kwh=str(kwh)[:40])
    if kwh < 0:
        raise NegativeKwh(field="kwh")
    if kwh >= MOST_KWH:
        raise TotalTooLarge(field="kwh")
    if kwh != kwh.quantize(_HUNDREDTH):
        raise KwhNotExact(field="kwh", kwh=str(kwh)[:40])
    if abs(amount_fen) >= MOST_FEN:
        raise TotalTooLarge(field="amount_fen")


class HandoverState(StrEnum):
    OFFERED = "offered"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Handover(Base, kw_only=True):
    """A book on its way from one person to another (交接); both sides act."""

    __tablename__ = "handover"
    __table_args__ = (
        Index(
            "uq_handover_open",
            "book_id",
            unique=True,
            sqlite_where=text("state = 'offered'"),
            postgresql_where=text("state = 'offered'"),
        ),
        Index(None, "receiver_id", "state"),
        CheckConstraint("giver_id <> receiver_id", name="two_persons"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"))
    giver_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    receiver_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    state: Mapped[HandoverState] = mapped_column(String(12), default=HandoverState.OFFERED)
    offered_at: Mapped[datetime] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    used_through: Mapped[str | None] = mapped_column(String(20), default=None)
    remark: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own way


class UseEntry(Base, kw_only=True):
    """One line of the use register (使用登记): a day's run of a book, with its totals.

    ``kwh`` and ``amount_fen`` are the sums over the valid invoices of the run.
    """

    __tablename__ = "use_entry"
    __table_args__ = (
        Index(None, "book_id", "first_key"),
        Index(None, "volume_id"),
        Index("ix_use_entry_unbound", "station_id", "volume_id", "used_on"),
        CheckConstraint("first_key <= last_key", name="order"),
        CheckConstraint(key_check("first", "first_key"), name="first_key"),
        CheckConstraint(key_check("last", "last_key"), name="last_key"),
        CheckConstraint("kwh >= 0", name="kwh"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"))
    used_on: Mapped[date]
    code: Mapped[str] = mapped_column(String(12))
    first: Mapped[str] = mapped_column(String(20))
    last: Mapped[str] = mapped_column(String(20))
    first_key: Mapped[str] = mapped_column(OrderedText, unique=True)
    last_key: Mapped[str] = mapped_column(OrderedText)
    kwh: Mapped[Decimal] = mapped_column(Kwh)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    volume_id: Mapped[int | None] = mapped_column(ForeignKey("volume.id"), default=None)

    @property
    def run(self) -> NumberRun:
        return NumberRun(self.code, self.first, self.last)

    @property
    def month(self) -> str:
        """The month of collection, ``2026-11``."""
        return f"{self.used_on:%Y-%m}"


class VoidEntry(Base, kw_only=True):
    """A void invoice (废票): number, reason, and that every copy is back [seed 3.4]."""

    __tablename__ = "void_entry"
    __table_args__ = (Index(None, "book_id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"))
    number: Mapped[str] = mapped_column(String(20))
    number_key: Mapped[str] = mapped_column(OrderedText, unique=True)
    reason: Mapped[str] = mapped_column(Text)
    copies_kept: Mapped[int]
    voided_on: Mapped[date]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime] = mapped_column(Instant)


refused_by(NumbersAlreadyIssued, "no_overlap_book", "uq_book_first_key", "book.first_key")
refused_by(HandoverOpen, "uq_handover_open", "handover.book_id")
refused_by(AlreadyVoid, "uq_void_entry_number_key", "void_entry.number_key")
refused_by(BookNotGranted, "book_beyond_request")
