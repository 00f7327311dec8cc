"""票据本: the list, which book holds a number, and everything that is done with one book."""

from collections.abc import Callable, Iterable
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from archive.custody.actions import books as verbs
from archive.custody.book import BookState, Handover
from archive.custody.kind import InvoiceKind
from archive.custody.numbers import parse_code, parse_number
from archive.custody.queries import books as reads
from archive.custody.queries.books import OPEN, BookFilter, BookRow, BookTotals, FoundNumber
from archive.errors import Invalid, NotFound
from archive.people.person import Station
from archive.reports.lists import every_book
from archive.reports.spreadsheet import Form as FileForm
from archive.reports.spreadsheet import Row
from archive.transaction import NoSuchThing, Transaction
from web import typed
from web.deps import Form, PostedForm, SignedIn, Visit
from web.errors import status_of
from web.exports import download, form_asked, headings
from web.listing import Listing
from web.page import go, show
from web.pages.around import book_status, chosen_station, crumbs, station_options
from web.pages.book_page import book_page
from web.parts import Column, Fact, FormState, Kind, Link, Option
from web.rendering import code as grouped
from web.typed import RowNumber

router = APIRouter(prefix="/invoices/books")

HERE = "/invoices/books"
FILTERS = ("station", "kind", "state", "holder", "mine", "number", "code")


@router.get("")
def books(visit: SignedIn) -> Response:
    listing = Listing.asked(
        visit, filters=FILTERS, orders=("number", "-number", "-issued", "issued")
    )
    if (form := form_asked(visit)) is not None:
        return _file(visit, listing, form)
    with visit.reading() as tx:
        chosen, seen = chosen_station(tx, listing.text("station"))
        kinds, holders = reads.kinds(tx), reads.holders(tx)
        if listing.text("number"):
            return _search_page(visit, tx, listing, _choices(visit, seen, kinds, holders))
        wanted = _wanted(tx, listing, chosen, kinds)
        rows, totals = reads.books(
            tx, wanted, order=listing.order, offset=listing.offset, limit=listing.per_page
        )
    return show(
        visit,
        "books/list.html",
        crumbs=crumbs(visit, "invoices", (visit.t("books.title"), HERE)),
        state=FormState({**listing.filters, "state": wanted.state}),
        choices=_choices(visit, seen, kinds, holders),
        mine=wanted.mine,
        found=None,
        columns=_columns(visit, listing, totals),
        rows=[_row(visit, row) for row in rows],
        pages=listing.pages(len(rows), totals.books, exports=True),
    )


@router.get("/{book_id}")
def book(visit: SignedIn, book_id: RowNumber) -> Response:
    return book_page(visit, book_id)


@router.post("/{book_id}/receive")
def receive(visit: SignedIn, book_id: RowNumber, form: PostedForm) -> Response:
    return _do(visit, book_id, form, "receive", lambda tx: verbs.receive_book(tx, book_id))


