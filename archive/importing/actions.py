"""Verbs about imports [seed 5.1]."""

from dataclasses import dataclass

from sqlalchemy import delete, insert, select, update

from archive.access import Permission
from archive.customers.actions.customers import open_dossier
from archive.customers.customer import Customer
from archive.errors import ArchiveError
from archive.holdings.actions.pairs import register_paper
from archive.holdings.actions.records import file_record
from archive.importing.cell import cell_kept
from archive.importing.fields import Known, ProblemCode, RowRead, read_row
from archive.importing.queries import Judged, known_for
from archive.importing.run import (
    RUN_WORKFLOW,
    ColumnMemory,
    ImportedRow,
    ImportRow,
    ImportRun,
    Outcome,
    RegisterNameMissing,
    RunState,
    Target,
    digest_of_row,
)
from archive.importing.source import Source
from archive.reason import says_something
from archive.transaction import ChangedMeanwhile, Transaction


def receive_register(
    tx: Transaction,
    station_id: int,
    *,
    target: Target,
    register: str,
    source: Source,
    sha256: str,
) -> ImportRun:
    """A register that was read, its rows kept until they are imported; nothing is imported yet.

    Raises:
        RegisterNameMissing: nothing is kept.
    """
    tx.require(Permission.REGISTER_IMPORT, station_id)
    if not says_something(register):
        raise RegisterNameMissing(field="register")
    run = tx.add(
        ImportRun(
            station_id=station_id,
            target=target,
            register=register.strip(),
            sha256=sha256,
            headings=list(source.headings),
            received_by_id=tx.person_id,
            received_at=tx.now,
        )
    )
    tx.session.execute(
        insert(ImportRow),
        [
            {
                "run_id": run.id,
                "line": row.line,
                "digest": digest_of_row(row.cells),
                "cells": [cell.kept() for cell in row.cells],
                "outcome": Outcome.WAITING,
                "problems": [],
            }
            for row in source.rows
        ],
    )
    tx.record(
        "import.received", run.subject, target=str(target), rows=len(source.rows), sha256=run.sha256
    )
    return run


def map_columns(tx: Transaction, run_id: int, judged: Judged) -> ImportRun:
    """Which column is which, remembered for the register, with what that makes of its rows.

    Only rows whose standing changes are written; nothing is imported that is not read once more.

    Raises:
        NotPossibleNow, ChangedMeanwhile: nothing changes.
    """
    run = tx.get(ImportRun, run_id, lock=True)
    tx.require(Permission.REGISTER_IMPORT, run.station_id)
    RUN_WORKFLOW.take("map", run)
    if run.version != judged.version:
        raise ChangedMeanwhile
    run.columns, run.kind_code = dict(judged.columns), judged.kind_code
    _remember(tx, run)
    changed = [
        {
            "id": row_id,
            "problems": problems,
            "outcome": Outcome.WRONG if problems else Outcome.WAITING,
        }
        for row_id, problems in judged.changed.items()
    ]
    if changed:
        tx.session.execute(update(ImportRow), changed)
    tx.record("import.mapped", run.subject, columns=run.columns, kind=run.kind_code)
    return run


def begin_import(tx: Transaction, run_id: int) -> ImportRun:
    """Every good row is owed from here on; the work goes on after the page is closed.

    Raises:
        NotPossibleNow: its columns are not mapped, or it is under way.
    """
    run = tx.get(ImportRun, run_id, lock=True)
    tx.require(Permission.REGISTER_IMPORT, run.station_id)
    RUN_WORKFLOW.take("begin", run)
    run.begun_by_id, run.begun_at, run.finished_at, run.note = tx.person_id, tx.now, None, ""
    tx.promise("import_rows", run_id=run.id)
    tx.record("import.begun", run.subject)
    return run


def discard_import(tx: Transaction, run_id: int) -> ImportRun:
    """Nothing of it is wanted; what its rows said is gone.

    Raises:
        NotPossibleNow: it was begun.
    """
    run = tx.get(ImportRun, run_id, lock=True)
    tx.require(Permission.REGISTER_IMPORT, run.station_id)
    RUN_WORKFLOW.take("discard", run)
    tx.session.execute(delete(ImportRow).where(ImportRow.run_id == run.id))
    tx.record("import.discarded", run.subject)
    return run


@dataclass(frozen=True, slots=True)
class Batch:
    """What a batch came to."""

    rows: int
    more: bool


def import_batch(tx: Transaction, run_id: int, *, most: int) -> Batch:
    """The next rows, all of them or none: records of paper only, or dossiers of customers.

    Raises:
        ArchiveError: whatever a row is refused for; the whole batch is undone.
    """
    run = tx.get(ImportRun, run_id, lock=True)
    tx.require(Permission.REGISTER_IMPORT, run.station_id)
    if run.state != RunState.RUNNING:
        return Batch(0, more=False)
    rows = list(tx.session.scalars(_waiting(run).limit(most)))
    if not rows:
        _finish(tx, run)
        return Batch(0, more=False)
    known = known_for(tx, run)
    for row in rows:
        _import(tx, run, row, known)
        tx.session.flush()
    return Batch(len(rows), more=True)


