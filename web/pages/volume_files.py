"""The list of bound volumes as a file."""

from collections.abc import Iterable
from typing import TypedDict

from starlette.responses import Response

from archive.custody.queries.volumes import VolumeRow
from archive.custody.volume import VolumeState
from archive.people.person import Station
from archive.reports.lists import every_volume
from archive.reports.spreadsheet import Form, Row
from archive.transaction import Transaction
from web.deps import Visit
from web.exports import download, headings
from web.listing import Listing
from web.pages.around import chosen_station


class NarrowedTo(TypedDict):
    """What the list is narrowed to."""

    station_id: int | None
    month: str
    state: str


def narrowed_to(listing: Listing, station: Station | None) -> NarrowedTo:
    """What the address narrows the list to; what it does not know it leaves out."""
    state = listing.text("state")
    return {
        "station_id": station.id if station else None,
        "month": listing.text("month"),
        "state": state if state in set(VolumeState) else "",
    }


def volumes_file(visit: Visit, listing: Listing, form: Form) -> Response:
    """Every volume of the list, not only those of the page shown."""

    def rows(tx: Transaction) -> Iterable[Row]:
        chosen, _ = chosen_station(tx, listing.text("station"))
        found = every_volume(tx, **narrowed_to(listing, chosen), order=listing.order)
        return (_row(visit, row) for row in found)

    columns = headings(
        visit,
        "volumes",
        volume="text",
        month="text",
        station="text",
        collector="text",
        numbers="text",
        sets="number",
        void_sets="number",
        void_numbers="text",
        kwh="kwh",
        amount="money",
        scan="text",
        findings="number",
        state="text",
        remark="text",
    )
    return download(visit, listing, what="volumes", form=form, columns=columns, rows=rows)


def _row(visit: Visit, row: VolumeRow) -> Row:
    volume = row.volume
    scan = f"state-scan.{row.scan_state}" if row.scan_state else "volumes.no_scan"
    return {
        "volume": volume.code,
        "month": volume.month,
        "station": row.station,
        "collector": row.collector,
        "numbers": "、".join(
            f"{run.code}:{run.first}–{run.last}" if run.code else f"{run.first}–{run.last}"
            for run in row.runs
        ),
        "sets": volume.sets,
        "void_sets": volume.void_sets,
        "void_numbers": "、".join(volume.void_numbers),
        "kwh": volume.kwh,
        "amount": volume.amount_fen,
        "scan": visit.t(scan),
        "findings": volume.open_findings,
        "state": visit.t(f"state-volume.{volume.state}"),
        "remark": volume.remark,
    }
