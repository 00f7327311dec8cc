"""Keeps promises: the queue's consumer, the sweep that finds what was lost, the watched folder."""

import os
import secrets
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog

from archive import outbox
from archive.access import SYSTEM
from archive.filing.fixity import check_copies
from archive.filing.watching import watched_folder
from archive.finding.jobs import Nightly, catch_up
from archive.housekeeping import clear_away
from archive.jobs import keep_promise
from archive.queue import Nudge, create_consumer, create_queue, keep_task
from archive.settings import Settings
from archive.system import System
from archive.wiring import create_system

_log = structlog.get_logger(__name__)

SWEEP_SECONDS = 1.0
INDEX_SECONDS = 0.5
CLEAR_SECONDS = 3600.0
AGAIN_AFTER = timedelta(seconds=30)


class Sweep:
    """Puts into the queue what is owed and not in it: after a crash, or a lost queue."""

    def __init__(self, system: System, nudge: Nudge) -> None:
        self._system = system
        self._nudge = nudge
        self._nudged: dict[int, datetime] = {}

    def __call__(self) -> int:
        """How many promises were nudged."""
        with self._system.transaction(SYSTEM, writes=False) as tx:
            now = tx.now
            waiting = outbox.waiting(tx.session, now)
        fresh = [
            promise
            for promise in waiting
            if now - self._nudged.get(promise, now - 2 * AGAIN_AFTER) >= AGAIN_AFTER
        ]
        self._nudge(fresh)
        self._nudged = {
            promise: at for promise, at in self._nudged.items() if now - at < AGAIN_AFTER
        } | dict.fromkeys(fresh, now)
        return len(fresh)


def run_worker(settings: Settings, *, parent: int | None = None) -> None:
    """Work until told to stop; with ``parent``, also when that process is gone."""
    queue = create_queue(settings)
    name = f"{os.getpid()}-{secrets.token_hex(4)}"
    system = create_system(settings, nudge=lambda _ids: None)
    task = keep_task(queue, lambda promise_id: keep_promise(system, promise_id, name))
    consumer = create_consumer(queue, workers=2)
    stop = threading.Event()
    rounds = [_Round(SWEEP_SECONDS, Sweep(system, Nudge(queue, task)))]
    rounds.append(_Round(INDEX_SECONDS, partial(catch_up, system)))
    rounds.append(_Round(CLEAR_SECONDS, partial(clear_away, system)))
    rounds.append(_Round(CLEAR_SECONDS, Nightly(system)))
    rounds.append(_Round(CLEAR_SECONDS, partial(check_copies, system)))
    if settings.watch_dir is not None:
        rounds.append(_Round(SWEEP_SECONDS, watched_folder(system, settings.watch_dir).poll))
    if parent is not None:
        rounds.append(_Round(SWEEP_SECONDS, partial(_stop_without, parent)))
    for each in rounds:
        threading.Thread(target=each.run, args=(stop,), daemon=True).start()
    _log.info("worker started", worker=name)
    try:
        consumer.run()
    finally:
        stop.set()


@dataclass(frozen=True)
class _Round:
    """Something done again and again; a failure is logged and the next round comes."""

    seconds: float
    work: Callable[[], object]

    def run(self, stop: threading.Event) -> None:
        while True:
            try:
                self.work()
            except Exception:  # noqa: BLE001 - the next round may succeed
                _log.warning("round failed", exc_info=True)
            if stop.wait(self.seconds):
                return


def _stop_without(parent: int) -> None:
    if os.getppid() != parent:
        _log.info("parent gone, worker stops")
        os.kill(os.getpid(), signal.SIGTERM)
