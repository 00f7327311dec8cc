"""核验台: the desk where finance signs, and where doubts are settled before."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from archive.custody.actions import verifications as verbs
from archive.custody.queries.desk import OnDesk, on_desk
from archive.custody.queries.volume_history import reading_of
from archive.custody.scan import ScanNotRead, ScanState
from archive.custody.verification import Verification, VerificationState
from archive.errors import ArchiveError, NotFound
from archive.transaction import NoSuchThing, Transaction
from web import typed
from web.deps import Form, PostedForm, SignedIn, Visit
from web.errors import status_of
from web.page import go, show
from web.pages.around import crumbs, just_done
from web.pages.desk_page import Chosen, DeskView
from web.pages.desk_targets import settle as settle_as_typed
from web.pages.desk_verdict import answers_in, reasons_in, verdict_of, wrong_in
from web.pages.volume_told import HERE, progress_of, volume_status
from web.parts import Action, Refusal
from web.rendering import environment
from web.typed import RowNumber

router = APIRouter(prefix="/invoices/volumes/{volume_id}/desk")

_IN_THE_FORM = frozenset(
    {"WrongPassword", "ReturnNeedsReasons", "CheckListIncomplete", "CheckListSaysNo"}
)
"""Errors that stand beside a field of the verdict, not above the desk."""


@router.get("")
def desk(
    visit: SignedIn, volume_id: RowNumber, number: str = "", finding: str = "", page: str = ""
) -> Response:
    wanted = int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 0
    return desk_page(visit, volume_id, Chosen(number[:40], finding[:60], wanted))


@router.post("/settle")
def settle(visit: SignedIn, volume_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> str:
        on = on_desk(tx, volume_id)
        if on.dossier.scan is None:
            raise ScanNotRead(subject=f"volume:{on.volume.code}", state=str(ScanState.RECEIVED))
        settle_as_typed(tx, on.dossier.scan.id, form)
        tx.session.flush()
        return DeskView(visit, on_desk(tx, volume_id)).next_open(after=form.text("finding"))

    outcome = visit.attempt(work)
    here = f"{HERE}/{volume_id}/desk"
    if outcome.error is None:
        opened = f"&finding={outcome.value}" if outcome.value else ""
        return go(f"{here}?done=settled{opened}")
    if isinstance(outcome.error, NoSuchThing):
        raise outcome.error
    chosen = Chosen(
        finding=form.text("finding"),
        typed={name: str(value) for name, value in form.values.items()},
        errors={getattr(outcome.error, "field", None) or "decision": visit.told(outcome.error)},
    )
    return desk_page(visit, volume_id, chosen, status=status_of(outcome.error))


@router.post("/verdict")
def verdict(visit: SignedIn, volume_id: RowNumber, form: PostedForm) -> Response:
    ways: dict[str, Callable[[Transaction, int], Verification]] = {
        "sign": lambda tx, key: verbs.sign_verification(tx, key, **_signature(form)),
        "return": lambda tx, key: verbs.return_volume(
            tx, key, reasons=reasons_in(visit, form), check_list=answers_in(form)
        ),
        "save": lambda tx, key: verbs.save_check_list(tx, key, answers_in(form)),
    }
    way = form.text("verdict") if form.text("verdict") in ways else "save"

    def work(tx: Transaction) -> Verification:
        return ways[way](tx, _open_verification(on_desk(tx, volume_id)).id)

    error = visit.attempt(work).error
    if error is None:
        return go(_after(volume_id, way))
    if isinstance(error, NotFound):
        raise error
    return desk_page(visit, volume_id, Chosen(), form=form, error=error, status=status_of(error))


def desk_page(
    visit: Visit,
    volume_id: int,
    chosen: Chosen,
    *,
    form: Form | None = None,
    error: ArchiveError | None = None,
    status: int = 200,
) -> Response:
    """The desk; ``form`` and ``error`` are those of the verdict."""
    with visit.reading() as tx:
        on = on_desk(tx, volume_id)
        scan = on.dossier.scan
        reading = reading_of(tx, scan) if scan is not None and not on.is_read else None
    view, decision = DeskView(visit, on), verdict_of(visit, on, form=form, error=error)
    code, href = on.volume.code, f"{HERE}/{volume_id}"
    return show(
        visit,
        "desk/desk.html",
        status=status,
        crumbs=crumbs(
            visit,
            "invoices",
            (visit.t("volumes.title"), HERE),
            (code, href),
            (visit.t("desk_pages.crumb"), ""),
        ),
        title=_title(visit, on),
        volume_status=volume_status(visit, on.volume.state),
        actions=[Action(visit.t("desk_pages.to_volume"), href, "plain")],
        notice_text=_done(visit, view) if status == 200 else "",
        hint=_hint(visit, on),
        refusal=_refusal(visit, error),
        returned=on.verification.reasons if _is_returned(on) and on.verification else (),
        progress=progress_of(visit, on.volume, reading),
        wrong=wrong_in(visit, decision),
        desk=view.desk(chosen, decision),
    )


def _signature(form: Form) -> dict[str, Any]:
    return {
        "check_list": answers_in(form),
        "seen": form.text("digest"),
        "password": str(form.data.get("password", "")),
        "opinion": typed.words(form.text("remark"), "remark", most=500, required=False),
    }


def _open_verification(on: OnDesk) -> Verification:
    """The passage finance is to decide on.

    Raises:
        NoSuchThing: the volume was never submitted.
    """
    if on.verification is None:
        raise NoSuchThing(thing="verification", key=on.volume.code)
    return on.verification


def _after(volume_id: int, way: str) -> str:
    if way == "save":
        return f"{HERE}/{volume_id}/desk?done=saved#desk-verdict"
    return f"{HERE}/{volume_id}?done={'accepted' if way == 'sign' else 'returned'}"


def _title(visit: Visit, on: OnDesk) -> str:
    return visit.t(
        "desk_pages.title_of",
        volume=on.volume.code,
        station=on.station.name,
        month=on.volume.month,
        collector=on.names.get(on.volume.collector_id, ""),
    )


def _done(visit: Visit, view: DeskView) -> str:
    if visit.request.query_params.get("done") == "settled" and not view.next_open():
        return visit.t("desk_pages.done.all_settled")
    return just_done(visit, "desk_pages")


def _is_returned(on: OnDesk) -> bool:
    return on.verification is not None and on.verification.state == VerificationState.RETURNED


def _hint(visit: Visit, on: OnDesk) -> str:
    """Why nothing, or not everything, can be done here now."""
    verification = on.verification
    if on.dossier.scan is None:
        return visit.t("desk_pages.hint.no_scan")
    if verification is not None and verification.state == VerificationState.SIGNED:
        return visit.t(
            "desk_pages.hint.signed",
            name=on.names.get(verification.decided_by_id or 0, ""),
            at=environment(visit.language).filters["moment"](verification.decided_at),
        )
    if on.is_read and not on.may_settle:
        return visit.t("desk_pages.hint.read_only")
    return "" if on.is_open or not on.is_read else visit.t("desk_pages.hint.not_submitted")


def _refusal(visit: Visit, error: ArchiveError | None) -> Refusal | None:
    if error is None or type(error).__name__ in _IN_THE_FORM:
        return None
    return Refusal(
        visit.t("desk_pages.refused"),
        [visit.told(error)],
        clause=visit.t("desk_pages.clause"),
        clause_text=visit.t("desk_pages.clause_text"),
    )
