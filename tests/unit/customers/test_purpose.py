"""A purpose goes on the trail, so it is there, short, and names nobody."""

import pytest

from archive.customers.purpose import (
    PurposeMissing,
    PurposeNamesPerson,
    PurposeTooLong,
    purpose_in,
)

PERSON = ("王秀兰", "13800005678", "0000012345", "")


def test_a_purpose_is_kept_as_it_was_said():
    assert purpose_in(" 联系客户约装表时间 ", PERSON) == "联系客户约装表时间"


@pytest.mark.parametrize("said", ["", "  ", "——", "。。"])
def test_dashes_are_no_purpose(said: str):
    with pytest.raises(PurposeMissing):
        purpose_in(said, PERSON)


@pytest.mark.parametrize(
    "said",
    [
        "给王秀兰打电话",
        "给 王 秀 兰 打电话",
        "打 138 0000 5678",
        "打１３８００００５６７８",
        "户号 0000012345 欠费",
        "查 11010119900101123X",
    ],
)
def test_a_purpose_names_nobody(said: str):
    with pytest.raises(PurposeNamesPerson):
        purpose_in(said, PERSON)


def test_a_purpose_is_a_sentence():
    with pytest.raises(PurposeTooLong):
        purpose_in("核" * 201)
