"""Reads about the gate and what passed it: the decision table line by line, the requests.

The table is the one the verbs decide by (:func:`archive.custody.gate.decide`); here it is only
laid out, so that everything that stands against new books is seen before they are asked for.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, func, select

from archive.access import Permission, Role
from archive.custody.book import OUTSTANDING, Book
from archive.custody.gate import (
    BookRequest,
    Clearance,
    ClearanceKind,
    GateFacts,
    Reason,
    RequestState,
    closed_months_end,
    decide,
    standing,
)
from archive.custody.kind import InvoiceKind
from archive.custody.plan import UsagePlan, quarter_of
from archive.custody.queries.gate import gate_facts, signature_stands, usable_clearance
from archive.custody.queries.plans import QuarterStanding, quarter_standing
from archive.custody.verification import Verification, VerificationState
from archive.custody.volume import Volume
from archive.people.person import Appointment, Person, Station
from archive.transaction import NoSuchThing, Transaction

LINES = "abcdef"


class LineState(StrEnum):
    """How a line of the decision table stands."""

    OPEN = "open"
    CLOSED = "closed"
    WAIVED = "waived"
    """Not met, but lifted by the leader's recorded exception."""
    OTHERS = "others"
    """Nothing stands against it, but it takes another person than the one who looks."""


@dataclass(frozen=True, slots=True)
class GateLine:
    """One line of the decision table (``domain.md`` §4.6), as it stands now."""

    line: str
    state: LineState
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class ClearanceSeen:
    """A signature or an exception that books can be had on, in words."""

    clearance: Clearance
    by: str
    volume_id: int | None = None
    volume: str = ""


