"""The folder of files that came in and were not handed in yet: how they lie, and for how long.

spool/uploads/<person>/<id>.file     the bytes as they came
spool/uploads/<person>/<id>.json     name, digests, what for, when; written last
spool/uploads/<person>/<id>.taken    the same, while the file is being received for good
spool/uploads/<person>/spool-*       a file while it is being sent

What is left lying is removed after a day: when somebody sends a file, and by the housekeeping.
"""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from archive.digest import Digests
from archive.ingest import spool
from archive.ingest.spool import Spooled

FOLDER = "uploads"
KEPT = timedelta(hours=24)
_SUFFIXES = (".file", ".json", ".taken", ".new")


@dataclass(frozen=True, slots=True)
class Staged:
    """A file that came in whole and waits to be handed in; ``target`` is what it is for."""

    id: str
    name: str
    target: str
    at: datetime
    path: Path
    digests: Digests

    @property
    def spooled(self) -> Spooled:
        return Spooled(self.name, self.path, self.digests)


def note_of(staged: Staged) -> str:
    """What is written down beside the file."""
    told = {
        "name": staged.name,
        "target": staged.target,
        "at": staged.at.isoformat(),
        "digests": asdict(staged.digests),
    }
    return json.dumps(told, ensure_ascii=False)


def staged_by(note: Path) -> Staged | None:
    """The file a note speaks of; None when there is no note, or its file is gone."""
    path = note.with_suffix(".file")
    try:
        told: dict[str, Any] = json.loads(note.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    if not path.is_file():
        return None
    digests = Digests(**told["digests"])
    at = datetime.fromisoformat(told["at"])
    return Staged(note.stem, told["name"], told.get("target", ""), at, path, digests)


def sweep(root: Path, now: datetime) -> int:
    """Remove what has lain in ``root`` for more than a day, whoever it belongs to; how many files.

    What somebody whose process died was sending goes at once.
    """
    for home in root.glob("*"):
        spool.sweep(home)
    removed = 0
    for path in root.glob("*/*.*"):
        with suppress(FileNotFoundError):
            if _came(path) < now - KEPT:
                for suffix in _SUFFIXES:
                    removed += path.with_suffix(suffix).is_file()
                    path.with_suffix(suffix).unlink(missing_ok=True)
    return removed


def _came(path: Path) -> datetime:
    """When it came in whole; what has no note yet, when it was last written to."""
    note = staged_by(path.with_suffix(".json")) or staged_by(path.with_suffix(".taken"))
    return note.at if note else datetime.fromtimestamp(path.stat().st_mtime, UTC)
