"""The real program as processes, in a data folder of its own, to be stopped or killed.

    program = Program(folder, lease_seconds=5)
    program.start("serve")            # python -m archive serve; returns when it answers
    program.kill("serve")             # kill -9; nothing is tidied up
    program.run("trail", "verify")    # a command, with the same settings

What a process says goes to ``<folder>/log``. Whatever still runs when a test ends is killed.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import psutil

ROOT = Path(__file__).parents[2]
PATIENCE = 120.0
"""Seconds until something that ought to happen is given up, on a machine busy with others."""

_FASTER = {"PYTHONDONTWRITEBYTECODE": "", "OMP_NUM_THREADS": "1"}


class Gone(Exception):
    """A process that ought to run has ended; the text is what it said last."""


class Program:
    """One installation; ``settings`` are those of ``archive.settings``, by their names."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.port = free_port()
        self.settings = {"data_dir": self.data, "log_level": "INFO", **settings}
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        log = self.folder / "log"
        return log.read_text(errors="replace") if log.exists() else ""

    @property
    def environment(self) -> dict[str, str]:
        """The settings as an operator would give them, and nothing of this machine's own."""
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("ARCHIVE_") and name != "PORT"
        }
        ours = {f"ARCHIVE_{name.upper()}": str(value) for name, value in self.settings.items()}
        return inherited | _FASTER | ours | {"PORT": str(self.port)}

    def start(self, command: str = "serve", *arguments: str) -> None:
        """Start ``archive <command>``; one that serves pages is waited for until it answers."""
        with (self.folder / "log").open("ab") as log:
            self._running[command] = subprocess.Popen(
                [sys.executable, "-m", "archive", command, *arguments],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        if command != "worker":
            self.wait_until(self.answers, command)

    def answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz", timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    def process(self, command: str = "serve") -> psutil.Process:
        """The process of a command that was started."""
        return psutil.Process(self._running[command].pid)

    def kill(self, command: str = "serve") -> None:
        """End it as a power cut would."""
        self.end(command, signal.SIGKILL)

    def stop(self, command: str = "serve") -> int:
        """Ask it to end, as a service manager does; its exit status."""
        return self.end(command, signal.SIGTERM)

    def end(self, command: str, number: int) -> int:
        process = self._running.pop(command)
        process.send_signal(number)
        return process.wait(timeout=PATIENCE)

    def close(self) -> None:
        """Kill whatever still runs, and what that had started."""
        for process in self._running.values():
            family = [psutil.Process(process.pid)] if process.poll() is None else []
            for member in [*family, *(child for one in family for child in descendants(one))]:
                kill(member)
            process.wait(timeout=PATIENCE)
        self._running.clear()

    def run(
        self, *arguments: str, typed: str | None = None, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """``archive <arguments>`` to its end; ``typed`` is its standard input."""
        return subprocess.run(
            [sys.executable, "-m", "archive", *arguments],
            cwd=ROOT,
            env=self.environment | environment,
            input=typed,
            stdin=subprocess.DEVNULL if typed is None else None,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def wait_until(self, happened: Any, command: str | None = None) -> Any:
        """What ``happened()`` gives once it is true.

        Raises:
            Gone: the process of ``command`` has ended, or patience has.
        """
        deadline = time.monotonic() + PATIENCE
        while not (value := happened()):
            ended = command is not None and self._running[command].poll() is not None
            if ended or time.monotonic() > deadline:
                raise Gone(self.log[-4000:])
            time.sleep(0.05)
        return value


def descendants(process: psutil.Process) -> list[psutil.Process]:
    """Every process it started, and those started by these."""
    try:
        return process.children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def kill(process: psutil.Process) -> None:
    """kill -9, whether or not it still runs."""
    try:
        process.kill()
    except psutil.NoSuchProcess:
        return


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
