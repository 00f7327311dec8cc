"""One entry of the register: nothing of the person until it is opened for a purpose."""

from fastapi import APIRouter
from starlette.responses import Response

from archive.customers.actions import special as verbs
from archive.customers.actions.special import SpecialSeen, VisitSeen
from archive.customers.queries import special as reads
from archive.customers.queries.special import EntrySeen
from archive.customers.special import SPECIAL_WORKFLOW, SpecialState
from archive.errors import ArchiveError, Invalid
from archive.transaction import NoSuchThing, Transaction
from web import typed
from web.deps import Form, PostedForm, SignedIn, Visit
from web.errors import status_of
from web.page import go, show
from web.pages.around import just_done
from web.pages.special import HERE, labels, special_status
from web.parts import Column, Fact, FormState, Link, Option

router = APIRouter(prefix=HERE)


class NotSure(Invalid):
    """What cannot be undone is confirmed first."""


@router.get("/{special_id}")
def entry(visit: SignedIn, special_id: str) -> Response:
    return _page(visit, special_id, FormState())


@router.post("/{special_id}/look")
def look(visit: SignedIn, special_id: str, form: PostedForm) -> Response:
    """What is registered stands in this answer alone."""
    purpose = form.text("purpose")
    outcome = visit.attempt(lambda tx: verbs.look(tx, special_id, purpose=purpose))
    if outcome.error is not None:
        return _after(visit, special_id, form, outcome.error, "")
    return _page(visit, special_id, FormState(), opened=outcome.value, purpose=purpose)


@router.post("/{special_id}/visits")
def plan_visit(visit: SignedIn, special_id: str, form: PostedForm) -> Response:
    def work(tx: Transaction) -> None:
        verbs.plan_visit(tx, special_id, due_on=typed.day(form.text("due_on"), "due_on"))

    return _after(visit, special_id, form, visit.attempt(work).error, "planned")


@router.post("/{special_id}/visited")
def record_visit(visit: SignedIn, special_id: str, form: PostedForm) -> Response:
    def work(tx: Transaction) -> None:
        verbs.record_visit(
            tx,
            special_id,
            typed.given(form.text("visit") or None, "visit"),
            made_on=typed.day(form.text("made_on"), "made_on"),
            note=typed.words(form.text("note"), "note", most=500, required=False),
        )

    return _after(visit, special_id, form, visit.attempt(work).error, "visited")


@router.post("/{special_id}/review")
def review(visit: SignedIn, special_id: str, form: PostedForm) -> Response:
    def work(tx: Transaction) -> None:
        verbs.review(tx, special_id, next_on=typed.day(form.text("review_on"), "review_on"))

    return _after(visit, special_id, form, visit.attempt(work).error, "reviewed")


@router.post("/{special_id}/withdraw")
def withdraw(visit: SignedIn, special_id: str, form: PostedForm) -> Response:
    def work(tx: Transaction) -> None:
        _check_sure(form)
        verbs.withdraw_consent(tx, special_id)

    return _after(visit, special_id, form, visit.attempt(work).error, "withdrawn")


@router.post("/{special_id}/end")
def end(visit: SignedIn, special_id: str, form: PostedForm) -> Response:
    def work(tx: Transaction) -> None:
        _check_sure(form)
        verbs.end_service(tx, special_id)

    return _after(visit, special_id, form, visit.attempt(work).error, "ended")


def _check_sure(form: Form) -> None:
    if form.text("sure") != "yes":
        raise NotSure(field="sure")


def _after(
    visit: Visit, special_id: str, form: Form, error: ArchiveError | None, done: str
) -> Response:
    if error is None:
        return go(f"{HERE}/{special_id}?done={done}")
    if isinstance(error, NoSuchThing):
        raise error
    return _page(visit, special_id, visit.form_state(form, error), status_of(error))


def _page(
    visit: Visit,
    special_id: str,
    state: FormState,
    status: int = 200,
    *,
    opened: SpecialSeen | None = None,
    purpose: str = "",
) -> Response:
    with visit.reading() as tx:
        seen = reads.entry_seen(tx, special_id)
    current = SpecialState(seen.entry.state)
    name = visit.t("special.serial_n", n=seen.entry.serial)
    return show(
        visit,
        "special/entry.html",
        status=status,
        state=state,
        labels=labels(visit, "purpose", "due_on", "made_on", "review_on", "visit"),
        crumbs=[Link(visit.t("section.special"), HERE), Link(name, "")],
        name=name,
        serial=seen.entry.serial,
        href=f"{HERE}/{special_id}",
        entry_state=special_status(visit, current),
        notice_text=just_done(visit, "special") if status == 200 else "",
        facts=_facts(visit, seen),
        active=SPECIAL_WORKFLOW.allows("withdraw", current),
        opened=_opened(visit, opened) if opened else [],
        purpose_told=visit.t("special.opened_told", purpose=purpose),
        visit_columns=[
            Column("due_on", visit.t("special.due_on"), "day"),
            Column("made_on", visit.t("special.made_on"), "day"),
            Column("note", visit.t("special.note")),
        ],
        visits=[_visit(one) for one in opened.visits] if opened else [],
        open_visits=[
            Option(one.visit.id, one.visit.due_on.isoformat())
            for one in (opened.visits if opened else ())
            if one.visit.made_on is None
        ],
        looks_columns=[
            Column("at", visit.t("special.at"), "moment"),
            Column("by", visit.t("special.by")),
            Column("purpose", visit.t("special.purpose")),
        ],
        looks=[
            {"at": one.at, "by": person.name, "purpose": one.purpose} for one, person in seen.looks
        ],
    )


def _facts(visit: Visit, seen: EntrySeen) -> list[Fact]:
    kept = seen.entry
    facts = [
        Fact(visit.t("special.station"), seen.station.name),
        Fact(visit.t("special.kept_for"), visit.t(f"special.purpose_{kept.purpose}")),
        Fact(visit.t("special.basis"), visit.t(f"special.basis_{kept.basis}")),
        Fact(visit.t("special.consent_on"), kept.consent_on, "day"),
        Fact(visit.t("special.notice_version"), kept.notice_version),
        Fact(visit.t("special.verified_by"), seen.verified_by.name),
        Fact(visit.t("special.registered_at"), kept.registered_at, "moment"),
        Fact(visit.t("special.review_on"), kept.review_on, "day"),
    ]
    if kept.stopped_on is not None:
        facts.append(Fact(visit.t("special.stopped_on"), kept.stopped_on, "day"))
    return facts


def _opened(visit: Visit, seen: SpecialSeen) -> list[Fact]:
    facts = seen.facts
    return [
        Fact(visit.t("special.category"), visit.t(f"special-category.{facts.category}")),
        Fact(visit.t("special.name"), facts.name),
        Fact(visit.t("special.number"), facts.number, "code"),
        Fact(visit.t("special.telephone"), facts.telephone),
        Fact(visit.t("special.village"), facts.village),
        Fact(visit.t("special.house"), facts.house),
        Fact(visit.t("special.need"), facts.need),
        Fact(visit.t("special.evidence"), facts.evidence),
        Fact(visit.t("special.evidence_number"), facts.evidence_number),
        Fact(visit.t("special.seen_on"), facts.seen_on, "day"),
        Fact(visit.t("special.guardian"), facts.guardian),
    ]


def _visit(one: VisitSeen) -> dict[str, object]:
    return {"due_on": one.visit.due_on, "made_on": one.visit.made_on, "note": one.note}
