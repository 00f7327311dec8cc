"""``archive stocktake``: open, join, count from a scanner's file, close, settle and show."""

import hashlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import select

from archive.cli.acting import AS, Acting, acting
from archive.errors import ArchiveError, NotFound
from archive.messages import Language, sentence
from archive.people.person import Station
from archive.settings import Settings
from archive.shelving.actions import stocktakes as verbs
from archive.shelving.queries.lookup import counted_as
from archive.shelving.queries.stocktakes import StocktakeLine, findings, stocktake_seen
from archive.transaction import Transaction

app = typer.Typer(no_args_is_help=True)

DIFFERS = 1
"""How ``show`` and ``close`` end when something is not settled."""

Json = Annotated[bool, typer.Option("--json")]
Number = Annotated[int, typer.Argument(help="盘点编号 · number of the stocktake")]


class NoSuchPlace(NotFound):
    """No station of that code."""


@app.command("open")
def open_(
    station: Annotated[str, typer.Argument(help="供电所代码 · code of the station")],
    acting_as: Annotated[str, AS],
    place: Annotated[
        str,
        typer.Option(
            "--place",
            "--room",
            help="只盘一处：KF01、KF01-G03、KF01-G03-2、KF01-G03-2-4 · only this room, cabinet, section or shelf",
        ),
    ] = "",
    records: Annotated[
        bool, typer.Option("--records", help="连同盒内每件档案 · the records in the boxes too")
    ] = False,
    as_json: Json = False,
) -> None:
    """Open a stocktake; whoever opens it counts first."""
    settings = Settings()
    with acting(acting_as, settings) as who, who.system.transaction(who.actor) as tx:
        made = verbs.open_stocktake(tx, _station(tx, station), place=place, with_records=records)
        told = _told(tx, stocktake_seen(tx, made.id))
    _say(told, settings.language, as_json=as_json)


@app.command()
def join(number: Number, acting_as: Annotated[str, AS], as_json: Json = False) -> None:
    """Count as the second person."""
    settings = Settings()
    with acting(acting_as, settings) as who, who.system.transaction(who.actor) as tx:
        stocktake_seen(tx, number)
        verbs.join_stocktake(tx, number)
        told = _told(tx, stocktake_seen(tx, number))
    _say(told, settings.language, as_json=as_json)


@app.command()
def count(
    number: Number,
    acting_as: Annotated[str, AS],
    scans: Annotated[
        Path | None,
        typer.Option("--file", help="扫描枪的文件，一行一个标签 · one label a line; else stdin"),
    ] = None,
    as_json: Json = False,
) -> None:
    """Note scans, one label a line: a shelf first, then each box on it, after a box its records.

    The same file given twice counts once.
    """
    settings = Settings()
    lines = scans.read_text("utf-8").splitlines() if scans else sys.stdin.read().splitlines()
    with acting(acting_as, settings) as who:
        kept, again, refused = _noted(who, number, lines, settings.language)
    if as_json:
        typer.echo(json.dumps({"kept": kept, "again": again, "told": refused}, ensure_ascii=False))
    else:
        typer.echo(sentence("cli.scans-kept", settings.language, kept=kept, again=again))
        for line in refused:
            typer.echo(line, err=True)
    raise typer.Exit(DIFFERS if refused else 0)


def _noted(
    who: Acting, number: int, lines: list[str], language: Language
) -> tuple[int, int, list[str]]:
    """How many scans were kept, how many had been before, and what is to be told about others."""
    kept = again = 0
    refused: list[str] = []
    shelf = box = ""
    for client_id, said in _numbered(lines):
        with who.system.transaction(who.actor, writes=False) as tx:
            named = counted_as(tx, stocktake_seen(tx, number).stocktake.station_id, said)
        kind = named.kind if named is not None else ""
        if kind == "shelf":
            shelf, box = said, ""
        elif kind == "box":
            box = said
        inside = box if kind == "record" else ""
        try:
            with who.system.transaction(who.actor) as tx:
                one = verbs.count(
                    tx, number, client_id=client_id, scanned=said, shelf=shelf, box=inside
                )
        except ArchiveError as error:
            told = sentence(f"error.{type(error).__name__}", language, **error.facts)
            refused.append(f"{said}: {told}")
            continue
        if kind != "shelf":
            again, kept = again + one.again, kept + (not one.again)
        if one.wrong_room or one.loose:
            refused.append(sentence(f"stocktake.told.{one.sentence}", language, **one.facts))
    return kept, again, refused


@app.command()
def close(
    number: Number,
    acting_as: Annotated[str, AS],
    note: Annotated[str, typer.Option(help="备注 · remark")] = "",
    as_json: Json = False,
) -> None:
    """Sign the end, with the password again."""
    settings = Settings()
    with acting(acting_as, settings) as who:
        password = os.environ.get("ARCHIVE_PASSWORD") or typer.prompt(
            "签字密码 · password to sign", hide_input=True, err=True
        )
        with who.system.transaction(who.actor) as tx:
            stocktake_seen(tx, number)
            verbs.close_stocktake(tx, number, password=password, note=note)
            told = _told(tx, stocktake_seen(tx, number))
    _say(told, settings.language, as_json=as_json)
    raise typer.Exit(DIFFERS if told["open_findings"] else 0)


@app.command()
def show(number: Number, acting_as: Annotated[str, AS], as_json: Json = False) -> None:
    """How a stocktake stands; once closed, every difference."""
    settings = Settings()
    with (
        acting(acting_as, settings) as who,
        who.system.transaction(who.actor, writes=False) as tx,
    ):
        told = _told(tx, stocktake_seen(tx, number))
    _say(told, settings.language, as_json=as_json)
    raise typer.Exit(DIFFERS if told["open_findings"] else 0)


def _numbered(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Each label with an id that follows from the whole file and its place in it."""
    batch = hashlib.sha256("\n".join(lines).encode()).hexdigest()[:24]
    for at, line in enumerate(lines):
        if line.strip():
            yield f"{batch}-{at}", line.strip()


def _station(tx: Transaction, code: str) -> int:
    found = tx.session.scalars(select(Station).where(Station.code == code)).first()
    if found is None:
        raise NoSuchPlace(code=code)
    return found.id


def _told(tx: Transaction, line: StocktakeLine) -> dict[str, Any]:
    stocktake = line.stocktake
    found = findings(tx, stocktake.id) if stocktake.closed_at is not None else []
    return {
        "number": stocktake.id,
        "station": line.station.code,
        "place": line.place,
        "with_records": stocktake.with_records,
        "state": str(stocktake.state),
        "counters": [name for name in (line.counter, line.second) if name],
        "scans": line.scans,
        "in_place": stocktake.in_place,
        "records_in_place": stocktake.records_in_place,
        "open_findings": line.open_findings,
        "findings": [
            {
                "result": str(one.finding.result),
                "what": one.what,
                "expected": one.expected,
                "found": one.found,
                "settled": one.finding.settled_at is not None,
            }
            for one in found
        ],
    }


def _say(told: dict[str, Any], language: Language, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    state = sentence(f"state-stocktake.{told['state']}", language)
    head = sentence(
        "cli.stocktake", language, n=told["number"], state=state, scans=told["scans"],
        people=told["counters"], in_place=told["in_place"], records=told["records_in_place"],
    )  # fmt: skip
    typer.echo(head)
    for one in told["findings"]:
        result = sentence(f"stock-result.{one['result']}", language)
        typer.echo(f"{result}  {one['what']}  {one['expected'] or '—'} → {one['found'] or '—'}")