@router.post("/{book_id}/give")
def give(visit: SignedIn, book_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> Handover:
        receiver = form.text("receiver")
        return verbs.offer_book(
            tx,
            book_id,
            typed.count(receiver, "receiver", most=2**31 - 1),
            remark=typed.words(form.text("remark"), "remark", most=500, required=False),
        )

    return _do(visit, book_id, form, "give", work)


@router.post("/{book_id}/confirm")
def confirm(visit: SignedIn, book_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> object:
        return verbs.confirm_handover(tx, _handover(tx, book_id, form))

    return _do(visit, book_id, form, "confirm", work)


@router.post("/{book_id}/decline")
def decline(visit: SignedIn, book_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> object:
        reason = typed.words(form.text("reason"), "reason", most=500)
        return verbs.decline_handover(tx, _handover(tx, book_id, form), reason=reason)

    return _do(visit, book_id, form, "decline", work)


@router.post("/{book_id}/withdraw")
def withdraw(visit: SignedIn, book_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> object:
        return verbs.withdraw_handover(tx, _handover(tx, book_id, form))

    return _do(visit, book_id, form, "withdraw", work)


@router.post("/{book_id}/use")
def use(visit: SignedIn, book_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> object:
        return verbs.record_use(
            tx,
            book_id,
            last=form.text("last"),
            used_on=typed.day(form.text("used_on"), "used_on"),
            kwh=typed.kwh(form.text("kwh"), "kwh"),
            amount_fen=typed.fen(form.text("amount"), "amount"),
        )

    return _do(visit, book_id, form, "use", work)


@router.post("/{book_id}/void")
def void(visit: SignedIn, book_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> object:
        return verbs.record_void(
            tx,
            book_id,
            number=form.text("number"),
            reason=typed.words(form.text("reason"), "reason", most=500, required=False),
            copies_kept=len(set(form.texts("copies_kept"))),
            voided_on=typed.day(form.text("voided_on"), "voided_on"),
        )

    return _do(visit, book_id, form, "void", work)


@router.post("/{book_id}/hand-in")
def hand_in(visit: SignedIn, book_id: RowNumber, form: PostedForm) -> Response:
    return _do(visit, book_id, form, "hand-in", lambda tx: verbs.hand_in_stub(tx, book_id))


def _do(
    visit: Visit, book_id: int, form: Form, task: str, work: Callable[[Transaction], Any]
) -> Response:
    """Do it and show the book; when it is refused, the same page with what was typed."""

    def seen_first(tx: Transaction) -> Any:
        reads.seen_book(tx, book_id)
        return work(tx)

    error = visit.attempt(seen_first).error
    if error is None:
        return go(f"{HERE}/{book_id}?done={task}")
    if isinstance(error, NotFound):
        raise error
    state = FormState(
        {**form.values, "copies_kept": form.texts("copies_kept")},
        visit.form_state(form, error).errors,
    )
    return book_page(visit, book_id, task=task, state=state, status=status_of(error))


def _handover(tx: Transaction, book_id: int, form: Form) -> int:
    """The hand-over that was on the page; it must be this book's."""
    key = typed.count(form.text("handover"), "", most=2**31 - 1)
    if tx.get(Handover, key).book_id != book_id:
        raise NoSuchThing(thing="handover", key=str(key))
    return key


def _wanted(
    tx: Transaction, listing: Listing, station: Station | None, kinds: list[InvoiceKind]
) -> BookFilter:
    mine = listing.text("mine") == "1"
    state = listing.text("state") or (OPEN if mine else "")
    return BookFilter(
        station_id=station.id if station else None,
        kind_id=next((kind.id for kind in kinds if kind.code == listing.text("kind")), None),
        state=state if state in {*BookState, OPEN} else "",
        holder_id=listing.number("holder"),
        mine=mine and tx.actor.person_id is not None,
    )


def _search_page(
    visit: Visit, tx: Transaction, listing: Listing, choices: dict[str, list[Option]]
) -> Response:
    """Which book holds the number, instead of the list."""
    found: list[FoundNumber] = []
    errors: dict[str, str] = {}
    try:
        number = parse_number(listing.text("number"))
        found = reads.find_number(tx, number, parse_code(listing.text("code")) or None)
    except Invalid as error:
        errors = {error.field or "": visit.told(error)}
    return show(
        visit,
        "books/list.html",
        status=422 if errors else 200,
        crumbs=crumbs(visit, "invoices", (visit.t("books.title"), HERE)),
        state=FormState(dict(listing.filters), errors),
        choices=choices,
        mine=False,
        found=[found_facts(visit, one) for one in found],
        columns=[],
        rows=[],
        pages=None,
    )


def _choices(
    visit: Visit, seen: list[Station], kinds: list[InvoiceKind], holders: list[tuple[int, str]]
) -> dict[str, list[Option]]:
    states = [Option(OPEN, visit.t("books.open"))]
    states += [Option(str(state), visit.t(f"state-book.{state}")) for state in BookState]
    return {
        "stations": station_options(seen),
        "kinds": [Option(kind.code, kind.name) for kind in kinds],
        "states": states,
        "holders": [Option(str(person), name) for person, name in holders],
    }


def _columns(visit: Visit, listing: Listing, totals: BookTotals) -> list[Column]:
    def column(key: str, kind: Kind = "text", *, order: str = "", total: object = None) -> Column:
        return listing.column(key, visit.t(f"books.{key}"), kind, order=order, total=total)

    return [
        column("numbers", "link", order="number"),
        column("code", "code"),
        column("kind"),
        column("station"),
        column("state", "status"),
        column("holder"),
        column("sets", "number", total=totals.sets),
        column("blank", "number", total=totals.blank),
        column("issued_at", "moment", order="issued"),
    ]


def _row(visit: Visit, row: BookRow) -> dict[str, object]:
    holder = row.holder or "—"
    if row.offered_to:
        holder = visit.t("books.offered", holder=holder, receiver=row.offered_to)
    return {
        "numbers": Link(f"{row.first}–{row.last}", f"{HERE}/{row.id}"),
        "code": row.code,
        "kind": row.kind,
        "station": row.station,
        "state": book_status(visit, row.state),
        "holder": holder,
        "sets": row.sets,
        "blank": row.blank,
        "issued_at": row.issued_at,
    }


def _file(visit: Visit, listing: Listing, form: FileForm) -> Response:
    """Every book of the list, not only those of the page shown."""

    def rows(tx: Transaction) -> Iterable[Row]:
        chosen, _ = chosen_station(tx, listing.text("station"))
        wanted = _wanted(tx, listing, chosen, reads.kinds(tx))
        return (_line(visit, row) for row in every_book(tx, wanted, listing.order))

    columns = headings(
        visit,
        "books",
        code="text",
        first_number="text",
        last_number="text",
        kind="text",
        station="text",
        state="text",
        holder="text",
        sets="number",
        blank="number",
        used_through="text",
        issued_at="text",
    )
    return download(visit, listing, what="books", form=form, columns=columns, rows=rows)


def _line(visit: Visit, row: BookRow) -> Row:
    told = _row(visit, row)
    same = {key: told[key] for key in ("code", "kind", "station", "holder", "sets", "blank")}
    return {
        **same,
        "first_number": row.first,
        "last_number": row.last,
        "state": visit.t(f"state-book.{row.state}"),
        "used_through": row.used_through,
        "issued_at": row.issued_at,
    }


def found_facts(visit: Visit, one: FoundNumber) -> list[Fact]:
    """Where an invoice number is, as lines of a description."""
    book_ = one.book
    facts = [
        Fact(visit.t("books.number"), grouped(one.number)),
        Fact(visit.t("books.fate"), visit.t(f"books.fate_{one.fate}", on=one.used_on)),
        Fact(visit.t("books.code"), book_.code, "code"),
        Fact(
            visit.t("books.in_book"),
            f"{book_.first}–{book_.last}（{visit.t(f'state-book.{book_.state}')}）",
            href=f"{HERE}/{book_.id}",
        ),
        Fact(visit.t("books.holder"), book_.holder),
        Fact(visit.t("books.station"), book_.station),
    ]
    if one.void_reason:
        facts.append(Fact(visit.t("books.reason"), one.void_reason))
    if one.volume_id is not None:
        href = f"/invoices/volumes/{one.volume_id}"
        facts.append(Fact(visit.t("books.volume"), one.volume, href=href))
    return facts
