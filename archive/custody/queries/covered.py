"""What a signature covers of the papers of a volume (核验卷宗), and its digest.

It leaves out what is only presentation (names, thumbnails). The desk takes it from the papers
that lie there; the gate reads it alone, about a hundred stubs in the one transaction everybody
waits for: so its statements are made once, are few, and fetch no column too many and no nouns.
"""

import hashlib
from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any

from sqlalchemy import BindParameter, Row, Select, bindparam, select
from sqlalchemy.orm import InstrumentedAttribute

from archive.audit import canonical
from archive.custody.book import Book, UseEntry, VoidEntry
from archive.custody.queries.papers import BOUND_BOOKS, NEWEST_SCAN, Papers
from archive.custody.scan import FoundStub, Scan, ScanFile, ScanPage, Settlement
from archive.custody.volume import Volume, VolumeRun
from archive.db import Base
from archive.transaction import Transaction

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
"""The columns of each kind of row, in the order in which they are digested."""

Covered = dict[str, Any]
"""What is covered, part by part."""


def digest_of(covered: Covered) -> str:
    """The digest a signature stands on. Another way to write it would void all there are."""
    return hashlib.sha256(canonical(covered).encode()).hexdigest()


# ------------------------------------------------------------------ of papers that lie there

_TOLD = {kind: attrgetter(*names) for kind, names in COVERED.items()}


def covered_by(held: Papers) -> Covered:
    """What is covered of these papers."""
    entry = _TOLD[UseEntry]
    return {
        **_cover(held.volume),
        "runs": list(map(_TOLD[VolumeRun], held.runs)),
        "books": list(map(_TOLD[Book], held.books)),
        "register": [[*entry(line), f"{line.kwh:.2f}"] for line in held.entries],
        "voids": list(map(_TOLD[VoidEntry], held.voids)),
        "scan": _TOLD[Scan](held.scan) if held.scan else None,
        "files": list(map(_TOLD[ScanFile], held.files)),
        "pages": list(map(_TOLD[ScanPage], held.pages)),
        "read": list(map(_TOLD[FoundStub], held.stubs)),
        "settled": list(map(_TOLD[Settlement], held.settlements)),
    }


def _cover(volume: Volume) -> Covered:
    return {
        "cover": volume.cover,
        "collector": volume.collector_id,
        "signed": [volume.signed_by_id, volume.signed_digest],
        "sealed": volume.sealed_by_id,
    }


# ------------------------------------------------------------------ read alone


def bare_rows(
    tx: Transaction, statement: Select[*tuple[Any, ...]], asked: Mapping[str, Any]
) -> Sequence[Row[*tuple[Any, ...]]]:
    """The rows of a statement that asks for columns only, past everything that makes nouns.

    What the transaction has changed and not yet written is written first.
    """
    tx.session.flush()
    return tx.session.connection().execute(statement, asked).all()


def _columns(kind: type[Base]) -> list[InstrumentedAttribute[Any]]:
    return [getattr(kind, name) for name in COVERED[kind]]


_KEY: BindParameter[int] = bindparam("key")

_RUNS = (
    select(*_columns(VolumeRun), *_columns(Book), VolumeRun.first_key, VolumeRun.last_key)
    .join_from(VolumeRun, Book, Book.id == VolumeRun.book_id)
    .where(VolumeRun.volume_id == _KEY)
    .order_by(VolumeRun.first_key)
)
_ENTRIES = (
    select(*_columns(UseEntry), UseEntry.kwh)
    .where(UseEntry.volume_id == _KEY)
    .order_by(UseEntry.first_key)
)
_VOIDS = (
    select(*_columns(VoidEntry))
    .where(VoidEntry.book_id.in_(BOUND_BOOKS))
    .order_by(VoidEntry.number_key)
)
_FILES = (
    select(*_columns(Scan), *_columns(ScanFile))
    .join_from(Scan, ScanFile, ScanFile.scan_id == Scan.id, isouter=True)
    .where(Scan.id == NEWEST_SCAN)
    .order_by(ScanFile.position)
)
_OF_SCAN = {
    "pages": select(*_columns(ScanPage)).where(ScanPage.scan_id == _KEY).order_by(ScanPage.number),
    "read": select(*_columns(FoundStub))
    .where(FoundStub.scan_id == _KEY)
    .order_by(FoundStub.page, FoundStub.position),
    "settled": select(*_columns(Settlement))
    .where(Settlement.scan_id == _KEY)
    .order_by(Settlement.id),
}


def dossier_digest(tx: Transaction, volume: Volume) -> str:
    """The digest of the dossier as the gate needs it; the same as the dossier's own."""
    return digest_of({**_cover(volume), **_bound(tx, volume), **_scanned(tx, volume)})


def _bound(tx: Transaction, volume: Volume) -> Covered:
    """Runs and their books, the register and the voids."""
    of_volume = {"key": volume.id}
    runs, books, keys = [], {}, []
    for row in bare_rows(tx, _RUNS, of_volume):
        *both, first_key, last_key = row
        runs.append(both[:4])
        books[both[4]] = both[4:]
        keys.append((first_key, last_key))
    return {
        "runs": runs,
        "books": [books[key] for key in sorted(books)],
        "register": [[*row[:-1], f"{row.kwh:.2f}"] for row in bare_rows(tx, _ENTRIES, of_volume)],
        "voids": [
            list(row)
            for row in bare_rows(tx, _VOIDS, of_volume)
            if any(first <= row.number_key <= last for first, last in keys)
        ],
    }


def _scanned(tx: Transaction, volume: Volume) -> Covered:
    """The newest scan: its files and pages, what was read on them and what people said."""
    files = [list(row) for row in bare_rows(tx, _FILES, {"key": volume.id})]
    scan = files[0][:3] if files else None
    covered: Covered = {"scan": scan, "files": [row[3:] for row in files if row[3] is not None]}
    for part, statement in _OF_SCAN.items():
        covered[part] = (
            [list(row) for row in bare_rows(tx, statement, {"key": scan[0]})] if scan else []
        )
    return covered
