"""Separator sheets to print: one before each record of a pile that is scanned in one go."""

from fastapi import APIRouter
from starlette.responses import Response

from archive.access import Permission
from archive.filing.separator import Separator
from archive.holdings.pair import PairState
from archive.holdings.queries.plans import kinds_known
from archive.holdings.queries.records import RecordFilter, RecordLine, records
from archive.printing import print_form
from archive.printing.qr import qr_svg
from web.deps import SignedIn
from web.images import pdf_answer
from web.page import show
from web.pages.around import crumbs
from web.pages.filing import kind_name
from web.parts import Option

router = APIRouter(prefix="/filing/separators")

MOST_SHEETS = 200


@router.get("")
def choose(visit: SignedIn) -> Response:
    with visit.reading() as tx:
        tx.require(Permission.RECORD_FILE)
        kinds = kinds_known(tx)
        waiting = records(tx, RecordFilter(pair=PairState.P_ONLY), order="code", limit=MOST_SHEETS)
    return show(
        visit,
        "filing/separators.html",
        crumbs=crumbs(visit, "filing", (visit.t("filing.separators.title"), "")),
        kinds=[Option(kind.code, f"{kind.number} {kind_name(visit, kind)}") for kind in kinds],
        waiting=[Option(line.record.code, line.record.code, line.record.title) for line in waiting],
    )


@router.get("/sheets.pdf")
def sheets(visit: SignedIn) -> Response:
    """One sheet for every kind and record named in the address, plain ones for ``plain=n``."""
    query = visit.request.query_params
    with visit.reading() as tx:
        tx.require(Permission.RECORD_FILE)
        kinds = {kind.code: kind for kind in kinds_known(tx)}
        waiting = records(tx, RecordFilter(pair=PairState.P_ONLY), order="code", limit=MOST_SHEETS)
        printed_at = tx.now
    wanted = [
        *(_of_kind(kinds[code].name_zh, code) for code in query.getlist("kind") if code in kinds),
        *(_of_record(line) for line in waiting if line.record.code in query.getlist("record")),
    ]
    plain = query.get("plain", "0")
    copies = min(int(plain), MOST_SHEETS) if plain.isascii() and plain.isdigit() else 0
    wanted += [_sheet(Separator(), "下一件", "材料种类由识读建议")] * copies
    told = {"sheets": wanted[:MOST_SHEETS] or [_sheet(Separator(), "下一件", "材料种类由识读建议")]}
    pdf = print_form("separators", told, printed_at=printed_at)
    return pdf_answer(pdf, "分隔页")


def _of_kind(name: str, code: str) -> dict[str, str]:
    return _sheet(Separator(kind_code=code), name, "下一件是这种材料")


def _of_record(line: RecordLine) -> dict[str, str]:
    return _sheet(Separator(record_code=line.record.code), line.record.code, "这件的扫描件")


def _sheet(separator: Separator, title: str, note: str) -> dict[str, str]:
    return {"qr": qr_svg(separator.payload), "title": title, "note": note}
