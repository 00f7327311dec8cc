"""Facts about people that stand in the description of a record, for whoever may be told them.

Every page, list, file and print that tells of a record takes them from here. Who the parties are
is told where the kind is about nobody, and to whoever files records at the station. The customer
number is told to them, and on the screen to whoever works with customers; others have the last
four of it (:mod:`archive.customers.masking`). What is masked is opened, as a customer's facts
are, for a purpose, by who may open those.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from archive.access import Actor, Permission
from archive.customers.customer import Customer
from archive.customers.masking import masked_number
from archive.customers.purpose import purpose_in
from archive.errors import Invalid
from archive.holdings.queries.records import RecordLine, seen_record
from archive.holdings.record import Record
from archive.transaction import Transaction

NOT_TOLD = "（不公开）"

REVEALED = ("parties", "customer_number")
"""What of a record is opened with a purpose, where it is masked."""

_BETWEEN_NAMES = re.compile(r"[\s、,，;；/（）()：:]+")


class NothingToOpen(Invalid):
    """Nothing was chosen, or the record has nothing there."""


@dataclass(frozen=True, slots=True)
class PeopleTold:
    """What one person is told about the people in one record.

    Attributes:
        parties: 责任者 and others, or that they are not told; empty where there are none.
        customer_number: 户号 on the screen.
        number_outside: 户号 in a file or a print, which leaves the program.
    """

    parties: str
    customer_number: str
    number_outside: str


def people_told(tx: Transaction, line: RecordLine) -> PeopleTold:
    """What this person is told about the people in a record."""
    record = line.record
    parties = line.parties_for(tx)
    station_id, number = record.station_id, record.customer_number
    return PeopleTold(
        parties=(NOT_TOLD if record.parties else "") if parties is None else parties,
        customer_number=number_told(tx.actor, station_id, number),
        number_outside=number_told(tx.actor, station_id, number, outside=True),
    )


def number_told(actor: Actor, station_id: int, number: str, *, outside: bool = False) -> str:
    """A customer number of the station, on the screen or in what leaves the program."""
    whole = actor.may(Permission.RECORD_FILE, station_id) or (
        not outside and actor.may(Permission.CUSTOMER_READ, station_id)
    )
    return number if whole or not number else masked_number(number)


def openable(tx: Transaction, line: RecordLine) -> tuple[str, ...]:
    """What is masked from this person here, and may be opened with a purpose."""
    record = line.record
    if not tx.can(Permission.CUSTOMER_REVEAL, record.station_id):
        return ()
    told = people_told(tx, line)
    return tuple(name for name in REVEALED if getattr(told, name) != getattr(record, name))


def reveal_record(
    tx: Transaction, record_id: int, *, fields: Collection[str], purpose: str
) -> dict[str, str]:
    """The named facts about people in a record in full, for this purpose; both are on the trail.

    Raises:
        NothingToOpen, PurposeMissing, PurposeNamesPerson, PurposeTooLong: nothing is shown.
    """
    record = seen_record(tx, record_id)
    tx.require(Permission.CUSTOMER_REVEAL, record.station_id)
    asked = [name for name in REVEALED if name in fields and getattr(record, name)]
    if not asked:
        raise NothingToOpen(field="fields")
    why = purpose_in(purpose, _people_in(tx, record))
    tx.record("record.revealed", record.subject, fields=asked, purpose=why)
    return {name: getattr(record, name) for name in asked}


def _people_in(tx: Transaction, record: Record) -> list[str]:
    """What the purpose may not repeat: each of the parties, and whose dossier it belongs to."""
    facts = [name for name in _BETWEEN_NAMES.split(record.parties) if name]
    if record.customer_number:
        facts.append(record.customer_number)
        query = select(Customer.name, Customer.telephone, Customer.house).where(
            Customer.station_id == record.station_id, Customer.number == record.customer_number
        )
        facts += [fact for row in tx.session.execute(query) for fact in row if fact]
    return facts
