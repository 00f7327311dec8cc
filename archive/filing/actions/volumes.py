"""Verbs by which accepted invoice volumes and stub books come into the archive [seed 3.5, 5.3]."""

from sqlalchemy import func, select

from archive.access import Permission
from archive.custody.book import Book, BookState, UseEntry
from archive.custody.scan import Scan, ScanFile, ScanState
from archive.custody.volume import Volume, VolumeState
from archive.filing.volume_record import (
    BOOK_KIND,
    VOLUME_KIND,
    NotAcceptedYet,
    VolumeRecord,
)
from archive.holdings.actions.records import Description, file_record
from archive.holdings.copy import ElectronicCopy, page_digest
from archive.holdings.pairing import copy_kept, locked_pair
from archive.holdings.queries.plans import kind_in_force
from archive.holdings.record import Record
from archive.transaction import Transaction


def file_volume(tx: Transaction, volume_id: int) -> Record:
    """An accepted volume as a record, its scan as the electronic copy; the paper is awaited.

    Raises:
        NotAcceptedYet, FiledAsRecord: nothing is filed.
    """
    volume = tx.get(Volume, volume_id, lock=True)
    tx.require(Permission.RECORD_FILE, volume.station_id)
    if volume.state != VolumeState.ACCEPTED:
        raise NotAcceptedYet(thing=volume.subject)
    scan, files = _scanned(tx, volume_id)
    described = Description(
        kind_in_force(tx, VOLUME_KIND).id,
        f"{volume.month} 电费票据记账联装订册 {volume.code}",
        volume.collected_to,
        pages=scan.pages if scan is not None else 0,
        document_number=volume.code,
    )
    record = file_record(tx, volume.station_id, described, source="volume")
    tx.add(VolumeRecord(record_id=record.id, volume_id=volume_id))
    if scan is not None:
        _keep_copy(tx, record, scan, files)
    tx.record("volume.filed", volume.subject, record=record.code)
    return record


def file_stub_book(tx: Transaction, book_id: int) -> Record:
    """An accepted stub book as a record on paper; its year is that of the last number used.

    Raises:
        NotAcceptedYet, FiledAsRecord: nothing is filed.
    """
    book = tx.get(Book, book_id, lock=True)
    tx.require(Permission.RECORD_FILE, book.station_id)
    if book.state != BookState.ACCEPTED:
        raise NotAcceptedYet(thing=book.subject)
    last_used = tx.session.scalar(
        select(func.max(UseEntry.used_on)).where(UseEntry.book_id == book_id)
    )
    described = Description(
        kind_in_force(tx, BOOK_KIND).id,
        f"电费发票存根 {book.code} {book.first}—{book.last}",
        last_used or tx.today,
        document_number=f"{book.code}:{book.first}",
    )
    record = file_record(tx, book.station_id, described, source="volume")
    tx.add(VolumeRecord(record_id=record.id, book_id=book_id))
    tx.record("book.filed", book.subject, record=record.code)
    return record


def _scanned(tx: Transaction, volume_id: int) -> tuple[Scan | None, list[ScanFile]]:
    """The newest scan that was read, and its files in order."""
    newest = select(Scan).where(Scan.volume_id == volume_id, Scan.state == ScanState.READ)
    scan = tx.session.scalars(newest.order_by(Scan.id.desc()).limit(1)).first()
    if scan is None:
        return None, []
    files = select(ScanFile).where(ScanFile.scan_id == scan.id).order_by(ScanFile.position)
    return scan, list(tx.session.scalars(files))


def _keep_copy(tx: Transaction, record: Record, scan: Scan, files: list[ScanFile]) -> None:
    digest = page_digest(
        [(file.sha256, page) for file in files for page in range(1, file.pages + 1)]
    )
    tx.add(
        ElectronicCopy(
            record_id=record.id,
            number=0,
            digest=digest,
            pages=scan.pages,
            made_at=tx.now,
            brought_by_id=scan.received_by_id,
        )
    )
    _, pair = locked_pair(tx, record.id)
    copy_kept(tx, record, pair, pages=scan.pages, digest=digest, by_id=scan.received_by_id)
