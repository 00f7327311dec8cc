"""检索: one box for words, names, codes and numbers.

What is typed may be a name, so it is posted and kept under an address that says nothing; where in
the results one is, and what they are narrowed to, stands in the address like in every list.
"""

from collections.abc import Iterable
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from archive.finding.actions.searches import keep_search, note_search
from archive.finding.explaining import Place
from archive.finding.queries.numbers import Located, located
from archive.finding.queries.search import PER_PAGE, FacetValue, Look, Result, Results, search
from archive.finding.queries.searches import my_searches, search_at
from archive.finding.search import Search
from archive.reports.found import found_lines
from archive.reports.spreadsheet import Form as FileForm
from archive.reports.spreadsheet import Row
from archive.retention.period import DueState
from archive.search import FACETS, ORDERS
from archive.transaction import Transaction
from web.deps import PostedForm, SignedIn, Visit
from web.errors import status_of
from web.exports import download, form_asked, headings
from web.listing import Listing
from web.page import go, show
from web.pages.books import found_facts
from web.pages.filing import kind_name
from web.pages.records import RECORDS, pair_status
from web.parts import Fact, FormState, Link

router = APIRouter(prefix="/search")

HERE = "/search"
SHOWN = 8
"""So many values of a facet are shown at once; the rest unfolds."""

FILE_COLUMNS = {
    "code": "text",
    "name": "text",
    "kind": "text",
    "day": "text",
    "station": "text",
    "pair": "text",
    "due": "text",
}


@router.get("")
def box(visit: SignedIn) -> Response:
    return _box(visit, FormState())


@router.post("")
def ask(visit: SignedIn, form: PostedForm) -> Response:
    outcome = visit.attempt(lambda tx: note_search(tx, form.text("q")).token)
    if outcome.error is None:
        return go(f"{HERE}/{outcome.value}")
    return _box(visit, visit.form_state(form, outcome.error), status_of(outcome.error))


@router.get("/{token}")
def results(visit: SignedIn, token: str) -> Response:
    listing = Listing.asked(visit, filters=FACETS, orders=ORDERS, per_page=PER_PAGE)
    if (form := form_asked(visit)) is not None:
        return _file(visit, token, listing, form)
    with visit.reading() as tx:
        asked = search_at(tx, token)
        found = search(tx, _look(asked, listing), visit.language)
        numbers = located(tx, asked.typed)
        rows = [_row(visit, one) for one in found.results]
        own = asked.person_id == tx.actor.person_id
    shown = len(rows)
    return show(
        visit,
        "search/results.html",
        state=FormState({"q": asked.typed, "name": asked.name}),
        asked=asked,
        own=own,
        total=found.total,
        rows=rows,
        numbers=[_number(visit, one) for one in numbers],
        facets=[
            _facet(visit, listing, facet, found) for facet in FACETS if found.facets.get(facet)
        ],
        narrowed=_narrowed(visit, listing, found),
        orders=[_order(visit, listing, order) for order in ORDERS if order != "-code"],
        pages=listing.pages(shown, found.total, exports=True),
        catching_up=found.catching_up,
        meant=found.meant,
        nothing=found.asked.says_nothing,
    )


@router.post("/{token}/keep")
def keep(visit: SignedIn, token: str, form: PostedForm) -> Response:
    """Give the search a name, or take it away."""
    error = visit.attempt(lambda tx: keep_search(tx, token, form.text("name"))).error
    return go(f"{HERE}/{token}") if error is None else _box(visit, FormState(), status_of(error))


def _box(visit: Visit, state: FormState, status: int = 200) -> Response:
    with visit.reading() as tx:
        kept, recent = my_searches(tx)
    return show(
        visit,
        "search/box.html",
        status=status,
        state=state,
        kept=[_link(one) for one in kept],
        recent=[_link(one) for one in recent],
    )


def _link(search: Search) -> Link:
    return Link(search.name or search.typed, f"{HERE}/{search.token}")


def _look(asked: Search, listing: Listing) -> Look:
    return Look(asked.typed, listing.filters, listing.order, listing.per_page, listing.offset)


