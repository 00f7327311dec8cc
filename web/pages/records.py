"""馆藏: the list of records, and the pairs somebody has to see to."""

from collections.abc import Iterable, Mapping

from fastapi import APIRouter
from starlette.responses import Response

from archive.access import Permission
from archive.holdings.pair import PairState
from archive.holdings.queries.plans import kinds_known
from archive.holdings.queries.record_seen import WORK, is_overdue, overdue_pairs, pair_counts
from archive.holdings.queries.records import RecordFilter, RecordLine, count_records, records
from archive.reports.lists import every_record
from archive.reports.personal import people_told
from archive.reports.spreadsheet import Form as FileForm
from archive.reports.spreadsheet import Row
from archive.transaction import Transaction
from web.deps import SignedIn, Visit
from web.exports import download, form_asked, headings
from web.listing import Listing
from web.page import show
from web.pages.filing import kind_name
from web.parts import Action, FormState, Link, Option, Status, Tone

router = APIRouter(prefix="/holdings")

RECORDS = "/holdings/records"
PAIR_TONES: Mapping[str, Tone] = {
    PairState.E_ONLY: "warn",
    PairState.P_ONLY: "warn",
    PairState.UNCOMPARED: "info",
    PairState.PAIRED: "good",
    PairState.MISMATCH: "bad",
    PairState.PAPER_OUT: "info",
    PairState.PAPER_MISSING: "bad",
    PairState.E_CORRUPT: "bad",
    PairState.DESTROYED: "quiet",
}
ORDERS = ("-filed", "filed", "code", "-code", "title", "-title", "day", "-day", "pair", "-pair")
FILE_COLUMNS = {
    "code": "text",
    "name": "text",
    "kind": "text",
    "day": "text",
    "pages": "number",
    "retention": "text",
    "customer_number": "text",
    "parties": "text",
    "document_number": "text",
    "pair": "text",
    "state": "text",
    "old_code": "text",
}


def pair_status(visit: Visit, state: str) -> Status:
    """A pair's state as a word."""
    return Status(visit.t(f"state-pair.{state}"), PAIR_TONES[state])


@router.get("/records")
def listed(visit: SignedIn) -> Response:
    listing = Listing.asked(
        visit, filters=("text", "kind", "year", "pair", "customer"), orders=ORDERS
    )
    asked = _asked(listing)
    form = form_asked(visit)
    if form is not None:
        return _file(visit, listing, asked, form)
    with visit.reading() as tx:
        total = count_records(tx, asked)
        found = records(
            tx, asked, order=listing.order, limit=listing.per_page, offset=listing.offset
        )
        kinds = kinds_known(tx)
        rows = [_row(visit, tx, line) for line in found]
    may_import = visit.actor.may(Permission.REGISTER_IMPORT)
    imports = [Action(visit.t("imports.title"), "/imports")] if may_import else []
    return show(
        visit,
        "records/list.html",
        state=FormState(dict(listing.filters)),
        kinds=[Option(str(kind.id), kind_name(visit, kind)) for kind in kinds],
        pair_states=[Option(str(state), visit.t(f"state-pair.{state}")) for state in PairState],
        columns=[
            listing.column("code", visit.t("records.code"), "link", order="code"),
            listing.column("title", visit.t("records.name"), order="title"),
            listing.column("kind", visit.t("records.kind")),
            listing.column("day", visit.t("records.day"), "day", order="day"),
            listing.column("pages", visit.t("records.pages"), "number"),
            listing.column("pair", visit.t("records.pair"), "status", order="pair"),
        ],
        rows=rows,
        pages=listing.pages(len(rows), total, exports=True),
        total=total,
        actions=[
            Action(visit.t("holdings.title"), "/holdings/plan"),
            Action(visit.t("registers.link"), "/holdings/registers"),
            Action(visit.t("expected.title"), "/holdings/expected"),
            *imports,
        ],
    )


@router.get("/records/counts")
def counts(visit: SignedIn) -> Response:
    """How many there are of each state: the moving part of the list, fetched after it."""
    with visit.reading() as tx:
        counted = pair_counts(tx)
        overdue = overdue_pairs(tx)
    return show(
        visit,
        "records/counts.html",
        counts=[
            Link(visit.t(f"state-pair.{state}"), f"{RECORDS}?pair={state}", count=n)
            for state, n in counted.items()
            if n or state in WORK
        ],
        overdue=overdue,
    )


def _asked(listing: Listing) -> RecordFilter:
    pair = listing.text("pair")
    return RecordFilter(
        text=listing.text("text"),
        kind_id=listing.number("kind"),
        year=listing.number("year"),
        customer_number=listing.text("customer"),
        pair=PairState(pair) if pair in set(PairState) else None,
    )


def _row(visit: Visit, tx: Transaction, line: RecordLine) -> dict[str, object]:
    status = pair_status(visit, line.pair.state)
    if is_overdue(tx, line.pair):
        status = Status(visit.t("records.overdue", state=status.label), "bad")
    return {
        "code": Link(line.record.code, f"{RECORDS}/{line.record.id}"),
        "title": line.record.title,
        "kind": kind_name(visit, line.kind),
        "day": line.record.formed_on,
        "pages": line.record.pages,
        "pair": status,
    }


def _file(visit: Visit, listing: Listing, asked: RecordFilter, form: FileForm) -> Response:
    """Every record of the list, not only those of the page shown."""

    def rows(tx: Transaction) -> Iterable[Row]:
        return (_line(visit, tx, line) for line in every_record(tx, asked, listing.order))

    columns = headings(visit, "records", **FILE_COLUMNS)
    return download(visit, listing, what="records", form=form, columns=columns, rows=rows)


def _line(visit: Visit, tx: Transaction, line: RecordLine) -> Row:
    record = line.record
    people = people_told(tx, line)
    return {
        "code": record.code,
        "name": record.title,
        "kind": kind_name(visit, line.kind),
        "day": record.formed_on,
        "pages": record.pages,
        "retention": line.kind.retention,
        "customer_number": people.number_outside,
        "parties": people.parties,
        "document_number": record.document_number,
        "pair": visit.t(f"state-pair.{line.pair.state}"),
        "state": visit.t(f"state-record.{record.state}"),
        "old_code": record.old_code,
    }
