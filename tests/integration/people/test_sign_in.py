"""Everybody signs in as himself; wrong passwords wait, sign-ins end, leavers are out."""

from datetime import timedelta

import pytest

from archive.access import Actor, NotPermitted, Permission, Role
from archive.audit import TrailEntry
from archive.custody.actions import volumes
from archive.custody.volume import Volume
from archive.people import actions as people
from archive.people.actions import (
    AccountWaits,
    StaffNumberMissing,
    WrongPassword,
    WrongSignIn,
)
from archive.people.password import PasswordNotNew, PasswordTooShort
from archive.people.person import Person, SignIn, SignInNameTaken
from tests.builders import PASSWORD, Colleague, Station
from tests.clock import SettableClock


def who(station: Station, token: str) -> str | None:
    """The staff number of whoever is signed in with this token."""
    found = station.asks(people.actor_by_token, token)
    return found[0].code if found else None


def tries(station: Station, code: str, password: str) -> people.SignInResult:
    with station.system.transaction(Actor(code="nobody")) as tx:
        return people.sign_in(tx, code, password)


def newcomer(station: Station) -> Colleague:
    person = station.administrator.does(people.add_person, "he-new", "何新", "first-pass-1")
    return Colleague(station.system, person.id, "he-new", "何新", "first-pass-1")


def test_who_signs_in_is_known_by_a_token_nobody_else_can_read(station: Station):
    result = station.collector.signs_in()
    assert result.token is not None
    assert who(station, result.token) == station.collector.code
    kept = station.asks(lambda tx: tx.session.query(SignIn).one())
    assert kept.token_digest != result.token
    assert result.token not in kept.token_digest
    assert len(result.token) >= 40
    assert who(station, result.token + "x") is None
    assert who(station, "") is None


def test_a_wrong_name_and_a_wrong_password_are_answered_alike(station: Station):
    wrong = tries(station, station.collector.code, "guessed-it")
    unknown = tries(station, "nobody", "guessed-it")
    for result in (wrong, unknown):
        assert result.token is None
        assert isinstance(result.error, WrongSignIn)
        assert result.error.facts == {}


def test_after_five_wrong_passwords_the_account_waits_and_then_opens_again(
    station: Station, clock: SettableClock
):
    code = station.collector.code
    for _ in range(5):
        assert isinstance(tries(station, code, "guessed-it").error, WrongSignIn)
    waits = tries(station, code, PASSWORD)
    assert isinstance(waits.error, AccountWaits)
    assert waits.error.facts == {"minutes": 16}
    clock.advance(minutes=14, seconds=59)
    assert isinstance(tries(station, code, PASSWORD).error, AccountWaits)
    clock.advance(seconds=1)
    assert tries(station, code, PASSWORD).token is not None
    assert station.finance.signs_in().token is not None


def test_a_sign_in_left_open_is_no_place_to_guess_the_password(
    station: Station, clock: SettableClock
):
    volume = station.bound_volume()

    def sign(password: str) -> None:
        station.collector.does(volumes.sign_volume, volume.id, password=password)

    for guess in range(5):
        with pytest.raises(WrongPassword):
            sign(f"guess-{guess}")
    with pytest.raises(AccountWaits):
        sign(PASSWORD)
    with pytest.raises(AccountWaits):
        station.collector.does(people.change_password, PASSWORD, "own-pass-22")
    assert station.sees(Volume, volume.id).state == "draft"
    clock.advance(minutes=15)
    sign(PASSWORD)
    assert station.sees(Volume, volume.id).state == "signed"


def test_a_right_password_in_between_begins_the_count_anew(station: Station):
    code = station.collector.code
    for _ in range(3):
        for _ in range(4):
            assert isinstance(tries(station, code, "guessed-it").error, WrongSignIn)
        assert tries(station, code, PASSWORD).token is not None


def test_a_sign_in_ends_after_its_hours_or_when_told(station: Station, clock: SettableClock):
    token = station.collector.signs_in().token
    clock.advance(hours=station.system.settings.session_hours, seconds=-1)
    assert who(station, token) == station.collector.code
    clock.advance(seconds=1)
    assert who(station, token) is None
    token = station.collector.signs_in().token
    assert station.asks(lambda tx: tx.session.query(SignIn).count()) == 1
    station.collector.does(people.sign_out, token)
    assert who(station, token) is None
    station.collector.does(people.sign_out, token)


