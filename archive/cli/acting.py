"""Commands that do something act as a person, with that person's password."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import typer
from sqlalchemy import select

from archive.access import SYSTEM, Actor
from archive.people.actions import PasswordMustChange, WrongSignIn, actor_of
from archive.people.password import matches
from archive.people.person import Person
from archive.settings import Settings
from archive.system import System
from archive.wiring import create_system

AS = typer.Option("--as", help="工号 · staff number of who acts; the password is asked for")


@dataclass(frozen=True)
class Acting:
    """A system and the person who uses it from a terminal."""

    system: System
    actor: Actor


@contextmanager
def acting(code: str, settings: Settings | None = None) -> Iterator[Acting]:
    """The system, in the name of a person who gave the password.

    The password is asked for, or taken from ``ARCHIVE_PASSWORD`` by scripts.

    Raises:
        WrongSignIn: staff number and password do not belong together.
        PasswordMustChange: it is a first password, which opens nothing yet.
    """
    system = create_system(settings)
    given = os.environ.get("ARCHIVE_PASSWORD") or _ask()
    with system.transaction(SYSTEM, writes=False) as tx:
        person = tx.session.scalars(select(Person).where(Person.code == code)).first()
        known = person.password_hash if person is not None and person.active else None
        if person is None or not matches(known, given):
            raise WrongSignIn
        if person.must_change_password:
            raise PasswordMustChange
        actor = actor_of(tx, person)
    yield Acting(system, actor)


def _ask() -> str:
    if not sys.stdin.isatty():
        raise WrongSignIn
    return str(typer.prompt("密码 · password", hide_input=True, err=True))
