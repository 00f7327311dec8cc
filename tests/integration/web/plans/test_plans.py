"""The pages of plans [seed 3.3]."""

import pytest

from archive.access import Role
from archive.custody.plan import PlanState, UsagePlan
from archive.people import actions as people
from archive.people.person import Appointment
from tests.builders import Station
from tests.integration.web.visiting import Visits

A_PLAN = {
    "station": "QS",
    "kind": "ND3",
    "year": "2026",
    "quarter": "4",
    "books": "4",
    "basis": "用户 120 户",
}


def test_a_plan_is_proposed_by_the_custodian_and_approved_by_finance(
    station: Station, visits: Visits
):
    custodian, finance = visits(station.custodian), visits(station.finance)

    proposed = custodian.post("/invoices/plans/new", A_PLAN)

    assert proposed.leads_to("/invoices/plans/1?done=proposed")
    assert custodian.goes(proposed).says("计划已上报", "已上报", "用户 120 户", "王秀兰")
    seen = finance.get("/invoices/plans/1")
    assert seen.button("批准") == "ready"
    assert seen.says("青石供电所本季度领用“农村电费三联发票”4 本")
    approved = finance.post("/invoices/plans/1/approve", opinion="同意")
    assert finance.goes(approved).says("计划已批准", "陈玉华", "同意", "还可以领（本） 4")
    assert station.sees(UsagePlan, 1).state == PlanState.APPROVED


def test_the_overview_leads_finance_to_the_plan_that_waits(station: Station, visits: Visits):
    visits(station.custodian).post("/invoices/plans/new", A_PLAN)

    home = visits(station.finance).get("/")

    assert 'href="/invoices/plans/1"' in home.response.text


def test_a_plan_goes_back_only_with_a_reason(station: Station, visits: Visits):
    visits(station.custodian).post("/invoices/plans/new", A_PLAN)
    finance = visits(station.finance)

    refused = finance.post("/invoices/plans/1/return", opinion="  ")

    assert refused.status == 422
    assert "要写明原因" in refused.beside("opinion")
    assert station.sees(UsagePlan, 1).state == PlanState.PROPOSED


def test_a_returned_plan_is_mended_and_proposed_again(station: Station, visits: Visits):
    custodian, finance = visits(station.custodian), visits(station.finance)
    custodian.post("/invoices/plans/new", A_PLAN)
    finance.post("/invoices/plans/1/return", opinion="太多了")

    seen = custodian.get("/invoices/plans/1")
    assert seen.says("已退回", "太多了")
    assert seen.holds("books") == "4"
    again = custodian.post("/invoices/plans/1/propose", books="3", basis="核减")

    assert custodian.goes(again).says("计划已上报", "核减")
    assert finance.get("/invoices/plans/1").button("批准") == "ready"


def test_a_second_plan_for_the_quarter_must_be_a_supplement(station: Station, visits: Visits):
    custodian = visits(station.custodian)
    custodian.post("/invoices/plans/new", A_PLAN)

    refused = custodian.post("/invoices/plans/new", A_PLAN)

    assert refused.status == 409
    assert refused.says("已经有计划了", "追加计划")
    assert refused.holds("books") == "4"
    assert refused.holds("basis") == "用户 120 户"
    more = custodian.post("/invoices/plans/new", A_PLAN, supplement="yes", books="2")
    assert custodian.goes(more).says("2026 年第 4 季度（追加 1）")


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("books", "", "没有填"),
        ("books", "一本", "整数"),
        ("books", "1.5", "整数"),
        ("books", "-1", "整数"),
        ("books", "1e3", "整数"),
        ("books", "99999999999999999999", "整数"),
        ("quarter", "5", "整数"),
        ("year", "26", "整数"),
        ("kind", "nothing", "没有填"),
    ],
)
def test_a_slip_stands_beside_its_field_and_nothing_is_proposed(
    station: Station, visits: Visits, field: str, typed: str, told: str
):
    refused = visits(station.custodian).post("/invoices/plans/new", A_PLAN | {field: typed})

    assert refused.status == 422
    assert told in refused.beside(field)
    assert station.asks(lambda tx: tx.session.query(UsagePlan).count()) == 0


def test_full_width_figures_are_understood(station: Station, visits: Visits):
    visits(station.custodian).post("/invoices/plans/new", A_PLAN, books="１２")

    assert station.sees(UsagePlan, 1).books == 12


def test_only_the_custodian_proposes(station: Station, visits: Visits):
    for who in (station.collector, station.finance, station.head):
        visitor = visits(who)
        assert visitor.get("/invoices/plans/new").status == 403
        assert visitor.post("/invoices/plans/new", A_PLAN).status == 403
        assert visitor.get("/invoices/plans").link("上报使用计划") is None
    assert station.asks(lambda tx: tx.session.query(UsagePlan).count()) == 0


