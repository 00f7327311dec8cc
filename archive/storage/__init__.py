"""Where bytes are kept: what a store of objects promises, whichever back-end is behind it.

``archive.storage.disk`` keeps them in a folder, ``archive.storage.s3`` in a versioned bucket.
Objects come before rows and rows before erasure: a crash leaves at worst an object no row names
(found by :meth:`ObjectStore.keys`) or a write that never ended (cleared by
:meth:`ObjectStore.discard_unfinished`).
"""

import hashlib
import re
import secrets
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from typing import BinaryIO, Protocol

from archive.digest import CHUNK, Digests
from archive.errors import Conflict, Invalid, NotFound, Unavailable

_KEY = re.compile(r"[0-9a-f]{2}/[0-9a-f]{32}")


class ObjectMissing(NotFound):
    """Nothing is kept under this key."""


class ObjectExists(Conflict):
    """Other bytes are kept under this key already; nothing is ever overwritten."""


class DestructionPrevented(Conflict):
    """The store keeps the bytes in spite of us: a legal hold, a retention lock, a lacking right."""


class MalformedKey(Invalid):
    """Not a key that :func:`new_key` could have made."""


class DigestMismatch(Invalid):
    """The bytes are not those that were announced; nothing has been kept."""


class StorageUnavailable(Unavailable):
    """The store does not answer, or not as a store should."""


class StorageFull(Unavailable):
    """There is no room left; nothing has been kept."""


class ObjectStore(Protocol):
    """Keeps objects whole, once, and for as long as nobody destroys them."""

    def put(self, key: str, file: BinaryIO, digests: Digests) -> None:
        """Keep the bytes of ``file``, from where it stands to its end, under ``key``.

        The bytes are compared with ``digests`` (SHA-256 and size) on their way, so the object
        stands only if they are the announced ones. Memory stays flat whatever their number.
        Keeping the same bytes again changes nothing, so a retried promise is safe.

        Raises:
            ObjectExists: other bytes are kept under this key.
            DigestMismatch: the file does not hold what ``digests`` announces.
            StorageFull: there is no room.
            StorageUnavailable: the store does not answer; the object may or may not stand.
        """
        ...

    def open(self, key: str) -> AbstractContextManager[BinaryIO]:
        """The object as a readable, seekable stream; it is never held whole in memory.

        What comes out of a store is not checked again here: who relies on the bytes compares
        them with the digest in their row while reading.

        Raises:
            ObjectMissing: nothing is kept under this key.
        """
        ...

    def size(self, key: str) -> int | None:
        """The number of bytes kept under ``key``, or None if nothing is."""
        ...

    def keys(self, prefix: str = "") -> Iterator[tuple[str, datetime]]:
        """Every key beginning with ``prefix`` and when it was last written, in no order.

        A key whose bytes another program only hid (a delete marker) is told as well.
        """
        ...

    def destroy(self, key: str, *, released_by: str = "") -> None:
        """Return only when no version of the object can be read back; absent is destroyed.

        ``released_by`` names the approved batch that releases a governed lock (object lock in
        GOVERNANCE mode); nothing else does. A legal hold is released by nobody here.

        Raises:
            DestructionPrevented: the store keeps the bytes under lock.
        """
        ...

    def discard_unfinished(self, started_before: datetime) -> int:
        """Clear away writes that began before then and never ended; tells how many."""
        ...

    def check(self) -> None:
        """Return only if objects could be kept now.

        Raises:
            StorageUnavailable: with the reason.
        """
        ...


def new_key() -> str:
    """A key nobody has used and nobody can guess, saying nothing about what is kept under it."""
    name = secrets.token_hex(16)
    return f"{name[:2]}/{name}"


def checked_key(key: str) -> str:
    """``key`` itself, if it is one of ours: a key becomes a path and an address, so no other is.

    Raises:
        MalformedKey: it is not.
    """
    if _KEY.fullmatch(key) is None:
        raise MalformedKey(key=key)
    return key


def already_kept(store: ObjectStore, key: str, digests: Digests) -> bool:
    """Whether the announced bytes are kept under ``key`` already, read back in full.

    Raises:
        ObjectExists: other bytes are.
    """
    if store.size(key) is None:
        return False
    try:
        with store.open(key) as file:
            for _ in verified_pieces(file, digests, CHUNK):
                pass
    except ObjectMissing:
        return False
    except DigestMismatch:
        raise ObjectExists(key=key) from None
    return True


def verified_pieces(file: BinaryIO, digests: Digests, piece_size: int) -> Iterator[bytes]:
    """The rest of ``file`` in pieces of ``piece_size``, the last one perhaps shorter.

    The last piece is given out only when all the bytes have proven to be the announced ones, so
    whoever writes pieces away never finishes a wrong object. An empty file is one empty piece.

    Raises:
        DigestMismatch: they are not.
    """
    seen = hashlib.sha256()
    size = 0
    held_back: bytes | None = None
    while piece := _full_piece(file, piece_size):
        seen.update(piece)
        size += len(piece)
        if size > digests.size:
            raise DigestMismatch(announced=digests.sha256, announced_size=digests.size)
        if held_back is not None:
            yield held_back
        held_back = piece
    if (size, seen.hexdigest()) != (digests.size, digests.sha256):
        raise DigestMismatch(announced=digests.sha256, announced_size=digests.size)
    yield held_back or b""


def _full_piece(file: BinaryIO, size: int) -> bytes:
    """As many bytes as asked for, unless the file ends; sockets and pipes give fewer at a time."""
    piece = file.read(size)
    if not piece or len(piece) == size:
        return piece
    gathered = bytearray(piece)
    while len(gathered) < size and (more := file.read(size - len(gathered))):
        gathered += more
    return bytes(gathered)
