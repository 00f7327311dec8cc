"""What lies in the watched folder: one file, or a sub-folder of images that make one scan.

Scanners write here over the network and so may anyone who can reach the share. Names are looked
at without following links, and what is opened is opened below a descriptor of its folder, so
that nothing put in its place meanwhile leads elsewhere.
"""

import os
import re
import stat
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from archive.errors import Invalid
from archive.ingest.names import name_as_received

VOLUME_CODE = re.compile(r"[A-Z]{1,8}-\d{6}-\d{2,3}(?!\d)")
"""How a volume is named at the front of a file or folder name: ``QS-202610-01``."""

_PASSING_SUFFIXES = (".part", ".tmp", ".temp", ".crdownload", ".partial", ".filepart", ".download")
_PASSING_PREFIXES = (".", "~")
_PASSING_NAMES = frozenset({"thumbs.db", "desktop.ini"})
_DIGITS = re.compile(r"(\d+)")


class LinkRefused(Invalid):
    """It is a link to something elsewhere."""


class NotAnOrdinaryFile(Invalid):
    """It is a pipe, a device or a socket."""


class FolderInFolder(Invalid):
    """A sub-folder holds another folder; one sub-folder is one scan."""


class GoneMeanwhile(Exception):
    """It was moved or exchanged between being seen and being opened."""


@dataclass(frozen=True, slots=True)
class Trace:
    """What shows that a file is still being written: any of these changes."""

    name: str
    size: int
    modified: int
    inode: int
    mode: int


@dataclass(frozen=True, slots=True)
class ArrivedFile:
    """One file of an arrival."""

    folder: Path
    trace: Trace

    @property
    def name(self) -> str:
        """Its name as a person may see it."""
        return name_as_received(self.trace.name)

    def open(self) -> BinaryIO:
        """Its bytes.

        Raises:
            GoneMeanwhile: another file, or none, stands in its place.
        """
        try:
            folder = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
                file = os.open(self.trace.name, flags, dir_fd=folder)
            finally:
                os.close(folder)
        except OSError as error:
            raise GoneMeanwhile from error
        if _trace_of(self.trace.name, os.fstat(file)) != self.trace:
            os.close(file)
            raise GoneMeanwhile
        return os.fdopen(file, "rb")


@dataclass(frozen=True, slots=True)
class Arrival:
    """One scan that has arrived whole.

    Attributes:
        path: the file or sub-folder.
        files: in the order of their pages (``2.jpg`` before ``10.jpg``).
        volume_code: what its name says it is a scan of, or None.
    """

    path: Path
    files: tuple[ArrivedFile, ...]
    volume_code: str | None

    @property
    def name(self) -> str:
        return name_as_received(self.path.name)


@dataclass(frozen=True, slots=True)
class Seen:
    """An entry of the watched folder at one look."""

    path: Path
    own: Trace
    inside: tuple[Trace, ...]

    @property
    def is_folder(self) -> bool:
        return stat.S_ISDIR(self.own.mode)

    def arrival(self, volume_code: re.Pattern[str]) -> Arrival:
        """The scan it is.

        Raises:
            LinkRefused, NotAnOrdinaryFile, FolderInFolder: it, or something in it, is no file.
        """
        folder = self.path if self.is_folder else self.path.parent
        traces = self.inside if self.is_folder else (self.own,)
        for trace in traces:
            _check_ordinary(trace)
        files = tuple(ArrivedFile(folder, trace) for trace in traces)
        return Arrival(self.path, files, volume_code_in(self.path.name, volume_code))

    def is_unchanged(self) -> bool:
        """Whether it is still exactly what was seen."""
        return next(look_at(self.path), None) == self


def look_into(folder: Path, apart: frozenset[str]) -> Iterator[Seen]:
    """Everything in ``folder`` that may be a scan, but for the names ``apart``."""
    for name in _names(folder):
        if name not in apart:
            yield from look_at(folder / name)


def look_at(path: Path) -> Iterator[Seen]:
    """The entry at ``path``, unless it is gone or an empty folder."""
    for own in _trace(path):
        if not stat.S_ISDIR(own.mode):
            yield Seen(path, own, ())
        elif inside := tuple(trace for name in _names(path) for trace in _trace(path / name)):
            yield Seen(path, own, inside)


def volume_code_in(name: str, pattern: re.Pattern[str]) -> str | None:
    """The volume code a name begins with, typed in full-width or small letters as it may be."""
    found = pattern.match(unicodedata.normalize("NFKC", name).strip().upper())
    return found.group() if found else None


def _names(folder: Path) -> list[str]:
    """The names in a folder that are not another program's own, in the order of pages."""
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries if not _is_passing(entry.name)]
    except (FileNotFoundError, NotADirectoryError):
        return []
    return sorted(names, key=_as_pages_run)


def _trace(path: Path) -> Iterator[Trace]:
    with suppress(FileNotFoundError, NotADirectoryError):
        yield _trace_of(path.name, path.lstat())


def _trace_of(name: str, status: os.stat_result) -> Trace:
    return Trace(name, status.st_size, status.st_mtime_ns, status.st_ino, status.st_mode)


def _is_passing(name: str) -> bool:
    """Whether it is something another program keeps for itself, or has not finished."""
    low = name.lower()
    return (
        low.startswith(_PASSING_PREFIXES)
        or low.endswith(_PASSING_SUFFIXES)
        or low in _PASSING_NAMES
    )


def _as_pages_run(name: str) -> list[tuple[int, int, str]]:
    """Order by the numbers in a name, full-width digits too."""
    plain = unicodedata.normalize("NFKC", name).lower()
    parts = (part for part in _DIGITS.split(plain) if part)
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts]


def _check_ordinary(trace: Trace) -> None:
    name = name_as_received(trace.name)
    if stat.S_ISLNK(trace.mode):
        raise LinkRefused(name=name)
    if stat.S_ISDIR(trace.mode):
        raise FolderInFolder(name=name)
    if not stat.S_ISREG(trace.mode):
        raise NotAnOrdinaryFile(name=name)
