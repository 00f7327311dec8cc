"""Bytes on their way in: written to a temporary file and hashed in one pass, never held whole.

A spool is a folder of its own, locked while it is in use, so that ``sweep`` can tell the spools
of a killed process from those of a living one.
"""

import errno
import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from archive.digest import CHUNK, Digests, Hasher
from archive.errors import Unavailable
from archive.ingest.magic import HEAD, recognise
from archive.ingest.refusals import BadScan, EmptyFile, ScanTooLarge

Source = BinaryIO | Iterable[bytes]
"""An open file, or pieces of one in order."""

FirstLook = Callable[[bytes], object]
"""Is shown the first bytes of a file as soon as they are there, and may raise."""

_PREFIX = "spool-"


class SpoolFull(Unavailable):
    """The disk that takes what comes in has no room left."""


@dataclass(frozen=True, slots=True)
class Spooled:
    """One file as it came, on disk until its spool is closed.

    Attributes:
        name: as a person may see it (``names.name_as_received``).
        path: where its bytes are; not its name.
    """

    name: str
    path: Path
    digests: Digests


class Spool:
    """The files of one scan while they are being received; gone when the ``with`` ends.

    ``limit_bytes`` holds for all its files together.
    """

    def __init__(
        self, folder: Path, *, limit_bytes: int, first_look: FirstLook | None = recognise
    ) -> None:
        self.limit_bytes = limit_bytes
        self.first_look = first_look
        self._folder = folder
        self._taken = 0
        self._home: Path | None = None
        self._lock = -1
        self.files: list[Spooled] = []

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        while self._home is None:
            home = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=self._folder))
            lock = _locked(home)
            if lock is not None:
                self._home, self._lock = home, lock
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._home is not None:
            shutil.rmtree(self._home, ignore_errors=True)
            os.close(self._lock)
            self._home = None

    def take(self, source: Source, name: str) -> Spooled:
        """Receive one more file from its first byte to its last.

        Raises:
            EmptyFile: not one byte came.
            ScanTooLarge: the scan is over its limit; the rest was not read.
            NotAScan, UnknownFile: the first bytes are those of no scan; the rest was not read.
            SpoolFull: the disk is full.
        """
        part = self.begin(name)
        try:
            for piece in _pieces(source):
                part.write(piece)
        except BaseException:
            part.discard()
            raise
        return part.finish()

    def begin(self, name: str) -> "Part":
        """A file to be written piece by piece, for bytes that are pushed rather than pulled."""
        if self._home is None:
            msg = "a spool takes files only inside its with statement"
            raise RuntimeError(msg)
        return Part(self, self._home / f"{len(self.files) + 1:05d}", name)

    def grants(self, more: int) -> bool:
        """Whether so many more bytes are within the limit; they count from now on."""
        self._taken += more
        return self._taken <= self.limit_bytes


class Part:
    """One file of a spool while it is being written."""

    def __init__(self, spool: Spool, path: Path, name: str) -> None:
        self._spool = spool
        self._path = path
        self._name = name
        self._hasher = Hasher()
        self._head = b""
        self._looked = False
        self._file = path.open("wb")

    def write(self, piece: bytes) -> None:
        """Take some bytes; raises as ``Spool.take``."""
        if not self._spool.grants(len(piece)):
            raise ScanTooLarge(name=self._name, limit=self._spool.limit_bytes)
        if not self._looked:
            self._head += piece[: HEAD - len(self._head)]
            if len(self._head) == HEAD:
                self._look()
        self._hasher.update(piece)
        try:
            self._file.write(piece)
        except OSError as error:
            raise _full(error) from error

    def finish(self) -> Spooled:
        """The file, complete."""
        try:
            self._look()
            self._file.close()
        except OSError as error:
            self.discard()
            raise _full(error) from error
        except BaseException:
            self.discard()
            raise
        spooled = Spooled(self._name, self._path, self._hasher.digests())
        self._spool.files.append(spooled)
        return spooled

    def discard(self) -> None:
        """Throw away what has come."""
        with suppress(OSError):
            self._file.close()
        self._path.unlink(missing_ok=True)

    def _look(self) -> None:
        """Once, when the first bytes are there or no more will come."""
        if self._looked:
            return
        self._looked = True
        try:
            if not self._head:
                raise EmptyFile
            if self._spool.first_look is not None:
                self._spool.first_look(self._head)
        except BadScan as bad:
            bad.facts["name"] = self._name
            raise


@contextmanager
def spool(source: Source, *, limit_bytes: int, folder: Path, name: str = "") -> Iterator[Spooled]:
    """One file, received whole and hashed; gone when the ``with`` ends. Raises as ``Spool.take``."""
    with Spool(folder, limit_bytes=limit_bytes) as home:
        yield home.take(source, name)


def sweep(folder: Path) -> int:
    """Remove the spools of processes that died; the number removed."""
    removed = 0
    for home in folder.glob(f"{_PREFIX}*"):
        lock = _locked(home)
        if lock is not None:
            shutil.rmtree(home, ignore_errors=True)
            os.close(lock)
            removed += 1
    return removed


def _pieces(source: Source) -> Iterator[bytes]:
    read = getattr(source, "read", None)
    return iter(source) if read is None else iter(lambda: read(CHUNK), b"")


def _locked(home: Path) -> int | None:
    """A descriptor that keeps ``home`` ours, or None when it is another's or gone."""
    try:
        lock = os.open(home, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        home.lstat()
    except OSError:
        os.close(lock)
        return None
    return lock


def _full(error: OSError) -> OSError | SpoolFull:
    return SpoolFull() if error.errno in {errno.ENOSPC, errno.EDQUOT} else error
