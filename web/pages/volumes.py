"""装订册: the list, the month's binding, and every step of a volume up to finance."""

import re
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from archive.access import Permission
from archive.custody.actions import volumes as verbs
from archive.custody.actions.volumes import BoundRun, runs_of
from archive.custody.numbers import parse_number
from archive.custody.queries import volumes as reads
from archive.custody.queries.dossier import cover_digest
from archive.custody.queries.volumes import VolumeList, VolumeRow
from archive.custody.verification import SeenHasChanged
from archive.custody.volume import VOLUME_WORKFLOW, Volume, VolumeState
from archive.errors import NotFound
from archive.transaction import Transaction
from web import typed
from web.deps import Form, PostedForm, SignedIn, Visit
from web.errors import status_of
from web.exports import form_asked
from web.listing import Listing
from web.page import go, show
from web.pages.around import chosen_station, crumbs, just_done, station_options
from web.pages.binding_page import binding_page
from web.pages.volume_files import narrowed_to, volumes_file
from web.pages.volume_page import errors_beside, volume_page
from web.pages.volume_told import HERE, SCAN_TONES, volume_status
from web.parts import Action, Column, FormState, Kind, Link, Option, Status
from web.typed import RowNumber

router = APIRouter(prefix="/invoices/volumes")

FILTERS = ("station", "month", "state")
ORDERS = ("-month", *(f"{sign}{order}" for order in reads.ORDERS for sign in ("", "-")))
_BETWEEN = re.compile(r"[\s,，、;；]+")


@router.get("")
def volumes(visit: SignedIn) -> Response:
    listing = Listing.asked(visit, filters=FILTERS, orders=ORDERS)
    if (form := form_asked(visit)) is not None:
        return volumes_file(visit, listing, form)
    with visit.reading() as tx:
        chosen, seen = chosen_station(tx, listing.text("station"))
        found = reads.volumes_listed(
            tx,
            **narrowed_to(listing, chosen),
            order=listing.order,
            offset=listing.offset,
            limit=listing.per_page,
        )
        may_bind = tx.can(Permission.VOLUME_BIND)
    return show(
        visit,
        "volumes/list.html",
        crumbs=crumbs(visit, "invoices", (visit.t("volumes.title"), "")),
        notice_text=just_done(visit, "volumes"),
        actions=_list_actions(visit) if may_bind else [],
        state=FormState(dict(listing.filters)),
        stations=station_options(seen),
        states=[Option(str(each), visit.t(f"state-volume.{each}")) for each in VolumeState],
        columns=_columns(visit, listing, found),
        rows=[_row(visit, row) for row in found.rows],
        narrowed=bool(listing.filters),
        may_bind=may_bind,
        pages=listing.pages(len(found.rows), found.total, exports=True),
    )


@router.get("/new")
def binding(visit: SignedIn) -> Response:
    return binding_page(visit, visit.request.query_params)


@router.post("/new")
def bind(visit: SignedIn, form: PostedForm) -> Response:
    def work(tx: Transaction) -> Volume:
        return verbs.bind_volume(
            tx,
            station_id=typed.count(form.text("station"), "", most=2**31 - 1),
            month=form.text("month"),
            collector_id=typed.count(form.text("collector"), "", most=2**31 - 1),
            runs=[_run(key) for key in form.texts("run")],
        )

    outcome = visit.attempt(work)
    if outcome.error is None:
        return go(f"{HERE}/{outcome.value.id}?done=bound")
    return binding_page(
        visit, form.data, told=visit.told(outcome.error), status=status_of(outcome.error)
    )


@router.get("/{volume_id}")
def volume(visit: SignedIn, volume_id: RowNumber) -> Response:
    return volume_page(visit, volume_id)


