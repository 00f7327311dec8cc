"""盘点: opening one, counting by camera, scanner or keyboard, signing, and what differs."""

import secrets
from typing import Any

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from archive.access import Permission
from archive.errors import ArchiveError
from archive.people.queries import stations_where
from archive.shelving.actions import findings as finding_verbs
from archive.shelving.actions import stocktakes as verbs
from archive.shelving.difference import Result
from archive.shelving.queries.stocktakes import (
    FindingSeen,
    StocktakeLine,
    count_stocktakes,
    findings,
    last_scans,
    late_scans,
    stocktake_seen,
    stocktakes,
)
from archive.shelving.queries.store import rooms
from archive.shelving.stocktake import Stocktake, StocktakeState
from archive.transaction import Transaction
from web import typed
from web.deps import Form, PostedForm, SignedIn, Visit
from web.errors import problem, status_of
from web.exports import form_asked
from web.listing import Listing
from web.page import go, show
from web.pages.around import crumbs, just_done
from web.pages.store_files import stocktakes_file
from web.parts import Column, Fact, FormState, Link, Option, Signing, Status, Tone
from web.typed import RowNumber

router = APIRouter(prefix="/store/stocktakes")

HERE = "/store/stocktakes"
TONES: dict[str, Tone] = {
    Result.IN_PLACE: "good",
    Result.MISPLACED: "warn",
    Result.MISSING: "bad",
    Result.EXTRA: "info",
    Result.DAMAGED: "bad",
}


@router.get("")
def stocktake_list(visit: SignedIn) -> Response:
    if (form := form_asked(visit)) is not None:
        return stocktakes_file(visit, Listing.asked(visit), form)
    return _list_page(visit, FormState())


@router.post("")
def open_one(visit: SignedIn, form: PostedForm) -> Response:
    def work(tx: Transaction) -> Stocktake:
        seen = {str(one.room.id): one.room for one in rooms(tx)}
        room = seen.get(form.text("room"))
        place = typed.words(form.text("place"), "place", most=60, required=False)
        station_id = room.station_id if room else None
        if station_id is None:
            code = form.text("room").removeprefix("all-")
            stations = stations_where(tx, Permission.RECORD_READ)
            station_id = typed.given(
                next((one for one in stations if one.code == code), None), "room"
            ).id
        return verbs.open_stocktake(
            tx,
            station_id,
            place=place or (room.code if room else ""),
            with_records=form.text("depth") == "records",
        )

    outcome = visit.attempt(work)
    if outcome.error is None:
        return go(f"{HERE}/{outcome.value.id}?done=opened")
    return _list_page(visit, visit.form_state(form, outcome.error), status_of(outcome.error))


@router.get("/{stocktake_id}")
def one(visit: SignedIn, stocktake_id: RowNumber) -> Response:
    return _page(visit, stocktake_id, FormState())


