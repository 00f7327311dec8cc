"""档号格式: how the codes of a category are written, chosen in a draft of the plan."""

from collections.abc import Sequence
from itertools import permutations, product

from fastapi import APIRouter
from starlette.responses import Response

from archive.access import Permission
from archive.errors import ArchiveError
from archive.holdings.actions.code_styles import set_code_style
from archive.holdings.code import CodeFields, render
from archive.holdings.code_style import (
    BETWEEN,
    DIGITS,
    JOINS,
    CodeStyle,
    style_of,
    template_for,
)
from archive.holdings.file_plan import Arrangement, Category, FilePlan, PlanState
from archive.holdings.fonds import Fonds
from archive.transaction import NoSuchThing
from web.deps import Form, PostedForm, SignedIn, Visit
from web.errors import status_of
from web.page import go, show
from web.pages.around import crumbs
from web.parts import Column, FormState, Link, Option
from web.typed import RowNumber

router = APIRouter(prefix="/drafts/{plan_id}/styles")
"""Part of the router of drafts."""

DRAFTS = "/holdings/plan/drafts"
UNIT = "GDS"
"""The unit in a sample; a code given carries the station's own."""

SIDES = {"item": Arrangement.ITEM, "volume": Arrangement.VOLUME}


@router.get("/{category_id}")
def style(visit: SignedIn, plan_id: RowNumber, category_id: RowNumber) -> Response:
    return _page(visit, plan_id, category_id, FormState())


@router.post("/{category_id}")
def choose(
    visit: SignedIn, plan_id: RowNumber, category_id: RowNumber, form: PostedForm
) -> Response:
    said = {side: _said(form, side) for side in SIDES}
    error = visit.attempt(lambda tx: set_code_style(tx, category_id, **said)).error
    if error is None:
        return go(f"{DRAFTS}/{plan_id}?done=style-set")
    return _page(visit, plan_id, category_id, visit.form_state(form, error), error)


def style_columns(visit: Visit, *, link: bool = False) -> list[Column]:
    """The columns of the list of categories with how their codes look."""
    return [
        Column("category", visit.t("holdings.category"), "link" if link else "text"),
        Column("item", visit.t("arrangement.item"), "code"),
        Column("volume", visit.t("arrangement.volume"), "code"),
    ]


def style_row(visit: Visit, fonds: Fonds, category: Category, href: str = "") -> dict[str, object]:
    """A category with a code by item and one by volume, as they would be given."""
    name = category.name_en if visit.language == "en" else category.name_zh
    told = f"{category.code} {name}"
    samples = {side: sample(fonds, category, one) for side, one in SIDES.items()}
    return {"category": Link(told, href) if href else told, **samples}


def sample(fonds: Fonds, category: Category, arrangement: Arrangement) -> str:
    """The first code of a series, as it would be written."""
    fields = CodeFields(fonds.code, category.code, 2026, "D10", UNIT, 1)
    return render(template_for(category, arrangement), fields)


def _said(form: Form, side: str) -> str:
    """The template the choices make; what cannot be one is refused by the verb."""
    order = tuple(form.text(f"{side}-order").split("-"))
    joins, digits = form.text(f"{side}-joins"), form.text(f"{side}-digits")
    if len(order) != len(BETWEEN) or len(joins) != len(BETWEEN) or not digits.isdecimal():
        return ""
    return CodeStyle(order, joins, int(digits)).template


def _page(
    visit: Visit,
    plan_id: int,
    category_id: int,
    state: FormState,
    error: ArchiveError | None = None,
) -> Response:
    with visit.reading() as tx:
        tx.require(Permission.FILE_PLAN_ADOPT)
        plan, category = tx.get(FilePlan, plan_id), tx.get(Category, category_id)
        if plan.state != PlanState.DRAFT or category.plan_id != plan.id:
            raise NoSuchThing(thing="plan_category", key=str(category_id))
        fonds = tx.get(Fonds, plan.fonds_id)
    title = visit.t("holdings.style_title", code=category.code)
    return show(
        visit,
        "holdings/style.html",
        status=status_of(error) if error else 200,
        state=_filled(category, state),
        crumbs=crumbs(
            visit,
            "holdings",
            (visit.t("holdings.title"), "/holdings/plan"),
            (visit.t("holdings.edition", n=plan.edition), f"{DRAFTS}/{plan.id}"),
            (title, ""),
        ),
        title=title,
        action=f"{DRAFTS}/{plan.id}/styles/{category.id}",
        sides=[
            (side, visit.t(f"arrangement.{side}"), sample(fonds, category, one))
            for side, one in SIDES.items()
        ],
        orders=[Option("-".join(order), _named(visit, order)) for order in permutations(BETWEEN)],
        joins=[
            Option("".join(joins), f"{visit.t('holdings.category')}{_dotted(joins)}")
            for joins in product(JOINS, repeat=len(BETWEEN))
        ],
        digits=[Option(str(n), visit.t("holdings.digits_n", n=n)) for n in DIGITS],
    )


def _filled(category: Category, state: FormState) -> FormState:
    """What was chosen, or else how it is."""
    if state.values:
        return state
    values: dict[str, object] = {}
    for side, arrangement in SIDES.items():
        now = style_of(template_for(category, arrangement))
        values[f"{side}-order"] = "-".join(now.order)
        values[f"{side}-joins"], values[f"{side}-digits"] = now.joins, str(now.digits)
    return FormState(values, state.errors)


def _named(visit: Visit, order: Sequence[str]) -> str:
    return " → ".join(visit.t(f"holdings.part_{name}") for name in order)


def _dotted(joins: Sequence[str]) -> str:
    return "".join(f"{join}□" for join in joins)
