"""Reading XLSX: the one module that knows openpyxl.

The file is looked into before openpyxl is let near it: no more unpacked bytes than a register
has, no document types (whose entities can blow up), no path out of the package.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from archive.importing.cell import Cell, Flaw, cell_of_number, cell_of_text
from archive.importing.source import (
    MOST_COLUMNS,
    MOST_ROWS,
    NotARegister,
    RegisterEmpty,
    RegisterTooLarge,
    Source,
    SourceRow,
    source_of,
)

MOST_UNPACKED = 150_000_000
MOST_PARTS = 500
DEEPEST_LINE = 200_000
MOST_MERGED = 20_000
_MERGE = re.compile(
    rb'<(?:\w+:)?mergeCell\b[^>]*?\bref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"'
)
_CHUNK = 1 << 20


def read_xlsx(content: bytes) -> Source:
    """The register on the first sheet that shows anything.

    Raises:
        NotARegister, RegisterEmpty, RegisterTooLarge: beside the field.
    """
    from openpyxl import load_workbook  # noqa: PLC0415, TID251 - the one place; slow to load

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            _check_package(package)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        try:
            return _first_register(book, content)
        finally:
            book.close()
    except (NotARegister, RegisterEmpty, RegisterTooLarge, MemoryError):
        raise
    except Exception as broken:  # openpyxl lets through whatever its parsers raise
        raise NotARegister(field="file") from broken


def _check_package(package: zipfile.ZipFile) -> None:
    parts = package.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise RegisterTooLarge(field="file", rows=MOST_ROWS, columns=MOST_COLUMNS)
    for part in parts:
        if part.flag_bits & 1 or part.filename.startswith("/") or ".." in part.filename:
            raise NotARegister(field="file")
        with package.open(part) as opened:
            if b"<!DOCTYPE" in opened.read(4096).replace(b"\0", b""):
                raise NotARegister(field="file")


def _first_register(book: Any, content: bytes) -> Source:
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        try:
            found = source_of(_rows(sheet))
        except RegisterEmpty:
            continue
        return _without_merged(found, _merged(content, sheet))
    raise RegisterEmpty(field="file")


def _rows(sheet: Any) -> Iterator[tuple[int, list[Cell]]]:
    sheet.reset_dimensions()
    for line, row in enumerate(sheet.iter_rows(), start=1):
        if line > DEEPEST_LINE:
            raise RegisterTooLarge(field="file", rows=MOST_ROWS, columns=MOST_COLUMNS)
        yield line, [_cell(one) for one in row]


def _cell(one: Any) -> Cell:
    value = one.value
    if value is None:
        return Cell()
    if one.data_type in {"f", "e"}:
        return Cell(str(value)[:40], Flaw.FORMULA if one.data_type == "f" else Flaw.BROKEN)
    if isinstance(value, date):
        day = value.date() if isinstance(value, datetime) else value
        return Cell(day.isoformat(), day=day)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return cell_of_number(value, one.number_format or "")
    return cell_of_text(str(value))


def _merged(content: bytes, sheet: Any) -> dict[int, set[int]]:
    """Which columns are merged in which lines; openpyxl does not tell when it reads only."""
    found: dict[int, set[int]] = {}
    count = 0
    with (
        zipfile.ZipFile(io.BytesIO(content)) as package,
        package.open(sheet._worksheet_path.lstrip("/")) as part,  # noqa: SLF001 - told nowhere else
    ):
        before = b""
        while piece := part.read(_CHUNK):
            text = before + piece
            end = 0
            for match in _MERGE.finditer(text):
                end = match.end()
                left, top, right, bottom = match.groups()
                for line in range(int(top), min(int(bottom), DEEPEST_LINE) + 1):
                    count += 1
                    if count > MOST_MERGED:
                        raise RegisterTooLarge(field="file", rows=MOST_ROWS, columns=MOST_COLUMNS)
                    columns = range(_column(left), min(_column(right), MOST_COLUMNS) + 1)
                    found.setdefault(line, set()).update(columns)
            before = text[max(end, len(text) - 200) :]
    return found


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _without_merged(source: Source, merged: dict[int, set[int]]) -> Source:
    """The same with every cell that is part of a merged one marked."""
    rows = tuple(
        SourceRow(
            row.line,
            tuple(
                Cell(cell.text, Flaw.MERGED) if at in merged[row.line] else cell
                for at, cell in enumerate(row.cells)
            ),
        )
        if row.line in merged
        else row
        for row in source.rows
    )
    return Source(source.headings, rows)
