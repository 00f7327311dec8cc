"""Inspection in a process of its own: what the doors of the archive call."""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Self

from archive.ingest.inspected import Inspected
from archive.ingest.limits import ScanLimits
from archive.ingest.refusals import CannotBeChecked
from archive.ingest.sandbox import Limits, ReaderDied, Sandbox

INSPECTION = Limits(memory=1 << 30, seconds_per_result=60, result_bytes=1 << 20)
"""1 GB of address space, of which the libraries take a third; a page is never decoded here."""


class Inspector:
    """Looks into scans, one at a time, in a child that is kept between scans.

    The child is replaced whenever a scan was refused, so that a hostile file never shares it with
    the next one unless it passed for harmless; even then it could only have that next one refused
    or let in, never read wrongly, because reading has a fresh process for every scan.
    """

    def __init__(self, limits: ScanLimits | None = None, *, child: Limits = INSPECTION) -> None:
        self.limits = limits or ScanLimits()
        self._sandbox = Sandbox(child, preload="archive.ingest.inspect")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def inspect(
        self, files: Sequence[tuple[Path, str]], *, documents: bool = False
    ) -> tuple[Inspected, ...]:
        """What the files of one scan are, each given with its name as shown.

        ``documents``: what was never paper (OFD) is taken too.

        Raises:
            BadScan: one of its kinds; ``CannotBeChecked`` when looking into it took the child
                down or was endless.
        """
        named = [(str(path), name) for path, name in files]
        try:
            answers = list(islice(self._sandbox.run(_inspect, [named, self.limits, documents]), 2))
        except ReaderDied as died:
            raise CannotBeChecked(name=_names(files), how=died.facts["how"]) from died
        if [_shape(answer) for answer in answers] != [[Inspected] * len(files)]:
            raise CannotBeChecked(name=_names(files), how="babbled")
        return answers[0]

    def warm(self) -> None:
        """Start the child, so that the first scan need not wait for it; returns at once."""
        self._sandbox.warm()

    def close(self) -> None:
        self._sandbox.close()

    @property
    def peak_memory(self) -> int:
        """The most memory a child has held, in bytes."""
        return self._sandbox.peak_memory


def _inspect(
    named: Sequence[tuple[str, str]], limits: ScanLimits, documents: bool
) -> Iterator[tuple[Inspected, ...]]:
    from archive.ingest.inspect import inspect_all  # noqa: PLC0415 - needed in the child only

    files = [(Path(path), name) for path, name in named]
    yield inspect_all(files, limits=limits, documents=documents)


def _shape(answer: object) -> list[type] | None:
    return [type(one) for one in answer] if isinstance(answer, tuple) else None


def _names(files: Sequence[tuple[Path, str]]) -> str:
    first = files[0][1] if files else ""
    return first if len(files) < 2 else f"{first} … ({len(files)})"
