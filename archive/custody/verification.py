"""Finance's verification of a submitted volume (核验) and what its signature covers [seed 3.5].

    open --sign--> signed       open --return--> returned
    signed --void--> voided     something that was seen has changed since

The signature covers the digest of the *dossier*: runs, cover, register, scans, readings,
settlements, findings, stub books and check-list, exactly as they stood on the desk.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from archive.audit import canonical
from archive.db import Base, Instant, RowId, refused_by
from archive.errors import Conflict, Invalid
from archive.workflow import Workflow


class FindingsOpen(Conflict):
    """Findings are not settled; finance does not sign over an open one."""


class ScanMissing(Conflict):
    """No scan of the volume has been read; nothing can be verified."""


class SeenHasChanged(Conflict):
    """What was on the desk is no longer what is kept; look again before signing."""


class CheckListIncomplete(Invalid):
    """Every line of the check-list needs an answer."""


class CheckListSaysNo(Conflict):
    """A line of the check-list is answered no; return the volume with that reason."""


class ReturnNeedsReasons(Invalid):
    """A volume is returned with reasons, item by item."""


class VerificationOpen(Conflict):
    """The volume is being verified already."""


class VerificationState(StrEnum):
    OPEN = "open"
    SIGNED = "signed"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    VOIDED = "voided"


VERIFICATION_WORKFLOW: Workflow[VerificationState] = Workflow(
    "verification",
    {
        "sign": ([VerificationState.OPEN], VerificationState.SIGNED),
        "return": ([VerificationState.OPEN], VerificationState.RETURNED),
        "withdraw": ([VerificationState.OPEN], VerificationState.WITHDRAWN),
        "void": ([VerificationState.SIGNED], VerificationState.VOIDED),
    },
)


class CheckItem(StrEnum):
    """The lines of finance's check-list (``domain.md`` §4.6)."""

    COVER_AGREES = "cover-agrees"
    NUMBERS_ONCE = "numbers-once"
    SEQUENCE = "sequence"
    VOIDS_MARKED = "voids-marked"
    VOID_COPIES = "void-copies"
    RECEIVABLE_AGREES = "receivable-agrees"
    HANDOVER_AGREES = "handover-agrees"
    BANK_AGREES = "bank-agrees"
    SEAL_PRESENT = "seal-present"
    SCAN_IS_PAPER = "scan-is-paper"
    STUBS_PRESENT = "stubs-present"


class Answer(StrEnum):
    YES = "yes"
    NO = "no"
    NOT_APPLICABLE = "not-applicable"


MAY_BE_INAPPLICABLE = frozenset(
    {
        CheckItem.VOIDS_MARKED,
        CheckItem.VOID_COPIES,
        CheckItem.RECEIVABLE_AGREES,
        CheckItem.HANDOVER_AGREES,
        CheckItem.BANK_AGREES,
        CheckItem.STUBS_PRESENT,
    }
)


class Verification(Base, kw_only=True):
    """One passage of a volume over finance's desk."""

    __tablename__ = "verification"
    __table_args__ = (
        Index(None, "volume_id", "state"),
        Index(
            "uq_verification_open",
            "volume_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index(
            "uq_verification_signed",
            "volume_id",
            unique=True,
            sqlite_where=text("state = 'signed'"),
            postgresql_where=text("state = 'signed'"),
        ),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    volume_id: Mapped[int] = mapped_column(ForeignKey("volume.id"))
    state: Mapped[VerificationState] = mapped_column(String(12), default=VerificationState.OPEN)
    submitted_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    submitted_at: Mapped[datetime] = mapped_column(Instant)
    stub_book_ids: Mapped[list[int]] = mapped_column(JSON, default_factory=list)
    check_list: Mapped[dict[str, Any]] = mapped_column(JSON, default_factory=dict)
    digest: Mapped[str] = mapped_column(String(64), default="")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), default=None)
    decided_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    opinion: Mapped[str] = mapped_column(Text, default="")
    reasons: Mapped[list[str]] = mapped_column(JSON, default_factory=list)
    voided_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    void_reason: Mapped[str] = mapped_column(String(60), default="")
    version: Mapped[int] = mapped_column(init=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own way

    def signature(self, dossier_digest: str) -> str:
        """Digest of what the signature stands for: the dossier, the stubs, the answers, who."""
        signed = {
            "dossier": dossier_digest,
            "volume": self.volume_id,
            "stub_books": self.stub_book_ids,
            "check_list": self.check_list,
            "opinion": self.opinion,
            "signer": self.decided_by_id,
        }
        return hashlib.sha256(canonical(signed).encode()).hexdigest()


def check_answers(answers: Mapping[str, Mapping[str, str]]) -> None:
    """Refuse to sign unless every line is answered, and none with no.

    Raises:
        CheckListIncomplete, CheckListSaysNo: with the line.
    """
    for item in CheckItem:
        answer = answers.get(item, {}).get("answer")
        if answer not in set(Answer):
            raise CheckListIncomplete(field=f"check-{item}", item=str(item))
        if answer == Answer.NO:
            raise CheckListSaysNo(item=str(item))
        if answer == Answer.NOT_APPLICABLE and item not in MAY_BE_INAPPLICABLE:
            raise CheckListIncomplete(field=f"check-{item}", item=str(item))


refused_by(VerificationOpen, "uq_verification_open", "verification.volume_id")
