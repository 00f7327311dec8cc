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


def own_item(tx: Transaction, batch_id: int, item_id: int) -> BatchItem:
    """A line of this batch's register.

    Raises:
        NoSuchThing: there is none, or this person may not know of it.
    """
    seen_batch(tx, batch_id)
    found = tx.get(BatchItem, item_id)
    if found.batch_id != batch_id:
        raise NoSuchThing(thing="destruction_item", key=str(item_id))
    return found


def own_photo(tx: Transaction, batch_id: int, photo_id: int) -> DestructionPhoto:
    """A photograph of this batch.

    Raises:
        NoSuchThing: there is none, or this person may not know of it.
    """
    seen_batch(tx, batch_id)
    found = tx.get(DestructionPhoto, photo_id)
    if found.batch_id != batch_id:
        raise NoSuchThing(thing="destruction_photo", key=str(photo_id))
    return found


def batch_seen(tx: Transaction, batch_id: int) -> BatchSeen:
    """One batch whole.

    Raises:
        NoSuchThing: there is none, or this person may not know of it.
    """
    batch = seen_batch(tx, batch_id)
    standing, sent = all_signatures(tx, batch.id), witnesses_of(tx, batch.id)
    people = _people(tx, batch, standing, sent)
    by_witness = {one.person_id: one for one in standing if one.part == Part.WITNESS}
    left, gone = _objects(tx, batch.id)
    return BatchSeen(
        line=_line(tx, batch),
        appraisal=tx.get(Appraisal, batch.appraisal_id),
        proposer=people[batch.proposed_by_id],
        executor=people.get(batch.executor_id or 0),
        places=_places(standing, people),
        witnesses=tuple(
            WitnessSeen(one, people[one.person_id], by_witness.get(one.person_id)) for one in sent
        ),
        voided=_voided(tx, batch.id),
        photos=tuple(
            tx.session.scalars(
                select(DestructionPhoto)
                .where(DestructionPhoto.batch_id == batch.id)
                .order_by(DestructionPhoto.id)
            )
        ),
        counts=_counts(tx, batch.id),
        pages=_pages(tx, batch.id),
        objects_left=left,
        objects_gone=gone,
        departments_missing=_missing(tx, batch.id, sent),
        cools_until=batch.cools_until(),
    )


def _places(standing: list[BatchSignature], people: dict[int, Person]) -> tuple[SignatureSeen, ...]:
    by_part = {str(one.part): one for one in standing if one.part != Part.WITNESS}
    return tuple(
        SignatureSeen(part, by_part.get(part), _signer(people, by_part.get(part)))
        for part in (*BEFORE_APPROVAL, Part.LEADER)
    )


def _voided(tx: Transaction, batch_id: int) -> tuple[tuple[BatchSignature, Person], ...]:
    rows = tx.session.execute(
        select(BatchSignature, Person)
        .join(Person, Person.id == BatchSignature.person_id)
        .where(BatchSignature.batch_id == batch_id, BatchSignature.voided_at.is_not(None))
        .order_by(BatchSignature.id)
    )
    return tuple((signature, person) for signature, person in rows)


def _missing(tx: Transaction, batch_id: int, sent: list[BatchWitness]) -> tuple[Department, ...]:
    """Departments that have yet to send a witness."""
    electronic = tx.session.scalars(
        select(BatchItem.id)
        .where(
            BatchItem.batch_id == batch_id,
            BatchItem.content_digest != "",
            BatchItem.state != ItemState.WITHHELD,
        )
        .limit(1)
    ).first()
    wanted = departments_to_witness(electronic=electronic is not None)
    return tuple(sorted(wanted - {Department(one.department) for one in sent}))


def _objects(tx: Transaction, batch_id: int) -> tuple[int, int]:
    """Objects still to be erased, and those proved absent."""
    own = select(BatchItem.id).where(BatchItem.batch_id == batch_id)
    gone = ErasedObject.absent_at.is_not(None)
    rows = tx.session.execute(
        select(gone, func.count()).where(ErasedObject.item_id.in_(own)).group_by(gone)
    )
    counted = {bool(absent): count for absent, count in rows}
    return counted.get(False, 0), counted.get(True, 0)


def _pages(tx: Transaction, batch_id: int) -> int:
    pages = func.sum(BatchItem.told["pages"].as_integer())
    return tx.session.scalar(select(pages).where(BatchItem.batch_id == batch_id)) or 0


def item_counts(tx: Transaction, batch_id: int) -> dict[str, int]:
    """How many lines are in each state."""
    seen_batch(tx, batch_id)
    return _counts(tx, batch_id)


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
