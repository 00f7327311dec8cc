"""Verbs about persons: sign in and out, passwords, appointments."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, delete, func, select

from archive.access import Actor, Permission, Role
from archive.audit import TrailEntry
from archive.errors import Invalid, Refused
from archive.people.administrators import (
    ShutsOneselfOut,
    check_administered,
    lock_administrators,
)
from archive.people.password import check_new_password, hashed, matches
from archive.people.person import (
    Appointment,
    OneCustodianOnly,
    Person,
    SignIn,
    Station,
    actor_for,
    check_offices,
    parse_station_code,
)
from archive.transaction import Transaction


class WrongSignIn(Refused):
    """Name and password do not belong together; which of the two is not said."""


class AccountWaits(Refused):
    """Too many wrong passwords in a row; the account waits a while."""


class WrongPassword(Refused):
    """The password given again for a signature is not the signer's."""


class PasswordMustChange(Refused):
    """The first thing to do is to choose a password of one's own."""


class StaffNumberMissing(Invalid):
    """A person needs a staff number and a name."""


_LATELY = 500
"""Entries of one person on the trail that a few minutes never fill."""


@dataclass(frozen=True, slots=True)
class SignInResult:
    """What a try to sign in came to; ``token`` is shown to nobody but its owner."""

    token: str | None
    person_id: int | None = None
    error: Refused | None = None
    must_change_password: bool = False


