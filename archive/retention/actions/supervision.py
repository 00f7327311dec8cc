"""Verbs of the supervision (监销): who is sent, what is counted, what is taken out [seed 5.4]."""

from sqlalchemy import or_, select

from archive.access import Actor, Permission
from archive.holdings.code import right_form
from archive.holdings.record import Record
from archive.people.actions import actor_of, confirm_password
from archive.people.person import Person
from archive.reason import reason_in
from archive.retention.actions.batches import locked_batch
from archive.retention.batch import (
    BATCH_WORKFLOW,
    ITEM_WORKFLOW,
    Batch,
    BatchItem,
    BatchState,
    DestructionUnfinished,
    ItemState,
    ItemsUncounted,
    NotInRegister,
    Withheld,
)
from archive.retention.batching import check_supervised, digest_now
from archive.retention.department import Department, departments_of
from archive.retention.queries.appraised import panel_of
from archive.retention.queries.batches import all_signatures, items_of, witnesses_of
from archive.retention.signing import (
    MAY_SEND_WITNESS,
    BatchSignature,
    BatchWitness,
    ExecutorInvolved,
    NotAWitness,
    Part,
    WitnessInvolved,
    WrongDepartment,
)
from archive.shelving.box import Label, label_token
from archive.transaction import Transaction
from archive.workflow import NotPossibleNow


def name_witness(
    tx: Transaction, batch_id: int, person_id: int, department: Department
) -> BatchWitness:
    """Somebody is sent by a department to supervise; before anything is counted.

    Raises:
        WitnessInvolved: who proposed, appraised, signed, approved or carries it out.
        WrongDepartment: the person does not speak for it or holds no office that witnesses, or
            the department sends none.
        NotPossibleNow: the batch is not approved, or counted already.
    """
    batch = locked_batch(tx, batch_id, Permission.DESTRUCTION_PROPOSE)
    _check_approved(batch, "name-witness")
    person = _actor(tx, person_id)
    witnesses = person.may(Permission.DESTRUCTION_WITNESS, batch.station_id)
    if not witnesses or department not in MAY_SEND_WITNESS & departments_of(person):
        raise WrongDepartment(person=person.code, department=str(department))
    if person_id in _involved(tx, batch):
        raise WitnessInvolved(person=person.code)
    witness = tx.add(
        BatchWitness(
            batch_id=batch.id,
            person_id=person_id,
            department=department,
            named_by_id=tx.person_id,
            named_at=tx.now,
        )
    )
    tx.record("batch.witness-named", batch.subject, person=person.code, department=str(department))
    return witness


def name_executor(tx: Transaction, batch_id: int, person_id: int) -> Batch:
    """Who carries the batch out; neither its approver nor one of its witnesses.

    Raises:
        ExecutorInvolved, NotPossibleNow: nobody is named.
    """
    batch = locked_batch(tx, batch_id, Permission.DESTRUCTION_PROPOSE)
    _check_approved(batch, "name-executor")
    person = _actor(tx, person_id)
    if not person.may(Permission.DESTRUCTION_EXECUTE, batch.station_id) or person_id in {
        batch.approved_by_id,
        *(witness.person_id for witness in witnesses_of(tx, batch_id)),
    }:
        raise ExecutorInvolved(person=person.code)
    batch.executor_id = person_id
    tx.record("batch.executor-named", batch.subject, person=person.code)
    return batch


def count_item(tx: Transaction, batch_id: int, said: str) -> BatchItem:
    """A witness has the paper in hand and scans its label, or types its code.

    Counting the same item again changes nothing, so that a weak network loses nothing.

    Raises:
        NotAWitness, NotInRegister, NotPossibleNow: nothing is counted.
    """
    batch = locked_batch(tx, batch_id, Permission.DESTRUCTION_WITNESS)
    _check_approved(batch, "count-item")
    _check_witness(tx, batch)
    item = _item_said(tx, batch, said)
    if item.state == ItemState.COUNTED:
        return item
    ITEM_WORKFLOW.take("count", item)
    item.counted_by_id, item.counted_at = tx.person_id, tx.now
    tx.record("batch.item-counted", batch.subject, record=item.told["code"])
    return item


