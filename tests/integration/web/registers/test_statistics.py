"""The page of statistics: figures, bars and tables, and the same as a spreadsheet."""

from tests.builders import Station
from tests.holdings import filed, scanned, with_file_plan
from tests.integration.web.registers.test_registers import sheet
from tests.integration.web.visiting import Visits

STATISTICS = "/holdings/statistics"


def holdings(station: Station) -> None:
    with_file_plan(station)
    scanned(station, filed(station))
    filed(station)
    filed(station, "bookkeeping-volume")
    filed(station, "special-customer-file")


def test_every_chart_has_its_table_beside_it(station: Station, visits: Visits):
    holdings(station)
    archivist = visits(station.archivist)
    assert archivist.get("/holdings/registers").link("馆藏统计") == STATISTICS
    page = archivist.get(STATISTICS)
    assert page.says("向您开放的档案（件） 4", "限制查看的档案（件） 0", "数字化比例 25.0%")
    assert page.says("KU·PZ 1 25.0%", "WS 2 50.0%", "待扫描 3 75.0%", "有电子件 1 25.0%")
    assert page.response.text.count("<svg") == page.response.text.count('class="table"') == 6
    assert "style=" not in page.response.text


def test_what_is_restricted_is_a_plain_total(station: Station, visits: Visits):
    holdings(station)
    page = visits(station.clerk).get(STATISTICS)
    assert page.says("向您开放的档案（件） 3", "限制查看的档案（件） 1", "另有 1 件限制查看")
    assert not page.says("ZY·YX")


def test_the_figures_are_to_be_had_as_a_spreadsheet(station: Station, visits: Visits):
    holdings(station)
    rows = sheet(visits(station.archivist).get(f"{STATISTICS}?file=xlsx"))
    assert rows[0] == ("统计项目", "分类", "件数")
    assert ("馆藏统计", "向您开放的档案（件）", 4) in rows
    assert ("按门类", "WS", 2) in rows
    assert ("按保管期限", "30年", 1) in rows


def test_an_empty_archive_counts_nothing_and_says_what_to_do(station: Station, visits: Visits):
    page = visits(station.archivist, "en").get(STATISTICS)
    assert page.says("Records open to you 0", "There are no records yet")
