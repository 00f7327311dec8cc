"""Promises: work to be done after commit, written down in the same transaction.

The queue only executes them. A promise that is not kept – because the queue was lost or the
worker killed – is found by the periodic sweep and tried again, so keeping one must be
idempotent.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Index, String, Text, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from archive.db import Base, Instant, RowId

MAX_ATTEMPTS = 8


class Promise(Base, kw_only=True):
    """One piece of work owed (承诺): the name in ``archive.jobs`` and its arguments."""

    __tablename__ = "promise"
    __table_args__ = (Index(None, "kept_at", "due_at"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    name: Mapped[str] = mapped_column(String(60))
    args: Mapped[dict[str, Any]] = mapped_column(JSON, default_factory=dict)
    made_at: Mapped[datetime] = mapped_column(Instant)
    due_at: Mapped[datetime] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(default=0)
    leased_by: Mapped[str] = mapped_column(String(60), default="")
    leased_until: Mapped[datetime | None] = mapped_column(Instant, default=None)
    kept_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    given_up_at: Mapped[datetime | None] = mapped_column(Instant, default=None)
    last_error: Mapped[str] = mapped_column(Text, default="")

    def is_open(self, now: datetime) -> bool:
        """Whether it may be taken up: not kept, not given up, due and in nobody's hands."""
        return (
            self.kept_at is None
            and self.given_up_at is None
            and self.due_at <= now
            and (self.leased_until is None or self.leased_until <= now)
        )

    def failed(self, now: datetime, reason: str) -> None:
        """Put it back with growing waits; after the last attempt it is given up, visibly."""
        self.leased_until = None
        self.last_error = reason[:2000]
        if self.attempts >= MAX_ATTEMPTS:
            self.given_up_at = now
        else:
            self.due_at = now + timedelta(seconds=2**self.attempts)


def waiting(session: Session, now: datetime, limit: int = 100) -> list[int]:
    """Ids of promises that are due and in nobody's hands, oldest first."""
    return list(
        session.scalars(
            select(Promise.id)
            .where(
                Promise.kept_at.is_(None),
                Promise.given_up_at.is_(None),
                Promise.due_at <= now,
                or_(Promise.leased_until.is_(None), Promise.leased_until <= now),
            )
            .order_by(Promise.due_at)
            .limit(limit)
        )
    )


def take(
    session: Session, promise_id: int, now: datetime, worker: str, lease: timedelta
) -> Promise | None:
    """The promise, leased to ``worker``, or None when it is not open to be taken.

    One whose worker died every time, before it could say that it failed, comes back given up.
    """
    promise = session.get(Promise, promise_id, with_for_update=True, populate_existing=True)
    if promise is None or not promise.is_open(now):
        return None
    if promise.attempts >= MAX_ATTEMPTS:
        promise.failed(now, promise.last_error or "the worker died every time")
        return promise
    promise.attempts += 1
    promise.leased_by = worker
    promise.leased_until = now + lease
    return promise
