"""Files that came in and were not handed in yet: a person's own, on disk, for a day at most.

Each file is sent as a raw body and spooled piece by piece, so nothing is ever held whole. When
its last byte has come it is *staged* under an id nobody can guess, and the form that follows
hands in the ids. How they lie, and for how long, is said in ``archive.ingest.staging``.

A file is handed in once: whoever renames its ``.json`` has it. A person cannot stage more than
two whole scans.
"""

import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress

from archive.custody.scan import AlreadyReceived
from archive.errors import Conflict, Invalid
from archive.ingest import staging
from archive.ingest.keeping import scan_limits
from archive.ingest.names import name_as_received
from archive.ingest.spool import Part, Spool, Spooled
from archive.ingest.staging import Staged, note_of, staged_by
from archive.system import System

SCANS_STAGED = 2
LOOK_EVERY = 16 << 20
"""Other uploads of the same person grow meanwhile; the sum is taken anew after so many bytes."""

_ID = re.compile(r"[0-9a-f]{32}")


class UploadGone(Conflict):
    """The file was handed in already, or lay there for more than a day."""


class TooMuchStaged(Invalid):
    """The person has more files lying here than one may."""


class Uploads:
    """One person's files that are not handed in yet."""

    def __init__(self, system: System, person_id: int) -> None:
        self._clock = system.clock
        self._root = system.settings.effective_spool_dir / staging.FOLDER
        self._home = self._root / str(person_id)
        self._most = scan_limits(system.settings).bytes_in_all

    @contextmanager
    def receiving(self, name: str, volume_id: int) -> Iterator["Incoming"]:
        """A file to be written piece by piece; staged by ``finish``, else gone with the block."""
        self._sweep()
        with ExitStack() as ending:
            here = ending.enter_context(Spool(self._home, limit_bytes=self._most))
            part = here.begin(name_as_received(name))
            ending.callback(part.discard)
            yield Incoming(self, part, volume_id)

    def waiting(self, volume_id: int) -> list[Staged]:
        """What the person sent for a volume and has not handed in, the oldest first."""
        self._sweep()
        found = [
            staged for note in self._home.glob("*.json") if (staged := staged_by(note)) is not None
        ]
        own = [staged for staged in found if staged.volume_id == volume_id]
        return sorted(own, key=lambda staged: (staged.at, staged.name))

    @contextmanager
    def handed_in(self, volume_id: int, ids: Sequence[str]) -> Iterator[list[Spooled]]:
        """These files, to be received for good; gone when the block ends well.

        When it ends in an error about the files they are gone too; when the archive could not
        take them for other reasons they wait again.

        Raises:
            UploadGone: one of them is not here (any more).
        """
        taken: list[Staged] = []
        try:
            for each in ids:
                taken.append(self._take(each, volume_id))  # noqa: PERF401 - taken ones are given back
            yield [staged.spooled for staged in taken]
        except (Invalid, AlreadyReceived):
            self._end(taken, again=False)
            raise
        except BaseException:
            self._end(taken, again=True)
            raise
        self._end(taken, again=False)

    def discard(self, volume_id: int) -> int:
        """Throw away what waits for a volume; how many files that were."""
        waiting = self.waiting(volume_id)
        for staged in waiting:
            with suppress(UploadGone):
                self._end([self._take(staged.id, volume_id)], again=False)
        return len(waiting)

    def stage(self, file: Spooled, volume_id: int) -> Staged:
        """Keep a file that came in whole."""
        staged_id = secrets.token_hex(16)
        path = self._home / f"{staged_id}.file"
        staged = Staged(staged_id, file.name, volume_id, self._clock.now(), path, file.digests)
        draft = path.with_suffix(".new")
        draft.write_text(note_of(staged), "utf-8")
        file.path.rename(path)
        draft.rename(path.with_suffix(".json"))
        return staged

    def check_room(self) -> None:
        """Refuse more than one person may have lying here.

        Raises:
            TooMuchStaged: hand in or throw away what is here.
        """
        lying = sum(path.stat().st_size for path in self._home.rglob("*") if path.is_file())
        if lying > SCANS_STAGED * self._most:
            raise TooMuchStaged(field="files", most=SCANS_STAGED * self._most)

    def _take(self, staged_id: str, volume_id: int) -> Staged:
        note = self._home / f"{staged_id}.json"
        staged = staged_by(note) if _ID.fullmatch(staged_id) else None
        if staged is None or staged.volume_id != volume_id:
            raise UploadGone
        try:
            note.rename(note.with_suffix(".taken"))
        except FileNotFoundError:
            raise UploadGone from None
        return staged

    def _end(self, taken: Sequence[Staged], *, again: bool) -> None:
        for staged in taken:
            note = staged.path.with_suffix(".taken")
            if again:
                with suppress(FileNotFoundError):
                    note.rename(note.with_suffix(".json"))
            else:
                staged.path.unlink(missing_ok=True)
                note.unlink(missing_ok=True)

    def _sweep(self) -> None:
        staging.sweep(self._root, self._clock.now())


class Incoming:
    """One file while it is being sent."""

    def __init__(self, uploads: Uploads, part: Part, volume_id: int) -> None:
        self._uploads = uploads
        self._part = part
        self._volume_id = volume_id
        self._since_look = LOOK_EVERY

    def write(self, piece: bytes) -> None:
        """Take some bytes.

        Raises:
            TooMuchStaged, ScanTooLarge, NotAScan, UnknownFile, SpoolFull: the rest is not wanted.
        """
        self._part.write(piece)
        self._since_look += len(piece)
        if self._since_look >= LOOK_EVERY:
            self._since_look = 0
            self._uploads.check_room()

    def finish(self) -> Staged:
        """The file, staged.

        Raises:
            EmptyFile, NotAScan, UnknownFile, SpoolFull: it is not kept.
        """
        return self._uploads.stage(self._part.finish(), self._volume_id)
