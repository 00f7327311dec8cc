"""The dossier of a volume (核验卷宗): everything finance sees, and its digest.

One reading serves the desk, the gate and the signature, so that what is signed is what was
seen. The digest leaves out what is only presentation (names, thumbnails).
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from sqlalchemy import select

from archive.audit import canonical
from archive.custody.book import UseEntry, VoidEntry
from archive.custody.numbers import NumberRun, joined
from archive.custody.queries.covered import covered_by, digest_of
from archive.custody.queries.papers import Papers, papers
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
    ScanPage,
    ScanState,
    Settlement,
    Verdict,
)
from archive.custody.volume import Volume
from archive.ocr import Box
from archive.people.person import Person
from archive.transaction import Transaction


@dataclass(frozen=True)
class Dossier(Papers):
    """The papers of a volume, what they come to, and the digest a signature covers."""

    seen: list[SeenStub] | None
    reconciliation: Reconciliation
    digest: str


def dossier(tx: Transaction, volume: Volume) -> Dossier:
    """The dossier as it stands in this transaction."""
    held = papers(tx, volume)
    scan, seen = held.scan, None
    if scan is not None and scan.state == ScanState.READ:
        codes = _codes_of_people(tx, held.settlements)
        seen = seen_stubs(held.stubs, held.settlements, codes)
    outcome = reconcile(
        bound=joined(run.run for run in held.runs),
        issued=[book.run for book in held.books],
        register=_register(held.entries, held.voids),
        cover=_cover(volume),
        seen=seen,
        page_problems=_page_problems(scan, held.pages, held.settlements)
        if scan and seen is not None
        else {},
    )
    return Dossier(
        **vars(held), seen=seen, reconciliation=outcome, digest=digest_of(covered_by(held))
    )


def current_scan(tx: Transaction, volume_id: int) -> Scan | None:
    """The newest scan of a volume; earlier ones are kept but no longer speak for it."""
    newest = select(Scan).where(Scan.volume_id == volume_id).order_by(Scan.id.desc()).limit(1)
    return tx.session.scalars(newest).first()


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
