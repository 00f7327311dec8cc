"""Reads about backups: which there are, and which batches wait for which of them."""

from dataclasses import dataclass

from sqlalchemy import select

from archive.access import Permission
from archive.people.person import Person
from archive.retention.batch import Batch, BatchState
from archive.retention.erasure import Backup
from archive.retention.queries.batches import visible_batches
from archive.transaction import Transaction

MOST = 500


@dataclass(frozen=True, slots=True)
class BackupLine:
    """A backup, who told of it, whether it is over, and the batches it still holds."""

    backup: Backup
    kept_by: str
    over: bool
    batches: tuple[Batch, ...]


def backups(tx: Transaction) -> list[BackupLine]:
    """Backups, the newest first, each with the closed batches that wait for its end."""
    tx.require(Permission.RETENTION_READ)
    waiting = list(
        tx.session.scalars(
            visible_batches(tx)
            .where(
                Batch.finished_at.is_not(None),
                Batch.state.in_([BatchState.DESTROYED, BatchState.CLOSED]),
                Batch.backups_clear_at.is_(None),
            )
            .order_by(Batch.id)
        )
    )
    rows = tx.session.execute(
        select(Backup, Person.name)
        .join(Person, Person.id == Backup.kept_by_id)
        .order_by(Backup.made_at.desc(), Backup.id.desc())
        .limit(MOST)
    )
    return [_line(tx, backup, name, waiting) for backup, name in rows]


def _line(tx: Transaction, backup: Backup, name: str, waiting: list[Batch]) -> BackupLine:
    expired = backup.expires_on is not None and backup.expires_on < tx.today
    held = tuple(
        batch
        for batch in waiting
        if batch.finished_at is not None and backup.holds(batch.finished_at, tx.now, tx.today)
    )
    return BackupLine(backup, name, backup.gone_at is not None or expired, held)
