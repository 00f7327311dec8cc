"""The customer (客户) and the dossier kept of each: one customer, one file (一户一档).

    open --close--> closed --reopen--> open

A dossier is everything filed under the customer's number (户号) at one station. Closing the
account (销户) names its day and its paper: ``closed_on`` is where retention clocks start. When an
account is reopened, what it was closed by is kept (:class:`Reopening`).
"""

import re
import unicodedata
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from archive.db import Base, Instant, RowId, refused_by
from archive.errors import Conflict, Invalid
from archive.workflow import Workflow

NUMBER = re.compile(r"[0-9A-Z]{4,20}")
TELEPHONE = re.compile(r"\+?[0-9][0-9-]{4,18}")


class CustomerNumberTaken(Invalid):
    """The station has a dossier under that number; there is one to a number."""


class NotACustomerNumber(Invalid):
    """A customer number is 4 to 20 digits or capital letters."""


class CustomerNameMissing(Invalid):
    """A dossier bears the name of its customer."""


class VillageMissing(Invalid):
    """The address is known at least down to the village."""


class NotATelephone(Invalid):
    """Digits, perhaps with dashes, are wanted."""


class OpenedInFuture(Invalid):
    """A customer is supplied from today at the latest."""


class ClosedBeforeOpened(Invalid):
    """An account is closed after it was opened and not after today."""


class ClosingPaperMissing(Invalid):
    """An account is closed by a paper; it has to be named."""


class ClosingContradictory(Conflict):
    """Closed and the day of it go together, in the database itself."""


class CustomerKeptForEver(Conflict):
    """A dossier keeps its number and its station, and is never deleted."""


class CustomerState(StrEnum):
    OPEN = "open"  # 在用
    CLOSED = "closed"  # 已销户


CUSTOMER_WORKFLOW: Workflow[CustomerState] = Workflow(
    "customer",
    {
        "close": ([CustomerState.OPEN], CustomerState.CLOSED),
        "reopen": ([CustomerState.CLOSED], CustomerState.OPEN),
    },
)


class CustomerType(StrEnum):
    """What the supply is for; the expected contents of the dossier follow from it."""

    RESIDENT = "resident"  # 居民生活
    FARMING = "farming"  # 农业生产
    BUSINESS = "business"  # 工商业及其他
    TEMPORARY = "temporary"  # 临时用电


class Customer(Base, kw_only=True):
    """One customer of a station.

    Attributes:
        number: 户号, a string; it is what records are linked by.
        village: the address down to the village (村、组); ``house`` is the rest of it.
        closed_on, closing_paper: of the closing in force.
    """

    __tablename__ = "customer"
    __table_args__ = (
        UniqueConstraint("station_id", "number"),
        CheckConstraint("name <> '' AND village <> ''", name="named"),
        CheckConstraint(
            "(state = 'closed') = (closed_on IS NOT NULL)"
            " AND (state = 'closed') = (closing_paper <> '')",
            name="closing",
        ),
        Index(None, "station_id", "village"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    number: Mapped[str] = mapped_column(String(20))
    type: Mapped[CustomerType] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(60))
    village: Mapped[str] = mapped_column(String(60))
    house: Mapped[str] = mapped_column(String(120), default="")
    telephone: Mapped[str] = mapped_column(String(20), default="")
    opened_on: Mapped[date | None] = mapped_column(default=None)
    registered_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    registered_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[CustomerState] = mapped_column(String(8), default=CustomerState.OPEN)
    closed_on: Mapped[date | None] = mapped_column(default=None)
    closing_paper: Mapped[str] = mapped_column(String(120), default="")
    version: Mapped[int] = mapped_column(init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own way

    @property
    def subject(self) -> str:
        """How the trail names it: by its row, for the number speaks of a person."""
        return f"customer:{self.id}"

    def check_described(self, today: date) -> None:
        """Refuse what cannot be a customer.

        Raises:
            NotACustomerNumber, CustomerNameMissing, VillageMissing, NotATelephone,
            OpenedInFuture: with the field.
        """
        if not NUMBER.fullmatch(self.number):
            raise NotACustomerNumber(field="number")
        if not self.name.strip():
            raise CustomerNameMissing(field="name")
        if not self.village.strip():
            raise VillageMissing(field="village")
        if self.telephone and not TELEPHONE.fullmatch(self.telephone):
            raise NotATelephone(field="telephone")
        if self.opened_on is not None and self.opened_on > today:
            raise OpenedInFuture(field="opened_on", given=self.opened_on.isoformat())

    def check_closing(self, closed_on: date, paper: str, today: date) -> None:
        """Refuse a closing without its paper, or on an impossible day.

        Raises:
            ClosedBeforeOpened, ClosingPaperMissing: with the field.
        """
        if closed_on > today or (self.opened_on is not None and closed_on < self.opened_on):
            raise ClosedBeforeOpened(field="closed_on", given=closed_on.isoformat())
        if not paper.strip():
            raise ClosingPaperMissing(field="closing_paper")


class Reopening(Base, kw_only=True):
    """An account that was closed and opened again (恢复用电), with what it had been closed by."""

    __tablename__ = "customer_reopening"
    __table_args__ = (
        CheckConstraint("reason <> ''", name="reason"),
        Index(None, "customer_id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    closed_on: Mapped[date]
    closing_paper: Mapped[str] = mapped_column(String(120))
    reason: Mapped[str] = mapped_column(String(500))
    reopened_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reopened_at: Mapped[datetime] = mapped_column(Instant)


def number_in(text: str) -> str:
    """The customer number in what was typed: half-width, capital, without blanks."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def telephone_in(text: str) -> str:
    """The telephone number in what was typed: half-width, without blanks."""
    folded = "".join(unicodedata.normalize("NFKC", text).split())
    return folded.replace("(", "").translate(str.maketrans("—–−)", "----"))


refused_by(
    CustomerNumberTaken,
    "uq_customer_station_id_number",
    "customer.station_id, customer.number",
)
refused_by(ClosingContradictory, "ck_customer_closing")
refused_by(CustomerKeptForEver, "customer_kept")
