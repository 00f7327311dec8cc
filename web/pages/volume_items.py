"""卷内文件: the items in a volume, listed in order, added, corrected, printed and exported."""

from collections.abc import Callable, Iterable

from fastapi import APIRouter
from starlette.responses import Response

from archive.holdings.actions.items import ItemDescription, add_item, describe_item_again
from archive.holdings.queries.items import VolumeSeen, seen_item, volume_seen
from archive.holdings.volume_item import MOST_PAGES
from archive.printing import print_form
from archive.reports.lists import note_export
from archive.reports.spreadsheet import Form as FileForm
from archive.reports.spreadsheet import Row
from archive.reports.volume_list import parties_told, span, volume_list_told
from archive.transaction import Transaction
from web import typed
from web.deps import Form, PostedForm, SignedIn, Visit
from web.errors import status_of
from web.exports import download, headings
from web.images import pdf_answer
from web.listing import Listing
from web.page import go, show
from web.pages.around import crumbs, just_done
from web.pages.records import RECORDS
from web.parts import Column, FormState, Link
from web.typed import RowNumber

router = APIRouter(prefix=RECORDS)

WORDS = {"title": 200, "document_number": 60, "parties": 200, "remark": 500}
COLUMNS = {
    "number": "number",
    "code": "text",
    "document_number": "text",
    "parties": "text",
    "name": "text",
    "day": "text",
    "span": "text",
    "pages": "number",
    "remark": "text",
}


@router.get("/{record_id}/items")
def items(visit: SignedIn, record_id: RowNumber) -> Response:
    return _page(visit, record_id, FormState())


@router.post("/{record_id}/items")
def add(visit: SignedIn, record_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> None:
        volume_seen(tx, record_id)
        first = form.text("first_page")
        described = ItemDescription(
            **_words(form),
            formed_on=typed.day(form.text("formed_on"), "formed_on"),
            pages=typed.count(form.text("pages"), "pages", most=MOST_PAGES),
            first_page=typed.count(first, "first_page", most=MOST_PAGES) if first else None,
        )
        add_item(tx, record_id, described)

    return _done(visit, record_id, form, work, "added")


@router.get("/{record_id}/items/{item_id}")
def item(visit: SignedIn, record_id: RowNumber, item_id: RowNumber) -> Response:
    return _item_page(visit, record_id, item_id, None)


@router.post("/{record_id}/items/{item_id}")
def correct(
    visit: SignedIn, record_id: RowNumber, item_id: RowNumber, form: PostedForm
) -> Response:
    def work(tx: Transaction) -> None:
        seen_item(tx, record_id, item_id)
        describe_item_again(
            tx,
            item_id,
            reason=form.text("reason"),
            **_words(form),
            formed_on=typed.day(form.text("formed_on"), "formed_on"),
            pages=typed.count(form.text("pages"), "pages", most=MOST_PAGES),
            first_page=typed.count(form.text("first_page"), "first_page", most=MOST_PAGES),
        )

    error = visit.attempt(work).error
    if error is None:
        return go(f"{RECORDS}/{record_id}/items?done=corrected")
    state = visit.form_state(form, error)
    return _item_page(visit, record_id, item_id, state, status_of(error))


@router.get("/{record_id}/items.pdf")
def printed(visit: SignedIn, record_id: RowNumber) -> Response:
    """卷内文件目录 as PDF/A; that it was taken out is on the trail."""
    with visit.reading() as tx:
        told, rows = volume_list_told(tx, record_id)
        printed_at, code = tx.now, told["code"]
    pdf = print_form("inner_list", told, printed_at=printed_at)
    with visit.transaction() as tx:
        note_export(tx, "volume-items", "pdf", rows, {"volume": code})
    return pdf_answer(pdf, f"{visit.t('volume-items.title')}-{code}")


@router.get("/{record_id}/items.xlsx")
def exported(visit: SignedIn, record_id: RowNumber) -> Response:
    with visit.reading() as tx:
        code = volume_seen(tx, record_id).record.code

    def rows(tx: Transaction) -> Iterable[Row]:
        seen = volume_seen(tx, record_id)
        return [
            {
                "number": one.number,
                "code": one.code,
                "document_number": one.document_number,
                "parties": parties_told(seen, one),
                "name": one.title,
                "day": f"{one.formed_on:%Y%m%d}",
                "span": span(one),
                "pages": one.pages,
                "remark": one.remark,
            }
            for one in seen.items
        ]

    what = "volume-items"
    listing = Listing(RECORDS, {"volume": code}, "", 1, "")
    columns = headings(visit, what, **COLUMNS)
    return download(visit, listing, what=what, form=FileForm.XLSX, columns=columns, rows=rows)


def _words(form: Form) -> dict[str, str]:
    return {
        name: typed.words(form.text(name), name, most=most, required=name == "title")
        for name, most in WORDS.items()
    }


def _done(
    visit: Visit, record_id: int, form: Form, work: Callable[[Transaction], None], done: str
) -> Response:
    error = visit.attempt(work).error
    if error is None:
        return go(f"{RECORDS}/{record_id}/items?done={done}")
    return _page(visit, record_id, visit.form_state(form, error), status_of(error))


def _page(visit: Visit, record_id: int, state: FormState, status: int = 200) -> Response:
    with visit.reading() as tx:
        seen = volume_seen(tx, record_id)
    here = f"{RECORDS}/{record_id}/items"
    return show(
        visit,
        "records/items.html",
        status=status,
        state=state,
        crumbs=_crumbs(visit, seen),
        here=here,
        seen=seen,
        notice_text=just_done(visit, "volume-items") if status == 200 else "",
        columns=[
            Column("number", visit.t("volume-items.number"), "number"),
            Column("name", visit.t("volume-items.name"), "link" if seen.may_add else "text"),
            Column("parties", visit.t("volume-items.parties")),
            Column("document_number", visit.t("volume-items.document_number")),
            Column("day", visit.t("volume-items.day"), "day"),
            Column("span", visit.t("volume-items.span")),
            Column("code", visit.t("volume-items.code"), "code"),
            Column("remark", visit.t("volume-items.remark")),
        ],
        rows=[
            {
                "number": one.number,
                "name": Link(one.title, f"{here}/{one.id}") if seen.may_add else one.title,
                "parties": parties_told(seen, one),
                "document_number": one.document_number,
                "day": one.formed_on,
                "span": span(one),
                "code": one.code,
                "remark": one.remark,
            }
            for one in seen.items
        ],
    )


def _item_page(
    visit: Visit, record_id: int, item_id: int, state: FormState | None, status: int = 200
) -> Response:
    with visit.reading() as tx:
        seen = volume_seen(tx, record_id)
        one = seen_item(tx, record_id, item_id)
    if not seen.may_add:
        return go(f"{RECORDS}/{record_id}/items")
    values: dict[str, object] = {name: getattr(one, name) for name in WORDS}
    values |= {"first_page": one.first_page, "pages": one.pages}
    values["formed_on"] = one.formed_on.isoformat()
    return show(
        visit,
        "records/item.html",
        status=status,
        state=state or FormState(values),
        crumbs=_crumbs(visit, seen, one.code),
        here=f"{RECORDS}/{record_id}/items/{item_id}",
        item=one,
    )


def _crumbs(visit: Visit, seen: VolumeSeen, item: str = "") -> object:
    volume = f"{RECORDS}/{seen.record.id}"
    last = [(item, "")] if item else []
    return crumbs(
        visit,
        "holdings",
        (visit.t("records.title"), RECORDS),
        (seen.record.code, volume),
        (visit.t("volume-items.title"), f"{volume}/items" if item else ""),
        *last,
    )
