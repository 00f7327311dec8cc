"""Verbs of the execution: begin, paper gone, go on, close [seed 5.4]."""

from collections.abc import Sequence

from sqlalchemy import select

from archive.access import Permission
from archive.holdings.pair import Pair, Paper
from archive.holdings.record import RECORD_WORKFLOW, Record
from archive.people.actions import confirm_password
from archive.reason import says_something
from archive.retention.actions.batches import locked_batch
from archive.retention.batch import (
    BATCH_WORKFLOW,
    ITEM_WORKFLOW,
    Batch,
    BatchItem,
    BatchState,
    DestructionUnfinished,
    ExecutionIncomplete,
    ItemState,
    NothingToDestroy,
    PapersDiffer,
    RegisterChanged,
    Withheld,
)
from archive.retention.batching import (
    check_supervised,
    content_of,
    digest_now,
    records_of,
    settle_items,
)
from archive.retention.certificate import outstanding_backups
from archive.retention.filed_paper import file_paper
from archive.retention.queries.batches import all_signatures, items_of, witnesses_of
from archive.retention.queries.due import DueState, due_of
from archive.retention.queries.holds import holds_on, in_pieces
from archive.retention.signing import BEFORE_APPROVAL, NotTheExecutor, Part
from archive.shelving.moving import paper_destroyed
from archive.transaction import Transaction
from archive.workflow import NotPossibleNow

CERTIFICATE_KIND = "destruction-register"
"""Kind of the file plan that registers and certificates are filed as, for ever."""


def begin_destruction(
    tx: Transaction, batch_id: int, *, place: str, method: str, password: str
) -> Batch:
    """The point of no return: every line is looked at once more, and what passes is destroyed.

    Due date, holds, loans, pair and content are read again in this one transaction; what is not
    as it was registered is withheld. The objects go by promise, after the commit.

    Raises:
        NotTheExecutor, WitnessesMissing, StillCooling, RegisterChanged, ExecutionIncomplete,
        NothingToDestroy, WrongPassword, NotPossibleNow: nothing is destroyed.
    """
    batch = locked_batch(tx, batch_id, Permission.DESTRUCTION_EXECUTE)
    BATCH_WORKFLOW.target("begin", batch.state, thing=batch.subject)
    if batch.executor_id != tx.person_id:
        raise NotTheExecutor(batch=batch.name, person=tx.actor.code)
    batch.check_cooled(tx.now)
    for field, said in (("place", place), ("method", method)):
        if not says_something(said):
            raise ExecutionIncomplete(field=field)
    items = items_of(tx, batch.id)
    check_supervised(tx, batch, items)
    _check_leave(tx, batch, items)
    confirm_password(tx, password)
    going = _withhold_what_changed(tx, batch, items)
    if not going:
        raise NothingToDestroy(batch=batch.name)
    BATCH_WORKFLOW.take("begin", batch)
    batch.place, batch.method, batch.begun_at = place.strip(), method.strip(), tx.now
    tx.session.flush()
    _begin_items(tx, batch, going)
    tx.record(
        "batch.begun",
        batch.subject,
        digest=batch.digest,
        items=len(going),
        withheld=len(items) - len(going),
    )
    tx.promise("destroy_batch", batch_id=batch.id)
    return batch


def confirm_papers_destroyed(
    tx: Transaction, batch_id: int, *, count: int, weight_kg: str = "", password: str
) -> Batch:
    """The executor has destroyed the paper before the witnesses, and counted it.

    Raises:
        PapersDiffer: more or fewer than the lines that were to go.
        NotTheExecutor, WrongPassword, NotPossibleNow: nothing is set down.
    """
    batch = locked_batch(tx, batch_id, Permission.DESTRUCTION_EXECUTE)
    if batch.executor_id != tx.person_id:
        raise NotTheExecutor(batch=batch.name, person=tx.actor.code)
    if batch.state != BatchState.DESTROYING or batch.paper_destroyed_at is not None:
        raise NotPossibleNow(
            subject="batch", thing=batch.subject, step="paper", state=str(batch.state)
        )
    going = [item for item in items_of(tx, batch.id) if item.state == ItemState.DESTROYING]
    if count != len(going):
        raise PapersDiffer(field="count", given=count, papers=len(going))
    confirm_password(tx, password)
    for item in going:
        paper_destroyed(tx, item.record_id, note=batch.name)
        item.paper_gone_at = tx.now
    batch.paper_destroyed_at, batch.paper_count = tx.now, count
    batch.weight_kg = weight_kg.strip()
    tx.record("batch.paper-destroyed", batch.subject, count=count, place=batch.place)
    settle_items(tx, batch, going)
    return batch


