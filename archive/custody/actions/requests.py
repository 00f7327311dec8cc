"""Verbs at the gate: request books, issue them, except and cancel [seed 3.3, 3.5]."""

from collections.abc import Sequence

from sqlalchemy import select

from archive.access import Permission, forbid_same_person
from archive.custody.book import Book
from archive.custody.gate import (
    REQUEST_WORKFLOW,
    BookRequest,
    Clearance,
    ClearanceKind,
    ExceptionNeedsReason,
    GateClosed,
    NotTheFirstIssue,
    Reason,
    WrongNumberOfBooks,
    decide,
    standing,
)
from archive.custody.kind import InvoiceKind
from archive.custody.numbers import NumberRun
from archive.custody.plan import PlanState
from archive.custody.queries.gate import (
    gate_facts,
    gate_facts_again,
    plans_now,
    usable_clearance,
)
from archive.people.actions import confirm_password
from archive.people.person import Station
from archive.reason import says_something
from archive.transaction import Transaction


def request_books(tx: Transaction, *, station_id: int, kind_id: int, books: int) -> BookRequest:
    """Pass the gate: new books are granted, on the newest unspent clearance of the station.

    The station's row is locked, so that of two requests one decides after the other has.

    Raises:
        GateClosed: with every reason; also ``ClearanceTaken`` if the database was faster.
        SamePerson: the applicant signed the clearance, or made the exception.
    """
    tx.require(Permission.BOOK_REQUEST, station_id)
    station = tx.get(Station, station_id, lock=True)
    if books < 1:
        raise WrongNumberOfBooks(field="books", given=books, wanted=1)
    clearance = usable_clearance(tx, station_id)
    if clearance is not None:
        forbid_same_person(tx.actor, "book:request", clearance_giver=clearance.granted_by_id)
    facts = gate_facts(tx, station_id, kind_id, books, clearance)
    found = decide(facts)
    reasons = standing(found, facts.clearance)
    if reasons or clearance is None:
        raise GateClosed(subject=f"station:{station.code}", reasons=told(reasons))
    plan = next(
        plan for plan in plans_now(tx, station_id, kind_id) if plan.state == PlanState.APPROVED
    )
    request = tx.add(
        BookRequest(
            station_id=station_id,
            kind_id=kind_id,
            plan_id=plan.id,
            clearance_id=clearance.id,
            books=books,
            requested_by_id=tx.person_id,
            requested_at=tx.now,
            waived=[f"{reason.line}:{reason.code}" for reason in found],
        )
    )
    tx.record(
        "books.granted",
        f"station:{station.code}",
        request=request.id,
        books=books,
        clearance=clearance.id,
        verification=clearance.verification_id,
        waived=request.waived,
    )
    return request


def issue_books(
    tx: Transaction, request_id: int, *, runs: Sequence[tuple[str, str, str]]
) -> list[Book]:
    """Finance hands out the granted books, named by code, first and last number.

    A run may span several books; it is cut by the kind's book size. The gate is decided once
    more: whatever closed it since the request was granted stands in the way.

    Raises:
        GateClosed, SamePerson, NotPossibleNow, WrongNumberOfBooks, WrongShapeForKind,
        NotWholeBooks, NumbersAlreadyIssued: no book is issued.
    """
    request = tx.get(BookRequest, request_id, lock=True)
    tx.require(Permission.BOOK_ISSUE, request.station_id)
    forbid_same_person(tx.actor, "book:issue", book_applicant=request.requested_by_id)
    REQUEST_WORKFLOW.take("issue", request)
    station = tx.get(Station, request.station_id, lock=True)
    _check_still_open(tx, request, station)
    kind = tx.get(InvoiceKind, request.kind_id)
    books = _cut(kind, runs)
    if len(books) != request.books:
        raise WrongNumberOfBooks(field="last", given=len(books), wanted=request.books)
    issued = []
    for run in books:
        issued.append(
            tx.add(
                Book(
                    station_id=request.station_id,
                    kind_id=kind.id,
                    request_id=request.id,
                    code=run.code,
                    first=run.first,
                    last=run.last,
                    first_key=run.first_key,
                    last_key=run.last_key,
                    issued_by_id=tx.person_id,
                    issued_at=tx.now,
                )
            )
        )
        tx.record(
            "book.issued",
            f"book:{run.code or '-'}:{run.first}",
            last=run.last,
            station=station.code,
            request=request.id,
            clearance=request.clearance_id,
        )
    request.closed_at = tx.now
    return issued


def cancel_request(tx: Transaction, request_id: int) -> BookRequest:
    """Give a granted request back before books are issued; the clearance is free again.

    Raises:
        NotPossibleNow: the books are issued.
    """
    request = tx.get(BookRequest, request_id, lock=True)
    tx.require(Permission.BOOK_REQUEST, request.station_id)
    REQUEST_WORKFLOW.take("cancel", request)
    request.closed_at = tx.now
    tx.record("books.request-cancelled", f"request:{request.id}", clearance=request.clearance_id)
    return request


def allow_exception(
    tx: Transaction, station_id: int, *, kind: ClearanceKind, reason: str, password: str
) -> Clearance:
    """The company's leader lets a station have books without a verified volume, on record.

    Raises:
        ExceptionNeedsReason, NotTheFirstIssue, WrongPassword: no exception is made.
    """
    tx.require(Permission.GATE_EXCEPT, station_id)
    station = tx.get(Station, station_id, lock=True)
    if kind == ClearanceKind.VERIFICATION or len(reason.strip()) < 4 or not says_something(reason):
        raise ExceptionNeedsReason(field="reason")
    had_books = tx.session.scalar(select(Book.id).where(Book.station_id == station_id).limit(1))
    if kind == ClearanceKind.FIRST_ISSUE and had_books is not None:
        raise NotTheFirstIssue(subject=f"station:{station.code}")
    confirm_password(tx, password)
    clearance = tx.add(
        Clearance(
            station_id=station_id,
            kind=kind,
            granted_by_id=tx.person_id,
            granted_at=tx.now,
            reason=reason.strip(),
        )
    )
    tx.record(
        "gate.excepted",
        f"station:{station.code}",
        kind=str(kind),
        clearance=clearance.id,
        reason=reason.strip()[:200],
    )
    return clearance


def told(reasons: Sequence[Reason]) -> list[dict[str, object]]:
    """Reasons as facts that can go on the trail and through the API."""
    return [{"line": item.line, "code": str(item.code), **item.facts} for item in reasons]


def _check_still_open(tx: Transaction, request: BookRequest, station: Station) -> None:
    """The whole table once more: things may have changed since the request was granted."""
    clearance = tx.get(Clearance, request.clearance_id)
    facts = gate_facts_again(tx, request, clearance)
    reasons = standing(decide(facts), facts.clearance)
    if reasons:
        raise GateClosed(subject=f"station:{station.code}", reasons=told(reasons))


def _cut(kind: InvoiceKind, runs: Sequence[tuple[str, str, str]]) -> list[NumberRun]:
    books: list[NumberRun] = []
    for code, first, last in runs:
        run = NumberRun.parse(code, first, last)
        kind.check_run(run)
        books += run.split(kind.book_size)
    return books
