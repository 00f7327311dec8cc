"""鉴定: the list, proposing one, what the proposer puts in and whom they name."""

from collections.abc import Callable

from fastapi import APIRouter
from starlette.responses import Response

from archive.access import Permission
from archive.holdings.queries.records import NoRecordOfCode, record_by_code
from archive.people.queries import stations_where
from archive.reports.lists import every_appraisal
from archive.reports.spreadsheet import Form as FileForm
from archive.retention.actions import appraisals as verbs
from archive.retention.actions.appraisals import Named
from archive.retention.appraisal import Appraisal, AppraisalState, ChairMissing
from archive.retention.department import Department
from archive.retention.queries.appraisals import (
    AppraisalFilter,
    AppraisalLine,
    appraisals,
    count_appraisals,
)
from archive.transaction import Transaction
from web import typed
from web.deps import Form, PostedForm, SignedIn, Visit
from web.errors import status_of
from web.exports import download, form_asked, headings
from web.listing import Listing
from web.page import go, show
from web.pages.appraisal_desk import HERE, PANEL, desk_page, state_status
from web.pages.around import crumbs, station_options
from web.parts import Action, Column, FormState, Link, Option
from web.typed import RowNumber

router = APIRouter(prefix=HERE)

MOST_CHOSEN = 500
FILE_COLUMNS = {
    "number": "text",
    "name": "text",
    "station": "text",
    "items_n": "number",
    "signed_of": "text",
    "proposed_by": "text",
    "proposed_at": "text",
    "state": "text",
}


@router.get("")
def appraisal_list(visit: SignedIn) -> Response:
    listing = Listing.asked(visit, filters=("state", "station"))
    with visit.reading() as tx:
        stations = stations_where(tx, Permission.RETENTION_READ)
        station = next((one for one in stations if one.code == listing.text("station")), None)
        asked = AppraisalFilter(listing.text("state"), station.id if station else None)
        lines = appraisals(tx, asked, limit=listing.per_page, offset=listing.offset)
        total = count_appraisals(tx, asked)
        ever = total or count_appraisals(tx)
        may_propose = tx.can(Permission.APPRAISAL_PROPOSE)
    if (form := form_asked(visit)) is not None:
        return _file(visit, listing, form, asked)
    new = Action(visit.t("appraisals.new"), f"{HERE}/new", "primary")
    return show(
        visit,
        "appraisals/list.html",
        crumbs=crumbs(visit, "retention", (visit.t("appraisals.title"), "")),
        state=FormState(dict(listing.filters)),
        actions=[new] if may_propose else [],
        states=[
            Option("open", visit.t("appraisals.open")),
            *(Option(str(one), visit.t(f"state-appraisal.{one}")) for one in AppraisalState),
        ],
        stations=station_options(stations),
        columns=[
            Column("number", visit.t("appraisals.number"), "link"),
            Column("name", visit.t("appraisals.name")),
            Column("station", visit.t("appraisals.station")),
            Column("items", visit.t("appraisals.items_n"), "number"),
            Column("signed", visit.t("appraisals.signed_of")),
            Column("proposed_by", visit.t("appraisals.proposed_by")),
            Column("state", visit.t("appraisals.state"), "status"),
        ],
        rows=[_row(visit, line) for line in lines],
        empty_text=visit.t("appraisals.none" if ever else "appraisals.none_yet"),
        pages=listing.pages(len(lines), total, exports=True),
    )


def _file(visit: Visit, listing: Listing, form: FileForm, asked: AppraisalFilter) -> Response:
    """The whole list as a file."""

    def told(line: AppraisalLine) -> dict[str, object]:
        row = _row(visit, line)
        return row | {
            "number": line.appraisal.name,
            "items_n": line.items,
            "signed_of": row["signed"],
            "proposed_at": line.appraisal.proposed_at,
            "state": visit.t(f"state-appraisal.{line.appraisal.state}"),
        }

    return download(
        visit,
        listing,
        what="appraisals",
        form=form,
        columns=headings(visit, "appraisals", **FILE_COLUMNS),
        rows=lambda tx: (told(line) for line in every_appraisal(tx, asked)),
    )


@router.get("/new")
def new(visit: SignedIn) -> Response:
    return _new_page(visit, FormState())


@router.post("/new")
def propose(visit: SignedIn, form: PostedForm) -> Response:
    def work(tx: Transaction) -> Appraisal:
        stations = stations_where(tx, Permission.APPRAISAL_PROPOSE)
        only = stations[0] if len(stations) == 1 else None
        chosen = next((one for one in stations if one.code == form.text("station")), only)
        station = typed.given(chosen, "station")
        title = typed.words(form.text("title"), "title", most=120)
        return verbs.propose_appraisal(tx, station.id, title=title)

    outcome = visit.attempt(work)
    if outcome.error is None:
        return go(f"{HERE}/{outcome.value.id}?done=proposed")
    return _new_page(visit, visit.form_state(form, outcome.error), status_of(outcome.error))


