"""Amounts in capitals: written one way, read in every way the rules allow."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archive.custody.money import (
    LARGEST,
    AmountTooLarge,
    NotACapitalAmount,
    capital_amount,
    parse_capital,
)

amounts = st.one_of(
    st.integers(-LARGEST, LARGEST),
    st.integers(-200_000, 20_000_000),
    st.lists(st.sampled_from("00013579"), min_size=1, max_size=14).map(lambda d: int("".join(d))),
)


@pytest.mark.parametrize(
    ("fen", "text"),
    [
        (1_640_902, "人民币壹万陆仟肆佰零玖元零贰分"),
        (32_504, "人民币叁佰贰拾伍元零肆分"),
        (600_714, "人民币陆仟零柒元壹角肆分"),
        (168_032, "人民币壹仟陆佰捌拾元零叁角贰分"),
        (10_700_053, "人民币壹拾万柒仟元零伍角叁分"),
        (140_950, "人民币壹仟肆佰零玖元伍角整"),
        (0, "人民币零元整"),
        (5, "人民币伍分"),
        (50, "人民币伍角整"),
        (100, "人民币壹元整"),
        (1_000, "人民币壹拾元整"),
        (10_000_000_00, "人民币壹仟万元整"),
        (1_0000_0500_00, "人民币壹亿零伍佰元整"),
        (1_0001_0000_00, "人民币壹亿零壹万元整"),
        (2_0030_0400_05, "人民币贰亿零叁拾万零肆佰元零伍分"),
        (-5_000, "人民币负伍拾元整"),
        (-1_640_902, "人民币负壹万陆仟肆佰零玖元零贰分"),
    ],
)
def test_an_amount_is_written_as_the_rules_show_it(fen: int, text: str):
    assert capital_amount(fen) == text
    assert parse_capital(text) == fen


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("人民币壹仟陆佰捌拾元叁角贰分", 168_032),
        ("壹仟陆佰捌拾圆零叁角贰分", 168_032),
        ("人民币壹拾万零柒仟元伍角叁分", 10_700_053),
        ("人民币壹拾万零柒仟元零伍角叁分", 10_700_053),
        ("人民币伍佰元正", 50_000),
        ("人民币伍佰圓整", 50_000),
        ("伍角", 50),
        ("伍角正", 50),
        ("零元伍角整", 50),
        ("零元零伍分", 5),
        ("人民币 贰佰 元 整", 20_000),
        ("人民币貳佰陸拾萬圓整", 260_000_000),
        ("负伍拾元整", -5_000),
    ],
)
def test_every_allowed_writing_is_the_same_amount(text: str, fen: int):
    assert parse_capital(text) == fen


@pytest.mark.parametrize(
    "text",
    [
        "",
        "人民币",
        "元整",
        "整",
        "负",
        "壹仟两佰元整",
        "一千二百元整",
        "廿元整",
        "念元整",
        "伍毛",
        "伍佰〇贰元整",
        "伍佰0贰元整",
        "伍佰另贰元整",
        "500元整",
        "壹仟伍元整",
        "壹万伍佰元整",
        "拾元整",
        "佰元整",
        "壹佰零元整",
        "壹佰元",
        "壹佰元叁分",
        "壹佰元零叁分整",
        "叁分整",
        "叁分伍角",
        "零伍分",
        "壹佰零零伍元整",
        "壹万万元整",
        "壹佰仟元整",
        "伍佰元零壹角零贰分",
        "叁佰贰拾伍元零壹角肆分",
        "零壹元整",
        "壹元零整",
        "伍佰元整人民币",
        "负负伍元整",
        "人民币人民币伍元整",
    ],
)
def test_any_other_writing_is_refused(text: str):
    with pytest.raises(NotACapitalAmount):
        parse_capital(text)


@given(amounts)
@example(LARGEST)
@example(-LARGEST)
def test_what_is_written_reads_back_as_the_same_amount(fen: int):
    text = capital_amount(fen)
    assert parse_capital(text) == fen
    assert parse_capital(text.replace("元", "圆").replace("整", "正")) == fen
    assert "零零" not in text


@given(amounts, amounts)
def test_two_amounts_are_never_written_alike(one: int, other: int):
    assert (capital_amount(one) == capital_amount(other)) == (one == other)


@given(st.text("零壹贰叁肆伍陆柒捌玖拾佰仟万亿元角分整负", max_size=14))
def test_no_writing_stands_for_an_amount_that_is_written_otherwise(text: str):
    try:
        fen = parse_capital(text)
    except NotACapitalAmount:
        return
    core = text.replace("零", "").removesuffix("整")
    ours = capital_amount(fen).removeprefix("人民币").replace("零", "").removesuffix("整")
    assert core.removeprefix("元") == ours.removeprefix("元")


@pytest.mark.parametrize("fen", [LARGEST + 1, -LARGEST - 1])
def test_an_amount_nobody_collects_is_refused(fen: int):
    with pytest.raises(AmountTooLarge):
        capital_amount(fen)
