"""销毁清册: the register of a batch, page by page, one line of it, and the whole of it as a file."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from fastapi import APIRouter
from starlette.responses import Response

from archive.access import Permission
from archive.printing import print_form
from archive.reports.lists import note_export
from archive.reports.spreadsheet import Form as FileForm
from archive.reports.spreadsheet import Row
from archive.retention.actions import batches as verbs
from archive.retention.batch import BATCH_WORKFLOW, BatchItem, BatchState, ItemState
from archive.retention.certificate import register_told
from archive.retention.queries.batch_lines import (
    ORDERS,
    UNSETTLED,
    KindListed,
    LineFilter,
    RegisterGroup,
    RegisterTotals,
    items_page,
    kinds_listed,
    register_groups,
    register_totals,
)
from archive.retention.queries.batches import own_item, seen_batch
from archive.transaction import Transaction
from web.deps import PostedForm, SignedIn, Visit
from web.errors import status_of
from web.exports import download, headings
from web.images import pdf_answer
from web.listing import Listing
from web.page import go, show
from web.pages import batch_told as told
from web.pages.batch_told import HERE
from web.parts import Column, Fact, FormState, Link, Option, Pages
from web.typed import RowNumber

router = APIRouter(prefix=HERE)

AT_ONCE = 500
FILTERS = ("item", "kind", "year", "retention")
PLACE = "#register"
FILE_COLUMNS = {
    "position": "number",
    "code": "text",
    "name": "text",
    "year": "number",
    "retention": "text",
    "kept_years": "number",
    "protected_through": "text",
    "pages": "number",
    "electronic": "text",
    "reason": "text",
    "state": "text",
    "withheld": "text",
    "content_digest": "text",
}


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """A page of a register, what it is narrowed to, and what the whole comes to."""

    listing: Listing
    whole: RegisterTotals
    found: RegisterTotals
    lines: list[BatchItem]
    kinds: list[KindListed]
    groups: list[RegisterGroup]


@router.get("/{batch_id}/register.pdf")
def register_pdf(visit: SignedIn, batch_id: RowNumber) -> Response:
    """The whole register on paper, with who has signed it; that it was taken out is on the trail."""
    with visit.reading() as tx:
        batch = seen_batch(tx, batch_id)
        content, printed_at = register_told(tx, batch), tx.now
    pdf = print_form("destruction_register", content, printed_at=printed_at)
    with visit.transaction() as tx:
        note_export(tx, "destruction", "pdf", len(content["rows"]), {"batch": batch.name})
    return pdf_answer(pdf, content["code"])


@router.get("/{batch_id}/items/{item_id}")
def item(visit: SignedIn, batch_id: RowNumber, item_id: RowNumber) -> Response:
    return _item_page(visit, batch_id, item_id, FormState())


@router.post("/{batch_id}/items/{item_id}/drop")
def drop(visit: SignedIn, batch_id: RowNumber, item_id: RowNumber, form: PostedForm) -> Response:
    """Take a line out; what was signed falls."""

    def work(tx: Transaction) -> None:
        own_item(tx, batch_id, item_id)
        verbs.drop_item(tx, item_id, reason=form.text("reason"))

    error = visit.attempt(work).error
    if error is None:
        return go(f"{HERE}/{batch_id}?done=dropped")
    return _item_page(visit, batch_id, item_id, visit.form_state(form, error), status_of(error))


def asked_of(visit: Visit, batch_id: int) -> Listing:
    """Which page of the register this address asks for."""
    orders = [turn + order for order in ORDERS for turn in ("", "-")]
    asked = Listing.asked(visit, filters=FILTERS, orders=orders)
    return replace(asked, path=f"{HERE}/{batch_id}")


def register_page(tx: Transaction, batch_id: int, listing: Listing) -> RegisterPage:
    """That page, with what the lines come to."""
    narrowed = _filter(listing)
    whole = register_totals(tx, batch_id)
    return RegisterPage(
        listing,
        whole,
        whole if narrowed == LineFilter() else register_totals(tx, batch_id, narrowed),
        items_page(
            tx,
            batch_id,
            narrowed,
            order=listing.order,
            limit=listing.per_page,
            offset=listing.offset,
        ),
        kinds_listed(tx, batch_id),
        register_groups(tx, batch_id, withheld=True),
    )


def register_parts(
    visit: Visit, page: RegisterPage, counts: dict[str, int], *, printed: bool
) -> dict[str, object]:
    """What the template shows of it; once certified, what is printed is the certificate as kept."""
    return {
        "columns": _columns(visit, page.listing, page.found),
        "rows": [item_row(visit, each) for each in page.lines],
        "pages": _leafing(page, printed=printed),
        "narrowed": bool(page.listing.filters),
        "choices": _choices(visit, page, counts),
        "found": register_says(visit, page.found) if page.listing.filters else "",
    }


def register_says(visit: Visit, amount: RegisterTotals) -> str:
    """What lines come to, in one sentence."""
    return visit.t(
        "batches.register_n", items=amount.items, pages=amount.pages, electronic=amount.electronic
    )


def span_says(visit: Visit, amount: RegisterTotals) -> str:
    """How many kinds, and from which year to which; empty for an empty register."""
    if amount.first_year is None:
        return ""
    first, last = str(amount.first_year), str(amount.last_year)
    key = "batches.span_one" if first == last else "batches.span"
    return visit.t(key, kinds=amount.kinds, first=first, last=last)


def register_facts(visit: Visit, whole: RegisterTotals) -> list[Fact]:
    """What the whole register is about, beside its lines and pages."""
    if whole.first_year is None:
        return []
    return [
        Fact(visit.t("batches.has_electronic"), whole.electronic, "number"),
        Fact(visit.t("batches.span_title"), span_says(visit, whole)),
    ]


def register_file(visit: Visit, batch_id: int, form: FileForm) -> Response:
    """The register as it is narrowed and ordered, every line, not only those of the page."""
    listing = asked_of(visit, batch_id)

    def rows(tx: Transaction) -> Iterable[Row]:
        at = 0
        while piece := items_page(
            tx, batch_id, _filter(listing), order=listing.order, limit=AT_ONCE, offset=at
        ):
            yield from (_line(visit, each) for each in piece)
            at += len(piece)

    with visit.reading() as tx:
        seen_batch(tx, batch_id)
    columns = headings(visit, "destruction", **FILE_COLUMNS)
    return download(visit, listing, what="destruction", form=form, columns=columns, rows=rows)


def item_row(visit: Visit, item: BatchItem) -> dict[str, object]:
    """A line as a list shows it."""
    line = item.told
    return {
        "position": item.position,
        "code": Link(line["code"], f"{HERE}/{item.batch_id}/items/{item.id}"),
        "title": line["title"],
        "year": str(line["year"]),
        "retention": told.period(visit, line["retention"]),
        "through": line["protected_through"],
        "pages": line["pages"],
        "electronic": visit.t("batches.yes" if line["electronic"] else "batches.no"),
        "state": told.item_status(visit, item),
        "why": told.why_withheld(visit, item) or told.failure(visit, item),
    }


def _filter(listing: Listing) -> LineFilter:
    state = listing.text("item")
    return LineFilter(
        state=state if state in {UNSETTLED, *ItemState} else "",
        kind=listing.text("kind"),
        year=listing.number("year"),
        retention=listing.text("retention"),
    )


def _leafing(page: RegisterPage, *, printed: bool) -> Pages | None:
    """Where in the register one is; leafing through it stays at it."""
    pages = page.listing.pages(len(page.lines), page.found.items, exports=True)
    if pages is None:
        return None
    paper = "certificate.pdf" if printed else "register.pdf"
    return replace(
        pages,
        previous_href=_at_register(pages.previous_href),
        next_href=_at_register(pages.next_href),
        print_href=f"{page.listing.path}/{paper}",
    )


def _at_register(href: str) -> str:
    return href + PLACE if href else ""


def _choices(
    visit: Visit, page: RegisterPage, counts: dict[str, int]
) -> list[tuple[str, str, list[Option]]]:
    """The filters of the register: name, label and what there is to choose."""
    states = [Option(each, visit.t(f"item-state.{each}")) for each in ItemState if each in counts]
    if len(states) > 1:
        states.insert(0, Option(UNSETTLED, visit.t("batches.unsettled")))
    english = visit.language == "en"
    kinds = [
        Option(one.code, f"{one.name_en if english else one.name_zh} ({one.items})")
        for one in page.kinds
    ]
    years = [Option(str(one), str(one)) for one in sorted({each.year for each in page.groups})]
    periods = [
        Option(one, told.period(visit, one)) for one in sorted({g.retention for g in page.groups})
    ]
    found = {"item": states, "kind": kinds, "year": years, "retention": periods}
    labels = {"item": "state", "kind": "kind", "year": "year", "retention": "retention"}
    return [
        (name, visit.t(f"batches.{labels[name]}"), options)
        for name, options in found.items()
        if len(options) > 1 or page.listing.text(name)
    ]


def _columns(visit: Visit, listing: Listing, found: RegisterTotals) -> list[Column]:
    t = visit.t
    columns = [
        listing.column("position", t("batches.position"), "number", order="position"),
        listing.column("code", t("batches.code"), "link", order="code"),
        listing.column("title", t("batches.name"), order="title"),
        listing.column("year", t("batches.year"), order="year"),
        Column("retention", t("batches.retention")),
        listing.column("through", t("batches.protected_through"), order="through"),
        listing.column("pages", t("batches.pages"), "number", order="pages", total=found.pages),
        Column("electronic", t("batches.electronic")),
        Column("state", t("batches.state"), "status"),
        Column("why", t("batches.remark")),
    ]
    return [replace(each, sort_href=_at_register(each.sort_href)) for each in columns]


def _item_page(
    visit: Visit, batch_id: int, item_id: int, state: FormState, status: int = 200
) -> Response:
    with visit.reading() as tx:
        found = own_item(tx, batch_id, item_id)
        batch = seen_batch(tx, batch_id)
        may = tx.can(Permission.DESTRUCTION_PROPOSE, batch.station_id)
        readable = tx.can(Permission.RECORD_READ, batch.station_id)
    open_register = batch.state == BatchState.DRAFT or BATCH_WORKFLOW.allows("reopen", batch.state)
    return show(
        visit,
        "batches/item.html",
        status=status,
        state=state,
        crumbs=told.around(visit, batch, found.told["code"]),
        here=f"{HERE}/{batch_id}",
        batch=batch,
        item=found,
        line=found.told,
        row=item_row(visit, found),
        readable=readable,
        may_drop=may and open_register and found.open_in_batch,
        voids=batch.state != BatchState.DRAFT,
    )


def _line(visit: Visit, item: BatchItem) -> Row:
    line = item.told
    return {
        **{name: line[name] for name in ("code", "year", "kept_years", "protected_through")},
        "position": item.position,
        "name": line["title"],
        "pages": line["pages"],
        "content_digest": line["content_digest"],
        "retention": line["retention"],
        "electronic": visit.t("batches.yes" if line["electronic"] else "batches.no"),
        "reason": line["opinion"],
        "state": visit.t(f"item-state.{item.state}"),
        "withheld": told.why_withheld(visit, item),
    }
