"""The pages of what is expected and not filed [seed 5.6]."""

import csv
import io
from datetime import date

from pypdf import PdfReader

from archive.expected.actions import set_start
from tests.builders import Station
from tests.holdings import filed, with_file_plan
from tests.integration.web.visiting import Visits

HERE = "/holdings/expected"


def asked(station: Station, month: str = "2026-09") -> None:
    with_file_plan(station)
    station.head.does(set_start, station.id, month=month)


def test_without_a_plan_the_page_says_what_to_do_first(station: Station, visits: Visits):
    page = visits(station.archivist).get(HERE)
    assert page.says("还没有启用档案门类")
    assert page.link("去档案门类") == "/holdings/plan"


def test_what_is_missing_is_listed_with_whose_it_is(station: Station, visits: Visits):
    asked(station)
    filed(station, "reading-rate-statistics", "抄表率", date(2026, 9, 30))
    page = visits(station.archivist).get(HERE)
    assert page.says("2026年9月", "营销月报等报表", "2026年第3季度", "孙梅", "2026-10-15")
    assert not page.says("2026年9月 抄表率及差错率统计记录")
    narrowed = visits(station.archivist).get(f"{HERE}?kind=usage-plan")
    assert narrowed.response.text.count("/settle?") == 1
    english = visits(station.archivist, "en").get(HERE)
    assert english.says("2026-9", "2026, quarter 3", "Days overdue")


def test_the_archivist_accounts_for_a_period_and_takes_it_back(station: Station, visits: Visits):
    asked(station)
    archivist = visits(station.archivist)
    place = archivist.get(f"{HERE}?kind=usage-plan").link("说明")
    assert place == f"{HERE}/settle?station={station.code}&kind=usage-plan&period=2026-Q3"
    form = {"station": station.code, "kind": "usage-plan", "period": "2026-Q3"}
    assert archivist.get(place).says("农村电费票据使用计划及批准 · 2026-Q3")
    unsaid = archivist.post(f"{HERE}/settle", form, account="none", reason="")
    assert unsaid.beside("reason")
    unknown = archivist.post(f"{HERE}/settle", form, account="filed", code="Z109-X")
    assert unknown.beside("code")
    assert unknown.holds("code") == "Z109-X"
    said = archivist.post(f"{HERE}/settle", form, account="none", reason="本季度没有领用")
    page = archivist.goes(said)
    assert page.says("已记下说明。", "不需要：本季度没有领用")
    back = page.link("撤回说明")
    assert back is not None
    assert archivist.get(back).says("本季度没有领用")
    posted = back.partition("?")[0]
    assert archivist.post(posted, station=station.code, reason="").beside("reason")
    done = archivist.post(posted, station=station.code, reason="查到了计划")
    assert archivist.goes(done).says("已撤回，这一期重新列为应归档。")


def test_the_head_sets_the_start_and_names_persons(station: Station, visits: Visits):
    asked(station)
    head = visits(station.head)
    page = head.get(f"{HERE}/arrange")
    assert page.holds("month") == "2026-09"
    wrong = head.post(f"{HERE}/arrange/start", station=station.code, month="九月")
    assert wrong.beside("month")
    moved = head.post(f"{HERE}/arrange/start", station=station.code, month="2026-08")
    assert head.goes(moved).says("起始月份已保存。")
    named = head.post(
        f"{HERE}/arrange/person",
        station=station.code,
        kind="usage-plan",
        person=station.custodian.code,
    )
    assert head.goes(named).says("责任人已指定。", "王秀兰", "孙梅（默认）")
    assert visits(station.archivist).get(f"{HERE}/arrange").status == 403
    assert (
        visits(station.clerk)
        .get(f"{HERE}/settle?station={station.code}&kind=usage-plan&period=2026-Q3")
        .status
        == 403
    )


def test_home_says_what_one_answers_for(station: Station, visits: Visits):
    asked(station)
    page = visits(station.archivist).get("/")
    assert page.says("您负责的材料有")
    assert visits(station.head).get("/").says("孙梅负责的材料有")
    assert not visits(station.clerk).get("/").says("没有归档")


def test_the_monthly_sheet_is_taken_out_as_a_file(station: Station, visits: Visits):
    asked(station, "2026-08")
    archivist = visits(station.archivist)
    told = archivist.get(f"{HERE}?month=2026-10&file=csv").response.content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(told)))
    assert rows[0] == ["所属期", "材料", "制度条款", "责任人", "最迟归档", "逾期天数"]
    assert {row[4] for row in rows[1:]} == {"2026-10-15"}
    assert "2026年8月" not in told
    assert archivist.get(f"{HERE}?file=xlsx").response.content[:2] == b"PK"


def test_whoever_has_nothing_to_do_with_records_sees_nothing(station: Station, visits: Visits):
    asked(station)
    assert visits(station.collector).get(HERE).status == 403
    assert visits(station.auditor).get(HERE).status == 200
    assert visits(station.auditor).get(f"{HERE}?station=XX").status == 404


def test_the_sheet_is_printed_with_whose_it_is(station: Station, visits: Visits):
    asked(station)
    page = visits(station.archivist).get(HERE)
    pdf = visits(station.archivist).get(page.link("打印清单")).response
    assert pdf.headers["content-type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(pdf.content)).pages
    text = "".join("".join(page.extract_text() for page in pages).replace("\u200b", "").split())
    assert "应归档未归档清单" in text
    assert "孙梅" in text
    assert "2026-10-15" in text
