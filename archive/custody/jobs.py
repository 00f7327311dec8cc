"""Promises kept for the custody of invoices: reading scans."""

import io
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog
from sqlalchemy import func, select, update

from archive.access import SYSTEM
from archive.custody.actions.consequences import volume_changed
from archive.custody.reading import Expected, PageReading
from archive.custody.reading_task import ReadPage, read_pages
from archive.custody.scan import (
    NOT_READ,
    SCAN_WORKFLOW,
    FoundStub,
    Scan,
    ScanFile,
    ScanPage,
    ScanState,
)
from archive.custody.volume import Volume, VolumeRun
from archive.digest import digest_of
from archive.errors import Invalid
from archive.ingest.raster import PageUnreadable
from archive.ingest.sandbox import Limits, ReaderDied, run_pages
from archive.ingest.spool import Spool
from archive.ocr.version import reader_version
from archive.storage import DigestMismatch, new_key
from archive.system import System
from archive.transaction import Transaction

_log = structlog.get_logger(__name__)

GIVEN_UP = "GivenUp"
"""Why a scan is not read that was tried too often, by whatever fault of the system."""


@dataclass(frozen=True, slots=True)
class _Work:
    """What is left to read of a scan; files by key and SHA-256."""

    files: tuple[tuple[str, str], ...]
    pages: int
    next_page: int
    expected: Expected
    learned: bytes


def read_scan(system: System, scan_id: int) -> None:
    """Read every page of a scan that is not read yet, page by page, each kept as it is read.

    Dying anywhere costs at most the page under way. A page the reader dies on twice is set
    down as not read, for a person, and the next one is read.
    """
    work = _begin(system, scan_id)
    if work is None:
        return
    try:
        with _files(system, work.files) as paths:
            _read_rest(system, scan_id, work, paths)
    except Invalid as unusable:
        _fail(system, scan_id, type(unusable).__name__)
        return
    _finish(system, scan_id)


def _begin(system: System, scan_id: int) -> _Work | None:
    with system.transaction(SYSTEM) as tx:
        scan = tx.get(Scan, scan_id, lock=True)
        if scan.state not in {ScanState.RECEIVED, ScanState.READING}:
            return None
        SCAN_WORKFLOW.take("begin", scan)
        files = tx.session.execute(
            select(ScanFile.object_key, ScanFile.sha256)
            .where(ScanFile.scan_id == scan_id)
            .order_by(ScanFile.position)
        )
        read = tx.session.scalar(
            select(func.max(ScanPage.number)).where(ScanPage.scan_id == scan_id)
        )
        runs = tx.session.scalars(
            select(VolumeRun).where(VolumeRun.volume_id == scan.volume_id)
        ).all()
        expected = Expected(widths=frozenset(len(run.first) for run in runs))
        return _Work(
            tuple((row.object_key, row.sha256) for row in files),
            scan.pages,
            (read or 0) + 1,
            expected,
            scan.learned or b"",
        )


@contextmanager
def _files(system: System, files: Sequence[tuple[str, str]]) -> Iterator[list[Path]]:
    """The scan's files on disk for the reader, gone afterwards; after a kill, with the sweep."""
    folder = system.settings.effective_spool_dir
    with Spool(folder, limit_bytes=sys.maxsize, first_look=None) as spool:
        yield [_fetched(system, spool, key, sha256) for key, sha256 in files]


def _fetched(system: System, spool: Spool, key: str, sha256: str) -> Path:
    """The file as it was received, or nothing: what is read is what was hashed.

    Raises:
        DigestMismatch: the store gives other bytes than were put there.
    """
    with system.objects.open(key) as source:
        file = spool.take(source, key)
    if file.digests.sha256 != sha256:
        raise DigestMismatch(key=key)
    return file.path


