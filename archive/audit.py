"""The sealed trail: every entry carries the digest of the one before it.

``digest = SHA-256(canonical JSON of {seq, at, actor, event, subject, facts, previous})``, where
canonical means keys sorted, no spaces, UTF-8 as is. The head is a table of its own with one
row, locked by whoever appends, so the chain cannot fork. The trail has no foreign keys and its
rows can be neither changed nor deleted (triggers of the first migration). Facts hold numbers,
codes and digests, never personal data.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Index, String, Text, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from archive.db import Base, insert_rows

GENESIS = "0" * 64
TOLD_EVERY = 10_000
SEALED = ("seq", "at", "actor", "event", "subject", "facts", "previous")
"""What the digest of an entry is taken over."""


class TrailEntry(Base, kw_only=True):
    """One thing that happened, or was refused (审计条目)."""

    __tablename__ = "trail_entry"
    __table_args__ = (Index(None, "subject", "seq"), Index(None, "actor", "seq"))

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[str] = mapped_column(String(32))
    actor: Mapped[str] = mapped_column(String(40))
    event: Mapped[str] = mapped_column(String(60), index=True)
    subject: Mapped[str] = mapped_column(String(80))
    facts: Mapped[str] = mapped_column(Text)
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))

    @property
    def told(self) -> dict[str, Any]:
        """The facts, decoded."""
        facts: dict[str, Any] = json.loads(self.facts)
        return facts

    @property
    def happened_at(self) -> datetime:
        return datetime.fromisoformat(self.at)


class TrailHead(Base, kw_only=True):
    """Where the trail ends (链头): the one row that is locked to append."""

    __tablename__ = "trail_head"

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    seq: Mapped[int] = mapped_column(BigInteger, default=0)
    digest: Mapped[str] = mapped_column(String(64), default=GENESIS)


@dataclass(frozen=True, slots=True)
class Noted:
    """What is to be appended when the transaction ends."""

    event: str
    subject: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TrailCheck:
    """Outcome of a verification: ``broken_at`` names the first entry that does not fit."""

    entries: int
    head: str
    broken_at: int | None = None
    reason: str | None = None

    @property
    def unbroken(self) -> bool:
        return self.broken_at is None


def canonical(value: Any) -> str:
    """The one way a value is written down before it is digested."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)


def seal(entry: TrailEntry) -> str:
    """The digest an entry ought to carry."""
    return _digest({name: getattr(entry, name) for name in SEALED})


def _digest(sealed: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(sealed).encode()).hexdigest()


def append(session: Session, at: datetime, actor: str, noted: Iterable[Noted]) -> None:
    """Append entries; call it last before commit, since it holds the head until then."""
    waiting = list(noted)
    if not waiting:
        return
    head = session.scalars(select(TrailHead).with_for_update()).one()
    seq, digest, rows = head.seq, head.digest, []
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    for seq, item in enumerate(waiting, start=head.seq + 1):
        fields = (seq, moment, actor, item.event, item.subject, canonical(item.facts), digest)
        sealed = dict(zip(SEALED, fields, strict=True))
        digest = _digest(sealed)
        rows.append(sealed | {"digest": digest})
    insert_rows(session, TrailEntry, rows)
    head.seq, head.digest = seq, digest
    session.flush()


def entries(session: Session, *, after: int = 0, batch: int = 2000) -> Iterator[TrailEntry]:
    """Every entry in order, a batch in memory at a time."""
    while True:
        page = session.scalars(
            select(TrailEntry).where(TrailEntry.seq > after).order_by(TrailEntry.seq).limit(batch)
        ).all()
        if not page:
            return
        yield from page
        after = page[-1].seq
        for entry in page:
            session.expunge(entry)


def verify(session: Session, told: Callable[[int], None] | None = None) -> TrailCheck:
    """Re-derive every digest up to the head, and compare the last with it.

    ``told`` is told how far it has come, every now and then.

    Others may append meanwhile: the last entry is looked up before the head, which is then
    never behind it, and entries after the head as read are left to the next verification.
    """
    last = session.scalar(select(func.max(TrailEntry.seq))) or 0
    head = session.execute(select(TrailHead.seq, TrailHead.digest)).first()
    if head is None:
        return TrailCheck(0, GENESIS, 1, "head-missing")
    seq, previous = 0, GENESIS
    for entry in entries(session):
        if entry.seq > head.seq:
            break
        reason = _flaw(entry, seq + 1, previous)
        if reason:
            return TrailCheck(seq, previous, seq + 1, reason)
        seq, previous = entry.seq, entry.digest
        if told is not None and seq % TOLD_EVERY == 0:
            told(seq)
    if seq < head.seq:
        return TrailCheck(seq, previous, seq + 1, "entry-missing")
    if previous != head.digest:
        return TrailCheck(seq, previous, max(seq, 1), "head-differs")
    if last > head.seq:
        return TrailCheck(seq, previous, seq + 1, "beyond-head")
    return TrailCheck(seq, previous)


def _flaw(entry: TrailEntry, seq: int, previous: str) -> str | None:
    if entry.seq != seq:
        return "entry-missing"
    if entry.previous != previous:
        return "link-differs"
    if seal(entry) != entry.digest:
        return "content-differs"
    return None
