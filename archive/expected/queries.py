"""Reads about what is expected: the sheet of a station, and what of it is missing."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from archive.access import Permission, Role
from archive.clock import day_at_station
from archive.custody.queries.waiting import Waiting
from archive.expected.expectation import FilingDuty, FilingStart, Settlement
from archive.expected.period import MONTHS, Period, due_periods, period_of
from archive.holdings.file_plan import Cycle, RecordKind
from archive.holdings.queries.plans import PlanSeen, fonds_with_plan, plan_in_force
from archive.holdings.queries.records import visible_records
from archive.holdings.record import Record
from archive.people.person import Appointment, Person, Station
from archive.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that should have been filed by now and was not."""

    station: Station
    kind: RecordKind
    period: Period
    due_on: date
    responsible: Person | None

    def overdue_days(self, today: date) -> int:
        """How many days ago it was due."""
        return (today - self.due_on).days


@dataclass(frozen=True, slots=True)
class Settled:
    """A period somebody accounted for, with the code of the record or the reason."""

    settlement: Settlement
    kind: RecordKind
    record_code: str
    by: Person


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a station was asked for by a day, and how it stands.

    ``expected`` counts kinds times periods; ``filed`` those a record accounts for.
    """

    station: Station
    since: date
    expected: int
    filed: int
    excused: int
    missing: tuple[Missing, ...]


def stations_asked(tx: Transaction) -> list[Station]:
    """The stations whose sheets this person may read."""
    tx.require(Permission.EXPECTED_READ)
    query = select(Station).order_by(Station.code)
    where = tx.actor.stations(Permission.EXPECTED_READ)
    return list(tx.session.scalars(query if where is None else query.where(Station.id.in_(where))))


def sheet_of(tx: Transaction, station: Station) -> Sheet | None:
    """The sheet of a station today, the oldest first; None while no file plan is in force."""
    tx.require(Permission.EXPECTED_READ, station.id)
    if not fonds_with_plan(tx):
        return None
    plan = plan_in_force(tx)
    since, grace = start_of(tx, station.id, plan), tx.settings.filing_grace_days
    settled = _settlements(tx, station.id)
    formed = _formed(tx, station.id, since)
    persons = _responsible(tx, station.id)
    expected, filed, excused = 0, 0, 0
    missing: list[Missing] = []
    for kind in regular_kinds(plan):
        for period in due_periods(kind.cycle, since, tx.today, grace):
            expected += 1
            said = settled.get((kind.code, str(period)))
            if said is not None and said.record_id is None:
                excused += 1
            elif said is not None or period in formed[kind.code]:
                filed += 1
            else:
                who = persons.get(kind.code) or persons.get("")
                missing.append(Missing(station, kind, period, period.due_on(grace), who))
    missing.sort(key=lambda one: (one.due_on, one.kind.number))
    return Sheet(station, since, expected, filed, excused, tuple(missing))


def settled_at(tx: Transaction, station_id: int) -> list[Settled]:
    """Every period somebody accounted for, the newest first."""
    tx.require(Permission.EXPECTED_READ, station_id)
    if not fonds_with_plan(tx):
        return []
    kinds = {kind.code: kind for kind in regular_kinds(plan_in_force(tx))}
    rows = tx.session.execute(
        select(Settlement, Record.code, Person)
        .outerjoin(Record, Record.id == Settlement.record_id)
        .join(Person, Person.id == Settlement.settled_by_id)
        .where(Settlement.station_id == station_id)
        .order_by(Settlement.id.desc())
    )
    return [
        Settled(said, kinds[said.kind_code], code or "", by)
        for said, code, by in rows
        if said.kind_code in kinds
    ]


def regular_kinds(plan: PlanSeen) -> list[RecordKind]:
    """The kinds of a plan that are expected month by month, quarter by quarter or every year."""
    return [kind for kind in plan.kinds if kind.archived and kind.cycle in MONTHS]


def start_of(tx: Transaction, station_id: int, plan: PlanSeen) -> date:
    """The month a station is asked from: as set, else the month its plan came into force."""
    start = tx.session.get(FilingStart, station_id)
    if start is not None:
        return start.since
    return day_at_station(plan.since).replace(day=1)


def responsible_at(tx: Transaction, station_id: int) -> Mapping[str, Person]:
    """Who answers for each kind that somebody was named for; ``""`` is for all others."""
    tx.require(Permission.EXPECTED_READ, station_id)
    return _responsible(tx, station_id)


def people_at(tx: Transaction, station_id: int) -> list[Person]:
    """Everybody with an office at the station today."""
    tx.require(Permission.EXPECTED_READ, station_id)
    rows = tx.session.execute(
        select(Appointment, Person)
        .join(Person, Person.id == Appointment.person_id)
        .where(Appointment.station_id == station_id)
        .order_by(Person.code)
    )
    return list({who.id: who for held, who in rows if held.in_force(tx.today)}.values())


def not_filed_by_me(tx: Transaction) -> list[Waiting]:
    """What this person answers for and has not filed, one line a station."""
    return [
        Waiting("not-filed", mine[0].station.id, facts=_told(mine))
        for sheet in _sheets(tx)
        if (mine := [one for one in sheet.missing if _is(one.responsible, tx.actor.person_id)])
    ]


def not_filed_by_others(tx: Transaction) -> list[Waiting]:
    """For who arranges the filing of a station: what is missing, one line a responsible person."""
    found = []
    for sheet in _sheets(tx):
        if not tx.can(Permission.EXPECTED_ARRANGE, sheet.station.id):
            continue
        whose: dict[int | None, list[Missing]] = defaultdict(list)
        for one in sheet.missing:
            whose[one.responsible.id if one.responsible else None].append(one)
        whose.pop(tx.actor.person_id, None)
        found += [
            Waiting("not-filed-by", sheet.station.id, facts=_told(theirs))
            for theirs in whose.values()
        ]
    return found


def _sheets(tx: Transaction) -> list[Sheet]:
    """The sheets of the stations where this person holds an office."""
    if not tx.can(Permission.EXPECTED_READ) or not tx.can(Permission.RECORD_READ):
        return []
    home = {office.station_id for office in tx.actor.offices}
    found = [sheet_of(tx, station) for station in stations_asked(tx) if station.id in home]
    return [sheet for sheet in found if sheet is not None]


def _told(missing: list[Missing]) -> dict[str, object]:
    first = missing[0]
    return {
        "n": len(missing),
        "station": first.station.name,
        "period": str(first.period),
        "person": first.responsible.name if first.responsible else "—",
    }


def _is(person: Person | None, person_id: int | None) -> bool:
    return person is not None and person.id == person_id


def _settlements(tx: Transaction, station_id: int) -> dict[tuple[str, str], Settlement]:
    found = tx.session.scalars(select(Settlement).where(Settlement.station_id == station_id))
    return {(one.kind_code, one.period): one for one in found}


def _formed(tx: Transaction, station_id: int, since: date) -> dict[str, set[Period]]:
    """The periods in which records of each kind were formed.

    A record somebody said accounts for a period of its kind accounts for no other by its day.
    """
    said = select(Settlement.id).where(
        Settlement.record_id == Record.id, Settlement.kind_code == RecordKind.code
    )
    query = (
        visible_records(tx)
        .join(RecordKind, RecordKind.id == Record.kind_id)
        .where(
            Record.station_id == station_id,
            Record.formed_on >= since.replace(month=1, day=1),
            RecordKind.cycle.in_(list(MONTHS)),
            ~said.exists(),
        )
        .with_only_columns(RecordKind.code, RecordKind.cycle, Record.formed_on)
        .distinct()
    )
    formed: dict[str, set[Period]] = defaultdict(set)
    for code, cycle, day in tx.session.execute(query):
        formed[code].add(period_of(Cycle(cycle), day))
    return formed


def _responsible(tx: Transaction, station_id: int) -> dict[str, Person]:
    rows = tx.session.execute(
        select(FilingDuty.kind_code, Person)
        .join(Person, Person.id == FilingDuty.person_id)
        .where(FilingDuty.station_id == station_id)
    )
    named = {str(code): who for code, who in rows}
    offices = tx.session.execute(
        select(Appointment, Person)
        .join(Person, Person.id == Appointment.person_id)
        .where(Appointment.station_id == station_id, Appointment.role == Role.ARCHIVIST)
        .order_by(Appointment.from_on.desc(), Appointment.id.desc())
    )
    archivist = next((who for held, who in offices if held.in_force(tx.today)), None)
    return {"": archivist, **named} if archivist is not None else named
