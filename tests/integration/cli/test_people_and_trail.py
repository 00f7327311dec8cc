"""``archive people`` and ``archive trail``: what is done and proved at a terminal."""

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing

import pytest

from archive.access import SYSTEM, Actor
from archive.audit import TrailEntry
from archive.clock import Clock
from archive.people import actions as people
from archive.people.person import Appointment, Person
from tests.builders import PASSWORD, Station, open_system
from tests.integration.cli.terminal import Ended, Terminal

NEW = "given-again-77"


def signs_in(station: Station, code: str, password: str) -> people.SignInResult:
    with station.system.transaction(Actor(code="nobody")) as tx:
        return people.sign_in(tx, code, password)


# ---------------------------------------------------------------- people


def first(archive: Terminal, password: str, code: str = "A001") -> Ended:
    return archive("people", "first", "--code", code, "--name", "罗建国", "--password", password)


def test_the_first_person_of_an_installation_is_its_administrator(archive: Terminal):
    assert first(archive, NEW) == Ended(0, "", "")
    again = first(archive, NEW, "A002")
    assert (again.status, again.out) == (2, "")
    assert "已经有人员" in again.err
    running = open_system("", Clock(), archive.data)
    with running.transaction(SYSTEM, writes=False) as tx:
        (person,) = tx.session.query(Person).all()
        (office,) = tx.session.query(Appointment).all()
    running.engine.dispose()
    assert (person.code, person.name, person.must_change_password) == ("A001", "罗建国", True)
    assert (office.person_id, str(office.role), office.station_id) == (
        person.id,
        "administrator",
        None,
    )
    assert archive("trail", "verify").status == 0


def test_a_first_password_that_is_too_short_makes_nobody(archive: Terminal):
    refused = first(archive, "short")
    assert (refused.status, refused.out) == (2, "")
    assert "密码" in refused.err
    assert first(archive, NEW).status == 0


def reset(archive: Terminal, code: str, password: str = NEW) -> Ended:
    return archive("people", "reset-password", "--code", code, "--password", password)


def test_a_forgotten_password_is_reset_and_must_then_be_changed(
    archive: Terminal, station: Station
):
    somebody = station.collector
    token = somebody.signs_in().token
    assert reset(archive, somebody.code) == Ended(0, "", "")
    assert signs_in(station, somebody.code, PASSWORD).token is None
    again = signs_in(station, somebody.code, NEW)
    assert again.token is not None
    assert again.must_change_password
    assert station.asks(people.actor_by_token, token or "") is None
    entry = station.asks(
        lambda tx: tx.session.query(TrailEntry).filter_by(event="password.reset").one()
    )
    assert (entry.actor, entry.subject) == ("installer", f"person:{somebody.code}")
    assert NEW not in entry.facts


def test_a_password_is_reset_for_nobody_else(archive: Terminal, station: Station):
    unknown = reset(archive, "nobody-here")
    assert (unknown.status, unknown.out) == (2, "")
    assert "nobody-here" in unknown.err
    assert reset(archive, station.collector.code, "short").status == 2
    assert signs_in(station, station.collector.code, PASSWORD).token is not None


# ---------------------------------------------------------------- the trail

ZEROS = "0" * 64
FLAWS = {
    "content-differs": (3, ["UPDATE trail_entry SET actor = 'nobody' WHERE seq = 3"]),
    "link-differs": (3, [f"UPDATE trail_entry SET previous = '{ZEROS}' WHERE seq = 3"]),
    "entry-missing": (3, ["DELETE FROM trail_entry WHERE seq = 3"]),
    "head-differs": (5, [f"UPDATE trail_head SET digest = '{ZEROS}'"]),
    "head-missing": (1, ["DELETE FROM trail_head"]),
    "beyond-head": (
        5,
        [
            "UPDATE trail_head SET seq = 4",
            "UPDATE trail_head SET digest = (SELECT digest FROM trail_entry WHERE seq = 4)",
        ],
    ),
}
"""What somebody who can write to the database did to a trail of five; where it is then broken."""


@pytest.fixture
def trail(installed: Terminal) -> Terminal:
    """An installation with five entries."""
    running = open_system("", Clock(), installed.data)
    with running.transaction(SYSTEM) as tx:
        for at in range(5):
            tx.record("test.happened", f"thing:{at}")
    running.engine.dispose()
    return installed


def tamper(archive: Terminal, statements: Sequence[str]) -> None:
    with closing(sqlite3.connect(archive.data / "archive.sqlite3")) as database, database:
        sealed = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'trail%'"
        for (name,) in database.execute(sealed).fetchall():
            database.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            assert database.execute(statement).rowcount == 1


def test_an_unbroken_trail_is_told_with_its_length_and_head(trail: Terminal):
    plainly = trail("trail", "verify")
    told = json.loads(trail("trail", "verify", "--json").out)
    assert plainly.status == 0
    assert (told["unbroken"], told["entries"], told["broken_at"]) == (True, 5, None)
    assert plainly.out == f"审计链完整：共 5 条，链头 {told['head']}\n"
    assert trail("trail", "head").out == f"5 {told['head']}\n"


@pytest.mark.parametrize("flaw", FLAWS)
def test_a_broken_trail_is_told_with_the_place_and_the_flaw(trail: Terminal, flaw: str):
    at, statements = FLAWS[flaw]
    tamper(trail, statements)
    as_json = trail("trail", "verify", "--json")
    told = json.loads(as_json.out)
    assert (as_json.status, told["unbroken"]) == (1, False)
    assert (told["broken_at"], told["reason"]) == (at, flaw)
    chinese = trail("trail", "verify")
    assert chinese.status == 1
    assert chinese.out.startswith(f"审计链从第 {at} 条起不可信：")
    assert flaw not in chinese.out
    english = trail("trail", "verify", language="en")
    assert english.status == 1
    assert flaw not in english.out
    assert str(at) in english.out


def test_a_trail_without_its_head_has_none_to_tell(trail: Terminal):
    tamper(trail, ["DELETE FROM trail_head"])
    ended = trail("trail", "head")
    assert (ended.status, ended.err) == (1, "")
    assert ended.out == "审计链从第 1 条起不可信：链头不见了\n"
