"""应归档未归档: what should have been filed by now, whose it is, and accounting for it [seed 5.6]."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from archive.access import Permission
from archive.expected import queries as reads
from archive.expected.period import Period
from archive.expected.queries import Missing, Settled, Sheet
from archive.holdings.file_plan import RecordKind
from archive.people.person import Station
from archive.printing import print_form
from archive.reports.lists import note_export
from archive.reports.not_filed import not_filed_told
from archive.reports.registers import MOST_PRINTED
from archive.reports.spreadsheet import Form as FileForm
from archive.transaction import NoSuchThing, Transaction
from web import typed
from web.deps import SignedIn, Visit
from web.exports import download, form_asked, headings
from web.images import pdf_answer
from web.listing import Listing
from web.page import show
from web.pages.around import crumbs, just_done, station_options
from web.parts import Action, Column, Fact, FormState, Link, Option

router = APIRouter(prefix="/holdings/expected")

HERE = "/holdings/expected"


@dataclass(frozen=True, slots=True)
class Looked:
    """What a page about a station's sheet stands on."""

    station: Station
    stations: list[Station]
    sheet: Sheet | None
    today: date
    may_settle: bool
    may_arrange: bool


@router.get("")
def expected(visit: SignedIn) -> Response:
    listing = Listing.asked(visit, filters=("station", "month", "person", "kind"))
    if (form := form_asked(visit)) is not None:
        return _sheet(visit, listing, form)
    with visit.reading() as tx:
        looked = _look(tx, listing.text("station"))
        settled = reads.settled_at(tx, looked.station.id)
        people = reads.people_at(tx, looked.station.id)
    if looked.sheet is None:
        return show(visit, "expected/none.html", crumbs=way(visit))
    found = _narrowed(looked.sheet, listing)
    shown = found[listing.offset : listing.offset + listing.per_page]
    return show(
        visit,
        "expected/list.html",
        crumbs=way(visit),
        lead=visit.t("expected.lead", since=f"{looked.sheet.since:%Y-%m}"),
        actions=_actions(visit, looked),
        notice_text=just_done(visit, "expected"),
        state=FormState({"station": looked.station.code, **listing.filters}),
        stations=station_options(looked.stations),
        months=_months(looked.sheet),
        people=[Option(person.code, person.name) for person in people],
        kinds=_kinds(visit, looked.sheet),
        facts=_facts(visit, looked.sheet),
        whose_columns=columns_of(visit, ("responsible", "text"), ("missing", "number")),
        whose=_whose(looked.sheet),
        columns=columns_of(
            visit,
            ("period", "text"),
            ("kind", "text"),
            ("responsible", "text"),
            ("due_on", "day"),
            ("overdue", "number"),
            *((("settle", "action"),) if looked.may_settle else ()),
        ),
        rows=[_row(visit, one, looked) for one in shown],
        pages=listing.pages(len(shown), len(found), exports=True),
        settled_columns=columns_of(
            visit,
            ("period", "text"),
            ("kind", "text"),
            ("account", "text"),
            ("by", "text"),
            *((("taking_back", "action"),) if looked.may_settle else ()),
        ),
        settled=[_settled(visit, one) for one in settled],
    )


def _sheet(visit: Visit, listing: Listing, form: FileForm) -> Response:
    """What is missing as a file, narrowed as the page is."""
    return download(
        visit,
        listing,
        what="expected",
        form=form,
        columns=headings(
            visit,
            "expected",
            period="text",
            kind="text",
            clause="text",
            responsible="text",
            due_on="text",
            overdue="number",
        ),
        rows=lambda tx: _exported(visit, tx, listing),
    )


@router.get("/sheet.pdf")
def printed(visit: SignedIn) -> Response:
    """The monthly sheet as PDF/A, narrowed as the page is; that it was taken out is on the trail."""
    listing = Listing.asked(visit, filters=("station", "month", "person", "kind"))
    with visit.reading() as tx:
        looked = _look(tx, listing.text("station"))
        found = _narrowed(looked.sheet, listing) if looked.sheet else []
        lines = [
            _told(visit, one, looked.today) | {"clause": one.kind.clause}
            for one in found[:MOST_PRINTED]
        ]
        printed_at = tx.now
    told = not_filed_told(looked.station.name, looked.today, listing.text("month"), lines)
    pdf = print_form("inner_list", told, printed_at=printed_at)
    with visit.transaction() as tx:
        note_export(tx, "expected", "pdf", len(lines), listing.filters)
    return pdf_answer(pdf, f"{told['title']}-{looked.station.code}-{looked.today.isoformat()}")


def _look(tx: Transaction, code: str) -> Looked:
    stations = reads.stations_asked(tx)
    station = asked_station(tx, code)
    return Looked(
        station,
        stations,
        reads.sheet_of(tx, station),
        tx.today,
        tx.can(Permission.EXPECTED_SETTLE, station.id),
        tx.can(Permission.EXPECTED_ARRANGE, station.id),
    )


