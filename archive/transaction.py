"""The unit of work: one actor, one transaction, one trail.

A change and its entry on the trail commit together or not at all. Exactly three things open a
transaction, always through :meth:`archive.system.System.transaction`: a page or API call, an
operator's command, a kept promise. Nothing else commits.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy.orm import Session
from sqlalchemy.sql.selectable import ForUpdateArg

from archive import audit
from archive.access import Actor, NotPermitted, Permission
from archive.audit import Noted
from archive.clock import Clock, day_at_station
from archive.db import Base
from archive.errors import Conflict, NotFound
from archive.outbox import Promise
from archive.search import IndexUnavailable
from archive.search.index import SearchIndex
from archive.settings import Settings
from archive.storage import ObjectStore

T = TypeVar("T", bound=Base)
_LOCK = ForUpdateArg(key_share=True)
_UNCOUNTABLE = 2**63
"""No database numbers so many rows; asked for one, SQLite and PostgreSQL fail, each in its way."""


class NoSuchThing(NotFound):
    """Nothing of that kind has that number, or the actor may not know of it."""


class ChangedMeanwhile(Conflict):
    """Somebody else changed the same thing first; look again and repeat."""


@dataclass
class Transaction:
    """What a verb works with. ``now`` is read once, so that one act has one time."""

    session: Session
    actor: Actor
    clock: Clock
    objects: ObjectStore
    settings: Settings
    now: datetime
    noted: list[Noted] = field(default_factory=list)
    promised: list[Promise] = field(default_factory=list)
    words: SearchIndex | None = None

    @property
    def index(self) -> SearchIndex:
        """The index of words.

        Raises:
            IndexUnavailable: the system was made without one.
        """
        if self.words is None:
            raise IndexUnavailable
        return self.words

    @property
    def today(self) -> date:
        """The calendar day at the station."""
        return day_at_station(self.now)

    @property
    def person_id(self) -> int:
        """The person who acts.

        Raises:
            NotPermitted: the program itself acts, where a person has to.
        """
        if self.actor.person_id is None:
            raise NotPermitted(permission="person", person=self.actor.code)
        return self.actor.person_id

    def can(self, permission: Permission, station_id: int | None = None) -> bool:
        """Whether a button for it may be shown."""
        return self.actor.may(permission, station_id)

    def require(self, permission: Permission, station_id: int | None = None) -> None:
        """The gate at the first line of every verb.

        Raises:
            NotPermitted: no office of the actor allows it at that station.
        """
        if not self.actor.may(permission, station_id):
            raise NotPermitted(permission=str(permission), person=self.actor.code)

    def get(self, kind: type[T], key: object, *, lock: bool = False) -> T:
        """The thing itself, locked for the length of the transaction if asked.

        The lock lets others refer to the row (FOR NO KEY UPDATE): a stronger one and the locks
        of foreign keys would wait for each other. Where a verb locks several things, it locks
        them in this order: volume, station, verification, hand-over, book.

        Raises:
            NoSuchThing: there is none.
        """
        if isinstance(key, int) and abs(key) >= _UNCOUNTABLE:
            raise NoSuchThing(thing=kind.__tablename__, key=str(key))
        found = self.session.get(
            kind, key, with_for_update=_LOCK if lock else None, populate_existing=lock
        )
        if found is None:
            raise NoSuchThing(thing=kind.__tablename__, key=str(key))
        return found

    def add(self, thing: T) -> T:
        """Keep a new thing, with its number filled in."""
        self.session.add(thing)
        self.session.flush()
        return thing

    def recognise(self, actor: Actor) -> None:
        """From here on it is this person who acts, having just proved who they are."""
        self.actor = actor

    def record(self, event: str, subject: str, **facts: Any) -> None:
        """Note what happened; it goes on the trail with the commit."""
        self.noted.append(Noted(event, subject, facts))

    def promise(self, name: str, **args: Any) -> Promise:
        """Owe a piece of work (``archive.jobs``) from the moment of the commit."""
        promise = Promise(name=name, args=args, made_at=self.now, due_at=self.now)
        self.session.add(promise)
        self.promised.append(promise)
        return promise

    def seal(self) -> None:
        """Append what was noted to the trail; last before the commit."""
        self.session.flush()
        audit.append(self.session, self.now, self.actor.code, self.noted)
        self.noted.clear()
