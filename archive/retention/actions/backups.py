"""Verbs of the information department about backups: what still holds what was destroyed."""

from datetime import date, datetime

from archive.access import Permission
from archive.reason import reason_in
from archive.retention.batching import settle_backups
from archive.retention.erasure import Backup, BackupDates, BackupGone
from archive.transaction import Transaction


def register_backup(
    tx: Transaction,
    *,
    label: str,
    medium: str,
    made_at: datetime | None = None,
    expires_on: date | None = None,
) -> Backup:
    """A backup was made; from then on it counts when something is destroyed.

    Raises:
        BackupDates, BackupLabelTaken, ReasonMissing: it is not kept.
    """
    tx.require(Permission.BACKUP_KEEP)
    made = made_at or tx.now
    if made > tx.now or (expires_on is not None and expires_on < tx.today):
        raise BackupDates(field="made_at")
    backup = tx.add(
        Backup(
            label=reason_in(label, field="label"),
            medium=reason_in(medium, field="medium"),
            made_at=made,
            expires_on=expires_on,
            kept_by_id=tx.person_id,
        )
    )
    tx.record("backup.registered", f"backup:{backup.id}", expires_on=expires_on and str(expires_on))
    return backup


def backup_gone(tx: Transaction, backup_id: int, *, how: str) -> Backup:
    """The backup was overwritten, rewritten without what was destroyed, or destroyed itself.

    Raises:
        BackupGone, ReasonMissing: nothing is set down.
    """
    backup = tx.get(Backup, backup_id, lock=True)
    tx.require(Permission.BACKUP_KEEP)
    if backup.gone_at is not None:
        raise BackupGone(label=backup.label)
    backup.gone_how = reason_in(how, field="how")
    backup.gone_at, backup.gone_by_id = tx.now, tx.person_id
    tx.record("backup.gone", f"backup:{backup.id}", how=backup.gone_how)
    tx.session.flush()
    settle_backups(tx)
    return backup
