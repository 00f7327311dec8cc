"""What should have been filed and was not, on both databases."""

from datetime import date

import pytest
from sqlalchemy import text

from archive.access import NotPermitted
from archive.expected.actions import (
    make_responsible,
    say_filed,
    say_not_applicable,
    set_start,
    take_back,
)
from archive.expected.expectation import (
    AlreadySettled,
    NoSuchRecordHere,
    NotExpected,
    NotOfThisStation,
    SettlementContradictory,
)
from archive.expected.period import NotAPeriod
from archive.expected.queries import (
    Sheet,
    not_filed_by_me,
    not_filed_by_others,
    settled_at,
    sheet_of,
)
from archive.people.person import Station as StationNoun
from archive.reason import ReasonMissing
from tests.builders import Station, settle_station
from tests.holdings import filed, with_file_plan


def sheet(station: Station, who=None) -> Sheet:
    found = (who or station.archivist).does(sheet_of, station.sees(StationNoun, station.id))
    assert found is not None
    return found


def missing(station: Station, kind: str) -> list[str]:
    return [str(one.period) for one in sheet(station).missing if one.kind.code == kind]


def asked_since(station: Station, month: str) -> Station:
    with_file_plan(station)
    station.head.does(set_start, station.id, month=month)
    return station


def test_before_a_plan_is_in_force_nothing_is_expected(station: Station):
    assert station.archivist.does(sheet_of, station.sees(StationNoun, station.id)) is None
    assert station.archivist.does(not_filed_by_me) == []


def test_without_a_start_a_station_is_asked_from_the_month_of_its_plan(station: Station, clock):
    with_file_plan(station)
    assert sheet(station).expected == 0
    clock.advance(days=60)
    assert sheet(station).since == date(2026, 10, 1)
    assert missing(station, "monthly-report") == ["2026-10", "2026-11"]


def test_every_period_since_the_start_is_asked_for_by_its_cycle(station: Station):
    asked_since(station, "2026-02")
    months = [f"2026-{month:02d}" for month in range(2, 10)]
    assert missing(station, "monthly-report") == months
    assert missing(station, "usage-plan") == ["2026-Q1", "2026-Q2", "2026-Q3"]
    assert missing(station, "issue-register") == []
    assert missing(station, "complaint") == []
    found = sheet(station)
    assert found.expected == len(found.missing)


def test_a_record_accounts_for_the_period_it_was_formed_in(station: Station):
    asked_since(station, "2026-07")
    before = sheet(station)
    filed(station, "monthly-report", "八月营销月报", date(2026, 8, 31))
    filed(station, "usage-plan", "三季度计划", date(2026, 7, 1))
    assert missing(station, "monthly-report") == ["2026-07", "2026-09"]
    assert missing(station, "usage-plan") == []
    after = sheet(station)
    assert (after.filed, after.expected) == (2, before.expected)


def test_the_records_of_another_station_account_for_nothing(station: Station):
    asked_since(station, "2026-09")
    other = settle_station(station.system, code="HX", name="河西供电所")
    filed(other, "monthly-report", "九月营销月报", date(2026, 9, 30))
    assert missing(station, "monthly-report") == ["2026-09"]
    with pytest.raises(NotPermitted):
        other.archivist.does(sheet_of, station.sees(StationNoun, station.id))


def test_a_record_written_later_accounts_for_the_period_one_says_and_for_no_other(
    station: Station, clock
):
    asked_since(station, "2026-09")
    report = filed(station, "monthly-report", "九月营销月报", date(2026, 10, 3))
    said = station.archivist.does(
        say_filed, station.id, "monthly-report", "2026-09", code=report.code.lower()
    )
    assert missing(station, "monthly-report") == []
    clock.advance(days=60)
    assert missing(station, "monthly-report") == ["2026-10", "2026-11"]
    with pytest.raises(ReasonMissing):
        station.archivist.does(take_back, said.id, reason=" ")
    station.archivist.does(take_back, said.id, reason="记错了月份")
    assert missing(station, "monthly-report") == ["2026-09", "2026-11"]


