"""冻结: what saves records from destruction – the list, placing one, lifting one."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from fastapi import APIRouter
from starlette.responses import Response

from archive.access import Permission
from archive.holdings.queries.plans import kinds_known
from archive.holdings.queries.records import NoRecordOfCode, visible_records
from archive.holdings.record import Record
from archive.people.person import Station
from archive.people.queries import stations_where
from archive.reports.lists import every_hold
from archive.reports.personal import number_told
from archive.reports.spreadsheet import Form as FileForm
from archive.retention.actions.holds import Covers, lift_hold, place_hold
from archive.retention.hold import SECOND_PERSON, Hold, HoldKind, HoldScope, LiftGround
from archive.retention.queries.holds import (
    HoldFilter,
    HoldLine,
    count_held_by,
    count_holds,
    held_by,
    hold_seen,
    holds,
    holds_on,
)
from archive.transaction import Transaction
from web import typed
from web.deps import Form, PostedForm, SignedIn, Visit
from web.errors import status_of
from web.exports import download, form_asked, headings
from web.listing import Listing
from web.page import go, show
from web.pages.around import crumbs, just_done, station_options
from web.pages.filing import kind_name
from web.parts import Action, Column, Fact, FormState, Link, Option, Status
from web.typed import RowNumber

router = APIRouter(prefix="/retention/holds")

HERE = "/retention/holds"
FILE_COLUMNS = [
    "kind",
    "covers",
    "station",
    "reason",
    "document",
    "placed_at",
    "placed_by",
    "state",
    "lifted_by",
    "lifted_at",
]
STATES = ("standing", "lifted")
GROUNDS = (LiftGround.CLOSED, LiftGround.MISTAKEN)
"""What is offered for other holds than arrears; those end by payment alone."""


@router.get("")
def hold_list(visit: SignedIn) -> Response:
    listing = Listing.asked(visit, filters=("kind", "state", "station"))
    with visit.reading() as tx:
        stations = stations_where(tx, Permission.RETENTION_READ)
        station = next((one for one in stations if one.code == listing.text("station")), None)
        asked = HoldFilter(
            listing.text("kind"), listing.text("state"), station.id if station else None
        )
        lines = holds(tx, asked, limit=listing.per_page, offset=listing.offset)
        total = count_holds(tx, asked)
        ever = total or count_holds(tx)
        kinds = _kind_names(visit, tx)
        may_place = tx.can(Permission.HOLD_PLACE)
    if (form := form_asked(visit)) is not None:
        return _file(visit, listing, form, asked, kinds)
    return show(
        visit,
        "holds/list.html",
        crumbs=crumbs(visit, "retention", (visit.t("holds.title"), "")),
        state=FormState(dict(listing.filters)),
        actions=[Action(visit.t("holds.new"), f"{HERE}/new", "primary")] if may_place else [],
        kinds=[Option(str(kind), visit.t(f"hold-kind.{kind}")) for kind in HoldKind],
        states=[Option(state, visit.t(f"holds.{state}")) for state in STATES],
        stations=station_options(stations),
        columns=[
            Column("kind", visit.t("holds.kind"), "link"),
            Column("covers", visit.t("holds.covers")),
            Column("station", visit.t("holds.station")),
            Column("reason", visit.t("holds.reason")),
            Column("placed_at", visit.t("holds.placed_at"), "moment"),
            Column("placed_by", visit.t("holds.placed_by")),
            Column("state", visit.t("holds.state"), "status"),
        ],
        rows=[_row(visit, line, kinds) for line in lines],
        empty_text=visit.t("holds.none" if ever else "holds.none_yet"),
        pages=listing.pages(len(lines), total, exports=True),
    )


def _file(
    visit: Visit, listing: Listing, form: FileForm, asked: HoldFilter, kinds: dict[str, str]
) -> Response:
    """The whole list as a file."""

    def told(line: HoldLine) -> dict[str, object]:
        lifter = line.lifted_by
        return _row(visit, line, kinds) | {
            "kind": _name(visit, line.hold),
            "covers": covers_told(visit, line.hold, kinds, outside=True),
            "state": _status(visit, line.hold).label,
            "document": line.hold.document,
            "lifted_by": lifter.name if lifter else "",
            "lifted_at": line.hold.lifted_at or "",
        }

    return download(
        visit,
        listing,
        what="holds",
        form=form,
        columns=headings(visit, "holds", **dict.fromkeys(FILE_COLUMNS, "text")),
        rows=lambda tx: (told(line) for line in every_hold(tx, asked)),
    )


@router.get("/new")
def new(visit: SignedIn) -> Response:
    """The form, with a record's code in it where one comes from the record's page."""
    query = visit.request.query_params
    given = {name: typed.plain(query.get(name, ""))[:80] for name in ("records",)}
    return _new_page(visit, FormState({name: text for name, text in given.items() if text}))


@router.post("/new")
def place(visit: SignedIn, form: PostedForm) -> Response:
    def work(tx: Transaction) -> Hold:
        station = _station(tx, form.text("station"))
        kind = form.text("kind")
        covers = Covers(
            _record_ids(tx, form.text("records")),
            typed.words(form.text("customer_number"), "customer_number", most=20, required=False),
            typed.words(form.text("kind_code"), "kind_code", most=40, required=False),
            _year(form, "year_from"),
            _year(form, "year_to"),
        )
        return place_hold(
            tx,
            station.id,
            covers,
            kind=typed.given(HoldKind(kind) if kind in set(HoldKind) else None, "kind"),
            reason=typed.words(form.text("reason"), "reason", most=500),
            document=typed.words(form.text("document"), "document", most=120, required=False),
        )

    outcome = visit.attempt(work)
    if outcome.error is None:
        return go(f"{HERE}/{outcome.value.id}?done=placed")
    return _new_page(visit, visit.form_state(form, outcome.error), status_of(outcome.error))


@router.get("/{hold_id}")
def one(visit: SignedIn, hold_id: RowNumber) -> Response:
    return _page(visit, hold_id, FormState())


@router.post("/{hold_id}/lift")
def lift(visit: SignedIn, hold_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> None:
        hold = hold_seen(tx, hold_id).hold
        debt = hold.kind == HoldKind.DEBT
        said = str(LiftGround.SETTLED) if debt else form.text("ground")
        lift_hold(
            tx,
            hold_id,
            ground=typed.given(LiftGround(said) if said in set(LiftGround) else None, "ground"),
            reason=typed.words(form.text("reason"), "reason", most=500),
            document=typed.words(form.text("document"), "document", most=120, required=debt),
            settled_on=typed.day(form.text("settled_on"), "settled_on") if debt else None,
        )

    error = visit.attempt(work).error
    if error is None:
        return go(f"{HERE}/{hold_id}?done=lifted")
    return _page(visit, hold_id, visit.form_state(form, error), status_of(error))


@dataclass(frozen=True, slots=True)
class HoldShown:
    """A hold as a record's page shows it; the reason of a placed one is for who may read it."""

    kind: str
    since: datetime
    reason: str
    href: str


