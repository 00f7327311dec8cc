"""借阅: asking for a record, approving, handing out, renewing, taking back and checking."""

from datetime import timedelta

from fastapi import APIRouter
from starlette.responses import Response

from archive.access import Permission
from archive.errors import ArchiveError
from archive.holdings.pair import Pair
from archive.holdings.queries.records import seen_record
from archive.people.person import Person
from archive.shelving.actions import loans as verbs
from archive.shelving.loan import LOAN_WORKFLOW, USUAL_DAYS, Loan, LoanState
from archive.shelving.queries.loans import LoanFilter, LoanLine, count_loans, loan_seen, loans
from archive.transaction import Transaction
from web import typed
from web.deps import Form, PostedForm, SignedIn, Visit
from web.errors import status_of
from web.exports import form_asked
from web.listing import Listing
from web.page import go, show
from web.pages.around import crumbs, just_done
from web.pages.store_files import loans_file
from web.parts import Column, Fact, FormState, Link, Option, Status, Tone
from web.typed import RowNumber

router = APIRouter(prefix="/store/loans")

HERE = "/store/loans"
STATES = ("under-way", "overdue", *LoanState)
TONES: dict[str, Tone] = {
    LoanState.REQUESTED: "warn",
    LoanState.APPROVED: "info",
    LoanState.OUT: "info",
    LoanState.RETURNED: "good",
}


@router.get("")
def loan_list(visit: SignedIn) -> Response:
    listing = Listing.asked(visit, filters=("state", "mine"))
    asked = LoanFilter(listing.text("state"), mine=listing.text("mine") == "yes")
    if asked.state not in STATES:
        asked = LoanFilter("", asked.mine)
    if (form := form_asked(visit)) is not None:
        return loans_file(visit, listing, form, asked)
    with visit.reading() as tx:
        tx.require(Permission.RECORD_READ)
        lines = loans(tx, asked, limit=listing.per_page, offset=listing.offset)
        total = count_loans(tx, asked)
        today = tx.today
    return show(
        visit,
        "loans/list.html",
        crumbs=crumbs(visit, "store", (visit.t("loans.title"), "")),
        state=FormState(dict(listing.filters)),
        states=[Option(str(one), _state_word(visit, str(one))) for one in STATES],
        columns=[
            Column("record", visit.t("store.record"), "link"),
            Column("borrower", visit.t("loans.borrower")),
            Column("purpose", visit.t("loans.purpose")),
            Column("due_on", visit.t("loans.due_on"), "day"),
            Column("state", visit.t("store.state"), "status"),
        ],
        rows=[
            {
                "record": Link(line.record.code, f"{HERE}/{line.loan.id}"),
                "borrower": line.borrower.name,
                "purpose": line.loan.purpose,
                "due_on": line.loan.due_on,
                "state": _status(visit, line, late=line.loan.overdue(today)),
            }
            for line in lines
        ],
        pages=listing.pages(len(lines), total, exports=True),
    )


def _state_word(visit: Visit, state: str) -> str:
    if state in {"under-way", "overdue"}:
        return visit.t(f"loans.{state}")
    return visit.t(f"state-loan.{state}")


def _status(visit: Visit, line: LoanLine, *, late: bool) -> Status:
    if late:
        return Status(visit.t("loans.overdue"), "bad")
    state = line.loan.state
    return Status(visit.t(f"state-loan.{state}"), TONES.get(state, "quiet"))


@router.get("/new")
def new(visit: SignedIn) -> Response:
    said = visit.request.query_params.get("record", "")
    record_id = int(said) if said.isdecimal() and len(said) < 10 else 0
    return _new_page(visit, record_id, FormState())


@router.post("/new")
def ask(visit: SignedIn, form: PostedForm) -> Response:
    said = form.text("record")
    record_id = int(said) if said.isdecimal() and len(said) < 10 else 0

    def work(tx: Transaction) -> Loan:
        on_site = form.text("on_site") == "yes"
        due = tx.today if on_site else typed.day(form.text("due_on"), "due_on")
        return verbs.request_loan(
            tx,
            record_id,
            purpose=typed.words(form.text("purpose"), "purpose", most=200),
            unit=typed.words(form.text("unit"), "unit", most=60, required=False),
            due_on=due,
            on_site=on_site,
        )

    outcome = visit.attempt(work)
    if outcome.error is None:
        return go(f"{HERE}/{outcome.value.id}?done=asked")
    state = visit.form_state(form, outcome.error)
    return _new_page(visit, record_id, state, status_of(outcome.error))


@router.get("/{loan_id}")
def one(visit: SignedIn, loan_id: RowNumber) -> Response:
    return _page(visit, loan_id, FormState())


@router.post("/{loan_id}/{step}")
def step(visit: SignedIn, loan_id: RowNumber, step: str, form: PostedForm) -> Response:
    def work(tx: Transaction) -> None:
        loan_seen(tx, loan_id)
        _take(tx, loan_id, step, form)

    error = visit.attempt(work).error
    if error is None:
        return go(f"{HERE}/{loan_id}?done={step}")
    return _refused(visit, loan_id, form, error)


