"""The next version of the file plan: drafted line by line, and adopted by somebody else."""

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from archive.access import Permission
from archive.errors import ArchiveError
from archive.holdings.actions.plans import (
    KindFacts,
    add_kind,
    adopt_version,
    discard_draft,
    draft_next_version,
    edit_kind,
    number_fonds,
    remove_kind,
)
from archive.holdings.file_plan import (
    Arrangement,
    ClockStart,
    Cycle,
    FilePlan,
    PersonalData,
    PlanState,
    RecordKind,
    RetentionBasis,
)
from archive.holdings.fonds import Fonds
from archive.holdings.queries.plans import (
    Difference,
    categories_of,
    contents_of,
    differences,
    kinds_of,
    plan_in_force,
)
from archive.people.person import Person
from archive.transaction import NoSuchThing, Transaction
from web.deps import Form, PostedForm, SignedIn, Visit
from web.errors import status_of
from web.page import go, show
from web.pages import plan_contents, plan_styles
from web.pages.around import crumbs, just_done
from web.pages.plan_contents import content_columns, content_row
from web.pages.plan_styles import style_columns, style_row
from web.parts import Column, FormState, Link, Option, Status
from web.typed import RowNumber

router = APIRouter(prefix="/holdings/plan")
router.include_router(plan_contents.router)
router.include_router(plan_styles.router)

PLAN = "/holdings/plan"
DRAFTS = f"{PLAN}/drafts"
CODED = {
    "arrangement": "arrangement",
    "cycle": "cycle",
    "personal": "personal-data",
    "starts": "clock-start",
}
"""Fields whose values are told by a table of sentences."""


@router.post("/{fonds_id}/draft")
def draft(visit: SignedIn, fonds_id: RowNumber) -> Response:
    outcome = visit.attempt(lambda tx: draft_next_version(tx, fonds_id).id)
    if outcome.error is not None:
        raise outcome.error
    return go(f"{DRAFTS}/{outcome.value}?done=drafted")


@router.get("/{fonds_id}/number")
def number_form(visit: SignedIn, fonds_id: RowNumber) -> Response:
    return _number_page(visit, fonds_id, FormState())


@router.post("/{fonds_id}/number")
def number(visit: SignedIn, fonds_id: RowNumber, form: PostedForm) -> Response:
    error = visit.attempt(lambda tx: number_fonds(tx, fonds_id, code=form.text("fonds_code"))).error
    if error is None:
        return go(f"{PLAN}?done=numbered")
    return _number_page(visit, fonds_id, visit.form_state(form, error), status_of(error))


@router.get("/drafts/{plan_id}")
def seen(visit: SignedIn, plan_id: RowNumber) -> Response:
    return _draft_page(visit, plan_id, FormState())


@router.post("/drafts/{plan_id}/adopt")
def adopt(visit: SignedIn, plan_id: RowNumber, form: PostedForm) -> Response:
    error = visit.attempt(lambda tx: adopt_version(tx, plan_id, reason=form.text("reason"))).error
    if error is None:
        return go(f"{PLAN}?done=version")
    return _draft_page(visit, plan_id, visit.form_state(form, error), status_of(error))


@router.post("/drafts/{plan_id}/discard")
def discard(visit: SignedIn, plan_id: RowNumber) -> Response:
    error = visit.attempt(lambda tx: discard_draft(tx, plan_id)).error
    if error is not None:
        raise error
    return go(f"{PLAN}?done=discarded")


@router.get("/drafts/{plan_id}/kinds/new")
def new_line(visit: SignedIn, plan_id: RowNumber) -> Response:
    return _line_page(visit, plan_id, None, FormState())


@router.post("/drafts/{plan_id}/kinds/new")
def add_line(visit: SignedIn, plan_id: RowNumber, form: PostedForm) -> Response:
    error = visit.attempt(lambda tx: add_kind(tx, plan_id, form.text("code"), _facts(form))).error
    if error is None:
        return go(f"{DRAFTS}/{plan_id}?done=line-added")
    return _line_page(visit, plan_id, None, visit.form_state(form, error), error)


@router.get("/drafts/{plan_id}/kinds/{kind_id}")
def line(visit: SignedIn, plan_id: RowNumber, kind_id: RowNumber) -> Response:
    return _line_page(visit, plan_id, kind_id, FormState())


