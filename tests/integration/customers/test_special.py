"""The register of special customers: on consent, for one purpose, for those appointed to it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import MetaData, select, text

from archive.audit import TrailEntry
from archive.customers.actions.customers import CustomerFacts, open_dossier
from archive.customers.actions.special import (
    end_service,
    look,
    look_through_register,
    plan_visit,
    record_visit,
    review,
    withdraw_consent,
)
from archive.customers.customer import CustomerType, NotACustomerNumber
from archive.customers.purpose import PurposeMissing, PurposeNamesPerson
from archive.customers.queries.special import due, entry_seen, register_counts
from archive.customers.sealing import SpecialKeyMissing
from archive.customers.special import (
    AlreadyOnRegister,
    ConsentInFuture,
    ConsentNotFiled,
    NumberHasNoDossier,
    ReviewTooFar,
    SpecialCategory,
    SpecialCustomer,
    SpecialFrozen,
    SpecialState,
    VisitDayImpossible,
)
from archive.customers.special_facts import EvidenceMissing
from archive.transaction import NoSuchThing
from tests.builders import Station, settle_station
from tests.holdings import filed, with_file_plan
from tests.special import GAO, PLANTED, appointed, consent_code, on_register


def trail(station: Station) -> list[TrailEntry]:
    return station.asks(lambda tx: list(tx.session.scalars(select(TrailEntry))))


def test_an_entry_is_opened_for_a_purpose_and_the_look_is_kept(station: Station):
    care = appointed(station)
    entry = on_register(station, care)
    seen = care.does(look, entry.id, purpose="安排本月上门服务")
    assert (seen.facts, seen.visits) == (GAO, ())
    last = trail(station)[-1]
    assert (last.event, last.subject, last.told) == (
        "special.looked",
        f"special:{entry.id}",
        {"purpose": "安排本月上门服务"},
    )
    ((kept, who),) = care.does(entry_seen, entry.id).looks
    assert (kept.purpose, who.code) == ("安排本月上门服务", care.code)


@pytest.mark.parametrize("purpose", ["", "——", "看看高凤岐", "打 13912346677", "证 CJ20110455"])
def test_without_a_purpose_or_with_a_name_in_it_nothing_is_shown(station: Station, purpose: str):
    care = appointed(station)
    entry = on_register(station, care)
    with pytest.raises((PurposeMissing, PurposeNamesPerson)):
        care.does(look, entry.id, purpose=purpose)
    with pytest.raises((PurposeMissing, PurposeNamesPerson)):
        care.does(look_through_register, station.id, purpose=purpose)
    assert care.does(entry_seen, entry.id).looks == ()


def test_to_others_there_is_no_register_and_no_number(station: Station):
    care = appointed(station)
    entry = on_register(station, care)
    other = settle_station(station.system, code="HX", name="河西供电所")
    stranger = appointed(other)
    people = (
        station.archivist,
        station.custodian,
        station.finance,
        station.leader,
        station.auditor,
        station.administrator,
        stranger,
    )
    for person in people:
        with pytest.raises(NoSuchThing):
            person.does(look, entry.id, purpose="看看")
        with pytest.raises(NoSuchThing):
            person.does(look_through_register, station.id, purpose="看看")
        with pytest.raises(NoSuchThing):
            person.does(entry_seen, entry.id)
    for person in people[:-1]:
        with pytest.raises(NoSuchThing):
            person.does(register_counts)
    assert [row.active for row in stranger.does(register_counts)] == [0]


def test_the_head_knows_how_many_and_nothing_else(station: Station):
    care = appointed(station)
    entry = on_register(station, care)
    (count,) = station.head.does(register_counts)
    assert (count.active, count.stopped) == (1, 0)
    for read in (due, register_counts):
        care.does(read)
    with pytest.raises(NoSuchThing):
        station.head.does(due)
    with pytest.raises(NoSuchThing):
        station.head.does(look, entry.id, purpose="检查")


def test_consent_is_filed_first_in_the_special_customer_file_of_the_station(station: Station):
    care = appointed(station)
    on_register(station, care)
    another = replace(GAO, number="0000112233")
    complaint = filed(station, "complaint")
    for code in ("", "Z109-ZY·YX·2026·D3·BGS-999", complaint.code):
        with pytest.raises(ConsentNotFiled):
            on_register(station, care, another, code=code)
    with pytest.raises(AlreadyOnRegister):
        on_register(station, care, code=consent_code(station))


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"number": "1.2E+9"}, NotACustomerNumber),
        ({"evidence": " "}, EvidenceMissing),
        ({"evidence_number": ""}, EvidenceMissing),
    ],
)
def test_what_is_not_enough_is_not_registered(
    station: Station, changes: dict[str, str], refusal: type[Exception]
):
    with pytest.raises(refusal):
        on_register(station, appointed(station), replace(GAO, **changes))


@pytest.mark.parametrize("days", [0, -1, 367])
def test_the_review_lies_within_a_year(station: Station, days: int):
    care = appointed(station)
    with pytest.raises(ReviewTooFar):
        on_register(station, care, review_on=station.today + timedelta(days))


def test_visits_are_planned_made_and_fall_due_by_their_serial_alone(station: Station, clock):
    care = appointed(station)
    entry = on_register(station, care)
    with pytest.raises(VisitDayImpossible):
        care.does(plan_visit, entry.id, due_on=station.today - timedelta(1))
    visit = care.does(plan_visit, entry.id, due_on=station.today)
    (line,) = care.does(due)
    assert (line.serial, line.what, line.special_id) == (1, "visit", entry.id)
    with pytest.raises(VisitDayImpossible):
        care.does(record_visit, entry.id, visit.id, made_on=station.today + timedelta(1))
    care.does(record_visit, entry.id, visit.id, made_on=station.today, note="换了保险丝")
    assert care.does(due) == []
    seen = care.does(look, entry.id, purpose="核对上门记录")
    assert [(one.visit.made_on, one.note) for one in seen.visits] == [(station.today, "换了保险丝")]
    clock.advance(days=330)
    assert [line.what for line in care.does(due)] == ["review"]
    care.does(review, entry.id, next_on=station.today + timedelta(300))
    assert care.does(due) == []


@pytest.mark.parametrize("stop", [withdraw_consent, end_service])
def test_from_withdrawal_on_nothing_is_done_but_keeping(station: Station, stop):
    care = appointed(station)
    entry = on_register(station, care)
    visit = care.does(plan_visit, entry.id, due_on=station.today)
    care.does(stop, entry.id)
    for attempt, facts in (
        (look, {"purpose": "看看"}),
        (plan_visit, {"due_on": station.today}),
        (review, {"next_on": station.today + timedelta(9)}),
        (withdraw_consent, {}),
        (end_service, {}),
    ):
        with pytest.raises(SpecialFrozen):
            care.does(attempt, entry.id, **facts)
    with pytest.raises(SpecialFrozen):
        care.does(record_visit, entry.id, visit.id, made_on=station.today)
    assert care.does(due) == []
    (line,) = care.does(look_through_register, station.id, purpose="安排上门")
    assert (line.name, line.village, line.category) == ("", "", None)
    (count,) = station.head.does(register_counts)
    assert (count.active, count.stopped, count.visits_overdue) == (0, 1, 0)


def test_after_withdrawal_the_customer_can_consent_anew(station: Station):
    care = appointed(station)
    first = on_register(station, care)
    care.does(withdraw_consent, first.id)
    again = on_register(station, care, code=consent_code(station))
    assert (again.serial, again.state) == (2, SpecialState.ACTIVE)


@pytest.mark.parametrize(
    "statement",
    [
        (
            "INSERT INTO special_look (special_id, by_id, at, purpose)"
            " SELECT id, verified_by_id, registered_at, 'x' FROM special_customer"
        ),
        (
            "INSERT INTO special_visit (id, special_id, due_on)"
            " SELECT 'v2', id, consent_on FROM special_customer"
        ),
        "UPDATE special_visit SET made_on = '2026-10-19', made_by_id = 1",
        "UPDATE special_look SET purpose = 'y'",
        "UPDATE special_customer SET state = 'active', stopped_on = NULL",
        "UPDATE special_customer SET facts = 'x'",
    ],
)
def test_the_database_itself_freezes_what_is_withdrawn(station: Station, statement: str):
    care = appointed(station)
    entry = on_register(station, care)
    care.does(plan_visit, entry.id, due_on=station.today)
    care.does(look, entry.id, purpose="安排上门")
    care.does(withdraw_consent, entry.id)
    with pytest.raises(SpecialFrozen):
        station.asks(lambda tx: tx.session.execute(text(statement)))


def test_nothing_of_a_special_customer_stands_anywhere_in_the_database(station: Station):
    care = appointed(station)
    entry = on_register(station, care)
    visit = care.does(plan_visit, entry.id, due_on=station.today)
    care.does(record_visit, entry.id, visit.id, made_on=station.today, note=GAO.need)
    care.does(look, entry.id, purpose="安排上门")
    care.does(look_through_register, station.id, purpose="安排上门")
    kinds = {"record_kind", "plan_category"}  # the file plan names the kinds of its own accord
    tables = MetaData()
    tables.reflect(station.system.engine)
    with station.system.engine.connect() as connection:
        kept = {
            table.name: str(connection.execute(select(table)).all())
            for table in tables.tables.values()
            if table.name not in kinds
        }
    assert len(kept) > 20
    assert entry.id in kept["special_customer"]
    found = [(table, word) for table, rows in kept.items() for word in PLANTED if word in rows]
    assert found == []


def test_a_lost_key_is_said_and_no_new_one_is_made(station: Station):
    care = appointed(station)
    entry = on_register(station, care)
    path = station.system.settings.effective_special_key_file
    key = path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    path.unlink()
    with pytest.raises(SpecialKeyMissing):
        care.does(look, entry.id, purpose="安排上门")
    with pytest.raises(SpecialKeyMissing):
        on_register(station, care, replace(GAO, number="55555"), code=consent_code(station))
    assert not path.exists()
    path.write_bytes(key)
    assert care.does(look, entry.id, purpose="安排上门").facts.category == SpecialCategory.DISABLED


def test_consent_is_not_given_tomorrow(station: Station):
    from archive.customers.actions.special import Consent, register_special
    from tests.holdings import with_file_plan

    care = appointed(station)
    with_file_plan(station)
    consent = Consent(station.today + timedelta(1), consent_code(station), "2026-1")
    with pytest.raises(ConsentInFuture):
        care.does(register_special, station.id, GAO, consent, review_on=date(2027, 1, 1))
    assert station.asks(lambda tx: tx.session.query(SpecialCustomer).count()) == 0


def test_a_number_without_a_dossier_is_refused_once_the_customers_are_known(station: Station):
    care = appointed(station)
    facts = CustomerFacts(
        number="0418002317", name="王秀兰", village="青石村一组", type=CustomerType.RESIDENT,
        opened_on=station.today,
    )  # fmt: skip
    station.archivist.does(open_dossier, station.id, facts)
    with_file_plan(station)
    code = consent_code(station)
    with pytest.raises(NumberHasNoDossier) as refused:
        on_register(station, care, code=code)
    assert GAO.number not in str(refused.value)
    known = replace(GAO, number=facts.number)
    assert on_register(station, care, known, code=code).serial == 1
