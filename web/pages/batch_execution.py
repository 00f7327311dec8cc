"""Carrying a batch out: the point of no return, what is left, the paper, photographs."""

from functools import partial

from fastapi import APIRouter, Request
from starlette.responses import Response

from archive.access import Permission
from archive.errors import ArchiveError, NotFound
from archive.holdings.queries.record_seen import record_seen
from archive.retention.actions import execution as verbs
from archive.retention.batch import BatchItem, BatchState, ItemState
from archive.retention.batching import check_photographed
from archive.retention.photographing import receive_photos, recognise_photo
from archive.retention.queries.batch_lines import LineFilter, items_page
from archive.retention.queries.batch_tasks import Going, going
from archive.retention.queries.batches import (
    BatchSeen,
    batch_seen,
    own_photo,
    seen_batch,
)
from archive.transaction import NoSuchThing, Transaction
from web import typed, uploads
from web.deps import Form, PostedForm, SignedIn, Visit
from web.errors import status_of
from web.images import image
from web.page import go, show
from web.pages import batch_told as told
from web.pages.around import just_done
from web.pages.batch_told import HERE
from web.parts import Column, FormState, Link, Progress, Signing, Upload
from web.typed import RowNumber
from web.uploads import Uploads

router = APIRouter(prefix=HERE)

LEFT_SHOWN = 200
LARGEST_PHOTO = 50_000_000


@router.get("/{batch_id}/execute")
def execute_page(visit: SignedIn, batch_id: RowNumber) -> Response:
    return _page(visit, batch_id, FormState())


@router.post("/{batch_id}/execute")
def execute(visit: SignedIn, batch_id: RowNumber, form: PostedForm) -> Response:
    """The point of no return."""

    def work(tx: Transaction) -> None:
        seen_batch(tx, batch_id)
        verbs.begin_destruction(
            tx,
            batch_id,
            place=typed.words(form.text("place"), "place", most=120),
            method=typed.words(form.text("method"), "method", most=120),
            password=form.text("password"),
        )

    return _done(visit, batch_id, form, visit.attempt(work).error, "begun")


