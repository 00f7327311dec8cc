"""The papers of a volume: every row that speaks about it."""

from dataclasses import dataclass

from sqlalchemy import BindParameter, bindparam, func, select

from archive.custody.book import Book, UseEntry, VoidEntry
from archive.custody.scan import FoundStub, Scan, ScanFile, ScanPage, Settlement
from archive.custody.volume import Volume, VolumeRun
from archive.transaction import Transaction


@dataclass(frozen=True)
class Papers:
    """A volume with everything that is kept about it."""

    volume: Volume
    runs: list[VolumeRun]
    books: list[Book]
    entries: list[UseEntry]
    voids: list[VoidEntry]
    scan: Scan | None
    files: list[ScanFile]
    pages: list[ScanPage]
    stubs: list[FoundStub]
    settlements: list[Settlement]


_KEY: BindParameter[int] = bindparam("key")

NEWEST_SCAN = select(func.max(Scan.id)).where(Scan.volume_id == _KEY).scalar_subquery()
BOUND_BOOKS = select(VolumeRun.book_id).where(VolumeRun.volume_id == _KEY)
"""Of the volume whose id is given as ``key``."""

_RUNS = (
    select(VolumeRun, Book)
    .join(Book, Book.id == VolumeRun.book_id)
    .where(VolumeRun.volume_id == _KEY)
    .order_by(VolumeRun.first_key)
)
_ENTRIES = select(UseEntry).where(UseEntry.volume_id == _KEY).order_by(UseEntry.first_key)
_VOIDS = select(VoidEntry).where(VoidEntry.book_id.in_(BOUND_BOOKS)).order_by(VoidEntry.number_key)
_FILES = (
    select(Scan, ScanFile)
    .outerjoin(ScanFile, ScanFile.scan_id == Scan.id)
    .where(Scan.id == NEWEST_SCAN)
    .order_by(ScanFile.position)
)
_PAGES = select(ScanPage).where(ScanPage.scan_id == _KEY).order_by(ScanPage.number)
_STUBS = (
    select(FoundStub).where(FoundStub.scan_id == _KEY).order_by(FoundStub.page, FoundStub.position)
)
_SETTLEMENTS = select(Settlement).where(Settlement.scan_id == _KEY).order_by(Settlement.id)


def papers(tx: Transaction, volume: Volume) -> Papers:
    """The papers of the volume, as they are kept now."""
    session, of_volume = tx.session, {"key": volume.id}
    bound = session.execute(_RUNS, of_volume).all()
    runs = [run for run, _ in bound]
    books = {book.id: book for _, book in bound}
    scanned = session.execute(_FILES, of_volume).all()
    scan = scanned[0][0] if scanned else None
    of_scan = {"key": scan.id} if scan else {}
    return Papers(
        volume=volume,
        runs=runs,
        books=[books[key] for key in sorted(books)],
        entries=list(session.scalars(_ENTRIES, of_volume)),
        voids=[
            void
            for void in session.scalars(_VOIDS, of_volume)
            if any(run.first_key <= void.number_key <= run.last_key for run in runs)
        ],
        scan=scan,
        files=[file for _, file in scanned if file is not None],
        pages=list(session.scalars(_PAGES, of_scan)) if scan else [],
        stubs=list(session.scalars(_STUBS, of_scan)) if scan else [],
        settlements=list(session.scalars(_SETTLEMENTS, of_scan)) if scan else [],
    )
