"""What the verbs and jobs of a batch share: its lines, its digest, its signatures, its end."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from archive.holdings.file_plan import RecordKind
from archive.holdings.pair import Electronic, Pair
from archive.holdings.pairing import locked_pair
from archive.holdings.record import GOING, RECORD_WORKFLOW, Record
from archive.retention.batch import (
    BATCH_WORKFLOW,
    ITEM_WORKFLOW,
    Batch,
    BatchItem,
    BatchState,
    ItemState,
    register_digest,
    register_line,
)
from archive.retention.certificate import outstanding_backups
from archive.retention.department import Department
from archive.retention.queries.batches import witnesses_of
from archive.retention.queries.due import DueState, due_of
from archive.retention.queries.holds import holds_on, in_pieces
from archive.retention.signing import BatchSignature, NotAWitness, check_witnessed
from archive.retention.tombstone import bury, lasting_title
from archive.transaction import Transaction
from archive.workflow import NotPossibleNow


def register_lines(
    tx: Transaction, record_ids: Sequence[int], opinions: dict[int, str]
) -> list[tuple[int, dict[str, Any]]]:
    """Register lines of the records that may be destroyed now, by archival code."""
    due, held = due_of(tx, record_ids), holds_on(tx, record_ids)
    lines = []
    for record, kind, pair in records_of(tx, record_ids):
        ends = due[record.id]
        if (
            ends.state != DueState.EXPIRED
            or ends.protected_through is None
            or held.get(record.id)
            or record.state in GOING
        ):
            continue
        told = register_line(
            code=record.code,
            title=lasting_title(record, kind),
            year=record.year,
            retention=kind.retention,
            protected_through=ends.protected_through,
            today=tx.today,
            pages=max(pair.paper_pages, pair.electronic_pages, record.pages),
            content_digest=content_of(pair),
            opinion=opinions[record.id],
        )
        lines.append((record.id, told))
    return lines


def records_of(tx: Transaction, record_ids: Sequence[int]) -> list[tuple[Record, RecordKind, Pair]]:
    """The records with kind and pair, by archival code."""
    found = []
    for ids in in_pieces(record_ids):
        query = (
            select(Record, RecordKind, Pair)
            .join(RecordKind, RecordKind.id == Record.kind_id)
            .join(Pair, Pair.record_id == Record.id)
            .where(Record.id.in_(ids))
        )
        found += [(record, kind, pair) for record, kind, pair in tx.session.execute(query)]
    return sorted(found, key=lambda row: row[0].code)


def content_of(pair: Pair) -> str:
    """The digest of the electronic copy there is to destroy; empty where there is none."""
    return pair.electronic_digest if pair.electronic == Electronic.PRESENT else ""


def digest_now(batch: Batch, items: Sequence[BatchItem]) -> str:
    """The digest of the register as it is kept now."""
    return register_digest(batch.name, [item.told for item in items])


def void_signatures(tx: Transaction, batch: Batch, reason: str) -> None:
    """Every signature falls; they stay to be seen, with why."""
    standing = select(BatchSignature).where(
        BatchSignature.batch_id == batch.id, BatchSignature.voided_at.is_(None)
    )
    for signature in tx.session.scalars(standing):
        signature.voided_at, signature.void_reason = tx.now, reason


def check_supervised(tx: Transaction, batch: Batch, items: list[BatchItem]) -> None:
    """Refuse to go on without the witnesses the law asks for.

    Raises:
        WitnessesMissing: with the departments.
    """
    going = [item for item in items if item.state != ItemState.WITHHELD]
    check_witnessed(
        [Department(one.department) for one in witnesses_of(tx, batch.id)],
        electronic=any(item.content_digest for item in going),
    )


def settle_items(tx: Transaction, batch: Batch, items: Sequence[BatchItem]) -> None:
    """What is gone on both sides is destroyed; with the last of them the batch is."""
    kinds = {
        record.id: kind for record, kind, _ in records_of(tx, [item.record_id for item in items])
    }
    for item in items:
        if item.state != ItemState.DESTROYING:
            continue
        if item.electronic_gone_at is None or item.paper_gone_at is None:
            continue
        record, _ = locked_pair(tx, item.record_id)
        ITEM_WORKFLOW.take("destroy", item)
        RECORD_WORKFLOW.take("destroy", record)
        bury(record, kinds[record.id])
        tx.record("record.destroyed", record.subject, batch=batch.name, digest=item.content_digest)
    tx.session.flush()
    left = select(BatchItem.id).where(
        BatchItem.batch_id == batch.id, BatchItem.state == ItemState.DESTROYING
    )
    if tx.session.scalars(left.limit(1)).first() is None:
        BATCH_WORKFLOW.take("finish", batch)
        batch.finished_at = tx.now
        tx.record("batch.destroyed", batch.subject, digest=batch.digest)


def settle_backups(tx: Transaction) -> int:
    """Batches that no backup holds any more say so, and their certificate with them.

    For the daily round as well: a backup also ends by itself, on its day.
    """
    waiting = select(Batch).where(
        Batch.state == BatchState.CLOSED, Batch.backups_clear_at.is_(None)
    )
    cleared = 0
    for batch in tx.session.scalars(waiting.with_for_update(key_share=True)).all():
        if outstanding_backups(tx, batch):
            continue
        batch.backups_clear_at = tx.now
        cleared += 1
        tx.record("batch.backups-clear", batch.subject)
        tx.promise("print_certificate", batch_id=batch.id)
    return cleared


def check_photographed(tx: Transaction, batch: Batch) -> None:
    """Refuse photographs but from who carries it out and its witnesses, while it is carried out.

    Raises:
        NotAWitness, NotPossibleNow: no photographs are taken in.
    """
    named = {batch.executor_id, *(one.person_id for one in witnesses_of(tx, batch.id))}
    if tx.person_id not in named:
        raise NotAWitness(batch=batch.name, person=tx.actor.code)
    if batch.state not in {BatchState.DESTROYING, BatchState.DESTROYED}:
        raise NotPossibleNow(
            subject="batch", thing=batch.subject, step="photo", state=str(batch.state)
        )
