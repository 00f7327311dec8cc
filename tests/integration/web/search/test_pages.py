"""The one box as people use it; and that nobody learns from it of what they may not see."""

import re

import pytest

from archive.finding.jobs import catch_up
from archive.holdings.actions.records import Description, file_record
from tests.builders import Colleague, Station, settle_station
from tests.finding import scanned_in
from tests.holdings import filed, kind_id, with_file_plan
from tests.integration.web.visiting import Seen, Visits


@pytest.fixture
def station(station: Station) -> Station:
    return with_file_plan(station)


def asked(visits: Visits, who: Colleague, typed: str, language: str = "zh") -> Seen:
    catch_up(who.system)
    visitor = visits(who, language)
    return visitor.goes(visitor.post("/search", q=typed))


def test_before_anything_is_typed_the_page_says_how_to_search(visits, station):
    page = visits(station.clerk).get("/search")
    assert page.says("只查得到您有权看的档案", "户号:0010023456 类别:合同", "wxl 或 wangxiulan")


def test_what_was_typed_stands_in_no_address(visits, station):
    filed(station, title="停电投诉", parties="王秀兰")
    sent_on = visits(station.clerk).post("/search", q="王秀兰")
    assert re.fullmatch(r"/search/[\w-]{22}", sent_on.place)


def test_a_hit_shows_why_where_and_how_it_stands(visits, station):
    scanned_in(station, "线路检修记录", ["九月二日", "变压器三号台区检修"], kind="repair-call")
    page = asked(visits, station.clerk, "台区检修")
    assert page.says("找到 1 件", "线路检修记录", "第 1 页", "变压器三号", "待纸质件", "青石供电所")
    assert "<mark>台区检修</mark>" in page.response.text


def test_markup_in_what_was_read_is_text(visits, station):
    scanned_in(station, "<b>停电</b>", ["<script>alert(1)</script> 停电"])
    page = asked(visits, station.clerk, "停电")
    assert "<script>alert" not in page.response.text
    assert page.says("<b>停电</b>")


def test_facets_narrow_and_are_taken_away_again(visits, station):
    filed(station, title="停电投诉", formed_on=station.today.replace(year=2025))
    filed(station, title="停电投诉")
    page = asked(visits, station.clerk, "停电")
    narrowed = visits(station.clerk).get(page.link("2025 1"))
    assert narrowed.says("找到 1 件", "年度：2025")
    widened = narrowed.link("年度：2025 ×取消")
    assert visits(station.clerk).get(widened).says("找到 2 件")


def test_nothing_found_says_so_and_offers_the_number_that_was_meant(visits, station):
    filed(station, title="关于 04210051 号票据的说明")
    page = asked(visits, station.clerk, "04210015")
    assert page.says("没有找到", "是不是要查")
    assert page.button("04210051") == "ready"


def test_typing_nothing_is_said_beside_the_box(visits, station):
    page = visits(station.clerk).post("/search", q="  ")
    assert page.status == 422
    assert page.says("请输入要查的内容")


def test_a_search_nobody_made_is_not_there(visits, station):
    assert visits(station.clerk).get("/search/aaaaaaaaaaaaaaaaaaaaaa").status == 404


def test_a_search_is_kept_and_found_again_on_the_first_page(visits, station):
    filed(station, title="停电投诉")
    visitor = visits(station.clerk)
    place = visitor.post("/search", q="停电").place
    visitor.post(f"{place}/keep", name="所有停电")
    page = visitor.get("/search")
    assert page.says("常用检索")
    assert page.link("所有停电") == place


def test_an_invoice_number_shows_its_book_and_holder(visits, station):
    book = station.book_in_use()
    page = asked(visits, station.finance, book.first)
    assert page.says(f"票据号码 {book.first}", station.collector.name)


def test_what_was_found_is_a_file_too(visits, station):
    filed(station, title="停电投诉", parties="王秀兰")
    catch_up(station.system)
    visitor = visits(station.clerk)
    place = visitor.post("/search", q="停电").place
    told = visitor.get(f"{place}?file=csv").response
    assert told.status_code == 200
    text = told.content.decode("utf-8-sig")
    assert "停电投诉" in text
    assert "王秀兰" not in text


def test_who_may_read_no_records_has_no_box(visits, station):
    assert visits(station.collector).get("/").link("检索") is None
    assert visits(station.collector).get("/search").status == 403


def test_english_is_told_in_english(visits, station):
    filed(station, title="停电投诉")
    page = asked(visits, station.clerk, "停电", "en")
    assert page.says("one record found", "Narrow down")


QUESTIONS = (
    "停电",
    "王秀兰",
    "wxl",
    "0418002317",
    "0421*",
    "04210062",
    "类别:投诉",
    "费",
    "供电所:河西",
)


def test_a_world_with_secrets_looks_like_one_without_to_whoever_may_not_know_them(visits, station):
    """Every role × every kind of question: body, count and status are the same, whether or not
    there are records the person may not know of."""
    filed(station, title="停电投诉", parties="刘喆", customer_number="0418002555")
    people = [station.clerk, station.finance, station.leader, station.auditor, station.head]
    neighbour = settle_station(station.system, code="HX", name="河西供电所")
    before = {(who.code, typed): _seen(visits, who, typed) for who in people for typed in QUESTIONS}
    filed(station, kind="special-customer-file", title="停电 王秀兰 04210063", parties="王秀兰")
    filed(station, kind="report-of-wrongdoing", title="停电 举报 04210063", parties="王秀兰")
    described = Description(
        kind_id(station, "complaint"), "停电 04210063", station.today, pages=1, parties="王秀兰",
        customer_number="0418002317",
    )  # fmt: skip
    neighbour.archivist.does(file_record, neighbour.id, described)
    own = {station.clerk.code, station.head.code}
    for who in people:
        for typed in QUESTIONS:
            if who.code in own:  # the others are of the company and may see the neighbour's
                assert _seen(visits, who, typed) == before[who.code, typed], (who.code, typed)
    for who in people[1:4]:
        for typed in ("王秀兰", "wxl", "0418002317", "举报", "特殊"):
            assert _seen(visits, who, typed)[1] == ["找到 0 件"], (who.code, typed)


def _seen(visits: Visits, who: Colleague, typed: str) -> tuple[int, list[str], str]:
    page = asked(visits, who, typed)
    bare = re.sub(
        r'(/search/[\w-]{22}|value="[0-9a-f]{64}"|content="[0-9a-f]{64}")', "", page.response.text
    )
    return page.status, re.findall(r"找到 \d+ 件", page.words), bare
