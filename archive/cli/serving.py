"""``archive serve``, ``web``, ``worker``, ``migrate``."""

import gc
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

_log = structlog.get_logger(__name__)
NOT_STARTED = 3
RESTART_SECONDS = 2.0
FIRST_PAGES_SECONDS = 1.0
"""Once the pages are up, so long the first of them has the processor to itself."""


def serve() -> None:
    """The whole program on one machine: pages here, and a worker beside once they are up."""
    signal.signal(signal.SIGTERM, _end)  # uvicorn raises it again when it has shut down
    create_system(Settings())  # migrations run once, before two processes need them
    server = _server()
    keeper = _WorkerKeeper(server)
    keeper.start()
    try:
        _run(server)
    finally:
        keeper.stop()


def web() -> None:
    """The pages only; a worker runs elsewhere."""
    _run(_server())


def worker(
    parent: Annotated[int | None, typer.Option(hidden=True)] = None,
) -> None:
    """Keep promises until told to stop."""
    from archive.worker import run_worker  # noqa: PLC0415 - who serves pages needs none of it

    run_worker(Settings(), parent=parent)


def migrate() -> None:
    """Bring the database to the present shape."""
    settings = Settings()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    migrations.upgrade(create_engine_for(settings.effective_database_url))


def _server() -> uvicorn.Server:
    settings = Settings()
    return uvicorn.Server(
        uvicorn.Config(
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
    )


def _run(server: uvicorn.Server) -> None:
    """Serve until told to stop; what keeps the pages from coming up is on standard error."""
    gc.disable()  # what is loaded now stays to the end: looking through it costs half a second
    server.config.load()
    gc.freeze()
    gc.enable()
    try:
        server.run()
    except KeyboardInterrupt:
        return  # uvicorn has shut down and raised again what told it to
    if not server.started:
        sys.exit(NOT_STARTED)


def _end(_signal: int, _frame: object) -> None:
    """End as after Ctrl+C, so that the worker is ended, too."""
    raise SystemExit(0)


class _WorkerKeeper:
    """Starts the worker when the pages are up, and starts it again when it dies."""

    def __init__(self, server: uvicorn.Server) -> None:
        self._server = server
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
        while not self._server.started:
            if self._over.wait(0.05):
                return
        self._over.wait(FIRST_PAGES_SECONDS)
        command = [sys.executable, "-m", "archive", "worker", "--parent", str(os.getpid())]
        while not self._over.is_set():
            self._child = subprocess.Popen(command)  # noqa: S603 - our own program
            self._child.wait()
            if not self._over.is_set():
                _log.warning("worker ended, starting another", status=self._child.returncode)
            self._over.wait(RESTART_SECONDS)