@dataclass(frozen=True, slots=True)
class GateView:
    """The gate of a station for so many books of a kind, as it would decide now."""

    station: Station
    kind: InvoiceKind
    books: int
    facts: GateFacts
    lines: tuple[GateLine, ...]
    quarter: QuarterStanding
    clearance: ClearanceSeen | None
    custodian: str | None
    closed_before: date
    volume_ids: Mapping[str, int]
    book_ids: Mapping[str, int]

    @property
    def is_open(self) -> bool:
        """Whether the station's custodian would get the books."""
        return not any(line.state == LineState.CLOSED for line in self.lines)

    @property
    def reasons(self) -> list[Reason]:
        """Everything that stands against it."""
        closed = (line for line in self.lines if line.state == LineState.CLOSED)
        return [reason for line in closed for reason in line.reasons]


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One line of the list of requests."""

    id: int
    requested_at: datetime
    station: str
    kind: str
    books: int
    state: str
    basis: str
    requested_by: str
    closed_at: datetime | None


ORDERS: Mapping[str, tuple[Any, ...]] = {
    "-requested": (BookRequest.requested_at.desc(), BookRequest.id.desc()),
    "requested": (BookRequest.requested_at, BookRequest.id),
}


def gate_view(tx: Transaction, station: Station, kind: InvoiceKind, books: int) -> GateView:
    """The decision table for this request, everything read in this transaction."""
    clearance = usable_clearance(tx, station.id)
    facts = gate_facts(tx, station.id, kind.id, books, clearance)
    return _view(tx, station, kind, facts, clearance)


def quick_view(tx: Transaction, station: Station, kind: InvoiceKind, books: int = 1) -> GateView:
    """The same for a list of stations: a signature is taken at its recorded word.

    Deriving its digest anew is left to the page of the one station and to the decision itself.
    """
    clearance = usable_clearance(tx, station.id)
    facts = gate_facts(tx, station.id, kind.id, books, None)
    if clearance is not None:
        facts = replace(
            facts,
            clearance=ClearanceKind(clearance.kind),
            signature_stands=_signed(tx, clearance),
        )
    return _view(tx, station, kind, facts, clearance)


def gates(tx: Transaction, station: Station) -> list[GateView]:
    """The gate of a station for each kind planned this quarter, in short.

    Where nothing is planned, for the first kind there is; where there is none, nothing.
    """
    year, quarter = quarter_of(tx.today)
    planned = select(UsagePlan.kind_id).where(
        UsagePlan.station_id == station.id,
        UsagePlan.year == year,
        UsagePlan.quarter == quarter,
    )
    kinds = list(tx.session.scalars(select(InvoiceKind).order_by(InvoiceKind.code)))
    known = set(tx.session.scalars(planned))
    chosen = [kind for kind in kinds if kind.id in known] or kinds[:1]
    return [quick_view(tx, station, kind) for kind in chosen]


def requests(
    tx: Transaction,
    station_id: int | None,
    *,
    state: str = "",
    order: str = "-requested",
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[RequestRow], int, int]:
    """A page of requests one may see; then how many, and how many books, in all."""
    conditions: list[ColumnElement[bool]] = []
    stations = tx.actor.stations(Permission.BOOK_READ)
    if stations is not None:
        conditions.append(BookRequest.station_id.in_(sorted(stations)))
    if station_id is not None:
        conditions.append(BookRequest.station_id == station_id)
    if state:
        conditions.append(BookRequest.state == state)
    rows = tx.session.execute(
        select(
            BookRequest.id,
            BookRequest.requested_at,
            Station.name.label("station"),
            InvoiceKind.name.label("kind"),
            BookRequest.books,
            BookRequest.state,
            Clearance.kind.label("basis"),
            Person.name.label("requested_by"),
            BookRequest.closed_at,
        )
        .join(Station, Station.id == BookRequest.station_id)
        .join(InvoiceKind, InvoiceKind.id == BookRequest.kind_id)
        .join(Clearance, Clearance.id == BookRequest.clearance_id)
        .join(Person, Person.id == BookRequest.requested_by_id)
        .where(*conditions)
        .order_by(*ORDERS[order])
        .offset(offset)
        .limit(limit)
    ).mappings()
    count, asked = tx.session.execute(
        select(func.count(), func.coalesce(func.sum(BookRequest.books), 0)).where(*conditions)
    ).one()
    return [RequestRow(**row) for row in rows], count, int(asked)


def seen_request(tx: Transaction, request_id: int) -> BookRequest:
    """The request, if one may know of it.

    Raises:
        NoSuchThing: there is none, or it is another station's.
    """
    request = tx.get(BookRequest, request_id)
    if not tx.can(Permission.BOOK_READ, request.station_id):
        raise NoSuchThing(thing="book_request", key=str(request_id))
    return request


def books_of(tx: Transaction, request: BookRequest) -> list[Book]:
    """The books issued on a request."""
    return list(
        tx.session.scalars(
            select(Book).where(Book.request_id == request.id).order_by(Book.first_key)
        )
    )


def still_stands(tx: Transaction, request: BookRequest) -> bool:
    """Whether the signature the request was granted on is still good."""
    return signature_stands(tx, tx.get(Clearance, request.clearance_id))


def had_books(tx: Transaction, station_id: int) -> bool:
    """Whether the station ever had books; its first issue is over then."""
    found = tx.session.scalar(select(Book.id).where(Book.station_id == station_id).limit(1))
    return found is not None


def waiting_at(tx: Transaction, station_id: int) -> list[BookRequest]:
    """Requests that are granted and wait for their books."""
    return list(
        tx.session.scalars(
            select(BookRequest)
            .where(BookRequest.station_id == station_id, BookRequest.state == RequestState.GRANTED)
            .order_by(BookRequest.requested_at)
        )
    )


def _view(
    tx: Transaction,
    station: Station,
    kind: InvoiceKind,
    facts: GateFacts,
    clearance: Clearance | None,
) -> GateView:
    year, quarter = quarter_of(tx.today)
    custodian = _custodian(tx, station.id)
    reasons = decide(facts)
    return GateView(
        station=station,
        kind=kind,
        books=facts.books_wanted,
        facts=facts,
        lines=tuple(_line(line, facts, reasons, custodian) for line in LINES),
        quarter=quarter_standing(tx, station.id, kind.id, year, quarter),
        clearance=_clearance_seen(tx, clearance),
        custodian=custodian,
        closed_before=closed_months_end(tx.today, tx.settings.binding_grace_days),
        volume_ids=_volume_ids(tx, (owed.code for owed in facts.volumes_owed)),
        book_ids=_book_ids(tx, station.id) if facts.books_owed else {},
    )


def _line(line: str, facts: GateFacts, reasons: list[Reason], custodian: str | None) -> GateLine:
    against = tuple(reason for reason in reasons if reason.line == line)
    if not against:
        return GateLine(line, LineState.OPEN, ())
    if line == "f" and custodian is not None:
        return GateLine(line, LineState.OTHERS, ())
    if not standing(list(against), facts.clearance):
        return GateLine(line, LineState.WAIVED, against)
    return GateLine(line, LineState.CLOSED, against)


def _signed(tx: Transaction, clearance: Clearance) -> bool:
    if clearance.verification_id is None:
        return True
    return tx.get(Verification, clearance.verification_id).state == VerificationState.SIGNED


def _custodian(tx: Transaction, station_id: int) -> str | None:
    return tx.session.scalar(
        select(Person.name)
        .join(Appointment, Appointment.person_id == Person.id)
        .where(
            Person.active,
            Appointment.role == Role.CUSTODIAN,
            Appointment.station_id == station_id,
            Appointment.from_on <= tx.today,
            Appointment.until_on.is_(None) | (Appointment.until_on >= tx.today),
        )
        .limit(1)
    )


def _clearance_seen(tx: Transaction, clearance: Clearance | None) -> ClearanceSeen | None:
    if clearance is None:
        return None
    by = tx.get(Person, clearance.granted_by_id).name
    if clearance.verification_id is None:
        return ClearanceSeen(clearance, by)
    verification = tx.get(Verification, clearance.verification_id)
    volume = tx.get(Volume, verification.volume_id)
    return ClearanceSeen(clearance, by, volume.id, volume.code)


def _volume_ids(tx: Transaction, codes: Iterable[str]) -> dict[str, int]:
    rows = tx.session.execute(select(Volume.code, Volume.id).where(Volume.code.in_(list(codes))))
    return {row.code: row.id for row in rows}


def _book_ids(tx: Transaction, station_id: int) -> dict[str, int]:
    rows = tx.session.execute(
        select(Book.id, Book.first, Book.last).where(
            Book.station_id == station_id, Book.state.in_(OUTSTANDING)
        )
    )
    return {f"{row.first}–{row.last}": row.id for row in rows}
