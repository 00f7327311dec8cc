"""保管期限与销毁: what falls due when, what is due today, and the shelf that comes free [seed 5.4]."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from fastapi import APIRouter
from starlette.responses import Response

from archive.access import Permission
from archive.holdings.queries.plans import kinds_known
from archive.messages import sentences
from archive.people.person import Station
from archive.people.queries import stations_where
from archive.reports.lists import MOST_ROWS, TooManyRows
from archive.reports.spreadsheet import Row
from archive.retention.period import DueState
from archive.retention.queries.foresight import Foresight, foresight
from archive.retention.queries.holds import HoldFilter, HoldLine, count_holds, holds
from archive.retention.queries.sweep import (
    DueFilter,
    DueLine,
    count_due,
    due_lines,
    every_due_line,
)
from archive.transaction import Transaction
from web.deps import SignedIn, Visit
from web.exports import download, form_asked, headings
from web.listing import Listing
from web.page import show
from web.pages.around import crumbs, station_options
from web.pages.filing import kind_name
from web.pages.statistics import FIGURES, LABELS, LINE, WIDTH, Bar, Chart
from web.parts import Action, Column, Fact, FormState, Link, Option

router = APIRouter(prefix="/retention")

HERE = "/retention"
HOLDS_SHOWN = 10


@router.get("")
def calendar(visit: SignedIn) -> Response:
    """Thirty years ahead, by year and by kind; what is on hold; what shelf comes free."""
    listing = Listing.asked(visit, filters=("station",))
    with visit.reading() as tx:
        stations = stations_where(tx, Permission.RETENTION_READ)
        station = _station(stations, listing)
        ahead = foresight(tx, station)
        now = DueFilter(station_id=station)
        due = count_due(tx, tx.today, now)
        free = count_due(tx, tx.today, DueFilter(station_id=station, held=False))
        standing = HoldFilter(state="standing", station_id=station)
        on_hold = holds(tx, standing, limit=HOLDS_SHOWN)
        holds_in_all = count_holds(tx, standing)
    return show(
        visit,
        "retention/calendar.html",
        crumbs=[Link(visit.t("section.retention"), "")],
        state=FormState(dict(listing.filters)),
        stations=station_options(stations),
        actions=_actions(visit, listing),
        facts=_facts(visit, ahead, due, free),
        chart=_chart(visit, ahead),
        width=WIDTH,
        labels=LABELS,
        kind_columns=_kind_columns(visit, ahead),
        kinds=_kinds(visit, ahead),
        hold_columns=[
            Column("kind", visit.t("calendar.hold_kind")),
            Column("of", visit.t("calendar.hold_of")),
            Column("since", visit.t("calendar.hold_since"), "moment"),
            Column("reason", visit.t("calendar.hold_reason")),
        ],
        on_hold=[_hold(visit, line) for line in on_hold],
        more_holds=holds_in_all - len(on_hold),
    )


@router.get("/due")
def due_list(visit: SignedIn) -> Response:
    """What is due today, held or free."""
    listing = Listing.asked(visit, filters=("station", "kind", "year", "held"))
    with visit.reading() as tx:
        stations = stations_where(tx, Permission.RETENTION_READ)
        asked = _asked(stations, listing)
        if (form := form_asked(visit)) is None:
            lines = due_lines(tx, tx.today, asked, limit=listing.per_page, offset=listing.offset)
            total = count_due(tx, tx.today, asked)
            kinds = kinds_known(tx) if tx.can(Permission.FILE_PLAN_READ) else []
    if form is not None:
        return download(
            visit,
            listing,
            what="due",
            form=form,
            columns=headings(
                visit,
                "due",
                code="text",
                name="text",
                kind="text",
                station="text",
                year="number",
                retention="text",
                protected_through="text",
                eligible_from="text",
                holds="text",
            ),
            rows=lambda tx: _exported(visit, tx, asked),
        )
    return show(
        visit,
        "retention/due.html",
        crumbs=crumbs(visit, "retention", (visit.t("due.title"), "")),
        state=FormState(dict(listing.filters)),
        stations=station_options(stations),
        kinds=[Option(kind.code, kind_name(visit, kind)) for kind in kinds],
        held=[Option(key, visit.t(f"due.{key}")) for key in ("free", "held")],
        columns=_due_columns(visit),
        rows=[_row(visit, line) for line in lines],
        pages=listing.pages(len(lines), total, exports=True),
    )


def _due_columns(visit: Visit) -> list[Column]:
    return [
        Column("code", visit.t("due.code"), "link"),
        Column("name", visit.t("due.name")),
        Column("kind", visit.t("due.kind")),
        Column("year", visit.t("due.year")),
        Column("eligible_from", visit.t("due.eligible_from"), "day"),
        Column("holds", visit.t("due.holds")),
        Column("why", visit.t("due.why"), "action"),
    ]


def _station(stations: Sequence[Station], listing: Listing) -> int | None:
    code = listing.text("station")
    return next((one.id for one in stations if one.code == code), None)


def _asked(stations: Sequence[Station], listing: Listing) -> DueFilter:
    return DueFilter(
        _station(stations, listing),
        listing.text("kind"),
        listing.number("year"),
        {"held": True, "free": False}.get(listing.text("held")),
    )


def _actions(visit: Visit, listing: Listing) -> list[Action]:
    code = listing.text("station")
    asked = f"?station={code}" if code else ""
    return [
        Action(visit.t("due.title"), f"{HERE}/due{asked}", "primary"),
        Action(visit.t("appraisals.title"), f"{HERE}/appraisals"),
        Action(visit.t("holds.title"), f"{HERE}/holds"),
        Action(visit.t("batches.title"), f"{HERE}/batches"),
    ]


def _facts(visit: Visit, ahead: Foresight, due: int, free: int) -> list[Fact]:
    told = {
        "due": due,
        "free": free,
        "held": due - free,
        "waiting": ahead.waiting,
        "never": ahead.never,
        "later": ahead.later,
    }
    return [Fact(visit.t(f"calendar.{key}"), n, "number") for key, n in told.items()]


def _chart(visit: Visit, ahead: Foresight) -> Chart | None:
    """A bar a year; the same as a table with the boxes and the shelf that come free."""
    most = max(ahead.years.values(), default=0)
    if not most:
        return None
    room = WIDTH - LABELS - FIGURES
    bars = [
        Bar(str(year), n, at * LINE, round(n / most * room))
        for at, (year, n) in enumerate(ahead.years.items())
    ]
    rows = [
        {
            "year": visit.t("calendar.until", year=str(year)) if year == ahead.first else str(year),
            "n": n,
            "boxes": ahead.boxes.get(year, 0),
            "metres": _metres(ahead.millimetres.get(year, 0)),
        }
        for year, n in ahead.years.items()
        if n or ahead.boxes.get(year)
    ]
    columns = [
        Column("year", visit.t("calendar.year")),
        Column("n", visit.t("calendar.records"), "number"),
        Column("boxes", visit.t("calendar.boxes"), "number", total=sum(ahead.boxes.values())),
        Column(
            "metres",
            visit.t("calendar.metres"),
            "number",
            total=_metres(sum(ahead.millimetres.values())),
        ),
    ]
    return Chart("years", visit.t("calendar.by_year"), bars, rows, columns, len(bars) * LINE)


def _metres(millimetres: int) -> Decimal:
    return (Decimal(millimetres) / 1000).quantize(Decimal("0.01"))


def _kind_columns(visit: Visit, ahead: Foresight) -> list[Column]:
    first, last = ahead.first, ahead.last
    spans = [
        (f"y{at}", f"{start}–{min(start + 9, last)}")
        for at, start in enumerate(range(first + 1, last + 1, 10))
    ]
    return [
        Column("kind", visit.t("calendar.kind")),
        Column("now", visit.t("calendar.until", year=str(first)), "number"),
        *(Column(key, label, "number") for key, label in spans),
        Column("later", visit.t("calendar.later_short"), "number"),
        Column("waiting", visit.t("calendar.waiting_short"), "number"),
        Column("never", visit.t("calendar.never_short"), "number"),
    ]


def _kinds(visit: Visit, ahead: Foresight) -> list[dict[str, object]]:
    first, last = ahead.first, ahead.last
    return [
        {
            "kind": kind_name(visit, one.kind),
            "now": one.until(first),
            **{
                f"y{at}": one.until(min(start + 9, last)) - one.until(start - 1)
                for at, start in enumerate(range(first + 1, last + 1, 10))
            },
            "later": one.after(last),
            "waiting": one.endings[DueState.NOT_STARTED],
            "never": one.endings[DueState.NEVER],
        }
        for one in ahead.kinds
    ]


def _hold(visit: Visit, line: HoldLine) -> dict[str, object]:
    hold = line.hold
    return {
        "kind": visit.t(f"hold-kind.{hold.kind}"),
        "of": visit.t("calendar.hold_covers", station=line.station.name, n=hold.covered),
        "since": hold.placed_at,
        "reason": hold.reason,
    }


def _row(visit: Visit, line: DueLine) -> dict[str, object]:
    links: dict[str, object] = {
        "code": Link(line.record.code, f"/holdings/records/{line.record.id}"),
        "why": [Action(visit.t("due.why"), f"{HERE}/records/{line.record.id}", "plain")],
    }
    return _told(visit, line) | links


def _exported(visit: Visit, tx: Transaction, asked: DueFilter) -> Iterable[Row]:
    if (found := count_due(tx, tx.today, asked)) > MOST_ROWS:
        raise TooManyRows(rows=found, most=MOST_ROWS)
    for line in every_due_line(tx, tx.today, asked):
        yield _told(visit, line) | {"code": line.record.code}


def _told(visit: Visit, line: DueLine) -> dict[str, object]:
    return {
        "name": line.record.title,
        "kind": kind_name(visit, line.kind),
        "station": line.station.name,
        "year": line.record.year,
        "retention": line.kind.retention,
        "protected_through": line.due.protected_through,
        "eligible_from": line.due.eligible_from,
        "holds": "、".join(dict.fromkeys(_hold_word(visit, one.kind) for one in line.holds)),
    }


def _hold_word(visit: Visit, kind: str) -> str:
    key = f"hold-kind.{kind}"
    return visit.t(key) if key in sentences("zh") else kind
