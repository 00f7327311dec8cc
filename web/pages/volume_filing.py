"""From custody to the archive: accepted volumes and stub books become records, on their pages."""

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import Response

from archive.access import Permission
from archive.custody.book import Book, BookState
from archive.custody.queries.books import seen_book
from archive.custody.queries.volumes import seen_volume
from archive.custody.volume import Volume, VolumeState
from archive.filing.actions.volumes import file_stub_book, file_volume
from archive.filing.queries.volumes import record_of
from archive.holdings.record import Record
from archive.transaction import Transaction
from web.deps import SignedIn, Visit
from web.page import go
from web.typed import RowNumber

router = APIRouter(prefix="/invoices")


@dataclass(frozen=True, slots=True)
class FiledAs:
    """The record a volume or book was filed as, or the address that files it."""

    code: str = ""
    href: str = ""
    state: str = ""
    action: str = ""


def filed_as(tx: Transaction, thing: Volume | Book) -> FiledAs | None:
    """What a page says of a volume's or book's place in the archive; None while there is none."""
    if isinstance(thing, Volume):
        record = record_of(tx, volume_id=thing.id)
        accepted, here = thing.state == VolumeState.ACCEPTED, f"/invoices/volumes/{thing.id}"
    else:
        record = record_of(tx, book_id=thing.id)
        accepted, here = thing.state == BookState.ACCEPTED, f"/invoices/books/{thing.id}"
    if record is not None:
        return FiledAs(code=record.code, href=f"/records/{record.id}", state=str(record.state))
    if accepted and tx.can(Permission.RECORD_FILE, thing.station_id):
        return FiledAs(action=f"{here}/file")
    return None


@router.post("/volumes/{volume_id}/file")
def file_a_volume(visit: SignedIn, volume_id: RowNumber) -> Response:
    return _filed(visit, volume_id, seen_volume, file_volume)


@router.post("/books/{book_id}/file")
def file_a_book(visit: SignedIn, book_id: RowNumber) -> Response:
    return _filed(visit, book_id, seen_book, file_stub_book)


def _filed(
    visit: Visit,
    thing_id: int,
    seen: Callable[[Transaction, int], object],
    verb: Callable[[Transaction, int], Record],
) -> Response:
    with visit.transaction() as tx:
        seen(tx, thing_id)
        record = verb(tx, thing_id)
    return go(f"/records/{record.id}")
