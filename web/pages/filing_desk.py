"""The filing desk: the pages of one draft beside its fields, the doubtful ones marked."""

from datetime import date

from fastapi import APIRouter
from starlette.responses import Response

from archive.errors import ArchiveError, Invalid
from archive.filing.actions import drafts as verbs
from archive.filing.actions.deliveries import set_aside
from archive.filing.actions.drafts import Said
from archive.filing.delivery import DeliveredPage, Draft, DraftState, SetAside
from archive.filing.proposing import SURE
from archive.filing.queries.deliveries import (
    DeliverySeen,
    DraftSeen,
    delivery_seen,
    next_open_draft,
    seen_delivery,
)
from archive.filing.queries.kinds import kind_now
from archive.holdings.code import right_form
from archive.holdings.file_plan import RecordKind
from archive.holdings.queries.plans import kinds_known
from archive.holdings.queries.records import record_by_code
from archive.holdings.record import Origin, Record
from archive.transaction import NoSuchThing, Transaction
from web.deps import Form, PostedForm, SignedIn, Visit
from web.desk_parts import Sheet
from web.errors import status_of
from web.page import go, show
from web.pages.around import crumbs, just_done
from web.pages.filing import HERE, kind_name, numbers_of
from web.pages.signed import signed_told
from web.parts import FormState, Option
from web.typed import RowNumber
from web.typed import day as day_typed

router = APIRouter(prefix="/filing/drafts")

FIELDS = ("title", "document_number", "parties", "customer_number")


class NotAKind(Invalid):
    """The kind of record is chosen from the list."""


@router.get("/{draft_id}")
def desk(visit: SignedIn, draft_id: RowNumber, page: int = 0) -> Response:
    return _desk(visit, draft_id, FormState(), page=page)


@router.post("/{draft_id}")
def file(visit: SignedIn, draft_id: RowNumber, form: PostedForm) -> Response:
    """File the draft, or only keep what was typed; then on to the next one."""

    def work(tx: Transaction) -> int:
        draft = _seen_draft(tx, draft_id)
        said = _said(form)
        if form.text("act") == "keep":
            verbs.correct_draft(tx, draft_id, said)
            return 0
        return verbs.file_draft(tx, draft.id, said).id

    outcome = visit.attempt(work)
    if outcome.error is not None:
        return _again(visit, draft_id, form, outcome.error)
    if not outcome.value:
        return go(f"{HERE}/drafts/{draft_id}?done=kept")
    return _on(visit, draft_id, "filed", outcome.value)


@router.post("/{draft_id}/attach")
def attach(visit: SignedIn, draft_id: RowNumber, form: PostedForm) -> Response:
    """The pages to a record that is there already, by its archival code."""

    def work(tx: Transaction) -> int:
        draft = _seen_draft(tx, draft_id)
        record = record_by_code(tx, right_form(form.text("record_code")))
        return verbs.attach_draft(tx, draft.id, record.id).id

    outcome = visit.attempt(work)
    if outcome.error is not None:
        return _again(visit, draft_id, form, outcome.error)
    return _on(visit, draft_id, "attached", outcome.value)