def hold_card(visit: Visit, tx: Transaction, record: Record) -> dict[str, object]:
    """What ``holds/card.html`` says on a record's page: what holds it, and the way to hold it."""
    reads = tx.can(Permission.RETENTION_READ, record.station_id)
    shown = []
    for hold in holds_on(tx, [record.id])[record.id]:
        placed = hold.hold_id is not None
        reason = hold.reason if reads else ""
        if not placed:
            reason = visit.t(f"state-{hold.kind}.{hold.reason}")
        href = f"{HERE}/{hold.hold_id}" if placed and reads else ""
        shown.append(HoldShown(visit.t(f"hold-kind.{hold.kind}"), hold.since, reason, href))
    may = tx.can(Permission.HOLD_PLACE, record.station_id)
    new = f"{HERE}/new?records={quote(record.code)}" if may else ""
    return {"holds": shown, "hold_href": new}


def covers_told(visit: Visit, hold: Hold, kinds: dict[str, str], *, outside: bool = False) -> str:
    """What a hold covers, in words; a customer's number masked as everywhere."""
    if hold.scope == HoldScope.RECORDS:
        return visit.t("holds.n_records", n=hold.covered)
    if hold.scope == HoldScope.CUSTOMER:
        number = number_told(visit.actor, hold.station_id, hold.customer_number, outside=outside)
        return f"{visit.t('holds.customer_number')} {number}"
    kind = kinds.get(hold.kind_code, hold.kind_code)
    if hold.year_from is None and hold.year_to is None:
        return kind
    first = str(hold.year_from or visit.t("holds.from_start"))
    last = str(hold.year_to or visit.t("holds.to_end"))
    if not kind:
        return visit.t("holds.years_told", first=first, last=last)
    return visit.t("holds.span_told", kind=kind, first=first, last=last)


def _new_page(visit: Visit, state: FormState, status: int = 200) -> Response:
    with visit.reading() as tx:
        tx.require(Permission.HOLD_PLACE)
        stations = stations_where(tx, Permission.HOLD_PLACE)
        kinds = _kind_names(visit, tx)
    return show(
        visit,
        "holds/new.html",
        status=status,
        state=state,
        crumbs=crumbs(
            visit, "retention", (visit.t("holds.title"), HERE), (visit.t("holds.new"), "")
        ),
        kinds=[Option(str(kind), visit.t(f"hold-kind.{kind}")) for kind in HoldKind],
        stations=station_options(stations) if len(stations) > 1 else [],
        record_kinds=[Option(code, name) for code, name in kinds.items()],
    )


