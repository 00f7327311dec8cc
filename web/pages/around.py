"""What the pages about invoices share: where one is, at which station, and what was just done."""

from collections.abc import Iterable, Mapping, Sequence

from archive.access import Permission
from archive.custody.actions.requests import told
from archive.custody.book import BookState
from archive.custody.gate import Reason, RequestState
from archive.custody.plan import PlanState
from archive.messages import sentences
from archive.messages.refusal import gate_reasons
from archive.people.person import Station
from archive.people.queries import stations_where
from archive.transaction import Transaction
from web.deps import Visit
from web.parts import Link, Option, Status, Tone

BOOK_TONES: Mapping[str, Tone] = {
    BookState.ISSUED: "warn",
    BookState.IN_STOCK: "info",
    BookState.IN_USE: "info",
    BookState.USED_UP: "warn",
    BookState.STUB_HANDED_IN: "info",
    BookState.ACCEPTED: "good",
}
PLAN_TONES: Mapping[str, Tone] = {
    PlanState.PROPOSED: "info",
    PlanState.APPROVED: "good",
    PlanState.RETURNED: "bad",
}
REQUEST_TONES: Mapping[str, Tone] = {
    RequestState.GRANTED: "warn",
    RequestState.FULFILLED: "good",
    RequestState.CANCELLED: "quiet",
}


def crumbs(visit: Visit, section: str, *links: tuple[str, str]) -> list[Link]:
    """The way from the section to this page; each link is a text and its address."""
    home = Link(visit.t(f"section.{section}"), f"/{section}")
    return [home, *(Link(label, href) for label, href in links)]


def just_done(visit: Visit, area: str) -> str:
    """What is said at the head of a page after something was done (``?done=key``)."""
    key = f"{area}.done.{visit.request.query_params.get('done', '')}"
    return visit.t(key) if key in sentences("zh") else ""


def book_status(visit: Visit, state: str) -> Status:
    return Status(visit.t(f"state-book.{state}"), BOOK_TONES[state])


def plan_status(visit: Visit, state: str) -> Status:
    return Status(visit.t(f"state-plan.{state}"), PLAN_TONES[state])


def request_status(visit: Visit, state: str) -> Status:
    return Status(visit.t(f"state-request.{state}"), REQUEST_TONES[state])


def chosen_station(tx: Transaction, code: str) -> tuple[Station | None, list[Station]]:
    """The station asked for by its code (the only one, when there is one), and all one may see.

    Raises:
        NotPermitted: the person has nothing to do with invoices.
    """
    tx.require(Permission.BOOK_READ)
    seen = stations_where(tx, Permission.BOOK_READ)
    if len(seen) == 1:
        return seen[0], seen
    return next((station for station in seen if station.code == code), None), seen


def station_options(stations: Iterable[Station]) -> list[Option]:
    return [Option(station.code, station.name) for station in stations]


def reasons_told(visit: Visit, reasons: Sequence[Reason]) -> list[str]:
    """Each reason against new books in one plain sentence."""
    return gate_reasons(told(reasons), visit.language)
