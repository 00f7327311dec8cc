"""The appraisal (鉴定): a panel says of records whose time is over what becomes of them [seed 5.4].

    draft --convene--> convened --conclude--> concluded --sign--> signed
    concluded --reopen--> convened            (every signature is void)
    draft, convened --withdraw--> withdrawn

One person proposes the records; others, named with the department they speak for, judge them.
Accounting records want archives, accounting, audit and discipline together (会计档案管理办法
art. 17), others the archives and the business department (DA/T 42-2009 §7.7). Concluding freezes
every item and takes the digest of all; each member signs that digest. With the last signature the
appraisal is sealed (:mod:`archive.retention.conclusion`).
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from archive.db import Base, Instant, RowId, refused_by
from archive.errors import Conflict, Invalid, Refused
from archive.retention.department import Department
from archive.retention.hold import HoldKind
from archive.workflow import Workflow

ACCOUNTING = "KU"
"""会计档案: the category whose panel the law names."""

PANEL_ACCOUNTING = frozenset(
    {Department.ARCHIVES, Department.ACCOUNTING, Department.AUDIT, Department.DISCIPLINE}
)
PANEL_OTHER = frozenset({Department.ARCHIVES, Department.BUSINESS})


class AppraisalEmpty(Conflict):
    """There is nothing in the appraisal to be judged."""


class NotExpired(Conflict):
    """Only what need not be kept any longer is appraised."""


class InOpenAppraisal(Conflict):
    """The record lies before another panel already."""


class ProposerJudges(Refused):
    """Whoever proposes an appraisal does not sit on its panel."""


class OnlyProposer(Refused):
    """A proposal is changed by who made it; the panel judges it as it is."""


class NotOnPanel(Refused):
    """Only a member of the panel gives an opinion and signs."""


class OnlyChair(Refused):
    """Only the chair closes the panel's work."""


class NotOfDepartment(Invalid):
    """The person does not speak for that department today."""


class DepartmentsMissing(Conflict):
    """The panel lacks departments that have to judge together."""


class ChairMissing(Invalid):
    """A panel has one chair, who is one of its members; of accounting files, from the archives."""


class MemberTwice(Invalid):
    """A person sits on a panel once, for one department."""


class AppraisedElsewhere(Conflict):
    """An appraisal judges records of its own station."""


class OpinionsMissing(Conflict):
    """Items of the appraisal have no opinion yet."""


class OpinionUnfounded(Conflict):
    """An opinion has its reason, who gave it and when, and what belongs to it."""


class HeldNotDestroyed(Conflict):
    """What is on hold, lent, or not in order with its copy cannot be judged worthless."""


class HoldInTheWay(Conflict):
    """A hold stands on what was to be judged worthless, in the database itself."""


class ProtectedYet(Conflict):
    """An item lies before a panel only after its last protected day."""


class NewDueImpossible(Invalid):
    """What is kept longer is kept until a day after today."""


class HeldAsMissing(Invalid):
    """What is taken out is kept apart for arrears or for another open matter."""


class NumberSkipped(Conflict):
    """Appraisals of a year are numbered without a gap."""


class AppraisalSealed(Conflict):
    """What a panel concluded is not changed, and what it signed is kept for ever."""


class NotSigned(Conflict):
    """Not every member of the panel has signed; nothing follows from it yet."""


class OpinionUnfiled(Conflict):
    """What a panel signed is filed as a record of its own, kept for ever."""


class AppraisalState(StrEnum):
    DRAFT = "draft"  # 拟稿
    CONVENED = "convened"  # 鉴定中
    CONCLUDED = "concluded"  # 待签字
    SIGNED = "signed"  # 已签字
    WITHDRAWN = "withdrawn"  # 已撤回


_S = AppraisalState

APPRAISAL_WORKFLOW: Workflow[AppraisalState] = Workflow(
    "appraisal",
    {
        "convene": ([_S.DRAFT], _S.CONVENED),
        "conclude": ([_S.CONVENED], _S.CONCLUDED),
        "reopen": ([_S.CONCLUDED], _S.CONVENED),
        "sign": ([_S.CONCLUDED], _S.SIGNED),
        "withdraw": ([_S.DRAFT, _S.CONVENED], _S.WITHDRAWN),
        # what may be done in a state without leaving it
        "propose": ([_S.DRAFT], _S.DRAFT),
        "judge": ([_S.CONVENED], _S.CONVENED),
    },
)


class Opinion(StrEnum):
    DESTROY = "destroy"  # 销毁
    KEEP = "keep"  # 续存
    TAKE_OUT = "take-out"  # 抽出立卷


TAKEN_OUT_FOR = (HoldKind.DEBT, HoldKind.OTHER)
"""What a record taken out is held as: unsettled claims, or another open matter (79号令 art. 19)."""


