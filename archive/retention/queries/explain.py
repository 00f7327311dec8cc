"""Why a record is kept as long as it is: rule by rule, with the clause of each and every entry."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from archive.access import Permission
from archive.customers.customer import Customer
from archive.holdings.content import PlanContent, RecordContent
from archive.holdings.file_plan import ClockStart, FilePlan, RecordKind
from archive.holdings.queries.plans import contents_of
from archive.holdings.queries.records import seen_record
from archive.holdings.record import Record
from archive.people.person import Person
from archive.retention.period import Due, is_event
from archive.retention.queries.due import due_of, kind_kept_by
from archive.retention.trigger import ClockEvent, ExtendedPeriod, Reclassification
from archive.transaction import Transaction


@dataclass(frozen=True, slots=True)
class EventSeen:
    """An event somebody entered; ``counts`` when no later entry corrects it."""

    event: ClockEvent
    by: str
    counts: bool


@dataclass(frozen=True, slots=True)
class ExtensionSeen:
    """An explicit date an appraisal set; ``counts`` when no later one stands."""

    new_due_on: date
    reason: str
    by: str
    at: datetime
    counts: bool


@dataclass(frozen=True, slots=True)
class ContentSeen:
    """Something the record holds, and who said so."""

    line: PlanContent
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Explained:
    """Everything the date of a record follows from.

    Attributes:
        kind, plan: the line and the version it is kept by.
        waits: clocks somebody can start by entering an event.
        choice: contents of that version that the record is not said to hold.
    """

    record: Record
    due: Due
    kind: RecordKind
    plan: FilePlan
    events: tuple[EventSeen, ...]
    extensions: tuple[ExtensionSeen, ...]
    moves: tuple[Reclassification, ...]
    contents: tuple[ContentSeen, ...]
    waits: tuple[ClockStart, ...]
    choice: tuple[PlanContent, ...]


def explained(tx: Transaction, record_id: int) -> Explained:
    """Why this date.

    Raises:
        NoSuchThing: there is no such record, or this person may not know of it.
    """
    record = seen_record(tx, record_id)
    tx.require(Permission.RECORD_READ, record.station_id)
    kind = tx.get(RecordKind, kind_kept_by(tx, record))
    contents = _contents(tx, record)
    held = {one.line.code for one in contents}
    waiting = waits_for(tx, record)
    if has_dossier(tx, record):
        waiting -= {ClockStart.ACCOUNT_CLOSED}
    moves = tx.session.scalars(
        select(Reclassification)
        .where(Reclassification.record_id == record.id)
        .order_by(Reclassification.id)
    )
    return Explained(
        record,
        due_of(tx, [record.id])[record.id],
        kind,
        tx.get(FilePlan, kind.plan_id),
        _events(tx, record),
        _extensions(tx, record),
        tuple(moves),
        contents,
        tuple(sorted(waiting)),
        tuple(line for line in _offered(tx, kind) if line.code not in held),
    )


def waits_for(tx: Transaction, record: Record) -> set[ClockStart]:
    """The events that start a clock of this record."""
    kind = tx.get(RecordKind, kind_kept_by(tx, record))
    starts = {ClockStart(kind.starts)}
    starts |= {ClockStart(one.line.starts) for one in _contents(tx, record)}
    return {one for one in starts if is_event(one)}


def has_dossier(tx: Transaction, record: Record) -> bool:
    """Whether the customer's own dossier tells when the account was closed."""
    query = select(Customer.id).where(
        Customer.station_id == record.station_id, Customer.number == record.customer_number
    )
    return tx.session.scalar(query) is not None


def _offered(tx: Transaction, kind: RecordKind) -> Collection[PlanContent]:
    return contents_of(tx, kind.plan_id) if tx.can(Permission.FILE_PLAN_READ) else ()


def _contents(tx: Transaction, record: Record) -> tuple[ContentSeen, ...]:
    rows = tx.session.execute(
        select(PlanContent, Person.name, RecordContent.added_at)
        .join(RecordContent, RecordContent.content_id == PlanContent.id)
        .join(Person, Person.id == RecordContent.added_by_id)
        .where(RecordContent.record_id == record.id, RecordContent.reason == "")
        .order_by(PlanContent.position)
    )
    return tuple(ContentSeen(line, by, at) for line, by, at in rows)


def _events(tx: Transaction, record: Record) -> tuple[EventSeen, ...]:
    rows = tx.session.execute(
        select(ClockEvent, Person.name)
        .join(Person, Person.id == ClockEvent.entered_by_id)
        .where(ClockEvent.record_id == record.id)
        .order_by(ClockEvent.id)
    ).all()
    newest = {event.starts: event.id for event, _ in rows}
    return tuple(EventSeen(event, by, newest[event.starts] == event.id) for event, by in rows)


def _extensions(tx: Transaction, record: Record) -> tuple[ExtensionSeen, ...]:
    rows = tx.session.execute(
        select(ExtendedPeriod, Person.name)
        .join(Person, Person.id == ExtendedPeriod.set_by_id)
        .where(ExtendedPeriod.record_id == record.id)
        .order_by(ExtendedPeriod.id)
    ).all()
    return tuple(
        ExtensionSeen(one.new_due_on, one.reason, by, one.set_at, at == len(rows))
        for at, (one, by) in enumerate(rows, start=1)
    )
