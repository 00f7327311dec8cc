"""使用计划: the list, one plan with its decision, and a new one [seed 3.3]."""

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import Response

from archive.access import Permission, forbid_same_person
from archive.custody.actions import plans as verbs
from archive.custody.kind import InvoiceKind
from archive.custody.plan import PLAN_WORKFLOW, PlanState, UsagePlan, quarter_of
from archive.custody.queries import plans as reads
from archive.custody.queries.books import StockRow, kinds, stock
from archive.custody.queries.plans import PlanFilter, PlanRow, PlanSeen, QuarterStanding
from archive.errors import ArchiveError
from archive.people.person import Station
from archive.transaction import NoSuchThing, Transaction
from web import typed
from web.deps import Form, PostedForm, SignedIn, Visit
from web.errors import status_of
from web.listing import Listing
from web.page import go, show
from web.pages.around import chosen_station, crumbs, just_done, plan_status, station_options
from web.parts import Action, Column, Fact, FormState, Kind, Link, Option
from web.typed import RowNumber

router = APIRouter(prefix="/invoices/plans")

MOST_BOOKS = 10_000
HERE = "/invoices/plans"


@dataclass(frozen=True, slots=True)
class Proposing:
    """What the form for a new plan stands on."""

    station: Station | None
    stations: list[Station]
    kinds: list[InvoiceKind]
    stock: list[StockRow]
    earlier: QuarterStanding | None
    now: tuple[int, int]


@router.get("")
def plans(visit: SignedIn) -> Response:
    listing = Listing.asked(
        visit,
        filters=("station", "year", "quarter", "state"),
        orders=("-quarter", "quarter", "books", "-books"),
    )
    with visit.reading() as tx:
        chosen, seen = chosen_station(tx, listing.text("station"))
        wanted = _wanted(listing, chosen)
        rows, total, planned, drawn = reads.plans(
            tx, wanted, order=listing.order, offset=listing.offset, limit=listing.per_page
        )
        years = reads.years(tx)
        may_propose = tx.can(Permission.PLAN_PROPOSE)
    return show(
        visit,
        "plans/list.html",
        crumbs=crumbs(visit, "invoices", (visit.t("plans.title"), HERE)),
        actions=[Action(visit.t("plans.propose"), f"{HERE}/new", "primary")] if may_propose else [],
        state=FormState(dict(listing.filters)),
        stations=station_options(seen),
        years=[Option(str(year), str(year)) for year in years],
        quarters=_quarters(visit),
        states=[Option(str(state), visit.t(f"state-plan.{state}")) for state in PlanState],
        columns=_columns(visit, listing, planned, drawn),
        rows=[_row(visit, row) for row in rows],
        pages=listing.pages(len(rows), total),
    )


@router.get("/new")
def new_plan(visit: SignedIn, station: str = "") -> Response:
    return _propose_page(visit, station, FormState())


@router.post("/new")
def propose(visit: SignedIn, form: PostedForm) -> Response:
    def work(tx: Transaction) -> UsagePlan:
        station, _ = chosen_station(tx, form.text("station"))
        return verbs.propose_plan(
            tx,
            station_id=typed.given(station, "station").id,
            kind_id=_kind(tx, form).id,
            year=typed.count(form.text("year"), "year", least=2000, most=2200),
            quarter=typed.count(form.text("quarter"), "quarter", most=4),
            books=typed.count(form.text("books"), "books", most=MOST_BOOKS),
            basis=typed.words(form.text("basis"), "basis", most=1000, required=False),
            supplement=form.text("supplement") == "yes",
        )

    outcome = visit.attempt(work)
    if outcome.error is not None:
        state = visit.form_state(form, outcome.error)
        return _propose_page(visit, form.text("station"), state, outcome.error)
    return go(f"{HERE}/{outcome.value.id}?done=proposed")


@router.get("/{plan_id}")
def plan(visit: SignedIn, plan_id: RowNumber) -> Response:
    return _plan_page(visit, plan_id, FormState())