class Appraisal(Base, kw_only=True):
    """One appraisal, with its number 鉴〔2026〕3号 that runs in a fonds and year.

    Attributes:
        digest: of everything the signatures stand for; empty until it is concluded.
        report_record_id: the record its opinion (鉴定意见书) is filed as, for ever.
        closing: why it was withdrawn, or opened again last.
    """

    __tablename__ = "appraisal"
    __table_args__ = (
        UniqueConstraint("fonds_id", "year", "number"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("title <> ''", name="title"),
        CheckConstraint("(state IN ('concluded', 'signed')) = (digest <> '')", name="frozen"),
        CheckConstraint("(state = 'signed') = (signed_at IS NOT NULL)", name="signed"),
        Index(None, "station_id", "state"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    fonds_id: Mapped[int] = mapped_column(ForeignKey("fonds.id"))
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    year: Mapped[int]
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(120))
    state: Mapped[AppraisalState] = mapped_column(String(12), default=AppraisalState.DRAFT)
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime] = mapped_column(Instant)
    convened_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    concluded_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    signed_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    digest: Mapped[str] = mapped_column(String(64), default="")
    closing: Mapped[str] = mapped_column(String(500), default="")
    report_record_id: Mapped[int | None] = mapped_column(ForeignKey("record.id"), default=None)
    version: Mapped[int] = mapped_column(init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own way

    @property
    def name(self) -> str:
        """Its number as people write it."""
        return f"鉴〔{self.year}〕{self.number}号"

    @property
    def subject(self) -> str:
        """How the trail names it."""
        return f"appraisal:{self.id}"


class PanelMember(Base, kw_only=True):
    """Somebody on the panel (鉴定小组成员), for one department."""

    __tablename__ = "appraisal_member"
    __table_args__ = (
        UniqueConstraint("appraisal_id", "person_id"),
        Index(
            "uq_appraisal_member_chair",
            "appraisal_id",
            unique=True,
            sqlite_where=text("chair"),
            postgresql_where=text("chair"),
        ),
        Index(None, "person_id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    appraisal_id: Mapped[int] = mapped_column(ForeignKey("appraisal.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    department: Mapped[Department] = mapped_column(String(12))
    chair: Mapped[bool] = mapped_column(default=False)


class AppraisalItem(Base, kw_only=True):
    """One record before the panel, and what the panel says of it.

    Attributes:
        protected_through: the last day it had to be kept, as derived when it was put in.
        new_due_on: ``keep``: the first day it may be appraised again.
        held_as: ``take-out``: the kind of hold that follows.
        told: what the opinion and the signatures say of the record, frozen when concluded.
        under_way: whether the appraisal still runs; a record lies before one panel at a time.
    """

    __tablename__ = "appraisal_item"
    __table_args__ = (
        UniqueConstraint("appraisal_id", "record_id"),
        CheckConstraint(
            "(opinion = '') = (judged_by_id IS NULL) AND (opinion = '') = (judged_on IS NULL)"
            " AND (opinion = '') = (reason = '')"
            " AND (opinion = 'keep') = (new_due_on IS NOT NULL)"
            " AND (opinion = 'take-out') = (held_as <> '')",
            name="founded",
        ),
        CheckConstraint("new_due_on > judged_on", name="new_due"),
        CheckConstraint("protected_through < added_on", name="expired"),
        ForeignKeyConstraint(
            ["appraisal_id", "judged_by_id"],
            ["appraisal_member.appraisal_id", "appraisal_member.person_id"],
            name="fk_appraisal_item_judged_by_member",
        ),
        Index(
            "uq_appraisal_item_under_way",
            "record_id",
            unique=True,
            sqlite_where=text("under_way"),
            postgresql_where=text("under_way"),
        ),
        Index(None, "record_id", "appraisal_id"),
        Index(None, "appraisal_id", "opinion"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    appraisal_id: Mapped[int] = mapped_column(ForeignKey("appraisal.id"))
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"))
    added_on: Mapped[date]
    protected_through: Mapped[date]
    opinion: Mapped[Opinion | str] = mapped_column(String(12), default="")
    reason: Mapped[str] = mapped_column(String(500), default="")
    content_seen: Mapped[bool] = mapped_column(default=False)
    new_due_on: Mapped[date | None] = mapped_column(default=None)
    held_as: Mapped[HoldKind | str] = mapped_column(String(16), default="")
    judged_by_id: Mapped[int | None] = mapped_column(RowId, default=None)
    judged_on: Mapped[date | None] = mapped_column(default=None)
    told: Mapped[dict[str, Any]] = mapped_column(JSON, default_factory=dict)
    under_way: Mapped[bool] = mapped_column(default=True)


def departments_wanted(categories: Collection[str]) -> frozenset[Department]:
    """Departments that have to judge together what is of these categories."""
    wanted: frozenset[Department] = frozenset()
    if any(category.startswith(ACCOUNTING) for category in categories):
        wanted |= PANEL_ACCOUNTING
    if any(not category.startswith(ACCOUNTING) for category in categories):
        wanted |= PANEL_OTHER
    return wanted


def check_panel(members: Sequence[PanelMember], categories: Collection[str]) -> None:
    """Refuse a panel that may not judge what lies before it.

    Raises:
        DepartmentsMissing, ChairMissing: with the departments.
    """
    present = {Department(member.department) for member in members}
    missing = departments_wanted(categories) - present
    if missing:
        raise DepartmentsMissing(departments=sorted(str(one) for one in missing))
    chairs = [member for member in members if member.chair]
    accounting = any(category.startswith(ACCOUNTING) for category in categories)
    if len(chairs) != 1 or (accounting and chairs[0].department != Department.ARCHIVES):
        raise ChairMissing(field="chair")


refused_by(InOpenAppraisal, "uq_appraisal_item_under_way", "appraisal_item.record_id")
refused_by(MemberTwice, "uq_appraisal_member", "appraisal_member.appraisal_id")
refused_by(OpinionUnfounded, "ck_appraisal_item_founded")
refused_by(NewDueImpossible, "ck_appraisal_item_new_due")
refused_by(ProtectedYet, "ck_appraisal_item_expired")
refused_by(ProposerJudges, "proposer_judges")
refused_by(HoldInTheWay, "held_not_destroyed")
refused_by(AppraisalSealed, "appraisal_sealed")
refused_by(NumberSkipped, "appraisal_gap", "uq_appraisal_fonds_id_year_number")
refused_by(NotSigned, "not_all_signed")
refused_by(OpinionUnfiled, "opinion_unfiled")
refused_by(AppraisedElsewhere, "appraised_elsewhere")
