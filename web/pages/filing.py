"""归档: what comes in to be filed, how far it is read, and where each of its pages went."""

from collections.abc import Mapping
from functools import partial

from fastapi import APIRouter, Request
from starlette.responses import Response

from archive.access import Permission
from archive.errors import ArchiveError, NotFound
from archive.filing.actions import deliveries as verbs
from archive.filing.delivery import Delivery, DeliveryState, DraftState, SetAside
from archive.filing.queries.deliveries import (
    Account,
    DeliverySeen,
    DraftSeen,
    count_deliveries,
    deliveries,
    delivery_seen,
    seen_delivered_file,
    seen_delivered_page,
    seen_delivery,
)
from archive.filing.queries.kinds import kinds_now
from archive.filing.receiving import receive
from archive.holdings.file_plan import RecordKind
from archive.ingest.keeping import scan_limits
from archive.ingest.magic import recognise_document
from archive.people.person import Station
from archive.people.queries import stations_where
from archive.transaction import NoSuchThing, Transaction
from web import uploads
from web.deps import Form, PostedForm, SignedIn, Visit
from web.errors import status_of
from web.images import image
from web.listing import Listing
from web.page import go, show
from web.pages.around import crumbs, just_done
from web.parts import Action, FormState, Link, Option, Progress, Status, Tone, Upload
from web.typed import RowNumber
from web.uploads import Uploads

router = APIRouter(prefix="/filing")

HERE = "/filing"
TONES: Mapping[str, Tone] = {
    DeliveryState.RECEIVED: "warn",
    DeliveryState.READING: "info",
    DeliveryState.READ: "info",
    DeliveryState.FAILED: "bad",
}
PROGRESS = {
    DeliveryState.RECEIVED: "waiting",
    DeliveryState.READING: "running",
    DeliveryState.READ: "done",
    DeliveryState.FAILED: "failed",
}


def target_of(station_id: int) -> str:
    """What files that wait to be handed in for the station are kept for."""
    return f"station:{station_id}"


@router.get("")
def listed(visit: SignedIn) -> Response:
    return _list_page(visit, FormState())


def _list_page(visit: Visit, state: FormState, status: int = 200) -> Response:
    listing = Listing.asked(visit, filters=("station",))
    with visit.reading() as tx:
        total = count_deliveries(tx)
        found = deliveries(tx, limit=listing.per_page, offset=listing.offset)
        stations = stations_where(tx, Permission.DELIVERY_RECEIVE)
    chosen = _chosen(stations, listing.text("station"))
    return show(
        visit,
        "filing/list.html",
        status=status,
        state=state,
        notice_text=just_done(visit, "filing"),
        stations=[Option(one.code, one.name) for one in stations] if len(stations) > 1 else [],
        chosen=chosen.code if chosen else "",
        upload=_upload(visit, chosen) if chosen else None,
        columns=[
            listing.column("what", visit.t("filing.what"), "link"),
            listing.column("at", visit.t("filing.at"), "moment"),
            listing.column("by", visit.t("filing.by")),
            listing.column("pages", visit.t("filing.pages"), "number"),
            listing.column("left", visit.t("filing.left"), "number"),
            listing.column("status", visit.t("filing.status"), "status"),
        ],
        rows=[
            {
                "what": Link(_named(visit, line.delivery, line.first_name), _href(line.delivery)),
                "at": line.delivery.received_at,
                "by": line.received_by or visit.t("filing.from_folder"),
                "pages": line.account.total,
                "left": line.account.open,
                "status": status_told(visit, line.delivery, line.account),
            }
            for line in found
        ],
        pages=listing.pages(len(found), total),
        actions=[Action(visit.t("filing.separators.title"), "/filing/separators")],
    )


@router.post("/uploads/{station_code}")
async def take_in(visit: SignedIn, station_code: str, request: Request) -> Response:
    """One file as a raw body; staged for the form."""
    allowed = partial(_uploads, visit, station_code)
    return await uploads.take_in(visit, request, station_code, allowed)


@router.post("/deliveries/{station_code}")
def hand_in(visit: SignedIn, station_code: str, form: PostedForm) -> Response:
    """What was staged, by its ids in order; or, without scripts, the files themselves."""
    try:
        delivery = _received(visit, station_code, form)
    except NotFound:
        raise
    except ArchiveError as error:
        state = FormState(form.values, {"files": visit.told(error)})
        return _list_page(visit, state, status_of(error))
    return go(f"{_href(delivery)}?done=received")


