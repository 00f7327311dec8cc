"""One person: the offices held and ever held, and what an administrator may do."""

from collections.abc import Iterable

from starlette.responses import Response

from archive.access import COMPANY_ROLES, Permission, Role
from archive.people import queries as reads
from archive.people.person import Person
from archive.people.queries import OfficeSeen
from web.deps import Visit
from web.page import show
from web.pages.around import crumbs, just_done, station_options
from web.parts import Fact, FormState, Option, Signing, Status

APPOINTABLE = tuple(role for role in Role if role != Role.SCANNER)


def person_page(
    visit: Visit, person_id: int, state: FormState | None = None, status: int = 200
) -> Response:
    """The page of a person; ``state`` is what was typed into its form."""
    with visit.reading() as tx:
        tx.require(Permission.PERSON_READ)
        person, offices = reads.person_seen(tx, person_id)
        may_appoint = tx.can(Permission.PERSON_APPOINT)
        stations = reads.stations(tx)
        today = tx.today
    return show(
        visit,
        "people/person.html",
        status=status,
        state=state or FormState(),
        crumbs=crumbs(visit, "settings", (person.name, "")),
        notice_text=just_done(visit, "people") if status == 200 else "",
        person=person,
        account=account_status(visit, person),
        facts=_facts(visit, person),
        offices=[
            _office(visit, office, me=person.id == visit.actor.person_id) for office in offices
        ],
        may_appoint=may_appoint and person.active,
        roles=role_options(visit),
        stations=station_options(stations),
        today=today.isoformat(),
        disabling=_disabling(visit, person) if may_appoint and person.active else None,
    )


def role_options(visit: Visit) -> list[Option]:
    """Every office a person can be appointed to, with whose office it is."""
    return [
        Option(
            str(role),
            visit.t(f"role.{role}"),
            visit.t("people.of_company" if role in COMPANY_ROLES else "people.of_station"),
        )
        for role in APPOINTABLE
    ]


def office_words(visit: Visit, offices: Iterable[OfficeSeen]) -> str:
    """Offices in one line: 票据保管员（青石供电所）、公司财务."""
    told = [
        visit.t(f"role.{office.appointment.role}")
        + (visit.t("people.at", station=office.station) if office.station else "")
        for office in offices
    ]
    return visit.t("people.joined", offices=told) if told else "—"


def account_status(visit: Visit, person: Person) -> Status:
    """Whether the person can sign in."""
    return account_word(visit, active=person.active, fresh=person.must_change_password)


def account_word(visit: Visit, *, active: bool, fresh: bool) -> Status:
    if not active:
        return Status(visit.t("people.account_disabled"), "quiet")
    if fresh:
        return Status(visit.t("people.account_fresh"), "info")
    return Status(visit.t("people.account_active"), "good")


def _facts(visit: Visit, person: Person) -> list[Fact]:
    return [
        Fact(visit.t("people.code"), person.code),
        Fact(visit.t("people.name"), person.name),
    ]


def _office(visit: Visit, office: OfficeSeen, *, me: bool) -> dict[str, object]:
    appointment = office.appointment
    own = me and appointment.role == Role.ADMINISTRATOR
    return {
        "id": appointment.id,
        "role": visit.t(f"role.{appointment.role}"),
        "station": office.station or visit.t("people.company"),
        "from_on": appointment.from_on,
        "until_on": appointment.until_on,
        "document": appointment.document,
        "status": Status(
            visit.t("people.in_force" if office.in_force else "people.not_in_force"),
            "good" if office.in_force else "quiet",
        ),
        "in_force": office.in_force,
        "why_not": visit.t("people.not_yourself") if own else "",
    }


def _disabling(visit: Visit, person: Person) -> Signing:
    me = person.id == visit.actor.person_id
    return Signing(
        action=f"/settings/people/{person.id}/disable",
        title=visit.t("people.disable"),
        statements=[
            visit.t("people.disable_told", name=person.name, code=person.code),
            visit.t("people.disable_keeps"),
        ],
        button=visit.t("people.disable_button", name=person.name),
        person=visit.actor.name,
        why_not=[visit.t("people.not_yourself")] if me else (),
        irreversible=True,
    )