def asked_station(tx: Transaction, code: str) -> Station:
    """The station asked for; without a code the first one.

    Raises:
        NoSuchThing: none this person may ask about.
    """
    stations = reads.stations_asked(tx)
    found = next((one for one in stations if code in {"", one.code}), None)
    if found is None:
        raise NoSuchThing(thing="station", key="")
    return found


def _narrowed(sheet: Sheet, listing: Listing) -> list[Missing]:
    month, person, kind = (listing.text(name) for name in ("month", "person", "kind"))
    return [
        one
        for one in sheet.missing
        if (not month or f"{one.due_on:%Y-%m}" == month)
        and (not person or (one.responsible is not None and one.responsible.code == person))
        and (not kind or one.kind.code == kind)
    ]


def _exported(visit: Visit, tx: Transaction, listing: Listing) -> list[dict[str, object]]:
    looked = _look(tx, listing.text("station"))
    if looked.sheet is None:
        return []
    return [
        _told(visit, one, looked.today) | {"clause": one.kind.clause}
        for one in _narrowed(looked.sheet, listing)
    ]


def _told(visit: Visit, one: Missing, today: date) -> dict[str, Any]:
    return {
        "period": period_told(visit, one.period),
        "kind": kind_named(visit, one.kind),
        "responsible": one.responsible.name if one.responsible else "",
        "due_on": one.due_on,
        "overdue": one.overdue_days(today),
    }


def _row(visit: Visit, one: Missing, looked: Looked) -> dict[str, Any]:
    asked = f"station={one.station.code}&kind={one.kind.code}&period={one.period}"
    settle = Action(visit.t("expected.settle"), f"{HERE}/settle?{asked}", "plain")
    return _told(visit, one, looked.today) | {"settle": [settle]}


def _settled(visit: Visit, one: Settled) -> dict[str, object]:
    station = visit.request.query_params.get("station", "")
    href = f"{HERE}/taken-back/{one.settlement.id}?station={typed.plain(station)[:12]}"
    return {
        "period": one.settlement.period,
        "kind": kind_named(visit, one.kind),
        "account": one.record_code
        or visit.t("expected.not_applicable_told", reason=one.settlement.reason),
        "by": one.by.name,
        "taking_back": [Action(visit.t("expected.taking_back"), href, "plain")],
    }


def period_told(visit: Visit, period: Period) -> str:
    """The period in words."""
    first = period.first_day
    key = {1: "month", 3: "quarter", 12: "year"}[period.months]
    quarter = (first.month + 2) // 3
    return visit.t(f"expected.period_{key}", year=first.year, month=first.month, quarter=quarter)


def _facts(visit: Visit, sheet: Sheet) -> list[Fact]:
    counts = {
        "expected_n": sheet.expected,
        "filed_n": sheet.filed,
        "excused_n": sheet.excused,
        "missing_n": len(sheet.missing),
    }
    return [Fact(visit.t(f"expected.{key}"), count, "number") for key, count in counts.items()]


def _whose(sheet: Sheet) -> list[dict[str, object]]:
    names = [one.responsible.name if one.responsible else "—" for one in sheet.missing]
    return [{"responsible": name, "missing": count} for name, count in Counter(names).most_common()]


def _months(sheet: Sheet) -> list[Option]:
    months = sorted({f"{one.due_on:%Y-%m}" for one in sheet.missing}, reverse=True)
    return [Option(month, month) for month in months]


def _kinds(visit: Visit, sheet: Sheet) -> list[Option]:
    found = {one.kind.code: one.kind for one in sheet.missing}
    return [Option(code, kind_named(visit, kind)) for code, kind in sorted(found.items())]


def _actions(visit: Visit, looked: Looked) -> list[Action]:
    sheet = Action(visit.t("expected.print"), f"{HERE}/sheet.pdf?station={looked.station.code}")
    if not looked.may_arrange:
        return [sheet]
    return [
        sheet,
        Action(visit.t("expected.arrange"), f"{HERE}/arrange?station={looked.station.code}"),
    ]


def columns_of(visit: Visit, *columns: tuple[str, str]) -> list[Column]:
    """Columns by key and kind, named as in the catalogue."""
    return [Column(key, visit.t(f"expected.{key}"), kind) for key, kind in columns]  # type: ignore[arg-type]


def way(visit: Visit, *here: str) -> list[Link]:
    """The way from the holdings to a page about what is expected."""
    return crumbs(
        visit, "holdings", (visit.t("expected.title"), HERE), *((name, "") for name in here)
    )


def kind_named(visit: Visit, kind: RecordKind) -> str:
    """The kind in the visitor's language."""
    return kind.name_en if visit.language == "en" else kind.name_zh
