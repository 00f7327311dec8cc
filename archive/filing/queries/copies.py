"""Reads about the electronic copy of a record: its pages, and the files they came in."""

from sqlalchemy import func, select

from archive.access import Permission
from archive.filing.delivery import DeliveredFile, DeliveredPage
from archive.holdings.copy import ElectronicCopy
from archive.transaction import Transaction


def copy_pages(tx: Transaction, copy: ElectronicCopy | None) -> list[DeliveredPage]:
    """The pages of a copy in order; none where there is no copy."""
    tx.require(Permission.RECORD_READ)
    if copy is None:
        return []
    pages = select(DeliveredPage).where(DeliveredPage.copy_id == copy.id)
    return list(tx.session.scalars(pages.order_by(DeliveredPage.copy_position)))


def copy_files(tx: Transaction, copy: ElectronicCopy | None) -> list[DeliveredFile]:
    """The files a copy came in that hold nothing of any other record.

    A file in which a whole pile was scanned is not shown whole to readers of one record.
    """
    tx.require(Permission.RECORD_READ)
    if copy is None:
        return []
    own = select(DeliveredPage.file_id).where(DeliveredPage.copy_id == copy.id)
    others = select(DeliveredPage.file_id).where(
        func.coalesce(DeliveredPage.copy_id, 0) != copy.id, DeliveredPage.set_aside == ""
    )
    files = select(DeliveredFile).where(DeliveredFile.id.in_(own), DeliveredFile.id.not_in(others))
    return list(tx.session.scalars(files.order_by(DeliveredFile.position)))
