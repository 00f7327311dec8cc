"""What is given up to destruction is not shown any more, whatever address it has [seed 5.4]."""

from sqlalchemy import select

from archive.custody.scan import Scan
from archive.errors import NotFound
from archive.filing.delivery import DeliveredFile, DeliveredPage
from archive.filing.volume_record import VolumeRecord
from archive.holdings.copy import ElectronicCopy
from archive.holdings.record import GOING, Record, RecordState
from archive.transaction import Transaction


class NoLongerShown(NotFound):
    """The record is destroyed or being destroyed; nothing of its content is shown any more."""


def check_page_shown(tx: Transaction, page: DeliveredPage) -> None:
    """Refuse a page of a record that goes, and any page of a file that went.

    Raises:
        NoLongerShown: from the moment its destruction has begun.
    """
    of_record = (
        select(Record.id)
        .join(ElectronicCopy, ElectronicCopy.record_id == Record.id)
        .where(ElectronicCopy.id == page.copy_id, Record.state.in_(sorted(GOING)))
    )
    if _destroyed(tx, page.file_id) or tx.session.scalar(of_record) is not None:
        raise NoLongerShown(thing="delivered_page", key=str(page.id))


def check_file_shown(tx: Transaction, file: DeliveredFile) -> None:
    """Refuse a file with pages of a record that is being destroyed, until they are out of it.

    Raises:
        NoLongerShown: from the moment the destruction has begun; for ever, if the file went.
    """
    going = (
        select(Record.id)
        .join(ElectronicCopy, ElectronicCopy.record_id == Record.id)
        .join(DeliveredPage, DeliveredPage.copy_id == ElectronicCopy.id)
        .where(DeliveredPage.file_id == file.id, Record.state == RecordState.DESTROYING)
        .limit(1)
    )
    if _destroyed(tx, file.id) or tx.session.scalar(going) is not None:
        raise NoLongerShown(thing="delivered_file", key=str(file.id))


def check_scan_shown(tx: Transaction, scan_id: int) -> None:
    """Refuse the pages of a bound volume that goes.

    Raises:
        NoLongerShown: from the moment its destruction has begun.
    """
    of_volume = (
        select(Record.id)
        .join(VolumeRecord, VolumeRecord.record_id == Record.id)
        .join(Scan, Scan.volume_id == VolumeRecord.volume_id)
        .where(Scan.id == scan_id, Record.state.in_(sorted(GOING)))
    )
    if tx.session.scalar(of_volume) is not None:
        raise NoLongerShown(thing="scan", key=str(scan_id))


def _destroyed(tx: Transaction, file_id: int) -> bool:
    return tx.get(DeliveredFile, file_id).destroyed_at is not None
