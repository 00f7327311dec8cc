"""Who opened what: every act on the trail that showed facts about people, or took a list out.

The facts themselves are not there: who, when, what of whom, and what for. The auditor reads it
over the company, by person and by what was opened; the head of a station for one record.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select

from archive.access import Permission
from archive.audit import TrailEntry
from archive.customers.customer import Customer
from archive.customers.masking import masked_number
from archive.holdings.code import right_form
from archive.holdings.queries.records import seen_record
from archive.people.person import Person, Station
from archive.reports.trail import TrailFilter, conditions, entries
from archive.transaction import Transaction

RECORD_OPENED = "record.revealed"

OPENING = (
    "customer.revealed",
    RECORD_OPENED,
    "special.looked",
    "special.register-looked",
    "list.exported",
    "trail.exported",
)
"""Events by which somebody saw facts about people, or took a list or the trail out."""

NEWEST = 50
TRAIL = "trail"
"""The subject of whoever takes out the trail itself."""


class By(StrEnum):
    """What the acts are added up by."""

    PERSON = "person"
    SUBJECT = "subject"


@dataclass(frozen=True, slots=True)
class OpenedFilter:
    """What is looked for; days are the station's, both included.

    Attributes:
        person: a staff number.
        subject: the beginning of an archival code; or, as the trail calls it, one thing
            (``customer:12``) or all of a kind (``customer:``).
    """

    event: str = ""
    person: str = ""
    subject: str = ""
    from_on: date | None = None
    to_on: date | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """One act: who, when, what of whom, what for.

    Attributes:
        about: what the subject is, in a word that shows nothing: a code, four digits, a station.
        fields: which facts were opened; none where a list was taken out.
        rows: how many lines went out; None where nothing did.
    """

    seq: int
    at: datetime
    by_code: str
    by_name: str
    event: str
    subject: str
    about: str
    fields: tuple[str, ...]
    purpose: str
    rows: int | None
    form: str


@dataclass(frozen=True, slots=True)
class OpenedSum:
    """How often one person opened something, or one thing was opened.

    Attributes:
        others: how many different things the person opened, or people opened the thing.
    """

    key: str
    name: str
    acts: int
    others: int
    last_at: datetime


def opened(
    tx: Transaction,
    wanted: OpenedFilter,
    *,
    up_to: int | None = None,
    offset: int = 0,
    limit: int = NEWEST,
) -> tuple[list[Opened], int]:
    """A page of acts, the newest first, and how many there are in all."""
    found, total = entries(tx, _on_trail(wanted, up_to), offset=offset, limit=limit)
    return _told(tx, found), total


def opened_summed(
    tx: Transaction, wanted: OpenedFilter, by: By, *, offset: int = 0, limit: int = NEWEST
) -> tuple[list[OpenedSum], int]:
    """The acts added up by person or by what was opened, the most first, and how many those are."""
    tx.require(Permission.TRAIL_READ)
    key, other = TrailEntry.actor, TrailEntry.subject
    if by == By.SUBJECT:
        key, other = other, key
    narrowed = conditions(_on_trail(wanted, None))
    acts = func.count().label("acts")
    rows = tx.session.execute(
        select(key, acts, func.count(other.distinct()), func.max(TrailEntry.at))
        .where(*narrowed)
        .group_by(key)
        .order_by(acts.desc(), key)
        .offset(offset)
        .limit(limit)
    ).all()
    keys = [row[0] for row in rows]
    names = _named(tx, keys) if by == By.PERSON else _abouts(tx, keys)
    total = tx.session.scalar(select(func.count(key.distinct())).where(*narrowed)) or 0
    return [
        OpenedSum(row[0], names.get(row[0], row[0]), row[1], row[2], datetime.fromisoformat(row[3]))
        for row in rows
    ], total


def opened_of_record(tx: Transaction, record_id: int) -> list[Opened]:
    """Who opened facts about people in one record, and what for; the newest first.

    Raises:
        NoSuchThing: there is no such record, or this person may not know of it.
    """
    record = seen_record(tx, record_id)
    tx.require(Permission.OPENED_READ, record.station_id)
    query = (
        select(TrailEntry)
        .where(TrailEntry.subject == record.subject, TrailEntry.event == RECORD_OPENED)
        .order_by(TrailEntry.seq.desc())
        .limit(NEWEST)
    )
    return _told(tx, tx.session.scalars(query).all())


def everybody(tx: Transaction) -> dict[str, str]:
    """Everybody who may have opened something, by staff number: names in their order."""
    tx.require(Permission.TRAIL_READ)
    query = select(Person.code, Person.name).order_by(Person.name, Person.code)
    return {row.code: row.name for row in tx.session.execute(query)}


def _named(tx: Transaction, codes: Collection[str]) -> dict[str, str]:
    """The names of people by their staff numbers."""
    query = select(Person.code, Person.name).where(Person.code.in_(set(codes)))
    return {row.code: row.name for row in tx.session.execute(query)}


def _on_trail(wanted: OpenedFilter, up_to: int | None) -> TrailFilter:
    """The filter as the trail knows it."""
    subject, one = wanted.subject, ""
    if subject and ":" not in subject and subject != TRAIL:
        subject = f"record:{right_form(subject)}"
    elif not subject.endswith(":"):
        subject, one = "", subject
    return TrailFilter(
        events=(wanted.event,) if wanted.event in OPENING else OPENING,
        subject=subject,
        of=one,
        actor=wanted.person,
        from_on=wanted.from_on,
        to_on=wanted.to_on,
        up_to=up_to,
    )


def _told(tx: Transaction, found: Sequence[TrailEntry]) -> list[Opened]:
    names = _named(tx, [entry.actor for entry in found])
    abouts = _abouts(tx, [entry.subject for entry in found])
    return [_one(entry, names, abouts) for entry in found]


def _one(entry: TrailEntry, names: dict[str, str], abouts: dict[str, str]) -> Opened:
    told: dict[str, Any] = entry.told
    return Opened(
        entry.seq,
        entry.happened_at,
        entry.actor,
        names.get(entry.actor, entry.actor),
        entry.event,
        entry.subject,
        abouts.get(entry.subject, ""),
        tuple(str(name) for name in told.get("fields", ())),
        str(told.get("purpose", "")),
        told.get("rows"),
        str(told.get("form", "")),
    )


def _abouts(tx: Transaction, subjects: Collection[str]) -> dict[str, str]:
    """In a word what each subject is: its code, four digits of its number, its station."""
    codes = [subject for subject in subjects if subject.startswith("record:")]
    found = {subject: subject.removeprefix("record:") for subject in codes}
    customers = _ids(subjects, "customer:")
    query = select(Customer.id, Customer.number).where(Customer.id.in_(customers))
    for row in tx.session.execute(query):
        found[customers[row.id]] = masked_number(row.number)
    stations = _ids(subjects, "station:")
    named = select(Station.id, Station.name).where(Station.id.in_(stations))
    for row in tx.session.execute(named):
        found[stations[row.id]] = row.name
    return found


def _ids(subjects: Collection[str], kind: str) -> dict[int, str]:
    """The subjects of a kind by their numbers."""
    numbered = ((subject.removeprefix(kind), subject) for subject in subjects)
    return {int(rest): subject for rest, subject in numbered if rest.isdecimal()}