@router.post("/{plan_id}/approve")
def approve(visit: SignedIn, plan_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> UsagePlan:
        reads.plan_seen(tx, plan_id)
        return verbs.approve_plan(tx, plan_id, opinion=_opinion(form))

    return _after(visit, plan_id, form, visit.attempt(work).error, "approved")


@router.post("/{plan_id}/return")
def send_back(visit: SignedIn, plan_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> UsagePlan:
        reads.plan_seen(tx, plan_id)
        return verbs.return_plan(tx, plan_id, opinion=_opinion(form))

    return _after(visit, plan_id, form, visit.attempt(work).error, "returned")


@router.post("/{plan_id}/propose")
def propose_again(visit: SignedIn, plan_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> UsagePlan:
        reads.plan_seen(tx, plan_id)
        return verbs.propose_again(
            tx,
            plan_id,
            books=typed.count(form.text("books"), "books", most=MOST_BOOKS),
            basis=typed.words(form.text("basis"), "basis", most=1000, required=False),
        )

    return _after(visit, plan_id, form, visit.attempt(work).error, "proposed")


def _after(
    visit: Visit, plan_id: int, form: Form, error: ArchiveError | None, done: str
) -> Response:
    if error is None:
        return go(f"{HERE}/{plan_id}?done={done}")
    if isinstance(error, NoSuchThing):
        raise error
    return _plan_page(visit, plan_id, visit.form_state(form, error), status_of(error))


def _plan_page(visit: Visit, plan_id: int, state: FormState, status: int = 200) -> Response:
    with visit.reading() as tx:
        seen = reads.plan_seen(tx, plan_id)
        may_approve = tx.can(Permission.PLAN_APPROVE, seen.plan.station_id)
        may_propose = tx.can(Permission.PLAN_PROPOSE, seen.plan.station_id)
        same_person = _same_person(visit, seen.plan)
    name = _name(visit, seen.plan.year, seen.plan.quarter, seen.plan.supplement)
    return show(
        visit,
        "plans/plan.html",
        status=status,
        state=state,
        crumbs=crumbs(visit, "invoices", (visit.t("plans.title"), HERE), (name, "")),
        name=name,
        seen=seen,
        plan_state=plan_status(visit, seen.plan.state),
        notice_text=just_done(visit, "plans") if status == 200 else "",
        facts=_facts(visit, seen),
        quarter=_quarter_facts(visit, seen.quarter),
        deciding=may_approve and PLAN_WORKFLOW.allows("approve", PlanState(seen.plan.state)),
        why_not=same_person,
        mending=may_propose and PLAN_WORKFLOW.allows("propose", PlanState(seen.plan.state)),
        next_step=visit.t(f"plans.next.{seen.plan.state}"),
    )


def _propose_page(
    visit: Visit, station: str, state: FormState, error: ArchiveError | None = None
) -> Response:
    with visit.reading() as tx:
        tx.require(Permission.PLAN_PROPOSE)
        found = _proposing(tx, station)
    year, quarter = found.now
    return show(
        visit,
        "plans/new.html",
        status=status_of(error) if error else 200,
        state=state,
        crumbs=crumbs(
            visit, "invoices", (visit.t("plans.title"), HERE), (visit.t("plans.propose"), "")
        ),
        station=found.station,
        stations=station_options(found.stations),
        kinds=[Option(kind.code, kind.name) for kind in found.kinds],
        year=str(year),
        quarter=str(quarter),
        quarters=_quarters(visit),
        basis_facts=_basis_facts(visit, found),
    )


def _proposing(tx: Transaction, code: str) -> Proposing:
    reach = tx.actor.stations(Permission.PLAN_PROPOSE)
    _, seen = chosen_station(tx, code)
    mine = [station for station in seen if reach is None or station.id in reach]
    only = mine[0] if len(mine) == 1 else None
    station = next((one for one in mine if one.code == code), only)
    found = kinds(tx)
    year, quarter = quarter_of(tx.today)
    before = (year, quarter - 1) if quarter > 1 else (year - 1, 4)
    earlier = None
    if station is not None and len(found) == 1:
        earlier = reads.quarter_standing(tx, station.id, found[0].id, *before)
    held = stock(tx, [station.id]) if station is not None else []
    return Proposing(station, mine, found, held, earlier, (year, quarter))


def _same_person(visit: Visit, plan_: UsagePlan) -> str:
    try:
        forbid_same_person(visit.actor, "plan:approve", plan_author=plan_.author_id)
    except ArchiveError as refusal:
        return visit.told(refusal)
    return ""


def _wanted(listing: Listing, station: Station | None) -> PlanFilter:
    state = listing.text("state")
    return PlanFilter(
        station_id=station.id if station else None,
        year=listing.number("year"),
        quarter=listing.number("quarter"),
        state=state if state in set(PlanState) else "",
    )


def _columns(visit: Visit, listing: Listing, planned: int, drawn: int) -> list[Column]:
    def column(key: str, kind: Kind = "text", *, order: str = "", total: object = None) -> Column:
        return listing.column(key, visit.t(f"plans.{key}"), kind, order=order, total=total)

    return [
        column("name", "link", order="quarter"),
        column("station"),
        column("kind"),
        column("books", "number", order="books", total=planned),
        column("drawn", "number", total=drawn),
        column("state", "status"),
        column("author"),
        column("proposed_at", "moment"),
    ]


def _row(visit: Visit, row: PlanRow) -> dict[str, object]:
    return {
        "name": Link(_name(visit, row.year, row.quarter, row.supplement), f"{HERE}/{row.id}"),
        "station": row.station,
        "kind": row.kind,
        "books": row.books,
        "drawn": row.drawn,
        "state": plan_status(visit, row.state),
        "author": row.author,
        "proposed_at": row.proposed_at,
    }


def _name(visit: Visit, year: int, quarter: int, supplement: int) -> str:
    key = "plans.name_supplement" if supplement else "plans.name_first"
    return visit.t(key, year=year, quarter=quarter, n=supplement)


def _facts(visit: Visit, seen: PlanSeen) -> list[Fact]:
    plan_ = seen.plan
    decided = visit.t("plans.late") if seen.decided_late else None
    return [
        Fact(visit.t("plans.station"), seen.station.name),
        Fact(visit.t("plans.kind"), seen.kind.name),
        Fact(visit.t("plans.books"), plan_.books, "number"),
        Fact(visit.t("plans.author"), seen.author.name),
        Fact(visit.t("plans.proposed_at"), plan_.proposed_at, "moment"),
        Fact(visit.t("plans.basis"), plan_.basis),
        Fact(visit.t("plans.decided_by"), seen.decided_by.name if seen.decided_by else None),
        Fact(visit.t("plans.decided_at"), plan_.decided_at, "moment"),
        Fact(visit.t("plans.opinion"), plan_.opinion),
        *([Fact(visit.t("plans.in_time"), decided)] if decided else []),
    ]


def _quarter_facts(visit: Visit, quarter: QuarterStanding) -> list[Fact]:
    return [
        Fact(visit.t("plans.quarter_approved"), quarter.approved, "number"),
        Fact(visit.t("plans.quarter_waiting"), quarter.waiting, "number"),
        Fact(visit.t("plans.quarter_drawn"), quarter.drawn, "number"),
        Fact(visit.t("plans.quarter_remaining"), quarter.remaining, "number"),
    ]


def _basis_facts(visit: Visit, found: Proposing) -> list[Fact]:
    facts = [
        Fact(visit.t("plans.stock_blank"), sum(row.blank for row in found.stock), "number"),
        Fact(
            visit.t("plans.stock_books"),
            sum(row.books.get("in-stock", 0) for row in found.stock),
            "number",
        ),
    ]
    if found.earlier is not None:
        facts += [
            Fact(visit.t("plans.earlier_approved"), found.earlier.approved, "number"),
            Fact(visit.t("plans.earlier_drawn"), found.earlier.drawn, "number"),
        ]
    return facts


def _quarters(visit: Visit) -> list[Option]:
    return [Option(str(n), visit.t("plans.quarter_n", n=n)) for n in (1, 2, 3, 4)]


def _opinion(form: Form) -> str:
    return typed.words(form.text("opinion"), "opinion", most=1000, required=False)


def _kind(tx: Transaction, form: Form) -> InvoiceKind:
    code = form.text("kind")
    return typed.given(next((kind for kind in kinds(tx) if kind.code == code), None), "kind")