def token_digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def sign_in(tx: Transaction, code: str, password: str) -> SignInResult:
    """A new sign-in for the person, or why not.

    A failure is a result and not an exception, so that the count of wrong passwords is kept.
    """
    person = tx.session.scalars(
        select(Person).where(Person.code == code.strip()).with_for_update(key_share=True)
    ).first()
    if person is not None and person.locked_until is not None and person.locked_until > tx.now:
        minutes = int((person.locked_until - tx.now).total_seconds() // 60) + 1
        tx.record("sign-in.throttled", f"person:{person.code}")
        return SignInResult(None, error=AccountWaits(minutes=minutes))
    if not matches(person.password_hash if person and person.active else None, password):
        _count_failure(tx, person)
        return SignInResult(None, error=WrongSignIn())
    assert person is not None  # noqa: S101 - matches() is never true without a person
    person.failed_attempts, person.locked_until = 0, None
    token = secrets.token_urlsafe(32)
    tx.session.execute(delete(SignIn).where(SignIn.ends_at <= tx.now))
    tx.session.add(
        SignIn(
            token_digest=token_digest(token),
            person_id=person.id,
            began_at=tx.now,
            ends_at=tx.now + timedelta(hours=tx.settings.session_hours),
        )
    )
    tx.recognise(actor_of(tx, person))
    tx.record("sign-in.succeeded", f"person:{person.code}")
    return SignInResult(token, person.id, must_change_password=person.must_change_password)


def _count_failure(tx: Transaction, person: Person | None) -> None:
    tx.record("sign-in.failed", f"person:{person.code}" if person else "person:unknown")
    if person is None:
        return
    person.failed_attempts += 1
    if person.failed_attempts >= tx.settings.sign_in_attempts:
        person.locked_until = tx.now + timedelta(minutes=tx.settings.sign_in_wait_minutes)
        person.failed_attempts = 0


def sign_out(tx: Transaction, token: str) -> None:
    """End the sign-in; ending one that is over is no mistake."""
    tx.session.execute(delete(SignIn).where(SignIn.token_digest == token_digest(token)))
    tx.record("sign-in.ended", f"person:{tx.actor.code}")


def confirm_password(tx: Transaction, password: str) -> None:
    """The password again, before a signature.

    Wrong ones are counted as they stand on the trail, since the transaction they were typed in
    is gone: a sign-in left open is no place to guess.

    Raises:
        WrongPassword: it is not the actor's.
        AccountWaits: too many wrong ones in the last minutes.
    """
    _check_not_guessing(tx)
    person = tx.get(Person, tx.actor.person_id)
    if not matches(person.password_hash, password):
        raise WrongPassword(person=tx.actor.code)


def _check_not_guessing(tx: Transaction) -> None:
    minutes = tx.settings.sign_in_wait_minutes
    since = tx.now - timedelta(minutes=minutes)
    lately = tx.session.scalars(
        select(TrailEntry)
        .where(TrailEntry.actor == tx.actor.code)
        .order_by(TrailEntry.seq.desc())
        .limit(_LATELY)
    )
    wrong = sum(
        entry.event == "attempt.refused"
        and entry.happened_at > since
        and entry.told.get("rule") == WrongPassword.__name__
        for entry in lately
    )
    if wrong >= tx.settings.sign_in_attempts:
        raise AccountWaits(minutes=minutes)


def change_password(tx: Transaction, old: str, new: str) -> None:
    """A new password; every other sign-in of the person ends.

    Raises:
        WrongPassword, PasswordTooShort, PasswordTooLong, PasswordNotNew: nothing is changed.
    """
    confirm_password(tx, old)
    person = tx.get(Person, tx.actor.person_id, lock=True)
    check_new_password(new, person.code, person.password_hash)
    person.password_hash = hashed(new)
    person.must_change_password = False
    tx.session.execute(delete(SignIn).where(SignIn.person_id == person.id))
    tx.record("password.changed", f"person:{person.code}")


def choose_language(tx: Transaction, language: str) -> None:
    """Remember the language the person reads."""
    tx.get(Person, tx.actor.person_id).language = language


def add_station(tx: Transaction, code: str, name: str) -> Station:
    """A new station.

    Raises:
        StationCodeUnfit, StationCodeTaken: the code names no unit in an archival code, or is in
            use.
    """
    tx.require(Permission.SETTINGS_EDIT)
    station = tx.add(Station(code=parse_station_code(code), name=name.strip()))
    tx.record("station.added", f"station:{station.code}")
    return station


def add_person(tx: Transaction, code: str, name: str, password: str) -> Person:
    """A new account, whose first sign-in must change the password.

    Raises:
        StaffNumberMissing, SignInNameTaken, PasswordTooShort: with the field.
    """
    tx.require(Permission.PERSON_APPOINT)
    if not code.strip() or not name.strip():
        raise StaffNumberMissing(field="code")
    check_new_password(password, code)
    person = tx.add(Person(code=code.strip(), name=name.strip(), password_hash=hashed(password)))
    tx.record("person.added", f"person:{person.code}")
    return person


def appoint(
    tx: Transaction,
    person_id: int,
    role: Role,
    station_id: int | None,
    *,
    from_on: date | None = None,
    document: str = "",
) -> Appointment:
    """Give a person an office from a day on; what else is held from then on must not clash.

    Raises:
        OfficesClash, OfficeNeedsStation, OneCustodianOnly: the rules of §8.
    """
    tx.require(Permission.PERSON_APPOINT)
    begins = from_on or tx.today
    if station_id is not None:
        tx.get(Station, station_id, lock=True)
    person = tx.get(Person, person_id, lock=True)
    held = frozenset(
        Role(item.role)
        for item in tx.session.scalars(
            select(Appointment).where(Appointment.person_id == person_id, _serves_from(begins))
        )
    )
    check_offices(held, role, station_id)
    if role == Role.CUSTODIAN:
        _check_only_custodian(tx, station_id, begins)
    appointment = tx.add(
        Appointment(
            person_id=person_id,
            role=role,
            station_id=station_id,
            from_on=begins,
            document=document,
        )
    )
    tx.record("person.appointed", f"person:{person.code}", role=str(role), station_id=station_id)
    return appointment


def end_appointment(tx: Transaction, appointment_id: int) -> None:
    """End an office at once; the record of it stays.

    Raises:
        ShutsOneselfOut, LastAdministrator: somebody has to be left who appoints people.
    """
    tx.require(Permission.PERSON_APPOINT)
    lock_administrators(tx)
    appointment = tx.get(Appointment, appointment_id, lock=True)
    if appointment.role == Role.ADMINISTRATOR:
        _check_not_oneself(tx, appointment.person_id)
    yesterday = tx.today - timedelta(days=1)
    appointment.until_on = min(appointment.until_on or yesterday, yesterday)
    check_administered(tx)
    person = tx.get(Person, appointment.person_id)
    tx.record("appointment.ended", f"person:{person.code}", role=str(appointment.role))


def disable_person(tx: Transaction, person_id: int) -> None:
    """Close the account of somebody who has left; its history stays.

    Raises:
        ShutsOneselfOut, LastAdministrator: somebody has to be left who appoints people.
    """
    tx.require(Permission.PERSON_APPOINT)
    _check_not_oneself(tx, person_id)
    lock_administrators(tx)
    person = tx.get(Person, person_id, lock=True)
    person.active = False
    check_administered(tx)
    tx.session.execute(delete(SignIn).where(SignIn.person_id == person.id))
    tx.record("person.disabled", f"person:{person.code}")


def reset_password(tx: Transaction, person_id: int, password: str) -> None:
    """A new first password for somebody who forgot theirs; it must be changed at once.

    Raises:
        PasswordTooShort, PasswordTooLong: the old one stays.
    """
    tx.require(Permission.PERSON_APPOINT)
    person = tx.get(Person, person_id, lock=True)
    check_new_password(password, person.code)
    person.password_hash, person.must_change_password = hashed(password), True
    person.failed_attempts, person.locked_until = 0, None
    tx.session.execute(delete(SignIn).where(SignIn.person_id == person.id))
    tx.record("password.reset", f"person:{person.code}")


def appointments_of(tx: Transaction, person_id: int) -> list[Appointment]:
    """Offices in force today."""
    found = tx.session.scalars(select(Appointment).where(Appointment.person_id == person_id))
    return [item for item in found if item.in_force(tx.today)]


def actor_by_token(tx: Transaction, token: str) -> tuple[Actor, Person] | None:
    """Who is signed in with this token, with the offices of today."""
    row = tx.session.execute(
        select(Person, SignIn.ends_at)
        .join(SignIn, SignIn.person_id == Person.id)
        .where(SignIn.token_digest == token_digest(token))
    ).first()
    if row is None or row.ends_at <= tx.now or not row.Person.active:
        return None
    return actor_of(tx, row.Person), row.Person


def actor_of(tx: Transaction, person: Person) -> Actor:
    """The person as an actor today."""
    return actor_for(person, appointments_of(tx, person.id), tx.today)


def _check_not_oneself(tx: Transaction, person_id: int) -> None:
    if person_id == tx.actor.person_id:
        raise ShutsOneselfOut(person=tx.actor.code)


def _serves_from(begins: date) -> ColumnElement[bool]:
    """Appointments that are in force on that day or later."""
    never_served = Appointment.until_on < Appointment.from_on
    return Appointment.until_on.is_(None) | ((Appointment.until_on >= begins) & ~never_served)


def _check_only_custodian(tx: Transaction, station_id: int | None, begins: date) -> None:
    serving = tx.session.scalar(
        select(func.count())
        .select_from(Appointment)
        .where(
            Appointment.role == Role.CUSTODIAN,
            Appointment.station_id == station_id,
            _serves_from(begins),
        )
    )
    if serving:
        raise OneCustodianOnly(station_id=station_id)
