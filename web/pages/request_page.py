"""One granted request: what released it, the books issued on it, and finance's desk."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from archive.access import Permission, forbid_same_person
from archive.custody.book import Book
from archive.custody.gate import REQUEST_WORKFLOW, BookRequest, RequestState
from archive.custody.kind import InvoiceKind
from archive.custody.queries import requests as reads
from archive.custody.queries.book_history import Release, release_of
from archive.errors import ArchiveError
from archive.people.person import Person, Station
from archive.transaction import Transaction
from web.deps import Visit
from web.errors import status_of
from web.page import show
from web.pages.around import book_status, crumbs, just_done, request_status
from web.pages.gate_page import HERE, refusal_of
from web.pages.issuing import MOST_RUNS, Run, counted, state_of
from web.parts import Column, Fact, Link


@dataclass(frozen=True)
class Desk:
    """Everything the page of one request shows."""

    request: BookRequest
    station: Station
    kind: InvoiceKind
    requested_by: Person
    release: Release
    books: list[Book]
    stands: bool
    issuing: bool
    cancelling: bool


def request_page(
    visit: Visit,
    request_id: int,
    *,
    runs: Sequence[Run] = (Run("", "", ""),),
    error: ArchiveError | None = None,
) -> Response:
    """The page of a request; ``runs`` is what finance has typed so far."""
    with visit.reading() as tx:
        desk = _desk(tx, request_id)
    request = desk.request
    name = visit.t("requests.one", n=request.id)
    return show(
        visit,
        "requests/request.html",
        status=status_of(error) if error else 200,
        crumbs=crumbs(visit, "invoices", (visit.t("requests.title"), HERE), (name, "")),
        name=name,
        lead=visit.t(f"requests.next.{request.state}"),
        desk=desk,
        status_word_=request_status(visit, request.state),
        notice_text="" if error else just_done(visit, "requests"),
        refusal=refusal_of(visit, error),
        facts=_facts(visit, desk),
        basis=_basis(visit, desk),
        waived=_waived(visit, request),
        state=state_of(visit, runs, None if refusal_of(visit, error) else error),
        runs=list(runs),
        may_add=len(runs) < MOST_RUNS,
        labels=_labels(visit, runs),
        counted=counted(visit, desk.kind, runs, request),
        why_not=_why_not(visit, desk),
        columns=_columns(visit),
        rows=[_row(visit, book) for book in desk.books],
    )


def _desk(tx: Transaction, request_id: int) -> Desk:
    request = reads.seen_request(tx, request_id)
    station_id, state = request.station_id, RequestState(request.state)
    return Desk(
        request=request,
        station=tx.get(Station, station_id),
        kind=tx.get(InvoiceKind, request.kind_id),
        requested_by=tx.get(Person, request.requested_by_id),
        release=release_of(tx, request),
        books=reads.books_of(tx, request),
        stands=state != RequestState.GRANTED or reads.still_stands(tx, request),
        issuing=tx.can(Permission.BOOK_ISSUE, station_id)
        and REQUEST_WORKFLOW.allows("issue", state),
        cancelling=tx.can(Permission.BOOK_REQUEST, station_id)
        and REQUEST_WORKFLOW.allows("cancel", state),
    )


def _why_not(visit: Visit, desk: Desk) -> str:
    """Why books cannot be issued on it although it is finance who looks."""
    if not desk.stands:
        return visit.t("gate.signature-void")
    try:
        forbid_same_person(visit.actor, "book:issue", book_applicant=desk.request.requested_by_id)
    except ArchiveError as clash:
        return visit.told(clash)
    return ""


def _facts(visit: Visit, desk: Desk) -> list[Fact]:
    request = desk.request
    return [
        Fact(
            visit.t("requests.station"),
            desk.station.name,
            href=f"/invoices?station={desk.station.code}",
        ),
        Fact(visit.t("requests.kind"), desk.kind.name),
        Fact(visit.t("requests.books"), request.books, "number"),
        Fact(visit.t("requests.requested_by"), desk.requested_by.name),
        Fact(visit.t("requests.requested_at"), request.requested_at, "moment"),
        Fact(
            visit.t("requests.plan"),
            visit.t("requests.see_plan"),
            href=f"/invoices/plans/{request.plan_id}",
        ),
        Fact(visit.t("requests.closed_at"), request.closed_at, "moment"),
    ]


def _basis(visit: Visit, desk: Desk) -> list[Fact]:
    """The chain back: clearance → verification → volume."""
    release = desk.release
    clearance = release.clearance
    facts = [
        Fact(visit.t("requests.basis"), visit.t(f"clearance.{clearance.kind}")),
        Fact(visit.t("requests.granted_by"), release.granted_by),
        Fact(visit.t("requests.granted_at"), clearance.granted_at, "moment"),
    ]
    if release.volume is not None and release.verification is not None:
        volume = release.volume
        facts += [
            Fact(visit.t("requests.volume"), volume.code, href=f"/invoices/volumes/{volume.id}"),
            Fact(visit.t("requests.month"), visit.t("requests.month_of", month=volume.month)),
            Fact(
                visit.t("requests.verification"),
                visit.t("requests.see_desk"),
                href=f"/invoices/volumes/{volume.id}/desk",
            ),
            Fact(visit.t("requests.digest"), f"{release.verification.digest[:16]}…"),
        ]
    if clearance.reason:
        facts.append(Fact(visit.t("requests.reason"), clearance.reason))
    return facts


def _waived(visit: Visit, request: BookRequest) -> list[str]:
    """The lines that were not met and were lifted by an exception, as recorded then."""
    lines = dict.fromkeys(item.partition(":")[0] for item in request.waived)
    return [visit.t(f"gate-line.{line}") for line in lines]


def _labels(visit: Visit, runs: Sequence[Run]) -> dict[str, str]:
    return {
        f"{name}-{place}": visit.t(f"requests.{name}_n", n=place + 1)
        for place in range(len(runs))
        for name in ("code", "first", "last")
    }


def _columns(visit: Visit) -> list[Column]:
    return [
        Column("numbers", visit.t("books.numbers"), "link"),
        Column("code", visit.t("books.code"), "code"),
        Column("sets", visit.t("books.sets"), "number"),
        Column("state", visit.t("books.state"), "status"),
    ]


def _row(visit: Visit, book: Book) -> dict[str, object]:
    return {
        "numbers": Link(f"{book.first}–{book.last}", f"/invoices/books/{book.id}"),
        "code": book.code,
        "sets": len(book.run),
        "state": book_status(visit, book.state),
    }
