"""One child process seen from outside: started, given work, listened to, ended."""

import json
import logging
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Any

from archive.ingest import wire
from archive.ingest.sandbox_child import OUT_OF_MEMORY

_log = logging.getLogger(__name__)

_BOOT = (
    "import sys, json; sys.path[:] = json.loads(sys.argv[1])['path']; "
    "from archive.ingest.sandbox_child import main; main()"
)
_KEPT_ENVIRONMENT = ("HOME", "LANG", "LC_ALL", "LC_CTYPE", "PATH", "TMPDIR", "TZ")
_KEPT_PREFIXES = ("OMP_", "OPENBLAS_", "MKL_", "LD_LIBRARY", "DYLD_")
_FRUGAL = {"MALLOC_ARENA_MAX": "2", "OPENBLAS_NUM_THREADS": "1"}  # address space per core
_LAST_WORDS = 4000
_SECONDS_TO_START = 120.0  # to load libraries, on a machine that is busy with other things


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may use.

    Attributes:
        memory: bytes of address space on Linux, of resident memory elsewhere. Rendering alone
            needs 1 GB at the most; RapidOCR on an A4 page at 300 dpi reaches 1.6 GB.
        seconds_per_result: longest silence before it is killed, once its libraries are loaded.
        seconds_in_all: longest time a whole job may take, or None.
        result_bytes: largest single result taken from it.
    """

    memory: int = 4 << 30
    seconds_per_result: float = 60.0
    seconds_in_all: float | None = None
    result_bytes: int = 256 << 20


class Died(Exception):
    """The child ended, fell silent or could not be understood; ``sandbox`` tells people."""

    def __init__(self, how: str, last_words: str) -> None:
        super().__init__(how)
        self.how = how
        self.last_words = last_words


class Child:
    """One process and the two pipes that come from it."""

    def __init__(self, limits: Limits, preload: str, *, use_rlimit: bool) -> None:
        self.peak_memory = 0
        self._heard = bytearray()
        self._last_words = b""
        if not use_rlimit:
            _say_once("This system has no limit on address space; a child watches its own memory.")
        orders = {
            "path": [os.path.abspath(entry) for entry in sys.path],  # noqa: PTH100 - '' is here
            "owner": os.getpid(),
            "memory": limits.memory,
            "rlimit": use_rlimit,
            "preload": preload,
        }
        self._process = _keeper().submit(_started, json.dumps(orders)).result()
        self._answers = _descriptor(self._process.stdout)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._answers, selectors.EVENT_READ)
        self._selector.register(_descriptor(self._process.stderr), selectors.EVENT_READ)

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def begin(self, task: str, args: tuple[Any, ...], packages: set[str], limits: Limits) -> None:
        """Give the child a job and wait until it has begun on it."""
        self._order(task, args)
        deadline = time.monotonic() + _SECONDS_TO_START
        kind, data = self._message(deadline, limits.result_bytes)
        self._heeded(kind, data, packages)
        if kind != wire.STARTED:
            raise self._died("babbled", repr(kind))

    def results(self, packages: set[str], limits: Limits) -> Iterator[Any]:
        """What the job that has begun gives, until the child says that it is done."""
        ends = time.monotonic() + (limits.seconds_in_all or float("inf"))
        while True:
            deadline = min(time.monotonic() + limits.seconds_per_result, ends)
            kind, data = self._message(deadline, limits.result_bytes)
            value = self._heeded(kind, data, packages)
            if kind == wire.DONE:
                return
            if kind == wire.RESULT:
                yield value

    def stop(self) -> None:
        """Kill the process and leave the rest to ``kill``."""
        self._process.kill()

    def kill(self) -> None:
        """End the process and let go of everything it held."""
        self._process.kill()
        self._process.wait()
        self._selector.close()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    _log.debug("A child ended with an order unread")

    def _order(self, task: str, args: tuple[Any, ...]) -> None:
        data = wire.packed((task, args))
        pipe = self._process.stdin
        if pipe is None:
            raise self._died("ended")
        try:
            pipe.write(len(data).to_bytes(8, "little") + data)
            pipe.flush()
        except BrokenPipeError:
            raise self._died(self._how_ended()) from None

    def _heeded(self, kind: bytes, data: bytes, packages: set[str]) -> Any:
        """What a message holds; an error in it is raised."""
        value = self._understood(kind, data, packages)
        if kind == wire.TOLD:
            raise value
        if kind == wire.BROKE:
            raise self._died(*value)
        return value

    def _message(self, deadline: float, most: int) -> tuple[bytes, bytes]:
        kind, self.peak_memory, length = wire.HEADER.unpack(self._take(wire.HEADER.size, deadline))
        if length > most:
            raise self._died("babbled", f"a result of {length} bytes")
        return kind, self._take(length, deadline)

    def _take(self, count: int, deadline: float) -> bytes:
        while len(self._heard) < count:
            self._hear(deadline)
        taken = bytes(self._heard[:count])
        del self._heard[:count]
        return taken

    def _hear(self, deadline: float) -> None:
        """Wait for more from either pipe."""
        left = deadline - time.monotonic()
        ready = self._selector.select(min(max(left, 0), 3600))
        if not ready and left <= 0:
            raise self._died("silent")
        # its last words before its end, so that they are in the log
        for pipe in sorted((key.fd for key, _ in ready), key=self._answers.__eq__):
            piece = os.read(pipe, 1 << 20)
            if not piece:
                self._selector.unregister(pipe)
                if pipe == self._answers:
                    raise self._died(self._how_ended())
            elif pipe == self._answers:
                self._heard += piece
            else:
                self._last_words = (self._last_words + piece)[-_LAST_WORDS:]

    def _how_ended(self) -> str:
        try:
            status = self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:  # it closed its end and lives on
            return "babbled"
        if status == OUT_OF_MEMORY:
            return "memory"
        if status == -signal.SIGKILL:
            return "killed"
        return f"crashed {signal.Signals(-status).name}" if status < 0 else "ended"

    def _understood(self, kind: bytes, data: bytes, packages: set[str]) -> Any:
        if kind not in wire.KINDS:
            raise self._died("babbled", repr(kind))
        try:
            value = wire.unpacked(data, packages)
            if kind == wire.TOLD:
                return wire.error_told(value, packages)
            if kind == wire.BROKE:
                how, last_words = value
                return str(how), str(last_words)
        except Exception as error:  # noqa: BLE001 - bytes from a process we do not trust
            raise self._died("babbled", repr(error)) from None
        return value

    def _died(self, how: str, last_words: str = "") -> Died:
        return Died(how, last_words or self._last_words.decode(errors="replace"))


def _started(orders: str) -> "subprocess.Popen[bytes]":
    environment = {
        key: value
        for key, value in os.environ.items()
        if key in _KEPT_ENVIRONMENT or key.startswith(_KEPT_PREFIXES)
    }
    return subprocess.Popen(  # noqa: S603 - our own interpreter and our own words
        [sys.executable, "-I", "-B", "-c", _BOOT, orders],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**_FRUGAL, **environment},
    )


@cache
def _keeper() -> ThreadPoolExecutor:
    """The thread that starts every child.

    On Linux a child is tied to the *thread* that started it; this one lives as long as the
    process, while the threads of a server's pool come and go.
    """
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="sandbox-keeper")


os.register_at_fork(after_in_child=_keeper.cache_clear)


@cache
def _say_once(sentence: str) -> None:
    _log.warning(sentence)


def _descriptor(pipe: Any) -> int:
    return int(pipe.fileno())
