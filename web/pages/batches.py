"""销毁批次: the list, drawing one up from an appraisal, and one batch with its register."""

from collections.abc import Iterable
from dataclasses import replace

from fastapi import APIRouter
from starlette.responses import Response

from archive.access import Permission
from archive.errors import ArchiveError
from archive.holdings.queries.record_seen import record_seen
from archive.reports.spreadsheet import Form as FileForm
from archive.reports.spreadsheet import Row
from archive.retention.actions import batches as verbs
from archive.retention.actions import execution
from archive.retention.batch import BATCH_WORKFLOW, Batch, BatchItem, BatchState, ItemState
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
    items_page,
    own_item,
    seen_batch,
)
from archive.transaction import Transaction
from web.deps import Form, PostedForm, SignedIn, Visit
from web.errors import status_of
from web.exports import download, form_asked, headings
from web.listing import Listing
from web.page import go, show
from web.pages import batch_told as told
from web.pages.around import just_done
from web.pages.batch_told import HERE
from web.parts import Column, FormState, Link, Option, Pages
from web.typed import RowNumber, given

router = APIRouter(prefix=HERE)

AT_ONCE = 500
FILE_COLUMNS = {
    "position": "number",
    "code": "text",
    "name": "text",
    "year": "number",
    "retention": "text",
    "kept_years": "number",
    "protected_through": "text",
    "pages": "number",
    "electronic": "text",
    "reason": "text",
    "state": "text",
    "withheld": "text",
    "content_digest": "text",
}


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
    return _file(visit, batch_id, file) if file else batch_page(visit, batch_id, FormState())


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


@router.get("/{batch_id}/items/{item_id}")
def item(visit: SignedIn, batch_id: RowNumber, item_id: RowNumber) -> Response:
    return _item_page(visit, batch_id, item_id, FormState())


@router.post("/{batch_id}/items/{item_id}/drop")
def drop(visit: SignedIn, batch_id: RowNumber, item_id: RowNumber, form: PostedForm) -> Response:
    """Take a line out; what was signed falls."""

    def work(tx: Transaction) -> None:
        own_item(tx, batch_id, item_id)
        verbs.drop_item(tx, item_id, reason=form.text("reason"))

    error = visit.attempt(work).error
    if error is None:
        return go(f"{HERE}/{batch_id}?done=dropped")
    return _item_page(visit, batch_id, item_id, visit.form_state(form, error), status_of(error))


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
    asked = Listing.asked(visit, filters=("item",))
    listing = replace(asked, path=f"{HERE}/{batch_id}")
    chosen = listing.text("item")
    narrowed = ItemState(chosen) if chosen in set(ItemState) else None
    with visit.reading() as tx:
        seen = batch_seen(tx, batch_id)
        amount = going(tx, batch_id)
        shown = items_page(
            tx, batch_id, limit=listing.per_page, offset=listing.offset, state=narrowed
        )
        certificate = _certificate(tx, seen.batch)
        now = tx.now
    total = seen.counts.get(narrowed, 0) if narrowed else seen.line.items
    return show(
        visit,
        "batches/batch.html",
        status=status,
        state=FormState({**listing.filters, **state.values}, state.errors),
        seen=seen,
        batch=seen.batch,
        notice_text=just_done(visit, "batches") if status == 200 else "",
        certificate=certificate,
        pages=_leafing(listing, len(shown), total, certificate, batch_id),
        rows=[_item_row(visit, each) for each in shown],
        item_states=[
            Option(each, visit.t(f"item-state.{each}")) for each in ItemState if each in seen.counts
        ],
        **_parts(visit, seen, amount),
        todos=told.todos(visit, seen, now),
        may=_may(visit, seen),
    )


def _leafing(
    listing: Listing,
    shown: int,
    total: int,
    certificate: dict[str, object] | None,
    batch_id: int,
) -> Pages | None:
    """Where in the register one is; once closed, what is printed is the certificate as kept."""
    pages = listing.pages(shown, total, exports=True)
    if pages is not None and certificate is not None and certificate["printed"]:
        return replace(pages, print_href=f"{HERE}/{batch_id}/certificate.pdf")
    return pages


