"""Promises of a destruction: the objects of a batch, and its certificate."""

import structlog

from archive.access import SYSTEM
from archive.db import forget_old_versions
from archive.errors import ArchiveError
from archive.retention.batch import Batch, BatchItem, BatchState, DestructionUnfinished, ItemState
from archive.retention.batching import settle_items
from archive.retention.certificate import file_certificate
from archive.retention.erasing import erase_item
from archive.retention.queries.batches import items_of
from archive.system import System
from archive.transaction import Transaction

WORDS_STAND_IN = ("record", "delivered_page", "delivered_file", "draft")
"""Tables whose rows said something about what is destroyed."""

_log = structlog.get_logger(__name__)


def destroy_batch(system: System, batch_id: int) -> None:
    """Destroy what is left of the electronic side, line by line; what fails is told and left.

    Raises:
        DestructionUnfinished: something is left; the promise is tried again.
    """
    with system.transaction(SYSTEM, writes=False) as tx:
        left = [
            item.id
            for item in items_of(tx, batch_id)
            if item.state == ItemState.DESTROYING and item.electronic_gone_at is None
        ]
    failed = sum(not _erased(system, item_id) for item_id in left)
    with system.transaction(SYSTEM) as tx:
        batch = tx.get(Batch, batch_id, lock=True)
        if batch.state == BatchState.DESTROYING:
            settle_items(tx, batch, items_of(tx, batch_id))
    forget_old_versions(system.engine, *WORDS_STAND_IN)
    if failed:
        raise DestructionUnfinished(batch=str(batch_id), count=failed)


def give_up_destruction(tx: Transaction, batch_id: int) -> None:
    """The store refused too often: the batch stays open with exactly what is left."""
    batch = tx.get(Batch, batch_id)
    tx.record("batch.stuck", batch.subject)


def print_certificate(system: System, batch_id: int) -> None:
    """Print register and certificate as PDF/A and keep them as the record that was filed."""
    file_certificate(system, batch_id)


def give_up_certificate(tx: Transaction, batch_id: int) -> None:
    """The certificate could not be printed; everything it would say is kept."""
    tx.record("batch.certificate-failed", tx.get(Batch, batch_id).subject)


def _erased(system: System, item_id: int) -> bool:
    try:
        erase_item(system, item_id)
    except ArchiveError as error:
        _log.warning("not destroyed", item=item_id, error=repr(error))
        with system.transaction(SYSTEM) as tx:
            tx.get(BatchItem, item_id, lock=True).failure = type(error).__name__
        return False
    return True