def go_on_destroying(tx: Transaction, batch_id: int) -> Batch:
    """Try again what the store would not destroy; harmless where nothing is left.

    Raises:
        NotPossibleNow: nothing of the batch is being destroyed.
    """
    batch = locked_batch(tx, batch_id, Permission.DESTRUCTION_EXECUTE)
    if batch.state != BatchState.DESTROYING:
        raise NotPossibleNow(
            subject="batch", thing=batch.subject, step="go-on", state=str(batch.state)
        )
    tx.record("batch.gone-on", batch.subject)
    tx.promise("destroy_batch", batch_id=batch.id)
    return batch


def close_batch(tx: Transaction, batch_id: int) -> Batch:
    """All witnesses have signed: register and certificate are filed as a record kept for ever.

    Raises:
        DestructionUnfinished: a witness has not signed.
        NotPossibleNow: it is not destroyed, or closed already.
    """
    batch = locked_batch(tx, batch_id, Permission.DESTRUCTION_PROPOSE)
    BATCH_WORKFLOW.target("close", batch.state, thing=batch.subject)
    signed = {one.person_id for one in all_signatures(tx, batch.id) if one.part == Part.WITNESS}
    if signed != {witness.person_id for witness in witnesses_of(tx, batch.id)}:
        raise DestructionUnfinished(batch=batch.name)
    title = f"{batch.name}销毁清册、批准及监销记录"
    record = file_paper(tx, batch.station_id, CERTIFICATE_KIND, title, number=batch.name)
    batch.certificate_record_id = record.id
    BATCH_WORKFLOW.take("close", batch)
    batch.closed_at = tx.now
    if not outstanding_backups(tx, batch):
        batch.backups_clear_at = tx.now
    tx.record("batch.closed", batch.subject, certificate=record.code)
    tx.promise("print_certificate", batch_id=batch.id)
    return batch


def _check_leave(tx: Transaction, batch: Batch, items: Sequence[BatchItem]) -> None:
    """Refuse what is not exactly what all five signed.

    Raises:
        RegisterChanged: a signature is missing or covers something else.
    """
    standing = {Part(one.part): one.digest for one in all_signatures(tx, batch.id)}
    needed = {*BEFORE_APPROVAL, Part.LEADER}
    if batch.digest != digest_now(batch, items) or any(
        standing.get(part) != batch.digest for part in needed
    ):
        raise RegisterChanged(batch=batch.name)


def _withhold_what_changed(
    tx: Transaction, batch: Batch, items: Sequence[BatchItem]
) -> list[BatchItem]:
    """Lock every record, look once more, and give what may go; the rest is withheld."""
    counted = [item for item in items if item.state == ItemState.COUNTED]
    ids = sorted(item.record_id for item in counted)
    for piece in in_pieces(ids):
        tx.session.execute(
            select(Record.id)
            .where(Record.id.in_(piece))
            .order_by(Record.id)
            .with_for_update(key_share=True)
        )
    due, held = due_of(tx, ids), holds_on(tx, ids)
    now = {record.id: (record, kind, pair) for record, kind, pair in records_of(tx, ids)}
    going = []
    for item in counted:
        record, kind, pair = now[item.record_id]
        told = item.told
        as_registered = _paper_here(pair) and (kind.retention, content_of(pair)) == (
            told["retention"],
            item.content_digest,
        )
        why = None
        if due[record.id].state != DueState.EXPIRED:
            why = Withheld.NOT_DUE
        elif held.get(record.id):
            why = Withheld.HELD
        elif not as_registered:
            why = Withheld.CHANGED
        if why is None:
            going.append(item)
            continue
        item.withhold(why, ",".join(sorted({str(one.kind) for one in held.get(record.id, ())})))
        tx.record(
            "batch.item-withheld", batch.subject, record=told["code"], why=str(why), note=item.note
        )
    return going


def _paper_here(pair: Pair) -> bool:
    return pair.paper in {Paper.REGISTERED, Paper.PLACED}


def _begin_items(tx: Transaction, batch: Batch, items: Sequence[BatchItem]) -> None:
    for item in items:
        ITEM_WORKFLOW.take("begin", item)
    tx.session.flush()  # the database lets no record go that no begun line names
    for record, _, _ in records_of(tx, [item.record_id for item in items]):
        RECORD_WORKFLOW.take("begin-destruction", record)
        tx.record("record.destruction-begun", record.subject, batch=batch.name)
    tx.session.flush()
