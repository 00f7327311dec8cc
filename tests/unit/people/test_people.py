"""Passwords, offices and who an actor is on a day."""

from datetime import date, timedelta
from itertools import combinations

import pytest
from argon2 import PasswordHasher  # noqa: TID251 - what is kept is looked at from outside

from archive.access import COMPANY_ROLES, Permission, Role
from archive.people import password as passwords
from archive.people.password import (
    LONGEST,
    PasswordNotNew,
    PasswordTooLong,
    PasswordTooShort,
    check_new_password,
    matches,
)
from archive.people.person import (
    CLASHING_OFFICES,
    Appointment,
    OfficeNeedsStation,
    OfficesClash,
    Person,
    actor_for,
    check_offices,
)

TODAY = date(2026, 10, 19)


def test_passwords_are_kept_by_argon2id_with_the_library_s_present_parameters():
    kept = PasswordHasher().hash("red-lantern-7")
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert matches(kept, "red-lantern-7")
    assert not matches(kept, "red-lantern-8")


def test_two_people_with_one_password_are_kept_differently():
    one, other = passwords.hashed("red-lantern-7"), passwords.hashed("red-lantern-7")
    assert one != other
    assert "red-lantern" not in one


def test_nobody_signs_in_without_an_account_whatever_the_password():
    assert not matches(None, "nobody signs in with this")


def test_full_width_typing_is_the_same_password():
    assert matches(passwords.hashed("red-lantern-7"), "ｒｅｄ-lantern-７")


def test_a_password_far_too_long_is_compared_and_refused_without_a_word():
    assert not matches(passwords.hashed("x" * LONGEST), "x" * 1_000_000)


@pytest.mark.parametrize("new", ["", "1234567", "Zhang-Collector"])
def test_a_short_password_or_the_sign_in_name_is_refused(new: str):
    with pytest.raises(PasswordTooShort):
        check_new_password(new, "zhang-collector")


def test_a_password_longer_than_is_compared_is_refused():
    check_new_password("x" * LONGEST, "zhang")
    with pytest.raises(PasswordTooLong):
        check_new_password("x" * (LONGEST + 1), "zhang")


def test_the_old_password_is_no_new_one():
    with pytest.raises(PasswordNotNew):
        check_new_password("red-lantern-7", "zhang", passwords.hashed("red-lantern-7"))


# ------------------------------------------------------------------ offices


def station_of(role: Role) -> int | None:
    return None if role in COMPANY_ROLES else 1


@pytest.mark.parametrize(("one", "other"), list(combinations(Role, 2)))
def test_offices_clash_exactly_where_duties_are_kept_apart(one: Role, other: Role):
    apart = {
        frozenset(pair)
        for pair in [
            (Role.CUSTODIAN, Role.COLLECTOR),
            (Role.CUSTODIAN, Role.FINANCE),
            (Role.COLLECTOR, Role.FINANCE),
            (Role.CUSTODIAN, Role.FINANCE_HEAD),
            (Role.COLLECTOR, Role.FINANCE_HEAD),
            (Role.ARCHIVIST, Role.COLLECTOR),
            (Role.CUSTODIAN, Role.STATION_HEAD),
            (Role.ADMINISTRATOR, Role.AUDITOR),
        ]
    }
    for held, new in ((one, other), (other, one)):
        if {held, new} in apart:
            with pytest.raises(OfficesClash) as refused:
                check_offices(frozenset({held}), new, station_of(new))
            assert refused.value.facts == {"role": str(new), "other": str(held)}
        else:
            check_offices(frozenset({held}), new, station_of(new))
    assert set(CLASHING_OFFICES) == apart


@pytest.mark.parametrize("role", Role)
def test_a_station_office_needs_its_station_and_a_company_office_has_none(role: Role):
    wrong = 1 if role in COMPANY_ROLES else None
    with pytest.raises(OfficeNeedsStation):
        check_offices(frozenset(), role, wrong)
    check_offices(frozenset(), role, station_of(role))


def an_appointment(from_on: date, until_on: date | None = None) -> Appointment:
    return Appointment(
        person_id=1, role=Role.CUSTODIAN, station_id=1, from_on=from_on, until_on=until_on
    )


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("appointment", "in_force"),
    [
        (an_appointment(TODAY), True),
        (an_appointment(TODAY + DAY), False),
        (an_appointment(TODAY - DAY, TODAY), True),
        (an_appointment(TODAY - DAY, TODAY - DAY), False),
        (an_appointment(TODAY, TODAY - DAY), False),
    ],
)
def test_an_appointment_is_in_force_from_its_first_day_to_its_last(
    appointment: Appointment, *, in_force: bool
):
    assert appointment.in_force(TODAY) == in_force
    person = Person(code="wang", name="王秀兰", password_hash="")
    person.id = 1
    actor = actor_for(person, [appointment], TODAY)
    assert actor.may(Permission.VOLUME_BIND, 1) == in_force


def test_somebody_who_has_left_holds_no_office():
    person = Person(code="wang", name="王秀兰", password_hash="", active=False)
    person.id = 1
    assert actor_for(person, [an_appointment(TODAY)], TODAY).offices == ()
