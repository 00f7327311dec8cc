"""Keeps one server for a test run and lets neither it nor its folder outlive the run.

The test run holds the other end of standard input. Each line is a command; when the line of
commands ends – even by kill -9 of the test run – the server is ended and its folder removed.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any


def start(order: dict[str, Any], log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as output:
        return subprocess.Popen(
            order["argv"],
            cwd=order["cwd"],
            env=order["env"],
            user=order["uid"],
            group=order["gid"],
            extra_groups=None if order["uid"] is None else [],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


def end(server: subprocess.Popen[bytes] | None, number: int) -> None:
    if server is None:
        return
    if server.poll() is None:
        server.send_signal(number)
    try:
        server.wait(timeout=10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def keep(folder: Path, end_signal: int) -> None:
    server: subprocess.Popen[bytes] | None = None
    try:
        for line in sys.stdin:
            if line.strip() == "kill":
                end(server, signal.SIGKILL)
                server = None
            else:
                server = start(json.loads(line), folder / "log")
            sys.stdout.write(f"{server.pid if server else 0}\n")
            sys.stdout.flush()
    finally:
        end(server, end_signal)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: None)  # not SIG_IGN, which the server would inherit
    os.umask(0o077)
    keep(Path(sys.argv[1]), int(sys.argv[2]))
