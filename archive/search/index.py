"""The index as it stands on disk: a generation in use, and perhaps the next being made.

    tantivy-1/current           the name of the generation in use
    tantivy-1/<generation>/     what the engine keeps
    tantivy-1/next/             being made: what the engine keeps, ``at`` (last id) and ``changed``

The folder is named for the engine and the shape of what it keeps; with another of either the
index is made anew, and what the one before kept is removed.

Whoever searches opens what ``current`` names and never waits. Whoever writes holds ``lock``, whoever makes the next ``rebuild.lock``. A
reindex goes on where it was cut off; what changes meanwhile is written to the generation in use
and noted in ``changed``, and is done again in the new one before it takes the place of the old,
whose files are removed. Only so do words of a destroyed record leave the disk: an engine keeps
deleted text until it happens to merge.
"""

import fcntl
import os
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from archive.search import Engine, Found, IndexUnavailable, Unit, Wanted
from archive.search.folding import Wording

T = TypeVar("T")

Units = Callable[[list[int]], Iterable[Unit]]
"""Makes the units of these records; those that are not to be found are left out."""


class SearchIndex:
    """The one index of an archive."""

    def __init__(self, folder: Path, key_file: Path, engine: Callable[[], Engine]) -> None:
        self._home = folder
        self._key_file = key_file
        self._make_engine = engine
        self._wording: Wording | None = None

    @cached_property
    def _engine(self) -> Engine:
        return self._make_engine()

    @cached_property
    def _folder(self) -> Path:
        return self._home / f"{self._engine.name}-{self._engine.shape}"

    @property
    def engine(self) -> str:
        """Which engine it is made by."""
        return self._engine.name

    @property
    def wording(self) -> Wording:
        """Makes words the way this index does, under its key."""
        if self._wording is None:
            self._wording = Wording(self._key())
        return self._wording

    @property
    def exists(self) -> bool:
        """Whether there is a generation to search."""
        return self._current() is not None

    def search(self, wanted: Wanted) -> Found:
        """What there is of what is wanted.

        Raises:
            IndexUnavailable: there is no index yet, or it cannot be read.
        """
        return self._asked(lambda folder: self._engine.search(folder, wanted))

    def near(self, run: str, wanted: Wanted) -> list[str]:
        """Runs one slip away from that one, in what may be seen."""
        return self._asked(lambda folder: self._engine.near(folder, run, wanted))

    def _asked(self, question: Callable[[Path], T]) -> T:
        """The answer of the generation in use; of the next, if that took its place meanwhile."""
        folder = self._in_use()
        while True:
            try:
                return question(folder)
            except IndexUnavailable:
                if folder == (folder := self._in_use()):
                    raise

    def stamps(self) -> Iterator[tuple[int, int]]:
        """The id and stamp of every unit it holds."""
        return self._engine.stamps(self._in_use())

    def write(self, ids: list[int], units: Units) -> int:
        """Index these records as they are now; those ``units`` leaves out are taken out."""
        with self._locked():
            current = self._current() or self._begun()
            if self._next.exists():
                with (self._next / "changed").open("a") as noted:
                    noted.writelines(f"{one}\n" for one in ids)
                    noted.flush()
                    os.fsync(noted.fileno())
            return self._put(current, ids, units)

    def rebuild(
        self,
        batches: Callable[[int], Iterable[list[int]]],
        units: Units,
        said: Callable[[int], None],
    ) -> bool:
        """Make the index anew beside the old one, and put it in its place.

        Args:
            batches: ids of records above the one given, ascending, in lists.
            units: makes their units.
            said: told how many more records are done, after each list.

        Returns whether it was begun now; otherwise one that was cut off was gone on with.
        """
        with self._locked("rebuild.lock"):
            with self._locked():
                begun = self._begin_next()
            for ids in batches(int((self._next / "at").read_text())):
                self._put(self._next / "index", ids, units)
                _write_whole(self._next / "at", str(ids[-1]))
                said(len(ids))
            with self._locked():
                changed = self._next / "changed"
                if changed.exists():
                    again = sorted({int(line) for line in changed.read_text().split()})
                    self._put(self._next / "index", again, units)
                self._swap()
        return begun

    def _begin_next(self) -> bool:
        if (self._next / "at").exists():
            return False
        shutil.rmtree(self._next, ignore_errors=True)
        self._next.mkdir(parents=True)
        self._engine.create(self._next / "index")
        (self._next / "at").write_text("0")
        return True

    def _put(self, folder: Path, ids: list[int], units: Units) -> int:
        return self._engine.write(folder, units(ids), ids)

    def _swap(self) -> None:
        name = f"g{secrets.token_hex(6)}"
        (self._next / "index").rename(self._folder / name)
        _write_whole(self._folder / "current", name)
        shutil.rmtree(self._next)
        for old in (*self._folder.iterdir(), *self._home.iterdir()):
            if old.is_dir() and old not in {self._folder, self._folder / name}:
                shutil.rmtree(old, ignore_errors=True)

    def _begun(self) -> Path:
        name = f"g{secrets.token_hex(6)}"
        self._engine.create(self._folder / name)
        _write_whole(self._folder / "current", name)
        return self._folder / name

    @property
    def _next(self) -> Path:
        return self._folder / "next"

    def _in_use(self) -> Path:
        current = self._current()
        if current is None:
            raise IndexUnavailable
        return current

    def _current(self) -> Path | None:
        named = None
        while named != (named := self._named()):  # it may be another by the time one looks
            if named is not None and (self._folder / named).is_dir():
                return self._folder / named
        return None

    def _named(self) -> str | None:
        try:
            return (self._folder / "current").read_text()
        except FileNotFoundError:
            return None

    @contextmanager
    def _locked(self, name: str = "lock") -> Iterator[None]:
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / name).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _key(self) -> bytes:
        """The key of this installation; without it the index is made anew under another."""
        self._key_file.parent.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(self._key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return self._key_file.read_bytes()
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(32))
            file.flush()
            os.fsync(file.fileno())
        return self._key_file.read_bytes()


def _write_whole(path: Path, text: str) -> None:
    part = path.with_suffix(".part")
    with part.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