@router.get("/{delivery_id}")
def delivery(visit: SignedIn, delivery_id: RowNumber) -> Response:
    return delivery_page(visit, delivery_id, FormState())


def delivery_page(visit: Visit, delivery_id: int, state: FormState, status: int = 200) -> Response:
    """One delivery: the account of its pages, what is to be filed, what was set aside."""
    with visit.reading() as tx:
        seen = delivery_seen(tx, delivery_id)
        kinds = kinds_now(tx, [each.draft.kind_id for each in seen.drafts])
    title = _named(visit, seen.delivery, seen.files[0].name)
    return show(
        visit,
        "filing/delivery.html",
        status=status,
        state=state,
        crumbs=crumbs(visit, "filing", (title, "")),
        title=title,
        seen=seen,
        delivery_status=status_told(visit, seen.delivery, seen.account),
        notice_text=just_done(visit, "filing"),
        progress=None
        if seen.delivery.state == DeliveryState.READ
        else progress_of(visit, seen.delivery, seen.account),
        account=_account_told(visit, seen.account),
        drafts=[_draft_told(visit, each, kinds) for each in seen.drafts],
        reasons=[Option(str(why), visit.t(f"set-aside.{why}")) for why in SetAside],
        next_href=_next_href(seen),
    )


@router.get("/{delivery_id}/progress")
def progress(visit: SignedIn, delivery_id: RowNumber) -> Response:
    with visit.reading() as tx:
        seen = delivery_seen(tx, delivery_id)
    answer = show(
        visit, "volumes/progress.html", progress=progress_of(visit, seen.delivery, seen.account)
    )
    if seen.delivery.state in {DeliveryState.READ, DeliveryState.FAILED}:
        answer.headers["HX-Refresh"] = "true"
    return answer


@router.post("/{delivery_id}/read-again")
def read_again(visit: SignedIn, delivery_id: RowNumber) -> Response:
    return _done(visit, delivery_id, lambda tx: verbs.read_again(tx, delivery_id), "read-again")