def _take(tx: Transaction, loan_id: int, step: str, form: Form) -> None:
    opinion = typed.words(form.text("opinion"), "opinion", most=200, required=False)
    if step == "approve":
        verbs.approve_loan(tx, loan_id, opinion=opinion)
    elif step == "decline":
        verbs.decline_loan(tx, loan_id, opinion=opinion)
    elif step == "withdraw":
        verbs.withdraw_loan(tx, loan_id)
    elif step == "hand-out":
        verbs.hand_out(tx, loan_id)
    elif step == "renew":
        verbs.renew_loan(tx, loan_id, due_on=typed.day(form.text("due_on"), "due_on"))
    elif step == "return":
        verbs.take_back(
            tx,
            loan_id,
            pages=typed.count(form.text("pages"), "pages", most=9999),
            seal_intact=form.text("seal_intact") == "yes",
            note=typed.words(form.text("note"), "note", most=200, required=False),
        )
    elif step == "incident":
        how = typed.words(form.text("how"), "how", most=300)
        verbs.settle_incident(tx, loan_id, how=how)
    else:
        raise typed.NothingTyped


def _refused(visit: Visit, loan_id: int, form: Form, error: ArchiveError) -> Response:
    return _page(visit, loan_id, visit.form_state(form, error), status_of(error))


def _new_page(visit: Visit, record_id: int, state: FormState, status: int = 200) -> Response:
    with visit.reading() as tx:
        record = seen_record(tx, record_id)
        tx.require(Permission.LOAN_REQUEST, record.station_id)
        most = tx.settings.loan_days
        usual = tx.today + timedelta(days=min(USUAL_DAYS, most))
    return show(
        visit,
        "loans/new.html",
        status=status,
        state=state,
        crumbs=crumbs(visit, "store", (visit.t("loans.title"), HERE), (visit.t("loans.ask"), "")),
        record=record,
        usual=usual.isoformat(),
        most=most,
    )


def _page(visit: Visit, loan_id: int, state: FormState, status: int = 200) -> Response:
    with visit.reading() as tx:
        line = loan_seen(tx, loan_id)
        loan = line.loan
        names = {
            field: tx.get(Person, person).name if person else ""
            for field, person in (
                ("approved", loan.approved_by_id),
                ("out", loan.out_by_id),
                ("renewed", loan.renewed_by_id),
                ("received", loan.received_by_id),
            )
        }
        pages = tx.get(Pair, loan.record_id).paper_pages
        keeps = tx.can(Permission.PAPER_KEEP, loan.station_id)
        approves = tx.can(Permission.LOAN_APPROVE, loan.station_id)
        late = loan.overdue(tx.today)
        most, today = tx.settings.loan_days, tx.today
    mine = loan.borrower_id == visit.actor.person_id
    allows = {name for name in LOAN_WORKFLOW.steps if LOAN_WORKFLOW.allows(name, loan.state)}
    own = visit.t("error.ApprovedByBorrower") if mine else ""
    return show(
        visit,
        "loans/loan.html",
        status=status,
        state=state,
        crumbs=crumbs(visit, "store", (visit.t("loans.title"), HERE), (line.record.code, "")),
        loan=loan,
        code=line.record.code,
        loan_state=_status(visit, line, late=late),
        notice_text=just_done(visit, "loans") if status == 200 else "",
        facts=_facts(visit, line, names, pages),
        may_decide=approves and "approve" in allows,
        own=own,
        may_hand_out=keeps and "hand-out" in allows,
        may_take_back=keeps and "return" in allows,
        may_renew=approves and not mine and "renew" in allows and not (late or loan.renewed_at),
        renewed_until=max(loan.due_on, today + timedelta(days=most)).isoformat(),
        most=most,
        own_back=visit.t("loans.not_own_return") if mine else "",
        may_withdraw=(mine or keeps) and "withdraw" in allows,
        may_settle=approves and bool(loan.incident) and not loan.incident_settled,
    )


def _facts(visit: Visit, line: LoanLine, names: dict[str, str], pages: int) -> list[Fact]:
    loan = line.loan
    facts = [
        Fact(visit.t("store.record"), line.record.code, href=f"/store/records/{line.record.id}"),
        Fact(visit.t("store.record_title"), line.record.title),
        Fact(visit.t("store.pages"), pages, "number"),
        Fact(visit.t("loans.borrower"), line.borrower.name),
        Fact(visit.t("loans.unit"), loan.unit),
        Fact(visit.t("loans.purpose"), loan.purpose),
        Fact(visit.t("loans.how"), visit.t("loans.on_site" if loan.on_site else "loans.taken")),
        Fact(visit.t("loans.due_on"), loan.due_on, "day"),
        *(
            [
                Fact(visit.t("loans.first_due_on"), loan.first_due_on, "day"),
                Fact(visit.t("loans.renewed_by"), names["renewed"]),
            ]
            if loan.renewed_at
            else []
        ),
        Fact(visit.t("loans.approved_by"), names["approved"]),
        Fact(visit.t("loans.opinion"), loan.opinion),
    ]
    if loan.out_at is not None:
        facts += [
            Fact(visit.t("loans.out_at"), loan.out_at, "moment"),
            Fact(visit.t("loans.out_by"), names["out"]),
        ]
    if loan.returned_at is not None:
        facts += [
            Fact(visit.t("loans.returned_at"), loan.returned_at, "moment"),
            Fact(visit.t("loans.received_by"), names["received"]),
            Fact(visit.t("loans.pages_back"), loan.pages_back, "number"),
            Fact(
                visit.t("loans.seal"),
                visit.t("loans.whole" if loan.seal_intact else "loans.broken"),
            ),
        ]
    if loan.incident:
        facts += [
            Fact(visit.t("loans.incident"), loan.incident),
            Fact(visit.t("loans.incident_settled"), loan.incident_settled),
        ]
    return facts