@router.post("/{appraisal_id}/add-due")
def add_due(visit: SignedIn, appraisal_id: RowNumber, form: PostedForm) -> Response:
    return _done(visit, appraisal_id, form, lambda tx: verbs.add_due(tx, appraisal_id), "added")


@router.post("/{appraisal_id}/add")
def add(visit: SignedIn, appraisal_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> None:
        code = typed.words(form.text("code"), "code", most=80)
        try:
            record = record_by_code(tx, code)
        except NoRecordOfCode as error:
            raise NoRecordOfCode(field="code", **error.facts) from error
        verbs.add_record(tx, appraisal_id, record.id)

    return _done(visit, appraisal_id, form, work, "added")


@router.post("/{appraisal_id}/remove")
def remove(visit: SignedIn, appraisal_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> None:
        verbs.remove_items(tx, appraisal_id, chosen(form))

    return _done(visit, appraisal_id, form, work, "removed")


@router.post("/{appraisal_id}/panel")
def panel(visit: SignedIn, appraisal_id: RowNumber, form: PostedForm) -> Response:
    """Everybody ticked, for the departments they are ticked under, one of them in the chair."""

    def work(tx: Transaction) -> None:
        verbs.name_panel(tx, appraisal_id, _named(form))

    error = visit.attempt(work).error
    if error is None:
        return go(f"{HERE}/{appraisal_id}?done=panel")
    state = visit.form_state(form, error)
    ticked = {f"member-{name}": form.texts(f"member-{name}") for name in PANEL}
    state = FormState({**state.values, **ticked}, state.errors)
    return desk_page(visit, appraisal_id, state, status_of(error))


@router.post("/{appraisal_id}/convene")
def convene(visit: SignedIn, appraisal_id: RowNumber, form: PostedForm) -> Response:
    return _done(visit, appraisal_id, form, lambda tx: verbs.convene(tx, appraisal_id), "convened")


@router.post("/{appraisal_id}/withdraw")
def withdraw(visit: SignedIn, appraisal_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> None:
        reason = typed.words(form.text("withdraw_reason"), "withdraw_reason", most=500)
        verbs.withdraw_appraisal(tx, appraisal_id, reason=reason)

    return _done(visit, appraisal_id, form, work, "withdrawn")


def chosen(form: Form) -> list[int]:
    """The records ticked on the page.

    Raises:
        NothingTyped: none is.
    """
    said = [text for text in form.texts("item") if text.isdecimal() and len(text) < 19]
    if not said:
        raise typed.NothingTyped(field="item")
    return [int(text) for text in said[:MOST_CHOSEN]]


def _named(form: Form) -> list[Named]:
    """The panel as it was ticked.

    Raises:
        ChairMissing: somebody is to have the chair who is not on it.
    """
    chair = form.text("chair")
    named = [
        Named(int(said), Department(department), chair=said == chair)
        for department in PANEL
        for said in form.texts(f"member-{department}")[:MOST_CHOSEN]
        if said.isdecimal() and len(said) < 10
    ]
    if chair and not any(one.chair for one in named):
        raise ChairMissing(field="chair")
    return named


def _done(
    visit: Visit,
    appraisal_id: int,
    form: Form,
    work: Callable[[Transaction], object],
    done: str,
) -> Response:
    error = visit.attempt(work).error
    if error is None:
        return go(f"{HERE}/{appraisal_id}?done={done}")
    return desk_page(visit, appraisal_id, visit.form_state(form, error), status_of(error))


def _new_page(visit: Visit, state: FormState, status: int = 200) -> Response:
    with visit.reading() as tx:
        tx.require(Permission.APPRAISAL_PROPOSE)
        stations = stations_where(tx, Permission.APPRAISAL_PROPOSE)
    return show(
        visit,
        "appraisals/new.html",
        status=status,
        state=state,
        crumbs=crumbs(
            visit, "retention", (visit.t("appraisals.title"), HERE), (visit.t("appraisals.new"), "")
        ),
        stations=station_options(stations) if len(stations) > 1 else [],
    )


def _row(visit: Visit, line: AppraisalLine) -> dict[str, object]:
    one = line.appraisal
    signed = visit.t("appraisals.signed_n", signed=line.signed, members=line.members)
    return {
        "number": Link(one.name, f"{HERE}/{one.id}"),
        "name": one.title,
        "station": line.station.name,
        "items": line.items,
        "signed": signed if line.members else "",
        "proposed_by": line.proposed_by.name,
        "state": state_status(visit, one.state),
    }
