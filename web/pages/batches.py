"""销毁批次: the list, drawing one up from an appraisal, and one batch with its register."""

from fastapi import APIRouter
from starlette.responses import Response

from archive.access import Permission
from archive.errors import ArchiveError
from archive.holdings.queries.record_seen import record_seen
from archive.retention.actions import batches as verbs
from archive.retention.actions import execution
from archive.retention.batch import BATCH_WORKFLOW, Batch, BatchState
from archive.retention.queries.batch_tasks import (
    AppraisalReady,
    Going,
    appraisals_ready,
    going,
)
from archive.retention.queries.batches import (
    BatchLine,
    BatchSeen,
    batch_seen,
    batches,
    count_batches,
    seen_batch,
)
from archive.transaction import Transaction
from web.deps import Form, PostedForm, SignedIn, Visit
from web.errors import status_of
from web.exports import form_asked
from web.listing import Listing
from web.page import go, show
from web.pages import batch_told as told
from web.pages.around import just_done
from web.pages.batch_register import (
    asked_of,
    register_facts,
    register_file,
    register_page,
    register_parts,
)
from web.pages.batch_told import HERE
from web.parts import Column, FormState, Link, Option
from web.typed import RowNumber, given

router = APIRouter(prefix=HERE)


@router.get("")
def batch_list(visit: SignedIn) -> Response:
    return _list_page(visit, FormState())


@router.post("")
def propose(visit: SignedIn, form: PostedForm) -> Response:
    """A register of what an appraisal found worthless."""

    def work(tx: Transaction) -> Batch:
        chosen = {str(one.appraisal.id): one.appraisal.id for one in appraisals_ready(tx)}
        appraisal_id = given(chosen.get(form.text("appraisal")), "appraisal")
        return verbs.propose_batch(tx, appraisal_id)

    outcome = visit.attempt(work)
    if outcome.error is None:
        return go(f"{HERE}/{outcome.value.id}?done=proposed")
    return _list_page(visit, visit.form_state(form, outcome.error), status_of(outcome.error))


@router.get("/{batch_id}")
def one(visit: SignedIn, batch_id: RowNumber) -> Response:
    file = form_asked(visit)
    return (
        register_file(visit, batch_id, file) if file else batch_page(visit, batch_id, FormState())
    )