@router.post("/drafts/{plan_id}/kinds/{kind_id}")
def change_line(
    visit: SignedIn, plan_id: RowNumber, kind_id: RowNumber, form: PostedForm
) -> Response:
    error = visit.attempt(
        lambda tx: edit_kind(tx, kind_id, _facts(form), reason=form.text("reason"))
    ).error
    if error is None:
        return go(f"{DRAFTS}/{plan_id}?done=changed")
    return _line_page(visit, plan_id, kind_id, visit.form_state(form, error), error)


@router.post("/drafts/{plan_id}/kinds/{kind_id}/remove")
def take_line_out(
    visit: SignedIn, plan_id: RowNumber, kind_id: RowNumber, form: PostedForm
) -> Response:
    error = visit.attempt(lambda tx: remove_kind(tx, kind_id, reason=form.text("reason"))).error
    if error is None:
        return go(f"{DRAFTS}/{plan_id}?done=line-removed")
    return _line_page(visit, plan_id, kind_id, visit.form_state(form, error), error)


def _facts(form: Form) -> KindFacts:
    """The line as it was sent; a choice that is none falls back on the first of its kind."""

    def chosen(kind: Any, name: str) -> Any:
        said = form.text(name)
        return kind(said) if said in set(kind) else next(iter(kind))

    return KindFacts(
        name_zh=form.text("name_zh"),
        name_en=form.text("name_en"),
        clause=form.text("clause"),
        category=form.text("category"),
        arrangement=chosen(Arrangement, "arrangement"),
        cycle=chosen(Cycle, "cycle"),
        personal=chosen(PersonalData, "personal"),
        retention=form.text("retention").upper(),
        basis=chosen(RetentionBasis, "basis"),
        starts=chosen(ClockStart, "starts"),
        implied=form.text("implied") == "yes",
        legal_basis=form.text("legal_basis"),
    )


def _draft(tx: Transaction, plan_id: int) -> FilePlan:
    """The draft, for whoever may adopt plans."""
    tx.require(Permission.FILE_PLAN_ADOPT)
    plan = tx.get(FilePlan, plan_id)
    if plan.state != PlanState.DRAFT:
        raise NoSuchThing(thing="file_plan", key=str(plan_id))
    return plan


def _draft_page(visit: Visit, plan_id: int, state: FormState, status: int = 200) -> Response:
    with visit.reading() as tx:
        plan = _draft(tx, plan_id)
        drafter = tx.get(Person, plan.drafted_by_id)
        fonds = tx.get(Fonds, plan.fonds_id)
        kinds = kinds_of(tx, plan.id)
        changes = differences(plan_in_force(tx, fonds.code).kinds, kinds)
        contents = contents_of(tx, plan.id)
        categories = categories_of(tx, plan.id)
    own = drafter.id == visit.actor.person_id
    columns = ("name", "number", "clause", "category", "retention")
    return show(
        visit,
        "holdings/draft.html",
        status=status,
        state=state,
        crumbs=_crumbs(visit, (visit.t("holdings.edition", n=plan.edition), "")),
        title=visit.t("holdings.draft_title", n=plan.edition),
        lead=visit.t("holdings.draft_lead", person=drafter.name),
        notice_text=just_done(visit, "holdings"),
        plan=plan,
        own=own,
        shortened=sum(one.shortened for one in changes),
        change_columns=[
            Column("name", visit.t("holdings.name")),
            Column("change", visit.t("holdings.change")),
            Column("status", visit.t("holdings.heed"), "status"),
        ],
        changes=[_difference(visit, one) for one in changes],
        columns=[
            Column(key, visit.t(f"holdings.{key}"), "link" if key == "name" and own else "text")
            for key in columns
        ],
        rows=[_row(visit, plan, kind, link=own) for kind in kinds],
        style_columns=style_columns(visit, link=own),
        styles=[
            style_row(visit, fonds, one, f"{DRAFTS}/{plan.id}/styles/{one.id}" if own else "")
            for one in categories
        ],
        content_columns=content_columns(visit, link=own),
        contents=[
            content_row(visit, one, f"{DRAFTS}/{plan.id}/contents/{one.id}" if own else "")
            for one in contents
        ],
        adopt_told=visit.t(
            "holdings.adopt_told", n=plan.edition, kinds=len(kinds), changes=len(changes)
        ),
        why_not=visit.t("holdings.own_draft") if own else "",
    )


