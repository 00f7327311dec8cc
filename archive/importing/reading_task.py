"""Reading a register somebody sent, as the task that runs in the sandbox process.

A spreadsheet is XML in a ZIP, and both can be built to have no end; here they meet a limit on
memory and one on time, and never the transaction of somebody else.
"""

from collections.abc import Iterator

from archive.importing.source import Source, SourceRow, check_size, read_csv
from archive.importing.xlsx import read_xlsx

ZIP = b"PK\x03\x04"
_ROWS_AT_ONCE = 200

Piece = tuple[str, ...] | list[SourceRow]
"""The headings, then the rows, some at a time."""


def read_register(content: bytes) -> Iterator[Piece]:
    """The headings of a register, then its rows.

    Raises:
        RegisterEmpty, RegisterTooLarge, OldWorkbook, NotARegister, TextUnreadable: what is wrong.
    """
    source = source_in(content)
    yield source.headings
    for at in range(0, len(source.rows), _ROWS_AT_ONCE):
        yield list(source.rows[at : at + _ROWS_AT_ONCE])


def source_in(content: bytes) -> Source:
    """The register in a file, XLSX or CSV by its first bytes; raises as ``read_register``."""
    check_size(content)
    return read_xlsx(content) if content.startswith(ZIP) else read_csv(content)