def _parts(visit: Visit, seen: BatchSeen, amount: Going) -> dict[str, object]:
    return {
        "crumbs": told.around(visit, seen.batch),
        "here": f"{HERE}/{seen.batch.id}",
        "batch_state": told.batch_status(visit, seen.batch),
        "lead": told.lead(visit, seen, amount),
        "steps": told.steps(visit, seen),
        "waits": visit.t(f"batches.waits.{seen.batch.state}"),
        "facts": told.facts(visit, seen),
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
        "columns": _item_columns(visit),
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


def _item_columns(visit: Visit) -> list[Column]:
    return [
        Column("position", visit.t("batches.position"), "number"),
        Column("code", visit.t("batches.code"), "link"),
        Column("title", visit.t("batches.name")),
        Column("year", visit.t("batches.year")),
        Column("retention", visit.t("batches.retention")),
        Column("through", visit.t("batches.protected_through")),
        Column("pages", visit.t("batches.pages"), "number"),
        Column("electronic", visit.t("batches.electronic")),
        Column("state", visit.t("batches.state"), "status"),
        Column("why", visit.t("batches.remark")),
    ]


def _item_row(visit: Visit, item: BatchItem) -> dict[str, object]:
    line = item.told
    return {
        "position": item.position,
        "code": Link(line["code"], f"{HERE}/{item.batch_id}/items/{item.id}"),
        "title": line["title"],
        "year": str(line["year"]),
        "retention": told.period(visit, line["retention"]),
        "through": line["protected_through"],
        "pages": line["pages"],
        "electronic": visit.t("batches.yes" if line["electronic"] else "batches.no"),
        "state": told.item_status(visit, item),
        "why": told.why_withheld(visit, item) or told.failure(visit, item),
    }


def _item_page(
    visit: Visit, batch_id: int, item_id: int, state: FormState, status: int = 200
) -> Response:
    with visit.reading() as tx:
        found = own_item(tx, batch_id, item_id)
        batch = seen_batch(tx, batch_id)
        may = tx.can(Permission.DESTRUCTION_PROPOSE, batch.station_id)
        readable = tx.can(Permission.RECORD_READ, batch.station_id)
    open_register = batch.state == BatchState.DRAFT or BATCH_WORKFLOW.allows("reopen", batch.state)
    return show(
        visit,
        "batches/item.html",
        status=status,
        state=state,
        crumbs=told.around(visit, batch, found.told["code"]),
        here=f"{HERE}/{batch_id}",
        batch=batch,
        item=found,
        line=found.told,
        row=_item_row(visit, found),
        readable=readable,
        may_drop=may and open_register and found.open_in_batch,
        voids=batch.state != BatchState.DRAFT,
    )


def _file(visit: Visit, batch_id: int, form: FileForm) -> Response:
    """The whole register, not only the lines of the page shown."""
    listing = Listing.asked(visit, filters=("item",))

    def rows(tx: Transaction) -> Iterable[Row]:
        at = 0
        while piece := items_page(tx, batch_id, limit=AT_ONCE, offset=at):
            yield from (_line(visit, each) for each in piece)
            at += len(piece)

    with visit.reading() as tx:
        seen_batch(tx, batch_id)
    columns = headings(visit, "destruction", **FILE_COLUMNS)
    return download(visit, listing, what="destruction", form=form, columns=columns, rows=rows)


def _line(visit: Visit, item: BatchItem) -> Row:
    line = item.told
    return {
        **{name: line[name] for name in ("code", "year", "kept_years", "protected_through")},
        "position": item.position,
        "name": line["title"],
        "pages": line["pages"],
        "content_digest": line["content_digest"],
        "retention": line["retention"],
        "electronic": visit.t("batches.yes" if line["electronic"] else "batches.no"),
        "reason": line["opinion"],
        "state": visit.t(f"item-state.{item.state}"),
        "withheld": told.why_withheld(visit, item),
    }
