"""The gate, seen before anything is asked: six lines, each with its clause, facts and next step.

Whoever looks sees the decision the verb would take now [seed 3.5]; the custodian asks from here,
the company's leader allows a recorded exception from here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from starlette.responses import Response

from archive.access import Permission
from archive.custody.gate import ClearanceKind, Reason, ReasonCode
from archive.custody.kind import InvoiceKind
from archive.custody.plan import quarter_of
from archive.custody.queries.books import kinds
from archive.custody.queries.requests import (
    GateLine,
    GateView,
    LineState,
    gate_view,
    had_books,
    waiting_at,
)
from archive.errors import ArchiveError
from archive.messages.refusal import gate_reasons
from archive.people.person import Station
from archive.transaction import Transaction
from web import typed
from web.deps import Visit
from web.errors import status_of
from web.page import show
from web.pages.around import chosen_station, crumbs, just_done, reasons_told, station_options
from web.parts import FormState, Link, Option, Refusal, Signing, Status, Tone

HERE = "/invoices/requests"
MOST_BOOKS = 1000

MARKS: dict[LineState, tuple[str, Tone]] = {
    LineState.OPEN: ("✓", "good"),
    LineState.CLOSED: ("✗", "bad"),
    LineState.WAIVED: ("!", "warn"),
    LineState.OTHERS: ("→", "info"),
}


NOTHING_SHOWN: dict[str, Any] = {
    "view": None,
    "verdict": None,
    "lines": [],
    "ask": None,
    "exception": None,
    "exceptions": [],
    "waiting": [],
}
"""What the template is given before a station is chosen."""


@dataclass(frozen=True, slots=True)
class ReasonShown:
    """Why a line is not met, and where that is mended."""

    text: str
    fix: Link | None = None


@dataclass(frozen=True, slots=True)
class LineShown:
    """A line of the decision table as the page draws it."""

    line: str
    state: str
    mark: str
    status: Status
    title: str
    clause: str
    facts: Sequence[str]
    reasons: Sequence[ReasonShown]
    links: Sequence[Link]


@dataclass(frozen=True, slots=True)
class Asked:
    """For whom and how much: what the gate is looked at for."""

    station: str
    kind: str
    books: str


def gate_page(
    visit: Visit,
    asked: Asked,
    *,
    state: FormState | None = None,
    error: ArchiveError | None = None,
) -> Response:
    """The gate's page; after a refusal with every reason at its head."""
    books, wrong = _books(visit, asked.books)
    with visit.reading() as tx:
        looked_at = _looked_at(visit, tx, asked, books)
    return show(
        visit,
        "requests/gate.html",
        status=status_of(error) if error else 422 if wrong else 200,
        crumbs=crumbs(
            visit, "invoices", (visit.t("requests.title"), HERE), (visit.t("requests.new"), "")
        ),
        notice_text="" if error else just_done(visit, "requests"),
        refusal=refusal_of(visit, error),
        asked=FormState({"books": asked.books or "1"}, wrong),
        state=state or FormState(),
        books=books,
        **looked_at,
    )


def _looked_at(visit: Visit, tx: Transaction, asked: Asked, books: int) -> dict[str, Any]:
    """Station and kind that were asked for, and the gate of both once they are known."""
    station, seen = chosen_station(tx, asked.station)
    found = kinds(tx)
    kind = next((one for one in found if one.code == asked.kind), found[0] if found else None)
    choices = {
        "station": station,
        "stations": station_options(seen),
        "kind": kind,
        "kinds": [Option(one.code, one.name) for one in found],
    }
    if station is None or kind is None:
        return {**choices, **NOTHING_SHOWN}
    return {**choices, **_shown(visit, tx, station, kind, books)}


def _shown(
    visit: Visit, tx: Transaction, station: Station, kind: InvoiceKind, books: int
) -> dict[str, Any]:
    view = gate_view(tx, station, kind, books)
    closed = [line for line in view.lines if line.state == LineState.CLOSED]
    return {
        "view": view,
        "verdict": _status(visit, view),
        "lines": [_line(visit, tx, view, line) for line in view.lines],
        "ask": _ask(visit, tx, view, closed),
        "exception": _exception(visit, tx, view),
        "exceptions": _exception_kinds(visit, first_issue=not had_books(tx, station.id)),
        "waiting": waiting_at(tx, station.id),
    }


