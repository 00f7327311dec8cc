"""What is cleared away by itself: objects no row names, spools of the dead, uploads
nobody handed in, ended sign-ins.

Objects come before rows, so dying in between leaves an object nobody knows. It is removed after
a grace period in which its row may still come, and the removal goes on the trail.
"""

import logging
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice

from sqlalchemy import delete, select

from archive.access import SYSTEM
from archive.custody.scan import ScanFile, ScanPage
from archive.errors import ArchiveError
from archive.filing.delivery import DeliveredFile, DeliveredPage
from archive.finding.search import KEPT_FOR, Search
from archive.holdings.copy import ElectronicCopy
from archive.ingest import spool, staging
from archive.people.person import SignIn
from archive.retention.batching import settle_backups
from archive.retention.conclusion import AppraisalPaper
from archive.retention.erasure import DestructionPhoto, ErasedObject
from archive.system import System
from archive.transaction import Transaction

_log = logging.getLogger(__name__)

NAMED_BY = (
    ScanFile.object_key,
    ScanPage.image_key,
    ScanPage.thumb_key,
    DeliveredFile.object_key,
    DeliveredPage.image_key,
    DeliveredPage.thumb_key,
    ElectronicCopy.rendition_key,
    AppraisalPaper.object_key,
    DestructionPhoto.object_key,
    ErasedObject.object_key,
)
"""Every column that names an object; a capability that keeps objects adds its own."""

BATCH = 500


def sweep_orphans(system: System) -> int:
    """Destroy objects that no row names and that are older than the grace period.

    One that cannot be destroyed does not keep the others; what was destroyed stands on the trail.
    """
    before = system.clock.now() - timedelta(hours=system.settings.orphan_hours)
    old = (key for key, written_at in system.objects.keys() if written_at < before)  # noqa: SIM118 - no dict
    swept = 0
    for batch in _batches(old):
        with system.transaction(SYSTEM, writes=False) as tx:
            orphans = batch - _named(tx, batch)
        swept += sum(_destroyed(system, key) for key in sorted(orphans))
    if swept:
        with system.transaction(SYSTEM) as tx:
            tx.record("objects.swept", "objects", count=swept)
    system.objects.discard_unfinished(before)
    return swept


def _destroyed(system: System, key: str) -> bool:
    try:
        system.objects.destroy(key)
    except ArchiveError as error:
        _log.warning("An orphan stays: %s", error)
        return False
    return True


def clear_away(system: System) -> None:
    """The round of small clearances."""
    spool.sweep(system.settings.effective_spool_dir)
    staging.sweep(system.settings.effective_spool_dir / staging.FOLDER, system.clock.now())
    with system.transaction(SYSTEM) as tx:
        tx.session.execute(delete(SignIn).where(SignIn.ends_at <= tx.now))
        old = (Search.name == "") & (Search.used_at <= tx.now - KEPT_FOR)
        tx.session.execute(delete(Search).where(old))
        settle_backups(tx)
    sweep_orphans(system)


def _named(tx: Transaction, keys: set[str]) -> set[str]:
    found: set[str] = set()
    for column in NAMED_BY:
        found.update(tx.session.scalars(select(column).where(column.in_(keys))))
    return found


def _batches(keys: Iterable[str]) -> Iterator[set[str]]:
    waiting = iter(keys)
    while batch := set(islice(waiting, BATCH)):
        yield batch
