"""One dossier: masked until opened with a purpose, its records in order, and what it lacks."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fastapi import APIRouter
from starlette.responses import Response

from archive.access import Permission
from archive.customers.actions import customers as verbs
from archive.customers.actions.customers import REVEALED
from archive.customers.customer import CUSTOMER_WORKFLOW, CustomerState
from archive.customers.queries import customers as reads
from archive.customers.queries.customers import DossierRecord, DossierSeen
from archive.errors import ArchiveError, Invalid
from archive.holdings.file_plan import RecordKind
from archive.transaction import NoSuchThing, Transaction
from web import typed
from web.deps import Form, PostedForm, SignedIn, Visit
from web.errors import status_of
from web.page import go, show
from web.pages.around import just_done
from web.pages.customers import HERE, customer_status, facts_in, labels, standing, type_options
from web.parts import Column, Fact, FormState, Link, Option, Status, Tone
from web.typed import RowNumber

router = APIRouter(prefix=HERE)

PAIR_TONES: dict[str, Tone] = {"paired": "good", "mismatch": "bad", "e-corrupt": "bad"}


class NothingChosen(Invalid):
    """No field was chosen to be opened."""


@dataclass(frozen=True, slots=True)
class Opened:
    """Facts opened for this one answer, and what for."""

    facts: Mapping[str, str] = field(default_factory=dict)
    purpose: str = ""


@router.get("/{customer_id}")
def customer(visit: SignedIn, customer_id: RowNumber) -> Response:
    return _page(visit, customer_id, FormState())


@router.post("/{customer_id}/open")
def reveal(visit: SignedIn, customer_id: RowNumber, form: PostedForm) -> Response:
    """The facts stand in this answer alone; nothing of them is in an address or kept."""
    purpose = form.text("purpose")
    fields = form.texts("fields")

    def work(tx: Transaction) -> dict[str, str]:
        if not set(fields) & set(REVEALED):
            raise NothingChosen(field="fields")
        return verbs.reveal(tx, customer_id, fields=fields, purpose=purpose)

    outcome = visit.attempt(work)
    if outcome.error is not None:
        values = {"purpose": purpose, "fields": fields}
        state = FormState(values, visit.form_state(form, outcome.error).errors)
        return _after(visit, customer_id, state, outcome.error)
    return _page(visit, customer_id, FormState(), opened=Opened(outcome.value, purpose))


@router.post("/{customer_id}/correct")
def correct(visit: SignedIn, customer_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> None:
        number = reads.seen_customer(tx, customer_id).number
        facts = facts_in(form, number=number)
        verbs.correct_customer(tx, customer_id, facts, reason=form.text("reason"))

    error = visit.attempt(work).error
    if error is None:
        return go(f"{HERE}/{customer_id}?done=corrected")
    typed_again = Opened({name: form.text(name) for name in REVEALED})
    return _after(visit, customer_id, visit.form_state(form, error), error, typed_again)


@router.post("/{customer_id}/close")
def close(visit: SignedIn, customer_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> None:
        verbs.close_account(
            tx,
            customer_id,
            closed_on=typed.day(form.text("closed_on"), "closed_on"),
            closing_paper=typed.words(
                form.text("closing_paper"), "closing_paper", most=120, required=False
            ),
        )

    return _done(visit, customer_id, form, visit.attempt(work).error, "closed")


@router.post("/{customer_id}/reopen")
def reopen(visit: SignedIn, customer_id: RowNumber, form: PostedForm) -> Response:
    def work(tx: Transaction) -> None:
        verbs.reopen_account(tx, customer_id, reason=form.text("reason"))

    return _done(visit, customer_id, form, visit.attempt(work).error, "reopened")


def _done(
    visit: Visit, customer_id: int, form: Form, error: ArchiveError | None, done: str
) -> Response:
    if error is None:
        return go(f"{HERE}/{customer_id}?done={done}")
    return _after(visit, customer_id, visit.form_state(form, error), error)


def _after(
    visit: Visit,
    customer_id: int,
    state: FormState,
    error: ArchiveError,
    opened: Opened | None = None,
) -> Response:
    if isinstance(error, NoSuchThing):
        raise error
    return _page(visit, customer_id, state, status_of(error), opened)


def _page(
    visit: Visit,
    customer_id: int,
    state: FormState,
    status: int = 200,
    opened: Opened | None = None,
) -> Response:
    with visit.reading() as tx:
        seen = reads.dossier(tx, customer_id)
        station_id = seen.customer.station_id
        may_keep = tx.can(Permission.CUSTOMER_KEEP, station_id)
        may_open = tx.can(Permission.CUSTOMER_REVEAL, station_id)
    customer_state = CustomerState(seen.customer.state)
    name = f"{seen.name} · {seen.customer.number}"
    opened = opened or Opened()
    return show(
        visit,
        "customers/customer.html",
        status=status,
        state=state,
        labels=labels(visit, "fields", "purpose", "reason", "closed_on", "closing_paper"),
        crumbs=[Link(visit.t("section.customers"), HERE), Link(name, "")],
        name=name,
        href=f"{HERE}/{customer_id}",
        customer=seen.customer,
        customer_state=customer_status(visit, customer_state),
        notice_text=just_done(visit, "customers") if status == 200 else "",
        facts=_facts(visit, seen),
        history=_history(visit, seen),
        columns=_columns(visit),
        rows=[_row(visit, line) for line in seen.records],
        missing_columns=[
            Column("kind", visit.t("customers.kind")),
            Column("why", visit.t("customers.why"), "status"),
        ],
        missing=_missing(visit, seen),
        opened=[Fact(visit.t(f"customers.{key}"), told) for key, told in opened.facts.items()],
        purpose_told=visit.t("customers.opened_told", purpose=opened.purpose)
        if opened.purpose
        else "",
        may_open=may_open,
        may_keep=may_keep,
        open_fields=[Option(key, visit.t(f"customers.{key}")) for key in REVEALED],
        types=type_options(visit),
        closing=may_keep and CUSTOMER_WORKFLOW.allows("close", customer_state),
        reopening=may_keep and CUSTOMER_WORKFLOW.allows("reopen", customer_state),
    )


def _facts(visit: Visit, seen: DossierSeen) -> list[Fact]:
    customer = seen.customer
    facts = [
        Fact(visit.t("customers.number"), customer.number, "code"),
        Fact(visit.t("customers.name"), seen.name),
        Fact(visit.t("customers.type"), visit.t(f"customer-type.{customer.type}")),
        Fact(visit.t("customers.village"), customer.village),
        Fact(visit.t("customers.telephone"), seen.telephone),
        Fact(visit.t("customers.opened_on"), customer.opened_on, "day"),
        Fact(visit.t("customers.station"), seen.station.name),
        Fact(visit.t("customers.registered_by"), seen.registered_by.name),
        Fact(visit.t("customers.registered_at"), customer.registered_at, "moment"),
        Fact(
            visit.t("customers.standing"), standing(visit, len(seen.standing.lacks)), kind="status"
        ),
    ]
    if customer.closed_on is not None:
        facts += [
            Fact(visit.t("customers.closed_on"), customer.closed_on, "day"),
            Fact(visit.t("customers.closing_paper"), customer.closing_paper),
        ]
    return facts


def _history(visit: Visit, seen: DossierSeen) -> list[str]:
    return [
        visit.t(
            "customers.history_line", day=one.closed_on, paper=one.closing_paper, reason=one.reason
        )
        for one, _ in seen.reopenings
    ]


def _columns(visit: Visit) -> list[Column]:
    def column(key: str, kind: str = "text") -> Column:
        return Column(key, visit.t(f"customers.{key}"), kind)  # type: ignore[arg-type]

    return [
        column("code", "link"),
        column("kind"),
        column("record_title"),
        column("formed_on", "day"),
        column("pages", "number"),
        column("pair", "status"),
    ]


def _row(visit: Visit, line: DossierRecord) -> dict[str, object]:
    state = str(line.pair.state)
    return {
        "code": Link(line.record.code, f"/holdings/records/{line.record.id}"),
        "kind": _named(visit, line.kind),
        "record_title": line.record.title,
        "formed_on": line.record.formed_on,
        "pages": line.record.pages,
        "pair": Status(visit.t(f"state-pair.{state}"), PAIR_TONES.get(state, "warn")),
    }


def _missing(visit: Visit, seen: DossierSeen) -> list[dict[str, object]]:
    """What the dossier lacks, what must be there first; kinds no plan knows by their code."""
    tones: tuple[tuple[tuple[str, ...], str, Tone], ...] = (
        (seen.standing.lacks, "must", "bad"),
        (seen.standing.wanted, "should", "warn"),
    )
    return [
        {
            "kind": _named(visit, seen.kinds[code]) if code in seen.kinds else code,
            "why": Status(visit.t(f"customers.{why}"), tone),
        }
        for codes, why, tone in tones
        for code in codes
    ]


def _named(visit: Visit, kind: RecordKind) -> str:
    return kind.name_en if visit.language == "en" else kind.name_zh
