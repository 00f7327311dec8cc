"""Signing a register: the four before the leader, the leader's approval, the witnesses' after.

Every one of these pages says in numbers what is signed, who looked at it before, and what cannot
be undone; it is made to be read on a phone.
"""

from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import Response

from archive.access import Permission
from archive.people.person import Person
from archive.retention.actions.signatures import approve_batch, sign_register
from archive.retention.actions.supervision import sign_as_witness
from archive.retention.batch import BATCH_WORKFLOW, BatchState
from archive.retention.queries.appraised import panel_of
from archive.retention.queries.batch_lines import (
    RegisterGroup,
    reasons_given,
    register_groups,
    register_totals,
)
from archive.retention.queries.batch_tasks import Going, going, parts_open_to
from archive.retention.queries.batches import BatchSeen, batch_seen, seen_batch
from archive.retention.signing import Part
from archive.transaction import Transaction
from web import typed
from web.deps import Form, PostedForm, SignedIn, Visit
from web.errors import status_of
from web.page import go, show
from web.pages import batch_told as told
from web.pages.batch_register import PLACE, span_says
from web.pages.batch_told import HERE
from web.parts import Column, FormState, Link, Option, Signing
from web.typed import RowNumber

router = APIRouter(prefix=HERE)

REASONS = 5
"""So many different reasons of the panel are told; the register has them all."""

PAGES = {"sign": "signed", "approve": "approved", "witness": "witnessed"}


@router.get("/{batch_id}/sign")
def sign_page(visit: SignedIn, batch_id: RowNumber) -> Response:
    return _page(visit, batch_id, "sign", FormState())


