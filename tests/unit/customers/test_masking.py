"""Masked facts keep what the house shows and nothing more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.customers.masking import masked_name, masked_number, masked_telephone

NAMES = st.text(alphabet="王李张刘陈欧阳司马𠮷䶮喆镕明华建国", min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("王秀兰", "王*"),
        ("李", "李*"),
        ("欧阳建国", "欧阳*"),
        ("欧阳", "欧*"),
        ("𠮷田明", "𠮷*"),
        ("", ""),
    ],
)
def test_of_a_name_the_surname_is_shown(name: str, shown: str):
    assert masked_name(name) == shown


@given(NAMES)
def test_no_given_name_is_ever_shown(name: str):
    shown = masked_name(name)
    assert shown.endswith("*")
    assert name.startswith(shown[:-1])
    assert len(shown) - 1 <= (2 if len(name) > 2 else 1)


@given(st.text(alphabet="0123456789", min_size=11, max_size=12))
def test_of_a_mobile_the_first_three_and_the_last_four_are_shown(telephone: str):
    shown = masked_telephone(telephone)
    assert shown[:3] == telephone[:3]
    assert shown[-4:] == telephone[-4:]
    assert set(shown[3:-4]) == {"*"}
    assert len(shown) == len(telephone)


@given(st.text(alphabet="0123456789-", min_size=1, max_size=10))
def test_of_a_short_number_at_most_two_digits_are_shown(telephone: str):
    assert sum(character != "*" for character in masked_telephone(telephone)) <= 2


@given(st.text(alphabet="0123456789ABC", min_size=1, max_size=20))
def test_of_a_customer_number_at_most_the_last_four_leave_the_program(number: str):
    shown = masked_number(number)
    assert shown.lstrip("*") in {"", number[-4:]}
    assert shown.startswith("****")
