"""档案盒: the list of boxes, one box, and putting records away."""

from fastapi import APIRouter
from starlette.responses import Response

from archive.access import Permission
from archive.holdings.pair import Pair
from archive.holdings.record import Record
from archive.people.queries import stations_where
from archive.shelving.actions import boxes as verbs
from archive.shelving.box import THICKNESSES, LabelUnknown
from archive.shelving.place import Shelf
from archive.shelving.queries.boxes import BoxFilter, BoxLine, BoxSeen, box_seen, boxes, count_boxes
from archive.shelving.queries.lookup import meant
from archive.shelving.queries.unplaced import Unplaced, boxes_of_series, unplaced
from archive.transaction import Transaction
from web import typed
from web.deps import Form, PostedForm, SignedIn, Visit
from web.errors import status_of
from web.exports import form_asked
from web.listing import Listing
from web.page import go, show
from web.pages.around import crumbs, just_done, station_options
from web.pages.store_files import boxes_file
from web.pages.store_words import box_status, pair_status, series_told
from web.parts import Action, Column, Event, Fact, FormState, Link, Option
from web.typed import RowNumber

router = APIRouter(prefix="/store")

WHERE = ("shelved", "unshelved", "missing")


@router.get("/boxes")
def box_list(visit: SignedIn) -> Response:
    listing = Listing.asked(
        visit,
        filters=("text", "station", "year", "retention", "where"),
        orders=("number", "-number", "year", "-year", "shelf", "-shelf"),
    )
    if (form := form_asked(visit)) is not None:
        return boxes_file(visit, listing, form, lambda tx: _asked(tx, listing))
    with visit.reading() as tx:
        stations = stations_where(tx, Permission.RECORD_READ)
        asked = _asked(tx, listing)
        lines = boxes(tx, asked, order=listing.order, limit=listing.per_page, offset=listing.offset)
        total = count_boxes(tx, asked)
    return show(
        visit,
        "store/boxes.html",
        crumbs=crumbs(visit, "store", (visit.t("store.boxes"), "")),
        state=FormState(dict(listing.filters)),
        stations=station_options(stations),
        retentions=[Option(code, code) for code in ("Y", "D30", "D10")],
        where=[Option(one, visit.t(f"store.where.{one}")) for one in WHERE],
        columns=[
            listing.column("name", visit.t("store.box"), "link", order="number"),
            listing.column("series", visit.t("store.series"), order="year"),
            listing.column("shelf", visit.t("store.shelf"), order="shelf"),
            Column("records", visit.t("store.records_n"), "number"),
            Column("share", visit.t("store.share")),
            Column("state", visit.t("store.state"), "status"),
        ],
        rows=[_row(visit, line) for line in lines],
        pages=listing.pages(len(lines), total, exports=True),
    )


def _asked(tx: Transaction, listing: Listing) -> BoxFilter:
    stations = stations_where(tx, Permission.RECORD_READ)
    station = next((one for one in stations if one.code == listing.text("station")), None)
    return BoxFilter(
        listing.text("text"),
        station.id if station else None,
        listing.number("year"),
        listing.text("retention"),
        listing.text("where"),
    )


@router.get("/boxes/{box_id}")
def box(visit: SignedIn, box_id: RowNumber) -> Response:
    return _box_page(visit, box_id, FormState())


