"""``archive stubs check`` reads a scan without filing anything; ``receive`` takes one in."""

import json
import os
import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from archive.cli.acting import AS, acting
from archive.custody.checking import Checked, NoSuchFile, check_scan
from archive.custody.numbers import NumberRun, parse_number
from archive.custody.receiving import receive as receive_scan
from archive.custody.receiving import volume_named
from archive.errors import ArchiveError, Invalid
from archive.ingest.arrival import VOLUME_CODE, look_at
from archive.ingest.keeping import scan_limits
from archive.ingest.names import name_as_received
from archive.ingest.spool import Spool
from archive.messages import Language, sentence
from archive.settings import Settings

app = typer.Typer(no_args_is_help=True)
FINDINGS = 1
UNUSABLE = 2
_MARKS = {"found": "✓", "void": "废"}
_BETWEEN = re.compile(r"[,，、;；\s]+")


class EmptyFolder(Invalid):
    """A folder was given as a scan, and there is no image in it."""


class VoidOutsideRun(Invalid):
    """A number said to be void is none of those the scan is checked against."""


Scans = Annotated[list[Path], typer.Argument(help="PDF, images or a folder of images, in order")]


@app.command()
def check(
    scan: Scans,
    *,
    first: Annotated[str, typer.Option("--from", help="首号 · first number")],
    last: Annotated[str, typer.Option("--to", help="末号 · last number")],
    code: Annotated[str, typer.Option("--code", help="发票代码 · invoice code")] = "",
    void: Annotated[
        list[str] | None, typer.Option("--void", help="废票号码 · void numbers")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Account for every number on a scan. Exit: 0 all there, 1 findings, 2 unusable input."""
    settings = Settings()
    try:
        run = NumberRun.parse(code, first, last)
        checked = _read(settings, scan, run, _voids(void or [], run), quiet=as_json)
    except ArchiveError as error:
        told = sentence(f"error.{type(error).__name__}", settings.language, **error.facts)
        if as_json:
            typer.echo(
                json.dumps({"error": type(error).__name__, "message": told}, ensure_ascii=False)
            )
        else:
            typer.echo(told, err=True)
        raise typer.Exit(UNUSABLE) from error
    if as_json:
        typer.echo(json.dumps(checked.as_dict(), ensure_ascii=False))
    else:
        _print(checked, settings.language)
    raise typer.Exit(0 if checked.all_accounted_for else FINDINGS)


@app.command()
def receive(
    scan: Scans,
    volume: Annotated[str, typer.Option("--volume", help="装订册编号 · e.g. QS-202611-01")],
    person: Annotated[str, AS],
) -> None:
    """Take a scan of a volume in; the worker reads it."""
    with acting(person) as who, ExitStack() as stack:
        settings = who.system.settings
        volume_id = volume_named(who.system, who.actor, volume)
        spool = stack.enter_context(
            Spool(settings.effective_spool_dir, limit_bytes=scan_limits(settings).bytes_in_all)
        )
        for path in _files(scan):
            with path.open("rb") as source:
                spool.take(source, name_as_received(path.name))
        found = receive_scan(who.system, who.actor, volume_id, spool.files, source="command")
    typer.echo(
        sentence("cli.received", settings.language, volume=volume, n=found.pages, scan=found.id)
    )


def _read(
    settings: Settings, scan: list[Path], run: NumberRun, voids: frozenset[str], *, quiet: bool
) -> Checked:
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(
        *columns, console=console, transient=True, disable=quiet or not console.is_terminal
    ) as bar:
        task = bar.add_task(sentence("cli.reading", settings.language), total=None)
        return check_scan(
            settings,
            list(_files(scan)),
            run,
            voids,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )


def _voids(given: list[str], run: NumberRun) -> frozenset[str]:
    """The void numbers as typed, several in one word or in many."""
    voids = {parse_number(part) for word in given for part in _BETWEEN.split(word) if part}
    for number in sorted(voids):
        if number not in run:
            raise VoidOutsideRun(number=number, first=run.first, last=run.last)
    return frozenset(voids)


def _files(given: list[Path]) -> Iterator[Path]:
    """The files of a scan; those in a folder in the order of their pages (``2`` before ``10``)."""
    for path in given:
        if path.is_dir():
            yield from _inside(path.resolve())
        elif path.is_file() and os.access(path, os.R_OK):
            yield path
        else:
            raise NoSuchFile(name=path.name)


def _inside(folder: Path) -> list[Path]:
    arrivals = [seen.arrival(VOLUME_CODE) for seen in look_at(folder)]
    files = [folder / file.trace.name for arrival in arrivals for file in arrival.files]
    if not files:
        raise EmptyFolder(name=folder.name)
    return files


def _print(checked: Checked, language: Language) -> None:
    console = Console()
    table = Table(title=sentence("cli.check-title", language, scan=checked.name))
    for key in ("number", "status", "page", "confidence"):
        table.add_column(sentence(f"cli.column-{key}", language))
    for row in checked.rows:
        status = sentence(f"number-status.{row.status}", language)
        page = str(row.page) if row.page else "—"
        sure = f"{row.confidence:.2f}" if row.page else "—"
        table.add_row(row.number, f"{_MARKS.get(row.status, '✗')} {status}", page, sure)
    console.print(table)
    for finding in checked.findings:
        console.print("• " + sentence(f"finding.{finding.code}", language, **finding.facts))
    key = "cli.all-accounted" if checked.all_accounted_for else "cli.findings"
    console.print(sentence(key, language, n=len(checked.rows), findings=len(checked.blocking)))
