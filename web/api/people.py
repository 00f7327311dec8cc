"""Stations, people, appointments, invoice kinds."""

from fastapi import APIRouter
from pydantic import BaseModel, SecretStr
from sqlalchemy import select

from archive.access import Permission, Role
from archive.custody.actions import plans
from archive.custody.kind import InvoiceKind
from archive.people import actions as people
from archive.people.person import Person, Station
from archive.people.queries import stations_where
from web.api.told import KindTold, PersonTold, StationTold
from web.deps import SignedIn

router = APIRouter(tags=["people"])


class NewStation(BaseModel):
    code: str
    name: str


class NewPerson(BaseModel):
    code: str
    name: str
    password: SecretStr


class FirstPassword(BaseModel):
    password: SecretStr


class NewAppointment(BaseModel):
    role: Role
    station_id: int | None = None
    document: str = ""


class NewKind(BaseModel):
    code: str
    name: str
    code_digits: int = 12
    number_digits: int = 8
    book_size: int = 50
    copies: int = 3


@router.get("/stations")
def list_stations(visit: SignedIn) -> list[StationTold]:
    """The stations whose invoices one may see."""
    with visit.reading() as tx:
        return [
            StationTold.model_validate(station)
            for station in stations_where(tx, Permission.BOOK_READ)
        ]


@router.post("/stations", status_code=201)
def add_station(visit: SignedIn, given: NewStation) -> StationTold:
    with visit.transaction() as tx:
        station: Station = people.add_station(tx, given.code, given.name)
        return StationTold.model_validate(station)


@router.get("/people")
def list_people(visit: SignedIn) -> list[PersonTold]:
    with visit.reading() as tx:
        tx.require(Permission.PERSON_READ)
        found = tx.session.scalars(select(Person).order_by(Person.code))
        return [PersonTold.model_validate(person) for person in found]


@router.post("/people", status_code=201)
def add_person(visit: SignedIn, given: NewPerson) -> PersonTold:
    with visit.transaction() as tx:
        person = people.add_person(tx, given.code, given.name, given.password.get_secret_value())
        return PersonTold.model_validate(person)


@router.post("/people/{person_id}/appointments", status_code=201)
def appoint(visit: SignedIn, person_id: int, given: NewAppointment) -> dict[str, int]:
    with visit.transaction() as tx:
        appointment = people.appoint(
            tx, person_id, given.role, given.station_id, document=given.document
        )
        return {"id": appointment.id}


@router.post("/appointments/{appointment_id}/end", status_code=204)
def end_appointment(visit: SignedIn, appointment_id: int) -> None:
    with visit.transaction() as tx:
        people.end_appointment(tx, appointment_id)


@router.post("/people/{person_id}/disable", status_code=204)
def disable_person(visit: SignedIn, person_id: int) -> None:
    with visit.transaction() as tx:
        people.disable_person(tx, person_id)


@router.post("/people/{person_id}/password", status_code=204)
def reset_password(visit: SignedIn, person_id: int, given: FirstPassword) -> None:
    """A new first password for somebody who forgot theirs."""
    with visit.transaction() as tx:
        people.reset_password(tx, person_id, given.password.get_secret_value())


@router.get("/kinds")
def list_kinds(visit: SignedIn) -> list[KindTold]:
    with visit.reading() as tx:
        found = tx.session.scalars(select(InvoiceKind).order_by(InvoiceKind.code))
        return [KindTold.model_validate(kind) for kind in found]


@router.post("/kinds", status_code=201)
def add_kind(visit: SignedIn, given: NewKind) -> KindTold:
    with visit.transaction() as tx:
        return KindTold.model_validate(plans.add_kind(tx, **given.model_dump()))