@router.post("/boxes/{box_id}/shelve")
def shelve(visit: SignedIn, box_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> None:
        box_seen(tx, box_id)
        said = typed.words(form.text("shelf"), "shelf", most=60)
        named = meant(tx, said)
        if named is None or named.kind != "shelf":
            raise LabelUnknown(field="shelf", given=said[:40])
        verbs.shelve_box(tx, box_id, tx.get(Shelf, named.id).id)

    error = visit.attempt(work).error
    if error is None:
        return go(f"/store/boxes/{box_id}?done=shelved")
    return _box_page(visit, box_id, visit.form_state(form, error), status_of(error))


@router.get("/put-away")
def put_away_page(visit: SignedIn) -> Response:
    return _put_away_page(visit, FormState())


@router.post("/put-away")
def put_away(visit: SignedIn, form: PostedForm) -> Response:
    outcome = visit.attempt(lambda tx: _put(tx, form))
    if outcome.error is None:
        return go(f"/store/boxes/{outcome.value}?done=put")
    return _put_away_page(visit, visit.form_state(form, outcome.error), status_of(outcome.error))


def _put(tx: Transaction, form: Form) -> int:
    """The chosen records, into the chosen box or a new one."""
    ids = [int(text) for text in form.texts("record") if text.isdecimal() and len(text) < 10]
    if not ids:
        raise typed.NothingTyped(field="record")
    known = {record.id for group in unplaced(tx) for record, _ in group.records}
    if not set(ids) <= known:
        raise typed.NothingTyped(field="record")
    where = form.text("box")
    if where.startswith("new-"):
        thickness = typed.count(where.removeprefix("new-"), "box")
        return verbs.put_away(tx, ids, thickness_mm=thickness).id
    box_id = typed.count(where, "box", most=999_999_999)
    for record_id in ids:
        verbs.put_in_box(tx, record_id, box_id)
    return box_id


def _put_away_page(visit: Visit, state: FormState, status: int = 200) -> Response:
    with visit.reading() as tx:
        tx.require(Permission.PAPER_KEEP)
        groups = [
            (group, boxes_of_series(tx, group.station.id, group.series.id))
            for group in unplaced(tx)
            if tx.can(Permission.PAPER_KEEP, group.station.id)
        ]
    return show(
        visit,
        "store/put_away.html",
        status=status,
        state=state,
        crumbs=crumbs(visit, "store", (visit.t("store.put_away"), "")),
        groups=[_group(visit, group, lines) for group, lines in groups],
    )


def _group(visit: Visit, group: Unplaced, lines: list[BoxLine]) -> dict[str, object]:
    proposed = str(group.box.box.id) if group.box else "new-40"
    options = [
        Option(
            str(line.box.id),
            visit.t(
                "store.box_option",
                box=line.box.name,
                shelf=line.shelf.code if line.shelf else visit.t("store.where.unshelved"),
                n=line.records,
                share=line.share,
            ),
        )
        for line in lines
    ]
    options += [Option(f"new-{mm}", visit.t("store.new_box", mm=mm)) for mm in THICKNESSES]
    return {
        "title": series_told(visit, group.series),
        "note": visit.t(
            "store.waiting_n", station=group.station.name, n=len(group.records), pages=group.pages
        ),
        "records": group.records,
        "options": options,
        "proposed": proposed,
    }


def _row(visit: Visit, line: BoxLine) -> dict[str, object]:
    return {
        "name": Link(line.box.name, f"/store/boxes/{line.box.id}"),
        "series": series_told(visit, line.series),
        "shelf": line.shelf.code if line.shelf else None,
        "records": line.records,
        "share": f"{line.share}%",
        "state": box_status(visit, line),
    }


def _box_page(visit: Visit, box_id: int, state: FormState, status: int = 200) -> Response:
    with visit.reading() as tx:
        seen = box_seen(tx, box_id)
        station_id = seen.line.box.station_id
        may_keep = tx.can(Permission.PAPER_KEEP, station_id)
    line = seen.line
    return show(
        visit,
        "store/box.html",
        status=status,
        state=state,
        crumbs=crumbs(
            visit, "store", (visit.t("store.boxes"), "/store/boxes"), (line.box.name, "")
        ),
        box=line.box,
        box_state=box_status(visit, line),
        notice_text=just_done(visit, "store") if status == 200 else "",
        facts=_facts(visit, seen),
        columns=[
            Column("code", visit.t("store.record"), "link"),
            Column("title", visit.t("store.record_title")),
            Column("pages", visit.t("store.pages"), "number"),
            Column("pair", visit.t("store.pair"), "status"),
        ],
        rows=[_record_row(visit, record, pair) for record, pair in seen.records],
        hidden=seen.hidden,
        moves=[
            Event(visit.t(f"movement.{move.kind}"), move.at, move.by, move.shelf)
            for move in seen.moves
        ],
        actions=_prints(visit, box_id, seen.label.payload) if may_keep else [],
        may_keep=may_keep,
    )


def _prints(visit: Visit, box_id: int, label: str) -> list[Action]:
    return [
        Action(visit.t("store.print_labels"), f"/store/labels?boxes={label}", "primary"),
        Action(visit.t("store.print_spine"), f"/store/boxes/{box_id}/spine.pdf"),
        Action(visit.t("store.print_cover"), f"/store/boxes/{box_id}/cover.pdf"),
    ]


def _facts(visit: Visit, seen: BoxSeen) -> list[Fact]:
    line = seen.line
    shelf = line.shelf
    return [
        Fact(visit.t("store.station"), line.station.name),
        Fact(visit.t("store.fonds"), f"{seen.fonds.code} {seen.fonds.name}".strip()),
        Fact(visit.t("store.series"), series_told(visit, line.series)),
        Fact(
            visit.t("store.shelf"),
            f"{shelf.code}-{line.box.name}" if shelf else None,
            href=f"/store/cabinets/{shelf.cabinet_id}" if shelf else None,
        ),
        Fact(visit.t("store.thickness"), visit.t("store.mm", n=line.box.thickness_mm)),
        Fact(
            visit.t("store.fullness"),
            visit.t("store.fullness_told", n=line.records, pages=line.pages, share=line.share),
        ),
        Fact(visit.t("store.label"), seen.label.payload),
    ]


def _record_row(visit: Visit, record: Record, pair: Pair) -> dict[str, object]:
    return {
        "code": Link(record.code, f"/store/records/{record.id}"),
        "title": record.title,
        "pages": pair.paper_pages,
        "pair": pair_status(visit, pair),
    }
