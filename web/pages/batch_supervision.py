"""监销: who is sent and who carries it out, and the count of every line before the destruction."""

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from archive.access import Permission
from archive.retention.actions import supervision as verbs
from archive.retention.batch import (
    BatchItem,
    BatchState,
    ItemState,
    NotInRegister,
    Withheld,
)
from archive.retention.department import Department
from archive.retention.queries.batch_lines import LineFilter, items_page
from archive.retention.queries.batch_tasks import Candidate, could_execute, could_witness
from archive.retention.queries.batches import (
    BatchSeen,
    batch_seen,
    item_counts,
    own_item,
    seen_batch,
)
from archive.transaction import Transaction
from web import typed
from web.deps import Form, PostedForm, SignedIn, Visit
from web.errors import problem, status_of
from web.page import go, show
from web.pages import batch_told as told
from web.pages.around import just_done
from web.pages.batch_told import HERE
from web.parts import FormState, Option, Status
from web.typed import RowNumber

router = APIRouter(prefix=HERE)

LEFT_SHOWN = 100
BY_HAND = (Withheld.NOT_FOUND, Withheld.TAKEN_OUT)
"""Why a person lets a line stay; the other reasons the program finds by itself."""


@router.get("/{batch_id}/supervision")
def supervision(visit: SignedIn, batch_id: RowNumber) -> Response:
    return _supervision_page(visit, batch_id, FormState())


@router.post("/{batch_id}/witnesses")
def name_witness(visit: SignedIn, batch_id: RowNumber, form: PostedForm) -> Response:
    """``witness`` is ``person:department``, as the list offers it."""

    def work(tx: Transaction) -> None:
        seen_batch(tx, batch_id)
        person, _, department = form.text("witness").partition(":")
        known = department in set(Department) and person.isdecimal() and len(person) < 10
        chosen = typed.given(Department(department) if known else None, "witness")
        verbs.name_witness(tx, batch_id, int(person), chosen)

    return _supervised(visit, batch_id, form, work, "witness-named")


