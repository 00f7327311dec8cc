"""Where one record stands: its place, how it got there, taking it out and bringing it back."""

from fastapi import APIRouter
from starlette.responses import Response

from archive.access import Permission
from archive.errors import ArchiveError
from archive.holdings.pair import Pair, Paper
from archive.holdings.queries.records import seen_record
from archive.shelving.actions import boxes as verbs
from archive.shelving.box import LabelUnknown
from archive.shelving.movement import OutFor
from archive.shelving.queries.lookup import meant, moves_of, place_of
from archive.shelving.queries.reach import check_not_blind
from archive.transaction import Transaction
from web import typed
from web.deps import Form, PostedForm, SignedIn, Visit
from web.errors import status_of
from web.page import go, show
from web.pages.around import crumbs, just_done
from web.pages.store_words import pair_status
from web.parts import Action, Event, Fact, FormState, Option
from web.typed import RowNumber

router = APIRouter(prefix="/store/records")

OUT_FOR = tuple(reason for reason in OutFor if reason != OutFor.LOAN)


@router.get("/{record_id}")
def record(visit: SignedIn, record_id: RowNumber) -> Response:
    return _page(visit, record_id, FormState())


@router.post("/{record_id}/put")
def put(visit: SignedIn, record_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> None:
        seen_record(tx, record_id)
        said = typed.words(form.text("box"), "box", most=40)
        verbs.put_in_box(tx, record_id, _box(tx, said))

    return _after(visit, record_id, form, visit.attempt(work).error, "put")


@router.post("/{record_id}/take-out")
def take_out(visit: SignedIn, record_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> None:
        seen_record(tx, record_id)
        reason = next((one for one in OUT_FOR if one == form.text("out_for")), None)
        note = typed.words(form.text("note"), "note", most=200, required=False)
        verbs.take_out(tx, record_id, out_for=typed.given(reason, "out_for"), note=note)

    return _after(visit, record_id, form, visit.attempt(work).error, "taken-out")


@router.post("/{record_id}/bring-back")
def bring_back(visit: SignedIn, record_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> bool:
        seen_record(tx, record_id)
        return verbs.bring_back(
            tx,
            record_id,
            pages=typed.count(form.text("pages"), "pages", most=9999),
            seal_intact=form.text("seal_intact") == "yes",
            note=typed.words(form.text("note"), "note", most=200, required=False),
        )

    outcome = visit.attempt(work)
    done = "back" if outcome.value else "back-changed"
    return _after(visit, record_id, form, outcome.error, done)


@router.post("/{record_id}/miss")
def miss(visit: SignedIn, record_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> None:
        seen_record(tx, record_id)
        verbs.miss_record(tx, record_id)

    return _after(visit, record_id, form, visit.attempt(work).error, "missed")


@router.post("/{record_id}/find")
def found(visit: SignedIn, record_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> None:
        seen_record(tx, record_id)
        said = form.text("box")
        verbs.find_record(tx, record_id, box_id=_box(tx, said) if said else None)

    return _after(visit, record_id, form, visit.attempt(work).error, "found")


def _box(tx: Transaction, said: str) -> int:
    named = meant(tx, said)
    if named is None or named.kind != "box":
        raise LabelUnknown(field="box", given=said[:40])
    return named.id


def _after(
    visit: Visit, record_id: int, form: Form, error: ArchiveError | None, done: str
) -> Response:
    if error is None:
        return go(f"/store/records/{record_id}?done={done}")
    return _page(visit, record_id, visit.form_state(form, error), status_of(error))


def _page(visit: Visit, record_id: int, state: FormState, status: int = 200) -> Response:
    with visit.reading() as tx:
        seen = seen_record(tx, record_id)
        check_not_blind(tx, seen.station_id)
        pair = tx.get(Pair, record_id)
        facts = _place(visit, tx, record_id)
        moves = moves_of(tx, record_id)
        may_keep = tx.can(Permission.PAPER_KEEP, seen.station_id)
        may_ask = tx.can(Permission.LOAN_REQUEST, seen.station_id)
    lendable = may_ask and pair.paper == Paper.PLACED
    return show(
        visit,
        "store/record.html",
        status=status,
        state=state,
        crumbs=crumbs(visit, "store", (seen.code, "")),
        record=seen,
        pair_state=pair_status(visit, pair),
        notice_text=just_done(visit, "store") if status == 200 else "",
        facts=[
            Fact(visit.t("store.record_title"), seen.title),
            Fact(visit.t("store.paper"), visit.t(f"paper.{pair.paper}")),
            *facts,
            Fact(visit.t("store.pages"), pair.paper_pages, "number"),
        ],
        moves=[
            Event(_move(visit, move.kind, move.out_for), move.at, move.by, move.place)
            for move in moves
        ],
        actions=[Action(visit.t("loans.ask"), f"/store/loans/new?record={record_id}", "primary")]
        if lendable
        else [],
        paper=str(pair.paper) if may_keep else "",
        lent=bool(moves) and moves[-1].out_for == OutFor.LOAN and pair.paper == Paper.OUT,
        reasons=[Option(str(one), visit.t(f"out-for.{one}")) for one in OUT_FOR],
    )


def _move(visit: Visit, kind: str, out_for: str) -> str:
    told = visit.t(f"movement.{kind}")
    return f"{told} · {visit.t(f'out-for.{out_for}')}" if out_for else told


def _place(visit: Visit, tx: Transaction, record_id: int) -> list[Fact]:
    box, shelf, _ = place_of(tx, record_id)
    if box is None:
        return []
    where = f"{shelf.code}-{box.name}" if shelf else box.name
    return [Fact(visit.t("store.place"), where, href=f"/store/boxes/{box.id}")]
