"""The searchable copy of a record: PDF/A with its text behind the images, derived and remade at will.

The pages as received stay untouched; what is made here names the tool that made it.
"""

import io
from importlib.metadata import version
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import undefer

from archive.access import SYSTEM
from archive.digest import digest_of
from archive.filing.delivery import DeliveredPage
from archive.holdings.copy import ElectronicCopy
from archive.holdings.record import Record
from archive.ingest.paging import files_at_hand
from archive.printing import print_pages
from archive.storage import new_key
from archive.system import System
from archive.transaction import Transaction

_POINTS_AN_INCH = 72
_USUAL_DPI = 200
_A4 = (595, 842)


def make_rendition(system: System, copy_id: int) -> None:
    """Make the PDF/A of an electronic copy, once; objects before rows.

    Raises:
        FormNotPrinted: it could not be set; tried again, and given up visibly.
    """
    with system.transaction(SYSTEM, writes=False) as tx:
        copy = tx.get(ElectronicCopy, copy_id)
        if copy.rendition_key:
            return
        record = tx.get(Record, copy.record_id)
        code, made_at = record.code, tx.now
        pages = tx.session.scalars(
            select(DeliveredPage)
            .where(DeliveredPage.copy_id == copy_id)
            .options(undefer(DeliveredPage.lines))
            .order_by(DeliveredPage.copy_position)
        ).all()
    if not any(page.image_key for page in pages):
        return  # no page could be read; there is nothing to search
    stored = [(page.image_key, page.image_sha256) for page in pages if page.image_key]
    with files_at_hand(system, stored) as paths:
        names = iter(path.name for path in paths)
        told = [_told(page, next(names) if page.image_key else "") for page in pages]
        folder = paths[0].parent
        pdf = print_pages({"code": code, "pages": told}, folder, printed_at=made_at)
    digests = digest_of([pdf])
    key = new_key()
    system.objects.put(key, io.BytesIO(pdf), digests)
    with system.transaction(SYSTEM) as tx:
        copy = tx.get(ElectronicCopy, copy_id, lock=True)
        if copy.rendition_key:
            return
        copy.rendition_key, copy.rendition_at = key, tx.now
        copy.rendition_sha256, copy.rendition_sm3 = digests.sha256, digests.sm3
        copy.rendition_size, copy.rendition_tool = digests.size, f"typst {version('typst')}"
        tx.record(
            "record.rendition-made",
            f"record:{code}",
            copy=copy.number,
            tool=copy.rendition_tool,
            sha256=digests.sha256,
            parent=copy.digest,
        )


def give_up_rendition(tx: Transaction, copy_id: int) -> None:
    """The searchable copy could not be made; the pages as received are all there."""
    record = tx.get(Record, tx.get(ElectronicCopy, copy_id).record_id)
    tx.record("record.rendition-failed", record.subject)


def _told(page: DeliveredPage, name: str) -> dict[str, Any]:
    """A page as the form sets it, in points; lines stand where they were read."""
    scale = _POINTS_AN_INCH / _USUAL_DPI
    if not name:
        return {"image": "", "width": _A4[0], "height": _A4[1], "turned": 0, "lines": []}
    return {
        "image": name,
        "width": page.width * scale,
        "height": page.height * scale,
        "turned": page.turned,
        "lines": [
            {
                "text": text,
                "x": left * scale,
                "y": top * scale,
                "width": (right - left) * scale,
                "height": (bottom - top) * scale,
            }
            for text, _, left, top, right, bottom in page.lines
        ],
    }
