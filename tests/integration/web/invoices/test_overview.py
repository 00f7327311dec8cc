"""The first page of 票据: who holds what, and how the gate stands."""

from tests.builders import Station
from tests.clock import SettableClock
from tests.integration.web.visiting import Visits


def test_the_stock_is_told_by_holder(station: Station, visits: Visits):
    station.used(last="04210004")
    station.excepted()
    station.book_in_stock()
    station.excepted()
    station.issued_books()

    page = visits(station.head).get("/invoices")

    assert sorted(page.rows()) == sorted(
        [
            "（在途，还没有人接收） 农村电费三联发票 1 0 0 0 0 10",
            "张大勇 农村电费三联发票 0 0 1 0 0 6",
            "王秀兰 农村电费三联发票 0 1 0 0 0 10",
        ]
    )
    assert page.says("合计 1 1 1 0 0 26")


def test_what_finance_accepted_is_nobodys_charge(station: Station, visits: Visits):
    station.accepted_volume()

    assert visits(station.head).get("/invoices").says("这里现在没有票据本")


def test_the_gate_is_told_with_its_reasons(station: Station, visits: Visits):
    closed = visits(station.custodian).get("/invoices")
    assert closed.says("还不能领用（2 条原因）", "本季度还没有这种票据的使用计划")
    assert closed.link("领用新票据") == "/invoices/requests/new?station=QS"
    assert closed.link("逐条查看") == "/invoices/requests/new?station=QS&kind=ND3"

    station.accepted_volume()
    opened = visits(station.custodian).get("/invoices")
    assert opened.says("可以领用", "本季度计划还剩 3 本")


def test_a_voided_signature_closes_the_gate_on_this_page_too(station: Station, visits: Visits):
    station.accepted_volume()
    with station.system.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE verification SET state = 'voided'")

    assert visits(station.head).get("/invoices").says("财务签字之后内容变过")


def test_many_reasons_are_cut_short_and_counted(
    station: Station, visits: Visits, clock: SettableClock
):
    for _ in range(3):
        station.excepted()
        station.used(station.book_in_use())
    clock.advance(days=1)

    page = visits(station.head).get("/invoices")

    assert page.says("还有 3 条，请逐条查看")


def test_the_company_sees_every_station_and_opens_one(
    station: Station, neighbour: Station, visits: Visits
):
    station.book_in_use()
    finance = visits(station.finance)

    page = finance.get("/invoices")

    assert [row.split()[0] for row in page.rows()] == ["河西供电所", "青石供电所"]
    assert page.link("青石供电所") == "/invoices?station=QS"
    assert finance.get("/invoices?station=QS").says("青石供电所的票据", "张大勇")
    assert finance.get("/invoices?station=nowhere").says("河西供电所")


def test_a_station_sees_only_itself(station: Station, neighbour: Station, visits: Visits):
    page = visits(neighbour.head).get("/invoices?station=QS")

    assert page.says("河西供电所的票据")
    assert not page.says("青石供电所")


def test_everybody_with_books_finds_their_own(station: Station, visits: Visits):
    assert visits(station.collector).get("/invoices").link("我手里的票据本") == (
        "/invoices/books?mine=1"
    )
    assert visits(station.finance).get("/invoices").link("我手里的票据本") is None


def test_who_has_no_part_in_invoices_is_refused(station: Station, visits: Visits):
    for who in (station.clerk, station.administrator):
        assert visits(who).get("/invoices").status == 403
    assert visits(None).get("/invoices").status == 303


def test_the_overview_stands_in_english_too(station: Station, neighbour: Station, visits: Visits):
    station.book_in_use()

    assert visits(station.custodian, "en").get("/invoices").says("Who holds what", "Closed")
    assert visits(station.finance, "en").get("/invoices").says("Choose a station")
