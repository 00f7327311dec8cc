"""Scans: coming in, being read, and the images of their pages."""

import io
from functools import partial

from fastapi import APIRouter, Request
from PIL import Image
from starlette.responses import Response

from archive.access import Permission
from archive.custody.actions import scans as verbs
from archive.custody.queries.dossier import current_scan
from archive.custody.queries.scan_pages import Place, place_of_stub, seen_page, seen_scan
from archive.custody.queries.volume_history import reading_of
from archive.custody.queries.volumes import seen_volume
from archive.custody.receiving import receive
from archive.custody.scan import Scan, ScanState
from archive.errors import ArchiveError, NotFound
from archive.filing.queries.gone import check_scan_shown
from archive.storage import ObjectStore
from archive.transaction import NoSuchThing, Transaction
from web import uploads
from web.deps import Form, PostedForm, SignedIn, Visit
from web.errors import status_of
from web.images import KEPT_BY_BROWSERS, has_it, image
from web.page import go, show
from web.pages.volume_page import volume_page
from web.pages.volume_told import HERE, progress_of, target_of
from web.parts import FormState
from web.typed import RowNumber
from web.uploads import Uploads

router = APIRouter(prefix="/invoices")

_CROP_WIDTH = 1200
_UPRIGHT = {
    90: Image.Transpose.ROTATE_270,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}
"""Pillow counts counter-clockwise."""


@router.post("/volumes/{volume_id}/uploads")
async def take_in(visit: SignedIn, volume_id: RowNumber, request: Request) -> Response:
    """One file as a raw body; staged for the form."""
    allowed = partial(_uploads, visit, volume_id)
    return await uploads.take_in(visit, request, target_of(volume_id), allowed)


@router.post("/volumes/{volume_id}/uploads/discard")
def discard(visit: SignedIn, volume_id: RowNumber) -> Response:
    _uploads(visit, volume_id).discard(target_of(volume_id))
    return go(f"{HERE}/{volume_id}?done=discarded#scan")


@router.post("/volumes/{volume_id}/scans")
def hand_in(visit: SignedIn, volume_id: RowNumber, form: PostedForm) -> Response:
    """What was staged, by its ids in order; or, without scripts, the files themselves."""
    try:
        _received(visit, volume_id, form)
    except NotFound:
        raise
    except ArchiveError as error:
        state = FormState(form.values, {"files": visit.told(error)})
        return volume_page(visit, volume_id, task="receive", state=state, status=status_of(error))
    return go(f"{HERE}/{volume_id}?done=received#scan")


@router.get("/volumes/{volume_id}/progress")
def progress(visit: SignedIn, volume_id: RowNumber) -> Response:
    with visit.reading() as tx:
        volume = seen_volume(tx, volume_id)
        scan = current_scan(tx, volume.id)
        if scan is None:
            raise NoSuchThing(thing="scan", key=str(volume_id))
        reading = reading_of(tx, scan)
    answer = show(visit, "volumes/progress.html", progress=progress_of(visit, volume, reading))
    if scan.state in {ScanState.READ, ScanState.FAILED}:
        answer.headers["HX-Refresh"] = "true"  # what the page says besides is no longer true
    return answer


@router.post("/scans/{scan_id}/read-again")
def read_again(visit: SignedIn, scan_id: RowNumber) -> Response:
    def work(tx: Transaction) -> Scan:
        seen_scan(tx, scan_id)
        return verbs.read_again(tx, scan_id)

    outcome = visit.attempt(work)
    if outcome.error is None:
        return go(f"{HERE}/{outcome.value.volume_id}?done=read-again#scan")
    with visit.reading() as tx:
        _, volume = seen_scan(tx, scan_id)
    state = FormState({}, {"": visit.told(outcome.error)})
    return volume_page(visit, volume.id, state=state, status=status_of(outcome.error))


@router.get("/scans/{scan_id}/pages/{number}.jpg")
def page_image(visit: SignedIn, scan_id: RowNumber, number: RowNumber) -> Response:
    with visit.reading() as tx:
        page = seen_page(tx, scan_id, number)
        check_scan_shown(tx, scan_id)
    return image(visit, page.image_key, page.image_sha256)


@router.get("/scans/{scan_id}/thumbs/{number}.jpg")
def thumbnail(visit: SignedIn, scan_id: RowNumber, number: RowNumber) -> Response:
    with visit.reading() as tx:
        page = seen_page(tx, scan_id, number)
        check_scan_shown(tx, scan_id)
    return image(visit, page.thumb_key, f"{page.image_sha256}-small")


@router.get("/scans/{scan_id}/stubs/{stub_id}.jpg")
def enlarged(visit: SignedIn, scan_id: RowNumber, stub_id: RowNumber) -> Response:
    """The place of a stub on its page, enlarged and upright."""
    with visit.reading() as tx:
        place = place_of_stub(tx, scan_id, stub_id)
        check_scan_shown(tx, scan_id)
    where = "-".join(str(side) for side in place.box)
    tag = f'"{place.page.image_sha256}-{where}"'
    headers = {"etag": tag, "cache-control": KEPT_BY_BROWSERS}
    if has_it(visit.request, tag):
        return Response(status_code=304, headers=headers)
    return Response(_cut(visit.system.objects, place), media_type="image/jpeg", headers=headers)


def _uploads(visit: Visit, volume_id: int) -> Uploads:
    """Where this person's files for the volume go, if the person may bring some.

    Raises:
        NoSuchThing, NotPermitted: the volume takes none from this person.
    """
    with visit.reading() as tx:
        volume = seen_volume(tx, volume_id)
        tx.require(Permission.SCAN_RECEIVE, volume.station_id)
        return Uploads(visit.system, tx.person_id)


def _received(visit: Visit, volume_id: int, form: Form) -> Scan:
    waiting, target = _uploads(visit, volume_id), target_of(volume_id)
    with uploads.files_sent(waiting, target, visit.system, form) as files:
        return receive(visit.system, visit.actor, volume_id, files, source="page")


def _cut(objects: ObjectStore, place: Place) -> bytes:
    """The place as a JPEG, upright; a large page is decoded smaller, never whole."""
    left, top, right, bottom = place.box
    shrink = max(1, (right - left) // _CROP_WIDTH)
    with objects.open(place.page.image_key) as file, Image.open(file) as page:
        page.draft("RGB", (page.width // shrink, page.height // shrink))
        scale = page.width / place.page.width
        cut = page.crop((left * scale, top * scale, right * scale, bottom * scale))
        if turn := _UPRIGHT.get(place.turned):
            cut = cut.transpose(turn)
        kept = io.BytesIO()
        cut.convert("RGB").save(kept, "JPEG", quality=85)
    return kept.getvalue()
