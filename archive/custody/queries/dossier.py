"""The dossier of a volume (核验卷宗): everything finance sees, and its digest.

One reading serves the desk, the gate and the signature, so that what is signed is what was
seen. The digest leaves out what is only presentation (names, thumbnails).
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import BindParameter, Select, bindparam, select
from sqlalchemy.orm import InstrumentedAttribute

from archive.audit import canonical
from archive.custody.book import Book, UseEntry, VoidEntry
from archive.custody.numbers import NumberRun, joined
from archive.custody.reconciliation import (
    CoverFacts,
    Reconciliation,
    RegisterFacts,
    SeenStub,
    reconcile,
)
from archive.custody.scan import (
    NOT_READ,
    FoundStub,
    Scan,
    ScanFile,
    ScanPage,
    ScanState,
    Settlement,
    Verdict,
)
from archive.custody.volume import Volume, VolumeRun
from archive.ocr import Box
from archive.people.person import Person
from archive.transaction import Transaction

_USED = ("book_id", "recorded_by_id", "used_on", "code", "first", "last", "amount_fen")
_CAME = ("sha256", "sm3", "size")
_LOOKED = ("number", "image_sha256", "problems")
_READ = ("id", "page", "number", "code", "certain", "void_box", "void_certain")
_SAID = ("page", "stub_id", "verdict", "number", "code", "note", "settled_by_id")

P = TypeVar("P", ScanFile, ScanPage, FoundStub, Settlement)


@dataclass(frozen=True)
class _Part(Generic[P]):
    """How a part of a scan is read: whole rows, or only the columns the digest covers.

    Statements stand here, made once: the gate asks for a hundred stubs in the one transaction
    everybody waits for, and making the statements anew took longer than the database did.
    """

    rows: Select[Any]
    covered: Select[Any]


def _part(kind: type[P], covered: Sequence[str], *order: InstrumentedAttribute[Any]) -> _Part[P]:
    mine = kind.scan_id == bindparam("scan")
    columns = [getattr(kind, name) for name in covered]
    return _Part(
        rows=select(kind).where(mine).order_by(*order),
        covered=select(*columns).where(mine).order_by(*order),
    )


_OF_VOLUME: BindParameter[int] = bindparam("volume")
_OF_BOOKS: BindParameter[list[int]] = bindparam("books", expanding=True)
_RUNS = select(VolumeRun).where(VolumeRun.volume_id == _OF_VOLUME).order_by(VolumeRun.first_key)
_BOOKS = select(Book).where(Book.id.in_(_OF_BOOKS)).order_by(Book.id)
_ENTRIES = select(UseEntry).where(UseEntry.volume_id == _OF_VOLUME).order_by(UseEntry.first_key)
_VOIDS = select(VoidEntry).where(VoidEntry.book_id.in_(_OF_BOOKS)).order_by(VoidEntry.number_key)
_SCAN = select(Scan).where(Scan.volume_id == _OF_VOLUME).order_by(Scan.id.desc()).limit(1)
_FILES = _part(ScanFile, _CAME, ScanFile.position)
_PAGES = _part(ScanPage, _LOOKED, ScanPage.number)
_STUBS = _part(FoundStub, _READ, FoundStub.page, FoundStub.position)
_SETTLEMENTS = _part(Settlement, _SAID, Settlement.id)


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
class Dossier(Papers):
    """The papers of a volume, what they come to, and the digest a signature covers."""

    seen: list[SeenStub] | None
    reconciliation: Reconciliation
    digest: str


def dossier(tx: Transaction, volume: Volume) -> Dossier:
    """The dossier as it stands in this transaction."""
    papers = _papers(tx, volume)
    scan, seen = papers.scan, None
    if scan is not None and scan.state == ScanState.READ:
        codes = _codes_of_people(tx, papers.settlements)
        seen = seen_stubs(papers.stubs, papers.settlements, codes)
    outcome = reconcile(
        bound=joined(run.run for run in papers.runs),
        issued=[book.run for book in papers.books],
        register=_register(papers.entries, papers.voids),
        cover=_cover(volume),
        seen=seen,
        page_problems=_page_problems(scan, papers.pages, papers.settlements)
        if scan and seen is not None
        else {},
    )
    return Dossier(**vars(papers), seen=seen, reconciliation=outcome, digest=_digest(papers))


def dossier_digest(tx: Transaction, volume: Volume) -> str:
    """The digest alone, as the gate needs it; the same as the dossier's own."""
    return _digest(_papers(tx, volume, whole=False))


def _papers(tx: Transaction, volume: Volume, *, whole: bool = True) -> Papers:
    """The papers; not ``whole`` = of the many rows of a scan only what the digest covers."""
    session = tx.session
    of_volume = {"volume": volume.id}
    runs = list(session.scalars(_RUNS, of_volume))
    of_books = {"books": sorted({run.book_id for run in runs})}
    voids = [
        void
        for void in session.scalars(_VOIDS, of_books)
        if any(run.first_key <= void.number_key <= run.last_key for run in runs)
    ]
    scan = current_scan(tx, volume.id)
    return Papers(
        volume=volume,
        runs=runs,
        books=list(session.scalars(_BOOKS, of_books)),
        entries=list(session.scalars(_ENTRIES, of_volume)),
        voids=voids,
        scan=scan,
        files=_of_scan(tx, scan, _FILES, whole=whole),
        pages=_of_scan(tx, scan, _PAGES, whole=whole),
        stubs=_of_scan(tx, scan, _STUBS, whole=whole),
        settlements=_of_scan(tx, scan, _SETTLEMENTS, whole=whole),
    )


