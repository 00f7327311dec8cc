"""What waits for one person, and what is overdue at a station."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Select, select

from archive.access import Permission, Role
from archive.custody.book import Book, BookState, Handover, HandoverState
from archive.custody.gate import BookRequest, RequestState
from archive.custody.plan import PlanState, UsagePlan, quarter_of
from archive.custody.queries.gate import gate_facts
from archive.custody.scan import Scan, ScanState
from archive.custody.verification import Verification, VerificationState
from archive.custody.volume import Volume, VolumeState
from archive.people.person import Station
from archive.transaction import Transaction

Q = TypeVar("Q", bound=Select[*tuple[Any, ...]])


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing somebody has to do; ``kind`` names its sentence ``waiting.<kind>``."""

    kind: str
    subject_id: int
    since: datetime | None = None
    facts: dict[str, Any] = field(default_factory=dict)


def waiting_for(tx: Transaction) -> list[Waiting]:
    """Everything that waits for this person, oldest first."""
    found = [
        *_books(tx),
        *_volumes(tx),
        *_verifications(tx),
        *_requests(tx),
        *_plans(tx),
        *_scans(tx),
    ]
    return sorted(found, key=lambda item: (item.since is None, item.since))


def overdue_at(tx: Transaction, station_id: int) -> list[Waiting]:
    """What keeps the gate of a station closed, the applicant and the plan aside."""
    facts = gate_facts(tx, station_id, 0, 0, None)
    found = [
        Waiting("unbound", station_id, facts={"month": month, "count": count})
        for month, count in facts.unbound_months
    ]
    found += [
        Waiting("volume-overdue", station_id, facts={"volume": owed.code, "state": owed.state})
        for owed in facts.volumes_owed
        if owed.overdue
    ]
    found += [
        Waiting("book-owed", station_id, facts={"book": owed.book}) for owed in facts.books_owed
    ]
    return found


def narrowed(tx: Transaction, query: Q, column: Any, permission: Permission) -> Q:
    """The query, over the stations where the actor may; the one way reads are narrowed."""
    stations = tx.actor.stations(permission)
    return query if stations is None else query.where(column.in_(stations))


def _books(tx: Transaction) -> Iterator[Waiting]:
    me = tx.actor.person_id
    rows = tx.session.execute(
        select(Handover, Book)
        .join(Book, Book.id == Handover.book_id)
        .where(Handover.receiver_id == me, Handover.state == HandoverState.OFFERED)
    )
    for handover, book in rows:
        yield Waiting(
            "handover", handover.id, handover.offered_at, {"first": book.first, "last": book.last}
        )
    if tx.can(Permission.BOOK_REQUEST):
        query = select(Book).where(Book.state == BookState.ISSUED)
        for book in tx.session.scalars(
            narrowed(tx, query, Book.station_id, Permission.BOOK_REQUEST)
        ):
            yield Waiting(
                "receive", book.id, book.issued_at, {"first": book.first, "last": book.last}
            )


_STEP_OF = (
    (VolumeState.DRAFT, Permission.VOLUME_SIGN, "sign-volume"),
    (VolumeState.SIGNED, Permission.VOLUME_SEAL, "seal-volume"),
    (VolumeState.SEALED, Permission.VOLUME_SUBMIT, "submit-volume"),
    (VolumeState.RETURNED, Permission.VOLUME_BIND, "mend-volume"),
)


def _volumes(tx: Transaction) -> Iterator[Waiting]:
    for state, permission, kind in _STEP_OF:
        if not tx.can(permission):
            continue
        query = select(Volume).where(Volume.state == state)
        for volume in tx.session.scalars(narrowed(tx, query, Volume.station_id, permission)):
            if state == VolumeState.DRAFT and volume.collector_id != tx.actor.person_id:
                continue
            yield Waiting(kind, volume.id, volume.bound_at, {"volume": volume.code})


def _verifications(tx: Transaction) -> Iterator[Waiting]:
    if not tx.can(Permission.VOLUME_VERIFY):
        return
    query = (
        select(Verification, Volume)
        .join(Volume, Volume.id == Verification.volume_id)
        .where(Verification.state == VerificationState.OPEN)
    )
    for verification, volume in tx.session.execute(
        narrowed(tx, query, Volume.station_id, Permission.VOLUME_VERIFY)
    ):
        unread = volume.open_findings is None
        yield Waiting(
            "verify-soon" if unread else "verify",
            volume.id,
            verification.submitted_at,
            {"volume": volume.code, "findings": volume.open_findings},
        )


def _requests(tx: Transaction) -> Iterator[Waiting]:
    if not tx.can(Permission.BOOK_ISSUE):
        return
    query = (
        select(BookRequest, Station.name)
        .join(Station, Station.id == BookRequest.station_id)
        .where(BookRequest.state == RequestState.GRANTED)
    )
    for request, station in tx.session.execute(
        narrowed(tx, query, BookRequest.station_id, Permission.BOOK_ISSUE)
    ):
        yield Waiting(
            "issue", request.id, request.requested_at, {"station": station, "books": request.books}
        )


def _plans(tx: Transaction) -> Iterator[Waiting]:
    if tx.can(Permission.PLAN_APPROVE):
        query = (
            select(UsagePlan, Station.name)
            .join(Station, Station.id == UsagePlan.station_id)
            .where(UsagePlan.state == PlanState.PROPOSED)
        )
        for plan, station in tx.session.execute(
            narrowed(tx, query, UsagePlan.station_id, Permission.PLAN_APPROVE)
        ):
            yield Waiting(
                "approve-plan",
                plan.id,
                plan.proposed_at,
                {"station": station, "year": plan.year, "quarter": plan.quarter},
            )
    for office in tx.actor.offices:
        if office.role == Role.CUSTODIAN and office.station_id is not None:
            year, quarter = quarter_of(tx.today)
            planned = tx.session.scalar(
                select(UsagePlan.id)
                .where(
                    UsagePlan.station_id == office.station_id,
                    UsagePlan.year == year,
                    UsagePlan.quarter == quarter,
                )
                .limit(1)
            )
            if planned is None:
                yield Waiting(
                    "propose-plan", office.station_id, facts={"year": year, "quarter": quarter}
                )


def _scans(tx: Transaction) -> Iterator[Waiting]:
    if not tx.can(Permission.SCAN_RECEIVE):
        return
    query = (
        select(Scan, Volume)
        .join(Volume, Volume.id == Scan.volume_id)
        .where(Scan.state == ScanState.FAILED)
    )
    for scan, volume in tx.session.execute(
        narrowed(tx, query, Volume.station_id, Permission.SCAN_RECEIVE)
    ):
        yield Waiting("scan-failed", volume.id, scan.received_at, {"volume": volume.code})
    unscanned = (
        select(Volume)
        .where(
            Volume.state.in_([VolumeState.DRAFT, VolumeState.SIGNED, VolumeState.SEALED]),
            ~select(Scan.id).where(Scan.volume_id == Volume.id).exists(),
        )
        .order_by(Volume.id)
    )
    for volume in tx.session.scalars(
        narrowed(tx, unscanned, Volume.station_id, Permission.SCAN_RECEIVE)
    ):
        yield Waiting("scan-volume", volume.id, volume.bound_at, {"volume": volume.code})
