"""领用: the gate, what was granted, and the desk where finance issues the books [seed 3.5]."""

from collections.abc import Sequence

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

from archive.custody.actions import requests as verbs
from archive.custody.book import Book
from archive.custody.gate import (
    BookRequest,
    Clearance,
    ClearanceKind,
    ExceptionNeedsReason,
    RequestState,
)
from archive.custody.kind import InvoiceKind
from archive.custody.queries import requests as reads
from archive.custody.queries.books import kinds
from archive.custody.queries.requests import RequestRow
from archive.errors import ArchiveError, NotFound
from archive.people.actions import WrongPassword
from archive.transaction import Transaction
from web import typed
from web.deps import PostedForm, SignedIn, Visit
from web.listing import Listing
from web.page import go, show
from web.pages.around import chosen_station, crumbs, request_status, station_options
from web.pages.gate_page import HERE, MOST_BOOKS, Asked, gate_page
from web.pages.issuing import MOST_RUNS, Run, checked, counted, runs_typed
from web.pages.request_page import request_page
from web.parts import Action, Column, FormState, Kind, Link, Option
from web.rendering import render
from web.typed import RowNumber

router = APIRouter(prefix=HERE)


@router.get("")
def requests(visit: SignedIn) -> Response:
    listing = Listing.asked(visit, filters=("station", "state"), orders=("-requested", "requested"))
    state = listing.text("state")
    with visit.reading() as tx:
        chosen, seen = chosen_station(tx, listing.text("station"))
        rows, total, books = reads.requests(
            tx,
            chosen.id if chosen else None,
            state=state if state in set(RequestState) else "",
            order=listing.order,
            offset=listing.offset,
            limit=listing.per_page,
        )
    at = f"?station={chosen.code}" if chosen else ""
    return show(
        visit,
        "requests/list.html",
        crumbs=crumbs(visit, "invoices", (visit.t("requests.title"), HERE)),
        actions=[Action(visit.t("requests.look_at_gate"), f"{HERE}/new{at}", "primary")],
        state=FormState(dict(listing.filters)),
        stations=station_options(seen),
        states=[Option(str(one), visit.t(f"state-request.{one}")) for one in RequestState],
        columns=_columns(visit, listing, books),
        rows=[_row(visit, row) for row in rows],
        pages=listing.pages(len(rows), total),
    )


@router.get("/new")
def new_request(visit: SignedIn, station: str = "", kind: str = "", books: str = "") -> Response:
    return gate_page(visit, Asked(station, kind, books))


@router.post("/new")
def request_books(visit: SignedIn, form: PostedForm) -> Response:
    asked = Asked(form.text("station"), form.text("kind"), form.text("books"))

    def work(tx: Transaction) -> BookRequest:
        station, _ = chosen_station(tx, asked.station)
        kind = next((one for one in kinds(tx) if one.code == asked.kind), None)
        return verbs.request_books(
            tx,
            station_id=typed.given(station, "station").id,
            kind_id=typed.given(kind, "kind").id,
            books=typed.count(asked.books, "books", most=MOST_BOOKS),
        )

    outcome = visit.attempt(work)
    if outcome.error is not None:
        state = visit.form_state(form, outcome.error)
        return gate_page(visit, asked, state=state, error=outcome.error)
    return go(f"{HERE}/{outcome.value.id}?done=granted")


@router.post("/exceptions")
def allow_exception(visit: SignedIn, form: PostedForm) -> Response:
    asked = Asked(form.text("station"), form.text("kind"), form.text("books"))

    def work(tx: Transaction) -> Clearance:
        station, _ = chosen_station(tx, asked.station)
        basis = form.text("basis")
        if basis not in set(ClearanceKind):
            raise ExceptionNeedsReason(field="basis")
        return verbs.allow_exception(
            tx,
            typed.given(station, "station").id,
            kind=ClearanceKind(basis),
            reason=typed.words(form.text("reason"), "reason", most=1000, required=False),
            password=str(form.data.get("password", "")),
        )

    outcome = visit.attempt(work)
    if outcome.error is None:
        query = f"?station={asked.station}&kind={asked.kind}&books={asked.books}&done=excepted"
        return go(f"{HERE}/new{query}")
    state = visit.form_state(form, outcome.error)
    if isinstance(outcome.error, WrongPassword):
        state = FormState(state.values, {"password": visit.told(outcome.error)})
    return gate_page(visit, asked, state=state, error=outcome.error)


@router.get("/{request_id}")
def request(visit: SignedIn, request_id: RowNumber) -> Response:
    return request_page(visit, request_id)


@router.get("/{request_id}/count")
def count(visit: SignedIn, request_id: RowNumber) -> Response:
    """How many books the numbers typed so far come to; asked for while they are typed."""
    with visit.reading() as tx:
        found = reads.seen_request(tx, request_id)
        kind = tx.get(InvoiceKind, found.kind_id)
    runs = runs_typed(visit.request.query_params)
    page = render("requests/count.html", visit.language, counted=counted(visit, kind, runs, found))
    return HTMLResponse(page)


@router.post("/{request_id}/issue")
def issue(visit: SignedIn, request_id: RowNumber, form: PostedForm) -> Response:
    runs = runs_typed(form.values)
    if form.text("do") in {"more", "count"}:
        more = [Run("", "", "")] if form.text("do") == "more" and len(runs) < MOST_RUNS else []
        return request_page(visit, request_id, runs=[*runs, *more])

    def work(tx: Transaction) -> list[Book]:
        found = reads.seen_request(tx, request_id)
        given = checked(tx.get(InvoiceKind, found.kind_id), runs)
        return verbs.issue_books(tx, request_id, runs=given)

    return _after(visit, request_id, visit.attempt(work).error, "issued", runs)


@router.post("/{request_id}/cancel")
def cancel(visit: SignedIn, request_id: RowNumber) -> Response:
    def work(tx: Transaction) -> BookRequest:
        reads.seen_request(tx, request_id)
        return verbs.cancel_request(tx, request_id)

    return _after(visit, request_id, visit.attempt(work).error, "cancelled")


def _after(
    visit: Visit,
    request_id: int,
    error: ArchiveError | None,
    done: str,
    runs: Sequence[Run] = (Run("", "", ""),),
) -> Response:
    if error is None:
        return go(f"{HERE}/{request_id}?done={done}")
    if isinstance(error, NotFound):
        raise error
    return request_page(visit, request_id, runs=runs, error=error)


def _columns(visit: Visit, listing: Listing, books: int) -> list[Column]:
    def column(key: str, kind: Kind = "text", *, order: str = "", total: object = None) -> Column:
        return listing.column(key, visit.t(f"requests.{key}"), kind, order=order, total=total)

    return [
        column("number", "link"),
        column("requested_at", "moment", order="requested"),
        column("station"),
        column("kind"),
        column("books", "number", total=books),
        column("state", "status"),
        column("basis"),
        column("requested_by"),
    ]


def _row(visit: Visit, row: RequestRow) -> dict[str, object]:
    return {
        "number": Link(visit.t("requests.one", n=row.id), f"{HERE}/{row.id}"),
        "requested_at": row.requested_at,
        "station": row.station,
        "kind": row.kind,
        "books": row.books,
        "state": request_status(visit, row.state),
        "basis": visit.t(f"clearance.{row.basis}"),
        "requested_by": row.requested_by,
    }
