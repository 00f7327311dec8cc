"""Why this date: the rules of one record with their clauses, and what changes them."""

from collections.abc import Callable

from fastapi import APIRouter
from starlette.responses import Response

from archive.access import Permission
from archive.holdings.actions.contents import add_content, withdraw_content
from archive.holdings.content import PlanContent
from archive.holdings.file_plan import ClockStart
from archive.holdings.queries.records import seen_record
from archive.retention.actions.schedule import enter_event, reclassify_record
from archive.retention.period import Due, DueState
from archive.retention.queries.explain import Explained, explained
from archive.retention.telling import told, whole_told
from archive.retention.trigger import NoClockWaits
from archive.transaction import Transaction
from web.deps import Form, PostedForm, SignedIn, Visit
from web.errors import status_of
from web.page import go, show
from web.pages.around import crumbs, just_done
from web.parts import Column, Event, Fact, FormState, Option, Status, Tone
from web.typed import RowNumber, count, day

router = APIRouter(prefix="/retention/records")

HERE = "/retention/records"

TONES: dict[DueState, Tone] = {
    DueState.NEVER: "info",
    DueState.NOT_STARTED: "quiet",
    DueState.RUNNING: "good",
    DueState.EXPIRED: "warn",
}

MOST = 2**31 - 1


@router.get("/{record_id}")
def why(visit: SignedIn, record_id: RowNumber) -> Response:
    return _page(visit, record_id, FormState())


@router.post("/{record_id}/event")
def event(visit: SignedIn, record_id: RowNumber, form: PostedForm) -> Response:
    """Something happened that starts a clock."""

    def work(tx: Transaction) -> None:
        seen_record(tx, record_id)
        starts = form.text("starts")
        if starts not in set(ClockStart):
            raise NoClockWaits(field="starts")
        enter_event(
            tx,
            record_id,
            ClockStart(starts),
            day(form.text("happened_on"), "happened_on"),
            document=form.text("document"),
        )

    return _done(visit, record_id, form, work, "event")


@router.post("/{record_id}/content")
def content(visit: SignedIn, record_id: RowNumber, form: PostedForm) -> Response:
    """The record holds something more."""

    def work(tx: Transaction) -> None:
        seen_record(tx, record_id)
        add_content(tx, record_id, count(form.text("content_id"), "content_id", most=MOST))

    return _done(visit, record_id, form, work, "content")


@router.post("/{record_id}/withdraw")
def withdraw(visit: SignedIn, record_id: RowNumber, form: PostedForm) -> Response:
    """It does not hold that after all."""

    def work(tx: Transaction) -> None:
        seen_record(tx, record_id)
        content_id = count(form.text("held_id"), "held_id", most=MOST)
        withdraw_content(tx, record_id, content_id, reason=form.text("withdraw_reason"))

    return _done(visit, record_id, form, work, "withdrawn")


@router.post("/{record_id}/reclassify")
def reclassify(visit: SignedIn, record_id: RowNumber, form: PostedForm) -> Response:
    """Keep it by the version in force."""

    def work(tx: Transaction) -> None:
        seen_record(tx, record_id)
        reclassify_record(tx, record_id, reason=form.text("reason"))

    return _done(visit, record_id, form, work, "reclassified")


def due_status(visit: Visit, due: Due) -> Status:
    """How the retention of a record stands, in a word."""
    return Status(visit.t(f"due-state.{due.state}"), TONES[due.state])


def due_shown(visit: Visit, due: Due) -> dict[str, object]:
    """What a record's own page tells of it."""
    return {
        "due_status": due_status(visit, due),
        "due_whole": whole_told(due, visit.language),
        "due_reasons": reasons_told(visit, due),
    }


def reasons_told(visit: Visit, due: Due) -> list[Event]:
    """The reasoning as lines of a timeline; what decides stands out."""
    lines = [
        Event(told(one, visit.language), tone="good" if one.decides else "quiet")
        for one in due.reasons
    ]
    if due.kept_until is not None:
        lines.append(Event(visit.t("retention-reason.kept-until", day=due.kept_until)))
    return lines


