"""Going through the pages of stored files in the sandbox, page by page, each kept as it is done.

Dying anywhere costs at most the page under way. A page the reader dies on twice is set down as
not read, for a person, and the next one is read.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import structlog

from archive.ingest.raster import PageUnreadable
from archive.ingest.sandbox import Limits, ReaderDied, run_pages
from archive.ingest.spool import Spool
from archive.settings import Settings
from archive.storage import DigestMismatch
from archive.system import System

_log = structlog.get_logger(__name__)

T = TypeVar("T")

GIVEN_UP = "GivenUp"
"""Why something is not read that was tried too often, by whatever fault of the system."""

StoredAt = tuple[str, str]
"""Object key and SHA-256 of a file as it was received."""


@dataclass(frozen=True, slots=True)
class Paging(Generic[T]):
    """How the pages of one thing are gone through.

    Attributes:
        task: a function of the sandbox that gives a result a page.
        arguments: what the task is given to go on from a page.
        keep: sets a page down.
        give_up: sets a page down as not read.
    """

    task: Callable[..., Iterator[T]]
    arguments: Callable[[int], tuple[Any, ...]]
    keep: Callable[[int, T], None]
    give_up: Callable[[int], None]


def go_through(settings: Settings, pages: range, paging: Paging[T], *, thing: str) -> None:
    """Every page of ``pages``, in order, in a process made for it.

    Raises:
        Invalid: the files cannot be read at all.
    """
    limits = Limits(
        memory=settings.reader_memory_mb << 20, seconds_per_result=settings.page_seconds
    )
    page, died_on = pages.start, 0
    while page < pages.stop:
        try:
            for result in run_pages(paging.task, paging.arguments(page), limits=limits, first=page):
                paging.keep(page, result)
                page += 1
            break
        except PageUnreadable as damaged:
            page = damaged.facts["page"]
            paging.give_up(page)
            page += 1
        except ReaderDied as death:
            _log.warning("reader died", thing=thing, page=page, how=death.facts.get("how"))
            if died_on == page:
                paging.give_up(page)
                page += 1
            else:
                died_on = page


@contextmanager
def files_at_hand(system: System, files: Sequence[StoredAt]) -> Iterator[list[Path]]:
    """Stored files on disk for the reader, gone afterwards; after a kill, with the sweep.

    Raises:
        DigestMismatch: the store gives other bytes than were put there.
    """
    folder = system.settings.effective_spool_dir
    with Spool(folder, limit_bytes=sys.maxsize, first_look=None) as spool:
        yield [_fetched(system, spool, key, sha256) for key, sha256 in files]


def _fetched(system: System, spool: Spool, key: str, sha256: str) -> Path:
    """The file as it was received, or nothing: what is read is what was hashed."""
    with system.objects.open(key) as source:
        file = spool.take(source, key)
    if file.digests.sha256 != sha256:
        raise DigestMismatch(key=key)
    return file.path
