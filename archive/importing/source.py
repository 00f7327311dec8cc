"""A register as it came: its headings and its rows, from XLSX or CSV, within limits."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from archive.errors import Invalid
from archive.importing.cell import Cell, cell_of_text

MOST_BYTES = 20_000_000
MOST_ROWS = 20_000
MOST_COLUMNS = 60
MOST_TEXT = 20_000_000
"""Characters of all its cells together."""

OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
"""The first bytes of an .xls file, and of an .xlsx with a password on it."""


class NotARegister(Invalid):
    """The file is neither XLSX nor CSV, or is broken."""


class OldWorkbook(Invalid):
    """An .xls file, or a workbook with a password on it."""


class RegisterTooLarge(Invalid):
    """More bytes, rows or columns than one register has."""


class RegisterEmpty(Invalid):
    """There is no row of headings, or none below it."""


class TextUnreadable(Invalid):
    """The characters of a CSV are neither UTF-8 nor GB18030."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A row with the number it has in the spreadsheet."""

    line: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """Headings by position, and the rows below them that are not empty."""

    headings: tuple[str, ...]
    rows: tuple[SourceRow, ...]


def check_size(content: bytes) -> None:
    """Refuse what cannot be a register before anything is read of it.

    Raises:
        RegisterEmpty, RegisterTooLarge, OldWorkbook: beside the field.
    """
    if not content:
        raise RegisterEmpty(field="file")
    if len(content) > MOST_BYTES:
        raise RegisterTooLarge(field="file", rows=MOST_ROWS, columns=MOST_COLUMNS)
    if content.startswith(OLD_WORKBOOK):
        raise OldWorkbook(field="file")


def source_of(rows: Iterable[tuple[int, Sequence[Cell]]]) -> Source:
    """The register in these rows: the first with two cells filled is its headings.

    Raises:
        RegisterEmpty, RegisterTooLarge: beside the field.
    """
    headings: tuple[str, ...] = ()
    found, text = [], 0
    for line, cells in rows:
        filled = [cell for cell in cells if cell.text or cell.flaw]
        if not filled:
            continue
        if len(cells) > MOST_COLUMNS and any(c.text for c in cells[MOST_COLUMNS:]):
            raise RegisterTooLarge(field="file", rows=MOST_ROWS, columns=MOST_COLUMNS)
        if not headings:
            if len(filled) > 1:
                headings = tuple(cell.text[:60] for cell in cells[:MOST_COLUMNS])
            continue
        found.append(SourceRow(line, tuple(cells[: len(headings)])))
        text += sum(len(cell.text) for cell in found[-1].cells)
        if len(found) > MOST_ROWS or text > MOST_TEXT:
            raise RegisterTooLarge(field="file", rows=MOST_ROWS, columns=MOST_COLUMNS)
    if not found:
        raise RegisterEmpty(field="file")
    return Source(headings, tuple(found))


def read_csv(content: bytes) -> Source:
    """The register in a CSV of UTF-8, UTF-16 or GB18030 (which holds GBK), never guessed at.

    Raises:
        TextUnreadable, NotARegister, RegisterEmpty, RegisterTooLarge: beside the field.
    """
    text = _decoded(content)
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return source_of((reader.line_num, [cell_of_text(one) for one in row]) for row in reader)
    except csv.Error as broken:
        raise NotARegister(field="file") from broken


def _decoded(content: bytes) -> str:
    encodings = ("utf-8-sig", "gb18030")
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        encodings = ("utf-16", "utf-16")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise TextUnreadable(field="file")
