"""Files that came in and were not handed in yet: a person's own, on disk, for a day at most.

Each file is sent as a raw body and spooled piece by piece, so nothing is ever held whole. When
its last byte has come it is *staged* under an id nobody can guess, and the form that follows
hands in the ids. How they lie, and for how long, is said in ``archive.ingest.staging``.

A file is handed in once: whoever renames its ``.json`` has it. A person cannot stage more than
two whole scans.
"""

import re
import secrets
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from urllib.parse import unquote

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response

from archive.digest import CHUNK
from archive.errors import ArchiveError, Conflict, Invalid
from archive.ingest import staging
from archive.ingest.keeping import scan_limits
from archive.ingest.magic import recognise
from archive.ingest.names import name_as_received
from archive.ingest.refusals import BadScan, CameBefore
from archive.ingest.spool import FirstLook, Part, Spool, Spooled
from archive.ingest.staging import Staged, note_of, staged_by
from archive.system import System
from web.deps import Form, Visit
from web.errors import status_of

SCANS_STAGED = 2
LOOK_EVERY = 16 << 20
"""Other uploads of the same person grow meanwhile; the sum is taken anew after so many bytes."""

_ID = re.compile(r"[0-9a-f]{32}")


class UploadGone(Conflict):
    """The file was handed in already, or lay there for more than a day."""


class NothingSent(Invalid):
    """No file came with the form."""


class TooMuchStaged(Invalid):
    """The person has more files lying here than one may."""


class Uploads:
    """One person's files that are not handed in yet; ``first_look`` knows what may be sent."""

    def __init__(self, system: System, person_id: int, first_look: FirstLook = recognise) -> None:
        self.first_look = first_look
        self._clock = system.clock
        self._root = system.settings.effective_spool_dir / staging.FOLDER
        self._home = self._root / str(person_id)
        self._most = scan_limits(system.settings).bytes_in_all

    @contextmanager
    def receiving(self, name: str, target: str) -> Iterator["Incoming"]:
        """A file to be written piece by piece; staged by ``finish``, else gone with the block."""
        self._sweep()
        with ExitStack() as ending:
            here = ending.enter_context(
                Spool(self._home, limit_bytes=self._most, first_look=self.first_look)
            )
            part = here.begin(name_as_received(name))
            ending.callback(part.discard)
            yield Incoming(self, part, target)

    def waiting(self, target: str) -> list[Staged]:
        """What the person sent for this and has not handed in, the oldest first."""
        self._sweep()
        found = [
            staged for note in self._home.glob("*.json") if (staged := staged_by(note)) is not None
        ]
        own = [staged for staged in found if staged.target == target]
        return sorted(own, key=lambda staged: (staged.at, staged.name))

    @contextmanager
    def handed_in(self, target: str, ids: Sequence[str]) -> Iterator[list[Spooled]]:
        """These files, to be received for good; gone when the block ends well.

        When it ends in an error about the files they are gone too; when the archive could not
        take them for other reasons they wait again.

        Raises:
            UploadGone: one of them is not here (any more).
        """
        taken: list[Staged] = []
        try:
            for each in ids:
                taken.append(self._take(each, target))  # noqa: PERF401 - taken ones are given back
            yield [staged.spooled for staged in taken]
        except (Invalid, CameBefore):
            self._end(taken, again=False)
            raise
        except BaseException:
            self._end(taken, again=True)
            raise
        self._end(taken, again=False)

    def discard(self, target: str) -> int:
        """Throw away what waits for this; how many files that were."""
        waiting = self.waiting(target)
        for staged in waiting:
            with suppress(UploadGone):
                self._end([self._take(staged.id, target)], again=False)
        return len(waiting)

    def stage(self, file: Spooled, target: str) -> Staged:
        """Keep a file that came in whole."""
        staged_id = secrets.token_hex(16)
        path = self._home / f"{staged_id}.file"
        staged = Staged(staged_id, file.name, target, self._clock.now(), path, file.digests)
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

    def _take(self, staged_id: str, target: str) -> Staged:
        note = self._home / f"{staged_id}.json"
        staged = staged_by(note) if _ID.fullmatch(staged_id) else None
        if staged is None or staged.target != target:
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

    def __init__(self, uploads: Uploads, part: Part, target: str) -> None:
        self._uploads = uploads
        self._part = part
        self._target = target
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
        return self._uploads.stage(self._part.finish(), self._target)


async def take_in(
    visit: Visit, request: Request, target: str, allowed: Callable[[], Uploads]
) -> Response:
    """One file as a raw body, its name percent-encoded in ``X-File-Name``; staged for the form."""
    name = unquote(request.headers.get("x-file-name", ""))
    pieces = request.stream()
    try:
        uploads = await run_in_threadpool(allowed)
        staged = await _staged(uploads, name, target, pieces)
    except ClientDisconnect:
        return Response(status_code=400)  # nobody is there to read it; what had come is gone
    except ArchiveError as error:
        if isinstance(error, BadScan | TooMuchStaged):
            async for _ in pieces:  # whoever stops listening is taken for a broken line
                pass
        return JSONResponse({"told": visit.told(error)}, status_of(error))
    return JSONResponse({"upload": staged.id})


@contextmanager
def files_sent(
    uploads: Uploads, target: str, system: System, form: Form
) -> Iterator[list[Spooled]]:
    """What a form hands in: staged files by their ids, or, without scripts, the files themselves.

    Raises:
        NothingSent, UploadGone: there is nothing to receive.
    """
    ids = form.texts("upload")
    if ids:
        with uploads.handed_in(target, ids) as files:
            yield files
        return
    limit = scan_limits(system.settings).bytes_in_all
    folder = system.settings.effective_spool_dir
    with Spool(folder, limit_bytes=limit, first_look=uploads.first_look) as spool:
        for file in form.files("files"):
            with file.file as content:
                spool.take(content, name_as_received(file.filename))
        if not spool.files:
            raise NothingSent(field="files")
        yield spool.files


async def _staged(uploads: Uploads, name: str, target: str, pieces: AsyncIterator[bytes]) -> Staged:
    """The file, written piece by piece in the thread pool, a megabyte at a time."""
    receiving = uploads.receiving(name, target)
    incoming: Incoming = await run_in_threadpool(receiving.__enter__)
    try:
        waiting = bytearray()
        async for piece in pieces:
            waiting += piece
            if len(waiting) >= CHUNK:
                await run_in_threadpool(incoming.write, bytes(waiting))
                waiting.clear()
        if waiting:
            await run_in_threadpool(incoming.write, bytes(waiting))
        staged = await run_in_threadpool(incoming.finish)
    finally:
        await run_in_threadpool(receiving.__exit__, None, None, None)
    return staged
