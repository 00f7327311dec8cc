"""The lists of the store as files: boxes, loans, stocktakes, readings, movements."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from starlette.responses import Response

from archive.clock import STATION_ZONE
from archive.reports.lists import (
    every_box,
    every_loan,
    every_movement,
    every_reading,
    every_stocktake,
)
from archive.reports.spreadsheet import Form as FileForm
from archive.reports.spreadsheet import Row
from archive.shelving.queries.boxes import BoxFilter, BoxLine
from archive.shelving.queries.climate import ReadingSeen
from archive.shelving.queries.loans import LoanFilter, LoanLine
from archive.shelving.queries.movements import MovementFilter, MovementLine
from archive.shelving.queries.stocktakes import StocktakeLine
from archive.transaction import Transaction
from web.deps import Visit
from web.exports import download, headings
from web.listing import Listing
from web.pages.store_words import box_status, series_told

COLUMNS: Mapping[str, dict[str, str]] = {
    "store-boxes": {
        "box": "text",
        "station": "text",
        "series": "text",
        "shelf": "text",
        "thickness": "number",
        "records": "number",
        "pages": "number",
        "state": "text",
    },
    "store-loans": {
        "record": "text",
        "record_title": "text",
        "borrower": "text",
        "unit": "text",
        "purpose": "text",
        "how": "text",
        "state": "text",
        "out_at": "text",
        "due_on": "text",
        "first_due_on": "text",
        "returned_at": "text",
        "pages_back": "number",
        "incident": "text",
    },
    "store-stocktakes": {
        "number": "number",
        "station": "text",
        "place": "text",
        "depth": "text",
        "state": "text",
        "counter": "text",
        "second": "text",
        "opened_at": "text",
        "closed_by": "text",
        "closed_at": "text",
        "boxes_in_place": "number",
        "records_in_place": "number",
        "open_findings": "number",
    },
    "store-climate": {
        "taken_at": "text",
        "room": "text",
        "celsius": "text",
        "humidity": "number",
        "state": "text",
        "instrument": "text",
        "action": "text",
        "by": "text",
    },
    "store-movements": {
        "at": "text",
        "station": "text",
        "kind": "text",
        "thing": "text",
        "came_from": "text",
        "went_to": "text",
        "out_for": "text",
        "pages": "number",
        "note": "text",
        "by": "text",
    },
}
"""The columns of each list, with what kind of thing stands in them."""


def boxes_file(
    visit: Visit, listing: Listing, form: FileForm, asked: Callable[[Transaction], BoxFilter]
) -> Response:
    def row(line: BoxLine) -> Row:
        return {
            "box": line.box.name,
            "station": line.station.name,
            "series": series_told(visit, line.series),
            "shelf": line.shelf.code if line.shelf else "",
            "thickness": line.box.thickness_mm,
            "records": line.records,
            "pages": line.pages,
            "state": box_status(visit, line).label,
        }

    return _file(
        visit, listing, form, "store-boxes",
        lambda tx: map(row, every_box(tx, asked(tx), listing.order)),
    )  # fmt: skip


def loans_file(visit: Visit, listing: Listing, form: FileForm, asked: LoanFilter) -> Response:
    def row(line: LoanLine) -> Row:
        loan = line.loan
        return {
            "record": line.record.code,
            "record_title": line.record.title,
            "borrower": line.borrower.name,
            "unit": loan.unit,
            "purpose": loan.purpose,
            "how": visit.t("loans.on_site" if loan.on_site else "loans.taken"),
            "state": visit.t(f"state-loan.{loan.state}"),
            "out_at": _moment(loan.out_at),
            "due_on": loan.due_on.isoformat(),
            "first_due_on": loan.first_due_on.isoformat() if loan.first_due_on else "",
            "returned_at": _moment(loan.returned_at),
            "pages_back": loan.pages_back,
            "incident": loan.incident,
        }

    return _file(visit, listing, form, "store-loans", lambda tx: map(row, every_loan(tx, asked)))


def stocktakes_file(visit: Visit, listing: Listing, form: FileForm) -> Response:
    def row(line: StocktakeLine) -> Row:
        one = line.stocktake
        depth = "records" if one.with_records else "boxes"
        return {
            "number": one.id,
            "station": line.station.name,
            "place": line.place,
            "depth": visit.t(f"stocktake.depths.{depth}"),
            "state": visit.t(f"state-stocktake.{one.state}"),
            "counter": line.counter,
            "second": line.second,
            "opened_at": _moment(one.opened_at),
            "closed_by": line.closed_by,
            "closed_at": _moment(one.closed_at),
            "boxes_in_place": one.in_place,
            "records_in_place": one.records_in_place,
            "open_findings": line.open_findings,
        }

    return _file(
        visit,
        listing,
        form,
        "store-stocktakes",
        lambda tx: map(row, every_stocktake(tx)),
    )


def readings_file(visit: Visit, listing: Listing, form: FileForm) -> Response:
    def row(seen: ReadingSeen) -> Row:
        reading = seen.reading
        return {
            "taken_at": _moment(reading.taken_at),
            "room": f"{seen.room.code} {seen.room.name}",
            "celsius": str(reading.celsius),
            "humidity": reading.humidity,
            "state": visit.t("climate.fine" if reading.in_range else "climate.out"),
            "instrument": reading.instrument,
            "action": reading.action,
            "by": seen.by,
        }

    return _file(visit, listing, form, "store-climate", lambda tx: map(row, every_reading(tx)))


def movements_file(
    visit: Visit, listing: Listing, form: FileForm, asked: MovementFilter
) -> Response:
    def row(line: MovementLine) -> Row:
        return {**movement_row(visit, line), "at": _moment(line.at)}

    return _file(
        visit, listing, form, "store-movements",
        lambda tx: map(row, every_movement(tx, asked)),
    )  # fmt: skip


def movement_row(visit: Visit, line: MovementLine) -> dict[str, object]:
    """One movement, for the page and for the file."""
    moved = line.movement
    return {
        "at": moved.at,
        "station": line.station.name,
        "kind": visit.t(f"movement.{moved.kind}"),
        "thing": line.what or visit.t("stocktake.withheld"),
        "came_from": line.came_from,
        "went_to": line.went_to,
        "out_for": visit.t(f"out-for.{moved.out_for}") if moved.out_for else "",
        "pages": moved.pages,
        "note": moved.note,
        "by": line.by,
    }


def _file(
    visit: Visit,
    listing: Listing,
    form: FileForm,
    what: str,
    rows: Callable[[Transaction], Iterable[Row]],
) -> Response:
    named = headings(visit, what, **COLUMNS[what])
    return download(visit, listing, what=what, form=form, columns=named, rows=rows)


def _moment(at: datetime | None) -> str:
    """As it is written in a table: ``2026-10-18 09:30``, the station's time."""
    return f"{at.astimezone(STATION_ZONE):%Y-%m-%d %H:%M}" if at else ""
