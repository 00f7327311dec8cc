"""The papers of a volume: every row that speaks about it.

They are read whole, as nouns, or only as far as a signature covers them, as bare rows with the
same names. The gate asks for the latter about a hundred stubs, in the one transaction everybody
waits for: so its statements are made once, are few, and fetch no column too many.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, func, select
from sqlalchemy.orm import Bundle, InstrumentedAttribute

from archive.custody.book import Book, UseEntry, VoidEntry
from archive.custody.scan import FoundStub, Scan, ScanFile, ScanPage, Settlement
from archive.custody.volume import Volume, VolumeRun
from archive.db import Base
from archive.transaction import Transaction

_Selected = Select[*tuple[Any, ...]]

COVERED: Mapping[type[Base], tuple[str, ...]] = {
    VolumeRun: ("book_id", "code", "first", "last"),
    Book: ("id", "code", "first", "last"),
    UseEntry: ("book_id", "recorded_by_id", "used_on", "code", "first", "last", "amount_fen"),
    VoidEntry: ("number_key", "reason", "copies_kept", "voided_on"),
    Scan: ("id", "state", "pages"),
    ScanFile: ("sha256", "sm3", "size"),
    ScanPage: ("number", "image_sha256", "problems"),
    FoundStub: ("id", "page", "number", "code", "certain", "void_box", "void_certain"),
    Settlement: ("page", "stub_id", "verdict", "number", "code", "note", "settled_by_id"),
}
"""What a signature covers of each kind of row, in the order in which it is digested."""

_BESIDES = {VolumeRun: ("first_key", "last_key"), UseEntry: ("kwh",)}
"""What else is read: to find the voids of a run, to be written down in its own way."""


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


@dataclass(frozen=True)
class _Statement:
    """One statement in its two forms."""

    nouns: _Selected
    covered: _Selected


def _columns(kind: type[Base]) -> list[InstrumentedAttribute[Any]]:
    return [getattr(kind, name) for name in COVERED[kind] + _BESIDES.get(kind, ())]


def _rows(
    kind: type[Base], mine: ColumnElement[bool], *order: InstrumentedAttribute[Any]
) -> _Statement:
    """Rows of one kind."""
    return _Statement(
        nouns=select(kind).where(mine).order_by(*order),
        covered=select(*_columns(kind)).where(mine).order_by(*order),
    )


def _bundle(kind: type[Base]) -> Bundle[Any]:
    return Bundle(kind.__tablename__, *_columns(kind))


_VOLUME: BindParameter[int] = bindparam("key")
_SCAN: BindParameter[int] = bindparam("key")

_NEWEST = select(func.max(Scan.id)).where(Scan.volume_id == _VOLUME).scalar_subquery()
_BOUND = select(VolumeRun.book_id).where(VolumeRun.volume_id == _VOLUME)


def _runs(what: _Selected) -> _Selected:
    joined = what.join(Book, Book.id == VolumeRun.book_id)
    return joined.where(VolumeRun.volume_id == _VOLUME).order_by(VolumeRun.first_key)


def _scanned(what: _Selected) -> _Selected:
    joined = what.outerjoin(ScanFile, ScanFile.scan_id == Scan.id)
    return joined.where(Scan.id == _NEWEST).order_by(ScanFile.position)


_RUNS = _Statement(
    nouns=_runs(select(VolumeRun, Book)), covered=_runs(select(_bundle(VolumeRun), _bundle(Book)))
)
_FILES = _Statement(
    nouns=_scanned(select(Scan, ScanFile)),
    covered=_scanned(select(_bundle(Scan), _bundle(ScanFile))),
)
_ENTRIES = _rows(UseEntry, UseEntry.volume_id == _VOLUME, UseEntry.first_key)
_VOIDS = _rows(VoidEntry, VoidEntry.book_id.in_(_BOUND), VoidEntry.number_key)
_PAGES = _rows(ScanPage, ScanPage.scan_id == _SCAN, ScanPage.number)
_STUBS = _rows(FoundStub, FoundStub.scan_id == _SCAN, FoundStub.page, FoundStub.position)
_SETTLEMENTS = _rows(Settlement, Settlement.scan_id == _SCAN, Settlement.id)


def papers(tx: Transaction, volume: Volume, *, whole: bool = True) -> Papers:
    """The papers of the volume; not ``whole`` = bare rows of what a signature covers."""

    def pairs(asked: _Statement) -> list[tuple[Any, Any]]:
        statement = asked.nouns if whole else asked.covered
        return [(one, other) for one, other in tx.session.execute(statement, {"key": volume.id})]

    def rows(asked: _Statement, key: int) -> list[Any]:
        if whole:
            return list(tx.session.scalars(asked.nouns, {"key": key}))
        return list(tx.session.execute(asked.covered, {"key": key}))

    bound, scanned = pairs(_RUNS), pairs(_FILES)
    runs = [run for run, _ in bound]
    books = {book.id: book for _, book in bound}
    scan = scanned[0][0] if scanned else None
    return Papers(
        volume=volume,
        runs=runs,
        books=[books[key] for key in sorted(books)],
        entries=rows(_ENTRIES, volume.id),
        voids=[
            void
            for void in rows(_VOIDS, volume.id)
            if any(run.first_key <= void.number_key <= run.last_key for run in runs)
        ],
        scan=scan,
        files=[file for _, file in scanned if file is not None and file.sha256 is not None],
        pages=rows(_PAGES, scan.id) if scan else [],
        stubs=rows(_STUBS, scan.id) if scan else [],
        settlements=rows(_SETTLEMENTS, scan.id) if scan else [],
    )
