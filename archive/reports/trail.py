"""The trail as an auditor reads it: a list with filters, its head, its export."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, func, select

from archive.access import Permission
from archive.audit import TrailEntry, TrailHead
from archive.clock import STATION_ZONE
from archive.transaction import Transaction

BATCH = 1000


@dataclass(frozen=True, slots=True)
class TrailFilter:
    """What the trail is narrowed to; days are the station's, both included.

    ``subject`` matches from its beginning (``book:`` finds every book); ``of`` is all of
    it; ``events`` are any of several; ``up_to`` keeps a list in place while new entries come.
    """

    event: str = ""
    subject: str = ""
    actor: str = ""
    events: tuple[str, ...] = ()
    of: str = ""
    from_on: date | None = None
    to_on: date | None = None
    up_to: int | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """Where the trail ends."""

    seq: int
    digest: str


def head(tx: Transaction) -> Head:
    """The last number and digest of the trail; nought where somebody took the head away."""
    tx.require(Permission.TRAIL_READ)
    found = tx.session.scalars(select(TrailHead)).first()
    return Head(found.seq, found.digest) if found else Head(0, "")


def entries(
    tx: Transaction, wanted: TrailFilter, *, offset: int = 0, limit: int = 50
) -> tuple[list[TrailEntry], int]:
    """A page of entries, the newest first, and how many there are in all."""
    tx.require(Permission.TRAIL_READ)
    narrowed = conditions(wanted)
    found = tx.session.scalars(
        select(TrailEntry)
        .where(*narrowed)
        .order_by(TrailEntry.seq.desc())
        .offset(offset)
        .limit(limit)
    ).all()
    query = select(func.count()).select_from(TrailEntry).where(*narrowed)
    return list(found), tx.session.scalar(query) or 0


def entry(tx: Transaction, seq: int) -> TrailEntry:
    """One entry.

    Raises:
        NoSuchThing: the trail has no such number.
    """
    tx.require(Permission.TRAIL_READ)
    return tx.get(TrailEntry, seq)


def events(tx: Transaction) -> list[str]:
    """The kinds of event that ever happened."""
    tx.require(Permission.TRAIL_READ)
    found: list[str] = []
    following = tx.session.scalar(select(func.min(TrailEntry.event)))
    while following is not None:  # from kind to kind by the index, however many entries each has
        found.append(following)
        following = tx.session.scalar(
            select(func.min(TrailEntry.event)).where(TrailEntry.event > following)
        )
    return found


def lines(tx: Transaction, wanted: TrailFilter) -> Iterator[str]:
    """The entries as JSON, one a line, the oldest first, exactly as they are sealed.

    Whoever has them can re-derive every digest (``archive.audit``) without this program.
    """
    tx.require(Permission.TRAIL_READ)
    narrowed = conditions(wanted)
    after = 0
    while True:
        page = tx.session.scalars(
            select(TrailEntry)
            .where(TrailEntry.seq > after, *narrowed)
            .order_by(TrailEntry.seq)
            .limit(BATCH)
        ).all()
        for found in page:
            yield _line(found)
        if len(page) < BATCH:
            return
        after = page[-1].seq
        tx.session.expunge_all()


def note_export(tx: Transaction, wanted: TrailFilter) -> None:
    """Record that the trail was taken out of the program, and which part of it."""
    tx.require(Permission.TRAIL_READ)
    told = {
        "event": wanted.event,
        "subject": wanted.subject,
        "actor": wanted.actor,
        "from": wanted.from_on.isoformat() if wanted.from_on else "",
        "to": wanted.to_on.isoformat() if wanted.to_on else "",
    }
    tx.record("trail.exported", "trail", asked={key: text for key, text in told.items() if text})


def conditions(wanted: TrailFilter) -> list[ColumnElement[bool]]:
    """The filter as the database knows it."""
    found: list[ColumnElement[bool]] = []
    if wanted.event:
        found.append(TrailEntry.event == wanted.event)
    if wanted.subject:
        found.append(TrailEntry.subject.startswith(wanted.subject, autoescape=True))
    if wanted.actor:
        found.append(TrailEntry.actor == wanted.actor)
    if wanted.events:
        found.append(TrailEntry.event.in_(wanted.events))
    if wanted.of:
        found.append(TrailEntry.subject == wanted.of)
    if wanted.from_on is not None:
        found.append(TrailEntry.at >= _instant(wanted.from_on))
    if wanted.to_on is not None:
        found.append(TrailEntry.at < _instant(wanted.to_on + timedelta(days=1)))
    if wanted.up_to is not None:
        found.append(TrailEntry.seq <= wanted.up_to)
    return found


def _instant(day: date) -> str:
    """The beginning of a day at the station, as the trail writes instants."""
    begins = datetime.combine(day, time(), STATION_ZONE)
    return begins.astimezone(UTC).isoformat(timespec="microseconds")


def _line(found: TrailEntry) -> str:
    fields = {
        "seq": found.seq,
        "at": found.at,
        "actor": found.actor,
        "event": found.event,
        "subject": found.subject,
        "facts": found.facts,
        "previous": found.previous,
        "digest": found.digest,
    }
    return json.dumps(fields, ensure_ascii=False) + "\n"