def test_only_finance_decides(station: Station, visits: Visits):
    visits(station.custodian).post("/invoices/plans/new", A_PLAN)
    for who in (station.custodian, station.head, station.leader):
        visitor = visits(who)
        assert visitor.get("/invoices/plans/1").button("批准") == "missing"
        assert visitor.post("/invoices/plans/1/approve").status == 403
    assert station.sees(UsagePlan, 1).state == PlanState.PROPOSED


def test_who_proposed_a_plan_cannot_approve_it_even_as_finance_later(
    station: Station, visits: Visits
):
    visits(station.custodian).post("/invoices/plans/new", A_PLAN)
    office = station.asks(
        lambda tx: (
            tx.session.query(Appointment)
            .filter_by(person_id=station.custodian.id, role=Role.CUSTODIAN)
            .one()
        )
    )
    station.administrator.does(people.end_appointment, office.id)
    station.administrator.does(people.appoint, station.custodian.id, Role.FINANCE, None)
    moved = visits(station.custodian)

    assert moved.get("/invoices/plans/1").button("批准") == "grey"
    refused = moved.post("/invoices/plans/1/approve")

    assert refused.status == 403
    assert refused.says("不能由同一个人办", "上报计划")
    assert station.sees(UsagePlan, 1).state == PlanState.PROPOSED


def test_a_plan_decided_twice_says_how_it_stands(station: Station, visits: Visits):
    visits(station.custodian).post("/invoices/plans/new", A_PLAN)
    visits(station.finance).post("/invoices/plans/1/approve")

    late = visits(station.other_finance).post("/invoices/plans/1/approve")

    assert late.status == 409
    assert late.says("已批准")


def test_another_stations_plan_is_not_there(station: Station, neighbour: Station, visits: Visits):
    station.approved_plan()
    stranger = visits(neighbour.custodian)

    assert stranger.get("/invoices/plans/1").status == 404
    assert stranger.post("/invoices/plans/1/propose", books="1", basis="").status == 404
    assert stranger.get("/invoices/plans").rows() == []


def test_the_list_is_narrowed_sorted_and_summed(station: Station, visits: Visits):
    station.approved_plan(4)
    station.approved_plan(2)
    station.granted_request(3)
    finance = visits(station.finance)

    everything = finance.get("/invoices/plans")
    assert len(everything.rows()) == 2
    assert everything.says("合计 6 3")
    assert finance.get("/invoices/plans?state=returned").rows() == []
    assert finance.get("/invoices/plans?state=returned").says("没有符合条件的计划")
    falling = finance.get("/invoices/plans?sort=-books").rows()
    assert [" 4 " in falling[0], " 2 " in falling[1]] == [True, True]
    rising = finance.get("/invoices/plans?sort=books").rows()
    assert rising == falling[::-1]


def test_what_an_address_does_not_know_is_left_out(station: Station, visits: Visits):
    station.approved_plan()
    page = visits(station.finance).get(
        "/invoices/plans?sort=password&page=x&year=%00&state=gone&station=%E2%80%AE"
    )

    assert page.status == 200
    assert len(page.rows()) == 1


def test_a_number_no_database_counts_to_is_not_found(station: Station, visits: Visits):
    finance = visits(station.finance)

    assert finance.get("/invoices/plans/99999999999999999999").status == 404
    assert finance.get("/invoices/plans/0").status == 404
    assert finance.get("/invoices/plans/two").status == 404


def test_a_form_without_its_token_does_nothing(station: Station, visits: Visits):
    refused = visits(station.custodian).post_bare("/invoices/plans/new", A_PLAN)

    assert refused.status == 403
    assert station.asks(lambda tx: tx.session.query(UsagePlan).count()) == 0


def test_a_stranger_is_asked_to_sign_in_and_comes_back(station: Station, visits: Visits):
    answer = visits(None).get("/invoices/plans?state=proposed")

    assert answer.leads_to("/sign-in?next=/invoices/plans%3Fstate%3Dproposed")


def test_the_pages_stand_in_english_too(station: Station, visits: Visits):
    visits(station.custodian).post("/invoices/plans/new", A_PLAN)
    custodian, finance = visits(station.custodian, "en"), visits(station.finance, "en")

    assert custodian.get("/invoices/plans").says("Plans of use", "2026, quarter 4")
    assert custodian.get("/invoices/plans/new").says("Propose a plan")
    assert finance.get("/invoices/plans/1").says("Approve", "This quarter")
