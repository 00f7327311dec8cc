"""Facts about people that stand in the description of a record, for whoever may be told them.

Every page, list, file and print that tells of a record takes them from here. Who the parties are
is told where the kind is about nobody, and to whoever files records at the station. The customer
number is told to them, and on the screen to whoever works with customers; others have the last
four of it (:mod:`archive.customers.masking`).
"""

from dataclasses import dataclass

from archive.access import Permission
from archive.customers.masking import masked_number
from archive.holdings.queries.records import RecordLine
from archive.transaction import Transaction

NOT_TOLD = "（不公开）"


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
    files = tx.can(Permission.RECORD_FILE, record.station_id)
    works = files or tx.can(Permission.CUSTOMER_READ, record.station_id)
    masked = masked_number(record.customer_number) if record.customer_number else ""
    return PeopleTold(
        parties=(NOT_TOLD if record.parties else "") if parties is None else parties,
        customer_number=record.customer_number if works else masked,
        number_outside=record.customer_number if files else masked,
    )
