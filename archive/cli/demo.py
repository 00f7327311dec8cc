"""``archive demo serve``: the program with its demo station, and the sign-ins printed."""

import typer
from rich.console import Console
from rich.table import Table

from archive.cli import serving
from archive.demo.cast import PEOPLE, is_empty
from archive.messages import sentence
from archive.settings import Settings
from archive.system import System
from archive.wiring import create_system

app = typer.Typer(no_args_is_help=True)


@app.command()
def seed() -> None:
    """Let the demo station settle into an empty installation; nothing happens in another."""
    _settle(create_system(Settings(), nudge=lambda _promises: None))


@app.command()
def serve() -> None:
    """Settle the demo station in if need be, print the sign-ins, serve."""
    settings = Settings()
    _settle(create_system(settings, nudge=lambda _promises: None))
    _print_sign_ins(settings)
    serving.serve()


def _settle(system: System) -> None:
    if not is_empty(system):
        return
    from archive.demo import station  # noqa: PLC0415 - drawing takes a second to load

    console = Console(stderr=True)
    with console.status("") as status:
        station.settle_in(
            system,
            lambda stage: status.update(sentence(f"cli.demo-{stage}", system.settings.language)),
        )


def _print_sign_ins(settings: Settings) -> None:
    table = Table(title=f"http://{settings.host}:{settings.port}")
    for key in ("person", "role", "code", "password"):
        table.add_column(sentence(f"cli.column-{key}", settings.language))
    for player in PEOPLE:
        role = sentence(f"role.{player.role}", settings.language)
        table.add_row(player.name, role, player.code, player.password)
    Console().print(table)
