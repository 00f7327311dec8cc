"""A station's code is one that an archival code can carry, from the first day."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archive.holdings.code import TEMPLATES, CodeFields, CodeUnfit, render
from archive.holdings.file_plan import Arrangement
from archive.people.person import StationCodeUnfit, parse_station_code


def fits_an_archival_code(code: str) -> bool:
    try:
        render(TEMPLATES[Arrangement.ITEM], CodeFields("Z109", "WS", 2026, "D10", code, 1))
    except CodeUnfit:
        return False
    return True


def is_a_station_code(code: str) -> bool:
    try:
        return parse_station_code(code) == code
    except StationCodeUnfit:
        return False


@given(st.text("AZ09az-·. 所Ａ０", max_size=14))
@example("QS")
@example("Q")
@example("Q" * 12)
@example("Q" * 13)
@example("QS\n")
@example("")
def test_a_station_takes_just_the_codes_an_archival_code_takes(code: str):
    assert is_a_station_code(code) == fits_an_archival_code(code)


def test_the_space_around_a_typed_code_is_not_part_of_it():
    assert parse_station_code(" QS\u3000") == "QS"


@pytest.mark.parametrize("code", ["qs", "QS-1", "青石", "ＱＳ", "Q·S", "Q" * 13, "", " "])
def test_a_code_that_fits_nowhere_is_told_as_it_was_typed(code: str):
    with pytest.raises(StationCodeUnfit) as refused:
        parse_station_code(code)
    assert refused.value.facts == {"given": code.strip()}
