"""What words on paper propose: days in every shape, kinds by their words, and never a certainty."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.filing.gathering import hints
from archive.filing.line import Line
from archive.filing.proposing import SURE, PageText, days_in, proposals
from archive.filing.separator import Separator, separator_in
from archive.holdings.default_plan import default_plan


def page(*lines: tuple[str, int], number: int = 1, confidence: float = 0.98) -> PageText:
    """A page 1,000 high with lines of so many pixels, from the top down."""
    made = [
        Line(text, confidence, (50, 60 + 70 * n, 500, 60 + 70 * n + high))
        for n, (text, high) in enumerate(lines)
    ]
    return PageText(number, 1000, tuple(made))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026年9月3日", date(2026, 9, 3)),
        ("2026 年 09 月 03 日", date(2026, 9, 3)),
        ("制表日期：2026-09-30", date(2026, 9, 30)),
        ("2026/9/3", date(2026, 9, 3)),
        ("２０２６．９．３", date(2026, 9, 3)),
        ("20260903", date(2026, 9, 3)),
        ("二〇二六年九月三日", date(2026, 9, 3)),
        ("二○二六年十二月三十一日", date(2026, 12, 31)),
        ("二〇二六年十月二十日", date(2026, 10, 20)),
    ],
)
def test_a_day_is_read_in_every_shape_it_is_written(text: str, day: date):
    assert days_in(text) == [day]


@pytest.mark.parametrize(
    "text",
    ["2026年13月3日", "2026-02-30", "0418002317", "户号 20261340", "1.10101E+17", "二月三日"],
)
def test_what_is_no_day_is_none(text: str):
    assert days_in(text) == []


CHINESE = "〇一二三四五六七八九"


def in_chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    return (
        ("" if tens < 2 else CHINESE[tens])
        + ("十" if tens else "")
        + (CHINESE[ones] if ones else "")
    )


@given(st.dates(date(1949, 1, 1), date(2099, 12, 31)))
def test_every_day_is_read_back_from_figures_and_from_chinese(day: date):
    year = "".join(CHINESE[int(figure)] for figure in str(day.year))
    assert days_in(f"{day.year}年{day.month}月{day.day}日") == [day]
    assert days_in(f"{year}年{in_chinese(day.month)}月{in_chinese(day.day)}日") == [day]
    assert days_in(day.isoformat()) == [day]


@given(st.text(max_size=60))
def test_no_text_makes_it_stumble(text: str):
    days_in(text)
    told = proposals([page((text, 30), (text, 60))], hints())
    assert all(0 <= each.confidence <= 1 for each in told.values())


def test_the_largest_line_is_the_title_and_its_words_tell_the_kind():
    told = proposals([page(("营销工作月报", 60), ("本月抄表率 99.6%", 30), ("制表", 30))], hints())
    assert (told["title"].value, told["kind"].value) == ("营销工作月报", "monthly-report")
    assert told["kind"].confidence >= SURE


def test_words_of_two_kinds_leave_it_to_a_person():
    told = proposals([page(("投诉举报", 60))], hints())
    assert told["kind"].confidence < SURE


def test_a_kind_named_only_in_the_text_is_doubtful():
    told = proposals([page(("关于有关事项的说明", 60), ("附：供用电合同复印件", 30))], hints())
    assert told["kind"].value == "supply-contract"
    assert told["kind"].confidence < SURE


def test_days_that_differ_are_doubtful_and_one_beside_its_word_counts():
    told = proposals(
        [page(("合同", 60), ("2026年1月1日起", 30), ("签订日期：2026年8月11日", 30))], hints()
    )
    assert told["formed_on"].value == "2026-08-11"
    told = proposals([page(("甲", 60), ("2026年1月1日", 30), ("2026年2月1日", 30))], hints())
    assert told["formed_on"].confidence < SURE


def test_what_was_read_badly_is_never_proposed_as_sure():
    told = proposals([page(("客户投诉记录", 60), ("2026年9月3日", 30), confidence=0.7)], hints())
    assert all(each.confidence < SURE for name, each in told.items() if name != "kind")


def test_an_empty_page_proposes_nothing():
    assert proposals([page()], hints()) == {}
    assert proposals([], hints()) == {}


def test_every_hint_is_of_a_kind_the_default_plan_has():
    known = {kind.code for kind in default_plan().kinds}
    assert set(hints()) <= known
    archived = {kind.code for kind in default_plan().kinds if kind.archived}
    assert len(archived - set(hints())) <= 5


@given(st.sampled_from([Separator(), Separator(kind_code="complaint")]))
def test_a_separator_is_read_back_from_its_code(separator: Separator):
    assert separator_in(separator.payload) == separator


def test_a_separator_for_a_record_holds_its_code_and_other_codes_are_none():
    waiting = Separator(record_code="Z109-WS·2026-D10-QS-0001")
    assert separator_in(waiting.payload) == waiting
    assert separator_in("B:4711") is None
    assert separator_in("S1:x:1") is None
    assert separator_in("") is None
