"""``archive trail verify`` and ``archive trail head``."""

import json
from typing import Annotated

import typer

from archive import audit
from archive.access import SYSTEM
from archive.messages import Language, sentence
from archive.settings import Settings
from archive.wiring import create_system

app = typer.Typer(no_args_is_help=True)
BROKEN = 1


@app.command()
def verify(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Re-derive every digest from the first entry on; name the first that does not fit."""
    settings = Settings()
    with create_system(settings).transaction(SYSTEM, writes=False) as tx:
        check = audit.verify(tx.session)
    if as_json:
        told = {
            "unbroken": check.unbroken,
            "entries": check.entries,
            "head": check.head,
            "broken_at": check.broken_at,
            "reason": check.reason,
        }
        typer.echo(json.dumps(told))
    elif check.unbroken:
        typer.echo(
            sentence("cli.trail-unbroken", settings.language, n=check.entries, head=check.head)
        )
    else:
        _tell_broken(settings.language, check.broken_at or 1, check.reason or "")
    raise typer.Exit(0 if check.unbroken else BROKEN)


@app.command()
def head() -> None:
    """Number and digest of the last entry, to be printed and kept elsewhere."""
    settings = Settings()
    with create_system(settings).transaction(SYSTEM, writes=False) as tx:
        found = tx.session.query(audit.TrailHead).first()
    if found is None:
        _tell_broken(settings.language, 1, "head-missing")
        raise typer.Exit(BROKEN)
    typer.echo(f"{found.seq} {found.digest}")


def _tell_broken(language: Language, seq: int, reason: str) -> None:
    told = sentence(f"trail-flaw.{reason}", language)
    typer.echo(sentence("cli.trail-broken", language, seq=seq, reason=told))
