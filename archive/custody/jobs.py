"""Promises kept for the custody of invoices: reading scans."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

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
from archive.ingest.keeping import keep_bytes
from archive.ingest.paging import GIVEN_UP, Paging, StoredAt, files_at_hand, go_through
from archive.ocr.version import reader_version
from archive.system import System
from archive.transaction import Transaction


@dataclass(frozen=True, slots=True)
class _Work:
    """What is left to read of a scan; files by key and SHA-256."""

    files: tuple[StoredAt, ...]
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
        with files_at_hand(system, work.files) as paths:
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


def _read_rest(system: System, scan_id: int, work: _Work, paths: list[Path]) -> None:
    learned = work.learned

    def arguments(page: int) -> tuple[object, ...]:
        return (paths, page, work.expected, system.settings.reader_threads, True, learned)

    def keep(_page: int, result: ReadPage) -> None:
        nonlocal learned
        _keep_page(system, scan_id, result)
        learned = result.learned

    paging = Paging(read_pages, arguments, keep, partial(_give_up_page, system, scan_id))
    pages = range(work.next_page, work.pages + 1)
    go_through(system.settings, pages, paging, thing=f"scan:{scan_id}")


def _keep_page(system: System, scan_id: int, result: ReadPage) -> None:
    """Objects before rows: the page images are stored, then the page is set down."""
    image_key = keep_bytes(system, result.image)
    thumb_key = keep_bytes(system, result.thumb)
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
