"""``archive serve``, ``web``, ``worker``, ``migrate``."""

import os
import signal
import subprocess
import sys
import threading
from typing import Annotated

import structlog
import typer
import uvicorn

from archive import migrations
from archive.db import create_engine_for
from archive.settings import Settings
from archive.wiring import create_system
from archive.worker import run_worker

_log = structlog.get_logger(__name__)
RESTART_SECONDS = 2.0


def serve() -> None:
    """The whole program on one machine: pages here, a worker beside."""
    signal.signal(signal.SIGTERM, _end)  # uvicorn raises it again when it has shut down
    create_system(Settings())  # migrations run once, before two processes need them
    keeper = _WorkerKeeper()
    keeper.start()
    try:
        web()
    finally:
        keeper.stop()


def web() -> None:
    """The pages only; a worker runs elsewhere."""
    settings = Settings()
    uvicorn.run(
        "web.app:create_app_from_environment",
        factory=True,
        host=settings.host,
        port=settings.port,
        log_level=settings.log_level.lower(),
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.public_url),
        timeout_graceful_shutdown=5,
    )


def worker(
    parent: Annotated[int | None, typer.Option(hidden=True)] = None,
) -> None:
    """Keep promises until told to stop."""
    run_worker(Settings(), parent=parent)


def migrate() -> None:
    """Bring the database to the present shape."""
    settings = Settings()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    migrations.upgrade(create_engine_for(settings.effective_database_url))


def _end(_signal: int, _frame: object) -> None:
    """End as after Ctrl+C, so that the worker is ended, too."""
    raise SystemExit(0)


class _WorkerKeeper:
    """Starts the worker and starts it again when it dies."""

    def __init__(self) -> None:
        self._over = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        if self._child is not None:
            self._child.terminate()
        self._thread.join(timeout=10)

    def _keep(self) -> None:
        command = [sys.executable, "-m", "archive", "worker", "--parent", str(os.getpid())]
        while not self._over.is_set():
            self._child = subprocess.Popen(command)  # noqa: S603 - our own program
            self._child.wait()
            if not self._over.is_set():
                _log.warning("worker ended, starting another", status=self._child.returncode)
            self._over.wait(RESTART_SECONDS)