@router.post("/{batch_id}/executor")
def name_executor(visit: SignedIn, batch_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> None:
        seen_batch(tx, batch_id)
        said = form.text("executor")
        person = int(said) if said.isdecimal() and len(said) < 10 else None
        verbs.name_executor(tx, batch_id, typed.given(person, "executor"))

    return _supervised(visit, batch_id, form, work, "executor-named")


@router.get("/{batch_id}/count")
def count(visit: SignedIn, batch_id: RowNumber) -> Response:
    return _count_page(visit, batch_id, FormState())


@router.post("/{batch_id}/count")
def count_one(visit: SignedIn, batch_id: RowNumber, form: PostedForm) -> Response:
    """One label or code; a script asks for JSON, a browser without scripts gets the page again."""

    def work(tx: Transaction) -> tuple[BatchItem, bool]:
        seen_batch(tx, batch_id)
        item = verbs.count_item(tx, batch_id, typed.words(form.text("said"), "said", most=100))
        return item, item.counted_at is not None and item.counted_at < tx.now

    outcome = visit.attempt(work)
    scripted = "application/json" in visit.request.headers.get("accept", "")
    if outcome.error is not None:
        if scripted:
            answer = problem(outcome.error, visit.language)
            return JSONResponse(answer, status_of(outcome.error))
        state = visit.form_state(form, outcome.error)
        wrong = isinstance(outcome.error, NotInRegister)
        return _count_page(visit, batch_id, state, status_of(outcome.error), wrong=wrong)
    item, again = outcome.value
    said = _counted(visit, item, again=again)
    if not scripted:
        return _count_page(visit, batch_id, FormState(), right=said)
    with visit.reading() as tx:
        progress = _progress(item_counts(tx, batch_id))
    return JSONResponse({"told": said, "item": item.id, "again": again, **progress})


@router.post("/{batch_id}/items/{item_id}/withhold")
def withhold(
    visit: SignedIn, batch_id: RowNumber, item_id: RowNumber, form: PostedForm
) -> Response:
    def work(tx: Transaction) -> None:
        own_item(tx, batch_id, item_id)
        said = form.text("why")
        why = typed.given(Withheld(said) if said in BY_HAND else None, "why")
        verbs.withhold_item(tx, item_id, why=why, note=form.text("note"))

    error = visit.attempt(work).error
    if error is None:
        return go(f"{HERE}/{batch_id}/count?done=withheld")
    state = visit.form_state(form, error)
    return _count_page(visit, batch_id, state, status_of(error), item_id=item_id)


@router.post("/{batch_id}/count/finish")
def finish(visit: SignedIn, batch_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> None:
        seen_batch(tx, batch_id)
        verbs.finish_count(tx, batch_id)

    error = visit.attempt(work).error
    if error is None:
        return go(f"{HERE}/{batch_id}?done=counted")
    return _count_page(visit, batch_id, visit.form_state(form, error), status_of(error))


def _supervised(visit: Visit, batch_id: int, form: Form, work: object, done: str) -> Response:
    error = visit.attempt(work).error  # type: ignore[arg-type]
    if error is None:
        return go(f"{HERE}/{batch_id}/supervision?done={done}")
    return _supervision_page(visit, batch_id, visit.form_state(form, error), status_of(error))


def _supervision_page(visit: Visit, batch_id: int, state: FormState, status: int = 200) -> Response:
    with visit.reading() as tx:
        seen = batch_seen(tx, batch_id)
        tx.require(Permission.DESTRUCTION_PROPOSE, seen.batch.station_id)
        witnesses = could_witness(tx, seen.batch)
        executors = could_execute(tx, seen.batch)
    closed = seen.batch.state != BatchState.APPROVED
    return show(
        visit,
        "batches/supervision.html",
        status=status,
        state=state,
        notice_text=just_done(visit, "batches") if status == 200 else "",
        crumbs=told.around(visit, seen.batch, visit.t("batches.do.supervision")),
        here=f"{HERE}/{batch_id}",
        batch=seen.batch,
        batch_state=told.batch_status(visit, seen.batch),
        blocked=visit.t("not-possible.batch.name-witness") if closed else "",
        missing=[visit.t(f"department.{one}") for one in seen.departments_missing],
        witnesses=told.witness_rows(visit, seen),
        columns=[
            column for column in told.signature_columns(visit) if column.key in {"part", "who"}
        ],
        options=[_witness_option(visit, one) for one in witnesses if not one.why_not],
        others=[_against(visit, one) for one in witnesses if one.why_not],
        executor=seen.executor,
        executors=[
            Option(str(one.person.id), one.person.name, one.person.code)
            for one in executors
            if not one.why_not
        ],
        no_executor=[_against(visit, one) for one in executors if one.why_not],
    )


def _witness_option(visit: Visit, one: Candidate) -> Option:
    return Option(
        f"{one.person.id}:{one.department}",
        one.person.name,
        visit.t(f"department.{one.department}"),
    )


def _against(visit: Visit, one: Candidate) -> str:
    department = visit.t(f"department.{one.department}") if one.department else ""
    why = visit.t(f"batches.against.{one.why_not}")
    return visit.t("batches.against_n", name=one.person.name, department=department, why=why)


def _counted(visit: Visit, item: BatchItem, *, again: bool) -> str:
    key = "batches.counted_again" if again else "batches.counted_one"
    return visit.t(key, code=item.told["code"], title=item.told["title"])


def _progress(counts: dict[str, int]) -> dict[str, int]:
    return {"counted": counts.get(ItemState.COUNTED, 0), "left": counts.get(ItemState.LISTED, 0)}


def _count_page(
    visit: Visit,
    batch_id: int,
    state: FormState,
    status: int = 200,
    *,
    right: str = "",
    wrong: bool = False,
    item_id: int = 0,
) -> Response:
    with visit.reading() as tx:
        seen = batch_seen(tx, batch_id)
        left = items_page(tx, batch_id, LineFilter(ItemState.LISTED), limit=LEFT_SHOWN)
        kept = items_page(tx, batch_id, LineFilter(ItemState.WITHHELD), limit=LEFT_SHOWN)
    progress = _progress(seen.counts)
    counting = seen.batch.state == BatchState.APPROVED and told.is_witness(visit.actor, seen)
    return show(
        visit,
        "batches/count.html",
        status=status,
        state=state,
        notice_text=just_done(visit, "batches") if status == 200 else "",
        crumbs=told.around(visit, seen.batch, visit.t("batches.do.count")),
        here=f"{HERE}/{batch_id}",
        batch=seen.batch,
        batch_state=told.batch_status(visit, seen.batch),
        counting=counting,
        blocked="" if counting else _why_not(visit, seen),
        right=right,
        wrong=state.error("said") if wrong else "",
        progress=progress,
        total=seen.line.items - seen.line.withheld,
        left=left,
        more=max(0, progress["left"] - len(left)),
        kept=[
            {"code": item.told["code"], "why": Status(told.why_withheld(visit, item), "warn")}
            for item in kept
        ],
        reasons=[Option(str(why), visit.t(f"withheld.{why}")) for why in BY_HAND],
        opened=item_id,
        unfinished=visit.t("error.ItemsUncounted", count=progress["left"])
        if progress["left"]
        else "",
    )


def _why_not(visit: Visit, seen: BatchSeen) -> str:
    if seen.batch.state != BatchState.APPROVED:
        return visit.t("not-possible.batch.count-item")
    return visit.t("error.NotAWitness")