@router.post("/{batch_id}/sign")
def sign(visit: SignedIn, batch_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> None:
        seen_batch(tx, batch_id)
        said = form.text("part")
        part = typed.given(Part(said) if said in set(Part) else None, "part")
        sign_register(
            tx,
            batch_id,
            part,
            seen=form.text("digest"),
            opinion=form.text("opinion"),
            password=form.text("password"),
        )

    return _done(visit, batch_id, "sign", form, work)


@router.get("/{batch_id}/approve")
def approve_page(visit: SignedIn, batch_id: RowNumber) -> Response:
    return _page(visit, batch_id, "approve", FormState())


@router.post("/{batch_id}/approve")
def approve(visit: SignedIn, batch_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> None:
        seen_batch(tx, batch_id)
        approve_batch(
            tx,
            batch_id,
            seen=form.text("digest"),
            opinion=form.text("opinion"),
            password=form.text("password"),
        )

    return _done(visit, batch_id, "approve", form, work)


@router.get("/{batch_id}/witness")
def witness_page(visit: SignedIn, batch_id: RowNumber) -> Response:
    return _page(visit, batch_id, "witness", FormState())


@router.post("/{batch_id}/witness")
def witness(visit: SignedIn, batch_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> None:
        seen_batch(tx, batch_id)
        sign_as_witness(tx, batch_id, opinion=form.text("opinion"), password=form.text("password"))

    return _done(visit, batch_id, "witness", form, work)


def _done(visit: Visit, batch_id: int, page: str, form: Form, work: object) -> Response:
    error = visit.attempt(work).error  # type: ignore[arg-type]
    if error is None:
        return go(f"{HERE}/{batch_id}?done={PAGES[page]}")
    return _page(visit, batch_id, page, visit.form_state(form, error), status_of(error))


def _page(visit: Visit, batch_id: int, page: str, state: FormState, status: int = 200) -> Response:
    with visit.reading() as tx:
        seen = batch_seen(tx, batch_id)
        amount = going(tx, batch_id)
        whole = register_totals(tx, batch_id)
        groups = register_groups(tx, batch_id)
        reasons = reasons_given(tx, batch_id, most=REASONS)
        panel = [tx.get(Person, one).name for one in sorted(panel_of(tx, seen.appraisal.id))]
        involved = visit.actor.person_id in panel_of(tx, seen.appraisal.id)
    parts = [part for part in parts_open_to(visit.actor, seen) if part != Part.LEADER]
    statements = {
        "sign": _register_statements,
        "approve": _approval_statements,
        "witness": _witness_statements,
    }[page]
    return show(
        visit,
        "batches/sign.html",
        status=status,
        state=state,
        crumbs=told.around(visit, seen.batch, visit.t(f"batches.do.{page}")),
        here=f"{HERE}/{batch_id}",
        page=page,
        batch=seen.batch,
        batch_state=told.batch_status(visit, seen.batch),
        parts=[Option(str(part), visit.t(f"part.{part}")) for part in parts]
        if page == "sign"
        else [],
        signing=Signing(
            action=f"{HERE}/{batch_id}/{page}",
            title=visit.t(f"batches.do.{page}"),
            statements=statements(visit, seen, amount, panel),
            button=visit.t(f"batches.press.{page}"),
            person=visit.actor.code,
            digest=seen.batch.digest,
            why_not=_why_not(visit, seen, page, involved=involved),
        ),
        columns=_group_columns(visit, groups),
        groups=[_group_row(visit, batch_id, one) for one in groups],
        reasons=reasons,
        span=span_says(visit, whole),
        signature_columns=told.signature_columns(visit),
        signatures=[row for row in told.signature_rows(visit, seen) if row["who"]],
    )


def _register_statements(
    visit: Visit, seen: BatchSeen, amount: Going, panel: list[str]
) -> list[str]:
    return [
        visit.t(
            "batches.says.amount", name=seen.batch.name, items=amount.items, pages=amount.pages
        ),
        visit.t("batches.says.electronic", n=amount.electronic),
        visit.t("batches.says.panel", appraisal=seen.appraisal.name, people=panel),
        visit.t("batches.says.proposed", name=seen.proposer.name),
        visit.t("batches.says.voids"),
    ]


def _approval_statements(
    visit: Visit, seen: BatchSeen, amount: Going, panel: list[str]
) -> list[str]:
    signed = [place.person.name for place in seen.places if place.person is not None]
    return [
        visit.t("batches.says.approve", items=amount.items, pages=amount.pages),
        visit.t("batches.says.electronic", n=amount.electronic),
        visit.t("batches.says.panel", appraisal=seen.appraisal.name, people=panel),
        visit.t("batches.says.checked", proposer=seen.proposer.name, people=signed),
        visit.t("batches.says.cooling", days=seen.batch.cooling_days)
        if seen.batch.cooling_days
        else visit.t("batches.says.no_cooling"),
        visit.t("batches.says.for_ever"),
    ]


def _witness_statements(
    visit: Visit, seen: BatchSeen, _amount: Going, _panel: list[str]
) -> list[str]:
    batch = seen.batch
    return [
        visit.t(
            "batches.says.witnessed",
            name=batch.name,
            items=seen.line.destroyed,
            withheld=seen.line.withheld,
        ),
        visit.t(
            "batches.says.paper",
            place=batch.place,
            method=batch.method,
            n=batch.paper_count or 0,
        ),
        visit.t("batches.says.objects", n=seen.objects_gone),
        visit.t("batches.says.present"),
    ]


def _why_not(visit: Visit, seen: BatchSeen, page: str, *, involved: bool) -> list[str]:
    why = {"sign": _no_signature, "approve": _no_approval, "witness": _no_witness}[page]
    said = why(visit, seen)
    if page == "approve" and not said and (involved or _proposed(visit, seen)):
        said = visit.t("error.ApproverInvolved")
    return [said] if said else []


def _proposed(visit: Visit, seen: BatchSeen) -> bool:
    return visit.actor.person_id == seen.batch.proposed_by_id


def _no_signature(visit: Visit, seen: BatchSeen) -> str:
    return _not_now(visit, seen, "complete", Permission.DESTRUCTION_SIGN) or told.sign_blocked(
        visit, seen
    )


def _no_approval(visit: Visit, seen: BatchSeen) -> str:
    return _not_now(visit, seen, "approve", Permission.DESTRUCTION_APPROVE)


def _no_witness(visit: Visit, seen: BatchSeen) -> str:
    if not told.is_witness(visit.actor, seen):
        return visit.t("error.NotAWitness")
    if seen.batch.state != BatchState.DESTROYED:
        return visit.t("error.DestructionUnfinished")
    return visit.t("batches.signed_already") if told.has_witnessed(visit.actor, seen) else ""


def _not_now(visit: Visit, seen: BatchSeen, step: str, permission: Permission) -> str:
    if not visit.actor.may(permission, seen.batch.station_id):
        said = visit.t(f"permission.{permission}")
        return visit.t("batches.not_your_office", permission=said)
    if not BATCH_WORKFLOW.allows(step, BatchState(seen.batch.state)):
        return visit.t(f"not-possible.batch.{step}")
    return ""


def _group_columns(visit: Visit, groups: list[RegisterGroup]) -> list[Column]:
    items, pages = sum(one.items for one in groups), sum(one.pages for one in groups)
    return [
        Column("year", visit.t("batches.year"), "link"),
        Column("retention", visit.t("batches.retention")),
        Column("title", visit.t("batches.first_title")),
        Column("items", visit.t("batches.items"), "number", total=items),
        Column("pages", visit.t("batches.pages"), "number", total=pages),
    ]


def _group_row(visit: Visit, batch_id: int, one: RegisterGroup) -> dict[str, object]:
    """A year and period of the register, with the way to its lines."""
    lines = urlencode({"year": one.year, "retention": one.retention})
    many = one.items > 1
    return {
        "year": Link(str(one.year), f"{HERE}/{batch_id}?{lines}{PLACE}"),
        "retention": told.period(visit, one.retention),
        "title": visit.t("batches.and_more", title=one.title) if many else one.title,
        "items": one.items,
        "pages": one.pages,
    }
