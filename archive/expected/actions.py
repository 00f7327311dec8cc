"""Verbs about what is expected [seed 5.3, 5.6]."""

from sqlalchemy import select

from archive.access import Permission
from archive.expected.expectation import (
    AlreadySettled,
    FilingDuty,
    FilingStart,
    NoSuchRecordHere,
    NotExpected,
    NotOfThisStation,
    Settlement,
)
from archive.expected.period import MONTHS, month_in, period_in
from archive.holdings.code import right_form
from archive.holdings.file_plan import RecordKind
from archive.holdings.queries.plans import plan_in_force
from archive.holdings.record import Record
from archive.people.person import Appointment, Station
from archive.reason import reason_in
from archive.transaction import Transaction


def set_start(tx: Transaction, station_id: int, *, month: str) -> FilingStart:
    """From this month on the station is asked for its records.

    Raises:
        NotAStartMonth: nothing changes.
    """
    tx.require(Permission.EXPECTED_ARRANGE, station_id)
    since = month_in(month)
    tx.get(Station, station_id, lock=True)
    start = tx.session.get(FilingStart, station_id)
    if start is None:
        start = tx.add(
            FilingStart(station_id=station_id, since=since, set_by_id=tx.person_id, set_at=tx.now)
        )
    start.since, start.set_by_id, start.set_at = since, tx.person_id, tx.now
    tx.record("expected.start-set", f"station:{station_id}", month=month.strip())
    return start


def make_responsible(
    tx: Transaction, station_id: int, kind_code: str, *, person_id: int | None
) -> None:
    """That person answers for the filing of a kind; None: the archivist again.

    Raises:
        NotExpected, NotOfThisStation: nothing changes.
    """
    tx.require(Permission.EXPECTED_ARRANGE, station_id)
    _expected_kind(tx, kind_code)
    tx.get(Station, station_id, lock=True)
    duty = tx.session.scalar(
        select(FilingDuty).where(
            FilingDuty.station_id == station_id, FilingDuty.kind_code == kind_code
        )
    )
    if person_id is not None and not _works_at(tx, person_id, station_id):
        raise NotOfThisStation(field="person")
    if duty is not None:
        tx.session.delete(duty)
        tx.session.flush()
    if person_id is not None:
        tx.add(
            FilingDuty(
                station_id=station_id, kind_code=kind_code, person_id=person_id, since=tx.now
            )
        )
    tx.record("expected.responsible", f"station:{station_id}", kind=kind_code, person=person_id)


def say_filed(
    tx: Transaction, station_id: int, kind_code: str, period: str, *, code: str
) -> Settlement:
    """The record of that code accounts for the period, whenever it was formed.

    Raises:
        NotExpected, NotAPeriod, NoSuchRecordHere, AlreadySettled: nothing is kept.
    """
    tx.require(Permission.EXPECTED_SETTLE, station_id)
    kind = _expected_kind(tx, kind_code)
    period_in(period, kind.cycle)
    record_id = tx.session.scalar(
        select(Record.id).where(Record.code == right_form(code), Record.station_id == station_id)
    )
    if record_id is None:
        raise NoSuchRecordHere(field="code")
    return _settle(tx, station_id, kind_code, period, record_id=record_id)


def say_not_applicable(
    tx: Transaction, station_id: int, kind_code: str, period: str, *, reason: str
) -> Settlement:
    """There is none for the period, and why.

    Raises:
        NotExpected, NotAPeriod, ReasonMissing, AlreadySettled: nothing is kept.
    """
    tx.require(Permission.EXPECTED_SETTLE, station_id)
    kind = _expected_kind(tx, kind_code)
    period_in(period, kind.cycle)
    return _settle(tx, station_id, kind_code, period, reason=reason_in(reason))


def take_back(tx: Transaction, settlement_id: int, *, reason: str) -> None:
    """What was said of a period no longer holds; it is expected again.

    Raises:
        ReasonMissing: nothing changes.
    """
    settlement = tx.get(Settlement, settlement_id, lock=True)
    tx.require(Permission.EXPECTED_SETTLE, settlement.station_id)
    tx.record(
        "expected.taken-back",
        f"station:{settlement.station_id}",
        kind=settlement.kind_code,
        period=settlement.period,
        reason=reason_in(reason),
    )
    tx.session.delete(settlement)


def _settle(
    tx: Transaction,
    station_id: int,
    kind_code: str,
    period: str,
    *,
    record_id: int | None = None,
    reason: str = "",
) -> Settlement:
    settled = select(Settlement.id).where(
        Settlement.station_id == station_id,
        Settlement.kind_code == kind_code,
        Settlement.period == period,
    )
    if tx.session.scalar(settled) is not None:
        raise AlreadySettled
    settlement = tx.add(
        Settlement(
            station_id=station_id,
            kind_code=kind_code,
            period=period,
            record_id=record_id,
            reason=reason,
            settled_by_id=tx.person_id,
            settled_at=tx.now,
        )
    )
    tx.record(
        "expected.settled",
        f"station:{station_id}",
        kind=kind_code,
        period=period,
        record=record_id,
        reason=reason,
    )
    return settlement


def _expected_kind(tx: Transaction, kind_code: str) -> RecordKind:
    """The kind of the plan in force.

    Raises:
        NotExpected: there is none, or it is expected for no period.
    """
    for kind in plan_in_force(tx).kinds:
        if kind.code == kind_code and kind.archived and kind.cycle in MONTHS:
            return kind
    raise NotExpected(field="kind")


def _works_at(tx: Transaction, person_id: int, station_id: int) -> bool:
    held = tx.session.scalars(select(Appointment).where(Appointment.person_id == person_id))
    return any(one.station_id == station_id and one.in_force(tx.today) for one in held)
