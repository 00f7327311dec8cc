"""A list as a file: XLSX for people at a spreadsheet, CSV for other programs.

Numbers of invoices are texts with leading zeros and stay texts. No text can become a formula: in
XLSX every text is written as a text; in CSV, where a spreadsheet guesses, one that begins like a
formula is led by an apostrophe. Money and electricity are numbers, and never pass a float.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import IO, Any

from archive.messages.written import iso


class Form(StrEnum):
    """The kinds of file a list can be had as."""

    XLSX = "xlsx"
    CSV = "csv"


MEDIA_TYPES: Mapping[Form, str] = {
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Form.CSV: "text/csv; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Heading:
    """A column; ``kind`` is ``text``, ``number``, ``money`` (fen) or ``kwh``."""

    key: str
    label: str
    kind: str = "text"


Row = Mapping[str, object]

_BEGINS_LIKE_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_LONGEST_CELL = 32_767
_FORMATS = {"text": "@", "number": "0", "money": "#,##0.00", "kwh": "#,##0.00"}
_WIDTHS = {"text": 18, "number": 10, "money": 16, "kwh": 16}


def write(
    out: IO[bytes], form: Form, title: str, headings: Sequence[Heading], rows: Iterable[Row]
) -> int:
    """Write the list as a file of that form; how many rows it has."""
    if form == Form.CSV:
        return _write_csv(out, headings, rows)
    return _write_xlsx(out, title, headings, rows)


def _write_xlsx(
    out: IO[bytes], title: str, headings: Sequence[Heading], rows: Iterable[Row]
) -> int:
    import xlsxwriter  # noqa: PLC0415, TID251 - the one place; a start need not wait for it

    with xlsxwriter.Workbook(out, {"constant_memory": True}) as book:  # rows wait in a file
        sheet = book.add_worksheet(title[:31])
        sheet.freeze_panes(1, 0)
        bold = book.add_format({"bold": True})
        formats = {kind: book.add_format({"num_format": told}) for kind, told in _FORMATS.items()}
        for at, heading in enumerate(headings):
            sheet.set_column(at, at, _WIDTHS[heading.kind])
            sheet.write_string(0, at, heading.label, bold)
        line = 0
        for line, row in enumerate(rows, start=1):
            for at, heading in enumerate(headings):
                _put(sheet, (line, at), _value(row[heading.key], heading), formats[heading.kind])
    return line


def _put(sheet: Any, place: tuple[int, int], value: Decimal | int | str, as_: Any) -> None:
    if isinstance(value, str):
        sheet.write_string(*place, value[:_LONGEST_CELL], as_)
    else:
        sheet.write_number(*place, value, as_)


def _write_csv(out: IO[bytes], headings: Sequence[Heading], rows: Iterable[Row]) -> int:
    text = io.TextIOWrapper(out, "utf-8-sig", newline="", write_through=True)
    lines = csv.writer(text, quoting=csv.QUOTE_ALL)
    lines.writerow([_harmless(heading.label) for heading in headings])
    line = 0
    for line, row in enumerate(rows, start=1):  # noqa: B007 - counted
        lines.writerow([_harmless(_value(row[heading.key], heading)) for heading in headings])
    text.detach()
    return line


def _value(value: object, heading: Heading) -> Decimal | int | str:
    """The value as its column has it; an empty text where there is none."""
    if value is None:
        return ""
    if heading.kind == "money" and isinstance(value, int):
        return Decimal(value).scaleb(-2)
    if heading.kind == "kwh" and isinstance(value, Decimal):
        return value.quantize(Decimal("0.01"))
    if heading.kind == "number" and isinstance(value, int):
        return value
    return iso(value) if isinstance(value, date) else str(value)


def _harmless(value: Decimal | int | str) -> str:
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_BEGINS_LIKE_A_FORMULA) else value
    return str(value)
