"""Persons (人员), stations (供电所) and appointments (任职).

An account is a person's own ([seed 5.2], no shared accounts); what the person may do follows
from appointments in force on the day. Appointments end, they are not deleted: who held which
office when stays provable.
"""

import re
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from archive.access import COMPANY_ROLES, Actor, Office, Role
from archive.db import Base, Instant, RowId, refused_by
from archive.errors import Conflict, Invalid, Refused


class SignInNameTaken(Invalid):
    """Another person already signs in under that name."""


class StationCodeTaken(Invalid):
    """Another station already has that code."""


class StationCodeUnfit(Invalid):
    """The code has a form no archival code can carry, and could name no unit there."""


class OfficeNeedsStation(Invalid):
    """A station office needs its station; a company office has none."""


class OfficesClash(Refused):
    """The two offices may not lie with one person (``domain.md`` §8)."""


class OneCustodianOnly(Conflict):
    """A station has one named custodian at a time ([seed 3.2]: 应设专人)."""


STATION_CODE = re.compile("[A-Z0-9]{2,12}")
"""What can stand in an archival code as its unit (机构)."""


class Station(Base, kw_only=True):
    """A rural power supply station (供电所)."""

    __tablename__ = "station"

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    name: Mapped[str] = mapped_column(String(60))


def parse_station_code(text: str) -> str:
    """A station's code as typed.

    Raises:
        StationCodeUnfit: it could never be part of an archival code.
    """
    code = text.strip()
    if not STATION_CODE.fullmatch(code):
        raise StationCodeUnfit(field="code", given=code[:40])
    return code


class Person(Base, kw_only=True):
    """Somebody with an account of their own."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(40))
    password_hash: Mapped[str] = mapped_column(String(200))
    must_change_password: Mapped[bool] = mapped_column(default=True)
    active: Mapped[bool] = mapped_column(default=True)
    language: Mapped[str] = mapped_column(String(2), default="")
    failed_attempts: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(Instant, default=None)


class Appointment(Base, kw_only=True):
    """An office held by a person from one day to another (任职).

    ``station_id`` is None for offices of the company. ``document`` names the paper that
    appoints. ``until_on`` before ``from_on``: ended before the first day was over.
    """

    __tablename__ = "appointment"
    __table_args__ = (Index(None, "person_id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[Role] = mapped_column(String(20))
    station_id: Mapped[int | None] = mapped_column(ForeignKey("station.id"), default=None)
    from_on: Mapped[date]
    until_on: Mapped[date | None] = mapped_column(default=None)
    document: Mapped[str] = mapped_column(String(120), default="")

    def in_force(self, day: date) -> bool:
        return self.from_on <= day and (self.until_on is None or day <= self.until_on)


class SignIn(Base, kw_only=True):
    """A sign-in that is still good (会话); only the digest of its token is kept."""

    __tablename__ = "sign_in"
    __table_args__ = (Index(None, "person_id"),)

    token_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    began_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)


CLASHING_OFFICES = (
    frozenset({Role.CUSTODIAN, Role.COLLECTOR}),
    frozenset({Role.CUSTODIAN, Role.FINANCE}),
    frozenset({Role.COLLECTOR, Role.FINANCE}),
    frozenset({Role.CUSTODIAN, Role.FINANCE_HEAD}),
    frozenset({Role.COLLECTOR, Role.FINANCE_HEAD}),
    frozenset({Role.ARCHIVIST, Role.COLLECTOR}),  # 会计法 art. 35
    frozenset({Role.CUSTODIAN, Role.STATION_HEAD}),  # the inspector is not the inspected
    frozenset({Role.ADMINISTRATOR, Role.AUDITOR}),
)
"""Pairs of offices no person may hold at once."""


def check_offices(held: frozenset[Role], new: Role, station_id: int | None) -> None:
    """Refuse an appointment that clashes with offices already held.

    Raises:
        OfficesClash, OfficeNeedsStation: with the facts.
    """
    if (new in COMPANY_ROLES) != (station_id is None):
        raise OfficeNeedsStation(field="station_id", role=str(new))
    for pair in CLASHING_OFFICES:
        if new in pair and (pair - {new}) & held:
            (other,) = pair - {new}
            raise OfficesClash(role=str(new), other=str(other))


def actor_for(person: Person, appointments: list[Appointment], day: date) -> Actor:
    """The person as an actor, with the offices in force on ``day``; who has left holds none."""
    offices = tuple(
        Office(Role(item.role), item.station_id)
        for item in appointments
        if person.active and item.in_force(day)
    )
    return Actor(code=person.code, person_id=person.id, name=person.name, offices=offices)


refused_by(SignInNameTaken, "uq_person_code", "person.code")
refused_by(StationCodeTaken, "uq_station_code", "station.code")