@router.post("/{stocktake_id}/join")
def join(visit: SignedIn, stocktake_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> None:
        stocktake_seen(tx, stocktake_id)
        verbs.join_stocktake(tx, stocktake_id)

    return _after(visit, stocktake_id, form, visit.attempt(work).error, "joined")


@router.post("/{stocktake_id}/scans")
def scan(visit: SignedIn, stocktake_id: RowNumber, form: PostedForm) -> Response:
    """One scan; a script asks for JSON, a browser without scripts gets the page again."""

    def work(tx: Transaction) -> verbs.Told:
        stocktake_seen(tx, stocktake_id)
        return verbs.count(
            tx,
            stocktake_id,
            client_id=typed.words(form.text("client_id"), "scanned", most=40),
            scanned=typed.words(form.text("scanned"), "scanned", most=80),
            shelf=typed.words(form.text("shelf"), "shelf", most=60),
            box=typed.words(form.text("box"), "box", most=60, required=False),
            damaged=form.text("damaged") == "yes",
        )

    outcome = visit.attempt(work)
    if "application/json" in visit.request.headers.get("accept", ""):
        if outcome.error is not None:
            return JSONResponse(problem(outcome.error, visit.language), status_of(outcome.error))
        return JSONResponse({"told": _scan_told(visit, outcome.value), **vars_of(outcome.value)})
    if outcome.error is not None:
        state = visit.form_state(form, outcome.error)
        return _page(visit, stocktake_id, state, status_of(outcome.error))
    told = outcome.value
    box = told.name if told.kind == "box" else told.in_box
    state = FormState({"shelf": told.shelf, "box": "" if told.kind == "shelf" else box})
    return _page(visit, stocktake_id, state, told=_scan_told(visit, told))


def _scan_told(visit: Visit, told: verbs.Told) -> str:
    """What a counter hears at once; never what ought to stand there."""
    return visit.t(f"stocktake.told.{told.sentence}", **told.facts)


def vars_of(told: verbs.Told) -> dict[str, Any]:
    """The same for a script."""
    return {
        **told.facts,
        "kind": told.kind,
        "wrong": told.wrong_room or told.loose,
        "again": told.again,
    }


@router.post("/{stocktake_id}/close")
def close(visit: SignedIn, stocktake_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> None:
        stocktake_seen(tx, stocktake_id)
        verbs.close_stocktake(
            tx,
            stocktake_id,
            password=form.text("password"),
            note=typed.words(form.text("note"), "note", most=500, required=False),
        )

    return _after(visit, stocktake_id, form, visit.attempt(work).error, "closed")


@router.post("/{stocktake_id}/findings/{finding_id}")
def settle(
    visit: SignedIn, stocktake_id: RowNumber, finding_id: RowNumber, form: PostedForm
) -> Response:
    def work(tx: Transaction) -> None:
        stocktake_seen(tx, stocktake_id)
        step = form.text("step")
        if step == "put-back":
            finding_verbs.put_back(tx, finding_id)
        elif step == "keep-here":
            finding_verbs.keep_here(tx, finding_id)
        else:
            finding_verbs.settle_finding(tx, finding_id, how=form.text("how"))

    return _after(visit, stocktake_id, form, visit.attempt(work).error, "settled")


def _after(
    visit: Visit, stocktake_id: int, form: Form, error: ArchiveError | None, done: str
) -> Response:
    if error is None:
        return go(f"{HERE}/{stocktake_id}?done={done}")
    return _page(visit, stocktake_id, visit.form_state(form, error), status_of(error))


def _list_page(visit: Visit, state: FormState, status: int = 200) -> Response:
    listing = Listing.asked(visit)
    with visit.reading() as tx:
        lines = stocktakes(tx, limit=listing.per_page, offset=listing.offset)
        total = count_stocktakes(tx)
        may_open = tx.can(Permission.STOCKTAKE_OPEN)
        places = [
            Option(f"all-{one.code}", visit.t("stocktake.whole", station=one.name))
            for one in stations_where(tx, Permission.RECORD_READ)
        ] + [Option(str(one.room.id), f"{one.room.code} {one.room.name}") for one in rooms(tx)]
    return show(
        visit,
        "stocktake/list.html",
        status=status,
        depths=[
            Option(
                depth,
                visit.t(f"stocktake.depths.{depth}"),
                visit.t(f"stocktake.depth_hints.{depth}"),
            )
            for depth in ("boxes", "records")
        ],
        state=state,
        crumbs=crumbs(visit, "store", (visit.t("stocktake.title"), "")),
        may_open=may_open,
        places=places,
        columns=[
            Column("name", visit.t("stocktake.one"), "link"),
            Column("where", visit.t("stocktake.where")),
            Column("opened_at", visit.t("stocktake.opened_at"), "moment"),
            Column("people", visit.t("stocktake.people")),
            Column("state", visit.t("store.state"), "status"),
            Column("open", visit.t("stocktake.open_findings"), "number"),
        ],
        rows=[_row(visit, line) for line in lines],
        pages=listing.pages(len(lines), total, exports=True),
    )


def _row(visit: Visit, line: StocktakeLine) -> dict[str, object]:
    return {
        "name": Link(visit.t("stocktake.n", n=line.stocktake.id), f"{HERE}/{line.stocktake.id}"),
        "where": _where(visit, line),
        "opened_at": line.stocktake.opened_at,
        "people": "、".join(name for name in (line.counter, line.second) if name),
        "state": _status(visit, line.stocktake),
        "open": line.open_findings,
    }


def _where(visit: Visit, line: StocktakeLine) -> str:
    if not line.place:
        return visit.t("stocktake.whole", station=line.station.name)
    return f"{line.station.name} {line.place}"


def _status(visit: Visit, stocktake: Stocktake) -> Status:
    tone: Tone = "info" if stocktake.state == StocktakeState.COUNTING else "good"
    return Status(visit.t(f"state-stocktake.{stocktake.state}"), tone)


def _page(
    visit: Visit, stocktake_id: int, state: FormState, status: int = 200, told: str = ""
) -> Response:
    with visit.reading() as tx:
        line = stocktake_seen(tx, stocktake_id)
        stocktake = line.stocktake
        counting = stocktake.state == StocktakeState.COUNTING
        mine = tx.actor.person_id in {stocktake.counter_id, stocktake.second_id}
        found = [] if counting else findings(tx, stocktake_id)
        scans = last_scans(tx, stocktake_id) if counting and mine else []
        late = late_scans(tx, stocktake)
        may_count = tx.can(Permission.STOCKTAKE_COUNT, stocktake.station_id)
        may_keep = tx.can(Permission.PAPER_KEEP, stocktake.station_id)
    may_join = may_count and not mine and stocktake.second_id is None
    return show(
        visit,
        "stocktake/stocktake.html",
        status=status,
        state=state,
        crumbs=crumbs(
            visit,
            "store",
            (visit.t("stocktake.title"), HERE),
            (visit.t("stocktake.n", n=stocktake_id), ""),
        ),
        stocktake=stocktake,
        name=visit.t("stocktake.n", n=stocktake_id),
        stocktake_state=_status(visit, stocktake),
        notice_text=just_done(visit, "stocktake") if status == 200 and not told else "",
        told=told,
        facts=_facts(visit, line),
        counting=counting and mine,
        client_id=secrets.token_hex(8),
        may_join=counting and may_join,
        scans=scans,
        scan_columns=[
            Column("name", visit.t("stocktake.scanned")),
            Column("in_box", visit.t("store.box")),
            Column("shelf", visit.t("store.shelf")),
            Column("by", visit.t("stocktake.by")),
        ],
        signing=_signing(visit, line, visit.actor.code) if counting and may_count else None,
        findings=[_finding(visit, one, may_keep=may_keep) for one in found],
        late=late,
    )


def _depth(stocktake: Stocktake) -> str:
    return f"stocktake.depths.{'records' if stocktake.with_records else 'boxes'}"


def _facts(visit: Visit, line: StocktakeLine) -> list[Fact]:
    one_ = line.stocktake
    records = (
        [Fact(visit.t("stocktake.records_in_place"), one_.records_in_place, "number")]
        if one_.with_records
        else []
    )
    facts = [
        Fact(visit.t("stocktake.where"), _where(visit, line)),
        Fact(visit.t("stocktake.depth"), visit.t(_depth(one_))),
        Fact(visit.t("stocktake.first"), line.counter),
        Fact(visit.t("stocktake.second"), line.second or visit.t("stocktake.nobody_yet")),
        Fact(visit.t("stocktake.opened_at"), one_.opened_at, "moment"),
        Fact(visit.t("stocktake.scans_n"), line.scans, "number"),
    ]
    if one_.closed_at is not None:
        facts += [
            Fact(visit.t("stocktake.closed_by"), line.closed_by),
            Fact(visit.t("stocktake.closed_at"), one_.closed_at, "moment"),
            Fact(visit.t("stocktake.boxes_in_place"), one_.in_place, "number"),
            *records,
            Fact(visit.t("stocktake.open_findings"), line.open_findings, "number"),
            Fact(visit.t("store.note"), one_.note),
        ]
    return facts


def _signing(visit: Visit, line: StocktakeLine, person: str) -> Signing:
    why = []
    if not line.second:
        why.append(visit.t("error.SecondCounterMissing"))
    if not line.scans:
        why.append(visit.t("error.NothingCounted"))
    return Signing(
        action=f"{HERE}/{line.stocktake.id}/close",
        title=visit.t("stocktake.sign"),
        statements=[
            visit.t(
                "stocktake.sign_scans_records"
                if line.stocktake.with_records
                else "stocktake.sign_scans",
                n=line.scans,
            ),
            visit.t("stocktake.sign_people", people=[line.counter, line.second]),
            visit.t("stocktake.sign_then"),
        ],
        button=visit.t("stocktake.sign_button"),
        person=person,
        why_not=why,
    )


def _finding_link(seen: FindingSeen) -> Link | None:
    if seen.finding.box_id:
        return Link(seen.box, f"/store/boxes/{seen.finding.box_id}")
    if seen.record:
        return Link(seen.record, f"/store/records/{seen.finding.record_id}")
    return None


def _finding(visit: Visit, seen: FindingSeen, *, may_keep: bool) -> dict[str, object]:
    finding = seen.finding
    settled = finding.settled_how
    known = {"put-back", "kept-here", "stands-here"}
    elsewhere = (
        bool(finding.box_id and finding.found_shelf_id and finding.expected_shelf_id)
        or bool(finding.record_id and finding.found_box_id and finding.expected_box_id)
    ) and not seen.withheld
    return {
        "id": finding.id,
        "what": _finding_link(seen),
        "label": visit.t("stocktake.withheld") if seen.withheld else seen.what,
        "result": Status(visit.t(f"stock-result.{finding.result}"), TONES[finding.result]),
        "expected": seen.expected,
        "found": seen.found,
        "open": finding.settled_at is None,
        "settled": visit.t(f"stocktake.how.{settled}") if settled in known else settled,
        "may": may_keep,
        "movable": elsewhere and finding.result in {Result.MISPLACED, Result.EXTRA},
    }
