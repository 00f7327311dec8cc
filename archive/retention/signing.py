"""Who signs for a destruction, who supervises it, and who may not be whom (``domain.md`` §8).

Before: the officer and the head of the archives, the officer and the head of accounting sign
their opinion on the register, and last of all the company's leader approves – the five
signatures of 会计档案管理办法 art. 18. The head of the station never approves [seed 5.4].

Supervision (监销): at least one witness from the archives and one from accounting; where
electronic copies go, one from the information department too. No witness proposed, appraised,
signed, approved or carries it out. The database refuses what this module refuses.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from archive.access import Role
from archive.db import Base, Instant, RowId, refused_by
from archive.errors import Conflict, Refused
from archive.retention.department import Department


class NotYourPart(Refused):
    """The office is not one that signs in this place."""


class SignedTwice(Refused):
    """One person signs one batch in one place only."""


class PartSigned(Conflict):
    """That signature is there already."""


class WitnessInvolved(Refused):
    """A witness who proposed, appraised, signed, approved or carries out sees no stranger's work."""


class WitnessNamed(Conflict):
    """That person is named as a witness already."""


class ApproverInvolved(Refused):
    """The leader approves what others proposed, appraised and signed for."""


class ExecutorInvolved(Refused):
    """Who approves or witnesses does not carry out."""


class WitnessesMissing(Conflict):
    """Departments that have to send a witness have not; the law names them."""


class NotAWitness(Refused):
    """Only the witnesses named for the batch count and sign."""


class NotTheExecutor(Refused):
    """Only who was named carries the batch out."""


class WrongDepartment(Refused):
    """The person does not speak for that department."""


class Part(StrEnum):
    """The places on the register where somebody signs."""

    ARCHIVES_OFFICER = "archives-officer"  # 档案机构经办人
    ARCHIVES_HEAD = "archives-head"  # 档案机构负责人
    ACCOUNTING_OFFICER = "accounting-officer"  # 会计机构经办人
    ACCOUNTING_HEAD = "accounting-head"  # 会计机构负责人
    LEADER = "leader"  # 单位负责人
    WITNESS = "witness"  # 监销人


OFFICES: Mapping[Part, frozenset[Role]] = {
    Part.ARCHIVES_OFFICER: frozenset({Role.ARCHIVES}),
    Part.ARCHIVES_HEAD: frozenset({Role.ARCHIVES_HEAD}),
    Part.ACCOUNTING_OFFICER: frozenset({Role.FINANCE}),
    Part.ACCOUNTING_HEAD: frozenset({Role.FINANCE_HEAD}),
    Part.LEADER: frozenset({Role.LEADER}),
}
BEFORE_APPROVAL = (
    Part.ARCHIVES_OFFICER,
    Part.ARCHIVES_HEAD,
    Part.ACCOUNTING_OFFICER,
    Part.ACCOUNTING_HEAD,
)

SENDS_WITNESS = frozenset({Department.ARCHIVES, Department.ACCOUNTING})
SENDS_WITNESS_TO_ELECTRONIC = SENDS_WITNESS | {Department.INFORMATION}
MAY_SEND_WITNESS = SENDS_WITNESS_TO_ELECTRONIC | {Department.AUDIT, Department.DISCIPLINE}


class BatchSignature(Base, kw_only=True):
    """One signature on a register (电子签批记录); voided, never taken away.

    Attributes:
        digest: of the register it covers, or for a witness of the register and what was done.
        opinion: as the signer wrote it.
    """

    __tablename__ = "destruction_signature"
    __table_args__ = (
        CheckConstraint("(voided_at IS NULL) = (void_reason = '')", name="voided"),
        Index(
            "uq_destruction_signature_part",
            "batch_id",
            "part",
            unique=True,
            sqlite_where=text("voided_at IS NULL AND part <> 'witness'"),
            postgresql_where=text("voided_at IS NULL AND part <> 'witness'"),
        ),
        Index(
            "uq_destruction_signature_person",
            "batch_id",
            "person_id",
            unique=True,
            sqlite_where=text("voided_at IS NULL"),
            postgresql_where=text("voided_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    batch_id: Mapped[int] = mapped_column(ForeignKey("destruction_batch.id"))
    part: Mapped[Part] = mapped_column(String(20))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    digest: Mapped[str] = mapped_column(String(64))
    opinion: Mapped[str] = mapped_column(String(500))
    signed_at: Mapped[datetime] = mapped_column(Instant)
    voided_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    void_reason: Mapped[str] = mapped_column(String(500), default="")


class BatchWitness(Base, kw_only=True):
    """Somebody sent to supervise (监销人), named before anything is counted."""

    __tablename__ = "destruction_witness"
    __table_args__ = (UniqueConstraint("batch_id", "person_id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    batch_id: Mapped[int] = mapped_column(ForeignKey("destruction_batch.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    department: Mapped[Department] = mapped_column(String(12))
    named_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    named_at: Mapped[datetime] = mapped_column(Instant)


def departments_to_witness(*, electronic: bool) -> frozenset[Department]:
    """Departments that have to send a witness."""
    return SENDS_WITNESS_TO_ELECTRONIC if electronic else SENDS_WITNESS


def check_witnessed(sent: Collection[Department], *, electronic: bool) -> None:
    """Refuse to count or carry out without the witnesses the law asks for.

    Raises:
        WitnessesMissing: with the departments.
    """
    missing = departments_to_witness(electronic=electronic) - set(sent)
    if missing:
        raise WitnessesMissing(departments=sorted(str(one) for one in missing))


refused_by(
    PartSigned,
    "uq_destruction_signature_part",
    "destruction_signature.batch_id, destruction_signature.part",
)
refused_by(
    SignedTwice,
    "uq_destruction_signature_person",
    "destruction_signature.batch_id, destruction_signature.person_id",
)
refused_by(WitnessInvolved, "witness_involved")
refused_by(
    WitnessNamed,
    "uq_destruction_witness_batch_id_person_id",
    "destruction_witness.batch_id, destruction_witness.person_id",
)
refused_by(ApproverInvolved, "approver_involved", "ck_destruction_batch_approver")
refused_by(ExecutorInvolved, "executor_involved", "ck_destruction_batch_executor")