def _of_scan(tx: Transaction, scan: Scan | None, part: _Part[P], *, whole: bool) -> list[P]:
    if scan is None:
        return []
    if whole:
        return list(tx.session.scalars(part.rows, {"scan": scan.id}))
    covered: Any = tx.session.execute(part.covered, {"scan": scan.id})
    return list(covered)


def current_scan(tx: Transaction, volume_id: int) -> Scan | None:
    """The newest scan of a volume; earlier ones are kept but no longer speak for it."""
    return tx.session.scalars(_SCAN, {"volume": volume_id}).first()


def seen_stubs(
    stubs: Sequence[FoundStub], settlements: Iterable[Settlement], codes: dict[int, str]
) -> list[SeenStub]:
    """What the scan shows once the last word of people is laid over the machine's reading."""
    said: dict[int, list[Settlement]] = {}
    added: dict[tuple[int, str], Settlement] = {}
    for word in settlements:
        if word.stub_id is not None:
            said.setdefault(word.stub_id, []).append(word)
        elif word.number is not None:
            added[word.page, word.number] = word
    seen = [view for stub in stubs if (view := _view(stub, said.get(stub.id, []), codes))]
    return seen + [
        SeenStub(
            page=word.page,
            box=(0, 0, 0, 0),
            number=word.number,
            code=word.code,
            confidence=1.0,
            void=word.verdict == Verdict.VOID,
            settled_by=codes.get(word.settled_by_id, ""),
        )
        for word in added.values()
        if word.verdict != Verdict.NOT_A_STUB
    ]


def _page_problems(
    scan: Scan, pages: Sequence[ScanPage], settlements: Iterable[Settlement]
) -> dict[int, list[str]]:
    """What is wrong with which page, but for what a person has looked at and found in order."""
    in_order = {word.page for word in settlements if word.stub_id is None and word.number is None}
    found = {page.number: list(page.problems) for page in pages}
    return {
        number: found.get(number, [NOT_READ])
        for number in range(1, scan.pages + 1)
        if number not in in_order
    }


def _view(stub: FoundStub, words: list[Settlement], codes: dict[int, str]) -> SeenStub | None:
    number, code = stub.number if stub.certain else None, stub.code or None
    void: bool | None = stub.void_box is not None
    if not stub.void_certain:
        void = None
    doubt, settled_by = "" if stub.certain else stub.doubt, None
    if words and words[-1].verdict == Verdict.NOT_A_STUB:
        return None
    for word in words:
        settled_by = codes.get(word.settled_by_id, "")
        if word.verdict == Verdict.NOT_A_STUB:
            continue
        if word.verdict == Verdict.NUMBER:
            number, doubt = word.number, ""
            code = code if word.code is None else word.code
        elif word.verdict == Verdict.UNREADABLE:
            number, doubt = None, "person-cannot-read"
        else:
            void = word.verdict == Verdict.VOID
    return SeenStub(
        page=stub.page,
        box=cast("Box", tuple(stub.box)),
        number=number,
        code=code,
        confidence=stub.confidence,
        void=void,
        doubt=doubt,
        guess=stub.number,
        stub_id=stub.id,
        settled_by=settled_by,
    )


def _codes_of_people(tx: Transaction, settlements: list[Settlement]) -> dict[int, str]:
    ids = {settlement.settled_by_id for settlement in settlements}
    if not ids:
        return {}
    return {
        row.id: row.code
        for row in tx.session.execute(select(Person.id, Person.code).where(Person.id.in_(ids)))
    }


def _register(entries: list[UseEntry], voids: list[VoidEntry]) -> RegisterFacts:
    return RegisterFacts(
        runs=tuple(joined(entry.run for entry in entries)),
        voids=frozenset(void.number_key for void in voids),
        kwh=sum((entry.kwh for entry in entries), Decimal(0)),
        amount_fen=sum(entry.amount_fen for entry in entries),
    )


def _cover(volume: Volume) -> CoverFacts:
    return CoverFacts(
        sets=volume.sets,
        void_numbers=tuple(volume.void_numbers),
        kwh=volume.kwh,
        amount_fen=volume.amount_fen,
    )


def cover_digest(volume: Volume, runs: Iterable[NumberRun]) -> str:
    """Digest of what the collector signs: the cover and the numbers it stands for."""
    signed = {"cover": volume.cover, "runs": [[run.code, run.first, run.last] for run in runs]}
    return hashlib.sha256(canonical(signed).encode()).hexdigest()


def _told(row: object, names: Sequence[str]) -> list[object]:
    return [getattr(row, name) for name in names]


def _digest(papers: Papers) -> str:
    volume, scan = papers.volume, papers.scan
    told = {
        "cover": volume.cover,
        "collector": volume.collector_id,
        "signed": [volume.signed_by_id, volume.signed_digest],
        "sealed": volume.sealed_by_id,
        "runs": [[run.book_id, run.code, run.first, run.last] for run in papers.runs],
        "books": [[book.id, book.code, book.first, book.last] for book in papers.books],
        "register": [[*_told(entry, _USED), f"{entry.kwh:.2f}"] for entry in papers.entries],
        "voids": [
            [void.number_key, void.reason, void.copies_kept, void.voided_on]
            for void in papers.voids
        ],
        "scan": [scan.id, scan.state, scan.pages] if scan else None,
        "files": [_told(file, _CAME) for file in papers.files],
        "pages": [_told(page, _LOOKED) for page in papers.pages],
        "read": [_told(stub, _READ) for stub in papers.stubs],
        "settled": [_told(word, _SAID) for word in papers.settlements],
    }
    return hashlib.sha256(canonical(told).encode()).hexdigest()
