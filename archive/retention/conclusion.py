"""What a panel's work ends in: dissent, the digest of all, signatures, and the printed report.

Every signature covers one digest. Whatever is changed voids them all; none is ever taken away.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from archive.audit import canonical
from archive.db import Base, Instant, RowId, refused_by
from archive.errors import Conflict
from archive.retention.appraisal import PanelMember


class AppraisalChanged(Conflict):
    """What is to be signed is not what was shown."""


class MemberSigned(Conflict):
    """The member has signed."""


class Dissent(Base, kw_only=True):
    """What a member does not agree with (保留意见), on one item or on the whole; it stays."""

    __tablename__ = "appraisal_dissent"
    __table_args__ = (
        CheckConstraint("said <> ''", name="said"),
        ForeignKeyConstraint(
            ["appraisal_id", "person_id"],
            ["appraisal_member.appraisal_id", "appraisal_member.person_id"],
            name="fk_appraisal_dissent_member",
        ),
        ForeignKeyConstraint(
            ["appraisal_id", "record_id"],
            ["appraisal_item.appraisal_id", "appraisal_item.record_id"],
            name="fk_appraisal_dissent_item",
        ),
        Index(None, "appraisal_id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    appraisal_id: Mapped[int] = mapped_column(ForeignKey("appraisal.id"))
    record_id: Mapped[int | None] = mapped_column(RowId, default=None)
    person_id: Mapped[int] = mapped_column(RowId)
    said: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime] = mapped_column(Instant)


class AppraisalSignature(Base, kw_only=True):
    """A member's signature over the digest (电子签批记录); voided, never taken away."""

    __tablename__ = "appraisal_signature"
    __table_args__ = (
        CheckConstraint("(voided_at IS NULL) = (void_reason = '')", name="voided"),
        ForeignKeyConstraint(
            ["appraisal_id", "person_id"],
            ["appraisal_member.appraisal_id", "appraisal_member.person_id"],
            name="fk_appraisal_signature_member",
        ),
        Index(
            "uq_appraisal_signature_standing",
            "appraisal_id",
            "person_id",
            unique=True,
            sqlite_where=text("voided_at IS NULL"),
            postgresql_where=text("voided_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    appraisal_id: Mapped[int] = mapped_column(ForeignKey("appraisal.id"))
    person_id: Mapped[int] = mapped_column(RowId)
    digest: Mapped[str] = mapped_column(String(64))
    signed_at: Mapped[datetime] = mapped_column(Instant)
    voided_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    void_reason: Mapped[str] = mapped_column(String(500), default="")


class AppraisalPaper(Base, kw_only=True):
    """The opinion as it was printed for keeping (鉴定意见书, PDF/A); permanent."""

    __tablename__ = "appraisal_paper"

    appraisal_id: Mapped[int] = mapped_column(
        RowId, ForeignKey("appraisal.id"), primary_key=True, autoincrement=False
    )
    object_key: Mapped[str] = mapped_column(String(80))
    sha256: Mapped[str] = mapped_column(String(64))
    sm3: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    made_at: Mapped[datetime] = mapped_column(Instant)


def appraisal_digest(
    name: str,
    members: Sequence[PanelMember],
    items: Sequence[Mapping[str, Any]],
    dissents: Sequence[Dissent],
) -> str:
    """What every signature stands for: SHA-256 over the number, the panel, all items, all dissent."""
    told = {
        "appraisal": name,
        "panel": [[one.person_id, str(one.department), bool(one.chair)] for one in members],
        "items": list(items),
        "dissent": [[one.person_id, one.record_id, one.said] for one in dissents],
    }
    return hashlib.sha256(canonical(told).encode()).hexdigest()


refused_by(MemberSigned, "uq_appraisal_signature_standing", "appraisal_signature.appraisal_id")