def _read_rest(system: System, scan_id: int, work: _Work, paths: list[Path]) -> None:
    settings = system.settings
    limits = Limits(
        memory=settings.reader_memory_mb << 20, seconds_per_result=settings.page_seconds
    )
    page, died_on, learned = work.next_page, 0, work.learned
    while page <= work.pages:
        try:
            args = (paths, page, work.expected, settings.reader_threads, True, learned)
            for result in run_pages(read_pages, args, limits=limits, first=page):
                _keep_page(system, scan_id, result)
                page, learned = result.reading.page + 1, result.learned
            break
        except PageUnreadable as damaged:
            page = damaged.facts["page"]
            _give_up_page(system, scan_id, page)
            page += 1
        except ReaderDied as death:
            _log.warning("reader died", scan=scan_id, page=page, how=death.facts.get("how"))
            if died_on == page:
                _give_up_page(system, scan_id, page)
                page += 1
            else:
                died_on = page


def _keep_page(system: System, scan_id: int, result: ReadPage) -> None:
    """Objects before rows: the page images are stored, then the page is set down."""
    image_key = _stored(system, result.image)
    thumb_key = _stored(system, result.thumb)
    reading = result.reading
    with system.transaction(SYSTEM) as tx:
        known = tx.session.scalar(
            select(ScanPage.id).where(ScanPage.scan_id == scan_id, ScanPage.number == reading.page)
        )
        if known is not None:
            return
        tx.session.add(
            ScanPage(
                scan_id=scan_id,
                number=reading.page,
                width=reading.width,
                height=reading.height,
                turned=reading.turned,
                problems=[str(problem) for problem in reading.problems],
                image_key=image_key,
                thumb_key=thumb_key,
                image_sha256=digest_of([result.image]).sha256 if result.image else "",
                read_at=tx.now,
            )
        )
        tx.session.add_all(_found(scan_id, reading))
        tx.session.execute(
            update(Scan).where(Scan.id == scan_id).values(learned=result.learned or None)
        )


def _give_up_page(system: System, scan_id: int, page: int) -> None:
    """Set a page down as not read; a person looks at the paper."""
    with system.transaction(SYSTEM) as tx:
        tx.session.add(
            ScanPage(
                scan_id=scan_id,
                number=page,
                width=0,
                height=0,
                problems=[NOT_READ],
                read_at=tx.now,
            )
        )


def _found(scan_id: int, reading: PageReading) -> Iterator[FoundStub]:
    for position, stub in enumerate(reading.stubs, start=1):
        void = stub.void
        yield FoundStub(
            scan_id=scan_id,
            page=reading.page,
            position=position,
            box=list(stub.box),
            number=stub.number,
            code=stub.code,
            confidence=stub.confidence,
            certain=stub.certain,
            doubt=stub.doubt or "",
            void_box=list(void.box) if void else None,
            void_confidence=void.confidence if void else 0.0,
            void_certain=void.certain if void else True,
        )


def _stored(system: System, content: bytes) -> str:
    if not content:
        return ""
    key = new_key()
    system.objects.put(key, io.BytesIO(content), digest_of([content]))
    return key


def _finish(system: System, scan_id: int) -> None:
    with system.transaction(SYSTEM) as tx:
        scan = tx.get(Scan, scan_id, lock=True)
        if scan.state != ScanState.READING:
            return
        SCAN_WORKFLOW.take("finish", scan)
        scan.read_at, scan.reader, scan.learned = tx.now, reader_version(), None
        volume = tx.get(Volume, scan.volume_id, lock=True)
        volume_changed(tx, volume, "scan-read")
        tx.record(
            "scan.read",
            f"volume:{volume.code}",
            scan=scan_id,
            pages=scan.pages,
            open_findings=volume.open_findings,
        )


def give_up_reading(tx: Transaction, scan_id: int) -> None:
    """The promise to read was given up; from now on a person can have it read again."""
    scan = tx.get(Scan, scan_id, lock=True)
    if scan.state in {ScanState.RECEIVED, ScanState.READING}:
        _set_down_failure(tx, scan, GIVEN_UP)


def _fail(system: System, scan_id: int, why: str) -> None:
    with system.transaction(SYSTEM) as tx:
        _set_down_failure(tx, tx.get(Scan, scan_id, lock=True), why)


def _set_down_failure(tx: Transaction, scan: Scan, why: str) -> None:
    SCAN_WORKFLOW.take("fail", scan)
    scan.failure = why
    volume = tx.get(Volume, scan.volume_id)
    tx.record("scan.unreadable", f"volume:{volume.code}", scan=scan.id, why=why)
