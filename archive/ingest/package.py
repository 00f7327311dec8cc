"""A ZIP someone sent, opened within limits: what GB/T 33190 packs its documents in.

Every part is unpacked once, piece by piece and to nowhere, before anything is read of it: what is
cut short, changed on the way or would never end is known before a parser meets it.
"""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from posixpath import normpath

from archive.ingest.limits import ScanLimits
from archive.ingest.refusals import (
    Damaged,
    EncryptedOfd,
    OfdBomb,
    OfdTooTangled,
    Truncated,
)

MOST_PARTS = 20_000
MOST_UNPACKED = 1_000_000_000
MOST_RATIO = 200
"""Deflate reaches 1,032; what a page says reaches 60."""

_PLAIN_BELOW = 1 << 20  # how small a part may be for its ratio not to matter
_PACKED = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_PIECE = 1 << 20


class Package:
    """The parts of one ZIP by their names, whatever case or slashes they are asked for by."""

    def __init__(self, packed: zipfile.ZipFile, limits: ScanLimits) -> None:
        self._packed = packed
        self._most = limits.content_bytes
        self._parts = {plain(part.filename): part for part in packed.infolist()}

    def __contains__(self, name: str) -> bool:
        return plain(name) in self._parts

    def names(self) -> list[str]:
        """The names of all parts that are not folders."""
        return [name for name, part in self._parts.items() if not part.is_dir()]

    def read(self, name: str) -> bytes:
        """A part that a parser is given whole.

        Raises:
            Damaged: there is none of that name.
            OfdBomb: it is larger than what draws a page may be.
        """
        part = self._parts.get(plain(name))
        if part is None:
            raise Damaged
        if part.file_size > self._most:
            raise OfdBomb
        return self._packed.read(part)


def plain(name: str) -> str:
    """A name of a part as they are compared: from the root, in small letters.

    Raises:
        OfdTooTangled: it leads out of the package.
    """
    found = normpath(name.replace("\\", "/").lstrip("/"))
    if found.startswith(".."):
        raise OfdTooTangled
    return found.casefold()


@contextmanager
def unpacked(path: Path, limits: ScanLimits, *, checked: bool = False) -> Iterator[Package]:
    """The package at ``path``; ``checked`` where every part of it was gone through before.

    Raises:
        Truncated, Damaged, EncryptedOfd, OfdBomb, OfdTooTangled: what is wrong with it.
    """
    try:
        packed = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Truncated from error
    with packed:
        if not checked:
            _check_parts(packed.infolist(), path.stat().st_size)
            _check_whole(packed)
        yield Package(packed, limits)


def _check_parts(parts: list[zipfile.ZipInfo], size: int) -> None:
    """What the table of contents says, before anything is unpacked."""
    if len(parts) > MOST_PARTS or len({plain(part.filename) for part in parts}) != len(parts):
        raise OfdTooTangled
    if any(part.flag_bits & 1 or _speaks_of_keys(part.filename) for part in parts):
        raise EncryptedOfd
    whole = sum(part.file_size for part in parts)
    if whole > MOST_UNPACKED or _is_swollen(whole, size):
        raise OfdBomb
    for part in parts:
        if part.compress_type not in _PACKED:
            raise OfdTooTangled
        if _is_swollen(part.file_size, part.compress_size):
            raise OfdBomb


def _speaks_of_keys(name: str) -> bool:
    """Whether it is the entry to decryption, as GM/T 0099-2020 names it."""
    return plain(name).rpartition("/")[2] == "encryptions.xml"


def _is_swollen(unpacked: int, packed: int) -> bool:
    return unpacked > _PLAIN_BELOW and unpacked > MOST_RATIO * max(packed, 1)


def _check_whole(packed: zipfile.ZipFile) -> None:
    """That every part is there to its last byte, as its checksum says."""
    for part in packed.infolist():
        try:
            with packed.open(part) as content:
                while content.read(_PIECE):
                    pass
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
            raise Damaged from error
