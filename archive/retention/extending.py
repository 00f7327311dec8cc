"""What appraisal does to a period: it sets an explicit later date, and never an earlier one."""

from datetime import date

from archive.holdings.record import Record
from archive.reason import reason_in
from archive.retention.trigger import ExtendedPeriod, ExtensionTooEarly
from archive.transaction import Transaction


def extend(
    tx: Transaction,
    record: Record,
    new_due_on: date,
    *,
    reason: str,
    appraisal_id: int | None = None,
) -> ExtendedPeriod:
    """Keep a record until the day ``new_due_on``, on which it may be appraised again.

    For verbs that conclude an appraisal; they have asked for the permission and hold the lock.
    The derived date counts where it is later; of several explicit dates the newest counts.

    Raises:
        ExtensionTooEarly, ReasonMissing: nothing is set.
    """
    if new_due_on <= tx.today:
        raise ExtensionTooEarly(field="new_due_on", given=new_due_on.isoformat())
    longer = tx.add(
        ExtendedPeriod(
            record_id=record.id,
            new_due_on=new_due_on,
            appraisal_id=appraisal_id,
            reason=reason_in(reason),
            set_by_id=tx.person_id,
            set_at=tx.now,
        )
    )
    tx.record("record.period-extended", record.subject, new_due_on=new_due_on.isoformat())
    return longer
