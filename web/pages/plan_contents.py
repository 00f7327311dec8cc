"""Lines of a version for what may be inside a record: shown with the plan, changed in a draft."""

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from archive.access import Permission
from archive.errors import ArchiveError
from archive.holdings.actions.contents import (
    ContentFacts,
    add_content_line,
    edit_content_line,
    remove_content_line,
)
from archive.holdings.content import PlanContent
from archive.holdings.file_plan import ClockStart, FilePlan, PlanState, RetentionBasis
from archive.transaction import NoSuchThing
from web.deps import Form, PostedForm, SignedIn, Visit
from web.errors import status_of
from web.page import go, show
from web.pages.around import crumbs
from web.parts import Column, FormState, Link, Option
from web.typed import RowNumber

router = APIRouter(prefix="/drafts/{plan_id}/contents")
"""Part of the router of drafts."""

DRAFTS = "/holdings/plan/drafts"


@router.get("/new")
def new_content(visit: SignedIn, plan_id: RowNumber) -> Response:
    return _page(visit, plan_id, None, FormState())


@router.post("/new")
def add(visit: SignedIn, plan_id: RowNumber, form: PostedForm) -> Response:
    error = visit.attempt(
        lambda tx: add_content_line(tx, plan_id, form.text("code"), _facts(form))
    ).error
    if error is None:
        return go(f"{DRAFTS}/{plan_id}?done=line-added")
    return _page(visit, plan_id, None, visit.form_state(form, error), error)


@router.get("/{content_id}")
def content(visit: SignedIn, plan_id: RowNumber, content_id: RowNumber) -> Response:
    return _page(visit, plan_id, content_id, FormState())


@router.post("/{content_id}")
def change(
    visit: SignedIn, plan_id: RowNumber, content_id: RowNumber, form: PostedForm
) -> Response:
    error = visit.attempt(
        lambda tx: edit_content_line(tx, content_id, _facts(form), reason=form.text("reason"))
    ).error
    if error is None:
        return go(f"{DRAFTS}/{plan_id}?done=changed")
    return _page(visit, plan_id, content_id, visit.form_state(form, error), error)


@router.post("/{content_id}/remove")
def remove(
    visit: SignedIn, plan_id: RowNumber, content_id: RowNumber, form: PostedForm
) -> Response:
    error = visit.attempt(
        lambda tx: remove_content_line(tx, content_id, reason=form.text("reason"))
    ).error
    if error is None:
        return go(f"{DRAFTS}/{plan_id}?done=line-removed")
    return _page(visit, plan_id, content_id, visit.form_state(form, error), error)


def content_columns(visit: Visit, *, link: bool = False) -> list[Column]:
    """The columns of the list of contents; with ``link`` each leads to its line."""
    return [
        Column("name", visit.t("holdings.content_name"), "link" if link else "text"),
        Column("retention", visit.t("holdings.retention")),
        Column("starts", visit.t("holdings.starts")),
        Column("basis", visit.t("holdings.basis")),
        Column("legal_basis", visit.t("holdings.legal_basis")),
    ]


def content_row(visit: Visit, line: PlanContent, href: str = "") -> dict[str, object]:
    """A line for contents as the list shows it."""
    name = line.name_en if visit.language == "en" else line.name_zh
    return {
        "name": Link(name, href) if href else name,
        "retention": line.retention,
        "starts": "" if line.retention == "Y" else visit.t(f"clock-start.{line.starts}"),
        "basis": visit.t(f"holdings.basis_{line.basis}"),
        "legal_basis": line.legal_basis,
    }


def _facts(form: Form) -> ContentFacts:
    """The line as it was sent; a choice that is none falls back on the first of its kind."""

    def chosen(kind: Any, name: str) -> Any:
        said = form.text(name)
        return kind(said) if said in set(kind) else next(iter(kind))

    return ContentFacts(
        name_zh=form.text("name_zh"),
        name_en=form.text("name_en"),
        retention=form.text("retention").upper(),
        basis=chosen(RetentionBasis, "basis"),
        legal_basis=form.text("legal_basis"),
        starts=chosen(ClockStart, "starts"),
    )


def _page(
    visit: Visit,
    plan_id: int,
    content_id: int | None,
    state: FormState,
    error: ArchiveError | None = None,
) -> Response:
    with visit.reading() as tx:
        tx.require(Permission.FILE_PLAN_ADOPT)
        plan = tx.get(FilePlan, plan_id)
        line = tx.get(PlanContent, content_id) if content_id is not None else None
        if plan.state != PlanState.DRAFT or (line is not None and line.plan_id != plan.id):
            raise NoSuchThing(thing="plan_content", key=str(content_id or plan_id))
    named = (line.name_en if visit.language == "en" else line.name_zh) if line else ""
    title = visit.t("holdings.edit_content" if line else "holdings.add_content", name=named)
    return show(
        visit,
        "holdings/content.html",
        status=status_of(error) if error else 200,
        state=state,
        crumbs=crumbs(
            visit,
            "holdings",
            (visit.t("holdings.title"), "/holdings/plan"),
            (visit.t("holdings.edition", n=plan.edition), f"{DRAFTS}/{plan.id}"),
            (title, ""),
        ),
        title=title,
        line=line,
        action=f"{DRAFTS}/{plan.id}/contents/{line.id if line else 'new'}",
        bases=[Option(str(one), visit.t(f"holdings.basis_{one}")) for one in RetentionBasis],
        starts=[Option(str(one), visit.t(f"clock-start.{one}")) for one in ClockStart],
    )
