"""Verbs about the register of special customers [seed 1.5].

Whoever is not appointed to it learns nothing, not even that there is something to be refused.
"""

import secrets
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from archive.access import Permission
from archive.customers.customer import Customer
from archive.customers.masking import masked_name
from archive.customers.purpose import purpose_in
from archive.customers.special import (
    SPECIAL_WORKFLOW,
    ConsentNotFiled,
    NumberHasNoDossier,
    SpecialCategory,
    SpecialCustomer,
    SpecialLook,
    SpecialState,
    SpecialVisit,
    VisitDayImpossible,
    facts_place,
)
from archive.customers.special_facts import SpecialFacts, keeper, opened, written
from archive.holdings.code import right_form
from archive.holdings.file_plan import RecordKind
from archive.holdings.record import Record
from archive.people.person import Station
from archive.transaction import NoSuchThing, Transaction

SPECIAL_FILE = "special-customer-file"


@dataclass(frozen=True, slots=True)
class Consent:
    """The separate consent: when, on which edition of the notice, and the form as filed."""

    given_on: date
    form_code: str
    notice_version: str


@dataclass(frozen=True, slots=True)
class VisitSeen:
    """A visit with its note opened."""

    visit: SpecialVisit
    note: str


@dataclass(frozen=True, slots=True)
class SpecialSeen:
    """An entry opened for a purpose."""

    entry: SpecialCustomer
    facts: SpecialFacts
    visits: tuple[VisitSeen, ...]


@dataclass(frozen=True, slots=True)
class SpecialLine:
    """A line of the register opened for a purpose; of who is not active nothing is told."""

    entry: SpecialCustomer
    name: str = ""
    village: str = ""
    category: SpecialCategory | None = None


def register_special(
    tx: Transaction, station_id: int, facts: SpecialFacts, consent: Consent, *, review_on: date
) -> SpecialCustomer:
    """A new entry of the register; whoever registers has seen the evidence.

    Raises:
        NoSuchThing: not appointed.
        NotACustomerNumber, NumberHasNoDossier, CustomerNameMissing, VillageMissing, NotATelephone, EvidenceMissing,
        ConsentNotFiled, ConsentInFuture, ReviewTooFar, AlreadyOnRegister: nothing is kept.
    """
    _hide_from_others(tx, station_id)
    tx.require(Permission.SPECIAL_KEEP, station_id)
    told = facts.tidied()
    told.check_told()
    _check_has_dossier(tx, station_id, told.number)
    keeping = keeper(tx)
    tx.get(Station, station_id, lock=True)
    opaque = secrets.token_hex(16)
    entry = SpecialCustomer(
        id=opaque,
        station_id=station_id,
        serial=_last_serial(tx, station_id) + 1,
        mark=keeping.mark(f"{station_id}:{told.number}"),
        facts=keeping.seal(written(told), facts_place(opaque)),
        consent_on=consent.given_on,
        consent_record_id=_form_of_consent(tx, station_id, consent.form_code),
        notice_version=consent.notice_version.strip(),
        verified_by_id=tx.person_id,
        registered_at=tx.now,
        review_on=review_on,
    )
    entry.check_days(tx.today)
    tx.add(entry)
    tx.record("special.registered", entry.subject)
    return entry


def _check_has_dossier(tx: Transaction, station_id: int, number: str) -> None:
    """Refuse a number no customer of the station has, once its customers are known here.

    Raises:
        NumberHasNoDossier: it was mistyped, or the dossier comes first. It says nothing about who
            is on the register.
    """
    here = select(Customer.number).where(Customer.station_id == station_id)
    if tx.session.scalars(here.limit(1)).first() is None:
        return
    if tx.session.scalars(here.where(Customer.number == number)).first() is None:
        raise NumberHasNoDossier(field="number")


def look(tx: Transaction, special_id: str, *, purpose: str) -> SpecialSeen:
    """An entry in full, for this purpose; the look is kept and on the trail.

    Raises:
        NoSuchThing, PurposeMissing, PurposeNamesPerson, SpecialFrozen: nothing is shown.
    """
    entry = _active_entry(tx, special_id)
    keeping = keeper(tx)
    facts = opened(keeping, entry)
    why = purpose_in(purpose, facts.personal)
    tx.add(SpecialLook(special_id=entry.id, by_id=tx.person_id, at=tx.now, purpose=why))
    tx.record("special.looked", entry.subject, purpose=why)
    visits = tx.session.scalars(
        select(SpecialVisit)
        .where(SpecialVisit.special_id == entry.id)
        .order_by(SpecialVisit.due_on.desc(), SpecialVisit.id)
    )
    return SpecialSeen(
        entry,
        facts,
        tuple(
            VisitSeen(one, keeping.open(one.note, one.place) if one.note else "") for one in visits
        ),
    )


