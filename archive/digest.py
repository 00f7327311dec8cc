"""Digests of what is kept: SHA-256 and SM3 (GB/T 32905) over the same bytes, in one pass.

SM3 comes from ``cryptography``, whose wheels carry it on every platform; the interpreter's own
OpenSSL may lack it.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO

from cryptography.hazmat.primitives import hashes

CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Digests:
    """What identifies a stream of bytes.

    Attributes:
        sha256: 64 lower-case hex digits.
        sm3: 64 lower-case hex digits.
        size: number of bytes.
    """

    sha256: str
    sm3: str
    size: int


class Hasher:
    """Takes bytes piece by piece and tells their digests."""

    def __init__(self) -> None:
        self._sha256 = hashlib.sha256()
        self._sm3 = hashes.Hash(hashes.SM3())
        self._size = 0

    def update(self, piece: bytes) -> None:
        self._sha256.update(piece)
        self._sm3.update(piece)
        self._size += len(piece)

    @property
    def size(self) -> int:
        return self._size

    def digests(self) -> Digests:
        """The digests of everything so far; more may follow."""
        return Digests(self._sha256.hexdigest(), self._sm3.copy().finalize().hex(), self._size)


def digest_of(pieces: Iterable[bytes]) -> Digests:
    """The digests of the bytes in ``pieces``, joined."""
    hasher = Hasher()
    for piece in pieces:
        hasher.update(piece)
    return hasher.digests()


def digest_of_file(file: BinaryIO) -> Digests:
    """The digests of a file from where it stands to its end, never held whole in memory."""
    return digest_of(iter(lambda: file.read(CHUNK), b""))
