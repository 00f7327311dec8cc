"""The register of special customers (特殊客户登记册) [seed 1.5].

    active --withdraw--> withdrawn
    active --end-------> ended

Families of soldiers and martyrs, disabled people and elderly people living alone are served at
home free of charge. That somebody is one of them is sensitive (PIPL art. 28): it is kept here,
apart from the ordinary dossiers, on separate consent (art. 29), for this one purpose, and sealed.
Once consent is withdrawn or the service has ended, nothing is done with an entry but keeping it
(art. 47 ¶2); the database itself refuses every visit and every look.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from archive.customers.sealed import Sealed, SealedText
from archive.db import Base, Instant, RowId, refused_by
from archive.errors import Conflict, Invalid
from archive.workflow import Workflow

PURPOSE = "home-service"
"""免费上门服务: the one purpose the register is kept for."""

LONGEST_REVIEW = 366
"""Days between two reviews of whether somebody still needs the service, at most."""


class AlreadyOnRegister(Invalid):
    """The customer has an entry in force."""


class NumberHasNoDossier(Invalid):
    """No customer of the station has that number."""


class ConsentNotFiled(Invalid):
    """The signed form of consent is filed first, as a record of the special-customer file."""


class ConsentInFuture(Invalid):
    """Consent was given today at the latest."""


class ReviewTooFar(Invalid):
    """The next review lies after today and within a year."""


class VisitDayImpossible(Invalid):
    """A visit is due from today on, and was made today at the latest."""


class SpecialFrozen(Conflict):
    """Consent is withdrawn or the service has ended: the entry is kept and nothing else."""


class SpecialState(StrEnum):
    ACTIVE = "active"  # 在册
    WITHDRAWN = "withdrawn"  # 已撤回同意
    ENDED = "ended"  # 已停止服务


SPECIAL_WORKFLOW: Workflow[SpecialState] = Workflow(
    "special",
    {
        "withdraw": ([SpecialState.ACTIVE], SpecialState.WITHDRAWN),
        "end": ([SpecialState.ACTIVE], SpecialState.ENDED),
    },
)


class SpecialCategory(StrEnum):
    """Why somebody is served at home [seed 1.5]; known only sealed."""

    MILITARY_FAMILY = "military-family"  # 军烈属
    DISABLED = "disabled"  # 残疾人
    ELDERLY_ALONE = "elderly-alone"  # 孤寡老人


class SpecialCustomer(Base, kw_only=True):
    """One entry of the register.

    Attributes:
        id: opaque and random; it stands in addresses and on the trail.
        serial: its number in the station's register.
        mark: tells whether two entries are of one customer, and not of which.
        facts: everything about the person, sealed.
        consent_record_id: the signed form, a record of the special-customer file.
        verified_by_id: who saw the evidence and found it good.
    """

    __tablename__ = "special_customer"
    __table_args__ = (
        UniqueConstraint("station_id", "serial"),
        CheckConstraint("(state = 'active') = (stopped_on IS NULL)", name="stopped"),
        Index(
            "uq_special_customer_mark",
            "mark",
            unique=True,
            sqlite_where=text("state = 'active'"),
            postgresql_where=text("state = 'active'"),
        ),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    serial: Mapped[int]
    mark: Mapped[str] = mapped_column(String(64))
    facts: Mapped[SealedText] = mapped_column(Sealed)
    basis: Mapped[str] = mapped_column(String(20), default="separate-consent")
    purpose: Mapped[str] = mapped_column(String(20), default=PURPOSE)
    consent_on: Mapped[date]
    consent_record_id: Mapped[int] = mapped_column(ForeignKey("record.id"))
    notice_version: Mapped[str] = mapped_column(String(20))
    verified_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    registered_at: Mapped[datetime] = mapped_column(Instant)
    review_on: Mapped[date]
    state: Mapped[SpecialState] = mapped_column(String(10), default=SpecialState.ACTIVE)
    stopped_on: Mapped[date | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own way

    @property
    def subject(self) -> str:
        """How the trail names it."""
        return f"special:{self.id}"

    @property
    def place(self) -> str:
        """What its facts are sealed to."""
        return facts_place(self.id)

    def check_active(self) -> None:
        """Refuse to do anything with an entry that is only kept.

        Raises:
            SpecialFrozen: consent is withdrawn, or the service has ended.
        """
        if self.state != SpecialState.ACTIVE:
            raise SpecialFrozen(thing=self.subject)

    def check_days(self, today: date) -> None:
        """Refuse an impossible day of consent or of the next review.

        Raises:
            ConsentInFuture, ReviewTooFar: beside the field.
        """
        if self.consent_on > today:
            raise ConsentInFuture(field="consent_on")
        if not 0 < (self.review_on - today).days <= LONGEST_REVIEW:
            raise ReviewTooFar(field="review_on", most=LONGEST_REVIEW)


class SpecialVisit(Base, kw_only=True):
    """A visit to a special customer (上门服务), due on a day and made on one."""

    __tablename__ = "special_visit"
    __table_args__ = (
        CheckConstraint("(made_on IS NULL) = (made_by_id IS NULL)", name="made"),
        Index(None, "special_id", "due_on"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    special_id: Mapped[str] = mapped_column(ForeignKey("special_customer.id"))
    due_on: Mapped[date]
    made_on: Mapped[date | None] = mapped_column(default=None)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    note: Mapped[SealedText | None] = mapped_column(Sealed, default=None)

    @property
    def place(self) -> str:
        """What its note is sealed to."""
        return f"special_visit:{self.id}:note"


class SpecialLook(Base, kw_only=True):
    """Somebody looked at an entry; the row comes before the look, and where it cannot, no look."""

    __tablename__ = "special_look"
    __table_args__ = (Index(None, "special_id", "at"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    special_id: Mapped[str] = mapped_column(ForeignKey("special_customer.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    purpose: Mapped[str] = mapped_column(String(200))


def facts_place(special_id: str) -> str:
    """What the facts of the entry with that id are sealed to."""
    return f"special_customer:{special_id}:facts"


refused_by(AlreadyOnRegister, "uq_special_customer_mark", "special_customer.mark")
refused_by(SpecialFrozen, "special_frozen", "ck_special_customer_stopped")
