"""Reads about what comes next: which appraisals want a register, who may do what, what waits."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select

from archive.access import POLICY, Actor, Permission
from archive.custody.queries.waiting import Waiting, narrowed
from archive.holdings.record import GOING, Record
from archive.people.person import Appointment, Person
from archive.retention.appraisal import (
    Appraisal,
    AppraisalItem,
    AppraisalState,
    Opinion,
    PanelMember,
)
from archive.retention.batch import Batch, BatchItem, BatchState, ItemState
from archive.retention.department import OF_ROLE, Department
from archive.retention.queries.batches import (
    BatchSeen,
    all_signatures,
    visible_batches,
    witnesses_of,
)
from archive.retention.signing import (
    BEFORE_APPROVAL,
    MAY_SEND_WITNESS,
    OFFICES,
    BatchWitness,
    Part,
)
from archive.transaction import Transaction

MOST = 20


@dataclass(frozen=True, slots=True)
class AppraisalReady:
    """A signed appraisal, and how many of its worthless records no batch has."""

    appraisal: Appraisal
    records: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who could be sent or named; ``why_not`` is a code of what stands against it."""

    person: Person
    department: Department | None
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Going:
    """What a batch destroys: its lines without those that are withheld."""

    items: int = 0
    pages: int = 0
    electronic: int = 0


@dataclass(frozen=True, slots=True)
class NamedBy:
    """The line of a register that names a record, and its batch."""

    batch: Batch
    item: BatchItem


def appraisals_ready(tx: Transaction) -> list[AppraisalReady]:
    """Signed appraisals of which something could be listed for destruction, the oldest first."""
    if not tx.can(Permission.DESTRUCTION_PROPOSE):
        return []
    taken = select(BatchItem.record_id).where(BatchItem.open_in_batch)
    query = (
        select(Appraisal, func.count())
        .join(AppraisalItem, AppraisalItem.appraisal_id == Appraisal.id)
        .join(Record, Record.id == AppraisalItem.record_id)
        .where(
            Appraisal.state == AppraisalState.SIGNED,
            AppraisalItem.opinion == Opinion.DESTROY,
            Record.state.not_in(sorted(GOING)),
            AppraisalItem.record_id.not_in(taken),
        )
        .group_by(Appraisal.id)
        .order_by(Appraisal.id)
    )
    query = narrowed(tx, query, Appraisal.station_id, Permission.DESTRUCTION_PROPOSE)
    return [AppraisalReady(*row) for row in tx.session.execute(query)]


def going(tx: Transaction, batch_id: int) -> Going:
    """How much the batch destroys, as things stand."""
    row = tx.session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(BatchItem.told["pages"].as_integer()), 0),
            func.count().filter(BatchItem.content_digest != ""),
        ).where(BatchItem.batch_id == batch_id, BatchItem.state != ItemState.WITHHELD)
    ).one()
    return Going(*row)


def parts_open_to(actor: Actor, seen: BatchSeen) -> tuple[Part, ...]:
    """Places on the register nobody has signed yet and this person's office may sign."""
    return tuple(
        place.part
        for place in seen.places
        if place.signature is None
        and any(actor.holds(role, seen.batch.station_id) for role in OFFICES[place.part])
    )


def involved_in(tx: Transaction, batch: Batch) -> dict[int, str]:
    """Everybody who has a part in the batch, with a code for which."""
    members = select(PanelMember.person_id).where(PanelMember.appraisal_id == batch.appraisal_id)
    found: dict[int, str] = dict.fromkeys(tx.session.scalars(members), "appraised")
    found |= {one.person_id: "signed" for one in all_signatures(tx, batch.id)}
    found |= {one.person_id: "witness" for one in witnesses_of(tx, batch.id)}
    for person_id, part in (
        (batch.executor_id, "executes"),
        (batch.approved_by_id, "approved"),
        (batch.proposed_by_id, "proposed"),
    ):
        if person_id is not None:
            found[person_id] = part
    return found


def could_witness(tx: Transaction, batch: Batch) -> list[Candidate]:
    """People of the departments that send witnesses, those who may not with the reason."""
    against = involved_in(tx, batch)
    return [
        Candidate(person, OF_ROLE[office.role], against.get(person.id, ""))
        for person, office in _holding(tx, Permission.DESTRUCTION_WITNESS, batch.station_id)
        if OF_ROLE.get(office.role) in MAY_SEND_WITNESS
    ]


def could_execute(tx: Transaction, batch: Batch) -> list[Candidate]:
    """People whose office may carry it out, those who may not with the reason."""
    against = {
        person_id: part
        for person_id, part in involved_in(tx, batch).items()
        if part in {"approved", "witness"}
    }
    found = {
        person.id: Candidate(person, OF_ROLE.get(office.role), against.get(person.id, ""))
        for person, office in _holding(tx, Permission.DESTRUCTION_EXECUTE, batch.station_id)
    }
    return list(found.values())


def batch_naming(tx: Transaction, record_id: int) -> NamedBy | None:
    """The batch whose register has the record, for its page; whoever sees the record may know."""
    tx.require(Permission.RECORD_READ)
    row = tx.session.execute(
        select(Batch, BatchItem)
        .join(BatchItem, BatchItem.batch_id == Batch.id)
        .where(BatchItem.record_id == record_id, BatchItem.open_in_batch)
    ).first()
    return NamedBy(*row) if row is not None else None


