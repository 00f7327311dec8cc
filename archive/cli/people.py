"""``archive people``: the first administrator of an installation, and forgotten passwords."""

from typing import Annotated

import typer
from sqlalchemy import func, select

from archive.access import Actor, Office, Role
from archive.errors import Conflict, NotFound
from archive.people import actions
from archive.people.person import Person
from archive.settings import Settings
from archive.wiring import create_system

app = typer.Typer(no_args_is_help=True)
INSTALLER = Actor(code="installer", offices=(Office(Role.ADMINISTRATOR, None),))


class NotTheFirst(Conflict):
    """There are people already; an administrator adds more on the pages."""


class NobodySoNumbered(NotFound):
    """Nobody has this staff number."""


@app.callback()
def group() -> None:
    """人员与任职 · persons and appointments."""


@app.command()
def first(
    code: Annotated[str, typer.Option(help="工号 · staff number")],
    name: Annotated[str, typer.Option(help="姓名 · name")],
    password: Annotated[
        str, typer.Option(prompt="密码 · password", hide_input=True, confirmation_prompt=True)
    ],
) -> None:
    """Make the first person, a system administrator; only while there is nobody."""
    with create_system(Settings()).transaction(INSTALLER) as tx:
        if tx.session.scalar(select(func.count()).select_from(Person)):
            raise NotTheFirst
        person = actions.add_person(tx, code, name, password)
        actions.appoint(tx, person.id, Role.ADMINISTRATOR, None)


@app.command("reset-password")
def reset_password(
    code: Annotated[str, typer.Option(help="工号 · staff number")],
    password: Annotated[
        str, typer.Option(prompt="密码 · password", hide_input=True, confirmation_prompt=True)
    ],
) -> None:
    """Give somebody who forgot the password a new first one, to be changed at sign-in."""
    with create_system(Settings()).transaction(INSTALLER) as tx:
        person = tx.session.scalars(select(Person).where(Person.code == code)).first()
        if person is None:
            raise NobodySoNumbered(code=code[:20])
        actions.reset_password(tx, person.id, password)
