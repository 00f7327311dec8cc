"""Reads about customers: lists are masked, a dossier is the records under the number."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select

from archive.access import Permission
from archive.customers.contents import Completeness, completeness, place_in_dossier
from archive.customers.customer import Customer, CustomerType, Reopening, number_in
from archive.customers.masking import masked_name, masked_telephone
from archive.holdings.file_plan import PersonalData, RecordKind
from archive.holdings.pair import Pair
from archive.holdings.queries.records import visible_records
from archive.holdings.record import Record
from archive.people.person import Person, Station
from archive.transaction import NoSuchThing, Transaction


@dataclass(frozen=True, slots=True)
class CustomerFilter:
    """What a list of customers is narrowed to; empty fields do not narrow."""

    text: str = ""
    station_id: int | None = None
    village: str = ""
    type: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class CustomerLine:
    """A customer as a list shows one: masked."""

    id: int
    number: str
    name: str
    village: str
    telephone: str
    type: CustomerType
    state: str
    station: str
    records: int
    lacks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DossierRecord:
    """A record of a dossier."""

    record: Record
    kind: RecordKind
    pair: Pair


@dataclass(frozen=True, slots=True)
class DossierSeen:
    """One dossier, masked: its customer, its records in order, and what it lacks.

    ``kinds`` are the names of what is lacking, by code.
    """

    customer: Customer
    name: str
    telephone: str
    station: Station
    registered_by: Person
    records: tuple[DossierRecord, ...]
    standing: Completeness
    kinds: dict[str, RecordKind]
    reopenings: tuple[tuple[Reopening, Person], ...]


def visible_customers(tx: Transaction) -> Select[Customer]:
    """Every customer this person may know of; each read of customers begins here."""
    tx.require(Permission.CUSTOMER_READ)
    query = select(Customer)
    stations = tx.actor.stations(Permission.CUSTOMER_READ)
    return query if stations is None else query.where(Customer.station_id.in_(stations))


def seen_customer(tx: Transaction, customer_id: int, *, lock: bool = False) -> Customer:
    """The customer, for a page or a verb.

    Raises:
        NoSuchThing: there is none, or this person may not know of it.
    """
    customer = tx.get(Customer, customer_id, lock=lock)
    if not tx.can(Permission.CUSTOMER_READ, customer.station_id):
        raise NoSuchThing(thing="customer", key=str(customer_id))
    return customer


ORDERS: dict[str, Any] = {
    "number": Customer.number,
    "village": Customer.village,
    "registered": Customer.registered_at,
}


def customers(
    tx: Transaction,
    asked: CustomerFilter,
    *,
    order: str = "number",
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[CustomerLine], int]:
    """A page of the customers asked for, and how many there are."""
    page = page_of_customers(tx, asked, order=order, offset=offset, limit=limit)
    return page, count_customers(tx, asked)


def count_customers(tx: Transaction, asked: CustomerFilter) -> int:
    """How many customers there are of what was asked."""
    return tx.session.scalar(_narrowed(tx, asked).with_only_columns(func.count())) or 0


def page_of_customers(
    tx: Transaction,
    asked: CustomerFilter,
    *,
    order: str = "number",
    offset: int = 0,
    limit: int = 50,
) -> list[CustomerLine]:
    """Lines of the list of customers, as asked."""
    column = ORDERS[order.removeprefix("-")]
    falling = order.startswith("-")
    query = (
        _narrowed(tx, asked)
        .add_columns(Station)
        .join(Station, Station.id == Customer.station_id)
        .order_by(column.desc() if falling else column, Customer.id)
        .offset(offset)
        .limit(limit)
    )
    found = [(customer, station) for customer, station in tx.session.execute(query)]
    held = _held(tx, [customer for customer, _ in found])
    return [_line(customer, station, held) for customer, station in found]


def villages(tx: Transaction) -> list[str]:
    """Every village a customer lives in."""
    query = visible_customers(tx).with_only_columns(Customer.village).distinct()
    return list(tx.session.scalars(query.order_by(Customer.village)))


def dossier(tx: Transaction, customer_id: int) -> DossierSeen:
    """One dossier in its order: by kind as the contents say, then by day.

    What is sensitive (a special-customer register, a report of wrongdoing) never shows in an
    ordinary dossier, whoever looks (``domain.md`` §9.50).

    Raises:
        NoSuchThing: there is none, or this person may not know of it.
    """
    customer = seen_customer(tx, customer_id)
    records = _records(tx, customer)
    standing = completeness(customer.type, {line.kind.code for line in records})
    lacking = {*standing.lacks, *standing.wanted}
    kinds = tx.session.scalars(
        select(RecordKind).where(RecordKind.code.in_(lacking)).order_by(RecordKind.plan_id)
    )
    return DossierSeen(
        customer,
        masked_name(customer.name),
        masked_telephone(customer.telephone),
        tx.get(Station, customer.station_id),
        tx.get(Person, customer.registered_by_id),
        tuple(records),
        standing,
        {kind.code: kind for kind in kinds},
        tuple(
            (row[0], row[1])
            for row in tx.session.execute(
                select(Reopening, Person)
                .join(Person, Person.id == Reopening.reopened_by_id)
                .where(Reopening.customer_id == customer.id)
                .order_by(Reopening.id)
            )
        ),
    )


def _records(tx: Transaction, customer: Customer) -> list[DossierRecord]:
    if not tx.can(Permission.RECORD_READ):
        return []
    query = (
        visible_records(tx)
        .add_columns(RecordKind, Pair)
        .join(RecordKind, RecordKind.id == Record.kind_id)
        .join(Pair, Pair.record_id == Record.id)
        .where(
            Record.station_id == customer.station_id,
            Record.customer_number == customer.number,
            RecordKind.personal != PersonalData.SENSITIVE,
        )
    )
    found = [DossierRecord(*row) for row in tx.session.execute(query)]
    return sorted(
        found,
        key=lambda line: (
            place_in_dossier(line.kind.code),
            line.record.formed_on,
            line.record.id,
        ),
    )


def _narrowed(tx: Transaction, asked: CustomerFilter) -> Select[Customer]:
    query = visible_customers(tx)
    exact: Sequence[tuple[Any, Any]] = (
        (Customer.station_id, asked.station_id),
        (Customer.village, asked.village or None),
        (Customer.type, asked.type or None),
        (Customer.state, asked.state or None),
    )
    for column, wanted in exact:
        if wanted is not None:
            query = query.where(column == wanted)
    for word in asked.text.split():
        query = query.where(
            or_(
                Customer.name.contains(word, autoescape=True),
                Customer.village.contains(word, autoescape=True),
                Customer.number.startswith(number_in(word), autoescape=True),
            )
        )
    return query


def _held(tx: Transaction, found: Sequence[Customer]) -> dict[tuple[int, str], list[str]]:
    """The kinds of the records of these customers, by station and number."""
    if not found or not tx.can(Permission.RECORD_READ):
        return {}
    query = (
        visible_records(tx)
        .join(RecordKind, RecordKind.id == Record.kind_id)
        .where(
            Record.customer_number.in_({customer.number for customer in found}),
            Record.station_id.in_({customer.station_id for customer in found}),
            RecordKind.personal != PersonalData.SENSITIVE,
        )
        .with_only_columns(Record.station_id, Record.customer_number, RecordKind.code)
    )
    held: dict[tuple[int, str], list[str]] = {}
    for station_id, number, code in tx.session.execute(query):
        held.setdefault((station_id, number), []).append(code)
    return held


def _line(
    customer: Customer, station: Station, held: dict[tuple[int, str], list[str]]
) -> CustomerLine:
    kinds = held.get((customer.station_id, customer.number), [])
    return CustomerLine(
        customer.id,
        customer.number,
        masked_name(customer.name),
        customer.village,
        masked_telephone(customer.telephone),
        CustomerType(customer.type),
        customer.state,
        station.name,
        len(kinds),
        completeness(CustomerType(customer.type), kinds).lacks,
    )
