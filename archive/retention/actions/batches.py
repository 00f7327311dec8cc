"""Verbs about the register of a batch: drawn up, frozen, opened again, given up [seed 5.4]."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from archive.access import Permission
from archive.db import insert_rows
from archive.reason import reason_in
from archive.retention.batch import (
    BATCH_WORKFLOW,
    ITEM_WORKFLOW,
    Batch,
    BatchEmpty,
    BatchItem,
    BatchState,
    ItemState,
    NotDestroyable,
    NothingToDestroy,
)
from archive.retention.batching import digest_now, register_lines, void_signatures
from archive.retention.queries.appraised import worthless_in
from archive.retention.queries.batches import items_of, witnesses_of
from archive.transaction import Transaction


def propose_batch(tx: Transaction, appraisal_id: int) -> Batch:
    """A register of everything a signed appraisal found worthless and nothing keeps.

    What is held, not due or in another batch meanwhile is left out; the appraisal keeps it.

    Raises:
        NothingToDestroy: there is nothing of it left.
    """
    appraisal = worthless_in(tx, appraisal_id)
    tx.require(Permission.DESTRUCTION_PROPOSE, appraisal.station_id)
    taken = select(BatchItem.record_id).where(BatchItem.open_in_batch)
    free = set(appraisal.opinions) - set(
        tx.session.scalars(taken.where(BatchItem.record_id.in_(appraisal.opinions)))
    )
    lines = register_lines(tx, sorted(free), appraisal.opinions)
    if not lines:
        raise NothingToDestroy(appraisal=appraisal.name)
    last = tx.session.scalar(select(func.max(Batch.serial)).where(Batch.year == tx.today.year))
    batch = tx.add(
        Batch(
            station_id=appraisal.station_id,
            year=tx.today.year,
            serial=(last or 0) + 1,
            appraisal_id=appraisal_id,
            proposed_by_id=tx.person_id,
            proposed_at=tx.now,
        )
    )
    insert_rows(tx.session, BatchItem, _listed(batch, lines))
    tx.record("batch.proposed", batch.subject, appraisal=appraisal.name, items=len(lines))
    for _, told in lines:
        tx.record("record.listed", f"record:{told['code']}", batch=batch.name)
    return batch


def drop_item(tx: Transaction, item_id: int, *, reason: str) -> BatchItem:
    """Take a line out of a register; one that was frozen loses every signature.

    Raises:
        ReasonMissing, NotPossibleNow: nothing is changed.
    """
    found = tx.get(BatchItem, item_id)
    batch = locked_batch(tx, found.batch_id, Permission.DESTRUCTION_PROPOSE)
    said = reason_in(reason)
    if batch.state != BatchState.DRAFT:
        _reopen(tx, batch, said)
    item = tx.get(BatchItem, item_id, lock=True)
    ITEM_WORKFLOW.target("withhold", item.state, thing=item.subject)
    tx.session.delete(item)
    tx.session.flush()
    tx.record("batch.item-dropped", batch.subject, record=item.told["code"], reason=said)
    return item


def freeze_register(tx: Transaction, batch_id: int) -> Batch:
    """The register as it stands now is what everybody signs; its digest is taken.

    Its lines are drawn up anew first, so that nothing old is signed for.

    Raises:
        BatchEmpty, NotDestroyable, NotPossibleNow: it stays a draft.
    """
    batch = locked_batch(tx, batch_id, Permission.DESTRUCTION_PROPOSE)
    BATCH_WORKFLOW.target("freeze", batch.state, thing=batch.subject)
    items = items_of(tx, batch.id)
    if not items:
        raise BatchEmpty(batch=batch.name)
    opinions = {item.record_id: item.told["opinion"] for item in items}
    lines = dict(register_lines(tx, [item.record_id for item in items], opinions))
    for position, item in enumerate(items, start=1):
        if item.record_id not in lines:
            raise NotDestroyable(record=item.told["code"])
        item.position = position
        item.told = lines[item.record_id]
        item.content_digest = item.told["content_digest"]
    tx.session.flush()
    BATCH_WORKFLOW.take("freeze", batch)
    batch.digest, batch.frozen_at = digest_now(batch, items), tx.now
    batch.cooling_days = tx.settings.destruction_cooling_days
    tx.record("batch.registered", batch.subject, digest=batch.digest, items=len(items))
    return batch


def reopen_register(tx: Transaction, batch_id: int, *, reason: str) -> Batch:
    """Back to a draft: whatever was signed, approved and counted falls.

    For who proposed it, for whoever has to sign it and sends it back, and for the leader.

    Raises:
        ReasonMissing, NotPossibleNow: nothing is changed.
    """
    batch = tx.get(Batch, batch_id, lock=True)
    may = (
        Permission.DESTRUCTION_PROPOSE,
        Permission.DESTRUCTION_SIGN,
        Permission.DESTRUCTION_APPROVE,
    )
    if not any(tx.can(permission, batch.station_id) for permission in may):
        tx.require(Permission.DESTRUCTION_PROPOSE, batch.station_id)
    _reopen(tx, batch, reason_in(reason))
    return batch


def cancel_batch(tx: Transaction, batch_id: int, *, reason: str) -> Batch:
    """Give a batch up; its records stay in the archive and can be appraised again.

    Raises:
        ReasonMissing, NotPossibleNow: nothing is changed.
    """
    batch = locked_batch(tx, batch_id, Permission.DESTRUCTION_PROPOSE)
    said = reason_in(reason)
    BATCH_WORKFLOW.take("cancel", batch)
    void_signatures(tx, batch, said)
    for item in items_of(tx, batch.id):
        item.open_in_batch = False
    batch.closed_at, batch.close_reason = tx.now, said
    tx.record("batch.cancelled", batch.subject, reason=said)
    return batch


def locked_batch(tx: Transaction, batch_id: int, permission: Permission) -> Batch:
    """The batch for a verb that changes it."""
    batch = tx.get(Batch, batch_id, lock=True)
    tx.require(permission, batch.station_id)
    return batch


def _listed(batch: Batch, lines: Sequence[tuple[int, dict[str, Any]]]) -> list[dict[str, Any]]:
    """The lines as rows of a register that is drawn up; thousands go in at once."""
    return [
        {
            "batch_id": batch.id,
            "record_id": record_id,
            "position": position,
            "told": told,
            "content_digest": told["content_digest"],
            "state": str(ItemState.LISTED),
            "open_in_batch": True,
            "withheld": "",
            "note": "",
            "failure": "",
            "version": 1,
        }
        for position, (record_id, told) in enumerate(lines, start=1)
    ]


def _reopen(tx: Transaction, batch: Batch, reason: str) -> None:
    BATCH_WORKFLOW.take("reopen", batch)
    void_signatures(tx, batch, reason)
    for witness in witnesses_of(tx, batch.id):
        tx.session.delete(witness)
    batch.approved_by_id = batch.approved_at = batch.executor_id = None
    batch.frozen_at = None
    tx.session.flush()  # from here on the database lets the lines change
    for item in items_of(tx, batch.id):
        if item.state == ItemState.COUNTED:
            ITEM_WORKFLOW.take("uncount", item)
            item.counted_by_id = item.counted_at = None
    tx.record("batch.reopened", batch.subject, reason=reason)
