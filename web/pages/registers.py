"""登记簿: registers of the holdings as PDF/A to print and bind, and as spreadsheets [seed 5.1]."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from archive.access import Permission
from archive.customers.customer import Customer, number_in
from archive.customers.queries.customers import visible_customers
from archive.errors import ArchiveError, Invalid, NotFound
from archive.messages.written import NOTHING
from archive.printing import print_form
from archive.reports.lists import note_export
from archive.reports.registers import RegisterChoice, RegisterLine, choices, register_lines
from archive.reports.registers_printed import (
    Told,
    accounting,
    catalogue_told,
    file_cover_told,
    group_lines,
    inner_list_told,
    kept,
    kept_so_far,
    page_spans,
    remark_sheet_told,
    transfer_told,
)
from archive.reports.spreadsheet import Form as FileForm
from archive.reports.spreadsheet import Row
from archive.shelving.queries.lookup import meant
from archive.transaction import Transaction
from web.deps import Form, PostedForm, SignedIn, Visit
from web.errors import status_of
from web.exports import download, headings
from web.images import pdf_answer
from web.listing import Listing
from web.page import go, show
from web.pages.around import crumbs, station_options
from web.parts import FormState, Option
from web.typed import RowNumber

router = APIRouter(prefix="/holdings/registers")

REGISTERS = "/holdings/registers"
FILTERS = ("year", "retention", "category", "station")
LISTS = ("catalogue", "transfer", "custody-list")
SHEETS = ("inner-list", "remark-sheet", "file-cover")
GROUPS = ("box", "dossier")

CATALOGUE_COLUMNS = {
    "serial": "number",
    "code": "text",
    "document_number": "text",
    "parties": "text",
    "name": "text",
    "day": "text",
    "secrecy": "text",
    "pages": "number",
    "remark": "text",
}
TRANSFER_COLUMNS = {
    "serial": "number",
    "name": "text",
    "volume": "text",
    "volumes": "number",
    "year": "number",
    "code": "text",
    "retention": "text",
    "kept": "text",
}
INNER_COLUMNS = {
    "serial": "number",
    "document_number": "text",
    "parties": "text",
    "name": "text",
    "day": "text",
    "page": "text",
    "remark": "text",
}


class NoSuchGroup(Invalid):
    """There is no such box or dossier, or this person may not know of it."""


@router.get("")
def registers(visit: SignedIn) -> Response:
    return _page(visit, FormState(dict(visit.request.query_params)))


@router.get("/list")
def listed(visit: SignedIn) -> Response:
    """A register of what was chosen, as a file."""
    listing = Listing.asked(visit, filters=(*FILTERS, "register", "as"))
    register = listing.text("register")
    asked = _asked(visit, listing)
    chosen = Listing.asked(visit, filters=FILTERS)
    if register not in LISTS:
        return go(REGISTERS)
    if listing.text("as") == "xlsx":
        return register_sheet(visit, chosen, register, asked)
    return _printed(visit, register, list_teller(register, asked), chosen.filters)


def list_teller(register: str, asked: RegisterChoice) -> Callable[[Transaction], tuple[Told, int]]:
    """What a register of what was asked says, when it is printed."""
    if register == "catalogue":
        return lambda tx: catalogue_told(tx, asked)
    return lambda tx: transfer_told(tx, asked, handing_over=register == "transfer")


@router.post("/find")
def find(visit: SignedIn, form: PostedForm) -> Response:
    """Where the papers of a box or dossier are; its number does not get into an address."""
    group, sheet = form.text("group"), form.text("sheet")
    if group not in GROUPS or sheet not in SHEETS:
        return go(REGISTERS)
    try:
        with visit.reading() as tx:
            key = _box(tx, form) if group == "box" else _dossier(tx, form)
    except (Invalid, NotFound) as error:
        return _page(visit, visit.form_state(form, error), status_of(error))
    ending = "xlsx" if form.text("as") == "xlsx" and sheet == "inner-list" else "pdf"
    return go(f"{REGISTERS}/{group}/{key}/{sheet}.{ending}")


@router.get("/{group}/{key}/inner-list.xlsx")
def inner_list_sheet(visit: SignedIn, group: str, key: RowNumber) -> Response:
    _check_group(group)

    def rows(tx: Transaction) -> Iterable[Row]:
        _, lines = group_lines(tx, group, key)
        spans = page_spans(lines)
        return [_inner_row(at, line, spans[at - 1]) for at, line in enumerate(lines, start=1)]

    what = "register.inner-list"
    listing = Listing(REGISTERS, {group: str(key)}, "", 1, "")
    columns = headings(visit, what, **INNER_COLUMNS)
    try:
        return download(visit, listing, what=what, form=FileForm.XLSX, columns=columns, rows=rows)
    except Invalid as error:
        return _refused(visit, error)


@router.get("/{group}/{key}/{sheet}.pdf")
def sheet(visit: SignedIn, group: str, key: RowNumber, sheet: str) -> Response:
    _check_group(group)
    tell: Mapping[str, Callable[[Transaction, str, int], tuple[Told, int]]] = {
        "inner-list": inner_list_told,
        "remark-sheet": remark_sheet_told,
        "file-cover": file_cover_told,
    }
    if sheet not in tell:
        return go(REGISTERS)
    return _printed(visit, sheet, lambda tx: tell[sheet](tx, group, key), {group: str(key)})


FORMS = {
    "catalogue": "register",
    "transfer": "transfer",
    "custody-list": "custody_list",
    "inner-list": "inner_list",
    "remark-sheet": "remark_sheet",
    "file-cover": "file_cover",
}
"""Which form of ``archive/printing/forms/`` each is printed on."""


def _printed(
    visit: Visit,
    register: str,
    tell: Callable[[Transaction], tuple[Told, int]],
    asked: Mapping[str, str],
) -> Response:
    try:
        return printed_register(visit, register, tell, asked)
    except Invalid as error:
        return _refused(visit, error)


def printed_register(
    visit: Visit,
    register: str,
    tell: Callable[[Transaction], tuple[Told, int]],
    asked: Mapping[str, str],
) -> Response:
    """The register as PDF/A; that it was taken out is on the trail.

    Raises:
        NothingToPrint, TooManyToPrint: there is no such register.
    """
    with visit.reading() as tx:
        told, rows = tell(tx)
        printed_at, today = tx.now, tx.today
    pdf = print_form(FORMS[register], told, printed_at=printed_at)
    what = f"register.{register}"
    with visit.transaction() as tx:
        note_export(tx, what, "pdf", rows, asked)
    return pdf_answer(pdf, f"{visit.t(f'{what}.title')}-{today.isoformat()}")


def register_sheet(
    visit: Visit, listing: Listing, register: str, asked: RegisterChoice
) -> Response:
    """The register as a spreadsheet; that it was taken out is on the trail."""
    what = f"register.{register}"
    catalogue = register == "catalogue"
    columns = headings(visit, what, **(CATALOGUE_COLUMNS if catalogue else TRANSFER_COLUMNS))

    def rows(tx: Transaction) -> Iterable[Row]:
        lines = register_lines(tx, asked if catalogue else accounting(asked))
        for at, line in enumerate(lines, start=1):
            yield catalogue_row(at, line) if catalogue else transfer_row(at, line, tx)

    return download(visit, listing, what=what, form=FileForm.XLSX, columns=columns, rows=rows)


def catalogue_row(at: int, line: RegisterLine) -> Row:
    return {
        "serial": at,
        "code": line.record.code,
        "document_number": line.record.document_number,
        "parties": line.people.parties,
        "name": line.record.title,
        "day": f"{line.record.formed_on:%Y%m%d}",
        "secrecy": "",
        "pages": line.pages,
        "remark": line.record.remark,
    }


def transfer_row(at: int, line: RegisterLine, tx: Transaction) -> Row:
    return {
        "serial": at,
        "name": line.record.title,
        "volume": line.number,
        "volumes": 1,
        "year": line.record.year,
        "code": line.record.code,
        "retention": kept(line.kind.retention),
        "kept": kept_so_far(line, tx.today.year),
    }


def _inner_row(at: int, line: RegisterLine, page: str) -> Row:
    return {**catalogue_row(at, line), "page": page}


def _asked(visit: Visit, listing: Listing) -> RegisterChoice:
    with visit.reading() as tx:
        stations = choices(tx).stations
    code = listing.text("station")
    only = stations[0] if len(stations) == 1 else None
    station = next((one for one in stations if one.code == code), only)
    return RegisterChoice(
        listing.number("year"),
        listing.text("retention"),
        listing.text("category"),
        station.id if station else None,
    )


def _box(tx: Transaction, form: Form) -> int:
    given = form.text("box")
    named = meant(tx, given)
    if named is None or named.kind != "box":
        raise NoSuchGroup(field="box", given=given[:40])
    return named.id


def _dossier(tx: Transaction, form: Form) -> int:
    given = form.text("customer")
    found = tx.session.scalars(
        visible_customers(tx).where(Customer.number == number_in(given)).order_by(Customer.id)
    ).all()
    here = [one for one in found if str(one.station_id) == form.text("at")] or found
    if not here:
        raise NoSuchGroup(field="customer", given=given[:40])
    return here[0].id


def _check_group(group: str) -> None:
    if group not in GROUPS:
        raise NoSuchGroup(field=None, given=group[:40])


def _refused(visit: Visit, error: ArchiveError) -> Response:
    """The page again, with why there is no such register."""
    state = FormState(dict(visit.request.query_params), {"": visit.told(error)})
    return _page(visit, state, status_of(error))


def _page(visit: Visit, state: FormState, status: int = 200) -> Response:
    with visit.reading() as tx:
        tx.require(Permission.RECORD_READ)
        known = choices(tx)
        dossiers = tx.can(Permission.CUSTOMER_READ)
    return show(
        visit,
        "registers/registers.html",
        status=status,
        state=state,
        crumbs=crumbs(
            visit,
            "holdings",
            (visit.t("records.title"), "/holdings/records"),
            (visit.t("registers.title"), ""),
        ),
        **_options(visit, known),
        empty=not known.years,
        dossiers=dossiers,
    )


def _options(visit: Visit, known: Any) -> dict[str, Any]:
    return {
        "registers": [
            Option(one, visit.t(f"register.{one}.title"), visit.t(f"register.{one}.hint"))
            for one in LISTS
        ],
        "sheets": [Option(one, visit.t(f"register.{one}.title")) for one in SHEETS],
        "years": [Option(str(year), str(year)) for year in known.years],
        "retentions": [Option(code, f"{kept(code) or NOTHING}") for code in known.retentions],
        "categories": [Option(code, code) for code in known.categories],
        "stations": station_options(known.stations),
        "at": [Option(str(one.id), one.name) for one in known.stations],
    }
