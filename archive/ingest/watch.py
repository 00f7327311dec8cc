"""The watched folder: what a scanner puts there is taken once it has stopped changing.

::

    QS-202610-01.pdf  ──►  done/2026-10-31 QS-202610-01.pdf
    QS-202610-02/     ──►  failed/2026-10-31 QS-202610-02/
                           failed/2026-10-31 QS-202610-02.txt    (why, in both languages)

Polled, because shares over a network tell nothing of changes. An entry stays where it is until
whoever receives it has answered; killed in between, the same entry is offered again, and the
receiver says that it has it already.
"""

import logging
import os
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import count
from pathlib import Path

from archive.clock import Clock
from archive.errors import ArchiveError, Unavailable
from archive.ingest.arrival import VOLUME_CODE, Arrival, GoneMeanwhile, Seen, look_into
from archive.ingest.names import name_as_received
from archive.messages import LANGUAGES, sentence

_log = logging.getLogger(__name__)

DONE = "done"
FAILED = "failed"
_SHORTEST_WAIT = timedelta(seconds=5)
_LONGEST_WAIT = timedelta(minutes=10)


class FolderNotThere(Unavailable):
    """The watched folder, or its ``done`` or ``failed``, is missing or is a link elsewhere."""


class Outcome(StrEnum):
    """What became of one arrival."""

    DONE = "done"
    FAILED = "failed"
    LATER = "later"


Receive = Callable[[Arrival], object]
"""Takes a scan in, or recognises it as one it has; returns when it is safe, or raises.

``Unavailable`` and what nobody expected mean *later*; every other ``ArchiveError`` means *never*,
and its sentence is put beside the file.
"""


@dataclass(slots=True)
class _Watched:
    """An entry as it was seen, and when it may be tried (again)."""

    seen: Seen
    not_before: datetime
    wait: timedelta = _SHORTEST_WAIT


class WatchedFolder:
    """One folder and its ``done`` and ``failed``; used by one process at a time.

    Args:
        settled_after: how long an entry must be unchanged before it is taken.
        volume_code: what a volume code at the front of a name looks like.
    """

    def __init__(
        self,
        folder: Path,
        receive: Receive,
        *,
        clock: Clock,
        settled_after: timedelta = timedelta(seconds=5),
        volume_code: re.Pattern[str] = VOLUME_CODE,
    ) -> None:
        self._folder = folder
        self._receive = receive
        self._clock = clock
        self._settled_after = settled_after
        self._volume_code = volume_code
        self._watched: dict[str, _Watched] = {}

    def poll(self) -> list[tuple[str, Outcome]]:
        """Look once and take what has settled; the names tried, and what became of them.

        Raises:
            FolderNotThere: the folder is missing; it is not made, lest a share that is not
                mounted be taken for an empty one.
        """
        self._make_ready()
        now = self._clock.now()
        self._look(now)
        settled = [watched for watched in self._watched.values() if watched.not_before <= now]
        return [(watched.seen.path.name, self._take(watched)) for watched in settled]

    def _make_ready(self) -> None:
        if not self._folder.is_dir():
            raise FolderNotThere
        for name in (DONE, FAILED):
            beside = self._folder / name
            beside.mkdir(exist_ok=True)
            if beside.is_symlink():
                raise FolderNotThere

    def _look(self, now: datetime) -> None:
        before, self._watched = self._watched, {}
        for seen in look_into(self._folder, frozenset({DONE, FAILED})):
            known = before.get(seen.path.name)
            if known is None or known.seen != seen:
                known = _Watched(seen, now + self._settled_after)
            self._watched[seen.path.name] = known

    def _take(self, watched: _Watched) -> Outcome:
        seen = watched.seen
        try:
            self._receive(seen.arrival(self._volume_code))
        except GoneMeanwhile:
            return self._later(watched)
        except Unavailable as error:
            _log.warning("A scan waits in the watched folder: %s", error)
            return self._later(watched)
        except ArchiveError as error:
            return self._put_away(watched, FAILED, explained(error))
        except Exception:  # noqa: BLE001 - logged; one scan must not stop the folder
            _log.exception("A scan waits in the watched folder")
            return self._later(watched)
        return self._put_away(watched, DONE, "")

    def _later(self, watched: _Watched) -> Outcome:
        watched.not_before = self._clock.now() + watched.wait
        watched.wait = min(watched.wait * 2, _LONGEST_WAIT)
        return Outcome.LATER

    def _put_away(self, watched: _Watched, where: str, why: str) -> Outcome:
        if not watched.seen.is_unchanged():  # another scan was put in its place meanwhile
            return self._later(watched)
        name = f"{self._clock.today().isoformat()} {name_as_received(watched.seen.path.name)}"
        try:
            _move(watched.seen, self._folder / where, name, why)
        except OSError:
            _log.exception("A scan cannot be moved out of the watched folder")
            return self._later(watched)
        return Outcome(where)


def explained(error: ArchiveError) -> str:
    """Why, in both languages, as Notepad shows it."""
    key = f"error.{type(error).__name__}"
    return "".join(f"{sentence(key, language, **error.facts)}\r\n" for language in LANGUAGES)


def _move(seen: Seen, folder: Path, name: str, why: str) -> None:
    """Put it into ``folder`` under a name nothing has there yet, its reason beside it."""
    for free in _free_names(name, is_file=not seen.is_folder):
        note = folder / f"{free}.txt"
        with suppress(FileExistsError):
            if why:
                _write_new(note, why)
            try:
                _replace_nothing(seen, folder / free)
            except OSError:
                if why:
                    note.unlink()
                raise
            return


def _free_names(name: str, *, is_file: bool) -> Iterator[str]:
    yield name
    stem, suffix = os.path.splitext(name) if is_file else (name, "")  # noqa: PTH122 - a name
    for number in count(2):
        yield f"{stem} ({number}){suffix}"


def _write_new(path: Path, text: str) -> None:
    with path.open("x", encoding="utf-8-sig", newline="") as file:
        file.write(text)


def _replace_nothing(seen: Seen, target: Path) -> None:
    """Rename, which would overwrite, onto an empty place made for it, which cannot.

    Raises:
        FileExistsError: the place is taken.
    """
    if seen.is_folder:
        target.mkdir()
    else:
        target.touch(exist_ok=False)
    try:
        seen.path.rename(target)
    except OSError:
        target.rmdir() if seen.is_folder else target.unlink()
        raise
