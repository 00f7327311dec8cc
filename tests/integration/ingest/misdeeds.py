"""Every way of not coming back from a sandbox, and some of coming back; loads little."""

import ctypes
import os
import resource
import signal
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.errors import Conflict, Invalid


class StampMissing(Invalid):
    pass


class AlreadySealed(Conflict):
    pass


@dataclass(frozen=True)
class Seen:
    page: int
    pixels: object


class Impostor:
    """Unpickles into a command, as a taken-over child might send."""

    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self):
        return os.system, (self.command,)


def seen(*pages: int) -> Iterator[Seen]:
    import numpy as np

    for page in pages:
        yield Seen(page, np.full((3, 2, 3), page, np.uint8))


def pid() -> Iterator[int]:
    yield os.getpid()


def environment() -> Iterator[dict[str, str]]:
    yield dict(os.environ)


def raises_invalid() -> Iterator[int]:
    yield 1
    raise StampMissing(page=2, field="stamp")


def raises_conflict() -> Iterator[int]:
    yield from ()
    raise AlreadySealed(volume="QS-202610-01")


def raises_what_nobody_expected() -> Iterator[int]:
    yield 1
    raise KeyError("/MediaBox")


def segfaults() -> Iterator[int]:
    yield 1
    yield 2
    ctypes.string_at(0)


def is_killed() -> Iterator[int]:
    yield 1
    os.kill(os.getpid(), signal.SIGKILL)


def is_asked_to_stop() -> Iterator[int]:
    for page, signal_name in enumerate((signal.SIGINT, signal.SIGTERM, signal.SIGHUP)):
        os.kill(os.getpid(), signal_name)
        yield page


def leaves_quietly() -> Iterator[int]:
    yield 1
    os._exit(0)


def falls_silent() -> Iterator[int]:
    yield 1
    time.sleep(3600)


def falls_silent_in_c() -> Iterator[int]:
    """Holds the interpreter's lock for ever: no thread of the child can act any more."""
    yield os.getpid()
    ctypes.PyDLL(None).sleep(3600)


def pid_and_silence() -> Iterator[int]:
    yield os.getpid()
    time.sleep(3600)


def talks_for_ever() -> Iterator[int]:
    while True:
        time.sleep(0.01)
        yield 0


def takes_memory(size: int) -> Iterator[int]:
    yield 1
    yield len(bytearray(size))


def takes_resident_memory(size: int) -> Iterator[int]:
    hoard = []
    for _ in range(size >> 20):
        hoard.append(b"x" * (1 << 20))
        time.sleep(0.001)
    yield len(hoard)


def gives_too_much(size: int) -> Iterator[bytes]:
    yield bytes(size)


def babbles() -> Iterator[int]:
    yield 1
    os.write(_answers(), b"\xff" * 4096)
    time.sleep(3600)


def sends_a_command(command: str) -> Iterator[Impostor]:
    yield Impostor(command)


def prints() -> Iterator[int]:
    print("a library says something")  # noqa: T201
    ctypes.CDLL(None).puts(b"and one in C")
    yield 1


def writes_a_file(path: str) -> Iterator[str]:
    try:
        Path(path).write_bytes(b"x" * 10)
    except OSError as error:
        yield type(error).__name__
    else:
        yield "written"


def limits() -> Iterator[dict[str, int]]:
    yield {
        name: resource.getrlimit(getattr(resource, name))[0]
        for name in ("RLIMIT_AS", "RLIMIT_CORE", "RLIMIT_FSIZE")
    }


def _answers() -> int:
    """The child's private way to its owner: the one pipe above standard error."""
    return next(fd for fd in range(3, 20) if _is_pipe(fd))


def _is_pipe(fd: int) -> bool:
    try:
        return stat.S_ISFIFO(os.fstat(fd).st_mode)
    except OSError:
        return False