def _row(visit: Visit, plan: FilePlan, kind: RecordKind, *, link: bool) -> dict[str, object]:
    name = _name(visit, kind)
    return {
        "name": Link(name, f"{DRAFTS}/{plan.id}/kinds/{kind.id}") if link else name,
        "number": str(kind.number),
        "clause": kind.clause,
        "category": kind.category,
        "retention": kind.retention,
    }


def _difference(visit: Visit, one: Difference) -> dict[str, object]:
    kind = one.after or one.before
    told = visit.t("holdings.added" if one.before is None else "holdings.removed")
    if one.before is not None and one.after is not None:
        told = "；".join(
            visit.t(
                "holdings.before_after",
                field=visit.t(f"holdings.{_label(name)}"),
                before=_value(visit, one.before, name),
                after=_value(visit, one.after, name),
            )
            for name in one.fields
        )
    status = Status(visit.t("holdings.shortened"), "warn") if one.shortened else ""
    return {"name": _name(visit, kind) if kind else "", "change": told, "status": status}


def _label(name: str) -> str:
    return "implied_box" if name == "implied" else name


def _value(visit: Visit, kind: RecordKind, name: str) -> str:
    value = getattr(kind, name)
    if name in CODED:
        return visit.t(f"{CODED[name]}.{value}")
    if name == "basis":
        return visit.t(f"holdings.basis_{value}")
    if isinstance(value, bool):
        return "✓" if value else "—"
    return str(value) or "—"


def _line_page(
    visit: Visit,
    plan_id: int,
    kind_id: int | None,
    state: FormState,
    error: ArchiveError | None = None,
) -> Response:
    with visit.reading() as tx:
        plan = _draft(tx, plan_id)
        kind = tx.get(RecordKind, kind_id) if kind_id is not None else None
        if kind is not None and kind.plan_id != plan.id:
            raise NoSuchThing(thing="record_kind", key=str(kind_id))
        categories = categories_of(tx, plan.id)
    english = visit.language == "en"
    title = (
        visit.t("holdings.add")
        if kind is None
        else visit.t("holdings.edit_title", name=_name(visit, kind))
    )
    return show(
        visit,
        "holdings/line.html",
        status=status_of(error) if error else 200,
        state=state,
        crumbs=_crumbs(
            visit,
            (visit.t("holdings.edition", n=plan.edition), f"{DRAFTS}/{plan.id}"),
            (title, ""),
        ),
        title=title,
        kind=kind,
        action=f"{DRAFTS}/{plan.id}/kinds/{kind.id if kind else 'new'}",
        categories=[
            Option(one.code, f"{one.code} {one.name_en if english else one.name_zh}")
            for one in categories
        ],
        bases=[Option(str(one), visit.t(f"holdings.basis_{one}")) for one in RetentionBasis],
        **{f"{name}_options": _options(visit, name) for name in CODED},
    )


def _options(visit: Visit, name: str) -> list[Option]:
    kinds: dict[str, Any] = {
        "arrangement": Arrangement,
        "cycle": Cycle,
        "personal": PersonalData,
        "starts": ClockStart,
    }
    return [Option(str(one), visit.t(f"{CODED[name]}.{one}")) for one in kinds[name]]


def _number_page(visit: Visit, fonds_id: int, state: FormState, status: int = 200) -> Response:
    with visit.reading() as tx:
        tx.require(Permission.FILE_PLAN_ADOPT)
        fonds = tx.get(Fonds, fonds_id)
    return show(
        visit,
        "holdings/number.html",
        status=status,
        state=state,
        crumbs=_crumbs(visit, (visit.t("holdings.number_title"), "")),
        fonds=fonds,
    )


def _crumbs(visit: Visit, *links: tuple[str, str]) -> list[Link]:
    return crumbs(visit, "holdings", (visit.t("holdings.title"), PLAN), *links)


def _name(visit: Visit, kind: RecordKind) -> str:
    return kind.name_en if visit.language == "en" else kind.name_zh
