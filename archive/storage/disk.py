"""Objects in a folder: one file per key, written beside its place and linked into it.

A write goes ``.incoming/<name>.<random>`` → fsync → hard link to ``ab/<name>`` → fsync of the
folder → the name in ``.incoming`` goes. A link never replaces a file, so of two writers one
wins; a crash at any step leaves the object whole or absent, and at worst a name in ``.incoming``.

Erasing a file gives its blocks back to the file system; it does not overwrite them. Backups and
snapshots of the folder are outside this module's reach.
"""

import errno
import io
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

from archive.digest import CHUNK, Digests
from archive.storage import (
    ObjectMissing,
    StorageFull,
    StorageUnavailable,
    already_kept,
    checked_key,
    verified_pieces,
)

_INCOMING = ".incoming"
_READ_ONLY = 0o440
_FOLDER = 0o750
_FULL = {errno.ENOSPC, errno.EDQUOT}


class DiskObjects:
    """Keeps objects in the folder ``root``, which is made when first needed."""

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()
        self._incoming = self._root / _INCOMING

    def put(self, key: str, file: BinaryIO, digests: Digests) -> None:
        """See :meth:`archive.storage.ObjectStore.put`."""
        place = self._place(key)
        if already_kept(self, key, digests):
            return
        incoming = self._incoming / f"{place.name}.{secrets.token_hex(4)}"
        with _edge():
            self._incoming.mkdir(parents=True, exist_ok=True, mode=_FOLDER)
            place.parent.mkdir(exist_ok=True, mode=_FOLDER)
        try:
            _write(incoming, file, digests)
            with _edge():
                linked = self._link(incoming, place)
        finally:
            with suppress(OSError):
                os.unlink(incoming)  # noqa: PTH108 - every step of a write is a call of os
        if not linked and not already_kept(self, key, digests):
            raise StorageUnavailable(reason="VanishedMeanwhile")

    @contextmanager
    def open(self, key: str) -> Iterator[BinaryIO]:
        """See :meth:`archive.storage.ObjectStore.open`."""
        with self._opened(key) as file:
            yield file

    def size(self, key: str) -> int | None:
        """See :meth:`archive.storage.ObjectStore.size`."""
        with _edge():
            try:
                return os.lstat(self._place(key)).st_size
            except (FileNotFoundError, NotADirectoryError):
                return None

    def keys(self, prefix: str = "") -> Iterator[tuple[str, datetime]]:
        """See :meth:`archive.storage.ObjectStore.keys`."""
        with _edge():
            for folder in _entries(self._root):
                if len(folder.name) != 2 or not folder.is_dir(follow_symlinks=False):
                    continue
                for file in _entries(Path(folder.path)):
                    key = f"{folder.name}/{file.name}"
                    if key.startswith(prefix) and (written := _written_at(file)):
                        yield key, written

    def destroy(self, key: str, *, released_by: str = "") -> None:  # noqa: ARG002 - no locks on a disk
        """See :meth:`archive.storage.ObjectStore.destroy`."""
        place = self._place(key)
        with _edge():
            self._clear_incoming(lambda entry: entry.name.startswith(f"{place.name}."))
            with suppress(FileNotFoundError, NotADirectoryError):
                os.unlink(place)  # noqa: PTH108 - every step of a write is a call of os
                _sync_folder(place.parent)
        if self.size(key) is not None:
            raise StorageUnavailable(reason="StillReadable")

    def discard_unfinished(self, started_before: datetime) -> int:
        """See :meth:`archive.storage.ObjectStore.discard_unfinished`."""
        with _edge():
            return self._clear_incoming(
                lambda entry: (at := _written_at(entry)) is not None and at < started_before
            )

    def check(self) -> None:
        """See :meth:`archive.storage.ObjectStore.check`; writes, links and removes a file."""
        probe = self._incoming / f"check.{secrets.token_hex(4)}"
        linked = probe.with_suffix(".linked")
        with _edge():
            self._incoming.mkdir(parents=True, exist_ok=True, mode=_FOLDER)
            try:
                probe.write_bytes(b"?")
                os.link(probe, linked)
            finally:
                probe.unlink(missing_ok=True)
                linked.unlink(missing_ok=True)

    def _place(self, key: str) -> Path:
        return self._root / checked_key(key)

    def _link(self, incoming: Path, place: Path) -> bool:
        """Give the written file its name, lastingly; False if another writer was first."""
        try:
            os.link(incoming, place, follow_symlinks=False)
        except FileExistsError:
            return False
        _sync_folder(place.parent)
        _sync_folder(self._root)
        return True

    def _opened(self, key: str) -> BinaryIO:
        with _edge():
            try:
                handle = os.open(self._place(key), os.O_RDONLY | os.O_NOFOLLOW)
            except (FileNotFoundError, NotADirectoryError):
                raise ObjectMissing(key=key) from None
        return cast("BinaryIO", io.BufferedReader(_Readable(handle), CHUNK))

    def _clear_incoming(self, doomed: Callable[[os.DirEntry[str]], bool]) -> int:
        cleared = 0
        for entry in filter(doomed, _entries(self._incoming)):
            with suppress(FileNotFoundError):
                os.unlink(entry)  # noqa: PTH108 - every step of a write is a call of os
                cleared += 1
        return cleared


class _Readable(io.FileIO):
    """A file whose faults are ours: a disk that fails while reading is a store that is away."""

    def readinto(self, buffer: Any) -> int:
        with _edge():
            return super().readinto(buffer) or 0

    def readall(self) -> bytes:
        with _edge():
            return super().readall() or b""


@contextmanager
def _edge() -> Iterator[None]:
    """Turn the operating system's errors into ours."""
    try:
        yield
    except OSError as fault:
        if fault.errno in _FULL:
            raise StorageFull from fault
        raise StorageUnavailable(reason=errno.errorcode.get(fault.errno or 0, "OSError")) from fault


def _write(place: Path, file: BinaryIO, digests: Digests) -> None:
    """A new read-only file with the verified bytes, safe on the disk when this returns."""
    with _edge():
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _READ_ONLY)
    try:
        for piece in verified_pieces(file, digests, CHUNK):
            rest = memoryview(piece)
            while rest:
                with _edge():
                    rest = rest[os.write(handle, rest) :]
        with _edge():
            os.fsync(handle)
    finally:
        os.close(handle)


def _sync_folder(folder: Path) -> None:
    """Make the names in ``folder`` outlive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except FileNotFoundError:
        return []


def _written_at(entry: os.DirEntry[str]) -> datetime | None:
    """When a file was written; None for what is no file, or is gone by now."""
    try:
        if not entry.is_file(follow_symlinks=False):
            return None
        return datetime.fromtimestamp(entry.stat(follow_symlinks=False).st_mtime, UTC)
    except FileNotFoundError:
        return None
