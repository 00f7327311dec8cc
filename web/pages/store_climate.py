"""温湿度: the log of a storeroom, and what was done about readings out of range."""

from decimal import Decimal

from fastapi import APIRouter
from starlette.responses import Response

from archive.access import Permission
from archive.shelving.actions.climate import act_on_climate, read_climate
from archive.shelving.climate import HUMIDITY, TEMPERATURE, ReadingImpossible
from archive.shelving.queries.climate import (
    ReadingSeen,
    count_readings,
    reading_seen,
    readings,
    wanting_today,
)
from archive.shelving.queries.store import rooms
from archive.transaction import Transaction
from web import typed
from web.deps import PostedForm, SignedIn, Visit
from web.errors import status_of
from web.exports import form_asked
from web.listing import Listing
from web.page import go, show
from web.pages.around import crumbs, just_done
from web.pages.store_files import readings_file
from web.parts import Column, FormState, Option, Status
from web.typed import RowNumber

router = APIRouter(prefix="/store/climate")

HERE = "/store/climate"


@router.get("")
def climate(visit: SignedIn) -> Response:
    if (form := form_asked(visit)) is not None:
        return readings_file(visit, Listing.asked(visit), form)
    return _page(visit, FormState())


@router.post("")
def read(visit: SignedIn, form: PostedForm) -> Response:
    def work(tx: Transaction) -> None:
        seen = {str(one.room.id): one.room for one in rooms(tx)}
        only = next(iter(seen.values())) if len(seen) == 1 else None
        room = typed.given(seen.get(form.text("room"), only), "room")
        read_climate(
            tx,
            room.id,
            celsius=_celsius(form.text("celsius")),
            humidity=typed.count(form.text("humidity"), "humidity", least=0, most=100),
            instrument=typed.words(form.text("instrument"), "instrument", most=40, required=False),
            action=typed.words(form.text("action"), "action", most=300, required=False),
        )

    error = visit.attempt(work).error
    if error is None:
        return go(f"{HERE}?done=read")
    return _page(visit, visit.form_state(form, error), status_of(error))


@router.post("/{reading_id}")
def act(visit: SignedIn, reading_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> None:
        reading_seen(tx, reading_id)
        act_on_climate(tx, reading_id, action=form.text("action"))

    error = visit.attempt(work).error
    if error is None:
        return go(f"{HERE}?done=acted")
    return _page(visit, visit.form_state(form, error), status_of(error))


def _celsius(text: str) -> Decimal:
    """Degrees as they were typed: ``18``, ``18.5``, ``-2``."""
    said = text.replace("。", ".").replace("．", ".").removesuffix("℃").removesuffix("°C").strip()
    digits = said.removeprefix("-").replace(".", "", 1)
    if not (digits.isascii() and digits.isdigit() and len(digits) < 5):
        raise ReadingImpossible(field="celsius")
    return Decimal(said)


def _page(visit: Visit, state: FormState, status: int = 200) -> Response:
    listing = Listing.asked(visit)
    with visit.reading() as tx:
        found = readings(tx, limit=listing.per_page, offset=listing.offset)
        open_ = readings(tx, open_only=True)
        total = count_readings(tx)
        places = rooms(tx)
        wanting = wanting_today(tx)
        may_read = tx.can(Permission.PAPER_KEEP)
    return show(
        visit,
        "store/climate.html",
        status=status,
        state=state,
        crumbs=crumbs(visit, "store", (visit.t("climate.title"), "")),
        lead=visit.t(
            "climate.lead",
            least=TEMPERATURE[0] // 10,
            most=TEMPERATURE[1] // 10,
            dry=HUMIDITY[0],
            wet=HUMIDITY[1],
        ),
        notice_text=just_done(visit, "climate") if status == 200 else "",
        wanting=[visit.t("climate.wanting", room=room.name, n=n) for room, n in wanting],
        rooms=[Option(str(one.room.id), f"{one.room.code} {one.room.name}") for one in places],
        may_read=may_read and bool(places),
        may_act=may_read,
        open=open_,
        columns=[
            Column("taken_at", visit.t("climate.taken_at"), "moment"),
            Column("room", visit.t("store.room")),
            Column("celsius", visit.t("climate.celsius"), "number"),
            Column("humidity", visit.t("climate.humidity"), "number"),
            Column("state", visit.t("store.state"), "status"),
            Column("action", visit.t("climate.action")),
            Column("by", visit.t("climate.by")),
        ],
        rows=[_row(visit, one) for one in found],
        pages=listing.pages(len(found), total, exports=True),
    )


def _row(visit: Visit, seen: ReadingSeen) -> dict[str, object]:
    reading = seen.reading
    if reading.in_range:
        state = Status(visit.t("climate.fine"), "good")
    else:
        state = Status(visit.t("climate.out"), "bad" if reading.open_finding else "warn")
    return {
        "taken_at": reading.taken_at,
        "room": seen.room.name,
        "celsius": reading.celsius,
        "humidity": reading.humidity,
        "state": state,
        "action": reading.action,
        "by": seen.by,
    }
