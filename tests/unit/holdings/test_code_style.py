"""Ways to write codes: only such as can be read back, and never two that look alike."""

from itertools import permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.holdings.code import TEMPLATES, CodeFields, parse, render
from archive.holdings.code_style import (
    BETWEEN,
    DIGITS,
    JOINS,
    CodeStyle,
    CodeStyleImpossible,
    CodeStylesAlike,
    check_unlike,
    style_of,
)

STYLES = [
    CodeStyle(order, "".join(joins), digits)
    for order in permutations(BETWEEN)
    for joins in product(JOINS, repeat=3)
    for digits in DIGITS
]


def test_the_usual_ways_are_two_of_those_to_choose_from():
    assert {style_of(template) for template in TEMPLATES.values()} <= set(STYLES)


@pytest.mark.parametrize(
    "template",
    [
        "",
        "{number:4}",
        "{fonds}-{category}-{year}-{retention}-{number:4}",
        "{fonds}-{category}-{year}-{year}-{unit}-{number:4}",
        "{fonds}-{category}.{year}-{retention}-{unit}-{number:4}",
        "{fonds}-{category}-{year}-{retention}-{unit}·{number:4}",
        "{fonds}-{category}-{year}-{retention}-{unit}-{number:2}",
        "{fonds}-{category}-{year}-{retention}-{unit}-{number:04}",
        "{category}-{fonds}-{year}-{retention}-{unit}-{number:4}",
        "{fonds}-{category}-{year}-{retention}-{unit.__class__}-{number:4}",
        "X{fonds}-{category}-{year}-{retention}-{unit}-{number:4}",
        "{fonds}-{category}-{year}-{retention}-{unit}-{number:4}\n",
    ],
)
def test_anything_else_is_refused(template):
    with pytest.raises(CodeStyleImpossible):
        style_of(template)


FIELDS = st.builds(
    CodeFields,
    fonds=st.sampled_from(["", "Z109", "A"]),
    category=st.sampled_from(["WS", "KU·PZ"]),
    year=st.integers(1950, 2099),
    retention=st.sampled_from(["Y", "D5", "D30"]),
    unit=st.sampled_from(["QS", "D30", "2026", "HEXI1"]),
    number=st.integers(1, 999),
)


@given(st.sampled_from(STYLES), FIELDS)
def test_a_code_of_any_style_is_read_back_as_what_it_was_made_of(style, fields):
    assert style_of(style.template) == style
    assert parse(style.template, render(style.template, fields)) == fields


@given(st.sampled_from(STYLES), st.sampled_from(STYLES), FIELDS, FIELDS)
def test_codes_of_two_styles_that_are_unlike_are_never_the_same(one, other, fields, others):
    if one.is_like(other):
        with pytest.raises(CodeStylesAlike):
            check_unlike(one, [other], field="item")
    else:
        check_unlike(one, [other], field="item")
        assert render(one.template, fields) != render(other.template, others)
