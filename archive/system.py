"""The running archive: its back-ends, and the one door into a transaction."""

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from archive import audit
from archive.access import Actor
from archive.audit import Noted
from archive.clock import Clock
from archive.db import CannotBeKept, error_for
from archive.errors import ArchiveError, Conflict, Refused, Unavailable
from archive.search import IndexUnavailable
from archive.search.index import SearchIndex
from archive.settings import Settings
from archive.storage import ObjectStore
from archive.transaction import ChangedMeanwhile, Transaction


class DatabaseUnavailable(Unavailable):
    """The database does not answer."""


_log = structlog.get_logger(__name__)

_LOST_THE_RACE = frozenset({"40001", "40P01"})
"""SQLSTATE of a serialization failure and of a deadlock."""


def _no_nudge(_promise_ids: list[int]) -> None:
    """Without a queue at hand, the worker's sweep finds the promise."""


@dataclass(frozen=True)
class System:
    """Everything a verb, a page or a worker needs, made once by ``archive.wiring``."""

    settings: Settings
    engine: Engine
    objects: ObjectStore
    clock: Clock = field(default_factory=Clock)
    nudge: Callable[[list[int]], None] = _no_nudge
    words: SearchIndex | None = None

    @property
    def index(self) -> SearchIndex:
        """The index of words.

        Raises:
            IndexUnavailable: this system was made without one.
        """
        if self.words is None:
            raise IndexUnavailable
        return self.words

    @contextmanager
    def transaction(self, actor: Actor, *, writes: bool = True) -> Iterator[Transaction]:
        """A transaction of ``actor``, committed on a clean end.

        A refusal rolls the work back and is itself put on the trail, in a transaction of its
        own. Promises are nudged once they are committed.
        """
        try:
            tx = yield from self._work(actor, writes=writes)
        except (Refused, Conflict) as refusal:
            self._note_refusal(actor, refusal)
            raise
        if tx.promised:
            self._tell([promise.id for promise in tx.promised])

    def _tell(self, promise_ids: list[int]) -> None:
        """Nudge the worker; what is committed stays so, and the sweep finds what it was not told."""
        try:
            self.nudge(promise_ids)
        except Exception:  # noqa: BLE001 - a queue that is away undoes nothing
            _log.warning("queue not told", promises=promise_ids, exc_info=True)

    def _work(self, actor: Actor, *, writes: bool) -> Generator[Transaction, None, Transaction]:
        engine = self.engine.execution_options(writes=writes)
        try:
            with Session(engine, expire_on_commit=False) as session, session.begin():
                tx = Transaction(
                    session,
                    actor,
                    self.clock,
                    self.objects,
                    self.settings,
                    self.clock.now(),
                    words=self.words,
                )
                yield tx
                tx.seal()
        except StaleDataError as stale:
            raise ChangedMeanwhile from stale
        except IntegrityError as violation:
            known = error_for(violation)
            if known is None:
                raise
            raise known from violation
        except (DataError, OverflowError) as oversized:  # PostgreSQL's word and SQLite's
            raise CannotBeKept from oversized
        except OperationalError as failure:
            if getattr(failure.orig, "sqlstate", None) in _LOST_THE_RACE:
                raise ChangedMeanwhile from failure
            if failure.connection_invalidated or "unable to open" in str(failure.orig):
                raise DatabaseUnavailable from failure
            raise
        return tx

    def _note_refusal(self, actor: Actor, refusal: ArchiveError) -> None:
        noted = Noted(
            "attempt.refused",
            _subject_of(refusal),
            {"rule": type(refusal).__name__, "kind": refusal.kind, **refusal.facts},
        )
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            audit.append(session, self.clock.now(), actor.code, [noted])


def _subject_of(refusal: ArchiveError) -> str:
    """What was refused, as the trail names it; where that is not said, the rule itself."""
    facts = refusal.facts
    return str(facts.get("thing") or facts.get("subject") or type(refusal).__name__)[:80]