@router.post("/{draft_id}/split")
def split(visit: SignedIn, draft_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> None:
        _seen_draft(tx, draft_id)
        verbs.split_draft(tx, draft_id, at_page=next(iter(numbers_of(form)), 0))

    return _stay(visit, draft_id, form, visit.attempt(work).error, "split")


@router.post("/{draft_id}/join")
def join(visit: SignedIn, draft_id: RowNumber, form: PostedForm) -> Response:
    """This draft into the one before it."""

    def work(tx: Transaction) -> int:
        draft = _seen_draft(tx, draft_id)
        before = _before(delivery_seen(tx, draft.delivery_id), draft)
        return verbs.join_drafts(tx, draft.id, before).id

    outcome = visit.attempt(work)
    if outcome.error is not None:
        return _again(visit, draft_id, form, outcome.error)
    return go(f"{HERE}/drafts/{outcome.value}?done=joined")


@router.post("/{draft_id}/set-aside")
def aside(visit: SignedIn, draft_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> int:
        draft = _seen_draft(tx, draft_id)
        why = form.text("why")
        chosen = SetAside(why) if why in set(SetAside) else SetAside.OTHER
        set_aside(tx, draft.delivery_id, numbers_of(form), why=chosen, note=form.text("note"))
        return draft.delivery_id

    outcome = visit.attempt(work)
    if outcome.error is not None:
        return _again(visit, draft_id, form, outcome.error)
    with visit.reading() as tx:
        seen = delivery_seen(tx, outcome.value)
    left = any(each.draft.id == draft_id and each.pages for each in seen.drafts)
    return go(
        f"{HERE}/drafts/{draft_id}?done=aside" if left else f"{HERE}/{outcome.value}?done=set-aside"
    )


def _next(open_ones: list[int], draft_id: int) -> str:
    """The address of the draft after this one; nothing where it is the only one."""
    if len(open_ones) < 2:
        return ""
    place = open_ones.index(draft_id) if draft_id in open_ones else 0
    return f"{HERE}/drafts/{open_ones[(place + 1) % len(open_ones)]}"


def _desk(
    visit: Visit, draft_id: int, state: FormState, *, page: int = 0, status: int = 200
) -> Response:
    with visit.reading() as tx:
        draft = _seen_draft(tx, draft_id)
        seen = delivery_seen(tx, draft.delivery_id)
        kinds = kinds_known(tx)
        kind = kind_now(tx, draft.kind_id)
        attach_code = tx.get(Record, draft.attach_to_id).code if draft.attach_to_id else ""
    each = next(one for one in seen.drafts if one.draft.id == draft_id)
    if draft.state == DraftState.FILED:
        return go(f"/holdings/records/{draft.record_id}")
    gone = {"kind": visit.t("filing.kind_gone")} if draft.kind_id and kind is None else {}
    own = {page.file_id for page in each.pages}
    electronic = [file for file in seen.files if file.id in own and file.is_electronic]
    sheets = sheets_of(each.pages, f"{HERE}/drafts/{draft_id}", visit)
    open_ones = [one.draft.id for one in seen.drafts if one.draft.state == DraftState.OPEN]
    filed = len(seen.drafts) - len(open_ones)
    return show(
        visit,
        "filing/desk.html",
        status=status,
        state=_filled(each.draft, state, kind, electronic=bool(electronic)),
        electronic=[(file, signed_told(visit, file)) for file in electronic],
        crumbs=crumbs(
            visit,
            "filing",
            (
                visit.t("filing.named", n=seen.delivery.id, file=seen.files[0].name),
                f"{HERE}/{seen.delivery.id}",
            ),
            (visit.t("filing.desk"), ""),
        ),
        draft=draft,
        delivery=seen.delivery,
        doubtful=set(each.doubtful) | ({"kind"} if gone else set()),
        hints=_hints(visit, each) | gone,
        notice_text=just_done(visit, "filing"),
        sheets=sheets,
        sheet=next((one for one in sheets if one.number == page), next(iter(sheets), None)),
        numbers=list(enumerate((one.number for one in each.pages), start=1)),
        kinds=kind_options(visit, kinds),
        origins=[Option(str(each), visit.t(f"filing.origin.{each}")) for each in Origin],
        reasons=[Option(str(why), visit.t(f"set-aside.{why}")) for why in SetAside],
        where=visit.t("filing.where", n=filed + 1, total=len(seen.drafts)),
        next_href=_next(open_ones, draft_id),
        may_join=len(seen.drafts) > 1,
        attach_code=attach_code,
    )


def sheets_of(pages: tuple[DeliveredPage, ...], here: str, visit: Visit) -> list[Sheet]:
    """Delivered pages for the viewer."""
    return [
        Sheet(
            at,
            f"{HERE}/pages/{page.id}.jpg",
            f"{HERE}/thumbs/{page.id}.jpg",
            page.width,
            page.height,
            f"{here}?page={at}",
            page.turned,
            "" if page.kind == "content" else visit.t(f"page-kind.{page.kind}"),
            (),
        )
        for at, page in enumerate(pages, start=1)
        if page.image_key
    ]


def kind_options(visit: Visit, kinds: list[RecordKind]) -> list[Option]:
    """Kinds to choose from, in the order of the plan."""
    return [Option(str(kind.id), f"{kind.number} {kind_name(visit, kind)}") for kind in kinds]


def _filled(
    draft: Draft, state: FormState, kind: RecordKind | None, *, electronic: bool
) -> FormState:
    """What was typed, or else what is proposed; what came as an OFD is itself the original."""
    if state.values:
        return state
    values = {
        "kind": str(kind.id if kind else ""),
        "formed_on": draft.formed_on.isoformat() if draft.formed_on else "",
        "origin": str(Origin.ELECTRONIC if electronic else Origin.PAPER),
        **{name: getattr(draft, name) for name in FIELDS},
    }
    return FormState(values, state.errors)


def _hints(visit: Visit, each: DraftSeen) -> dict[str, str]:
    """Beside each proposed field: where it was read and how sure that is."""
    found = {}
    for name, told in each.draft.proposed.items():
        if each.draft.settled_by_id is not None:
            break
        key = "filing.read_sure" if told["confidence"] >= SURE else "filing.read_doubtful"
        found[name] = visit.t(key, page=told["page"], percent=round(100 * told["confidence"]))
    for name in each.doubtful:
        found.setdefault(name, visit.t("filing.not_read"))
    return found


def _said(form: Form) -> Said:
    kind = form.text("kind")
    if kind and not (kind.isascii() and kind.isdigit() and len(kind) < 10):
        raise NotAKind(field="kind")
    return Said(
        kind_id=int(kind) if kind else None,
        formed_on=_day(form),
        origin=Origin.ELECTRONIC if form.text("origin") == Origin.ELECTRONIC else Origin.PAPER,
        **{name: form.text(name) for name in FIELDS},
    )


def _day(form: Form) -> date | None:
    typed = form.text("formed_on")
    return day_typed(typed, "formed_on") if typed else None


def _seen_draft(tx: Transaction, draft_id: int) -> Draft:
    draft = tx.get(Draft, draft_id)
    seen_delivery(tx, draft.delivery_id)
    return draft


def _before(seen: DeliverySeen, draft: Draft) -> int:
    """The open draft whose pages come right before this one's.

    Raises:
        NoSuchThing: this is the first.
    """
    firsts = {
        each.draft.id: min(page.number for page in each.pages)
        for each in seen.drafts
        if each.draft.state == DraftState.OPEN and each.pages
    }
    own = firsts.get(draft.id, 0)
    earlier = [(first, each) for each, first in firsts.items() if first < own]
    if not earlier:
        raise NoSuchThing(thing="draft", key="before")
    return max(earlier)[1]


def _again(visit: Visit, draft_id: int, form: Form, error: ArchiveError) -> Response:
    return _desk(visit, draft_id, visit.form_state(form, error), status=status_of(error))


def _stay(
    visit: Visit, draft_id: int, form: Form, error: ArchiveError | None, done: str
) -> Response:
    if error is not None:
        return _again(visit, draft_id, form, error)
    return go(f"{HERE}/drafts/{draft_id}?done={done}")


def _on(visit: Visit, draft_id: int, done: str, record_id: int) -> Response:
    """To the next draft of the delivery; when all are filed, to the delivery."""
    with visit.reading() as tx:
        delivery_id = tx.get(Draft, draft_id).delivery_id
        following = next_open_draft(tx, delivery_id)
    where = f"{HERE}/drafts/{following.id}" if following else f"{HERE}/{delivery_id}"
    return go(f"{where}?done={done}&record={record_id}")
