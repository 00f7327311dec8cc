"""Verbs about dates [seed 5.4]: what starts a clock, and going over to a newer line."""

from datetime import date

from archive.access import Permission
from archive.errors import Conflict, Invalid
from archive.holdings.file_plan import ClockStart, FilePlan, RecordKind
from archive.holdings.queries.plans import adopted_versions, kinds_of
from archive.holdings.record import Record
from archive.reason import reason_in
from archive.retention.period import Due, DueState
from archive.retention.queries.due import due_of, kind_kept_by
from archive.retention.queries.explain import has_dossier, waits_for
from archive.retention.trigger import (
    ClockEvent,
    DossierSaysWhenClosed,
    NoClockWaits,
    Reclassification,
)
from archive.transaction import Transaction


class NoNewerLine(Invalid):
    """The version in force has no other line for the record's kind."""


class ShorterOnlyByAppraisal(Conflict):
    """A newer line ends sooner; a record is kept for less time only out of an appraisal."""


def enter_event(
    tx: Transaction, record_id: int, starts: ClockStart, happened_on: date, *, document: str
) -> ClockEvent:
    """Say that something happened which starts a clock of the record; a later entry corrects it.

    Raises:
        NoClockWaits, DossierSaysWhenClosed, EventInFuture, EventBeforeRecord,
            EventDocumentMissing: nothing is entered.
    """
    record = tx.get(Record, record_id, lock=True)
    tx.require(Permission.RETENTION_DATE, record.station_id)
    if starts not in waits_for(tx, record):
        raise NoClockWaits(field="starts")
    if starts == ClockStart.ACCOUNT_CLOSED and has_dossier(tx, record):
        raise DossierSaysWhenClosed(field="starts")
    event = ClockEvent(
        record_id=record.id,
        starts=starts,
        happened_on=happened_on,
        document=document.strip(),
        entered_by_id=tx.person_id,
        entered_at=tx.now,
    )
    event.check_possible(record.formed_on, tx.today)
    tx.add(event)
    tx.record(
        "record.clock-started",
        record.subject,
        starts=str(starts),
        happened_on=happened_on.isoformat(),
    )
    return event


def reclassify_record(tx: Transaction, record_id: int, *, reason: str) -> Reclassification:
    """Keep a record by the line its kind has in the version in force, if that is no shorter.

    Its kind and its code stay: they say what it was filed under.

    Raises:
        NoNewerLine, ShorterOnlyByAppraisal, ReasonMissing: it is kept as before.
    """
    record = tx.get(Record, record_id, lock=True)
    tx.require(Permission.RETENTION_DATE, record.station_id)
    said = reason_in(reason)
    before = tx.get(RecordKind, kind_kept_by(tx, record))
    fonds = tx.get(FilePlan, before.plan_id).fonds_id
    newest = kinds_of(tx, adopted_versions(tx, fonds)[0].id)
    after = next((kind for kind in newest if kind.code == before.code and kind.archived), None)
    if after is None or after.id == before.id:
        raise NoNewerLine
    was = due_of(tx, [record.id])[record.id]
    moved = tx.add(
        Reclassification(
            record_id=record.id,
            from_kind_id=before.id,
            to_kind_id=after.id,
            reason=said,
            by_id=tx.person_id,
            at=tx.now,
        )
    )
    if _ends_sooner(due_of(tx, [record.id])[record.id], was):
        raise ShorterOnlyByAppraisal(thing=record.subject)
    tx.record("record.reclassified", record.subject, retention=after.retention, reason=said)
    return moved


def _ends_sooner(new: Due, was: Due) -> bool:
    """Whether a date comes sooner; for ever is latest, and what waits has no end either."""
    rank = {DueState.NEVER: 2, DueState.NOT_STARTED: 1}
    ranks = rank.get(new.state, 0), rank.get(was.state, 0)
    if ranks[0] != ranks[1]:
        return ranks[0] < ranks[1]
    return (new.protected_through or date.max) < (was.protected_through or date.max)
