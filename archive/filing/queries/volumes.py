"""Reads about invoice volumes and stub books in the archive."""

from sqlalchemy import select

from archive.access import Permission
from archive.filing.volume_record import VolumeRecord
from archive.holdings.queries.records import visible_records
from archive.holdings.record import Record
from archive.transaction import Transaction


def record_of(
    tx: Transaction, *, volume_id: int | None = None, book_id: int | None = None
) -> Record | None:
    """The record a volume or stub book was filed as, if it was and this person may know."""
    if not tx.can(Permission.RECORD_READ):
        return None
    own = VolumeRecord.volume_id == volume_id if volume_id else VolumeRecord.book_id == book_id
    filed = select(VolumeRecord.record_id).where(own)
    return tx.session.scalars(visible_records(tx).where(Record.id.in_(filed))).first()


def bound_in(tx: Transaction, record_id: int) -> VolumeRecord | None:
    """The volume or stub book a record is; None for any other record."""
    tx.require(Permission.RECORD_READ)
    return tx.session.get(VolumeRecord, record_id)