def waiting_batches(tx: Transaction) -> list[Waiting]:
    """What of destructions waits for this person."""
    if not tx.can(Permission.RETENTION_READ):
        return []
    return [*_to_list(tx), *_by_office(tx), *_by_name(tx)]


def _holding(
    tx: Transaction, permission: Permission, station_id: int
) -> list[tuple[Person, Appointment]]:
    """Persons with an office in force that may do it there, by staff number."""
    roles = sorted(role for role, may in POLICY.items() if permission in may)
    query = (
        select(Person, Appointment)
        .join(Appointment, Appointment.person_id == Person.id)
        .where(
            Person.active,
            Appointment.role.in_(roles),
            Appointment.station_id.is_(None) | (Appointment.station_id == station_id),
            Appointment.from_on <= tx.today,
            Appointment.until_on.is_(None) | (Appointment.until_on >= tx.today),
        )
        .order_by(Person.code)
    )
    return [(person, office) for person, office in tx.session.execute(query)]


def _to_list(tx: Transaction) -> Iterator[Waiting]:
    for ready in appraisals_ready(tx)[:MOST]:
        facts = {"appraisal": ready.appraisal.name, "count": ready.records}
        yield Waiting("batch-propose", ready.appraisal.id, None, facts)


_BY_STATE: dict[BatchState, tuple[str, Permission]] = {
    BatchState.DRAFT: ("batch-freeze", Permission.DESTRUCTION_PROPOSE),
    BatchState.SIGNED: ("batch-approve", Permission.DESTRUCTION_APPROVE),
    BatchState.APPROVED: ("batch-supervise", Permission.DESTRUCTION_PROPOSE),
    BatchState.DESTROYED: ("batch-close", Permission.DESTRUCTION_PROPOSE),
}


def _by_office(tx: Transaction) -> Iterator[Waiting]:
    for batch in _in_states(tx, {*_BY_STATE, BatchState.REGISTERED}):
        if batch.state == BatchState.REGISTERED:
            if _may_sign(tx, batch):
                yield _waiting("batch-sign", batch, batch.frozen_at)
            continue
        kind, permission = _BY_STATE[BatchState(batch.state)]
        if tx.can(permission, batch.station_id) and _is_due(tx, batch):
            since = {
                BatchState.DRAFT: batch.proposed_at,
                BatchState.SIGNED: batch.frozen_at,
                BatchState.APPROVED: batch.approved_at,
            }.get(BatchState(batch.state), batch.finished_at)
            yield _waiting(kind, batch, since)


def _by_name(tx: Transaction) -> Iterator[Waiting]:
    """What waits for those named for a batch: its witnesses and who carries it out."""
    mine = select(BatchWitness.batch_id).where(BatchWitness.person_id == tx.actor.person_id)
    under_way = {BatchState.APPROVED, BatchState.DESTROYED}
    for batch in tx.session.scalars(_query(tx, under_way).where(Batch.id.in_(mine))):
        if batch.state == BatchState.APPROVED:
            yield _waiting("batch-count", batch, batch.approved_at)
        elif tx.actor.person_id not in {one.person_id for one in all_signatures(tx, batch.id)}:
            yield _waiting("batch-witness", batch, batch.finished_at)
    own = Batch.executor_id == tx.actor.person_id
    going_on = {BatchState.COUNTED, BatchState.DESTROYING}
    for batch in tx.session.scalars(_query(tx, going_on).where(own)):
        if batch.state == BatchState.DESTROYING:
            yield _waiting("batch-destroying", batch, batch.begun_at)
            continue
        cools = batch.cools_until()
        if cools is None or cools <= tx.now:
            yield _waiting("batch-execute", batch, cools)


def _query(tx: Transaction, states: set[BatchState]) -> Select[Batch]:
    wanted = visible_batches(tx).where(Batch.state.in_(sorted(states)))
    return wanted.order_by(Batch.id).limit(MOST)


def _in_states(tx: Transaction, states: set[BatchState]) -> list[Batch]:
    return list(tx.session.scalars(_query(tx, states)))


def _may_sign(tx: Transaction, batch: Batch) -> bool:
    if not tx.can(Permission.DESTRUCTION_SIGN, batch.station_id):
        return False
    signed = all_signatures(tx, batch.id)
    if any(one.person_id == tx.actor.person_id for one in signed):
        return False
    done = {one.part for one in signed}
    return any(
        tx.actor.holds(role, batch.station_id)
        for part in BEFORE_APPROVAL
        if part not in done
        for role in OFFICES[part]
    )


def _is_due(tx: Transaction, batch: Batch) -> bool:
    """Whether the office has something to do now: not after naming, not before the witnesses."""
    if batch.state == BatchState.APPROVED:
        return batch.executor_id is None
    if batch.state == BatchState.DESTROYED:
        signed = {one.person_id for one in all_signatures(tx, batch.id) if one.part == Part.WITNESS}
        return signed >= {one.person_id for one in witnesses_of(tx, batch.id)}
    return True


def _waiting(kind: str, batch: Batch, since: datetime | None) -> Waiting:
    return Waiting(kind, batch.id, since, {"batch": batch.name})