def withhold_item(tx: Transaction, item_id: int, *, why: Withheld, note: str) -> BatchItem:
    """A witness or the executor takes a line out at the last moment; it stays in the archive.

    The register stays as signed; the line says that it was not destroyed, and why.

    Raises:
        NotAWitness, ReasonMissing, NotPossibleNow: nothing is changed.
    """
    batch = tx.get(Batch, tx.get(BatchItem, item_id).batch_id, lock=True)
    if batch.executor_id != tx.actor.person_id:
        tx.require(Permission.DESTRUCTION_WITNESS, batch.station_id)
        _check_witness(tx, batch)
    if batch.state not in {BatchState.APPROVED, BatchState.COUNTED}:
        raise NotPossibleNow(
            subject="batch", thing=batch.subject, step="withhold", state=str(batch.state)
        )
    item = tx.get(BatchItem, item_id, lock=True)
    item.withhold(why, reason_in(note, field="note"))
    tx.record(
        "batch.item-withheld", batch.subject, record=item.told["code"], why=str(why), note=item.note
    )
    return item


def finish_count(tx: Transaction, batch_id: int) -> Batch:
    """Every line is counted or withheld, before all the witnesses the law asks for.

    Raises:
        ItemsUncounted, WitnessesMissing, NotAWitness, NotPossibleNow: it is not finished.
    """
    batch = locked_batch(tx, batch_id, Permission.DESTRUCTION_WITNESS)
    _check_witness(tx, batch)
    items = items_of(tx, batch_id)
    open_lines = sum(item.state == ItemState.LISTED for item in items)
    if open_lines:
        raise ItemsUncounted(batch=batch.name, count=open_lines)
    check_supervised(tx, batch, items)
    BATCH_WORKFLOW.take("count", batch)
    tx.record(
        "batch.counted",
        batch.subject,
        counted=sum(item.state == ItemState.COUNTED for item in items),
        withheld=sum(item.state == ItemState.WITHHELD for item in items),
    )
    return batch


def sign_as_witness(
    tx: Transaction, batch_id: int, *, opinion: str, password: str
) -> BatchSignature:
    """After the destruction a witness signs the register (会计档案管理办法 art. 18).

    Raises:
        DestructionUnfinished, NotAWitness, SignedTwice, WrongPassword, ReasonMissing.
    """
    batch = locked_batch(tx, batch_id, Permission.DESTRUCTION_WITNESS)
    _check_witness(tx, batch)
    if batch.state != BatchState.DESTROYED:
        raise DestructionUnfinished(batch=batch.name)
    said = reason_in(opinion, field="opinion")
    confirm_password(tx, password)
    signature = tx.add(
        BatchSignature(
            batch_id=batch.id,
            part=Part.WITNESS,
            person_id=tx.person_id,
            digest=digest_now(batch, items_of(tx, batch.id)),
            opinion=said,
            signed_at=tx.now,
        )
    )
    tx.record("batch.witnessed", batch.subject, digest=signature.digest)
    return signature


def _check_approved(batch: Batch, step: str) -> None:
    if batch.state != BatchState.APPROVED:
        raise NotPossibleNow(
            subject="batch", thing=batch.subject, step=step, state=str(batch.state)
        )


def _actor(tx: Transaction, person_id: int) -> Actor:
    return actor_of(tx, tx.get(Person, person_id))


def _involved(tx: Transaction, batch: Batch) -> set[int | None]:
    """Everybody whose work a witness looks at."""
    return {
        batch.proposed_by_id,
        batch.approved_by_id,
        batch.executor_id,
        *panel_of(tx, batch.appraisal_id),
        *(signature.person_id for signature in all_signatures(tx, batch.id)),
    }


def _check_witness(tx: Transaction, batch: Batch) -> None:
    if tx.person_id not in {witness.person_id for witness in witnesses_of(tx, batch.id)}:
        raise NotAWitness(batch=batch.name, person=tx.actor.code)


def _item_said(tx: Transaction, batch: Batch, said: str) -> BatchItem:
    """The line whose label or code was said, locked."""
    labelled = tx.session.get(Label, label_token(said))
    record_id = labelled.record_id if labelled is not None else None
    meant = or_(Record.id == record_id, Record.code == right_form(said.strip()[:100]))
    item = tx.session.scalars(
        select(BatchItem)
        .join(Record, Record.id == BatchItem.record_id)
        .where(BatchItem.batch_id == batch.id, meant)
        .with_for_update(of=BatchItem)
    ).first()
    if item is None:
        raise NotInRegister(field="said", batch=batch.name, said=said.strip()[:80])
    return item
