"""客户档案: the list, a search that leaves no name in the address, and a new dossier."""

from datetime import date
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from archive.access import Permission
from archive.customers.actions import customers as verbs
from archive.customers.actions.customers import CustomerFacts
from archive.customers.customer import Customer, CustomerState, CustomerType
from archive.customers.masking import masked_number
from archive.customers.queries import customers as reads
from archive.customers.queries.customers import CustomerFilter, CustomerLine
from archive.people.queries import stations_where
from archive.reports.lists import every_customer
from archive.reports.spreadsheet import Heading
from archive.transaction import Transaction
from web import typed
from web.deps import Form, PostedForm, SignedIn, Visit
from web.errors import status_of
from web.exports import download, form_asked
from web.listing import Listing
from web.page import go, show
from web.pages.around import station_options
from web.parts import Action, Column, FormState, Link, Option, Status, Tone

router = APIRouter(prefix="/customers")

HERE = "/customers"
FOUND_AT_ONCE = 50
TONES: dict[str, Tone] = {CustomerState.OPEN: "good", CustomerState.CLOSED: "quiet"}
FIELDS = ("number", "name", "village", "house", "telephone", "type", "opened_on")


@router.get("")
def customers(visit: SignedIn) -> Response:
    listing = Listing.asked(
        visit,
        filters=("station", "village", "type", "state"),
        orders=("number", "-number", "village", "-village", "-registered"),
    )
    if (form := form_asked(visit)) is not None:
        return download(
            visit,
            listing,
            what="customers",
            form=form,
            columns=[Heading(key, visit.t(f"customers.{told}")) for key, told in EXPORTED.items()],
            rows=lambda tx: _exported(visit, tx, listing),
        )
    with visit.reading() as tx:
        rows, total = reads.customers(
            tx,
            _wanted(tx, listing),
            order=listing.order,
            offset=listing.offset,
            limit=listing.per_page,
        )
        context = _around(visit, tx)
    return show(
        visit,
        "customers/list.html",
        **context,
        lead=visit.t("customers.lead"),
        empty_told=visit.t("customers.none"),
        found=False,
        notice_text="",
        state=FormState(dict(listing.filters)),
        columns=_columns(visit, listing),
        rows=[_row(visit, row) for row in rows],
        pages=listing.pages(len(rows), total, exports=True),
    )


@router.post("/find")
def find(visit: SignedIn, form: PostedForm) -> Response:
    """What is looked for may be a name, so it is posted and stands in no address."""
    text = typed.plain(form.text("text"))[:80]
    if not text:
        return go(HERE)
    with visit.reading() as tx:
        rows, total = reads.customers(tx, CustomerFilter(text=text), limit=FOUND_AT_ONCE)
        context = _around(visit, tx)
    return show(
        visit,
        "customers/list.html",
        **context,
        lead=visit.t(
            "customers.found_more" if total > len(rows) else "customers.found_lead", n=total
        ),
        empty_told=visit.t("customers.none_found"),
        found=True,
        notice_text="",
        state=FormState({"text": text}),
        columns=_columns(visit, Listing(HERE, {}, "", 1, "")),
        rows=[_row(visit, row) for row in rows],
        pages=None,
    )


@router.get("/new")
def new_customer(visit: SignedIn) -> Response:
    return _new_page(visit, FormState())


@router.post("/new")
def open_dossier(visit: SignedIn, form: PostedForm) -> Response:
    def work(tx: Transaction) -> Customer:
        tx.require(Permission.CUSTOMER_KEEP)
        mine = stations_where(tx, Permission.CUSTOMER_KEEP)
        chosen = next((one for one in mine if one.code == form.text("station")), None)
        return verbs.open_dossier(tx, typed.given(chosen, "station").id, facts_in(form))

    outcome = visit.attempt(work)
    if outcome.error is not None:
        state = visit.form_state(form, outcome.error)
        return _new_page(visit, state, status_of(outcome.error))
    return go(f"{HERE}/{outcome.value.id}?done=opened")


def facts_in(form: Form, *, number: str | None = None) -> CustomerFacts:
    """What was typed about a customer.

    Raises:
        NothingTyped, TooLong, NotADay: beside the field.
    """
    kind = form.text("type")
    return CustomerFacts(
        number=form.text("number") if number is None else number,
        name=typed.words(form.text("name"), "name", most=60, required=False),
        village=typed.words(form.text("village"), "village", most=60, required=False),
        house=typed.words(form.text("house"), "house", most=120, required=False),
        telephone=typed.words(form.text("telephone"), "telephone", most=40, required=False),
        type=typed.given(CustomerType(kind) if kind in set(CustomerType) else None, "type"),
        opened_on=_day(form),
    )