@router.post("/{delivery_id}/set-aside")
def set_aside(visit: SignedIn, delivery_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> None:
        seen_delivery(tx, delivery_id)
        why = form.text("why")
        verbs.set_aside(
            tx,
            delivery_id,
            numbers_of(form),
            why=SetAside(why) if why in set(SetAside) else SetAside.OTHER,
            note=form.text("note"),
        )

    return _done(visit, delivery_id, work, "set-aside", form)


@router.post("/{delivery_id}/put-back")
def put_back(visit: SignedIn, delivery_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> None:
        seen_delivery(tx, delivery_id)
        verbs.put_back(tx, delivery_id, numbers_of(form))

    return _done(visit, delivery_id, work, "put-back", form)


@router.get("/pages/{page_id}.jpg")
def page_image(visit: SignedIn, page_id: RowNumber) -> Response:
    with visit.reading() as tx:
        page = seen_delivered_page(tx, page_id)
    return image(visit, page.image_key, page.image_sha256)


@router.get("/thumbs/{page_id}.jpg")
def thumbnail(visit: SignedIn, page_id: RowNumber) -> Response:
    with visit.reading() as tx:
        page = seen_delivered_page(tx, page_id)
    return image(visit, page.thumb_key, f"{page.image_sha256}-small")


@router.get("/files/{file_id}")
def as_received(visit: SignedIn, file_id: RowNumber) -> Response:
    """A file as it came in, before or after it is filed."""
    with visit.reading() as tx:
        file = seen_delivered_file(tx, file_id)
    return image(visit, file.object_key, file.stored_sha256, file.media_type, file.name)


def numbers_of(form: Form) -> list[int]:
    """The page numbers ticked on a form."""
    return [int(text) for text in form.texts("page") if text.isascii() and text.isdigit()]


def _done(
    visit: Visit, delivery_id: int, work: object, done: str, form: Form | None = None
) -> Response:
    error = visit.attempt(work).error  # type: ignore[arg-type]
    if error is None:
        return go(f"{HERE}/{delivery_id}?done={done}")
    state = visit.form_state(form, error) if form else FormState(errors={"": visit.told(error)})
    return delivery_page(visit, delivery_id, state, status_of(error))


def _uploads(visit: Visit, station_code: str) -> Uploads:
    """Where this person's files for the station go, if the person may bring some."""
    with visit.reading() as tx:
        _station(tx, station_code)
        return Uploads(visit.system, tx.person_id, recognise_document)


def _station(tx: Transaction, code: str) -> Station:
    stations = stations_where(tx, Permission.DELIVERY_RECEIVE)
    found = next((station for station in stations if station.code == code), None)
    if found is None:
        tx.require(Permission.DELIVERY_RECEIVE)
        raise NoSuchThing(thing="station", key=code)
    return found


def _received(visit: Visit, station_code: str, form: Form) -> Delivery:
    waiting = _uploads(visit, station_code)
    with visit.reading() as tx:
        station_id = _station(tx, station_code).id
    with uploads.files_sent(waiting, station_code, visit.system, form) as files:
        together = form.text("together") == "yes"
        return receive(
            visit.system, visit.actor, station_id, files, source="page", together=together
        )


def _chosen(stations: list[Station], code: str) -> Station | None:
    return next((one for one in stations if one.code == code), next(iter(stations), None))


def _upload(visit: Visit, station: Station) -> Upload:
    return Upload(
        f"{HERE}/deliveries/{station.code}",
        f"{HERE}/uploads/{station.code}",
        visit.t("filing.drop.title", station=station.name),
        visit.t("filing.drop.hint"),
        accept=".pdf,.jpg,.jpeg,.png,.tif,.tiff,.ofd,.xml,.zip",
        largest=scan_limits(visit.system.settings).bytes_in_all,
        button=visit.t("filing.drop.button"),
    )


def _href(delivery: Delivery) -> str:
    return f"{HERE}/{delivery.id}"


def _named(visit: Visit, delivery: Delivery, first_name: str) -> str:
    return visit.t("filing.named", n=delivery.id, file=first_name)


def status_told(visit: Visit, delivery: Delivery, account: Account) -> Status:
    """How a delivery stands: being read, to be filed, or done to the last page."""
    if delivery.state != DeliveryState.READ:
        return Status(visit.t(f"state-delivery.{delivery.state}"), TONES[delivery.state])
    if account.settled:
        return Status(visit.t("filing.settled"), "good")
    return Status(visit.t("filing.to_file", n=account.open), "warn")


def progress_of(visit: Visit, delivery: Delivery, account: Account) -> Progress:
    """How far it has been read."""
    failure = visit.t("filing.failed") if delivery.state == DeliveryState.FAILED else ""
    return Progress(
        visit.t("filing.reading", n=delivery.id),
        account.read,
        account.total,
        PROGRESS[DeliveryState(delivery.state)],  # type: ignore[arg-type]
        note=failure,
        poll_href=f"{_href(delivery)}/progress",
    )


def _account_told(visit: Visit, account: Account) -> str:
    key = "filing.account_settled" if account.settled else "filing.account"
    return visit.t(
        key,
        total=account.total,
        filed=account.filed,
        aside=account.set_aside,
        open=account.open,
        unread=account.unread,
    )


def _draft_told(
    visit: Visit, seen: DraftSeen, kinds: Mapping[int, RecordKind]
) -> dict[str, object]:
    draft = seen.draft
    kind = kinds.get(draft.kind_id or 0)
    doubts = [visit.t(f"filing.field.{name}") for name in seen.doubtful]
    if draft.state == DraftState.FILED:
        status = Status(visit.t("filing.draft_filed"), "good")
    elif doubts:
        status = Status(visit.t("filing.draft_doubtful", fields=doubts), "warn")
    else:
        status = Status(visit.t("filing.draft_ready"), "info")
    return {
        "seen": seen,
        "href": f"{HERE}/drafts/{draft.id}"
        if draft.state == DraftState.OPEN
        else f"/holdings/records/{draft.record_id}",
        "title": draft.title or visit.t("filing.untitled"),
        "kind": kind_name(visit, kind) if kind else visit.t("filing.kind_open"),
        "status": status,
    }


def kind_name(visit: Visit, kind: RecordKind) -> str:
    """The name of a kind in the reader's language."""
    return kind.name_en if visit.language == "en" else kind.name_zh


def _next_href(seen: DeliverySeen) -> str:
    first = next((each for each in seen.drafts if each.draft.state == DraftState.OPEN), None)
    return f"{HERE}/drafts/{first.draft.id}" if first else ""
