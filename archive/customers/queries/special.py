"""Reads about the register of special customers that tell nothing about a person."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from archive.access import Permission
from archive.custody.queries.waiting import Waiting
from archive.customers.special import SpecialCustomer, SpecialLook, SpecialState, SpecialVisit
from archive.people.person import Person, Station
from archive.transaction import NoSuchThing, Transaction


@dataclass(frozen=True, slots=True)
class RegisterCount:
    """How many there are, for the head of the station."""

    station: Station
    active: int
    stopped: int
    visits_made: int
    visits_overdue: int


@dataclass(frozen=True, slots=True)
class DueLine:
    """A visit or a review that is due; of whom, only the register says."""

    special_id: str
    serial: int
    what: str
    due_on: date


@dataclass(frozen=True, slots=True)
class EntrySeen:
    """What of an entry is no secret to who is appointed to the register."""

    entry: SpecialCustomer
    station: Station
    verified_by: Person
    looks: tuple[tuple[SpecialLook, Person], ...]


def register_stations(tx: Transaction) -> list[Station]:
    """The stations whose register this person keeps.

    Raises:
        NoSuchThing: none; to others there is no register.
    """
    return _stations(tx, Permission.SPECIAL_KEEP)


def register_counts(tx: Transaction) -> list[RegisterCount]:
    """How many there are at each station where this person may know the number.

    Raises:
        NoSuchThing: nowhere.
    """
    permission = Permission.SPECIAL_KEEP
    if not tx.can(permission):
        permission = Permission.SPECIAL_COUNT
    return [_count(tx, station) for station in _stations(tx, permission)]


def due(tx: Transaction) -> list[DueLine]:
    """Visits and reviews due by today, the oldest first, by their serial alone."""
    stations = [station.id for station in register_stations(tx)]
    active = (
        SpecialCustomer.station_id.in_(stations),
        SpecialCustomer.state == SpecialState.ACTIVE,
    )
    visits = tx.session.execute(
        select(SpecialCustomer.id, SpecialCustomer.serial, SpecialVisit.due_on)
        .join(SpecialVisit, SpecialVisit.special_id == SpecialCustomer.id)
        .where(*active, SpecialVisit.made_on.is_(None), SpecialVisit.due_on <= tx.today)
    )
    reviews = tx.session.execute(
        select(SpecialCustomer.id, SpecialCustomer.serial, SpecialCustomer.review_on).where(
            *active, SpecialCustomer.review_on <= tx.today
        )
    )
    found = [
        *(DueLine(one, serial, "visit", day) for one, serial, day in visits),
        *(DueLine(one, serial, "review", day) for one, serial, day in reviews),
    ]
    return sorted(found, key=lambda line: (line.due_on, line.serial))


def due_for_me(tx: Transaction) -> list[Waiting]:
    """One line for the overview of who is appointed: how much is due, and of nobody's name."""
    if not tx.can(Permission.SPECIAL_KEEP):
        return []
    found = due(tx)
    return [Waiting("special-due", 0, facts={"n": len(found)})] if found else []


def entry_seen(tx: Transaction, special_id: str) -> EntrySeen:
    """An entry without anything about the person, and who has looked at it.

    Raises:
        NoSuchThing: there is none, or this person is not appointed to it.
    """
    entry = tx.get(SpecialCustomer, special_id)
    if not tx.can(Permission.SPECIAL_KEEP, entry.station_id):
        raise NoSuchThing(thing="page", key="")
    looks = tx.session.execute(
        select(SpecialLook, Person)
        .join(Person, Person.id == SpecialLook.by_id)
        .where(SpecialLook.special_id == entry.id)
        .order_by(SpecialLook.id.desc())
        .limit(20)
    )
    return EntrySeen(
        entry,
        tx.get(Station, entry.station_id),
        tx.get(Person, entry.verified_by_id),
        tuple((row[0], row[1]) for row in looks),
    )


def _stations(tx: Transaction, permission: Permission) -> list[Station]:
    if not tx.can(permission):
        raise NoSuchThing(thing="page", key="")
    query = select(Station).order_by(Station.code)
    where = tx.actor.stations(permission)
    return list(tx.session.scalars(query if where is None else query.where(Station.id.in_(where))))


def _count(tx: Transaction, station: Station) -> RegisterCount:
    by_state = tx.session.execute(
        select(SpecialCustomer.state, func.count())
        .where(SpecialCustomer.station_id == station.id)
        .group_by(SpecialCustomer.state)
    )
    states = {str(state): count for state, count in by_state}
    visits = (
        select(func.count())
        .select_from(SpecialVisit)
        .join(SpecialCustomer, SpecialCustomer.id == SpecialVisit.special_id)
        .where(SpecialCustomer.station_id == station.id)
    )
    active = states.pop(SpecialState.ACTIVE, 0)
    made = visits.where(SpecialVisit.made_on >= date(tx.today.year, 1, 1))
    overdue = visits.where(
        SpecialVisit.made_on.is_(None),
        SpecialVisit.due_on < tx.today,
        SpecialCustomer.state == SpecialState.ACTIVE,
    )
    return RegisterCount(
        station,
        active,
        sum(states.values()),
        tx.session.scalar(made) or 0,
        tx.session.scalar(overdue) or 0,
    )
