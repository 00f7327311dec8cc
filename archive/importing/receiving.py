"""From the bytes of a register to an import: the one way in for page and API.

The file is read in a process of its own before the transaction begins, so that nobody waits for
a large one, and nothing it holds can take the program down.
"""

from dataclasses import dataclass
from hashlib import sha256

from archive.access import Actor, Permission
from archive.importing.actions import receive_register
from archive.importing.reading_task import read_register
from archive.importing.run import ImportRun, Target
from archive.importing.source import (
    MOST_COLUMNS,
    MOST_ROWS,
    NotARegister,
    RegisterTooLarge,
    Source,
    SourceRow,
    check_size,
)
from archive.ingest.sandbox import Limits, ReaderDied, Sandbox
from archive.people.person import Station
from archive.system import System

READING = Limits(memory=1 << 30, seconds_per_result=60, seconds_in_all=120, result_bytes=64 << 20)


@dataclass(frozen=True, slots=True)
class Register:
    """A register as it was read, and the digest of the file it stood in."""

    source: Source
    sha256: str


def receive(
    system: System, actor: Actor, station_id: int, *, target: Target, register: str, content: bytes
) -> ImportRun:
    """A register as it came; nothing is imported yet.

    Raises:
        NotPermitted: before the file is looked at.
        RegisterNameMissing, NotARegister, OldWorkbook, RegisterTooLarge, RegisterEmpty,
        TextUnreadable: nothing is kept.
    """
    with system.transaction(actor, writes=False) as tx:
        tx.get(Station, station_id)
        tx.require(Permission.REGISTER_IMPORT, station_id)
    read = looked_into(content)
    with system.transaction(actor) as tx:
        return receive_register(
            tx,
            station_id,
            target=target,
            register=register,
            source=read.source,
            sha256=read.sha256,
        )


def looked_into(content: bytes) -> Register:
    """The register in a file, read in a process made for it.

    Raises:
        RegisterTooLarge: reading it takes more memory or time than any register.
        NotARegister: reading it took the process down.
    """
    check_size(content)
    headings: tuple[str, ...] = ()
    rows: list[SourceRow] = []
    try:
        with Sandbox(READING) as sandbox:
            for piece in sandbox.run(read_register, [content]):
                if isinstance(piece, tuple):
                    headings = piece
                else:
                    rows += piece
    except ReaderDied as died:
        if died.facts["how"] in {"memory", "silent"}:
            raise RegisterTooLarge(field="file", rows=MOST_ROWS, columns=MOST_COLUMNS) from died
        raise NotARegister(field="file") from died
    return Register(Source(headings, tuple(rows)), sha256(content).hexdigest())
