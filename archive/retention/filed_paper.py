"""Papers the archive makes about itself – opinions, certificates – as permanent records of their own.

Such a record is filed with its code in the transaction that calls for it; the PDF/A follows by
promise, as its electronic original. Signed paper is awaited beside it, as with any record [seed 5.3].
"""

import io
from dataclasses import dataclass

from sqlalchemy import func, select

from archive.digest import Digests, digest_of
from archive.holdings.copy import ElectronicCopy, page_digest
from archive.holdings.following import Description, file_following
from archive.holdings.pairing import copy_kept, locked_pair
from archive.holdings.queries.plans import kind_in_force
from archive.holdings.record import Origin, Record
from archive.storage import ObjectStore, new_key
from archive.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Stored:
    """A printed paper in the store; no row names it yet."""

    key: str
    digests: Digests
    pages: int


def file_paper(
    tx: Transaction, station_id: int, kind_code: str, title: str, *, number: str
) -> Record:
    """The record of a paper that is yet to be printed, of a kind kept for ever.

    Raises:
        NoSuchThing: the file plan in force has no such kind.
    """
    described = Description(
        kind_in_force(tx, kind_code).id,
        title,
        tx.today,
        origin=Origin.ELECTRONIC,
        document_number=number,
    )
    return file_following(tx, station_id, described, source="system")


def stored(objects: ObjectStore, pdf: bytes) -> Stored:
    """The paper, put into the store before any row names it."""
    from pypdf import PdfReader  # noqa: PLC0415 - only who prints waits for it

    digests, key = digest_of([pdf]), new_key()
    objects.put(key, io.BytesIO(pdf), digests)
    return Stored(key, digests, len(PdfReader(io.BytesIO(pdf)).pages))


def keep_paper(tx: Transaction, record_id: int, paper: Stored) -> Record:
    """The paper as the copy of its record: the first, or one that has more to say."""
    record, pair = locked_pair(tx, record_id)
    earlier = tx.session.scalar(
        select(func.max(ElectronicCopy.number)).where(ElectronicCopy.record_id == record_id)
    )
    digests = paper.digests
    digest = page_digest([(digests.sha256, page) for page in range(1, paper.pages + 1)])
    tx.add(
        ElectronicCopy(
            record_id=record_id,
            number=0 if earlier is None else earlier + 1,
            digest=digest,
            pages=paper.pages,
            made_at=tx.now,
            rendition_key=paper.key,
            rendition_sha256=digests.sha256,
            rendition_sm3=digests.sm3,
            rendition_size=digests.size,
            rendition_tool="typst",
            rendition_at=tx.now,
        )
    )
    record.pages = paper.pages
    copy_kept(tx, record, pair, pages=paper.pages, digest=digest, by_id=None)
    return record
