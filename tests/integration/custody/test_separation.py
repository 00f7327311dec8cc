"""Who may not be the same person as whom (domain.md §8), between persons whatever their offices.

Everybody here holds every office at once, appointed past the rule that forbids it: what is
refused is refused to the person.
"""

from collections.abc import Callable
from decimal import Decimal

import pytest

from archive.access import COMPANY_ROLES, Role, SamePerson
from archive.custody.actions import books, plans, requests, verifications, volumes
from archive.custody.book import NotTheReceiver
from archive.custody.gate import ClearanceKind
from archive.people import actions as people
from archive.people.person import Appointment, OfficesClash, OneCustodianOnly
from tests.builders import CODE, PASSWORD, Colleague, Station


@pytest.fixture
def all_mighty(station: Station) -> Station:
    with station.system.transaction(station.administrator.actor()) as tx:
        for person in (station.custodian, station.collector, station.head, station.finance):
            for role in Role:
                at = None if role in COMPANY_ROLES else station.id
                tx.session.add(
                    Appointment(person_id=person.id, role=role, station_id=at, from_on=tx.today)
                )
    return station


def refused_to(who: Colleague, step: str, other: str, verb: Callable, *args, **facts) -> None:
    with pytest.raises(SamePerson) as refused:
        who.does(verb, *args, **facts)
    assert refused.value.facts == {"step": step, "other": other, "person": who.code}


def test_whoever_proposed_a_plan_does_not_decide_it(all_mighty: Station):
    wang = all_mighty.custodian
    plan = wang.does(
        plans.propose_plan,
        station_id=all_mighty.id,
        kind_id=all_mighty.kind_id,
        year=2026,
        quarter=4,
        books=2,
    )
    refused_to(wang, "plan:approve", "plan_author", plans.approve_plan, plan.id)
    refused_to(wang, "plan:return", "plan_author", plans.return_plan, plan.id, opinion="x")
    all_mighty.finance.does(plans.return_plan, plan.id, opinion="x")
    all_mighty.head.does(plans.propose_again, plan.id, books=1, basis="")
    refused_to(all_mighty.head, "plan:approve", "plan_author", plans.approve_plan, plan.id)
    wang.does(plans.approve_plan, plan.id)


def test_asking_clearing_issuing_and_receiving_are_apart(all_mighty: Station):
    wang, chen = all_mighty.custodian, all_mighty.finance
    all_mighty.approved_plan()
    chen.does(
        requests.allow_exception,
        all_mighty.id,
        kind=ClearanceKind.FIRST_ISSUE,
        reason="新所开业",
        password=PASSWORD,
    )
    ask = {"station_id": all_mighty.id, "kind_id": all_mighty.kind_id, "books": 1}
    refused_to(chen, "book:request", "clearance_giver", requests.request_books, **ask)
    request = wang.does(requests.request_books, **ask)
    runs = [(CODE, "04210001", "04210010")]
    refused_to(wang, "book:issue", "book_applicant", requests.issue_books, request.id, runs=runs)
    (book,) = chen.does(requests.issue_books, request.id, runs=runs)
    refused_to(chen, "book:receive", "book_issuer", books.receive_book, book.id)
    wang.does(books.receive_book, book.id)
    refused_to(wang, "book:take", "book_giver", books.offer_book, book.id, wang.id)
    offer = wang.does(books.offer_book, book.id, all_mighty.collector.id)
    with pytest.raises(NotTheReceiver):
        wang.does(books.confirm_handover, offer.id)


def test_using_binding_signing_sealing_and_verifying_are_apart(all_mighty: Station):
    station = all_mighty
    wang, zhang, li, chen = station.custodian, station.collector, station.head, station.finance
    bind = {"station_id": station.id, "month": "2026-10"}
    station.used_up_book()
    refused_to(
        zhang, "volume:bind", "collector", volumes.bind_volume, **bind, collector_id=zhang.id
    )
    volume = wang.does(volumes.bind_volume, **bind, collector_id=zhang.id)
    zhang.does(volumes.sign_volume, volume.id, password=PASSWORD)
    refused_to(zhang, "volume:seal", "collector", volumes.seal_volume, volume.id)
    refused_to(wang, "volume:seal", "volume_binder", volumes.seal_volume, volume.id)
    li.does(volumes.seal_volume, volume.id)
    station.scan(volume)
    verification = li.does(volumes.submit_volume, volume.id)
    step = "verification:decide"
    for who, other in (
        (zhang, "collector"),
        (wang, "volume_binder"),
        (li, "volume_sealer"),
    ):
        with pytest.raises(SamePerson) as refused:
            station.finance_signs(verification, who=who)
        assert refused.value.facts["other"] == other
        refused_to(who, step, other, verifications.return_volume, verification.id, reasons=["x"])
    station.finance_signs(verification, who=chen)


