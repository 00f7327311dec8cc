"""``archive …`` as typed at a terminal: the real command, run in this process."""

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from archive import wiring
from archive.cli import app
from archive.db import create_engine_for
from archive.queue import create_queue


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it said."""

    status: int
    out: str
    err: str


@dataclass
class Terminal:
    """An installation's terminal; ``data`` is where it keeps everything."""

    data: Path

    def __call__(self, *arguments: object, **environment: str) -> Ended:
        """``archive <arguments>`` to its end; ``language="en"`` is ARCHIVE_LANGUAGE=en."""
        said, complained, status = io.StringIO(), io.StringIO(), 0
        with pytest.MonkeyPatch.context() as patch, _closing(patch):
            patch.setattr(sys, "argv", ["archive", *map(str, arguments)])
            patch.setattr(app, "configure_logging", lambda _settings: None)
            patch.setenv("ARCHIVE_DATA_DIR", str(self.data))
            for name, value in environment.items():
                patch.setenv(f"ARCHIVE_{name.upper()}", value)
            with redirect_stdout(said), redirect_stderr(complained):
                try:
                    app.main()
                except SystemExit as end:
                    status = int(end.code or 0)
        return Ended(status, said.getvalue(), complained.getvalue())


@contextmanager
def _closing(patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Closes what the end of a process would close."""
    made: list[Any] = []

    def kept(create: Any) -> Any:
        def created(given: Any) -> Any:
            made.append(create(given))
            return made[-1]

        return created

    patch.setattr(wiring, "create_engine_for", kept(create_engine_for))
    patch.setattr(wiring, "create_queue", kept(create_queue))
    try:
        yield
    finally:
        for one in made:
            one.dispose() if hasattr(one, "dispose") else one.storage.close()
