"""Labels on common sheets, spines and covers of boxes, as PDF/A."""

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from archive.access import Permission
from archive.printing import print_form
from archive.shelving.box import LabelUnknown
from archive.shelving.queries.lookup import meant
from archive.shelving.queries.printed import (
    SHEETS,
    box_labels,
    cabinets_at,
    cover_told,
    shelf_labels,
    spine_told,
)
from archive.transaction import Transaction
from web import typed
from web.deps import SignedIn, Visit
from web.errors import status_of
from web.images import pdf_answer
from web.page import show
from web.pages.around import crumbs
from web.parts import FormState, Option
from web.typed import RowNumber

router = APIRouter(prefix="/store")

MOST_BOXES = 200


@router.get("/labels")
def labels(visit: SignedIn) -> Response:
    return _labels_page(visit, FormState(dict(visit.request.query_params)))


@router.get("/labels.pdf")
def labels_pdf(visit: SignedIn) -> Response:
    query = visit.request.query_params
    sheet = query.get("sheet", "3x8")
    try:
        skip = typed.count(query.get("skip") or "0", "skip", least=0, most=99)
        with visit.reading() as tx:
            if query.get("cabinet"):
                cabinet = typed.count(query["cabinet"], "cabinet", most=999_999_999)
                told = shelf_labels(tx, cabinet, sheet=sheet, skip=skip)
            else:
                boxes = _boxes(tx, query.get("boxes", ""))
                records = query.get("records") == "yes"
                told = box_labels(tx, boxes, sheet=sheet, skip=skip, records=records)
            printed_at = tx.now
    except (LabelUnknown, typed.NothingTyped, typed.NotACount) as error:
        errors = {error.field or "": visit.told(error)}
        return _labels_page(visit, FormState(dict(query), errors), status_of(error))
    return _pdf("label_sheet", told, visit.t("store.labels"), printed_at)


@router.get("/boxes/{box_id}/spine.pdf")
def spine(visit: SignedIn, box_id: RowNumber) -> Response:
    with visit.reading() as tx:
        told, printed_at = spine_told(tx, box_id), tx.now
    return _pdf("spine", told, visit.t("store.print_spine"), printed_at)


@router.get("/boxes/{box_id}/cover.pdf")
def cover(visit: SignedIn, box_id: RowNumber) -> Response:
    with visit.reading() as tx:
        told, printed_at = cover_told(tx, box_id), tx.now
    return _pdf("box_cover", told, visit.t("store.print_cover"), printed_at)


def _boxes(tx: Transaction, said: str) -> list[int]:
    """Boxes by number or label: ``H0001-H0012``, or several with blanks between."""
    found: list[int] = []
    words = typed.words(said, "boxes", most=400).replace("，", " ").replace(",", " ").split()
    for word in words:
        first, dash, last = word.upper().partition("-")
        names = [word]
        if dash and first.lstrip("H").isdecimal() and last.lstrip("H").isdecimal():
            start, end = int(first.lstrip("H")), int(last.lstrip("H"))
            names = [f"H{n}" for n in range(start, min(end, start + MOST_BOXES) + 1)]
        for name in names:
            named = meant(tx, name)
            if named is None or named.kind != "box":
                raise LabelUnknown(field="boxes", given=name[:40])
            found.append(named.id)
    return list(dict.fromkeys(found))[:MOST_BOXES]


def _labels_page(visit: Visit, state: FormState, status: int = 200) -> Response:
    with visit.reading() as tx:
        tx.require(Permission.PAPER_KEEP)
        cabinets = cabinets_at(tx)
    return show(
        visit,
        "store/labels.html",
        status=status,
        state=state,
        crumbs=crumbs(visit, "store", (visit.t("store.labels"), "")),
        sheets=[
            Option(
                key,
                visit.t(
                    "store.sheet",
                    columns=sheet.columns,
                    rows=sheet.rows,
                    width=sheet.width,
                    height=sheet.height,
                ),
            )
            for key, sheet in SHEETS.items()
        ],
        cabinets=[Option(str(cabinet), code) for cabinet, code in cabinets],
    )


def _pdf(form: str, told: dict[str, Any], name: str, printed_at: Any) -> Response:
    return pdf_answer(print_form(form, told, printed_at=printed_at), name)
