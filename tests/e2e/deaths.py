"""Processes of the real program that die, by kill -9, at a named step of their work.

Nothing of this is in the program. A process is forked with the program loaded (so that dying
forty times costs little), one of its functions is wrapped, and at the n-th call the process kills
itself: before the call, after it, or just before a transaction commits.
"""

import multiprocessing
import os
import pickle
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any, Literal

import psutil
import uvicorn

from archive import worker
from archive.clock import Clock
from archive.ingest import paging
from archive.logs import configure_logging
from archive.settings import Settings
from archive.transaction import Transaction
from archive.wiring import create_system
from web.app import create_app

LATER = timedelta(hours=1)
"""A process is started again an hour after its death: no lease, no back-off holds it up."""


@dataclass(frozen=True)
class Step:
    """Where a process dies: at the ``nth`` call of a function.

    ``commit`` stands for the commit of a transaction that ``function`` has opened.
    """

    function: str
    when: Literal["before", "after", "commit"] = "before"
    nth: int = 1

    def __str__(self) -> str:
        name = self.function.partition(":")[2]
        at = "before the commit of" if self.when == "commit" else self.when
        return f"{at} {name}" + (f" no. {self.nth}" if self.nth > 1 else "")


Fate = Sequence[tuple[Step | None, Callable[[], None]]]
"""What befalls a process at which step."""


class Mortal:
    """A process that serves or works in a data folder, and may die at ``step``.

    At ``slay`` it lives on, but every process it has started dies.
    """

    def __init__(
        self,
        kind: Literal["web", "worker"],
        settings: Settings,
        *,
        step: Step | None = None,
        slay: Step | None = None,
        readings: Path | None = None,
        later: timedelta = timedelta(0),
    ) -> None:
        target = {"web": _serve, "worker": _work}[kind]
        fate = [(step, _die), (slay, _slay_children)]
        arguments = (settings, fate, readings, later)
        self._process = _forked().Process(target=_run, args=(target, arguments), daemon=True)
        self._process.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.is_alive()

    def died(self, within: float = 60) -> bool:
        """Whether it ended by kill -9 in time."""
        self._process.join(within)
        return self._process.exitcode == -signal.SIGKILL

    def kill(self) -> None:
        self._process.kill()
        self._process.join()
        self._process.close()


def _forked() -> Any:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    return context


def _run(target: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    settings: Settings = arguments[0]
    log = os.open(settings.data_dir.parent / "log", os.O_CREAT | os.O_APPEND | os.O_WRONLY)
    os.dup2(log, 1)
    os.dup2(log, 2)
    configure_logging(settings)
    target(*arguments)


def _serve(settings: Settings, fate: Fate, _readings: Path | None, later: timedelta) -> None:
    system = create_system(settings, clock=_clock(later))
    lay(fate)
    uvicorn.run(create_app(system), port=settings.port, log_level="warning", access_log=False)


def _work(settings: Settings, fate: Fate, readings: Path | None, later: timedelta) -> None:
    clock = _clock(later)
    worker.create_system = lambda *given, **named: create_system(*given, clock=clock, **named)
    if readings is not None:
        paging.run_pages = _Replay(readings)
    lay(fate)
    worker.run_worker(settings)


def _clock(later: timedelta) -> Clock:
    real = Clock()
    return Clock(lambda: real.now() + later)


class _Replay:
    """Gives readings that were made before, for deaths that have nothing to do with reading."""

    def __init__(self, kept: Path) -> None:
        self._pages: list[object] = pickle.loads(kept.read_bytes())

    def __call__(self, _task: object, args: Sequence[Any], **_limits: Any) -> Iterator[object]:
        return iter(self._pages[args[1] - 1 :])


def lay(fate: Fate) -> None:
    """Let it befall this process."""
    for step, befall in fate:
        if step is None:
            continue
        if step.when == "commit":
            committed = replace(step, when="after")
            _wrap(Transaction, "seal", committed, befall, opened_by=_name(step))
        else:
            module, _, path = step.function.partition(":")
            owner: Any = import_module(module)
            *classes, name = path.split(".")
            for part in classes:
                owner = getattr(owner, part)
            _wrap(owner, name, step, befall)


def _wrap(
    owner: Any, name: str, step: Step, befall: Callable[[], None], *, opened_by: str = ""
) -> None:
    original = getattr(owner, name)
    calls = 0

    def wrapped(*args: Any, **named: Any) -> Any:
        nonlocal calls
        counts = not opened_by or _opener(sys._getframe()) == opened_by
        calls += counts
        now = counts and calls == step.nth
        if now and step.when == "before":
            befall()
        given = original(*args, **named)
        if now and step.when == "after":
            befall()
        return given

    setattr(owner, name, wrapped)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _slay_children() -> None:
    for child in psutil.Process().children(recursive=True):
        child.kill()


def _opener(frame: FrameType | None) -> str:
    """The function whose ``with system.transaction(…)`` is just ending."""
    while frame is not None and frame.f_code.co_name != "__exit__":
        frame = frame.f_back
    while frame is not None and frame.f_code.co_name == "__exit__":
        frame = frame.f_back
    while frame is not None and frame.f_code.co_name == "transaction":  # web.deps.Visit
        frame = frame.f_back
        while frame is not None and frame.f_code.co_name == "__exit__":
            frame = frame.f_back
    return frame.f_code.co_name if frame is not None else ""


def _name(step: Step) -> str:
    return step.function.rpartition(":")[2].rpartition(".")[2]