def _page(visit: Visit, record_id: int, state: FormState, *, status: int = 200) -> Response:
    with visit.reading() as tx:
        seen = explained(tx, record_id)
        station_id = seen.record.station_id
        may_date = tx.can(Permission.RETENTION_DATE, station_id)
        may_file = tx.can(Permission.RECORD_FILE, station_id)
    record = seen.record
    return show(
        visit,
        "retention/record.html",
        status=status,
        state=state,
        crumbs=crumbs(visit, "retention", (record.code, "")),
        record=record,
        here=f"{HERE}/{record.id}",
        due_status=due_status(visit, seen.due),
        whole=whole_told(seen.due, visit.language),
        reasons=reasons_told(visit, seen.due),
        facts=_facts(visit, seen),
        events=_events(visit, seen),
        waits=[Option(one, visit.t(f"clock-event.{one}")) for one in seen.waits],
        contents=_contents(visit, seen),
        content_columns=[
            Column("name", visit.t("why.content")),
            Column("retention", visit.t("why.retention")),
            Column("basis", visit.t("why.basis")),
            Column("by", visit.t("why.by")),
        ],
        held=[Option(str(one.line.id), _named(visit, one.line)) for one in seen.contents],
        choice=[
            Option(str(line.id), f"{_named(visit, line)}（{line.retention}）")
            for line in seen.choice
        ],
        may_date=may_date,
        may_file=may_file,
        notice_text=just_done(visit, "why"),
        labels={
            key: visit.t(f"why.{key}")
            for key in ("starts", "happened_on", "document", "content_id", "held_id", "reason")
        }
        | {"withdraw_reason": visit.t("why.reason")},
    )


def _facts(visit: Visit, seen: Explained) -> list[Fact]:
    facts = [
        Fact(
            visit.t("why.title_of"),
            seen.record.title,
            href=f"/holdings/records/{seen.record.id}",
        ),
        Fact(visit.t("why.year"), str(seen.record.year)),
        Fact(visit.t("why.formed_on"), seen.record.formed_on, "day"),
        Fact(
            visit.t("why.kept_by"),
            visit.t(
                "why.line",
                edition=seen.plan.edition,
                number=seen.kind.number,
                name=_named(visit, seen.kind),
            ),
        ),
        Fact(visit.t("why.protected_through"), seen.due.protected_through, "day"),
        Fact(visit.t("why.eligible_from"), seen.due.eligible_from, "day"),
    ]
    facts += [
        Fact(visit.t("why.moved"), visit.t("why.moved_told", day=one.at, reason=one.reason))
        for one in seen.moves
    ]
    facts += [
        Fact(
            visit.t("why.extended"),
            visit.t("why.extended_told", day=one.new_due_on, by=one.by, reason=one.reason),
        )
        for one in seen.extensions
    ]
    return facts


def _events(visit: Visit, seen: Explained) -> list[Event]:
    return [
        Event(
            visit.t(
                "why.event_told",
                starts=visit.t(f"clock-event.{one.event.starts}"),
                day=one.event.happened_on,
                document=one.event.document,
            ),
            one.event.entered_at,
            one.by,
            "" if one.counts else visit.t("why.corrected"),
            "good" if one.counts else "quiet",
        )
        for one in seen.events
    ]


def _contents(visit: Visit, seen: Explained) -> list[dict[str, object]]:
    return [
        {
            "name": _named(visit, one.line),
            "retention": one.line.retention,
            "basis": one.line.legal_basis,
            "by": one.by,
        }
        for one in seen.contents
    ]


def _named(visit: Visit, line: PlanContent | object) -> str:
    return str(getattr(line, "name_en" if visit.language == "en" else "name_zh"))


def _done(
    visit: Visit, record_id: int, form: Form, work: Callable[[Transaction], None], done: str
) -> Response:
    error = visit.attempt(work).error
    if error is None:
        return go(f"{HERE}/{record_id}?done={done}")
    return _page(visit, record_id, visit.form_state(form, error), status=status_of(error))