def _row(visit: Visit, found: Result) -> dict[str, object]:
    line = found.line
    return {
        "href": f"{RECORDS}/{line.record.id}",
        "code": line.record.code,
        "title": found.title,
        "kind": kind_name(visit, line.kind),
        "station": line.station.name,
        "day": line.record.formed_on,
        "pair": pair_status(visit, line.pair.state),
        "due": _due(visit, found),
        "places": [
            _place(visit, line.record.id, place)
            for place in found.places
            if place.field != "title"  # it is marked in the heading
        ],
    }


def _due(visit: Visit, found: Result) -> str:
    if found.due.state == DueState.NEVER:
        return visit.t("search.for_ever")
    through = found.due.protected_through
    return (
        visit.t("search.kept_through", year=through.year)
        if through
        else visit.t("search.not_started")
    )


def _place(visit: Visit, record_id: int, place: Place) -> dict[str, object]:
    where = visit.t(f"search.in_{place.field}", n=place.page)
    href = f"{RECORDS}/{record_id}?page={place.page}" if place.page else ""
    return {"where": where, "href": href, "snippet": place.snippet}


def _facet(visit: Visit, listing: Listing, facet: str, found: Results) -> dict[str, object]:
    values = [_value(listing, facet, one) for one in found.facets[facet]]
    return {
        "title": visit.t(f"search.facet_{facet}"),
        "shown": values[:SHOWN],
        "more": values[SHOWN:],
    }


def _value(listing: Listing, facet: str, value: FacetValue) -> Link:
    href = _at(listing, facet, "" if value.chosen else value.value)
    return Link(value.label, href, current=value.chosen, count=value.count)


def _at(listing: Listing, facet: str, value: str) -> str:
    narrowed: dict[str, Any] = {facet: value}
    return listing.address(**narrowed)


def _narrowed(visit: Visit, listing: Listing, found: Results) -> list[Link]:
    """What the results are narrowed to, each to be taken away again."""
    return [
        Link(f"{visit.t(f'search.facet_{facet}')}：{value.label}", _at(listing, facet, ""))
        for facet, values in found.facets.items()
        for value in values
        if value.chosen
    ]


def _order(visit: Visit, listing: Listing, order: str) -> Link:
    label = visit.t(f"search.order_{order.replace('-', 'falling_')}")
    return Link(label, listing.address(order=order), current=listing.order == order)


def _number(visit: Visit, one: Located) -> dict[str, object]:
    facts = found_facts(visit, one.found)
    if one.stub is not None:
        href = f"/invoices/volumes/{one.found.volume_id}/desk?page={one.stub.page}"
        facts.append(Fact(visit.t("search.page"), one.stub.page, "number", href))
    if one.verified_by:
        facts.append(Fact(visit.t("search.verified_by"), one.verified_by))
    if one.record is not None:
        filed = Fact(visit.t("search.filed_as"), one.record.code, href=f"{RECORDS}/{one.record.id}")
        facts += [filed, Fact(visit.t("search.shelf"), one.shelf or None)]
    picture = f"/invoices/scans/{one.stub.scan_id}/stubs/{one.stub.stub_id}.jpg" if one.stub else ""
    return {"number": one.found.number, "facts": facts, "picture": picture}


def _file(visit: Visit, token: str, listing: Listing, form: FileForm) -> Response:
    """Everything found, not only the page shown."""

    def rows(tx: Transaction) -> Iterable[Row]:
        return (
            {
                "code": line.record.code,
                "name": line.record.title,
                "kind": kind_name(visit, line.kind),
                "day": line.record.formed_on,
                "station": line.station.name,
                "pair": visit.t(f"state-pair.{line.pair.state}"),
                "due": due.protected_through or "",
            }
            for line, due in found_lines(tx, _look(search_at(tx, token), listing))
        )

    columns = headings(visit, "search", **FILE_COLUMNS)
    return download(visit, listing, what="search", form=form, columns=columns, rows=rows)
