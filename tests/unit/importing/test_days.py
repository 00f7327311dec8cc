"""Days as registers write them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.importing.cell import Cell, cell_of_number, cell_of_text
from archive.importing.days import Day, day_in

TODAY = date(2026, 10, 19)
DAYS = st.dates(date(1950, 1, 1), date(2026, 10, 19))
FIGURES = "〇一二三四五六七八九"


def in_chinese(number: int) -> str:
    """12 as 十二."""
    tens, ones = divmod(number, 10)
    return (
        ("" if tens < 2 else FIGURES[tens])
        + ("十" if tens else "")
        + (FIGURES[ones] if ones else "")
    )


SHAPES = (
    lambda day: day.isoformat(),
    lambda day: f"{day:%Y%m%d}",
    lambda day: f"{day.year}.{day.month}.{day.day}",
    lambda day: f"{day.year}/{day.month}/{day.day}",
    lambda day: f"{day.year}年{day.month}月{day.day}日",
    lambda day: f"{day.year} 年 {day.month} 月 {day.day} 日",
    lambda day: "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in day.isoformat()),
    lambda day: f"{day.isoformat()} 09:30:00",
    lambda day: (
        "".join(FIGURES[int(c)] for c in str(day.year))
        + f"年{in_chinese(day.month)}月{in_chinese(day.day)}日"
    ),
)


@given(DAYS, st.sampled_from(SHAPES))
def test_a_whole_day_is_read_in_every_shape(day: date, shape):
    assert day_in(cell_of_text(shape(day)), TODAY) == Day(day)


@given(DAYS)
def test_a_day_the_spreadsheet_keeps_as_a_number_is_that_day(day: date):
    serial = (day - date(1899, 12, 30)).days
    assert day_in(cell_of_number(serial), TODAY) == Day(day)
    assert day_in(Cell(day.isoformat(), day=day), TODAY) == Day(day)


@pytest.mark.parametrize(
    ("said", "on"),
    [
        ("2023-2", date(2023, 2, 28)),
        ("202302", date(2023, 2, 28)),
        ("2024年2月", date(2024, 2, 29)),
        ("二〇二三年", date(2023, 12, 31)),
        ("二○二三年十二月", date(2023, 12, 31)),
        ("2023", date(2023, 12, 31)),
        ("2026-10", TODAY),
        ("2026", TODAY),
    ],
)
def test_of_a_month_or_a_year_the_last_day_stands_and_what_was_said_is_kept(said: str, on: date):
    assert day_in(cell_of_text(said), TODAY) == Day(on, said)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "23-2-3",
        "2023-13-01",
        "2023-02-30",
        "20230230",
        "民国二十三年",
        "二三年二月",
        "农历2023年2月",
        "去年",
        "1.10101E+17",
        "99999",
        "2023-00",
        "2023-2-",
        "0000-01-01",
        "二〇二三年十三月",
        "二〇二三年二月三十日",
    ],
)
def test_what_would_have_to_be_guessed_is_no_day(said: str):
    assert day_in(Cell(said), TODAY) is None


@given(st.text(max_size=20))
def test_no_text_breaks_the_reading_of_days(text: str):
    found = day_in(Cell(text), TODAY)
    assert found is None or date(1949, 1, 1) <= found.on <= date(9999, 12, 31)


@given(st.integers(-(10**9), 10**9))
def test_no_number_is_a_day_beyond_the_years_of_a_spreadsheet(number: int):
    found = day_in(cell_of_number(number), TODAY)
    if found is not None and not found.said:
        assert date(1949, 1, 1) <= found.on <= date(9999, 12, 31)
        assert timedelta(0) <= abs(found.on - TODAY)