def labels(visit: Visit, *more: str) -> dict[str, str]:
    """Names of the form's fields, for the summary of errors."""
    return {key: visit.t(f"customers.{key}") for key in ("station", *FIELDS, *more)}


def type_options(visit: Visit) -> list[Option]:
    return [Option(str(one), visit.t(f"customer-type.{one}")) for one in CustomerType]


def customer_status(visit: Visit, state: str) -> Status:
    return Status(visit.t(f"state-customer.{state}"), TONES[state])


def _new_page(visit: Visit, state: FormState, status: int = 200) -> Response:
    with visit.reading() as tx:
        tx.require(Permission.CUSTOMER_KEEP)
        mine = stations_where(tx, Permission.CUSTOMER_KEEP)
    return show(
        visit,
        "customers/new.html",
        status=status,
        state=state,
        labels=labels(visit),
        crumbs=[Link(visit.t("section.customers"), HERE), Link(visit.t("customers.new"), "")],
        stations=station_options(mine),
        types=type_options(visit),
    )


def _around(visit: Visit, tx: Transaction) -> dict[str, Any]:
    """What stands round a list of customers."""
    actions = []
    if tx.can(Permission.CUSTOMER_KEEP):
        actions.append(Action(visit.t("customers.new"), f"{HERE}/new", "primary"))
    if tx.can(Permission.REGISTER_IMPORT):
        actions.append(Action(visit.t("imports.title"), "/imports"))
    return {
        "actions": actions,
        "stations": station_options(stations_where(tx, Permission.CUSTOMER_READ)),
        "villages": [Option(one, one) for one in reads.villages(tx)],
        "types": type_options(visit),
        "states": [Option(str(one), visit.t(f"state-customer.{one}")) for one in CustomerState],
    }


def _wanted(tx: Transaction, listing: Listing) -> CustomerFilter:
    code = listing.text("station")
    seen = stations_where(tx, Permission.CUSTOMER_READ)
    station = next((one for one in seen if one.code == code), None)
    return CustomerFilter(
        station_id=station.id if station else None,
        village=listing.text("village"),
        type=listing.text("type"),
        state=listing.text("state"),
    )


def _columns(visit: Visit, listing: Listing) -> list[Column]:
    def column(key: str, kind: str = "text", order: str = "") -> Column:
        return listing.column(key, visit.t(f"customers.{key}"), kind, order=order)  # type: ignore[arg-type]

    ordered = bool(listing.order)
    return [
        column("number", "link", "number" if ordered else ""),
        column("name"),
        column("village", order="village" if ordered else ""),
        column("type"),
        column("records", "number"),
        column("standing", "status"),
        column("state", "status"),
    ]


def _row(visit: Visit, row: CustomerLine) -> dict[str, object]:
    return {
        "number": Link(row.number, f"{HERE}/{row.id}"),
        "name": row.name,
        "village": row.village,
        "type": visit.t(f"customer-type.{row.type}"),
        "records": row.records,
        "standing": standing(visit, len(row.lacks)),
        "state": customer_status(visit, row.state),
    }


def standing(visit: Visit, lacks: int) -> Status:
    """Whether everything that must be there is."""
    if lacks:
        return Status(visit.t("customers.lacks_n", n=lacks), "warn")
    return Status(visit.t("customers.complete"), "good")


EXPORTED = {
    "number": "number_masked",
    "name": "name",
    "village": "village",
    "telephone": "telephone",
    "type": "type",
    "state": "state",
    "standing": "standing",
}


def _exported(visit: Visit, tx: Transaction, listing: Listing) -> list[dict[str, object]]:
    """Everything of the list, masked as what leaves the program is (``domain.md`` §5)."""
    return [
        {
            "number": masked_number(line.number),
            "name": line.name,
            "village": line.village,
            "telephone": line.telephone,
            "type": visit.t(f"customer-type.{line.type}"),
            "state": visit.t(f"state-customer.{line.state}"),
            "standing": standing(visit, len(line.lacks)).label,
        }
        for line in every_customer(tx, _wanted(tx, listing), listing.order)
    ]


def _day(form: Form) -> date | None:
    text = form.text("opened_on")
    return typed.day(text, "opened_on") if text else None