@router.post("/{batch_id}/paper")
def paper(visit: SignedIn, batch_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> None:
        seen_batch(tx, batch_id)
        verbs.confirm_papers_destroyed(
            tx,
            batch_id,
            count=typed.count(form.text("count"), "count", least=0, most=1_000_000),
            weight_kg=typed.words(form.text("weight_kg"), "weight_kg", most=20, required=False),
            password=form.text("password"),
        )

    return _done(visit, batch_id, form, visit.attempt(work).error, "paper")


@router.post("/{batch_id}/go-on")
def go_on(visit: SignedIn, batch_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> None:
        seen_batch(tx, batch_id)
        verbs.go_on_destroying(tx, batch_id)

    return _done(visit, batch_id, form, visit.attempt(work).error, "gone-on")


@router.get("/{batch_id}/progress")
def progress(visit: SignedIn, batch_id: RowNumber) -> Response:
    with visit.reading() as tx:
        seen = batch_seen(tx, batch_id)
    answer = show(visit, "batches/progress.html", progress=_progress(visit, seen))
    if seen.batch.state != BatchState.DESTROYING:
        answer.headers["HX-Refresh"] = "true"
    return answer


@router.post("/{batch_id}/photos/uploads")
async def take_in(visit: SignedIn, batch_id: RowNumber, request: Request) -> Response:
    """One photograph as a raw body; staged for the form."""
    allowed = partial(_uploads, visit, batch_id)
    return await uploads.take_in(visit, request, _target(batch_id), allowed)


@router.post("/{batch_id}/photos")
def hand_in(visit: SignedIn, batch_id: RowNumber, form: PostedForm) -> Response:
    """What was staged, by its ids; or, without scripts, the photographs themselves."""
    try:
        waiting = _uploads(visit, batch_id)
        with uploads.files_sent(waiting, _target(batch_id), visit.system, form) as files:
            receive_photos(visit.system, visit.actor, batch_id, files)
    except NotFound:
        raise
    except ArchiveError as error:
        state = FormState(form.values, {"files": visit.told(error)})
        return _page(visit, batch_id, state, status_of(error))
    return go(f"{HERE}/{batch_id}/execute?done=photos")


@router.get("/{batch_id}/photos/{photo_id}")
def photo(visit: SignedIn, batch_id: RowNumber, photo_id: RowNumber) -> Response:
    with visit.reading() as tx:
        found = own_photo(tx, batch_id, photo_id)
    return image(visit, found.object_key, found.sha256, found.media_type, found.name)


@router.get("/{batch_id}/certificate.pdf")
def certificate(visit: SignedIn, batch_id: RowNumber) -> Response:
    """Register and certificate as they are kept."""
    with visit.reading() as tx:
        batch = seen_batch(tx, batch_id)
        seen = record_seen(tx, batch.certificate_record_id or 0)
    copy = seen.current
    if copy is None or not copy.rendition_key:
        raise NoSuchThing(thing="rendition", key=str(batch_id))
    name = f"{batch.name}.pdf"
    return image(visit, copy.rendition_key, copy.rendition_sha256, "application/pdf", name)


def _target(batch_id: int) -> str:
    return f"batch-photos-{batch_id}"


def _uploads(visit: Visit, batch_id: int) -> Uploads:
    """Where this person's photographs go, if the person may bring some.

    Raises:
        NoSuchThing, NotAWitness, NotPossibleNow: the batch takes none from this person.
    """
    with visit.reading() as tx:
        check_photographed(tx, seen_batch(tx, batch_id))
        return Uploads(visit.system, tx.person_id, recognise_photo)


def _done(
    visit: Visit, batch_id: int, form: Form, error: ArchiveError | None, what: str
) -> Response:
    if error is None:
        return go(f"{HERE}/{batch_id}/execute?done={what}")
    return _page(visit, batch_id, visit.form_state(form, error), status_of(error))


def _page(visit: Visit, batch_id: int, state: FormState, status: int = 200) -> Response:
    with visit.reading() as tx:
        seen = batch_seen(tx, batch_id)
        amount = going(tx, batch_id)
        left = items_page(tx, batch_id, LineFilter(ItemState.DESTROYING), limit=LEFT_SHOWN)
        executes = tx.can(Permission.DESTRUCTION_EXECUTE, seen.batch.station_id)
        now = tx.now
    batch, mine = seen.batch, seen.batch.executor_id == visit.actor.person_id
    destroying = batch.state == BatchState.DESTROYING
    open_now = destroying or batch.state == BatchState.DESTROYED
    blocked = told.execution_blocked(visit, seen, now)
    return show(
        visit,
        "batches/execute.html",
        status=status,
        state=state,
        notice_text=just_done(visit, "batches") if status == 200 else "",
        crumbs=told.around(visit, batch, visit.t("batches.do.execute")),
        here=f"{HERE}/{batch_id}",
        batch=batch,
        batch_state=told.batch_status(visit, batch),
        lead=told.lead(visit, seen, amount),
        facts=told.facts(visit, seen),
        begin=_begin(visit, seen, amount, blocked) if batch.begun_at is None else None,
        progress=_progress(visit, seen) if batch.begun_at is not None else None,
        papers=_papers(visit, seen) if destroying and not batch.paper_destroyed_at else None,
        left_columns=[
            Column("code", visit.t("batches.code"), "link"),
            Column("paper", visit.t("batches.paper")),
            Column("electronic", visit.t("batches.electronic")),
            Column("why", visit.t("batches.remark")),
        ],
        left=[_left(visit, item) for item in left],
        may_go_on=executes and destroying and any(not one.electronic_gone_at for one in left),
        photos=_upload(visit, batch_id)
        if open_now and (mine or told.is_witness(visit.actor, seen))
        else None,
        kept_photos=seen.photos,
    )


def _begin(visit: Visit, seen: BatchSeen, amount: Going, blocked: str) -> Signing:
    why = [visit.t("not-possible.batch.begin")] if seen.batch.state != BatchState.COUNTED else []
    if blocked:
        why.append(blocked)
    witnesses = [one.person.name for one in seen.witnesses]
    return Signing(
        action=f"{HERE}/{seen.batch.id}/execute",
        title=visit.t("batches.do.execute"),
        statements=[
            visit.t("batches.says.begin", items=amount.items, pages=amount.pages),
            visit.t("batches.says.electronic", n=amount.electronic),
            visit.t("batches.says.checks"),
            visit.t("batches.says.witnesses", people=witnesses),
            *(
                [visit.t("batches.says.cooled", at=seen.cools_until)]
                if seen.batch.cooling_days
                else []
            ),
        ],
        button=visit.t("batches.press.execute"),
        person=visit.actor.code,
        why_not=why,
        irreversible=True,
    )


def _papers(visit: Visit, seen: BatchSeen) -> Signing:
    why = []
    if seen.batch.executor_id != visit.actor.person_id:
        why.append(visit.t("error.NotTheExecutor"))
    going_ = seen.counts.get(ItemState.DESTROYING, 0)
    return Signing(
        action=f"{HERE}/{seen.batch.id}/paper",
        title=visit.t("batches.do.paper"),
        statements=[
            visit.t("batches.says.papers", n=going_),
            visit.t("batches.says.papers_exact"),
        ],
        button=visit.t("batches.press.paper"),
        person=visit.actor.code,
        why_not=why,
        irreversible=True,
    )


def _progress(visit: Visit, seen: BatchSeen) -> Progress:
    gone, left = seen.objects_gone, seen.objects_left
    waits = seen.batch.state == BatchState.DESTROYING and not gone + left
    running = seen.batch.state == BatchState.DESTROYING and (left or waits)
    return Progress(
        visit.t("batches.objects"),
        gone,
        gone + left,
        "waiting" if waits else "running" if running else "done",
        note=visit.t("batches.objects_n", gone=gone, left=left),
        poll_href=f"{HERE}/{seen.batch.id}/progress",
    )


def _left(visit: Visit, item: BatchItem) -> dict[str, object]:
    yes, no = visit.t("batches.gone"), visit.t("batches.still_there")
    return {
        "code": Link(item.told["code"], f"{HERE}/{item.batch_id}/items/{item.id}"),
        "paper": yes if item.paper_gone_at else no,
        "electronic": yes if item.electronic_gone_at else no,
        "why": told.failure(visit, item),
    }


def _upload(visit: Visit, batch_id: int) -> Upload:
    return Upload(
        action=f"{HERE}/{batch_id}/photos",
        receive=f"{HERE}/{batch_id}/photos/uploads",
        title=visit.t("batches.add_photos"),
        hint=visit.t("batches.photos_hint"),
        accept=".jpg,.jpeg,.png",
        largest=LARGEST_PHOTO,
        button=visit.t("batches.do.photos"),
    )
