"""特殊客户登记册: what is due, the register for a purpose, and a new entry [seed 1.5].

To whoever is not appointed there is no such page. Nothing of a person stands in an address: the
ids are random, and what is asked for is posted.
"""

from fastapi import APIRouter
from starlette.responses import Response

from archive.access import Permission
from archive.customers.actions import special as verbs
from archive.customers.actions.special import Consent, SpecialLine
from archive.customers.queries import special as reads
from archive.customers.queries.special import DueLine, RegisterCount
from archive.customers.special import SpecialCategory, SpecialCustomer, SpecialState
from archive.customers.special_facts import SpecialFacts
from archive.people.person import Station
from archive.transaction import Transaction
from web import typed
from web.deps import Form, PostedForm, SignedIn, Visit
from web.errors import status_of
from web.page import go, show
from web.pages.around import station_options
from web.parts import Action, Column, FormState, Kind, Link, Option, Status, Tone

router = APIRouter(prefix="/special")

HERE = "/special"
TONES: dict[str, Tone] = {SpecialState.ACTIVE: "good"}
FIELDS = (
    "station",
    "category",
    "number",
    "name",
    "village",
    "house",
    "telephone",
    "evidence",
    "evidence_number",
    "seen_on",
    "guardian",
    "need",
    "consent_on",
    "consent_code",
    "notice_version",
    "review_on",
)


@router.get("")
def register(visit: SignedIn) -> Response:
    return _page(visit, FormState())


@router.post("/list")
def look_through(visit: SignedIn, form: PostedForm) -> Response:
    """The register stands in this answer alone."""

    def work(tx: Transaction) -> list[SpecialLine]:
        station = _chosen(reads.register_stations(tx), form.text("station"))
        return verbs.look_through_register(tx, station.id, purpose=form.text("purpose"))

    outcome = visit.attempt(work)
    if outcome.error is not None:
        state = visit.form_state(form, outcome.error)
        return _page(visit, state, status_of(outcome.error))
    return _page(visit, FormState(form.values), lines=outcome.value)


@router.get("/new")
def new_entry(visit: SignedIn) -> Response:
    return _new_page(visit, FormState())


@router.post("/new")
def register_special(visit: SignedIn, form: PostedForm) -> Response:
    def work(tx: Transaction) -> SpecialCustomer:
        station = _chosen(reads.register_stations(tx), form.text("station"))
        return verbs.register_special(
            tx,
            station.id,
            _facts(form),
            Consent(
                typed.day(form.text("consent_on"), "consent_on"),
                form.text("consent_code"),
                typed.words(form.text("notice_version"), "notice_version", most=20),
            ),
            review_on=typed.day(form.text("review_on"), "review_on"),
        )

    outcome = visit.attempt(work)
    if outcome.error is not None:
        state = visit.form_state(form, outcome.error)
        return _new_page(visit, state, status_of(outcome.error))
    return go(f"{HERE}/{outcome.value.id}?done=registered")


def special_status(visit: Visit, state: str) -> Status:
    return Status(visit.t(f"state-special.{state}"), TONES.get(state, "quiet"))


def labels(visit: Visit, *names: str) -> dict[str, str]:
    """Names of fields, for the summary of errors."""
    return {name: visit.t(f"special.{name}") for name in names}


def _page(
    visit: Visit, state: FormState, status: int = 200, lines: list[SpecialLine] | None = None
) -> Response:
    with visit.reading() as tx:
        counts = reads.register_counts(tx)
        keeps = tx.can(Permission.SPECIAL_KEEP)
        due = reads.due(tx) if keeps else []
    new = Action(visit.t("special.new"), f"{HERE}/new", "primary")
    return show(
        visit,
        "special/register.html",
        status=status,
        state=state,
        labels=labels(visit, "station", "purpose"),
        actions=[new] if keeps else [],
        keeps=keeps,
        lead=visit.t("special.lead" if keeps else "special.count_lead"),
        stations=station_options(row.station for row in counts),
        count_columns=_columns(
            visit,
            station="text",
            active="number",
            stopped="number",
            visits_made="number",
            visits_overdue="number",
        ),
        counts=[_count(row) for row in counts],
        due_columns=_columns(visit, entry="link", what="text", due_on="day"),
        due=[_due(visit, line) for line in due],
        line_columns=_columns(
            visit,
            entry="link",
            name="text",
            village="text",
            category="text",
            review_on="day",
            state="status",
        ),
        lines=None if lines is None else [_line(visit, line) for line in lines],
    )


def _new_page(visit: Visit, state: FormState, status: int = 200) -> Response:
    with visit.reading() as tx:
        stations = reads.register_stations(tx)
    return show(
        visit,
        "special/new.html",
        status=status,
        state=state,
        labels=labels(visit, *FIELDS),
        crumbs=[Link(visit.t("section.special"), HERE), Link(visit.t("special.new"), "")],
        stations=station_options(stations),
        categories=[
            Option(str(one), visit.t(f"special-category.{one}")) for one in SpecialCategory
        ],
    )


def _facts(form: Form) -> SpecialFacts:
    def said(name: str, most: int) -> str:
        return typed.words(form.text(name), name, most=most, required=False)

    category = form.text("category")
    known = SpecialCategory(category) if category in set(SpecialCategory) else None
    return SpecialFacts(
        category=typed.given(known, "category"),
        number=said("number", 40),
        name=said("name", 60),
        village=said("village", 60),
        house=said("house", 120),
        telephone=said("telephone", 40),
        evidence=said("evidence", 60),
        evidence_number=said("evidence_number", 60),
        seen_on=typed.day(form.text("seen_on"), "seen_on"),
        guardian=said("guardian", 60),
        need=said("need", 500),
    )


def _chosen(stations: list[Station], code: str) -> Station:
    if len(stations) == 1:
        return stations[0]
    return typed.given(next((one for one in stations if one.code == code), None), "station")


def _columns(visit: Visit, **kinds: Kind) -> list[Column]:
    return [Column(key, visit.t(f"special.{key}"), kind) for key, kind in kinds.items()]


def _count(row: RegisterCount) -> dict[str, object]:
    return {
        "station": row.station.name,
        "active": row.active,
        "stopped": row.stopped,
        "visits_made": row.visits_made,
        "visits_overdue": row.visits_overdue,
    }


def _due(visit: Visit, line: DueLine) -> dict[str, object]:
    return {
        "entry": Link(visit.t("special.serial_n", n=line.serial), f"{HERE}/{line.special_id}"),
        "what": visit.t(f"special.{line.what}"),
        "due_on": line.due_on,
    }


def _line(visit: Visit, line: SpecialLine) -> dict[str, object]:
    entry = line.entry
    return {
        "entry": Link(visit.t("special.serial_n", n=entry.serial), f"{HERE}/{entry.id}"),
        "name": line.name,
        "village": line.village,
        "category": visit.t(f"special-category.{line.category}") if line.category else "",
        "review_on": entry.review_on,
        "state": special_status(visit, entry.state),
    }