def test_whoever_submitted_a_volume_does_not_verify_it(all_mighty: Station):
    volume = all_mighty.sealed_volume()
    all_mighty.scan(volume)
    verification = all_mighty.finance.does(volumes.submit_volume, volume.id)
    with pytest.raises(SamePerson) as refused:
        all_mighty.finance_signs(verification)
    assert refused.value.facts["other"] == "volume_submitter"
    all_mighty.finance_signs(verification, who=all_mighty.other_finance)


def test_whoever_ever_held_a_book_of_the_volume_does_not_verify_it(all_mighty: Station):
    """Chen held the book for a moment; Zhang wrote in it, Wang bound it, Li sealed it."""
    station = all_mighty
    book = station.book_in_stock()
    offer = station.custodian.does(books.offer_book, book.id, station.finance.id)
    station.finance.does(books.confirm_handover, offer.id)
    station.finance.does(
        books.record_use,
        book.id,
        last=book.first,
        used_on=station.today,
        kwh=Decimal(1),
        amount_fen=1,
    )
    own = station.custodian.does(
        volumes.bind_volume,
        station_id=station.id,
        month="2026-10",
        collector_id=station.finance.id,
    )
    assert own.collector_id == station.finance.id
    station.used(station.book_in_use(), last="04210012")
    with station.system.engine.begin() as connection:
        connection.exec_driver_sql(
            f"UPDATE handover SET receiver_id = {station.finance.id} WHERE book_id = 2"
        )
    verification = station.submitted_volume(station.bound_volume())
    with pytest.raises(SamePerson) as refused:
        station.finance_signs(verification)
    assert refused.value.facts["other"] == "book_holder"


# ------------------------------------------------------------------ offices that clash


def appoint(station: Station, who: Colleague, role: Role, **facts: object) -> Appointment:
    at = None if role in COMPANY_ROLES else station.id
    return station.administrator.does(people.appoint, who.id, role, at, **facts)


def test_clashing_offices_do_not_lie_with_one_person(station: Station):
    for who, role in (
        (station.collector, Role.FINANCE),
        (station.collector, Role.ARCHIVIST),
        (station.finance, Role.COLLECTOR),
        (station.archivist, Role.COLLECTOR),
        (station.custodian, Role.COLLECTOR),
        (station.custodian, Role.STATION_HEAD),
        (station.auditor, Role.ADMINISTRATOR),
        (station.administrator, Role.AUDITOR),
    ):
        with pytest.raises(OfficesClash):
            appoint(station, who, role)


def test_offices_that_begin_later_clash_with_those_given_now(station: Station):
    tomorrow = station.today.replace(day=station.today.day + 1)
    appoint(station, station.clerk, Role.FINANCE, from_on=tomorrow)
    with pytest.raises(OfficesClash):
        appoint(station, station.clerk, Role.COLLECTOR)


def test_an_office_that_ended_before_the_other_begins_does_not_clash(station: Station):
    (held,) = station.asks(people.appointments_of, station.collector.id)
    station.administrator.does(people.end_appointment, held.id)
    appoint(station, station.collector, Role.FINANCE)


def test_a_station_has_one_custodian_and_the_next_begins_when_the_last_has_ended(
    station: Station,
):
    with pytest.raises(OneCustodianOnly):
        appoint(station, station.clerk, Role.CUSTODIAN)
    (held,) = station.asks(people.appointments_of, station.custodian.id)
    station.administrator.does(people.end_appointment, held.id)
    appoint(station, station.clerk, Role.CUSTODIAN)
    with pytest.raises(OneCustodianOnly):
        appoint(station, station.archivist, Role.CUSTODIAN)
