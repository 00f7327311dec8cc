"""The round that hashes stored files again: what is not as it came shows in the pair."""

from datetime import timedelta

import structlog
from sqlalchemy import or_, select

from archive.access import SYSTEM
from archive.digest import CHUNK, Hasher
from archive.errors import ArchiveError
from archive.filing.delivery import DeliveredFile, DeliveredPage
from archive.holdings.copy import ElectronicCopy
from archive.holdings.pairing import copy_checked
from archive.holdings.record import GOING, Record
from archive.storage import ObjectMissing
from archive.system import System
from archive.transaction import Transaction

_log = structlog.get_logger(__name__)

AGAIN_AFTER = timedelta(days=7)
AT_ONCE = 200
"""Copies looked at in one round; an hour of rounds sees thousands."""


def check_copies(system: System, most: int = AT_ONCE) -> int:
    """Hash the files of the copies not looked at for longest; how many were not as they came.

    A store that does not answer proves nothing: the copy is looked at again in the next round.
    """
    with system.transaction(SYSTEM, writes=False) as tx:
        before = tx.now - AGAIN_AFTER
        due = tx.session.scalars(
            select(ElectronicCopy.id)
            .join(Record, Record.id == ElectronicCopy.record_id)
            .where(
                or_(ElectronicCopy.checked_at.is_(None), ElectronicCopy.checked_at < before),
                Record.state.not_in(GOING),
            )
            .order_by(ElectronicCopy.checked_at.is_not(None), ElectronicCopy.checked_at)
            .limit(most)
        ).all()
    return sum(not check_copy(system, copy_id) for copy_id in due)


def check_copy(system: System, copy_id: int) -> bool:
    """Hash the files of one copy again and set down what came of it."""
    with system.transaction(SYSTEM, writes=False) as tx:
        files = _files(tx, copy_id)
    try:
        sound = all(_is_as_it_came(system, key, sha256) for key, sha256 in files)
    except ArchiveError as error:
        _log.warning("copy not checked", copy=copy_id, error=repr(error))
        return True
    with system.transaction(SYSTEM) as tx:
        copy = tx.get(ElectronicCopy, copy_id, lock=True)
        copy.checked_at, copy.sound = tx.now, sound
        newest = tx.session.scalar(
            select(ElectronicCopy.id)
            .where(ElectronicCopy.record_id == copy.record_id)
            .order_by(ElectronicCopy.number.desc())
            .limit(1)
        )
        if newest == copy.id:
            copy_checked(tx, copy.record_id, sound=sound)
    return sound


def _files(tx: Transaction, copy_id: int) -> list[tuple[str, str]]:
    own = select(DeliveredPage.file_id).where(DeliveredPage.copy_id == copy_id)
    files = tx.session.scalars(select(DeliveredFile).where(DeliveredFile.id.in_(own)))
    return [(file.object_key, file.stored_sha256) for file in files]


def _is_as_it_came(system: System, key: str, sha256: str) -> bool:
    """Whether the store gives the very bytes that were put there; none at all is a no."""
    hasher = Hasher()
    try:
        with system.objects.open(key) as content:
            while piece := content.read(CHUNK):
                hasher.update(piece)
    except ObjectMissing:
        return False
    return hasher.digests().sha256 == sha256
