"""``archive holdings export``: every record one may know of, as a spreadsheet [seed 5.1]."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from archive.access import Permission
from archive.cli.acting import AS, acting
from archive.errors import NotFound
from archive.messages import Language, sentence
from archive.people.queries import stations_where
from archive.reports.lists import note_export
from archive.reports.registers import RegisterChoice, register_lines
from archive.reports.spreadsheet import Form, Heading, Row, write
from archive.transaction import Transaction

app = typer.Typer(no_args_is_help=True)

COLUMNS = {
    "station": "text",
    "code": "text",
    "name": "text",
    "kind": "text",
    "day": "text",
    "year": "number",
    "retention": "text",
    "pages": "number",
    "document_number": "text",
    "parties": "text",
    "customer_number": "text",
    "pair": "text",
    "state": "text",
    "remark": "text",
    "old_code": "text",
}
"""The columns and what they hold; named as on the page of records."""


class NoStationSoCoded(NotFound):
    """No station has that code, or the person may not read records there."""


@app.callback()
def group() -> None:
    """馆藏 · the holdings."""


@app.command()
def export(
    person: Annotated[str, AS],
    xlsx: Annotated[Path, typer.Option(help="写到哪个文件 · the file to write")],
    station: Annotated[str, typer.Option(help="供电所代码 · code of one station")] = "",
) -> None:
    """Write every record one may know of to a spreadsheet; what was taken out is on the trail."""
    with acting(person) as who:
        language = who.system.settings.language
        with who.system.transaction(who.actor) as tx:
            tx.require(Permission.RECORD_READ)
            asked = RegisterChoice(station_id=_station(tx, station) if station else None)
            headings = [
                Heading(key, sentence(f"records.{key}", language), kind)
                for key, kind in COLUMNS.items()
            ]
            with xlsx.open("wb") as out:
                title = sentence("records.title", language)
                rows = write(out, Form.XLSX, title, headings, _rows(tx, asked, language))
            note_export(tx, "records", "xlsx", rows, {"station": station} if station else {})
    typer.echo(sentence("cli.holdings-exported", language, n=rows, file=xlsx.name))


def _station(tx: Transaction, code: str) -> int:
    for one in stations_where(tx, Permission.RECORD_READ):
        if one.code == code:
            return one.id
    raise NoStationSoCoded(code=code[:20])


def _rows(tx: Transaction, asked: RegisterChoice, language: Language) -> Iterator[Row]:
    for line in register_lines(tx, asked):
        record = line.record
        yield {
            "station": line.station.name,
            "code": record.code,
            "name": record.title,
            "kind": line.kind.name_en if language == "en" else line.kind.name_zh,
            "day": record.formed_on.isoformat(),
            "year": record.year,
            "retention": line.kind.retention,
            "pages": line.pages,
            "document_number": record.document_number,
            "parties": line.people.parties,
            "customer_number": line.people.number_outside,
            "pair": sentence(f"state-pair.{line.pair.state}", language),
            "state": sentence(f"state-record.{record.state}", language),
            "remark": record.remark,
            "old_code": record.old_code,
        }