def _books(visit: Visit, text: str) -> tuple[int, dict[str, str]]:
    if not text:
        return 1, {}
    try:
        return typed.count(text, "books", most=MOST_BOOKS), {}
    except ArchiveError as error:
        return 1, {"books": visit.told(error)}


def _status(visit: Visit, view: GateView) -> Status:
    if view.is_open:
        return Status(visit.t("invoices.gate_open"), "good")
    return Status(visit.t("invoices.gate_closed", n=len(view.reasons)), "bad")


def _ask(
    visit: Visit, tx: Transaction, view: GateView, closed: list[GateLine]
) -> dict[str, str] | None:
    """The request button, with why it is grey; None for who never asks for books."""
    if not tx.can(Permission.BOOK_REQUEST, view.station.id):
        return None
    names = [visit.t(f"requests.short.{line.line}") for line in closed]
    why_not = visit.t("requests.closed", n=len(names), lines=names) if names else ""
    return {"why_not": why_not}


def _exception(visit: Visit, tx: Transaction, view: GateView) -> Signing | None:
    """The leader's form for a recorded exception; None for everybody else."""
    if not tx.can(Permission.GATE_EXCEPT, view.station.id):
        return None
    standing = view.clearance is not None and view.clearance.volume_id is None
    why_not = ""
    if view.is_open:
        why_not = "requests.exception_not_needed"
    elif standing:
        why_not = "requests.exception_stands"
    return Signing(
        action=f"{HERE}/exceptions",
        title=visit.t("requests.exception"),
        statements=[
            visit.t("requests.exception_told", station=view.station.name),
            visit.t("requests.exception_keeps"),
            *([visit.t("requests.exception_recorded", n=n)] if (n := len(view.reasons)) else []),
        ],
        button=visit.t("requests.exception_button"),
        person=visit.actor.name,
        why_not=[visit.t(why_not)] if why_not else (),
    )


def refusal_of(visit: Visit, error: ArchiveError | None) -> Refusal | None:
    """Why nothing was granted: every reason, and the clause that asks for them."""
    reasons = error.facts.get("reasons") if error is not None else None
    if error is None or reasons is None:
        return None
    return Refusal(
        title=visit.t("requests.refused"),
        reasons=gate_reasons(reasons, visit.language),
        clause=visit.t("requests.rule"),
        clause_text=visit.t("requests.rule_text"),
        next_steps=[visit.t("requests.refused_next")],
    )


def _line(visit: Visit, tx: Transaction, view: GateView, line: GateLine) -> LineShown:
    mark, tone = MARKS[line.state]
    sentences = reasons_told(visit, line.reasons)
    return LineShown(
        line=line.line,
        state=str(line.state),
        mark=mark,
        status=Status(visit.t(f"requests.line_{line.state}"), tone),
        title=visit.t(f"gate-line.{line.line}"),
        clause=visit.t(f"requests.clause.{line.line}"),
        facts=_FACTS[line.line](visit, view),
        reasons=[
            ReasonShown(text, _fix(visit, tx, view, reason))
            for text, reason in zip(sentences, line.reasons, strict=True)
        ],
        links=_links(visit, tx, view, line),
    )


def _plan_facts(visit: Visit, view: GateView) -> list[str]:
    quarter = view.quarter
    found = []
    if quarter.approved:
        found.append(
            visit.t(
                "requests.fact.plan",
                approved=quarter.approved,
                drawn=quarter.drawn,
                remaining=quarter.remaining,
                books=view.books,
            )
        )
    if quarter.waiting:
        found.append(visit.t("requests.fact.plan_waiting", waiting=quarter.waiting))
    return found


def _book_facts(visit: Visit, view: GateView) -> list[str]:
    owed = view.facts.books_owed
    done = sum(book.all_bound and book.stub_handed_in for book in owed)
    return [visit.t("requests.fact.books", n=len(owed), done=done)]


