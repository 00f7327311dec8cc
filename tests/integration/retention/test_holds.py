"""What saves a record from destruction: placed by anybody who may, lifted as the law wants it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from archive.access import NotPermitted, SamePerson
from archive.audit import TrailEntry
from archive.db import error_for
from archive.errors import ArchiveError
from archive.holdings.actions.pairs import receive_scan
from archive.reason import ReasonMissing
from archive.retention.actions.holds import Covers, lift_hold, place_hold
from archive.retention.hold import (
    Hold,
    HoldCoversNothing,
    HoldCoversTooMuch,
    HoldDocumentMissing,
    HoldElsewhere,
    HoldKeptForEver,
    HoldKind,
    HoldLifted,
    HoldYearsTurned,
    LiftedByPlacer,
    LiftGround,
    NotSettled,
)
from archive.retention.queries.holds import (
    HoldFilter,
    count_holds,
    held_by,
    held_select,
    hold_seen,
    holds,
    holds_on,
    placed_select,
)
from archive.shelving.actions.loans import request_loan, withdraw_loan
from archive.transaction import NoSuchThing
from tests.builders import Colleague, Station, settle_station
from tests.company import Company, open_company
from tests.holdings import SECOND, archived, filed, scanned, with_file_plan
from tests.shelving import boxed, ready, with_store


@pytest.fixture
def station(station: Station) -> Station:
    return with_file_plan(station)


@pytest.fixture
def company(station: Station) -> Company:
    return open_company(station)


def held(
    station: Station,
    *record_ids: int,
    kind: HoldKind = HoldKind.LITIGATION,
    by: Colleague | None = None,
    **covers: object,
) -> Hold:
    return (by or station.archivist).does(
        place_hold,
        station.id,
        Covers(record_ids, **covers),
        kind=kind,
        reason="县法院已受理",
        document="（2026）青民初 118 号",
    )


def lifted(who: Colleague, hold: Hold, **said: object) -> Hold:
    facts = {"ground": LiftGround.CLOSED, "reason": "已结案"} | said
    return who.does(lift_hold, hold.id, **facts)


def kinds_on(station: Station, record_id: int) -> list[str]:
    return [one.kind for one in station.asks(holds_on, [record_id])[record_id]]


def all_held(station: Station) -> set[int]:
    return station.asks(lambda tx: set(tx.session.scalars(held_select())))


def test_a_named_record_is_held_until_the_hold_is_lifted(station: Station):
    record, other = archived(station), archived(station)
    hold = held(station, record.id)
    assert kinds_on(station, record.id) == ["litigation"]
    assert kinds_on(station, other.id) == []
    assert all_held(station) == {record.id}
    lifted(station.head, hold)
    assert kinds_on(station, record.id) == []
    assert all_held(station) == set()


def test_several_holds_lie_on_one_record_and_each_saves_it_alone(station: Station, clock):
    record = archived(station)
    first = held(station, record.id)
    clock.advance(days=1)
    held(station, record.id, kind=HoldKind.AUDIT)
    assert kinds_on(station, record.id) == ["litigation", "audit"]
    lifted(station.head, first)
    assert kinds_on(station, record.id) == ["audit"]
    assert all_held(station) == {record.id}


def test_a_customer_is_held_with_what_is_filed_later(station: Station):
    before = archived(station, customer_number="0312004567")
    hold = held(station, kind=HoldKind.DEBT, customer_number="0312004567")
    after = archived(station, customer_number="0312004567")
    other = archived(station, customer_number="0312004568")
    assert hold.covered == 1
    assert all_held(station) == {before.id, after.id}
    assert kinds_on(station, after.id) == ["debt"]
    assert kinds_on(station, other.id) == []


@pytest.mark.parametrize(
    ("covers", "hit"),
    [
        ({"kind_code": "complaint"}, {"old", "new"}),
        ({"kind_code": "complaint", "year_to": 2025}, {"old"}),
        ({"year_from": 2026}, {"new", "slip"}),
        ({"year_from": 2020, "year_to": 2024}, set()),
    ],
)
def test_a_span_holds_a_kind_and_years_whatever_is_filed(station: Station, covers, hit):
    hold = held(station, **covers)
    records = {
        "old": archived(station, formed_on=date(2025, 5, 5)),
        "new": archived(station, formed_on=date(2026, 5, 5)),
        "slip": archived(station, kind="bank-pay-in-slip", formed_on=date(2026, 5, 5)),
    }
    assert all_held(station) == {records[name].id for name in hit}
    assert {one.id for one in station.head.does(held_by, hold)} == all_held(station)


def test_what_is_held_at_one_station_is_not_held_at_another(station: Station):
    neighbour = settle_station(station.system, code="HX", name="河西供电所")
    mine = archived(station, customer_number="0312004567")
    theirs = archived(neighbour, customer_number="0312004567")
    held(station, customer_number="0312004567")
    held(station, year_from=2020)
    assert all_held(station) == {mine.id}
    assert kinds_on(station, theirs.id) == []
    with pytest.raises(NoSuchThing):
        held(station, theirs.id)
    with pytest.raises(NotPermitted):
        held(neighbour, theirs.id, by=station.archivist)


def test_a_pair_that_is_not_in_order_holds_its_record(station: Station):
    record = filed(station)
    assert kinds_on(station, record.id) == []  # paper alone is whole
    scanned(station, record)
    assert kinds_on(station, record.id) == ["pair"]
    sound = archived(station)
    assert all_held(station) == {record.id}
    station.archivist.does(
        receive_scan, sound.id, pages=2, digest=SECOND, by_id=station.archivist.id
    )
    (seen,) = station.asks(holds_on, [sound.id])[sound.id]
    assert (seen.kind, seen.reason, seen.hold_id) == ("pair", "uncompared", None)


def test_the_stored_ones_are_told_apart_from_the_derived(station: Station):
    record = filed(station)
    scanned(station, record)
    named = archived(station)
    held(station, named.id)
    assert all_held(station) == {record.id, named.id}
    assert station.asks(lambda tx: set(tx.session.scalars(placed_select()))) == {named.id}


@pytest.mark.parametrize("kind", ["debt", "litigation", "audit", "tax"])
def test_who_placed_a_hold_the_law_knows_does_not_lift_it(station: Station, kind):
    record = archived(station)
    hold = held(station, record.id, kind=HoldKind(kind), by=station.head)
    paid = {"ground": LiftGround.SETTLED, "document": "收据 00123", "settled_on": station.today}
    with pytest.raises(SamePerson):
        lifted(station.head, hold, **paid)
    assert lifted(station.leader, hold, **paid).lifted_by_id == station.leader.id


@pytest.mark.parametrize("kind", ["personal-data", "other"])
def test_other_holds_may_be_lifted_by_who_placed_them(station: Station, kind):
    hold = held(station, archived(station).id, kind=HoldKind(kind), by=station.head)
    assert not lifted(station.head, hold).standing


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"ground": LiftGround.WRITTEN_OFF, "document": "核销单 7 号"}, NotSettled),
        ({"ground": LiftGround.CLOSED, "document": "收据 00123"}, NotSettled),
        ({"ground": LiftGround.MISTAKEN, "document": "收据 00123"}, NotSettled),
        ({"ground": LiftGround.SETTLED, "document": "收据", "settled_on": None}, NotSettled),
        (
            {"ground": LiftGround.SETTLED, "document": "收据", "settled_on": date(2099, 1, 1)},
            NotSettled,
        ),
        ({"ground": LiftGround.SETTLED, "document": "  "}, HoldDocumentMissing),
        ({"ground": LiftGround.SETTLED, "document": "收据", "reason": "——"}, ReasonMissing),
    ],
)
def test_arrears_are_released_by_payment_alone(station: Station, said, error):
    record = archived(station)
    hold = held(station, record.id, kind=HoldKind.DEBT)
    with pytest.raises(error):
        lifted(station.head, hold, **({"settled_on": station.today} | said))
    assert kinds_on(station, record.id) == ["debt"]


def test_no_hold_of_any_kind_is_lifted_because_something_was_written_off(station: Station):
    hold = held(station, archived(station).id, kind=HoldKind.OTHER)
    with pytest.raises(NotSettled):
        lifted(station.head, hold, ground=LiftGround.WRITTEN_OFF)


def test_a_hold_is_lifted_once(station: Station):
    hold = held(station, archived(station).id)
    lifted(station.head, hold)
    with pytest.raises(HoldLifted):
        lifted(station.head, hold)


@pytest.mark.parametrize(
    ("covers", "error"),
    [
        (Covers(), HoldCoversNothing),
        (Covers((1,), year_from=2020), HoldCoversTooMuch),
        (Covers(customer_number="0312004567", kind_code="complaint"), HoldCoversTooMuch),
        (Covers(range(10_001)), HoldCoversTooMuch),
        (Covers(year_from=2021, year_to=2020), HoldYearsTurned),
        (Covers(kind_code="no-such-kind"), NoSuchThing),
        (Covers((999_999,)), NoSuchThing),
    ],
)
def test_a_hold_covers_one_sort_of_thing_that_there_is(station: Station, covers, error):
    with pytest.raises(error):
        station.archivist.does(
            place_hold, station.id, covers, kind=HoldKind.OTHER, reason="未了事项"
        )


def test_who_may_hold_and_who_may_lift(station: Station, company: Company):
    record = archived(station)
    for nobody in (station.clerk, station.custodian, station.administrator, company.information):
        with pytest.raises(NotPermitted):
            held(station, record.id, by=nobody)
    hold = held(station, record.id, by=company.audit)
    for nobody in (station.archivist, station.finance, station.clerk):
        with pytest.raises(NotPermitted):
            lifted(nobody, hold)
    lifted(company.archives_head, hold)


def test_a_hold_is_on_the_trail_without_a_customer(station: Station):
    record = archived(station, customer_number="0312004567")
    hold = held(station, customer_number="0312004567")
    named = held(station, record.id)
    lifted(station.head, hold)
    entries = station.asks(
        lambda tx: (
            tx.session.query(TrailEntry)
            .filter(TrailEntry.event.like("hold.%"))
            .order_by(TrailEntry.seq)
            .all()
        )
    )
    assert [(one.event, one.subject) for one in entries] == [
        ("hold.placed", hold.subject),
        ("hold.placed", named.subject),
        ("hold.lifted", hold.subject),
    ]
    assert "0312004567" not in "".join(one.facts for one in entries)
    assert entries[1].told["records"] == [record.code]


def test_the_list_shows_what_stands_first_and_only_of_ones_own_stations(station: Station):
    neighbour = settle_station(station.system, code="HX", name="河西供电所")
    old = held(station, archived(station).id)
    held(station, archived(station).id, kind=HoldKind.TAX)
    theirs = held(neighbour, archived(neighbour).id)
    lifted(station.head, old)
    seen = station.head.does(holds)
    assert [line.hold.kind for line in seen] == ["tax", "litigation"]
    assert seen[1].lifted_by is not None
    assert station.leader.does(count_holds) == 3
    assert station.head.does(count_holds, HoldFilter(state="standing")) == 1
    assert station.head.does(count_holds, HoldFilter(kind="tax", state="lifted")) == 0
    with pytest.raises(NoSuchThing):
        station.head.does(hold_seen, theirs.id)
    with pytest.raises(NotPermitted):
        station.clerk.does(holds)


def refused(station: Station, statement: str) -> ArchiveError | None:
    with station.system.engine.connect() as connection, pytest.raises(IntegrityError) as violation:
        connection.execute(text(statement))
    return error_for(violation.value)


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ("DELETE FROM hold", HoldKeptForEver),
        ("DELETE FROM hold_record", HoldKeptForEver),
        ("UPDATE hold_record SET record_id = record_id", HoldKeptForEver),
        ("UPDATE hold SET reason = '别的'", HoldKeptForEver),
        ("UPDATE hold SET kind = 'other'", HoldKeptForEver),
        ("UPDATE hold SET year_to = 1999", HoldKeptForEver),
        (
            (
                "UPDATE hold SET lifted_by_id = placed_by_id, lifted_at = placed_at,"
                " lift_ground = 'settled', lift_reason = '已收清', lift_document = '收据',"
                " settled_on = '2026-01-01'"
            ),
            LiftedByPlacer,
        ),
        (
            (
                "UPDATE hold SET lifted_by_id = placed_by_id + 1, lifted_at = placed_at,"
                " lift_ground = 'closed', lift_reason = '核销', lift_document = '核销单'"
            ),
            NotSettled,
        ),
    ],
)
def test_the_database_itself_keeps_a_hold(station: Station, statement, error):
    held(station, archived(station).id, kind=HoldKind.DEBT)
    assert isinstance(refused(station, statement), error)


def test_the_database_itself_keeps_a_lifted_hold_lifted(station: Station):
    record, other = archived(station), archived(station)
    hold = held(station, record.id)
    lifted(station.head, hold)
    assert isinstance(refused(station, "UPDATE hold SET lift_reason = '又改'"), HoldLifted)
    add = f"INSERT INTO hold_record (hold_id, record_id) VALUES ({hold.id}, {other.id})"
    assert isinstance(refused(station, add), HoldElsewhere)


def test_a_loan_asked_for_holds_its_record_until_it_is_over(station: Station):
    with_store(station)
    record = ready(station)
    boxed(station, record)
    due = station.today + timedelta(days=7)
    loan = station.clerk.does(request_loan, record.id, purpose="答复客户", due_on=due)
    assert kinds_on(station, record.id) == ["loan"]
    assert all_held(station) == {record.id}
    station.clerk.does(withdraw_loan, loan.id)
    assert kinds_on(station, record.id) == []
