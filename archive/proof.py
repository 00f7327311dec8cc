"""The trail proved from its first entry to its head, in the background, and what came of it.

A trail of years takes minutes to re-derive, so whoever asks gets a row that tells how far the
work has come and, once it is over, what was found; it stays there for everybody after.
"""

from datetime import datetime
from functools import partial

from sqlalchemy import BigInteger, String, select
from sqlalchemy.orm import Mapped, mapped_column

from archive import audit
from archive.access import SYSTEM, Permission
from archive.audit import TrailCheck, TrailHead
from archive.db import Base, Instant, RowId
from archive.system import System
from archive.transaction import NoSuchThing, Transaction

GAVE_UP = "gave-up"
"""Why nothing is known, where the work failed again and again."""


class TrailProof(Base, kw_only=True):
    """One verification of the trail (验证): who asked, how far it is, what was found.

    ``asked_by`` is a staff number, as on the trail itself. ``total`` is the length of the trail
    when it was asked for.
    """

    __tablename__ = "trail_proof"

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    asked_by: Mapped[str] = mapped_column(String(40))
    asked_at: Mapped[datetime] = mapped_column(Instant)
    total: Mapped[int] = mapped_column(BigInteger)
    done: Mapped[int] = mapped_column(BigInteger, default=0)
    finished_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    entries: Mapped[int] = mapped_column(BigInteger, default=0)
    head: Mapped[str] = mapped_column(String(64), default="")
    broken_at: Mapped[int | None] = mapped_column(BigInteger, default=None)
    reason: Mapped[str] = mapped_column(String(40), default="")

    @property
    def unbroken(self) -> bool | None:
        """What was found; None while it is not known."""
        known = self.finished_at is not None and self.reason != GAVE_UP
        return self.broken_at is None if known else None

    def found(self, check: TrailCheck, at: datetime) -> None:
        """Set down what came of it."""
        self.done = self.entries = check.entries
        self.head, self.broken_at = check.head, check.broken_at
        self.reason, self.finished_at = check.reason or "", at


def ask_proof(tx: Transaction) -> TrailProof:
    """The trail is going to be proved; the proof that is under way, where there is one."""
    tx.require(Permission.TRAIL_READ)
    last = newest_proof(tx)
    if last is not None and last.finished_at is None:
        return last
    head = tx.session.scalar(select(TrailHead.seq)) or 0
    proof = tx.add(TrailProof(asked_by=tx.actor.code, asked_at=tx.now, total=head))
    tx.promise("prove_trail", proof_id=proof.id)
    return proof


def last_proof(tx: Transaction) -> TrailProof:
    """The newest proof, finished or not.

    Raises:
        NoSuchThing: nobody ever asked.
    """
    last = newest_proof(tx)
    if last is None:
        raise NoSuchThing(thing=TrailProof.__tablename__, key="last")
    return last


def newest_proof(tx: Transaction) -> TrailProof | None:
    """The newest proof, where anybody ever asked for one."""
    tx.require(Permission.TRAIL_READ)
    return tx.session.scalars(select(TrailProof).order_by(TrailProof.id.desc()).limit(1)).first()


def prove_trail(system: System, *, proof_id: int) -> None:
    """Keep the promise of a proof. What is found stands on the trail too, where it has a head."""
    if _finished(system, proof_id):
        return
    with system.transaction(SYSTEM, writes=False) as tx:
        check = audit.verify(tx.session, partial(_come_to, system, proof_id))
    with system.transaction(SYSTEM) as tx:
        proof = tx.get(TrailProof, proof_id, lock=True)
        if proof.finished_at is not None:
            return
        proof.found(check, tx.now)
        if check.reason == "head-missing":
            return
        tx.record(
            "trail.verified",
            "trail",
            asked_by=proof.asked_by,
            entries=check.entries,
            head=check.head,
            broken_at=check.broken_at,
        )


def give_up_proof(tx: Transaction, *, proof_id: int) -> None:
    """Set down that the proof could not be made, so that it can be asked for again."""
    proof = tx.get(TrailProof, proof_id, lock=True)
    if proof.finished_at is None:
        proof.reason, proof.finished_at = GAVE_UP, tx.now


def _finished(system: System, proof_id: int) -> bool:
    with system.transaction(SYSTEM, writes=False) as tx:
        return tx.get(TrailProof, proof_id).finished_at is not None


def _come_to(system: System, proof_id: int, seq: int) -> None:
    with system.transaction(SYSTEM) as tx:
        tx.get(TrailProof, proof_id).done = seq
