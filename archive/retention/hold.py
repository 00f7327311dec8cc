"""The hold (冻结): what saves records from destruction for as long as a matter is not settled.

A hold names records, or a customer (every record with the number, also those filed later), or a
span (a kind of record, years, or both, at one station). Several may lie on one record. A hold is
placed at any time, also on what is about to be destroyed; it ends only by being lifted, with a
reason, and where the law wants it by another person than who placed it. Arrears hold for ever
until they are paid: writing them off settles nothing [seed 4.三.6].

Beside these there are holds nobody places: a loan under way, a pair not in order.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from archive.db import Base, Instant, RowId, refused_by
from archive.errors import Conflict, Invalid, Refused
from archive.holdings.pair import PairState

MOST_NAMED = 10_000
"""Records that one hold names; more are a span."""


class HoldCoversNothing(Invalid):
    """A hold names records, or a customer number, or a kind or years; this one names nothing."""


class HoldCoversTooMuch(Invalid):
    """A hold names records, a customer, or a span: one of the three."""


class HoldElsewhere(Conflict):
    """A hold names records of its own station, while it stands."""


class HoldYearsTurned(Invalid):
    """The last year of a span lies before its first."""


class GoneAlready(Conflict):
    """The record is destroyed, or being destroyed; no hold can save it any more."""


class HoldDocumentMissing(Invalid):
    """Arrears are settled on a document, and it has to be named."""


class HoldLifted(Conflict):
    """The hold was lifted already; what is needed again is placed anew."""


class HoldKeptForEver(Conflict):
    """A hold keeps what it covers, why and by whom, and is never deleted."""


class LiftedByPlacer(Refused):
    """A hold for arrears, a court, an audit or the tax office is lifted by another person."""


class NotSettled(Conflict):
    """Arrears are settled by payment alone; writing them off lifts no hold [seed 4.三.6]."""


class LiftingIncomplete(Conflict):
    """A hold is lifted by somebody, at a time, on a ground and with a reason, or not at all."""


class HoldKind(StrEnum):
    DEBT = "debt"  # 未结清欠费
    LITIGATION = "litigation"  # 诉讼仲裁
    AUDIT = "audit"  # 审计检查
    TAX = "tax"  # 税务检查
    PERSONAL_DATA = "personal-data"  # 个人信息请求
    OTHER = "other"  # 其他未了事项


SECOND_PERSON = frozenset({HoldKind.DEBT, HoldKind.LITIGATION, HoldKind.AUDIT, HoldKind.TAX})
"""Kinds that another person lifts than who placed them."""


class HoldScope(StrEnum):
    RECORDS = "records"  # 指定档案
    CUSTOMER = "customer"  # 客户
    SPAN = "span"  # 一类或一段年度


class LiftGround(StrEnum):
    """Why a hold is lifted; of arrears only the first does."""

    SETTLED = "settled"  # 已结清
    CLOSED = "closed"  # 事项已办结
    MISTAKEN = "mistaken"  # 误设
    WRITTEN_OFF = "written-off"  # 核销: lifts nothing


class Derived(StrEnum):
    """Holds that follow from the state of things and are not kept."""

    LOAN = "loan"  # 借阅中
    PAIR = "pair"  # 双套不符


IN_ORDER = frozenset({PairState.PAIRED, PairState.P_ONLY, PairState.DESTROYED})
"""Pairs in any other state hold their record. Paper that was never scanned is whole: only an
electronic record owes its paper [seed 5.3]; whether it is there at all the count shows."""


class Hold(Base, kw_only=True):
    """One hold, and how it was lifted.

    Attributes:
        station_id: where it was placed; named records and spans are of this station.
        kind_code, year_from, year_to: the span, as far as it is narrowed; a kind by its code in
            whatever version of the file plan.
        covered: records it lay on when it was placed.
    """

    __tablename__ = "hold"
    __table_args__ = (
        CheckConstraint(
            "(scope = 'customer') = (customer_number <> '')"
            " AND (scope = 'span') = (kind_code <> '' OR year_from IS NOT NULL"
            " OR year_to IS NOT NULL)",
            name="covers",
        ),
        CheckConstraint("year_from <= year_to", name="years"),
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint(
            "(lifted_at IS NULL) = (lifted_by_id IS NULL)"
            " AND (lifted_at IS NULL) = (lift_ground = '')"
            " AND (lifted_at IS NULL) = (lift_reason = '')",
            name="lifted",
        ),
        CheckConstraint(
            "lifted_by_id IS NULL OR kind NOT IN ('audit', 'debt', 'litigation', 'tax')"
            " OR lifted_by_id <> placed_by_id",
            name="second_person",
        ),
        CheckConstraint(
            "lifted_at IS NULL OR (lift_ground <> 'written-off'"
            " AND (kind <> 'debt' OR (lift_ground = 'settled' AND lift_document <> ''"
            " AND settled_on IS NOT NULL)))",
            name="settled",
        ),
        Index(
            "ix_hold_standing",
            "scope",
            sqlite_where=text("lifted_at IS NULL"),
            postgresql_where=text("lifted_at IS NULL"),
        ),
        Index(None, "station_id", "placed_at"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    kind: Mapped[HoldKind] = mapped_column(String(16))
    scope: Mapped[HoldScope] = mapped_column(String(12))
    customer_number: Mapped[str] = mapped_column(String(20), default="")
    kind_code: Mapped[str] = mapped_column(String(40), default="")
    year_from: Mapped[int | None] = mapped_column(default=None)
    year_to: Mapped[int | None] = mapped_column(default=None)
    covered: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(String(500))
    document: Mapped[str] = mapped_column(String(120), default="")
    placed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    placed_at: Mapped[datetime] = mapped_column(Instant)
    lift_ground: Mapped[LiftGround | str] = mapped_column(String(12), default="")
    lift_reason: Mapped[str] = mapped_column(String(500), default="")
    lift_document: Mapped[str] = mapped_column(String(120), default="")
    settled_on: Mapped[date | None] = mapped_column(default=None)
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    lifted_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    version: Mapped[int] = mapped_column(init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own way

    @property
    def subject(self) -> str:
        """How the trail names it."""
        return f"hold:{self.id}"

    @property
    def standing(self) -> bool:
        """Whether it still holds."""
        return self.lifted_at is None

    def check_liftable(
        self, ground: LiftGround, document: str, settled_on: date | None, today: date
    ) -> None:
        """Refuse to lift what is lifted, or arrears that nobody paid.

        Raises:
            HoldLifted, NotSettled, HoldDocumentMissing: it stays.
        """
        if not self.standing:
            raise HoldLifted(hold=self.id)
        if ground == LiftGround.WRITTEN_OFF:
            raise NotSettled(field="ground")
        if self.kind != HoldKind.DEBT:
            return
        if ground != LiftGround.SETTLED or settled_on is None or settled_on > today:
            raise NotSettled(field="settled_on")
        if not document:
            raise HoldDocumentMissing(field="document")


class HoldRecord(Base, kw_only=True):
    """A record that a hold names."""

    __tablename__ = "hold_record"
    __table_args__ = (UniqueConstraint("hold_id", "record_id"), Index(None, "record_id"))

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    hold_id: Mapped[int] = mapped_column(ForeignKey("hold.id"))
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"))


refused_by(HoldCoversNothing, "ck_hold_covers")
refused_by(HoldYearsTurned, "ck_hold_years")
refused_by(LiftedByPlacer, "ck_hold_second_person")
refused_by(NotSettled, "ck_hold_settled")
refused_by(LiftingIncomplete, "ck_hold_lifted")
refused_by(HoldKeptForEver, "hold_kept")
refused_by(HoldLifted, "lifted_hold")
refused_by(HoldElsewhere, "hold_elsewhere")
