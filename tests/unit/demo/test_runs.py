from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.demo.drawing import DEVELOPMENT, HELD_OUT, StubSpec, number_run, random_volume
from archive.demo.drawing.made_up import amount_in_words, facts_of


@given(
    first=st.text("0123456789", min_size=1, max_size=20),
    count=st.integers(min_value=1, max_value=60),
)
def test_a_run_counts_up_by_one_and_keeps_its_width(first: str, count: int) -> None:
    if int(first) + count - 1 >= 10 ** len(first):
        with pytest.raises(ValueError, match=r"."):
            number_run(first, count)
        return
    run = number_run(first, count)
    assert run[0] == first
    assert {len(number) for number in run} == {len(first)}
    assert [int(b) - int(a) for a, b in pairwise(run)] == [1] * (count - 1)


def test_a_run_of_twenty_digits_loses_none() -> None:
    assert number_run("25342000000012345699", 2) == ["25342000000012345699", "25342000000012345700"]


@pytest.mark.parametrize("first", ["12a", "０４２１", "-5", "1.2E+11"])
def test_what_is_not_a_row_of_digits_starts_no_run(first: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        number_run(first, 1)


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (1_640_902, "壹万陆仟肆佰零玖元零贰分"),
        (32_504, "叁佰贰拾伍元零肆分"),
        (600_714, "陆仟零柒元壹角肆分"),
        (10_000_000, "壹拾万元整"),
        (100_005_000, "壹佰万零伍拾元整"),
        (50, "伍角整"),
        (7, "柒分"),
        (0, "零元整"),
    ],
)
def test_sums_are_written_out_as_banks_want_them(fen: int, words: str) -> None:
    assert amount_in_words(fen) == words


def test_the_sum_on_a_stub_is_the_sum_that_was_asked_for() -> None:
    import numpy as np

    stub = StubSpec("04210051", kwh=Decimal(120), amount_fen=6_696)
    facts = facts_of(stub, np.random.default_rng(0))
    assert (facts["yuan"], facts["kwh"], facts["price"]) == ("66.96", "120", "0.5580")


def test_every_fact_a_form_asks_for_exists() -> None:
    import numpy as np

    facts = facts_of(StubSpec("04210051"), np.random.default_rng(0))
    for form in (*DEVELOPMENT, *HELD_OUT):
        assert {field.key for field in form.fields} <= set(facts), form.name


def test_no_form_for_development_is_held_out() -> None:
    assert not {form.name for form in DEVELOPMENT} & {form.name for form in HELD_OUT}
    places = [
        {(form.number.x, form.number.y) for form in forms} for forms in (DEVELOPMENT, HELD_OUT)
    ]
    assert not places[0] & places[1]


def test_volumes_drawn_by_lot_show_every_variation_that_is_named() -> None:
    looks = [random_volume(seed, held_out=seed % 2 == 1, wear="clean" if seed % 4 < 2 else "worn", count=12) for seed in range(160)]  # fmt: skip
    assert {len(v.stubs[0].code) for v in looks} == {0, 10, 12}
    assert {len(v.stubs[0].number) for v in looks} == {8, 20}
    assert {v.look.stubs_a_page for v in looks} == {1, 2, 3}
    assert {v.look.number_colour for v in looks} == {"red", "black"}
    assert {v.look.grey for v in looks} == {True, False}
    assert {"№ ", "NO.", "发票号码："} <= {v.look.number_style for v in looks}
    assert {min(v.look.dpi for v in looks), max(v.look.dpi for v in looks)} == {150, 300}
    assert min(v.look.jpeg_quality for v in looks) < 56
    assert max(v.look.jpeg_quality for v in looks) > 84
    assert max(v.look.wear.skew for v in looks) > 2.5
    assert any(v.disorder.blank_backs for v in looks)
    assert any(v.disorder.order for v in looks)
    assert any(v.disorder.upside_down for v in looks)
    assert any(stub.void for v in looks for stub in v.stubs)
