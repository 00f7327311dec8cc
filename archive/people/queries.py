"""Reads about persons, their offices and stations; who may see whom is decided here."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from archive.access import Permission, Role
from archive.people.person import Appointment, Person, Station
from archive.transaction import NoSuchThing, Transaction


@dataclass(frozen=True, slots=True)
class PersonFilter:
    """What a list of persons is narrowed to."""

    text: str = ""
    role: str = ""
    station_id: int | None = None
    active: bool | None = None


@dataclass(frozen=True, slots=True)
class OfficeSeen:
    """An office with the name of its station; company offices have none."""

    appointment: Appointment
    station: str | None
    in_force: bool


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One line of the list of persons, with the offices of today."""

    id: int
    code: str
    name: str
    active: bool
    must_change_password: bool
    offices: tuple[OfficeSeen, ...]


@dataclass(frozen=True, slots=True)
class StationRow:
    """One line of the list of stations."""

    id: int
    code: str
    name: str
    custodian: str | None
    persons: int


ORDERS: Mapping[str, tuple[Any, ...]] = {
    "code": (Person.code,),
    "-code": (Person.code.desc(),),
    "name": (Person.name, Person.code),
    "-name": (Person.name.desc(), Person.code),
}


def persons(
    tx: Transaction, wanted: PersonFilter, *, order: str = "code", offset: int = 0, limit: int = 50
) -> tuple[list[PersonRow], int]:
    """A page of the persons one may see, and how many there are in all."""
    conditions = _conditions(tx, wanted)
    found = list(
        tx.session.scalars(
            select(Person).where(*conditions).order_by(*ORDERS[order]).offset(offset).limit(limit)
        )
    )
    total = tx.session.scalar(select(func.count()).select_from(Person).where(*conditions)) or 0
    offices = _offices(tx, [person.id for person in found])
    rows = [
        PersonRow(
            person.id,
            person.code,
            person.name,
            person.active,
            person.must_change_password,
            tuple(office for office in offices.get(person.id, ()) if office.in_force),
        )
        for person in found
    ]
    return rows, total


def person_seen(tx: Transaction, person_id: int) -> tuple[Person, list[OfficeSeen]]:
    """The person and every office ever held, the newest first.

    Raises:
        NoSuchThing: there is nobody, or nobody one may know of.
    """
    query = select(Person).where(Person.id == person_id, *_visible(tx))
    person = tx.session.scalars(query).first()
    if person is None:
        raise NoSuchThing(thing="person", key=str(person_id))
    return person, _offices(tx, [person.id]).get(person.id, [])


def office_holders(
    tx: Transaction, roles: Collection[Role], station_id: int
) -> list[tuple[int, str, Role]]:
    """Who holds one of these offices at the station today: id, name, office."""
    rows = tx.session.execute(
        _in_force(tx, select(Person.id, Person.name, Appointment.role))
        .where(Appointment.role.in_(list(roles)), Appointment.station_id == station_id)
        .order_by(Person.name, Person.id)
    )
    return [(row.id, row.name, Role(row.role)) for row in rows]


def stations(tx: Transaction) -> list[Station]:
    """Every station, by code."""
    return list(tx.session.scalars(select(Station).order_by(Station.code)))


def stations_where(tx: Transaction, permission: Permission) -> list[Station]:
    """The stations at which the actor may do this, by code."""
    reached = tx.actor.stations(permission)
    query = select(Station).order_by(Station.code)
    return list(
        tx.session.scalars(query if reached is None else query.where(Station.id.in_(reached)))
    )


def station_rows(tx: Transaction) -> list[StationRow]:
    """Every station with its custodian and how many persons serve there."""
    custodians: dict[int, str] = {}
    serving: dict[int, set[int]] = {}
    rows = tx.session.execute(
        _in_force(tx, select(Person.id, Person.name, Appointment.role, Appointment.station_id))
    )
    for row in rows:
        if row.station_id is None:
            continue
        serving.setdefault(row.station_id, set()).add(row.id)
        if row.role == Role.CUSTODIAN:
            custodians[row.station_id] = row.name
    return [
        StationRow(
            station.id,
            station.code,
            station.name,
            custodians.get(station.id),
            len(serving.get(station.id, ())),
        )
        for station in stations(tx)
    ]


def _in_force(tx: Transaction, query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return query.join(Appointment, Appointment.person_id == Person.id).where(
        Person.active,
        Appointment.from_on <= tx.today,
        or_(Appointment.until_on.is_(None), Appointment.until_on >= tx.today),
    )


def _visible(tx: Transaction) -> list[ColumnElement[bool]]:
    """A station head sees who ever served at the station; the company sees everybody."""
    reach = tx.actor.stations(Permission.PERSON_READ)
    if reach is None:
        return []
    served = select(Appointment.person_id).where(Appointment.station_id.in_(sorted(reach)))
    return [Person.id.in_(served)]


def _conditions(tx: Transaction, wanted: PersonFilter) -> list[ColumnElement[bool]]:
    conditions = _visible(tx)
    if wanted.text:
        conditions.append(
            or_(
                Person.code.contains(wanted.text, autoescape=True),
                Person.name.contains(wanted.text, autoescape=True),
            )
        )
    if wanted.active is not None:
        conditions.append(Person.active.is_(wanted.active))
    if wanted.role or wanted.station_id is not None:
        serving = select(Appointment.person_id).where(
            Appointment.from_on <= tx.today,
            or_(Appointment.until_on.is_(None), Appointment.until_on >= tx.today),
        )
        if wanted.role:
            serving = serving.where(Appointment.role == wanted.role)
        if wanted.station_id is not None:
            serving = serving.where(Appointment.station_id == wanted.station_id)
        conditions.append(Person.id.in_(serving))
    return conditions


def _offices(tx: Transaction, person_ids: Iterable[int]) -> dict[int, list[OfficeSeen]]:
    rows = tx.session.execute(
        select(Appointment, Station.name)
        .outerjoin(Station, Station.id == Appointment.station_id)
        .where(Appointment.person_id.in_(list(person_ids)))
        .order_by(Appointment.from_on.desc(), Appointment.id.desc())
    )
    found: dict[int, list[OfficeSeen]] = {}
    for row in rows:
        appointment: Appointment = row.Appointment
        found.setdefault(appointment.person_id, []).append(
            OfficeSeen(appointment, row.name, appointment.in_force(tx.today))
        )
    return found
