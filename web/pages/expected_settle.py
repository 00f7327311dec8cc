"""Accounting for a period nothing was filed for, and who answers for what [seed 5.6]."""

from fastapi import APIRouter
from starlette.responses import Response

from archive.access import Permission
from archive.errors import ArchiveError
from archive.expected import actions as verbs
from archive.expected import queries as reads
from archive.holdings.queries.plans import plan_in_force
from archive.transaction import NoSuchThing, Transaction
from web import typed
from web.deps import Form, PostedForm, SignedIn, Visit
from web.errors import status_of
from web.page import go, show
from web.pages.around import just_done
from web.pages.expected import HERE, asked_station, columns_of, kind_named, way
from web.parts import FormState, Option
from web.typed import RowNumber

router = APIRouter(prefix=HERE)


@router.get("/settle")
def settle_page(visit: SignedIn, station: str, kind: str, period: str) -> Response:
    return _settle_page(visit, (station, kind, period), FormState())


@router.post("/settle")
def settle(visit: SignedIn, form: PostedForm) -> Response:
    asked = (form.text("station"), form.text("kind"), form.text("period"))

    def work(tx: Transaction) -> None:
        station = asked_station(tx, asked[0])
        if form.text("account") == "filed":
            verbs.say_filed(tx, station.id, asked[1], asked[2], code=form.text("code"))
        else:
            reason = typed.words(form.text("reason"), "reason", most=200, required=False)
            verbs.say_not_applicable(tx, station.id, asked[1], asked[2], reason=reason)

    error = visit.attempt(work).error
    if error is None:
        return go(f"{HERE}?station={asked[0]}&done=settled")
    return _settle_page(visit, asked, visit.form_state(form, error), error)


@router.get("/taken-back/{settlement_id}")
def take_back_page(visit: SignedIn, settlement_id: RowNumber, station: str) -> Response:
    return _take_back_page(visit, settlement_id, station, FormState())


@router.post("/taken-back/{settlement_id}")
def take_back(visit: SignedIn, settlement_id: RowNumber, form: PostedForm) -> Response:
    station = form.text("station")
    error = visit.attempt(
        lambda tx: verbs.take_back(tx, settlement_id, reason=form.text("reason"))
    ).error
    if error is None:
        return go(f"{HERE}?station={station}&done=taken-back")
    state = visit.form_state(form, error)
    return _take_back_page(visit, settlement_id, station, state, error)


@router.get("/arrange")
def arrange_page(visit: SignedIn, station: str = "") -> Response:
    return _arrange_page(visit, station, FormState())


@router.post("/arrange/start")
def set_start(visit: SignedIn, form: PostedForm) -> Response:
    def work(tx: Transaction) -> None:
        station = asked_station(tx, form.text("station"))
        verbs.set_start(tx, station.id, month=form.text("month"))

    return _arranged(visit, form, visit.attempt(work).error, "started")


@router.post("/arrange/person")
def make_responsible(visit: SignedIn, form: PostedForm) -> Response:
    def work(tx: Transaction) -> None:
        station = asked_station(tx, form.text("station"))
        people = {person.code: person for person in reads.people_at(tx, station.id)}
        chosen = people.get(form.text("person"))
        verbs.make_responsible(
            tx, station.id, form.text("kind"), person_id=chosen.id if chosen else None
        )

    return _arranged(visit, form, visit.attempt(work).error, "named")


def _arranged(visit: Visit, form: Form, error: ArchiveError | None, done: str) -> Response:
    station = form.text("station")
    if error is None:
        return go(f"{HERE}/arrange?station={station}&done={done}")
    return _arrange_page(visit, station, visit.form_state(form, error), error)


def _arrange_page(
    visit: Visit, code: str, state: FormState, error: ArchiveError | None = None
) -> Response:
    with visit.reading() as tx:
        station = asked_station(tx, code)
        tx.require(Permission.EXPECTED_ARRANGE, station.id)
        plan = plan_in_force(tx)
        since = reads.start_of(tx, station.id, plan)
        named = reads.responsible_at(tx, station.id)
        people = reads.people_at(tx, station.id)
    kinds = reads.regular_kinds(plan)
    default = named.get("")
    return show(
        visit,
        "expected/arrange.html",
        status=status_of(error) if error else 200,
        state=state,
        labels=_labels(visit),
        notice_text="" if error else just_done(visit, "expected"),
        crumbs=way(visit, visit.t("expected.arrange")),
        station=station,
        since=f"{since:%Y-%m}",
        kinds=[Option(kind.code, kind_named(visit, kind)) for kind in kinds],
        people=[Option(person.code, person.name) for person in people],
        columns=columns_of(visit, ("kind", "text"), ("cycle", "text"), ("responsible", "text")),
        rows=[
            {
                "kind": kind_named(visit, kind),
                "cycle": visit.t(f"cycle.{kind.cycle}"),
                "responsible": named[kind.code].name
                if kind.code in named
                else visit.t("expected.by_default", name=default.name if default else "—"),
            }
            for kind in kinds
        ],
    )


def _settle_page(
    visit: Visit,
    asked: tuple[str, str, str],
    state: FormState,
    error: ArchiveError | None = None,
) -> Response:
    with visit.reading() as tx:
        station = asked_station(tx, asked[0])
        tx.require(Permission.EXPECTED_SETTLE, station.id)
        plan = plan_in_force(tx)
    kind = next((one for one in plan.kinds if one.code == asked[1]), None)
    if kind is None:
        raise NoSuchThing(thing="record_kind", key="")
    return show(
        visit,
        "expected/settle.html",
        status=status_of(error) if error else 200,
        state=state,
        labels=_labels(visit),
        crumbs=way(visit, visit.t("expected.settle")),
        station=station,
        kind=kind.code,
        period=asked[2],
        name=f"{kind_named(visit, kind)} · {asked[2]}",
    )


def _take_back_page(
    visit: Visit,
    settlement_id: int,
    code: str,
    state: FormState,
    error: ArchiveError | None = None,
) -> Response:
    with visit.reading() as tx:
        station = asked_station(tx, code)
        tx.require(Permission.EXPECTED_SETTLE, station.id)
        settled = reads.settled_at(tx, station.id)
    one = next((line for line in settled if line.settlement.id == settlement_id), None)
    if one is None:
        raise NoSuchThing(thing="filing_settlement", key=str(settlement_id))
    return show(
        visit,
        "expected/take_back.html",
        status=status_of(error) if error else 200,
        state=state,
        labels=_labels(visit),
        crumbs=way(visit, visit.t("expected.taking_back")),
        station=station,
        href=f"{HERE}/taken-back/{settlement_id}",
        name=f"{kind_named(visit, one.kind)} · {one.settlement.period}",
        said=one.record_code or one.settlement.reason,
    )


def _labels(visit: Visit) -> dict[str, str]:
    return {
        key: visit.t(f"expected.{key}") for key in ("code", "reason", "month", "person", "kind")
    }
