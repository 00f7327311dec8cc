"""``archive search``, ``archive reindex`` and ``archive index check``."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from archive.access import Actor, Office, Role
from archive.cli.acting import Acting, acting
from archive.finding.jobs import check_index, count_searchable
from archive.finding.jobs import reindex as make_index
from archive.finding.queries.search import Look, Result, Results
from archive.finding.queries.search import search as find
from archive.messages import Language, sentence
from archive.settings import Settings
from archive.wiring import create_system

app = typer.Typer(no_args_is_help=True)
DRIFTED = 1
OPERATOR = Actor(code="system", offices=(Office(Role.ARCHIVES, None),))
"""Whoever has the machine in their hands; names of parties are not searched for them."""

AS = typer.Option(
    "--as", help="以谁的权限检索，工号 · search as this person; the password is asked for"
)
JSON = typer.Option("--json", help="机器可读 · for a program")


def search(
    query: Annotated[str, typer.Argument(help="要查的内容 · what to look for")],
    person: Annotated[str, AS] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="最多几件 · at most so many")] = 20,
    as_json: Annotated[bool, JSON] = False,
) -> None:
    """Find records by words, codes and numbers, as one person may see them."""
    with _searching(person) as who:
        language = who.system.settings.language
        with who.system.transaction(who.actor, writes=False) as tx:
            found = find(tx, Look(query, limit=limit), language)
    if as_json:
        typer.echo(json.dumps(_told(found), ensure_ascii=False))
    else:
        _tell(found, language)


def reindex() -> None:
    """Make the index of words anew from the records; searching goes on meanwhile."""
    system = create_system()
    language = system.settings.language
    with _progress() as progress:
        task = progress.add_task(
            sentence("cli.reindexing", language), total=count_searchable(system)
        )
        indexed = make_index(system, lambda done: progress.advance(task, done))
    typer.echo(sentence("cli.reindexed", language, n=indexed))


@app.command()
def check(as_json: Annotated[bool, JSON] = False) -> None:
    """Compare the index of words with the records; what differs is indexed again."""
    system = create_system()
    drift = check_index(system)
    told = {
        "checked": drift.checked,
        "lacking": len(drift.lacking),
        "foreign": len(drift.foreign),
        "other": len(drift.other),
    }
    if as_json:
        typer.echo(json.dumps(told))
    else:
        key = "cli.index-sound" if drift.none else "cli.index-drifted"
        typer.echo(sentence(key, system.settings.language, **told))
    raise typer.Exit(0 if drift.none else DRIFTED)


@app.callback()
def group() -> None:
    """检索索引 · the index of words."""


@contextmanager
def _searching(person: str) -> Iterator[Acting]:
    if person:
        with acting(person) as who:
            yield who
    else:
        yield Acting(create_system(Settings()), OPERATOR)


def _progress() -> Progress:
    parts = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    return Progress(*parts, console=Console(stderr=True), transient=True)


def _told(found: Results) -> dict[str, Any]:
    return {"total": found.total, "hits": [_hit(one) for one in found.results]}


def _hit(one: Result) -> dict[str, Any]:
    pages = [place.page for place in one.places if place.page]
    return {
        "code": one.line.record.code,
        "title": one.line.record.title,
        "page": pages[0] if pages else None,
        "why": [place.field for place in one.places],
    }


def _tell(found: Results, language: Language) -> None:
    typer.echo(sentence("search.total", language, n=found.total))
    if found.catching_up:
        typer.echo(sentence("search.catching_up", language))
    table = Table(box=None)
    for key in ("code", "name", "why"):
        table.add_column(sentence(f"search.{key}", language))
    for one in found.results:
        why = [sentence(f"search.in_{place.field}", language, n=place.page) for place in one.places]
        table.add_row(one.line.record.code, one.line.record.title, "、".join(why))
    if found.results:
        Console().print(table)
