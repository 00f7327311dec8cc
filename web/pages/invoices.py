"""票据: who holds what at each station, and how its gate stands."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import Response

from archive.access import Permission
from archive.custody.book import BookState
from archive.custody.queries.books import StockRow, stock
from archive.custody.queries.requests import GateView, gates
from archive.people.person import Station
from archive.transaction import Transaction
from web.deps import SignedIn, Visit
from web.listing import Listing
from web.page import show
from web.pages.around import chosen_station, just_done, reasons_told
from web.parts import Action, Column, Link, Status

router = APIRouter()

STOCKED = (
    BookState.ISSUED,
    BookState.IN_STOCK,
    BookState.IN_USE,
    BookState.USED_UP,
    BookState.STUB_HANDED_IN,
)
"""The columns of the stock, in the order a book passes through them."""

SHOWN_REASONS = 4


@dataclass(frozen=True, slots=True)
class GateSummary:
    """How the gate stands for one kind, in short."""

    kind: str
    status: Status
    lead: str
    reasons: Sequence[str]
    more: int
    href: str


@router.get("/invoices")
def overview(visit: SignedIn, station: str = "") -> Response:
    with visit.reading() as tx:
        chosen, seen = chosen_station(tx, station)
        if chosen is None:
            return _stations(visit, tx, seen)
        held = stock(tx, [chosen.id])
        views = gates(tx, chosen)
        actions = _actions(visit, tx, chosen)
    return show(
        visit,
        "invoices/station.html",
        station=chosen,
        others=len(seen) > 1,
        notice_text=just_done(visit, "invoices"),
        actions=actions,
        places=_places(visit, chosen),
        gates=[_summary(visit, view) for view in views],
        columns=_columns(visit, held),
        rows=[_held(visit, row) for row in held],
    )


def _stations(visit: Visit, tx: Transaction, seen: list[Station]) -> Response:
    listing = Listing.asked(visit, per_page=20)
    shown = seen[listing.offset : listing.offset + listing.per_page]
    held = stock(tx, [station.id for station in shown])
    rows = [
        _station_row(visit, station, [row for row in held if row.station_id == station.id], views)
        for station, views in ((station, gates(tx, station)) for station in shown)
    ]
    columns = [
        Column("station", visit.t("invoices.station"), "link"),
        *(Column(str(state), visit.t(f"state-book.{state}"), "number") for state in STOCKED),
        Column("blank", visit.t("invoices.blank"), "number"),
        Column("gate", visit.t("invoices.gate"), "status"),
    ]
    return show(
        visit,
        "invoices/stations.html",
        columns=columns,
        rows=rows,
        pages=listing.pages(len(rows), len(seen)),
        places=_places(visit, None),
    )


def _station_row(
    visit: Visit, station: Station, held: list[StockRow], views: list[GateView]
) -> dict[str, object]:
    counts = {str(state): sum(row.books.get(state, 0) for row in held) for state in STOCKED}
    return {
        **counts,
        "station": Link(station.name, f"/invoices?station={station.code}"),
        "blank": sum(row.blank for row in held),
        "gate": _gate_status(visit, views),
    }


def _gate_status(visit: Visit, views: list[GateView]) -> Status:
    if any(view.is_open for view in views):
        return Status(visit.t("invoices.gate_open"), "good")
    if not views:
        return Status(visit.t("invoices.gate_none"), "quiet")
    return Status(
        visit.t("invoices.gate_closed", n=min(len(view.reasons) for view in views)), "bad"
    )


def _summary(visit: Visit, view: GateView) -> GateSummary:
    told = reasons_told(visit, view.reasons)
    lead = "invoices.gate_open_lead" if view.is_open else "invoices.gate_closed_lead"
    return GateSummary(
        kind=view.kind.name,
        status=_gate_status(visit, [view]),
        lead=visit.t(lead, remaining=view.quarter.remaining),
        reasons=told[:SHOWN_REASONS],
        more=max(len(told) - SHOWN_REASONS, 0),
        href=f"/invoices/requests/new?station={view.station.code}&kind={view.kind.code}",
    )


def _actions(visit: Visit, tx: Transaction, station: Station) -> list[Action]:
    found = []
    if tx.can(Permission.BOOK_REQUEST, station.id):
        href = f"/invoices/requests/new?station={station.code}"
        found.append(Action(visit.t("invoices.request"), href, "primary"))
    if tx.can(Permission.PLAN_PROPOSE, station.id):
        href = f"/invoices/plans/new?station={station.code}"
        found.append(Action(visit.t("invoices.propose"), href))
    return found


def _places(visit: Visit, station: Station | None) -> list[Link]:
    narrowed = f"?station={station.code}" if station else ""
    found = [
        Link(visit.t(f"invoices.place.{place}"), f"/invoices/{place}{narrowed}")
        for place in ("books", "plans", "requests", "volumes")
    ]
    if visit.actor.may(Permission.BOOK_HAND_OVER):
        found.insert(0, Link(visit.t("invoices.place.mine"), "/invoices/books?mine=1"))
    return found


def _columns(visit: Visit, held: list[StockRow]) -> list[Column]:
    totals = {state: sum(row.books.get(state, 0) for row in held) for state in STOCKED}
    return [
        Column("holder", visit.t("invoices.holder")),
        Column("kind", visit.t("invoices.kind")),
        *(
            Column(str(state), visit.t(f"state-book.{state}"), "number", total=totals[state])
            for state in STOCKED
        ),
        Column("blank", visit.t("invoices.blank"), "number", total=sum(row.blank for row in held)),
    ]


def _held(visit: Visit, row: StockRow) -> dict[str, object]:
    return {
        **{str(state): row.books.get(state, 0) for state in STOCKED},
        "holder": row.holder or visit.t("invoices.nobody"),
        "kind": row.kind,
        "blank": row.blank,
    }
