"""Reads about batches: the list, one batch whole, and what waits for whom."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select

from archive.access import Permission
from archive.people.person import Person, Station
from archive.retention.appraisal import Appraisal
from archive.retention.batch import Batch, BatchItem, BatchState, ItemState
from archive.retention.department import Department
from archive.retention.erasure import DestructionPhoto, ErasedObject
from archive.retention.signing import (
    BEFORE_APPROVAL,
    BatchSignature,
    BatchWitness,
    Part,
    departments_to_witness,
)
from archive.transaction import NoSuchThing, Transaction


@dataclass(frozen=True, slots=True)
class BatchLine:
    """A batch as a list shows it."""

    batch: Batch
    station: Station
    items: int
    destroyed: int
    withheld: int


@dataclass(frozen=True, slots=True)
class SignatureSeen:
    """A place on the register, and who signed there."""

    part: Part
    signature: BatchSignature | None
    person: Person | None


@dataclass(frozen=True, slots=True)
class WitnessSeen:
    """Somebody sent to supervise, and their signature."""

    witness: BatchWitness
    person: Person
    signature: BatchSignature | None


@dataclass(frozen=True, slots=True)
class BatchSeen:
    """One batch with everything that happened to it."""

    line: BatchLine
    appraisal: Appraisal
    proposer: Person
    executor: Person | None
    places: tuple[SignatureSeen, ...]
    witnesses: tuple[WitnessSeen, ...]
    voided: tuple[tuple[BatchSignature, Person], ...]
    photos: tuple[DestructionPhoto, ...]
    counts: dict[str, int]
    pages: int
    objects_left: int
    objects_gone: int
    departments_missing: tuple[Department, ...]
    cools_until: datetime | None

    @property
    def batch(self) -> Batch:
        return self.line.batch


def visible_batches(tx: Transaction) -> Select[Batch]:
    """Every batch this person may know of."""
    tx.require(Permission.RETENTION_READ)
    stations = tx.actor.stations(Permission.RETENTION_READ)
    query = select(Batch)
    return query if stations is None else query.where(Batch.station_id.in_(stations))


def batches(
    tx: Transaction, *, state: BatchState | None = None, limit: int = 50, offset: int = 0
) -> list[BatchLine]:
    """Batches, the newest first."""
    query = visible_batches(tx).order_by(Batch.id.desc()).limit(limit).offset(offset)
    if state is not None:
        query = query.where(Batch.state == state)
    return [_line(tx, batch) for batch in tx.session.scalars(query)]


def count_batches(tx: Transaction, *, state: BatchState | None = None) -> int:
    query = visible_batches(tx)
    if state is not None:
        query = query.where(Batch.state == state)
    return tx.session.scalar(query.with_only_columns(func.count())) or 0


def seen_batch(tx: Transaction, batch_id: int) -> Batch:
    """The batch, for a page.

    Raises:
        NoSuchThing: there is none, or this person may not know of it.
    """
    found = tx.session.scalars(visible_batches(tx).where(Batch.id == batch_id)).first()
    if found is None:
        raise NoSuchThing(thing="destruction_batch", key=str(batch_id))
    return found


def batch_seen(tx: Transaction, batch_id: int) -> BatchSeen:
    """One batch whole.

    Raises:
        NoSuchThing: there is none, or this person may not know of it.
    """
    batch = seen_batch(tx, batch_id)
    standing = all_signatures(tx, batch.id)
    by_part: dict[str, BatchSignature] = {
        one.part: one for one in standing if one.part != Part.WITNESS
    }
    by_witness = {one.person_id: one for one in standing if one.part == Part.WITNESS}
    sent = witnesses_of(tx, batch.id)
    people = _people(tx, batch, standing, sent)
    electronic = tx.session.scalars(
        select(BatchItem.id)
        .where(
            BatchItem.batch_id == batch.id,
            BatchItem.content_digest != "",
            BatchItem.state != ItemState.WITHHELD,
        )
        .limit(1)
    ).first()
    missing = departments_to_witness(electronic=electronic is not None) - {
        Department(one.department) for one in sent
    }
    voided = tx.session.execute(
        select(BatchSignature, Person)
        .join(Person, Person.id == BatchSignature.person_id)
        .where(BatchSignature.batch_id == batch.id, BatchSignature.voided_at.is_not(None))
        .order_by(BatchSignature.id)
    )
    own = select(BatchItem.id).where(BatchItem.batch_id == batch.id)
    objects = dict(
        tx.session.execute(
            select(ErasedObject.absent_at.is_not(None), func.count())
            .where(ErasedObject.item_id.in_(own))
            .group_by(ErasedObject.absent_at.is_not(None))
        ).all()
    )
    line = _line(tx, batch)
    return BatchSeen(
        line=line,
        appraisal=tx.get(Appraisal, batch.appraisal_id),
        proposer=people[batch.proposed_by_id],
        executor=people.get(batch.executor_id or 0),
        places=tuple(
            SignatureSeen(part, by_part.get(part), _signer(people, by_part.get(part)))
            for part in (*BEFORE_APPROVAL, Part.LEADER)
        ),
        witnesses=tuple(
            WitnessSeen(one, people[one.person_id], by_witness.get(one.person_id)) for one in sent
        ),
        voided=tuple((signature, person) for signature, person in voided),
        photos=tuple(
            tx.session.scalars(
                select(DestructionPhoto)
                .where(DestructionPhoto.batch_id == batch.id)
                .order_by(DestructionPhoto.id)
            )
        ),
        counts=_counts(tx, batch.id),
        pages=sum(item.told["pages"] for item in items_of(tx, batch.id)),
        objects_left=objects.get(False, 0),
        objects_gone=objects.get(True, 0),
        departments_missing=tuple(sorted(missing)),
        cools_until=batch.cools_until(),
    )


def items_page(
    tx: Transaction, batch_id: int, *, limit: int, offset: int, state: ItemState | None = None
) -> list[BatchItem]:
    """Lines of a register, in order."""
    seen_batch(tx, batch_id)
    query = select(BatchItem).where(BatchItem.batch_id == batch_id)
    if state is not None:
        query = query.where(BatchItem.state == state)
    return list(tx.session.scalars(query.order_by(BatchItem.position).limit(limit).offset(offset)))


def items_of(tx: Transaction, batch_id: int) -> list[BatchItem]:
    """Every line of the register, in order; for verbs and jobs."""
    return list(
        tx.session.scalars(
            select(BatchItem).where(BatchItem.batch_id == batch_id).order_by(BatchItem.position)
        )
    )


def all_signatures(tx: Transaction, batch_id: int) -> list[BatchSignature]:
    """The signatures that stand, in the order they were given; for verbs and jobs."""
    return list(
        tx.session.scalars(
            select(BatchSignature)
            .where(BatchSignature.batch_id == batch_id, BatchSignature.voided_at.is_(None))
            .order_by(BatchSignature.id)
        )
    )


def witnesses_of(tx: Transaction, batch_id: int) -> list[BatchWitness]:
    """Who was sent to supervise, in the order they were named; for verbs and jobs."""
    return list(
        tx.session.scalars(
            select(BatchWitness).where(BatchWitness.batch_id == batch_id).order_by(BatchWitness.id)
        )
    )


def _line(tx: Transaction, batch: Batch) -> BatchLine:
    counts = _counts(tx, batch.id)
    return BatchLine(
        batch,
        tx.get(Station, batch.station_id),
        items=sum(counts.values()),
        destroyed=counts.get(ItemState.DESTROYED, 0),
        withheld=counts.get(ItemState.WITHHELD, 0),
    )


def _counts(tx: Transaction, batch_id: int) -> dict[str, int]:
    rows = tx.session.execute(
        select(BatchItem.state, func.count())
        .where(BatchItem.batch_id == batch_id)
        .group_by(BatchItem.state)
    )
    return {str(state): count for state, count in rows}


def _people(
    tx: Transaction, batch: Batch, signatures: list[BatchSignature], sent: list[BatchWitness]
) -> dict[int, Person]:
    wanted = {batch.proposed_by_id, batch.executor_id, *(one.person_id for one in sent)} | {
        one.person_id for one in signatures
    }
    found = tx.session.scalars(select(Person).where(Person.id.in_(wanted - {None})))
    return {person.id: person for person in found}


def _signer(people: dict[int, Person], signature: BatchSignature | None) -> Person | None:
    return people[signature.person_id] if signature is not None else None