def _page(visit: Visit, hold_id: int, state: FormState, status: int = 200) -> Response:
    listing = Listing.asked(visit)
    with visit.reading() as tx:
        line = hold_seen(tx, hold_id)
        hold = line.hold
        reads = tx.can(Permission.RECORD_READ, hold.station_id)
        found = held_by(tx, hold, limit=listing.per_page, offset=listing.offset) if reads else []
        total = count_held_by(tx, hold) if reads else 0
        kinds = _kind_names(visit, tx)
        may_lift = tx.can(Permission.HOLD_LIFT, hold.station_id) and hold.standing
    own = hold.kind in SECOND_PERSON and hold.placed_by_id == visit.actor.person_id
    return show(
        visit,
        "holds/hold.html",
        status=status,
        state=state,
        crumbs=crumbs(visit, "retention", (visit.t("holds.title"), HERE), (_name(visit, hold), "")),
        name=_name(visit, hold),
        href=f"{HERE}/{hold_id}",
        hold_state=_status(visit, hold),
        notice_text=just_done(visit, "holds") if status == 200 else "",
        facts=_facts(visit, line, kinds, total if reads else None),
        columns=[
            Column("code", visit.t("holds.code"), "link"),
            Column("title", visit.t("holds.name")),
            Column("year", visit.t("holds.year")),
        ],
        rows=[
            {
                "code": Link(record.code, f"/holdings/records/{record.id}"),
                "title": record.title,
                "year": str(record.year),
            }
            for record in found
        ],
        pages=listing.pages(len(found), total),
        reads=reads,
        may_lift=may_lift,
        own=visit.t("holds.own") if own else "",
        debt=hold.kind == HoldKind.DEBT,
        grounds=[Option(str(ground), visit.t(f"lift-ground.{ground}")) for ground in GROUNDS],
    )


def _facts(visit: Visit, line: HoldLine, kinds: dict[str, str], covered: int | None) -> list[Fact]:
    hold = line.hold
    facts = [
        Fact(visit.t("holds.station"), line.station.name),
        Fact(visit.t("holds.covers"), covers_told(visit, hold, kinds)),
        Fact(visit.t("holds.covered"), visit.t("holds.n_records", n=hold.covered)),
        Fact(visit.t("holds.reason"), hold.reason),
        Fact(visit.t("holds.document"), hold.document),
        Fact(visit.t("holds.placed_by"), line.placed_by.name),
        Fact(visit.t("holds.placed_at"), hold.placed_at, "moment"),
    ]
    if covered is not None:
        told = visit.t("holds.n_records", n=covered)
        facts.insert(3, Fact(visit.t("holds.covered_now"), told))
    if line.lifted_by is not None:
        facts += [
            Fact(visit.t("holds.lifted_by"), line.lifted_by.name),
            Fact(visit.t("holds.lifted_at"), hold.lifted_at, "moment"),
            Fact(visit.t("holds.ground"), visit.t(f"lift-ground.{hold.lift_ground}")),
            Fact(visit.t("holds.lift_reason"), hold.lift_reason),
            Fact(visit.t("holds.lift_document"), hold.lift_document),
        ]
    if hold.settled_on is not None:
        facts.append(Fact(visit.t("holds.settled_on"), hold.settled_on, "day"))
    return facts


def _row(visit: Visit, line: HoldLine, kinds: dict[str, str]) -> dict[str, object]:
    hold = line.hold
    return {
        "kind": Link(_name(visit, hold), f"{HERE}/{hold.id}"),
        "covers": covers_told(visit, hold, kinds),
        "station": line.station.name,
        "reason": hold.reason,
        "placed_at": hold.placed_at,
        "placed_by": line.placed_by.name,
        "state": _status(visit, hold),
    }


def _name(visit: Visit, hold: Hold) -> str:
    return visit.t(f"hold-kind.{hold.kind}")


def _status(visit: Visit, hold: Hold) -> Status:
    if hold.standing:
        return Status(visit.t("holds.standing"), "warn")
    return Status(visit.t("holds.lifted"), "quiet")


def _kind_names(visit: Visit, tx: Transaction) -> dict[str, str]:
    """Kinds of record by their code; the newest version names them."""
    if not tx.can(Permission.FILE_PLAN_READ):
        return {}
    return {kind.code: kind_name(visit, kind) for kind in kinds_known(tx) if kind.archived}


def _station(tx: Transaction, code: str) -> Station:
    stations = stations_where(tx, Permission.HOLD_PLACE)
    only = stations[0] if len(stations) == 1 else None
    return typed.given(next((one for one in stations if one.code == code), only), "station")


def _year(form: Form, name: str) -> int | None:
    said = form.text(name)
    return typed.count(said, name, least=1900, most=2200) if said else None


def _record_ids(tx: Transaction, text: str) -> list[int]:
    """The records with the codes that were typed, one to a line.

    Raises:
        NoRecordOfCode: one of them has no record this person may know of.
    """
    codes = list(dict.fromkeys(text.split()))
    found: dict[str, int] = {}
    for at in range(0, len(codes), 1000):
        some = visible_records(tx).with_only_columns(Record.code, Record.id)
        rows = tx.session.execute(some.where(Record.code.in_(codes[at : at + 1000])))
        found.update({row[0]: row[1] for row in rows})
    missing = next((code for code in codes if code not in found), None)
    if missing is not None:
        raise NoRecordOfCode(field="records", given=missing[:80])
    return list(found.values())
