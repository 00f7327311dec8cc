"""Customer dossiers: masked, and opened with a purpose."""

from datetime import date, datetime

from fastapi import APIRouter
from pydantic import BaseModel

from archive.customers.actions import customers as verbs
from archive.customers.actions.customers import CustomerFacts
from archive.customers.customer import Customer, CustomerType
from archive.customers.masking import masked_name, masked_telephone
from archive.customers.queries import customers as reads
from archive.customers.queries.customers import CustomerFilter
from web.api.told import Told
from web.deps import SignedIn

router = APIRouter(prefix="/customers", tags=["customers"])


class CustomerTold(Told):
    """Masked as on the pages."""

    id: int
    station_id: int
    number: str
    name: str
    village: str
    telephone: str
    type: str
    opened_on: date | None
    state: str
    closed_on: date | None
    closing_paper: str
    registered_at: datetime


class CustomerLineTold(Told):
    id: int
    number: str
    name: str
    village: str
    telephone: str
    type: str
    state: str
    station: str
    records: int
    lacks: list[str]


class CustomersFound(BaseModel):
    total: int
    customers: list[CustomerLineTold]


class Wanted(BaseModel):
    """What is looked for is posted: it may be a name, and stands in no address."""

    text: str = ""
    station_id: int | None = None
    village: str = ""
    type: str = ""
    state: str = ""
    offset: int = 0
    limit: int = 50


class NewCustomer(BaseModel):
    station_id: int
    number: str
    name: str
    village: str
    house: str = ""
    telephone: str = ""
    type: CustomerType = CustomerType.RESIDENT
    opened_on: date | None = None


class Opening(BaseModel):
    fields: list[str]
    purpose: str


class ClosingGiven(BaseModel):
    closed_on: date
    closing_paper: str


class ReopeningGiven(BaseModel):
    reason: str


class DossierRecordTold(BaseModel):
    id: int
    code: str
    kind: str
    title: str
    formed_on: date
    pair: str


class DossierTold(BaseModel):
    customer: CustomerTold
    records: list[DossierRecordTold]
    lacks: list[str]
    wanted: list[str]


@router.post("/find")
def find(visit: SignedIn, given: Wanted) -> CustomersFound:
    asked = CustomerFilter(**given.model_dump(exclude={"offset", "limit"}))
    with visit.reading() as tx:
        rows, total = reads.customers(
            tx, asked, offset=max(given.offset, 0), limit=min(max(given.limit, 1), 500)
        )
        return CustomersFound(
            total=total, customers=[CustomerLineTold.model_validate(row) for row in rows]
        )


@router.post("", status_code=201)
def open_dossier(visit: SignedIn, given: NewCustomer) -> CustomerTold:
    facts = given.model_dump(exclude={"station_id"})
    with visit.transaction() as tx:
        return _told(verbs.open_dossier(tx, given.station_id, CustomerFacts(**facts), source="api"))


@router.get("/{customer_id}")
def dossier(visit: SignedIn, customer_id: int) -> DossierTold:
    with visit.reading() as tx:
        seen = reads.dossier(tx, customer_id)
        return DossierTold(
            customer=_told(seen.customer),
            records=[
                DossierRecordTold(
                    id=line.record.id,
                    code=line.record.code,
                    kind=line.kind.code,
                    title=line.record.title,
                    formed_on=line.record.formed_on,
                    pair=str(line.pair.state),
                )
                for line in seen.records
            ],
            lacks=list(seen.standing.lacks),
            wanted=list(seen.standing.wanted),
        )


@router.post("/{customer_id}/open")
def reveal(visit: SignedIn, customer_id: int, given: Opening) -> dict[str, str]:
    with visit.transaction() as tx:
        return verbs.reveal(tx, customer_id, fields=given.fields, purpose=given.purpose)


@router.post("/{customer_id}/close")
def close(visit: SignedIn, customer_id: int, given: ClosingGiven) -> CustomerTold:
    with visit.transaction() as tx:
        return _told(verbs.close_account(tx, customer_id, **given.model_dump()))


@router.post("/{customer_id}/reopen")
def reopen(visit: SignedIn, customer_id: int, given: ReopeningGiven) -> CustomerTold:
    with visit.transaction() as tx:
        return _told(verbs.reopen_account(tx, customer_id, reason=given.reason))


def _told(customer: Customer) -> CustomerTold:
    told = CustomerTold.model_validate(customer)
    return told.model_copy(
        update={
            "name": masked_name(customer.name),
            "telephone": masked_telephone(customer.telephone),
        }
    )
