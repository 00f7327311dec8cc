"""Loans and the climate log on their pages, and what of the store waits on the overview."""

from datetime import timedelta

import pytest

from archive.holdings.pair import Pair, PairState
from tests.builders import Station
from tests.integration.web.visiting import Visits
from tests.shelving import boxed, ready, registered_only, with_store

HERE = "/store/loans"


@pytest.fixture
def station(station: Station) -> Station:
    return with_store(station)


def asked(station: Station, visits: Visits, record, **said: object) -> str:
    form = {
        "record": record.id,
        "purpose": "答复客户",
        "due_on": (station.today + timedelta(days=7)).isoformat(),
    } | said
    return visits(station.clerk).post(f"{HERE}/new", form).place.partition("?")[0]


def test_a_loan_from_asking_to_the_check_on_return(station: Station, visits: Visits, clock):
    record = ready(station)
    boxed(station, record)
    archivist, clerk, head = (
        visits(who) for who in (station.archivist, station.clerk, station.head)
    )
    assert (
        clerk.get(f"/store/records/{record.id}").link("申请借阅")
        == f"{HERE}/new?record={record.id}"
    )
    page = clerk.post(f"{HERE}/new", record=record.id, purpose=" ", due_on="2026-10-26")
    assert (page.status, page.holds("due_on")) == (422, "2026-10-26")
    one = asked(station, visits, record)
    assert head.get("/").says(f"申请借阅 {record.code}，等您批准")
    assert clerk.post(f"{one}/approve").status == 403
    assert head.post(f"{one}/approve", opinion="同意").leads_to(f"{one}?done=approve")
    assert archivist.get("/").says("已批准，等您交出")
    assert archivist.post(f"{one}/hand-out").leads_to(f"{one}?done=hand-out")
    assert clerk.get("/").says(f"您借的 {record.code}")
    assert archivist.get(f"/store/records/{record.id}").button("放回") == "missing"

    clock.advance(days=8)
    archivist, clerk, head = (
        visits(who) for who in (station.archivist, station.clerk, station.head)
    )
    assert head.get("/").says("应在 2026-10-26 归还")
    assert clerk.get(HERE).says("逾期未还")
    assert archivist.post(f"{one}/return", pages="").status == 422
    page = archivist.post(f"{one}/return", pages="1", seal_intact="yes", note="少了附件")
    assert page.leads_to(f"{one}?done=return")
    assert archivist.get(one).says("归还异常", "少了附件")
    assert station.sees(Pair, record.id).state == PairState.UNCOMPARED
    assert head.get("/").says("归还时有异常")
    assert head.post(f"{one}/incident", how="附件已补回").leads_to(f"{one}?done=incident")
    assert not head.get("/").says("归还时有异常")


def test_accounting_files_are_seen_on_the_spot(station: Station, visits: Visits):
    record = ready(station, kind="bank-pay-in-slip")
    boxed(station, record)
    form = {"record": record.id, "purpose": "核对", "due_on": station.today.isoformat()}
    page = visits(station.clerk).post(f"{HERE}/new", form)
    assert page.status == 409
    assert page.says("会计档案不外借")
    assert asked(station, visits, record, on_site="yes")


def test_an_own_request_is_shown_with_a_grey_button_that_says_why(station, visits: Visits):
    record = ready(station)
    boxed(station, record)
    form = {"record": record.id, "purpose": "检查", "due_on": station.today.isoformat()}
    one = visits(station.head).post(f"{HERE}/new", form).place.partition("?")[0]
    page = visits(station.head).get(one)
    assert page.button("同意借阅") == "grey"
    assert page.says("自己申请的借阅不能自己批准")
    assert visits(station.head).post(f"{one}/approve").status == 403
    assert visits(station.head).post(f"{one}/withdraw").leads_to(f"{one}?done=withdraw")


def test_others_do_not_see_whose_loans_there_are(station, neighbour, visits: Visits):
    record = ready(station)
    boxed(station, record)
    one = asked(station, visits, record)
    assert visits(station.finance).get(one).status == 404
    assert visits(neighbour.archivist).get(one).status == 404
    assert visits(neighbour.clerk).get(f"{HERE}/new?record={record.id}").status == 404
    assert visits(station.auditor).get(one).status == 200


def test_a_reading_out_of_range_waits_on_the_overview_until_acted_on(station, visits: Visits):
    archivist = visits(station.archivist)
    assert archivist.get("/").says("今天记了 0 次温湿度")
    page = archivist.post("/store/climate", celsius="热", humidity="50")
    assert (page.status, page.holds("celsius")) == (422, "热")
    for degrees in ("18.5", "27"):
        page = archivist.post("/store/climate", celsius=degrees, humidity="50")
        assert page.leads_to("/store/climate?done=read")
    page = archivist.get("/")
    assert page.says("27.0 ℃、50% 超出范围")
    assert not page.says("次温湿度")
    assert archivist.post("/store/climate/2", action=" ").status == 422
    assert archivist.post("/store/climate/2", action="开空调").leads_to("/store/climate?done=acted")
    assert not archivist.get("/").says("超出范围")
    assert archivist.get("/store/climate").says("开空调", "18.5")
    assert visits(station.clerk).post("/store/climate", celsius="18", humidity="50").status == 403


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_waits_to_be_put_away_is_on_the_overview(station, visits: Visits, language):
    registered_only(station)
    page = visits(station.archivist).get(f"/?language={language}")
    assert page.says("1 件档案的纸质件等着装盒上架" if language == "zh" else "1 record waits")
    for path in (HERE, "/store/climate", f"{HERE}?state=overdue&mine=yes"):
        assert (
            visits(station.archivist)
            .get(f"{path}&language={language}" if "?" in path else f"{path}?language={language}")
            .status
            == 200
        )
