"""档案门类: the file plan in force, and the one button that adopts the default [seed 5.3]."""

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import Response

from archive.access import Permission
from archive.clock import day_at_station
from archive.holdings.actions.plans import adopt_default_plan
from archive.holdings.file_plan import ClockStart, FilePlan, RecordKind
from archive.holdings.fonds import Fonds
from archive.holdings.queries.plans import (
    PlanSeen,
    adopted_versions,
    draft_of,
    fonds_with_plan,
    matching,
    plan_in_force,
)
from archive.people.person import Person
from archive.transaction import Transaction
from web.deps import PostedForm, SignedIn, Visit
from web.errors import status_of
from web.listing import Listing
from web.page import go, show
from web.pages.around import just_done
from web.pages.plan_contents import content_columns, content_row
from web.pages.plan_styles import style_columns, style_row
from web.parts import Column, FormState, Link, Option

router = APIRouter(prefix="/holdings")

PLAN = "/holdings/plan"
COLUMNS = (
    "name",
    "number",
    "clause",
    "arrangement",
    "retention",
    "legal_basis",
    "cycle",
    "personal",
)


@dataclass(frozen=True, slots=True)
class Group:
    """The kinds of one category, as lines of a list."""

    title: str
    note: str
    rows: list[dict[str, object]]


@router.get("")
def holdings(visit: SignedIn) -> Response:
    """The catalogue for whoever reads records; the file plan for everybody else."""
    return go("/holdings/records" if visit.actor.may(Permission.RECORD_READ) else PLAN)


@router.get("/plan")
def plan(visit: SignedIn) -> Response:
    return _plan_page(visit, FormState())


@router.post("/plan")
def adopt(visit: SignedIn, form: PostedForm) -> Response:
    def work(tx: Transaction) -> None:
        adopt_default_plan(
            tx, fonds_name=form.text("fonds_name"), fonds_code=form.text("fonds_code")
        )

    error = visit.attempt(work).error
    if error is None:
        return go(f"{PLAN}?done=adopted")
    return _plan_page(visit, visit.form_state(form, error), status_of(error))


def _plan_page(visit: Visit, state: FormState, status: int = 200) -> Response:
    listing = Listing.asked(visit, filters=("text", "fonds", "edition"))
    with visit.reading() as tx:
        planned = fonds_with_plan(tx)
        may_adopt = tx.can(Permission.FILE_PLAN_ADOPT)
        codes = [fonds.code for fonds in planned]
        wanted = listing.text("fonds")
        chosen = wanted if wanted in codes else None
        edition = listing.number("edition")
        seen = plan_in_force(tx, chosen, edition=edition) if planned else None
        versions = adopted_versions(tx, seen.fonds.id) if seen else []
        drafting = draft_of(tx, seen.fonds.id) if seen else None
        names = {one.id: tx.get(Person, one.adopted_by_id).name for one in versions}
    if seen is None:
        return show(visit, "holdings/none.html", status=status, state=state, may_adopt=may_adopt)
    return show(
        visit,
        "holdings/plan.html",
        status=status,
        state=FormState(dict(listing.filters), state.errors),
        lead=_lead(visit, seen),
        notice_text=just_done(visit, "holdings"),
        fonds=[Option(one.code, _named(visit, one)) for one in planned if one.code],
        columns=[Column(key, visit.t(f"holdings.{key}")) for key in COLUMNS],
        groups=_groups(visit, seen, listing.text("text")),
        seen=seen,
        style_columns=style_columns(visit),
        styles=[style_row(visit, seen.fonds, one) for one in seen.categories]
        if not listing.text("text")
        else [],
        content_columns=content_columns(visit),
        contents=[content_row(visit, one) for one in matching(seen.contents, listing.text("text"))],
        superseded=seen.plan.id != versions[0].id,
        may_adopt=may_adopt,
        drafting=drafting,
        versions=[_version(visit, listing, one, names[one.id]) for one in versions],
    )


def _version(visit: Visit, listing: Listing, plan: FilePlan, name: str) -> dict[str, object]:
    return {
        "edition": Link(
            visit.t("holdings.edition", n=plan.edition),
            listing.address(edition=str(plan.edition), text=""),
        ),
        "day": day_at_station(plan.in_force_from) if plan.in_force_from else None,
        "person": name,
        "why": plan.reason or visit.t("holdings.first_version"),
    }


def _lead(visit: Visit, seen: PlanSeen) -> str:
    return visit.t(
        "holdings.lead",
        fonds=_named(visit, seen.fonds),
        edition=seen.plan.edition,
        day=day_at_station(seen.in_force_from).isoformat(),
        person=seen.adopted_by.name,
        n=len(seen.kinds),
    )


def _named(visit: Visit, fonds: Fonds) -> str:
    key = "holdings.fonds_told" if fonds.code else "holdings.fonds_unnumbered"
    return visit.t(key, name=fonds.name, code=fonds.code)


def _groups(visit: Visit, seen: PlanSeen, words: str) -> list[Group]:
    """The kinds that fit, by category; what is not archived comes last."""
    english = visit.language == "en"
    titles = {one.code: one.name_en if english else one.name_zh for one in seen.categories}
    titles[""] = visit.t("holdings.not_archived")
    fitting = matching(seen.kinds, words)
    found = []
    for code, title in titles.items():
        rows = [_row(visit, kind) for kind in fitting if kind.category == code]
        counted = visit.t("holdings.kinds_n", n=len(rows))
        if rows:
            found.append(Group(title, f"{code} · {counted}" if code else counted, rows))
    return found


def _row(visit: Visit, kind: RecordKind) -> dict[str, object]:
    clause = visit.t("holdings.implied", clause=kind.clause) if kind.implied else kind.clause
    return {
        "name": kind.name_en if visit.language == "en" else kind.name_zh,
        "number": str(kind.number),
        "clause": clause,
        "arrangement": visit.t(f"arrangement.{kind.arrangement}"),
        "retention": _retention(visit, kind),
        "legal_basis": _basis(visit, kind),
        "cycle": visit.t(f"cycle.{kind.cycle}"),
        "personal": visit.t(f"personal-data.{kind.personal}"),
    }


def _basis(visit: Visit, kind: RecordKind) -> str:
    """Who says how long, as cited; in a version from before there were citations, only who."""
    return kind.legal_basis or visit.t(f"holdings.basis_{kind.basis}")


def _retention(visit: Visit, kind: RecordKind) -> str:
    if not kind.archived:
        return ""
    if kind.retention == "Y":
        return visit.t("holdings.for_ever")
    years = kind.retention.removeprefix("D")
    if kind.starts == ClockStart.YEAR_END:
        return visit.t("holdings.years", n=years, code=kind.retention)
    start = visit.t(f"clock-start.{kind.starts}")
    return visit.t("holdings.years_from", n=years, code=kind.retention, start=start)
