"""设置: persons and their offices, stations, kinds of invoice."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from archive.access import Permission, Role
from archive.custody.actions.plans import add_kind
from archive.custody.kind import KindCodeTaken
from archive.custody.queries.books import kinds
from archive.errors import ArchiveError, NotFound
from archive.people import actions as verbs
from archive.people import queries as reads
from archive.people.actions import WrongPassword
from archive.people.person import (
    Appointment,
    OfficesClash,
    OneCustodianOnly,
    Person,
    SignInNameTaken,
    Station,
    StationCodeTaken,
)
from archive.people.queries import PersonFilter, PersonRow
from archive.transaction import NoSuchThing, Transaction
from web import typed
from web.deps import Form, PostedForm, SignedIn, Visit
from web.errors import status_of
from web.listing import Listing
from web.page import go, show
from web.pages.around import crumbs, just_done, station_options
from web.pages.people_page import account_word, office_words, person_page, role_options
from web.parts import Action, Column, FormState, Kind, Link, Option
from web.typed import RowNumber

router = APIRouter(prefix="/settings")

HERE = "/settings"

BESIDE: dict[type[ArchiveError], str] = {
    SignInNameTaken: "code",
    StationCodeTaken: "code",
    KindCodeTaken: "code",
    OfficesClash: "role",
    OneCustodianOnly: "role",
    WrongPassword: "password",
}
"""The field of the form that a refusal without one is about."""


@router.get("")
def persons(visit: SignedIn) -> Response:
    listing = Listing.asked(
        visit,
        filters=("text", "role", "station", "active"),
        orders=("code", "-code", "name", "-name"),
    )
    with visit.reading() as tx:
        tx.require(Permission.PERSON_READ)
        stations = reads.stations(tx)
        rows, total = reads.persons(
            tx,
            _wanted(listing, stations),
            order=listing.order,
            offset=listing.offset,
            limit=listing.per_page,
        )
    return show(
        visit,
        "people/list.html",
        actions=_actions(visit),
        state=FormState(dict(listing.filters)),
        roles=role_options(visit),
        stations=station_options(stations),
        actives=[Option(key, visit.t(f"people.active_{key}")) for key in ("yes", "no")],
        columns=_columns(visit, listing),
        rows=[_row(visit, row) for row in rows],
        pages=listing.pages(len(rows), total),
    )


@router.get("/people/new")
def new_person(visit: SignedIn) -> Response:
    return _new_person(visit, FormState())


@router.post("/people/new")
def add_person(visit: SignedIn, form: PostedForm) -> Response:
    def work(tx: Transaction) -> Person:
        return verbs.add_person(
            tx,
            typed.words(form.text("code"), "code", most=20),
            typed.words(form.text("name"), "name", most=40),
            str(form.data.get("new_password", "")),
        )

    outcome = visit.attempt(work)
    if outcome.error is not None:
        return _new_person(visit, _state(visit, form, outcome.error), outcome.error)
    return go(f"{HERE}/people/{outcome.value.id}?done=added")


@router.get("/people/{person_id}")
def person(visit: SignedIn, person_id: RowNumber) -> Response:
    return person_page(visit, person_id)


@router.post("/people/{person_id}/appoint")
def appoint(visit: SignedIn, person_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> Appointment:
        stations = {station.code: station.id for station in reads.stations(tx)}
        role = form.text("role")
        return verbs.appoint(
            tx,
            person_id,
            typed.given(Role(role) if role in set(Role) - {Role.SCANNER} else None, "role"),
            stations.get(form.text("station_id")),
            from_on=typed.day(form.text("from_on"), "from_on"),
            document=typed.words(form.text("document"), "document", most=120, required=False),
        )

    return _do(visit, person_id, form, "appointed", work)


@router.post("/people/{person_id}/end")
def end(visit: SignedIn, person_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> None:
        key = typed.count(form.text("appointment"), "", most=2**31 - 1)
        if tx.get(Appointment, key).person_id != person_id:
            raise NoSuchThing(thing="appointment", key=str(key))
        verbs.end_appointment(tx, key)

    return _do(visit, person_id, form, "ended", work)


@router.post("/people/{person_id}/disable")
def disable(visit: SignedIn, person_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> None:
        tx.require(Permission.PERSON_APPOINT)
        verbs.confirm_password(tx, str(form.data.get("password", "")))
        verbs.disable_person(tx, person_id)

    return _do(visit, person_id, form, "disabled", work)


@router.post("/people/{person_id}/password")
def reset_password(visit: SignedIn, person_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> None:
        verbs.reset_password(tx, person_id, str(form.data.get("new_password", "")))

    return _do(visit, person_id, form, "password_reset", work)


@router.get("/stations")
def stations(visit: SignedIn) -> Response:
    return _stations(visit, FormState())


@router.post("/stations")
def add_station(visit: SignedIn, form: PostedForm) -> Response:
    def work(tx: Transaction) -> object:
        code = typed.words(form.text("code"), "code", most=12)
        return verbs.add_station(tx, code, typed.words(form.text("name"), "name", most=60))

    error = visit.attempt(work).error
    if error is not None:
        return _stations(visit, _state(visit, form, error), error)
    return go(f"{HERE}/stations?done=station_added")


@router.get("/kinds")
def invoice_kinds(visit: SignedIn) -> Response:
    return _kinds(visit, FormState())


@router.post("/kinds")
def add_invoice_kind(visit: SignedIn, form: PostedForm) -> Response:
    def work(tx: Transaction) -> object:
        return add_kind(
            tx,
            code=typed.words(form.text("code"), "code", most=12),
            name=typed.words(form.text("name"), "name", most=60),
            code_digits=typed.count(form.text("code_digits"), "code_digits", least=0, most=12),
            number_digits=typed.count(
                form.text("number_digits"), "number_digits", least=6, most=20
            ),
            book_size=typed.count(form.text("book_size"), "book_size", most=1000),
            copies=typed.count(form.text("copies"), "copies", most=9),
        )

    error = visit.attempt(work).error
    if error is not None:
        return _kinds(visit, _state(visit, form, error), error)
    return go(f"{HERE}/kinds?done=kind_added")


def _wanted(listing: Listing, stations: list[Station]) -> PersonFilter:
    return PersonFilter(
        text=listing.text("text"),
        role=listing.text("role"),
        station_id=next((one.id for one in stations if one.code == listing.text("station")), None),
        active={"yes": True, "no": False}.get(listing.text("active")),
    )


def _do(
    visit: Visit, person_id: int, form: Form, done: str, work: Callable[[Transaction], Any]
) -> Response:
    def seen_first(tx: Transaction) -> Any:
        reads.person_seen(tx, person_id)
        return work(tx)

    error = visit.attempt(seen_first).error
    if error is None:
        return go(f"{HERE}/people/{person_id}?done={done}")
    if isinstance(error, NotFound):
        raise error
    return person_page(visit, person_id, _state(visit, form, error), status_of(error))


def _state(visit: Visit, form: Form, error: ArchiveError) -> FormState:
    """What was typed, the error beside its field; passwords are never sent back."""
    values = {key: value for key, value in form.values.items() if "password" not in key}
    field = getattr(error, "field", None) or BESIDE.get(type(error), "")
    return FormState(values, {field: visit.told(error)})


def _new_person(visit: Visit, state: FormState, error: ArchiveError | None = None) -> Response:
    with visit.reading() as tx:
        tx.require(Permission.PERSON_APPOINT)
    return show(
        visit,
        "people/new.html",
        status=status_of(error) if error else 200,
        state=state,
        crumbs=crumbs(visit, "settings", (visit.t("people.add"), "")),
    )


def _stations(visit: Visit, state: FormState, error: ArchiveError | None = None) -> Response:
    with visit.reading() as tx:
        tx.require(Permission.PERSON_READ)
        rows = reads.station_rows(tx)
        may_add = tx.can(Permission.SETTINGS_EDIT)
    columns = [
        Column("code", visit.t("people.station_code")),
        Column("name", visit.t("people.station_name")),
        Column("custodian", visit.t("role.custodian")),
        Column("persons", visit.t("people.serving"), "number", total=sum(r.persons for r in rows)),
    ]
    return show(
        visit,
        "people/stations.html",
        status=status_of(error) if error else 200,
        state=state,
        crumbs=crumbs(visit, "settings", (visit.t("people.stations"), "")),
        notice_text="" if error else just_done(visit, "people"),
        may_add=may_add,
        columns=columns,
        rows=rows,
    )


def _kinds(visit: Visit, state: FormState, error: ArchiveError | None = None) -> Response:
    with visit.reading() as tx:
        tx.require(Permission.PERSON_READ)
        rows = kinds(tx)
        may_add = tx.can(Permission.SETTINGS_EDIT)
    counted = ("code_digits", "number_digits", "book_size", "copies")
    columns = [
        Column("code", visit.t("people.kind_code")),
        Column("name", visit.t("people.kind_name")),
        *(Column(key, visit.t(f"people.{key}"), "number") for key in counted),
    ]
    return show(
        visit,
        "people/kinds.html",
        status=status_of(error) if error else 200,
        state=state,
        crumbs=crumbs(visit, "settings", (visit.t("people.kinds"), "")),
        notice_text="" if error else just_done(visit, "people"),
        may_add=may_add,
        digits=[Option(str(n), visit.t("people.digits", n=n)) for n in (12, 10, 0)],
        columns=columns,
        rows=rows,
    )


def _actions(visit: Visit) -> list[Action]:
    places = [
        Action(visit.t("people.stations"), f"{HERE}/stations"),
        Action(visit.t("people.kinds"), f"{HERE}/kinds"),
    ]
    if visit.actor.may(Permission.PERSON_APPOINT):
        places.insert(0, Action(visit.t("people.add"), f"{HERE}/people/new", "primary"))
    return places


def _columns(visit: Visit, listing: Listing) -> list[Column]:
    def column(key: str, kind: Kind = "text", *, order: str = "") -> Column:
        return listing.column(key, visit.t(f"people.{key}"), kind, order=order)

    return [
        column("name", "link", order="name"),
        column("code", order="code"),
        column("offices"),
        column("account", "status"),
    ]


def _row(visit: Visit, row: PersonRow) -> dict[str, object]:
    return {
        "name": Link(row.name, f"{HERE}/people/{row.id}"),
        "code": row.code,
        "offices": office_words(visit, row.offices),
        "account": account_word(visit, active=row.active, fresh=row.must_change_password),
    }