@router.post("/{volume_id}/sign")
def sign(visit: SignedIn, volume_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> Volume:
        volume = tx.get(Volume, volume_id, lock=True)
        if VOLUME_WORKFLOW.allows("sign", VolumeState(volume.state)):
            _check_seen(tx, volume, form.text("digest"))
        return verbs.sign_volume(tx, volume_id, password=str(form.data.get("password", "")))

    return _do(visit, volume_id, form, "sign", work)


@router.post("/{volume_id}/seal")
def seal(visit: SignedIn, volume_id: RowNumber, form: PostedForm) -> Response:
    return _do(visit, volume_id, form, "seal", lambda tx: verbs.seal_volume(tx, volume_id))


@router.post("/{volume_id}/submit")
def submit(visit: SignedIn, volume_id: RowNumber, form: PostedForm) -> Response:
    return _do(visit, volume_id, form, "submit", lambda tx: verbs.submit_volume(tx, volume_id))


@router.post("/{volume_id}/cover")
def correct(visit: SignedIn, volume_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> Volume:
        listed = [part for part in _BETWEEN.split(form.text("void_numbers")) if part]
        return verbs.correct_cover(
            tx,
            volume_id,
            sets=typed.count(form.text("sets"), "sets", most=1_000_000),
            void_numbers=[parse_number(part, field="void_numbers") for part in listed],
            kwh=typed.kwh(form.text("kwh"), "kwh"),
            amount_fen=typed.fen(form.text("amount"), "amount"),
            remark=typed.words(form.text("remark"), "remark", most=500, required=False),
        )

    return _do(visit, volume_id, form, "correct", work)


@router.post("/{volume_id}/reopen")
def reopen(visit: SignedIn, volume_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> Volume:
        reason = typed.words(form.text("reason"), "reason", most=200, required=False)
        return verbs.reopen_volume(tx, volume_id, reason=reason)

    return _do(visit, volume_id, form, "reopen", work)


@router.post("/{volume_id}/discard")
def discard(visit: SignedIn, volume_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> None:
        verbs.discard_draft(tx, volume_id)

    return _do(visit, volume_id, form, "discard", work)


def _do(
    visit: Visit, volume_id: int, form: Form, task: str, work: Callable[[Transaction], Any]
) -> Response:
    """Do it and show the volume; when it is refused, the same page with what was typed."""

    def seen_first(tx: Transaction) -> Any:
        reads.seen_volume(tx, volume_id)
        return work(tx)

    error = visit.attempt(seen_first).error
    if error is None:
        return go(
            f"{HERE}?done=discard" if task == "discard" else f"{HERE}/{volume_id}?done={task}"
        )
    if isinstance(error, NotFound):
        raise error
    state = FormState(form.values, errors_beside(visit, error))
    return volume_page(visit, volume_id, task=task, state=state, status=status_of(error))


def _check_seen(tx: Transaction, volume: Volume, seen: str) -> None:
    """Refuse a signature under another cover than the one that was shown.

    Raises:
        SeenHasChanged: the cover was corrected meanwhile.
    """
    if cover_digest(volume, runs_of(tx, volume)) != seen:
        raise SeenHasChanged(subject=verbs.subject_of(volume))


def _run(key: str) -> BoundRun:
    """A run as a check box of the binding names it.

    Raises:
        NothingTyped, NotACount, NotAnInvoiceNumber: it is not one of ours.
    """
    book, _, numbers = key.partition(":")
    first, _, last = numbers.partition(":")
    return BoundRun(
        typed.count(book, "runs", most=2**31 - 1), parse_number(first), parse_number(last)
    )


def _list_actions(visit: Visit) -> list[Action]:
    return [Action(visit.t("volumes.bind_month"), f"{HERE}/new", "primary")]


def _columns(visit: Visit, listing: Listing, found: VolumeList) -> list[Column]:
    def column(key: str, kind: Kind = "text", *, order: str = "", total: object = None) -> Column:
        return listing.column(key, visit.t(f"volumes.{key}"), kind, order=order, total=total)

    return [
        column("volume", "link", order="code"),
        column("month", order="month"),
        column("station"),
        column("collector"),
        column("numbers"),
        column("sets", "number", order="sets", total=found.sets),
        column("void_sets", "number", total=found.void_sets),
        column("kwh", "kwh", total=found.kwh),
        column("amount", "money", order="amount", total=found.amount_fen),
        column("scan", "status"),
        column("findings", "number"),
        column("state", "status", order="state"),
    ]


def _row(visit: Visit, row: VolumeRow) -> dict[str, object]:
    volume = row.volume
    more = visit.t("volumes.more_runs", n=len(row.runs) - 1) if len(row.runs) > 1 else ""
    return {
        "volume": Link(volume.code, f"{HERE}/{volume.id}"),
        "month": volume.month,
        "station": row.station,
        "collector": row.collector,
        "numbers": f"{row.runs[0].first}–{row.runs[0].last}{more}" if row.runs else "",
        "sets": volume.sets,
        "void_sets": volume.void_sets,
        "kwh": volume.kwh,
        "amount": volume.amount_fen,
        "scan": _scan_status(visit, row.scan_state),
        "findings": volume.open_findings,
        "state": volume_status(visit, volume.state),
    }


def _scan_status(visit: Visit, state: str) -> Status:
    if not state:
        return Status(visit.t("volumes.no_scan"), "quiet")
    return Status(visit.t(f"state-scan.{state}"), SCAN_TONES[state])
