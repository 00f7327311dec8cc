"""A process of its own for work on hostile files, because C libraries meet them.

The child starts fresh (never forked from a threaded server), gets no secrets in its environment,
may write no file, and is limited in memory and in the time between two results. Whatever happens
to it, its owner gets an error with a name; when the owner dies, so does the child.
"""

import logging
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar, overload

from archive.errors import Unavailable
from archive.ingest.sandbox_process import Child, Died, Limits

__all__ = ["Limits", "ReaderDied", "Sandbox", "run_pages"]

T = TypeVar("T")

_log = logging.getLogger(__name__)


class ReaderDied(Unavailable):
    """The process that was reading ended before its time.

    ``page`` is the first page without a result (0 where pages were not being read). ``how`` is
    ``memory`` (over its limit), ``silent`` (no result in time), ``killed`` (by the system or an
    operator), ``crashed <signal>``, ``ended``, ``babbled`` (not understood), or the name of the
    exception the task itself did not expect.
    """


class Sandbox:
    """A child process that does one job after another; a context manager.

    A job that does not end well takes the child with it, and the next job gets another. Use
    ``run_pages`` where one file must not be able to touch the reading of the next.

    Args:
        preload: a module the child loads before its first job; then a child that had to go is
            replaced at once, so that the next job need not wait for that.
        jobs: after so many the child is replaced in any case.
        use_rlimit: None = where the system limits address space; else the child watches itself.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        preload: str = "",
        jobs: int = 200,
        use_rlimit: bool | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self.peak_memory = 0
        self._preload = preload
        self._jobs = jobs
        self._done = 0
        self._use_rlimit = sys.platform == "linux" if use_rlimit is None else use_rlimit
        self._busy = threading.Lock()
        self._child: Child | None = None
        self._stopped = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @overload
    def run(
        self, task: Callable[..., Iterable[T]], args: Sequence[Any] = (), *, first: int = 0
    ) -> Iterator[T]: ...
    @overload
    def run(self, task: str, args: Sequence[Any] = (), *, first: int = 0) -> Iterator[Any]: ...
    def run(
        self,
        task: Callable[..., Iterable[Any]] | str,
        args: Sequence[Any] = (),
        *,
        first: int = 0,
    ) -> Iterator[Any]:
        """What ``task(*args)`` gives, one by one, from the other process.

        Args:
            task: ``"package.module:function"`` or a function that stands in a module.
            args: plain values; they are pickled.
            first: the page the first result is about, for ``ReaderDied``; 0 = not pages.

        Raises:
            ReaderDied: the child did not come to its end.
            ArchiveError: what the task itself raised.
        """
        name = task if isinstance(task, str) else _name_of(task)
        with self._busy:
            ended_well = self._stopped = False
            page = first
            try:
                child = self._begun(name, tuple(args))
                for result in self._listened(child, child.results(_packages(name), self.limits)):
                    yield result
                    if first:
                        page += 1
                ended_well = True
            except Died as died:
                _log.warning("A reader died at page %d: %s\n%s", page, died.how, died.last_words)
                raise ReaderDied(page=page, how=died.how) from None
            finally:
                self._done += 1
                if not ended_well or self._done >= self._jobs:
                    self._end_child()
                    if self._preload:
                        self._ready_child()

    def _begun(self, name: str, args: tuple[Any, ...]) -> Child:
        """A child that has begun on a job; one that died while it waited for it is replaced."""
        child = self._ready_child()
        waited = self._done > 0
        try:
            child.begin(name, args, _packages(name), self.limits)
        except Died:
            if not waited or self._stopped:
                raise
            self._end_child()
            child = self._ready_child()
            child.begin(name, args, _packages(name), self.limits)
        return child

    def _listened(self, child: Child, results: Iterator[Any]) -> Iterator[Any]:
        try:
            for result in results:
                self.peak_memory = max(self.peak_memory, child.peak_memory)
                yield result
        finally:
            self.peak_memory = max(self.peak_memory, child.peak_memory)

    def warm(self) -> None:
        """Start the child now, so that the first job waits less for it."""
        with self._busy:
            self._ready_child()

    def close(self) -> None:
        """End the child, and with it a job under way; the sandbox may be used again."""
        if self._busy.acquire(blocking=False):
            try:
                self._end_child()
            finally:
                self._busy.release()
        elif (child := self._child) is not None:
            self._stopped = True
            child.stop()  # whoever waits for its results tidies up

    def _ready_child(self) -> Child:
        if self._child is not None and not self._child.is_alive():
            self._end_child()
        if self._child is None:
            self._child = Child(self.limits, self._preload, use_rlimit=self._use_rlimit)
            self._done = 0
        return self._child

    def _end_child(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.kill()


@overload
def run_pages(
    task: Callable[..., Iterable[T]],
    args: Sequence[Any] = (),
    *,
    limits: Limits | None = None,
    first: int = 1,
) -> Iterator[T]: ...
@overload
def run_pages(
    task: str, args: Sequence[Any] = (), *, limits: Limits | None = None, first: int = 1
) -> Iterator[Any]: ...
def run_pages(
    task: Callable[..., Iterable[Any]] | str,
    args: Sequence[Any] = (),
    *,
    limits: Limits | None = None,
    first: int = 1,
) -> Iterator[Any]:
    """What ``task(*args)`` gives, page by page, from a process made for this one job.

    One result is one page, ``first`` the page the first is about. Raises as ``Sandbox.run``; a
    caller that wants the rest after ``ReaderDied(page=n)`` starts again at page n + 1.
    """
    with Sandbox(limits) as sandbox:
        yield from sandbox.run(task, args, first=first)


def _name_of(task: Callable[..., Any]) -> str:
    name: str = getattr(task, "__qualname__", "<")
    if "<" in name or task.__module__ == "__main__":
        msg = f"{task!r} does not stand in a module that another process can import"
        raise ValueError(msg)
    return f"{task.__module__}:{name}"


def _packages(task: str) -> set[str]:
    return {"archive", task.split(".", maxsplit=1)[0].partition(":")[0]}