@router.post("/{batch_id}/freeze")
def freeze(visit: SignedIn, batch_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> None:
        seen_batch(tx, batch_id)
        verbs.freeze_register(tx, batch_id)

    return done(visit, batch_id, form, visit.attempt(work).error, "frozen")


@router.post("/{batch_id}/reopen")
def reopen(visit: SignedIn, batch_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> None:
        seen_batch(tx, batch_id)
        verbs.reopen_register(tx, batch_id, reason=form.text("reason"))

    return done(visit, batch_id, form, visit.attempt(work).error, "reopened")


@router.post("/{batch_id}/cancel")
def cancel(visit: SignedIn, batch_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> None:
        seen_batch(tx, batch_id)
        verbs.cancel_batch(tx, batch_id, reason=form.text("reason"))

    return done(visit, batch_id, form, visit.attempt(work).error, "cancelled")


@router.post("/{batch_id}/close")
def close(visit: SignedIn, batch_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> None:
        seen_batch(tx, batch_id)
        execution.close_batch(tx, batch_id)

    return done(visit, batch_id, form, visit.attempt(work).error, "closed")


def done(
    visit: Visit, batch_id: int, form: Form, error: ArchiveError | None, what: str
) -> Response:
    """Back to the batch after a step, or its page again with what stands against it."""
    if error is None:
        return go(f"{HERE}/{batch_id}?done={what}")
    return batch_page(visit, batch_id, visit.form_state(form, error), status_of(error))


def _list_page(visit: Visit, state: FormState, status: int = 200) -> Response:
    listing = Listing.asked(visit, filters=("state",))
    chosen = listing.text("state")
    wanted = BatchState(chosen) if chosen in set(BatchState) else None
    with visit.reading() as tx:
        lines = batches(tx, state=wanted, limit=listing.per_page, offset=listing.offset)
        total = count_batches(tx, state=wanted)
        ready = appraisals_ready(tx)
        may_see_backups = tx.can(Permission.BACKUP_KEEP) or tx.can(Permission.DESTRUCTION_PROPOSE)
    return show(
        visit,
        "batches/list.html",
        status=status,
        state=state if state.errors else FormState(dict(listing.filters)),
        crumbs=told.around(visit),
        here=HERE,
        ready=[_ready(visit, one) for one in ready],
        states=[Option(str(each), visit.t(f"state-batch.{each}")) for each in BatchState],
        filtered=wanted is not None,
        may_see_backups=may_see_backups,
        columns=[
            Column("name", visit.t("batches.one"), "link"),
            Column("station", visit.t("batches.station")),
            Column("state", visit.t("batches.state"), "status"),
            Column("items", visit.t("batches.items"), "number"),
            Column("destroyed", visit.t("item-state.destroyed"), "number"),
            Column("withheld", visit.t("item-state.withheld"), "number"),
            Column("at", visit.t("batches.proposed_at"), "moment"),
        ],
        rows=[_row(visit, line) for line in lines],
        pages=listing.pages(len(lines), total),
    )


def _ready(visit: Visit, one: AppraisalReady) -> dict[str, object]:
    return {
        "id": one.appraisal.id,
        "told": visit.t("batches.ready_n", appraisal=one.appraisal.name, n=one.records),
        "title": one.appraisal.title,
    }


def _row(visit: Visit, line: BatchLine) -> dict[str, object]:
    return {
        "name": Link(line.batch.name, f"{HERE}/{line.batch.id}"),
        "station": line.station.name,
        "state": told.batch_status(visit, line.batch),
        "items": line.items,
        "destroyed": line.destroyed,
        "withheld": line.withheld,
        "at": line.batch.proposed_at,
    }


def batch_page(visit: Visit, batch_id: int, state: FormState, status: int = 200) -> Response:
    """One batch whole, with a page of its register."""
    listing = asked_of(visit, batch_id)
    with visit.reading() as tx:
        seen = batch_seen(tx, batch_id)
        amount = going(tx, batch_id)
        register = register_page(tx, batch_id, listing)
        certificate = _certificate(tx, seen.batch)
        now = tx.now
    printed = certificate is not None and bool(certificate["printed"])
    return show(
        visit,
        "batches/batch.html",
        status=status,
        state=FormState({**listing.filters, **state.values}, state.errors),
        seen=seen,
        batch=seen.batch,
        notice_text=just_done(visit, "batches") if status == 200 else "",
        certificate=certificate,
        facts=[*told.facts(visit, seen), *register_facts(visit, register.whole)],
        **register_parts(visit, register, seen.counts, printed=printed),
        **_parts(visit, seen, amount),
        todos=told.todos(visit, seen, now),
        may=_may(visit, seen),
    )


def _parts(visit: Visit, seen: BatchSeen, amount: Going) -> dict[str, object]:
    return {
        "crumbs": told.around(visit, seen.batch),
        "here": f"{HERE}/{seen.batch.id}",
        "batch_state": told.batch_status(visit, seen.batch),
        "lead": told.lead(visit, seen, amount),
        "steps": told.steps(visit, seen),
        "waits": visit.t(f"batches.waits.{seen.batch.state}"),
        "signature_columns": told.signature_columns(visit),
        "signatures": told.signature_rows(visit, seen),
        "witnesses": told.witness_rows(visit, seen),
        "missing": [visit.t(f"department.{one}") for one in seen.departments_missing],
        "voided_columns": [
            Column("part", visit.t("batches.part")),
            Column("who", visit.t("batches.who")),
            Column("reason", visit.t("batches.void_reason")),
            Column("at", visit.t("batches.voided_at"), "moment"),
        ],
        "voided": told.voided_rows(visit, seen),
    }


def _may(visit: Visit, seen: BatchSeen) -> dict[str, bool]:
    """Which of the ways back stand open to this person."""
    station_id, state = seen.batch.station_id, BatchState(seen.batch.state)
    proposes = visit.actor.may(Permission.DESTRUCTION_PROPOSE, station_id)
    sends_back = proposes or any(
        visit.actor.may(permission, station_id)
        for permission in (Permission.DESTRUCTION_SIGN, Permission.DESTRUCTION_APPROVE)
    )
    return {
        "reopen": sends_back and BATCH_WORKFLOW.allows("reopen", state),
        "cancel": proposes and BATCH_WORKFLOW.allows("cancel", state),
        "photos": seen.batch.begun_at is not None,
    }


def _certificate(tx: Transaction, batch: Batch) -> dict[str, object] | None:
    """The record the certificate is, and whether its PDF is there and may be read."""
    if batch.certificate_record_id is None or not tx.can(Permission.RECORD_READ, batch.station_id):
        return None
    seen = record_seen(tx, batch.certificate_record_id)
    printed = seen.current is not None and bool(seen.current.rendition_key)
    return {"id": seen.record.id, "code": seen.record.code, "printed": printed}
