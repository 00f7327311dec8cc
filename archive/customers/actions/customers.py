"""Verbs about customers and their dossiers [seed 1.1, 5.1]."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date

from archive.access import Permission
from archive.customers.customer import (
    CUSTOMER_WORKFLOW,
    Customer,
    CustomerType,
    Reopening,
    number_in,
    telephone_in,
)
from archive.customers.purpose import purpose_in
from archive.customers.queries.customers import seen_customer
from archive.reason import reason_in
from archive.transaction import Transaction


@dataclass(frozen=True, slots=True)
class CustomerFacts:
    """What is known of a customer when the dossier is opened or corrected."""

    number: str
    name: str
    village: str
    house: str = ""
    telephone: str = ""
    type: CustomerType = CustomerType.RESIDENT
    opened_on: date | None = None

    def tidied(self) -> "CustomerFacts":
        """The same without blanks and full-width digits."""
        return replace(
            self,
            number=number_in(self.number),
            name=self.name.strip(),
            village=self.village.strip(),
            house=self.house.strip(),
            telephone=telephone_in(self.telephone),
        )


REVEALED = ("name", "telephone", "house")
"""What is masked until it is opened with a purpose."""

CORRECTABLE = ("name", "village", "house", "telephone", "type", "opened_on")


def open_dossier(
    tx: Transaction, station_id: int, facts: CustomerFacts, *, source: str = "page"
) -> Customer:
    """A new dossier for a customer of the station (建档).

    Raises:
        NotACustomerNumber, CustomerNameMissing, VillageMissing, NotATelephone, OpenedInFuture,
        CustomerNumberTaken: nothing is kept.
    """
    tx.require(Permission.CUSTOMER_KEEP, station_id)
    told = facts.tidied()
    customer = Customer(
        station_id=station_id,
        number=told.number,
        type=told.type,
        name=told.name,
        village=told.village,
        house=told.house,
        telephone=told.telephone,
        opened_on=told.opened_on,
        registered_by_id=tx.person_id,
        registered_at=tx.now,
    )
    customer.check_described(tx.today)
    tx.add(customer)
    tx.record("customer.dossier-opened", customer.subject, source=source)
    return customer


def correct_customer(
    tx: Transaction, customer_id: int, facts: CustomerFacts, *, reason: str
) -> Customer:
    """What is known of a customer, put right; the number stays.

    The trail keeps which fields changed and why, never their words.

    Raises:
        CustomerNameMissing, VillageMissing, NotATelephone, OpenedInFuture, ReasonMissing.
    """
    customer = seen_customer(tx, customer_id, lock=True)
    tx.require(Permission.CUSTOMER_KEEP, customer.station_id)
    told = facts.tidied()
    changed = [name for name in CORRECTABLE if getattr(customer, name) != getattr(told, name)]
    for name in changed:
        setattr(customer, name, getattr(told, name))
    customer.check_described(tx.today)
    why = purpose_in(reason_in(reason), _told_by(customer), field="reason")
    if changed:
        tx.record("customer.corrected", customer.subject, fields=changed, reason=why)
    return customer


def reveal(
    tx: Transaction, customer_id: int, *, fields: Collection[str], purpose: str
) -> dict[str, str]:
    """The named facts of a customer in full, for this purpose; both are on the trail.

    Raises:
        PurposeMissing, PurposeNamesPerson, NothingToOpen: nothing is shown.
    """
    customer = seen_customer(tx, customer_id)
    tx.require(Permission.CUSTOMER_REVEAL, customer.station_id)
    asked = [name for name in REVEALED if name in fields]
    why = purpose_in(purpose, _told_by(customer))
    tx.record("customer.revealed", customer.subject, fields=asked, purpose=why)
    return {name: getattr(customer, name) for name in asked}


def close_account(
    tx: Transaction, customer_id: int, *, closed_on: date, closing_paper: str
) -> Customer:
    """The account is closed on that day by that paper (销户); retention clocks start there.

    Raises:
        ClosedBeforeOpened, ClosingPaperMissing, NotPossibleNow: nothing changes.
    """
    customer = seen_customer(tx, customer_id, lock=True)
    tx.require(Permission.CUSTOMER_KEEP, customer.station_id)
    customer.check_closing(closed_on, closing_paper, tx.today)
    CUSTOMER_WORKFLOW.take("close", customer)
    customer.closed_on, customer.closing_paper = closed_on, closing_paper.strip()
    tx.record("customer.closed", customer.subject, on=closed_on.isoformat())
    return customer


def reopen_account(tx: Transaction, customer_id: int, *, reason: str) -> Customer:
    """The account is in use again; what it had been closed by is kept.

    Raises:
        ReasonMissing, PurposeNamesPerson, NotPossibleNow: nothing changes.
    """
    customer = seen_customer(tx, customer_id, lock=True)
    tx.require(Permission.CUSTOMER_KEEP, customer.station_id)
    why = purpose_in(reason_in(reason), _told_by(customer), field="reason")
    before = (customer.closed_on, customer.closing_paper)
    CUSTOMER_WORKFLOW.take("reopen", customer)
    customer.closed_on, customer.closing_paper = None, ""
    tx.add(
        Reopening(
            customer_id=customer.id,
            closed_on=before[0] or tx.today,
            closing_paper=before[1],
            reason=why,
            reopened_by_id=tx.person_id,
            reopened_at=tx.now,
        )
    )
    tx.record("customer.reopened", customer.subject, reason=why)
    return customer


def _told_by(customer: Customer) -> tuple[str, ...]:
    """What a reason or a purpose may not repeat, for both go on the trail."""
    return (customer.name, customer.telephone, customer.number, customer.house)
