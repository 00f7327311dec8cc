"""Somebody is always left who can appoint people, whoever acts at the same moment."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any

import pytest

from archive.access import SYSTEM, Actor, Office, Permission, Role
from archive.audit import TrailEntry
from archive.people import actions as people
from archive.people.administrators import LastAdministrator, ShutsOneselfOut
from archive.people.person import Appointment, Person
from archive.transaction import Transaction
from tests.builders import PASSWORD, Colleague, Station

INSTALLER = Actor(code="installer", offices=(Office(Role.ADMINISTRATOR, None),))


def another(station: Station) -> Colleague:
    """A second administrator."""
    made = station.administrator.does(people.add_person, "xu-administrator", "许静", PASSWORD)
    station.administrator.does(people.appoint, made.id, Role.ADMINISTRATOR, None)
    return Colleague(station.system, made.id, made.code, made.name)


def office_of(station: Station, person: Colleague) -> int:
    def held(tx: Transaction) -> int:
        return tx.session.query(Appointment).filter_by(person_id=person.id).one().id

    return station.asks(held)


def administrators(station: Station) -> set[str]:
    """Who may appoint people today."""

    def able(tx: Transaction) -> set[str]:
        actors = [people.actor_of(tx, person) for person in tx.session.query(Person)]
        return {actor.code for actor in actors if actor.may(Permission.PERSON_APPOINT)}

    return station.asks(able)


def test_an_administrator_cannot_close_the_own_account(station: Station):
    another(station)
    with pytest.raises(ShutsOneselfOut):
        station.administrator.does(people.disable_person, station.administrator.id)
    assert station.administrator.code in administrators(station)
    refused = station.asks(lambda tx: tx.session.query(TrailEntry).all()[-1])
    assert (refused.event, refused.told["rule"]) == ("attempt.refused", "ShutsOneselfOut")


def test_an_administrator_cannot_end_the_own_office_but_another_can(station: Station):
    second = another(station)
    own = office_of(station, station.administrator)
    with pytest.raises(ShutsOneselfOut):
        station.administrator.does(people.end_appointment, own)
    second.does(people.end_appointment, own)
    assert administrators(station) == {second.code}


def test_the_last_administrator_stays_even_when_the_operator_acts(station: Station):
    with pytest.raises(LastAdministrator), station.system.transaction(INSTALLER) as tx:
        people.disable_person(tx, station.administrator.id)
    with pytest.raises(LastAdministrator), station.system.transaction(INSTALLER) as tx:
        people.end_appointment(tx, office_of(station, station.administrator))
    assert administrators(station) == {station.administrator.code}


def test_an_administrator_who_begins_tomorrow_or_has_left_is_no_other(station: Station):
    second = another(station)
    station.administrator.does(people.disable_person, second.id)
    third = station.administrator.does(people.add_person, "bai-administrator", "白露", PASSWORD)
    tomorrow = station.today.replace(day=station.today.day + 1)
    station.administrator.does(people.appoint, third.id, Role.ADMINISTRATOR, None, from_on=tomorrow)
    with pytest.raises(LastAdministrator), station.system.transaction(INSTALLER) as tx:
        people.disable_person(tx, station.administrator.id)


@pytest.mark.parametrize("by_office", [False, True], ids=["accounts", "offices"])
def test_two_administrators_who_remove_each_other_at_once_do_not_both_succeed(
    station: Station, by_office: bool
):
    second = another(station)
    meet = threading.Barrier(2)

    def removes(actor: Actor, other: Colleague, office: int) -> str:
        verb: Callable[[Transaction], Any] = (
            partial(people.end_appointment, appointment_id=office)
            if by_office
            else partial(people.disable_person, person_id=other.id)
        )
        try:
            with station.system.transaction(actor) as tx:
                verb(tx)
                with suppress(threading.BrokenBarrierError):
                    meet.wait(1)
        except LastAdministrator:
            return "refused"
        return "done"

    pairs = [(station.administrator, second), (second, station.administrator)]
    given = [(one.actor(), other, office_of(station, other)) for one, other in pairs]
    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(lambda each: removes(*each), given))
    assert sorted(told) == ["done", "refused"]
    assert len(administrators(station)) == 1


def test_others_come_and_go_as_before(station: Station):
    station.administrator.does(people.disable_person, station.clerk.id)
    station.administrator.does(people.end_appointment, office_of(station, station.finance))
    with station.system.transaction(SYSTEM, writes=False) as tx:
        assert not tx.get(Person, station.clerk.id).active