def test_the_first_sign_in_has_to_change_the_password(station: Station):
    he = newcomer(station)
    result = he.signs_in("first-pass-1")
    assert result.must_change_password
    with pytest.raises(WrongPassword):
        he.does(people.change_password, "guessed-it", "own-pass-22")
    with pytest.raises(PasswordNotNew):
        he.does(people.change_password, "first-pass-1", "first-pass-1")
    with pytest.raises(PasswordTooShort):
        he.does(people.change_password, "first-pass-1", "he-new")
    he.does(people.change_password, "first-pass-1", "own-pass-22")
    assert who(station, result.token) is None
    assert not he.signs_in("own-pass-22").must_change_password
    assert isinstance(he.signs_in("first-pass-1").error, WrongSignIn)


def test_somebody_who_has_left_is_out_at_once(station: Station):
    token = station.collector.signs_in().token
    station.administrator.does(people.disable_person, station.collector.id)
    assert who(station, token) is None
    assert isinstance(station.collector.signs_in().error, WrongSignIn)
    assert station.collector.actor().offices == ()
    with pytest.raises(NotPermitted):
        station.collector.does(lambda tx: tx.require(Permission.BOOK_READ, station.id))
    assert station.sees(Person, station.collector.id).name == "张大勇"


def test_an_office_ends_at_once_even_on_its_first_day_and_never_comes_back(
    station: Station, clock: SettableClock
):
    (held,) = station.asks(people.appointments_of, station.collector.id)
    assert held.from_on == station.today
    station.administrator.does(people.end_appointment, held.id)
    assert station.collector.actor().offices == ()
    ended_on = station.sees(type(held), held.id).until_on
    clock.advance(days=30)
    station.administrator.does(people.end_appointment, held.id)
    assert station.sees(type(held), held.id).until_on == ended_on
    assert station.collector.actor().offices == ()


def test_an_appointment_not_begun_yet_can_be_taken_back(station: Station, clock: SettableClock):
    later = station.today + timedelta(days=3)
    ahead = station.administrator.does(
        people.appoint, station.clerk.id, Role.ARCHIVIST, station.id, from_on=later
    )
    station.administrator.does(people.end_appointment, ahead.id)
    clock.advance(days=4)
    assert [office.role for office in station.clerk.actor().offices] == [Role.STAFF]


def test_an_account_belongs_to_one_person(station: Station):
    add = people.add_person
    for code, name in (("", "何新"), ("he", "  ")):
        with pytest.raises(StaffNumberMissing):
            station.administrator.does(add, code, name, "first-pass-1")
    with pytest.raises(PasswordTooShort):
        station.administrator.does(add, "he-new", "何新", "he-new")
    newcomer(station)
    with pytest.raises(SignInNameTaken):
        newcomer(station)
    for other in (station.custodian, station.leader, station.auditor):
        with pytest.raises(NotPermitted):
            other.does(add, "somebody", "某人", "first-pass-1")


def test_every_try_to_sign_in_stands_on_the_trail_without_the_unknown_name(station: Station):
    tries(station, station.collector.code, PASSWORD)
    tries(station, station.collector.code, "guessed-it")
    tries(station, "张大勇", "guessed-it")
    told = station.asks(
        lambda tx: [
            (entry.event, entry.subject, entry.actor)
            for entry in tx.session.query(TrailEntry).order_by(TrailEntry.seq)
            if entry.event.startswith("sign-in")
        ]
    )
    assert told == [
        ("sign-in.succeeded", "person:zhang-collector", "zhang-collector"),
        ("sign-in.failed", "person:zhang-collector", "nobody"),
        ("sign-in.failed", "person:unknown", "nobody"),
    ]


def test_a_forgotten_password_is_reset_by_the_administrator_and_changed_at_sign_in(
    station: Station,
):
    result = station.collector.signs_in()
    assert result.token is not None
    station.administrator.does(people.reset_password, station.collector.id, "another-first-1")
    assert who(station, result.token) is None
    assert isinstance(tries(station, station.collector.code, PASSWORD).error, WrongSignIn)
    assert tries(station, station.collector.code, "another-first-1").must_change_password


def test_nobody_else_resets_a_password(station: Station):
    with pytest.raises(NotPermitted):
        station.finance.does(people.reset_password, station.collector.id, "another-first-1")
