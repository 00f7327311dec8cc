"""出入库登记: everything that was put away, moved, taken out, brought back, missed and found."""

from fastapi import APIRouter
from starlette.responses import Response

from archive.access import Permission
from archive.people.queries import stations_where
from archive.shelving.movement import MovementKind
from archive.shelving.queries.movements import MovementFilter, count_movements, movements
from web.deps import SignedIn
from web.exports import form_asked
from web.listing import Listing
from web.page import show
from web.pages.around import crumbs, station_options
from web.pages.store_files import movement_row, movements_file
from web.parts import Column, FormState, Option

router = APIRouter(prefix="/store/movements")


@router.get("")
def movement_list(visit: SignedIn) -> Response:
    listing = Listing.asked(visit, filters=("kind", "station"))
    with visit.reading() as tx:
        stations = stations_where(tx, Permission.RECORD_READ)
        station = next((one for one in stations if one.code == listing.text("station")), None)
        asked = MovementFilter(listing.text("kind"), station.id if station else None)
        lines = movements(tx, asked, limit=listing.per_page, offset=listing.offset)
        total = count_movements(tx, asked)
    if (form := form_asked(visit)) is not None:
        return movements_file(visit, listing, form, asked)
    return show(
        visit,
        "store/movements.html",
        crumbs=crumbs(visit, "store", (visit.t("store-movements.title"), "")),
        state=FormState(dict(listing.filters)),
        stations=station_options(stations),
        kinds=[Option(str(kind), visit.t(f"movement.{kind}")) for kind in MovementKind],
        columns=[
            Column("at", visit.t("store-movements.at"), "moment"),
            Column("kind", visit.t("store-movements.kind")),
            Column("thing", visit.t("store-movements.thing")),
            Column("came_from", visit.t("store-movements.came_from")),
            Column("went_to", visit.t("store-movements.went_to")),
            Column("out_for", visit.t("store-movements.out_for")),
            Column("by", visit.t("store-movements.by")),
        ],
        rows=[movement_row(visit, line) for line in lines],
        pages=listing.pages(len(lines), total, exports=True),
    )
