"""What happened to one volume, what stands against its next step, how far its reading has come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from archive.access import Permission, forbid_same_person
from archive.audit import TrailEntry
from archive.custody.actions.volumes import subject_of
from archive.custody.queries.dossier import current_scan
from archive.custody.queries.volumes import names_of
from archive.custody.scan import SCAN_WORKFLOW, Scan, ScanPage, ScanState
from archive.custody.verification import ScanMissing, Verification
from archive.custody.volume import VOLUME_WORKFLOW, Volume, VolumeState
from archive.errors import ArchiveError
from archive.people.person import Person
from archive.transaction import Transaction

LATEST = 300
"""As many entries of the trail as a page tells; the trail itself tells all."""

PACE_PAGES = 20
"""The pace of reading is measured over so many pages."""

STALLED_AFTER = 6
"""A page that takes so many times the usual says that nobody reads any more."""


@dataclass(frozen=True, slots=True)
class Happened:
    """One event in the life of a volume; ``times`` of the same kind in a row, by one person."""

    event: str
    at: datetime
    by: str
    facts: Mapping[str, Any]
    times: int = 1


@dataclass(frozen=True, slots=True)
class Passage:
    """One passage of the volume over finance's desk."""

    verification: Verification
    submitted_by: str
    decided_by: str


@dataclass(frozen=True, slots=True)
class ReadingProgress:
    """How far the reading of a scan has come.

    Attributes:
        seconds_left: from the pace of the pages read last; None while it cannot be told.
    """

    scan: Scan
    pages_read: int
    seconds_left: float | None

    @property
    def is_over(self) -> bool:
        return self.scan.state in {ScanState.READ, ScanState.FAILED}


def history_of(tx: Transaction, volume: Volume) -> list[Happened]:
    """What happened to the volume, from the trail, the newest last; refused attempts aside."""
    entries = tx.session.scalars(
        select(TrailEntry)
        .where(TrailEntry.subject == subject_of(volume), TrailEntry.event != "attempt.refused")
        .order_by(TrailEntry.seq.desc())
        .limit(LATEST)
    ).all()[::-1]
    codes = {entry.actor for entry in entries}
    rows = tx.session.execute(select(Person.code, Person.name).where(Person.code.in_(codes)))
    names = {row.code: row.name for row in rows}
    happened: list[Happened] = []
    for entry in entries:
        if entry.event == "volume.bound":
            happened.clear()  # a discarded draft before it bore the same code
        by = names.get(entry.actor, "")
        last = happened[-1] if happened else None
        if last and entry.event == "stub.settled" and (last.event, last.by) == (entry.event, by):
            happened[-1] = Happened(entry.event, entry.happened_at, by, entry.told, last.times + 1)
        else:
            happened.append(Happened(entry.event, entry.happened_at, by, entry.told))
    return happened


def passages_of(tx: Transaction, volume: Volume) -> list[Passage]:
    """Every passage over finance's desk, the newest first."""
    found = tx.session.scalars(
        select(Verification)
        .where(Verification.volume_id == volume.id)
        .order_by(Verification.id.desc())
    ).all()
    ids = [person for each in found for person in (each.submitted_by_id, each.decided_by_id)]
    names = names_of(tx, ids)
    return [
        Passage(each, names.get(each.submitted_by_id, ""), names.get(each.decided_by_id or 0, ""))
        for each in found
    ]


def reading_of(tx: Transaction, scan: Scan) -> ReadingProgress:
    """How far the reading of a scan has come, and how long it still takes."""
    read = tx.session.scalar(
        select(func.count()).select_from(ScanPage).where(ScanPage.scan_id == scan.id)
    )
    latest = tx.session.scalars(
        select(ScanPage.read_at)
        .where(ScanPage.scan_id == scan.id)
        .order_by(ScanPage.number.desc())
        .limit(PACE_PAGES + 1)
    ).all()
    pages_read = read or 0
    return ReadingProgress(scan, pages_read, _left(scan.pages - pages_read, latest, tx.now))


def _left(pages: int, latest: Sequence[datetime], now: datetime) -> float | None:
    if len(latest) < 2:
        return None
    pace = (latest[0] - latest[-1]).total_seconds() / (len(latest) - 1)
    waited = now - latest[0]
    if waited > timedelta(seconds=max(30.0, STALLED_AFTER * pace)):
        return None
    return max(0.0, pages * pace - min(waited.total_seconds(), pace))


def against(tx: Transaction, volume: Volume, step: str) -> ArchiveError | None:
    """Why the actor cannot take ``step`` now; the verb would refuse it for the same reason."""
    try:
        tx.require(PERMISSION_FOR[step], volume.station_id)
        _check_person(tx, volume, step)
        if step in VOLUME_WORKFLOW.steps:
            VOLUME_WORKFLOW.target(step, VolumeState(volume.state))
        if step == "submit" and current_scan(tx, volume.id) is None:
            raise ScanMissing(subject=subject_of(volume))
        if step in {"correct", "discard"}:
            volume.check_open()
        if step == "discard":
            volume.check_unscanned(current_scan(tx, volume.id))
    except ArchiveError as reason:
        return reason
    return None


def may_read_again(tx: Transaction, volume: Volume, scan: Scan) -> bool:
    """Whether the actor may have a failed scan read once more."""
    return SCAN_WORKFLOW.allows("read-again", ScanState(scan.state)) and tx.can(
        Permission.SCAN_SETTLE, volume.station_id
    )


PERMISSION_FOR: Mapping[str, Permission] = {
    "sign": Permission.VOLUME_SIGN,
    "seal": Permission.VOLUME_SEAL,
    "submit": Permission.VOLUME_SUBMIT,
    "reopen": Permission.VOLUME_BIND,
    "correct": Permission.VOLUME_BIND,
    "discard": Permission.VOLUME_BIND,
}


def _check_person(tx: Transaction, volume: Volume, step: str) -> None:
    if step == "sign":
        volume.check_collector(tx.actor)
        forbid_same_person(tx.actor, "volume:sign", volume_binder=volume.bound_by_id)
    if step == "seal":
        forbid_same_person(
            tx.actor,
            "volume:seal",
            collector=volume.signed_by_id,
            volume_binder=volume.bound_by_id,
        )
