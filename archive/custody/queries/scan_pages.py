"""Where the images of scanned pages are kept, for those who may see the volume."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from archive.access import Permission
from archive.custody.queries.volumes import seen_volume
from archive.custody.scan import FoundStub, Scan, ScanPage
from archive.custody.volume import Volume
from archive.ocr import Box
from archive.transaction import NoSuchThing, Transaction

_AROUND = (0.5, 2.5)
"""How much of its surroundings a place is shown with: of its width beside, of its height above."""


@dataclass(frozen=True, slots=True)
class Place:
    """A part of a page, to be shown enlarged.

    Attributes:
        box: with its surroundings, within the page.
        turned: how far clockwise the page has to be turned to stand upright.
    """

    page: ScanPage
    box: Box
    turned: int


def seen_scan(tx: Transaction, scan_id: int) -> tuple[Scan, Volume]:
    """The scan and its volume, if the actor may know of it.

    Raises:
        NoSuchThing: there is none, or it is another station's.
    """
    scan = tx.get(Scan, scan_id)
    volume = tx.get(Volume, scan.volume_id)
    if not tx.can(Permission.VOLUME_READ, volume.station_id):
        raise NoSuchThing(thing="scan", key=str(scan_id))
    return scan, seen_volume(tx, volume.id)


def seen_page(tx: Transaction, scan_id: int, number: int) -> ScanPage:
    """A page that has an image.

    Raises:
        NoSuchThing: there is none, or not for this actor.
    """
    seen_scan(tx, scan_id)
    page = tx.session.scalars(
        select(ScanPage).where(ScanPage.scan_id == scan_id, ScanPage.number == number)
    ).first()
    if page is None or not page.image_key:
        raise NoSuchThing(thing="scan_page", key=f"{scan_id}/{number}")
    return page


def place_of_stub(tx: Transaction, scan_id: int, stub_id: int) -> Place:
    """Where a stub's number (and its void mark) stands, with some of what is around it.

    Raises:
        NoSuchThing: there is none, or not for this actor.
    """
    seen_scan(tx, scan_id)
    stub = tx.get(FoundStub, stub_id)
    if stub.scan_id != scan_id:
        raise NoSuchThing(thing="found_stub", key=str(stub_id))
    page = seen_page(tx, scan_id, stub.page)
    boxes = [stub.box, *([stub.void_box] if stub.void_box else [])]
    return Place(page, _with_surroundings(boxes, page), page.turned)


def _with_surroundings(boxes: Sequence[Sequence[int]], page: ScanPage) -> Box:
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, bottom = max(box[2] for box in boxes), max(box[3] for box in boxes)
    long, short = (boxes[0][2] - boxes[0][0], boxes[0][3] - boxes[0][1])
    beside, above = _AROUND if long >= short else _AROUND[::-1]
    return (
        max(0, round(left - beside * long)),
        max(0, round(top - above * short)),
        min(page.width, round(right + beside * long)),
        min(page.height, round(bottom + above * short)),
    )