def look_through_register(tx: Transaction, station_id: int, *, purpose: str) -> list[SpecialLine]:
    """The register of a station, names masked, for this purpose, which goes on the trail.

    Raises:
        NoSuchThing, PurposeMissing, PurposeNamesPerson: nothing is shown.
    """
    _hide_from_others(tx, station_id)
    tx.require(Permission.SPECIAL_KEEP, station_id)
    entries = tx.session.scalars(
        select(SpecialCustomer)
        .where(SpecialCustomer.station_id == station_id)
        .order_by(SpecialCustomer.serial)
    ).all()
    keeping = keeper(tx) if entries else None
    lines: list[SpecialLine] = []
    personal: list[str] = []
    for entry in entries:
        if keeping is None or entry.state != SpecialState.ACTIVE:
            lines.append(SpecialLine(entry))
            continue
        facts = opened(keeping, entry)
        personal += facts.personal
        lines.append(SpecialLine(entry, masked_name(facts.name), facts.village, facts.category))
    why = purpose_in(purpose, personal)
    for line in lines:
        if line.name:
            tx.add(
                SpecialLook(special_id=line.entry.id, by_id=tx.person_id, at=tx.now, purpose=why)
            )
    tx.record("special.register-looked", f"station:{station_id}", purpose=why)
    return lines


def plan_visit(tx: Transaction, special_id: str, *, due_on: date) -> SpecialVisit:
    """A visit that is due on a day.

    Raises:
        NoSuchThing, SpecialFrozen, VisitDayImpossible: nothing is kept.
    """
    entry = _active_entry(tx, special_id)
    if due_on < tx.today:
        raise VisitDayImpossible(field="due_on")
    visit = tx.add(SpecialVisit(id=secrets.token_hex(16), special_id=entry.id, due_on=due_on))
    tx.record("special.visit-planned", entry.subject, due=due_on.isoformat())
    return visit


def record_visit(
    tx: Transaction, special_id: str, visit_id: str, *, made_on: date, note: str = ""
) -> SpecialVisit:
    """A visit that was made, by whoever says so; its note is sealed.

    Raises:
        NoSuchThing, SpecialFrozen, VisitDayImpossible: nothing is kept.
    """
    entry = _active_entry(tx, special_id)
    visit = tx.get(SpecialVisit, visit_id, lock=True)
    if visit.special_id != entry.id or visit.made_on is not None:
        raise NoSuchThing(thing="special_visit", key=visit_id)
    if made_on > tx.today:
        raise VisitDayImpossible(field="made_on")
    visit.made_on, visit.made_by_id = made_on, tx.person_id
    visit.note = keeper(tx).seal(note.strip(), visit.place) if note.strip() else None
    tx.record("special.visited", entry.subject, made=made_on.isoformat())
    return visit


def review(tx: Transaction, special_id: str, *, next_on: date) -> SpecialCustomer:
    """The service is still needed; it is asked again on ``next_on``.

    Raises:
        NoSuchThing, SpecialFrozen, ReviewTooFar: nothing changes.
    """
    entry = _active_entry(tx, special_id)
    entry.review_on = next_on
    entry.check_days(tx.today)
    tx.record("special.reviewed", entry.subject, next=next_on.isoformat())
    return entry


def withdraw_consent(tx: Transaction, special_id: str) -> SpecialCustomer:
    """Consent is withdrawn; from here on the entry is kept and nothing else is done with it.

    No reason is asked: to withdraw is as easy as to consent (PIPL art. 15).
    """
    entry = _active_entry(tx, special_id)
    SPECIAL_WORKFLOW.take("withdraw", entry)
    entry.stopped_on = tx.today
    tx.record("special.consent-withdrawn", entry.subject)
    return entry


def end_service(tx: Transaction, special_id: str) -> SpecialCustomer:
    """The service is no longer needed: moved away, died, or not entitled any more."""
    entry = _active_entry(tx, special_id)
    SPECIAL_WORKFLOW.take("end", entry)
    entry.stopped_on = tx.today
    tx.record("special.service-ended", entry.subject)
    return entry


def _active_entry(tx: Transaction, special_id: str) -> SpecialCustomer:
    """An active entry, locked, for whoever is appointed to the register of its station."""
    entry = tx.get(SpecialCustomer, special_id, lock=True)
    _hide_from_others(tx, entry.station_id)
    tx.require(Permission.SPECIAL_KEEP, entry.station_id)
    entry.check_active()
    return entry


def _hide_from_others(tx: Transaction, station_id: int) -> None:
    """The gate of the register: to others there is none.

    Raises:
        NoSuchThing: not appointed.
    """
    if not tx.can(Permission.SPECIAL_KEEP, station_id):
        raise NoSuchThing(thing="page", key="")


def _last_serial(tx: Transaction, station_id: int) -> int:
    query = select(func.max(SpecialCustomer.serial)).where(SpecialCustomer.station_id == station_id)
    return tx.session.scalar(query) or 0


def _form_of_consent(tx: Transaction, station_id: int, code: str) -> int:
    """The record of the signed form."""
    found = tx.session.scalar(
        select(Record.id)
        .join(RecordKind, RecordKind.id == Record.kind_id)
        .where(
            Record.code == right_form(code.strip()),
            Record.station_id == station_id,
            RecordKind.code == SPECIAL_FILE,
        )
    )
    if found is None:
        raise ConsentNotFiled(field="consent_code")
    return found
