"""The inside of a sandbox: limits itself, does what it is told, dies with its owner."""

import ctypes
import importlib
import json
import os
import pickle
import queue
import resource
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, BinaryIO

from archive.errors import ArchiveError
from archive.ingest import wire

OUT_OF_MEMORY = 71
"""Exit status of a child that found itself over its limit."""

_OPEN_FILES = 256
_STATUS = Path("/proc/self/status")
_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Obey the owner at the other end of standard input until it is gone."""
    orders = json.loads(sys.argv[1])
    for asked in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(asked, signal.SIG_IGN)  # sent to a whole group; the owner decides
    answers = _private_stdout()
    _die_with(orders["owner"])
    _limit(orders["memory"], by_rlimit=orders["rlimit"])
    jobs: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, jobs), daemon=True).start()
    if orders["preload"]:
        importlib.import_module(orders["preload"])
    while True:
        task, args = pickle.loads(jobs.get())  # noqa: S301 - from the owner, who is trusted
        _do(task, args, answers)


def _private_stdout() -> BinaryIO:
    """A way to the owner that no library can print into."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


def _die_with(owner: int) -> None:
    """Let the kernel kill us when the owner dies, even in the middle of a C call.

    Elsewhere than on Linux the end of standard input does it (see ``_listen``).
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != owner:  # it died before we asked
        os._exit(0)


def _limit(memory: int, *, by_rlimit: bool) -> None:
    """No core dumps (pages hold names), no file written, no more memory than given."""
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_FSIZE, 0)
    _lower(resource.RLIMIT_NOFILE, _OPEN_FILES)
    if by_rlimit:
        _lower(resource.RLIMIT_AS, memory)
    else:
        threading.Thread(target=_watch_memory, args=(memory,), daemon=True).start()


def _lower(what: int, limit: int) -> None:
    _, hard = resource.getrlimit(what)
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    resource.setrlimit(what, (limit, limit))


def _watch_memory(limit: int) -> None:
    while peak() <= limit:
        time.sleep(0.05)
    os._exit(OUT_OF_MEMORY)


def peak() -> int:
    """The most memory this process has held at once, in bytes."""
    if sys.platform == "linux":
        # ru_maxrss would count the owner's memory at the moment of starting us
        with _STATUS.open(encoding="ascii", errors="replace") as status:
            line = next(line for line in status if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def _listen(orders: BinaryIO, jobs: "queue.SimpleQueue[bytes]") -> None:
    while len(header := orders.read(8)) == 8:
        jobs.put(orders.read(int.from_bytes(header, "little")))
    os._exit(0)


def _do(task: str, args: tuple[Any, ...], answers: BinaryIO) -> None:
    try:
        function = _found(task)
        _send(answers, wire.STARTED, None)
        for result in function(*args):
            _send(answers, wire.RESULT, result)
        _send(answers, wire.DONE, None)
    except ArchiveError as error:
        _send(answers, wire.TOLD, wire.told(error))
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except Exception as error:  # noqa: BLE001 - whatever it is, the owner must hear of it
        _send(answers, wire.BROKE, (type(error).__name__, traceback.format_exc()))


def _found(task: str) -> Callable[..., Iterable[Any]]:
    module, _, name = task.partition(":")
    found: Any = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return found  # type: ignore[no-any-return]


def _send(answers: BinaryIO, kind: bytes, value: object) -> None:
    data = wire.packed(value)
    answers.write(wire.HEADER.pack(kind, peak(), len(data)))
    answers.write(data)
    answers.flush()
