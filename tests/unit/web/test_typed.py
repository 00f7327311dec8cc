"""What people type is read exactly or refused clearly."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.messages import LANGUAGES, written
from archive.messages.refusal import refusal
from web import typed


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("1,234.50", 123450),
        ("1234.5", 123450),
        (" 1234 ", 123400),
        ("１，２３４．５０", 123450),
        ("¥12", 1200),
        ("￥12.3", 1230),
        ("12元", 1200),
        ("-3.07", -307),
        ("−3.07", -307),
        ("－３", -300),
        ("+5", 500),
        ("0.01", 1),
        ("007", 700),
        ("10,000,000", 1_000_000_000),
    ],
)
def test_an_amount_is_understood(text: str, fen: int):
    assert typed.fen(text, "amount") == fen


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", typed.NothingTyped),
        ("  　", typed.NothingTyped),
        ("1.2E+3", typed.NotAnAmount),
        ("1e3", typed.NotAnAmount),
        ("１．２Ｅ＋３", typed.NotAnAmount),
        ("12.345", typed.TooManyDecimals),
        ("12.340", typed.TooManyDecimals),
        ("12,34", typed.NotAnAmount),
        ("1,2345", typed.NotAnAmount),
        (",123", typed.NotAnAmount),
        ("12.", typed.NotAnAmount),
        (".5", typed.NotAnAmount),
        ("1.2.3", typed.NotAnAmount),
        ("--5", typed.NotAnAmount),
        ("壹佰", typed.NotAnAmount),
        ("nan", typed.NotAnAmount),
        ("inf", typed.NotAnAmount),
        ("0x10", typed.NotAnAmount),
        ("١٢", typed.NotAnAmount),
        ("1²", typed.NotAnAmount),
        ("½", typed.NotAnAmount),
        ("10,000,000.01", typed.TooLarge),
        ("9" * 10_000, typed.TooLarge),
    ],
)
def test_what_is_no_amount_is_refused_by_its_name(text: str, error: type[Exception]):
    with pytest.raises(error) as refused:
        typed.fen(text, "amount")
    assert refused.value.field == "amount"
    for language in LANGUAGES:
        assert refusal(refused.value, language)


@given(st.integers(min_value=-1_000_000_000, max_value=1_000_000_000))
def test_an_amount_as_it_is_written_is_read_back(fen: int):
    assert typed.fen(written.amount(fen), "amount") == fen


@given(st.text(max_size=30))
def test_no_text_makes_an_amount_by_chance(text: str):
    try:
        found = typed.fen(text, "amount")
    except (typed.NothingTyped, typed.NotAnAmount, typed.TooManyDecimals, typed.TooLarge):
        return
    assert isinstance(found, int)


def test_electricity_is_exact_to_a_hundredth():
    assert typed.kwh("1,234.56", "kwh") == Decimal("1234.56")
    assert typed.kwh("１００", "kwh") == Decimal("100.00")
    with pytest.raises(typed.NotKwh):
        typed.kwh("100度", "kwh")
    with pytest.raises(typed.TooManyDecimals):
        typed.kwh("0.125", "kwh")


@pytest.mark.parametrize(
    "text", ["2026-11-23", "2026/11/23", "2026.11.23", "2026年11月23日", "２０２６-１１-２３"]
)
def test_a_day_is_understood(text: str):
    assert typed.day(text, "on") == date(2026, 11, 23)


@pytest.mark.parametrize(
    "text", ["2026-02-29", "2026-13-01", "23-11-2026", "20261123", "1999-12-31", "明天", "2026-11"]
)
def test_what_is_no_day_is_refused(text: str):
    with pytest.raises(typed.NotADay):
        typed.day(text, "on")


def test_a_count_has_its_bounds():
    assert typed.count("１２", "books") == 12
    for text in ("0", "1001", "-1", "1.0", "1e2", "²", "一"):
        with pytest.raises(typed.NotACount) as refused:
            typed.count(text, "books", most=1000)
        assert refused.value.facts["most"] == 1000


def test_words_lose_control_characters_and_keep_their_lines():
    assert typed.words(" 一\x00二\n三\u007f ", "reason", most=10) == "一二\n三"
    with pytest.raises(typed.NothingTyped):
        typed.words("\x00 ", "reason", most=10)
    with pytest.raises(typed.TooLong) as refused:
        typed.words("长" * 11, "reason", most=10)
    assert (refused.value.facts["length"], refused.value.facts["most"]) == (11, 10)
