"""Keeps promises: the queue's consumer, the sweep that finds what was lost, the watched folder."""

import os
import secrets
import signal
import threading
from datetime import datetime, timedelta

import structlog

from archive import outbox
from archive.access import SYSTEM
from archive.jobs import keep_promise
from archive.queue import Nudge, create_consumer, create_queue, keep_task
from archive.settings import Settings
from archive.system import System
from archive.wiring import create_system

_log = structlog.get_logger(__name__)

SWEEP_SECONDS = 1.0
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
    sweep = Sweep(system, Nudge(queue, task))
    stop = threading.Event()
    thread = threading.Thread(target=_tend, args=(sweep, stop, parent), daemon=True)
    thread.start()
    _log.info("worker started", worker=name)
    try:
        consumer.run()
    finally:
        stop.set()


def _tend(sweep: Sweep, stop: threading.Event, parent: int | None) -> None:
    while not stop.wait(SWEEP_SECONDS):
        if parent is not None and os.getppid() != parent:
            _log.info("parent gone, worker stops")
            os.kill(os.getpid(), signal.SIGTERM)
            return
        try:
            sweep()
        except Exception:  # noqa: BLE001 - the next round may succeed
            _log.warning("sweep failed", exc_info=True)