def _clearance_facts(visit: Visit, view: GateView) -> list[str]:
    seen = view.clearance
    if seen is None:
        return []
    if seen.volume_id is not None:
        return [
            visit.t(
                "requests.fact.signed",
                volume=seen.volume,
                by=seen.by,
                at=seen.clearance.granted_at,
            )
        ]
    return [
        visit.t(
            "requests.fact.excepted",
            kind=visit.t(f"clearance.{seen.clearance.kind}"),
            by=seen.by,
            at=seen.clearance.granted_at,
            reason=seen.clearance.reason,
        )
    ]


def _finding_facts(visit: Visit, view: GateView) -> list[str]:
    against = next(line.reasons for line in view.lines if line.line == "d")
    owed = len(view.facts.volumes_owed)
    return [visit.t("requests.fact.volumes", n=owed, bad=len(against))]


def _month_facts(visit: Visit, view: GateView) -> list[str]:
    return [visit.t("requests.fact.months", month=view.closed_before - timedelta(days=1))]


def _custodian_facts(visit: Visit, view: GateView) -> list[str]:
    if view.custodian is None:
        return [visit.t("requests.fact.no_custodian")]
    return [visit.t("requests.fact.custodian", name=view.custodian)]


_FACTS = {
    "a": _plan_facts,
    "b": _book_facts,
    "c": _clearance_facts,
    "d": _finding_facts,
    "e": _month_facts,
    "f": _custodian_facts,
}


def _fix(visit: Visit, tx: Transaction, view: GateView, reason: Reason) -> Link | None:
    """Where the one thing that stands against it is done, or at least seen."""
    unbound = reason.code in {ReasonCode.BOOK_NOT_BOUND, ReasonCode.NUMBERS_NOT_BOUND}
    if unbound and tx.can(Permission.VOLUME_BIND, view.station.id):
        return Link(visit.t("requests.bind"), f"/invoices/volumes/new?station={view.station.id}")
    if volume := view.volume_ids.get(reason.facts.get("volume", "")):
        label = visit.t("requests.open_volume", volume=reason.facts["volume"])
        return Link(label, f"/invoices/volumes/{volume}")
    if book := view.book_ids.get(reason.facts.get("book", "")):
        return Link(visit.t("requests.open_book"), f"/invoices/books/{book}")
    return None


def _links(visit: Visit, tx: Transaction, view: GateView, line: GateLine) -> list[Link]:
    """Where the line as a whole is looked at or mended."""
    station = view.station
    narrowed = f"?station={station.code}"
    if line.line == "a":
        return _plan_links(visit, tx, view, line)
    if line.line == "c" and view.clearance is not None and view.clearance.volume_id is not None:
        label = visit.t("requests.open_volume", volume=view.clearance.volume)
        return [Link(label, f"/invoices/volumes/{view.clearance.volume_id}")]
    if line.line == "c" and line.state != LineState.OPEN:
        return [Link(visit.t("requests.see_volumes"), f"/invoices/volumes{narrowed}")]
    if line.line == "b" and line.state != LineState.OPEN:
        return [Link(visit.t("requests.see_books"), f"/invoices/books{narrowed}&state=used-up")]
    if line.line == "f" and view.custodian is None and tx.can(Permission.PERSON_READ):
        return [Link(visit.t("requests.see_persons"), f"/settings{narrowed}")]
    return []


def _plan_links(visit: Visit, tx: Transaction, view: GateView, line: GateLine) -> list[Link]:
    year, quarter = quarter_of(tx.today)
    narrowed = f"?station={view.station.code}&year={year}&quarter={quarter}"
    links = [Link(visit.t("requests.see_plans"), f"/invoices/plans{narrowed}")]
    if line.state == LineState.CLOSED and tx.can(Permission.PLAN_PROPOSE, view.station.id):
        href = f"/invoices/plans/new?station={view.station.code}"
        links.insert(0, Link(visit.t("requests.propose_plan"), href))
    return links if view.quarter.plans or len(links) > 1 else []


def _exception_kinds(visit: Visit, *, first_issue: bool) -> list[Option]:
    """The two exceptions there are; the first issue only where it is one."""
    offered = [ClearanceKind.FIRST_ISSUE] if first_issue else []
    return [
        Option(str(kind), visit.t(f"clearance.{kind}"), visit.t(f"requests.exception_{kind}"))
        for kind in (*offered, ClearanceKind.EMERGENCY)
    ]
