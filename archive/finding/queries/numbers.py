"""Where an invoice number is: its book, holder, volume and page, its paper, and who verified it.

A number is found because a book has the range it lies in, read by a machine or not.
"""

import re
from dataclasses import dataclass

from sqlalchemy import select

from archive.access import Permission
from archive.custody.queries.books import FoundNumber, find_number
from archive.custody.scan import FoundStub, Scan
from archive.custody.verification import Verification, VerificationState
from archive.filing.volume_record import VolumeRecord
from archive.holdings.queries.records import visible_records
from archive.holdings.record import Record
from archive.people.person import Person
from archive.search.folding import fold
from archive.shelving.queries.lookup import place_of
from archive.transaction import Transaction

_TYPED = re.compile(
    r"(?:(?:no\.?|№|号码)\s*:?)?(?P<code>\d{12}|\d{10})?\s*[-/ ]?\s*(?P<number>\d{6,20})"
)


@dataclass(frozen=True, slots=True)
class Stub:
    """The page and place of a stub on a scan."""

    scan_id: int
    stub_id: int
    page: int


@dataclass(frozen=True, slots=True)
class Located:
    """Everything about the place of one number.

    Attributes:
        stub: where the machine read it; None where it did not, or may not be seen.
        record: what its volume was filed as, if one may know of it, and ``shelf`` where that stands.
        verified_by: who of finance signed for the volume.
    """

    found: FoundNumber
    stub: Stub | None
    verified_by: str
    record: Record | None
    shelf: str


def located(tx: Transaction, typed: str) -> list[Located]:
    """Every book one may see with that number; nothing where no number was typed."""
    asked = _TYPED.fullmatch(fold(typed).strip())
    if asked is None or not tx.can(Permission.BOOK_READ):
        return []
    return [_located(tx, found) for found in find_number(tx, asked["number"], asked["code"])]


def _located(tx: Transaction, found: FoundNumber) -> Located:
    record = _record_of(tx, found)
    shelf = ""
    if record is not None:
        _, standing, _ = place_of(tx, record.id)
        shelf = standing.code if standing else ""
    return Located(found, _stub(tx, found), _verified_by(tx, found.volume_id), record, shelf)


def _stub(tx: Transaction, found: FoundNumber) -> Stub | None:
    if found.volume_id is None or not tx.can(Permission.VOLUME_READ):
        return None
    query = (
        select(FoundStub)
        .join(Scan, Scan.id == FoundStub.scan_id)
        .where(Scan.volume_id == found.volume_id, FoundStub.number == found.number)
        .order_by(Scan.id.desc(), FoundStub.page)
    )
    stub = tx.session.scalars(query).first()
    return Stub(stub.scan_id, stub.id, stub.page) if stub else None


def _verified_by(tx: Transaction, volume_id: int | None) -> str:
    query = (
        select(Person.name)
        .join(Verification, Verification.decided_by_id == Person.id)
        .where(Verification.volume_id == volume_id, Verification.state == VerificationState.SIGNED)
    )
    return tx.session.scalars(query).first() or ""


def _record_of(tx: Transaction, found: FoundNumber) -> Record | None:
    if not tx.can(Permission.RECORD_READ):
        return None
    filed = select(VolumeRecord.record_id).where(
        (VolumeRecord.volume_id == found.volume_id) | (VolumeRecord.book_id == found.book.id)
    )
    return tx.session.scalars(visible_records(tx).where(Record.id.in_(filed))).first()
