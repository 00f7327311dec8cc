"""Commands that bring scans in to be filed, and tell how the pairs stand."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from archive.cli.acting import AS, acting
from archive.custody.checking import NoSuchFile
from archive.filing.receiving import delivery_spool, station_named
from archive.filing.receiving import receive as receive_delivery
from archive.filing.watching import delivery_folder
from archive.holdings.pair import PairState
from archive.holdings.queries.record_seen import WORK, pair_counts, work_list
from archive.ingest.names import name_as_received
from archive.messages import sentence

app = typer.Typer(no_args_is_help=True)

JSON = typer.Option("--json", help="JSON")


@app.command()
def receive(  # noqa: PLR0917 - the options of a command
    paths: Annotated[list[Path], typer.Argument(help="文件或文件夹 · files or folders")],
    station: Annotated[str, typer.Option("--station", help="供电所代码 · station code")],
    person: Annotated[str, AS],
    together: Annotated[
        bool, typer.Option("--together", help="图片是同一件的各页 · images are one record")
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="一直看着文件夹 · keep watching a folder")
    ] = False,
    as_json: Annotated[bool, JSON] = False,
) -> None:
    """Take scans in to be filed; the worker reads them. All the paths make one delivery."""
    with acting(person) as who:
        system, language = who.system, who.system.settings.language
        station_id = station_named(system, who.actor, station)
        if watch:
            if len(paths) != 1 or not paths[0].is_dir():
                raise NoSuchFile(name=paths[0].name)
            folder = delivery_folder(system, paths[0], who.actor, station_id)
            while True:
                folder.poll()
                time.sleep(1)
        with delivery_spool(system.settings) as spool:
            for path in _files(paths):
                with path.open("rb") as source:
                    spool.take(source, name_as_received(path.name))
            found = receive_delivery(
                system,
                who.actor,
                station_id,
                spool.files,
                source="command",
                together=together,
            )
            files = len(spool.files)
    if as_json:
        told = {"delivery": found.id, "files": files, "pages": found.pages, "sha256": found.sha256}
        typer.echo(json.dumps(told))
    else:
        typer.echo(sentence("cli.delivered", language, n=found.pages, delivery=found.id))


def pairs(
    person: Annotated[str, AS],
    as_json: Annotated[bool, JSON] = False,
    most: Annotated[int, typer.Option("--most", help="每种最多列几件 · most of each state")] = 100,
) -> None:
    """How many records stand in which state of their pair, and those to be seen to."""
    with acting(person) as who, who.system.transaction(who.actor, writes=False) as tx:
        language = who.system.settings.language
        counts = pair_counts(tx)
        todo = {state: work_list(tx, state, limit=most)[0] for state in WORK if counts[state]}
    work = [
        {
            "code": line.record.code,
            "state": str(state),
            "since": line.pair.since.isoformat(),
            "station": line.station.code,
        }
        for state, lines in todo.items()
        for line in lines
    ]
    if as_json:
        told = {"counts": {str(state): n for state, n in counts.items()}, "work": work}
        typer.echo(json.dumps(told, ensure_ascii=False))
    else:
        _print(counts, work, language)
    raise typer.Exit(1 if work else 0)


def _print(counts: dict[PairState, int], work: list[dict[str, str]], language: str) -> None:
    console = Console()
    for state, n in counts.items():
        console.print(f"{sentence(f'state-pair.{state}', language)}  {n}")  # type: ignore[arg-type]
    table = Table()
    for column in ("code", "state", "since"):
        table.add_column(column)
    for line in work:
        word = sentence(f"state-pair.{line['state']}", language)  # type: ignore[arg-type]
        table.add_row(line["code"], word, line["since"][:10])
    if work:
        console.print(table)


def _files(given: list[Path]) -> Iterator[Path]:
    for path in given:
        if path.is_dir():
            yield from sorted(each for each in path.rglob("*") if each.is_file())
        elif path.is_file():
            yield path
        else:
            raise NoSuchFile(name=path.name)
