"""``archive stubs check`` reads a scan without filing anything; ``receive`` takes one in."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from archive.cli.acting import AS, acting
from archive.custody.checking import Checked, check_scan
from archive.custody.numbers import NumberRun, parse_number
from archive.custody.receiving import receive as receive_scan
from archive.custody.receiving import scan_limits, volume_named
from archive.errors import ArchiveError
from archive.ingest.names import name_as_received
from archive.ingest.spool import Spool
from archive.messages import Language, sentence
from archive.settings import Settings

app = typer.Typer(no_args_is_help=True)
FINDINGS = 1
UNUSABLE = 2
_MARKS = {"found": "✓", "void": "废"}

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
        voids = [parse_number(part) for given in void or [] for part in given.split(",") if part]
        checked = _read(settings, scan, run, frozenset(voids), quiet=as_json)
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


def _files(given: list[Path]) -> Iterator[Path]:
    for path in given:
        if path.is_dir():
            yield from sorted(entry for entry in path.iterdir() if entry.is_file())
        else:
            yield path


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