def test_none_for_a_period_needs_a_reason_and_is_said_once(station: Station):
    asked_since(station, "2026-09")
    where = (station.id, "bank-statement", "2026-09")
    with pytest.raises(ReasonMissing):
        station.archivist.does(say_not_applicable, *where, reason="——")
    station.archivist.does(say_not_applicable, *where, reason="专户由公司统一对账")
    found = sheet(station)
    assert (found.excused, missing(station, "bank-statement")) == (1, [])
    with pytest.raises(AlreadySettled):
        station.archivist.does(say_not_applicable, *where, reason="又说一次")
    (line,) = station.archivist.does(settled_at, station.id)
    assert (line.settlement.reason, line.by.code) == ("专户由公司统一对账", station.archivist.code)


@pytest.mark.parametrize(
    ("kind", "period", "refusal"),
    [
        ("complaint", "2026-09", NotExpected),
        ("nothing", "2026-09", NotExpected),
        ("outage-callback", "2026-09", NotExpected),
        ("monthly-report", "2026-Q3", NotAPeriod),
        ("usage-plan", "2026-09", NotAPeriod),
    ],
)
def test_only_what_is_expected_is_accounted_for(
    station: Station, kind: str, period: str, refusal: type[Exception]
):
    asked_since(station, "2026-09")
    with pytest.raises(refusal):
        station.archivist.does(say_not_applicable, station.id, kind, period, reason="没有")


def test_what_was_not_filed_cannot_be_said_to_be(station: Station):
    asked_since(station, "2026-09")
    other = settle_station(station.system, code="HX", name="河西供电所")
    elsewhere = filed(other, "monthly-report", "九月营销月报", date(2026, 9, 30))
    for code in ("", "Z109-X", elsewhere.code):
        with pytest.raises(NoSuchRecordHere):
            station.archivist.does(say_filed, station.id, "monthly-report", "2026-09", code=code)


def test_the_archivist_answers_for_what_nobody_else_was_named_for(station: Station):
    asked_since(station, "2026-09")
    with pytest.raises(NotPermitted):
        station.archivist.does(
            make_responsible, station.id, "usage-plan", person_id=station.clerk.id
        )
    with pytest.raises(NotOfThisStation):
        station.head.does(make_responsible, station.id, "usage-plan", person_id=station.finance.id)
    station.head.does(make_responsible, station.id, "usage-plan", person_id=station.custodian.id)
    whose = {one.kind.code: one.responsible.code for one in sheet(station).missing}
    assert whose["usage-plan"] == station.custodian.code
    assert whose["monthly-report"] == station.archivist.code
    station.head.does(make_responsible, station.id, "usage-plan", person_id=None)
    assert {one.responsible.code for one in sheet(station).missing} == {station.archivist.code}


def test_home_tells_each_what_they_answer_for_and_the_head_whose_it_is(station: Station):
    asked_since(station, "2026-09")
    station.head.does(make_responsible, station.id, "usage-plan", person_id=station.clerk.id)
    (mine,) = station.clerk.does(not_filed_by_me)
    assert (mine.kind, mine.facts["n"], mine.facts["period"]) == ("not-filed", 1, "2026-Q3")
    whose = {one.facts["person"]: one.facts["n"] for one in station.head.does(not_filed_by_others)}
    assert whose[station.clerk.name] == 1
    assert whose[station.archivist.name] == len(sheet(station).missing) - 1
    assert station.clerk.does(not_filed_by_others) == []
    assert station.head.does(not_filed_by_me) == []


def test_the_start_can_be_moved(station: Station):
    asked_since(station, "2026-09")
    station.head.does(set_start, station.id, month="2026-08")
    assert missing(station, "monthly-report") == ["2026-08", "2026-09"]


def test_the_database_wants_a_record_or_a_reason(station: Station):
    asked_since(station, "2026-09")
    station.archivist.does(
        say_not_applicable, station.id, "usage-plan", "2026-Q3", reason="没有领用"
    )
    with pytest.raises(SettlementContradictory):
        station.asks(
            lambda tx: tx.session.execute(text("UPDATE filing_settlement SET reason = ''"))
        )