def refuse_next_row(tx: Transaction, run_id: int, refusal: ArchiveError) -> None:
    """The next row cannot be imported, and why; the rest can."""
    run = tx.get(ImportRun, run_id, lock=True)
    tx.require(Permission.REGISTER_IMPORT, run.station_id)
    row = tx.session.scalars(_waiting(run).limit(1)).first()
    if row is not None:
        field = getattr(refusal, "field", None) or ""
        row.outcome = Outcome.WRONG
        row.problems = [[field, str(ProblemCode.REFUSED), type(refusal).__name__]]


def stop_import(tx: Transaction, run_id: int, *, note: str) -> None:
    """It ends before its last row; what waits can be begun again."""
    run = tx.get(ImportRun, run_id, lock=True)
    if run.state == RunState.RUNNING:
        run.note = note
        _finish(tx, run)


def _import(tx: Transaction, run: ImportRun, row: ImportRow, known: Known) -> None:
    if _imported_before(tx, run, ImportedRow.digest == row.digest):
        row.outcome = Outcome.DOUBLE
        return
    read = _read(run, row, known)
    problem = _taken(tx, run, read)
    if read.problems or problem:
        row.outcome = Outcome.WRONG
        row.problems = [[key, str(code)] for key, code in (*read.problems, *problem)]
        return
    old_code = ""
    if read.record is not None:
        record = file_record(tx, run.station_id, read.record.described, source="import")
        row.record_id, old_code = record.id, read.record.old_code
        if read.record.pages:
            register_paper(tx, record.id, pages=read.record.pages)
    elif read.customer is not None:
        row.customer_id = open_dossier(tx, run.station_id, read.customer, source="import").id
    tx.add(
        ImportedRow(
            station_id=run.station_id,
            target=run.target,
            register=run.register,
            digest=row.digest,
            old_code=old_code,
            record_id=row.record_id,
            customer_id=row.customer_id,
        )
    )
    row.outcome, row.cells, row.problems = Outcome.IMPORTED, [], []


def _taken(tx: Transaction, run: ImportRun, read: RowRead) -> list[tuple[str, ProblemCode]]:
    """What of the row is somebody else's already."""
    if read.record is not None and read.record.old_code:
        if _imported_before(tx, run, ImportedRow.old_code == read.record.old_code):
            return [("old_code", ProblemCode.OLD_CODE)]
    elif read.customer is not None:
        taken = select(Customer.id).where(
            Customer.station_id == run.station_id,
            Customer.number == read.customer.tidied().number,
        )
        if tx.session.scalar(taken) is not None:
            return [("number", ProblemCode.TAKEN)]
    return []


def _imported_before(tx: Transaction, run: ImportRun, known_by: object) -> bool:
    query = select(ImportedRow.id).where(
        ImportedRow.station_id == run.station_id,
        ImportedRow.target == run.target,
        ImportedRow.register == run.register,
        known_by,  # type: ignore[arg-type]
    )
    return tx.session.scalar(query) is not None


def _waiting(run: ImportRun):  # type: ignore[no-untyped-def]  # noqa: ANN202 - a select of rows
    return (
        select(ImportRow)
        .where(ImportRow.run_id == run.id, ImportRow.outcome == Outcome.WAITING)
        .order_by(ImportRow.line)
    )


def _finish(tx: Transaction, run: ImportRun) -> None:
    RUN_WORKFLOW.take("finish", run)
    run.finished_at = tx.now
    if not run.note:
        tx.session.execute(
            update(ImportRow)
            .where(ImportRow.run_id == run.id, ImportRow.outcome == Outcome.DOUBLE)
            .values(cells=[])
        )
    tx.record("import.finished", run.subject, note=run.note)


def _read(run: ImportRun, row: ImportRow, known: Known) -> RowRead:
    return read_row(run.target, run.columns, [cell_kept(one) for one in row.cells], known)


def _remember(tx: Transaction, run: ImportRun) -> None:
    headings = {key: run.headings[at] for key, at in run.columns.items()}
    memory = tx.session.scalar(
        select(ColumnMemory).where(
            ColumnMemory.station_id == run.station_id,
            ColumnMemory.target == run.target,
            ColumnMemory.register == run.register,
        )
    )
    if memory is None:
        memory = tx.add(
            ColumnMemory(
                station_id=run.station_id,
                target=run.target,
                register=run.register,
                headings=headings,
            )
        )
    memory.headings, memory.kind_code = headings, run.kind_code
