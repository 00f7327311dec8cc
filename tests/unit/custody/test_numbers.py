"""Invoice numbers are strings; a run is what stands between its first and its last."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.custody.numbers import (
    MAX_RUN,
    NotAnInvoiceCode,
    NotAnInvoiceNumber,
    NumberRun,
    RunEndsBeforeItBegins,
    RunTooLong,
    SpoiledBySpreadsheet,
    WidthsDiffer,
    after,
    joined,
    key_of,
    parse_code,
    parse_number,
)

FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
numbers = st.integers(6, 20).flatmap(
    lambda width: st.text("0123456789", min_size=width, max_size=width)
)
codes = st.one_of(
    st.just(""),
    st.text("0123456789", min_size=10, max_size=10),
    st.text("0123456789", min_size=12, max_size=12),
)


@st.composite
def runs(draw: st.DrawFn, code: str | None = None) -> NumberRun:
    """A run of at most 200 numbers."""
    width = draw(st.sampled_from([6, 8, 20]))
    start = draw(st.integers(0, 10**width - 1))
    end = min(start + draw(st.integers(0, 199)), 10**width - 1)
    chosen = draw(codes) if code is None else code
    return NumberRun(chosen, f"{start:0{width}d}", f"{end:0{width}d}")


near = st.builds(
    lambda start, length: NumberRun("", f"{start:08d}", f"{start + length:08d}"),
    st.integers(0, 60),
    st.integers(0, 30),
)
"""Runs so close together that they often touch and overlap."""


@given(numbers)
def test_a_number_stays_as_it_is_written(number: str):
    assert parse_number(number) == number


@given(numbers)
def test_full_width_digits_and_spaces_for_the_eye_are_folded(number: str):
    typed = f" {number[:4]} {number[4:].translate(FULL_WIDTH)}　"
    assert parse_number(typed) == number


def test_leading_zeros_and_twenty_digits_are_kept():
    assert parse_number("00001234") == "00001234"
    assert parse_number("24312000000012345678") == "24312000000012345678"


@pytest.mark.parametrize("text", ["1.2E+11", "1E11", "4.21e+07", "１．２Ｅ＋１１", " 1.20E+11 "])
def test_what_a_spreadsheet_spoiled_is_refused_as_such(text: str):
    with pytest.raises(SpoiledBySpreadsheet):
        parse_number(text)
    with pytest.raises(SpoiledBySpreadsheet):
        parse_code(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12345",
        "123456789012345678901",
        "4210051.0",
        "-4210051",
        "0421005l",
        "0421005Ⅰ",
        "0421005①",
        "0421005²",
        "٠٤٢١٠٠٥١",
        "04210051,04210052",
        "0421\n0051",
        "零四二一零零五一",
    ],
)
def test_what_is_no_number_is_refused_and_never_guessed(text: str):
    with pytest.raises(NotAnInvoiceNumber) as refused:
        parse_number(text, field="first")
    assert refused.value.field == "first"


@pytest.mark.parametrize("text", ["", "0123456789", "012345678901", "０１２３４５６７８９０１"])
def test_a_code_has_twelve_or_ten_digits_or_there_is_none(text: str):
    assert len(parse_code(text)) in {0, 10, 12}


@pytest.mark.parametrize("text", ["1", "01234567890", "0123456789012", "01234567890a", "①" * 10])
def test_another_code_is_refused(text: str):
    with pytest.raises(NotAnInvoiceCode):
        parse_code(text)


def test_a_run_never_ends_before_it_begins():
    with pytest.raises(RunEndsBeforeItBegins):
        NumberRun("", "04210100", "04210051")


@pytest.mark.parametrize(("first", "last"), [("999999", "1000000"), ("04210051", "4210100")])
def test_a_run_never_crosses_a_width(first: str, last: str):
    with pytest.raises(WidthsDiffer):
        NumberRun("", first, last)


def test_a_run_of_too_many_numbers_is_a_typing_slip():
    assert len(NumberRun("", "00000000", f"{MAX_RUN - 1:08d}")) == MAX_RUN
    with pytest.raises(RunTooLong):
        NumberRun("", "00000000", f"{MAX_RUN:08d}")


@given(runs())
def test_a_run_holds_exactly_its_numbers(run: NumberRun):
    held = list(run)
    assert held[0] == run.first
    assert held[-1] == run.last
    assert len(held) == len(run)
    assert held == sorted(set(held))
    assert all(number in run for number in held)


@given(runs(), numbers)
def test_a_number_is_in_a_run_only_at_its_width_and_place(run: NumberRun, number: str):
    inside = len(number) == len(run.first) and int(run.first) <= int(number) <= int(run.last)
    assert (number in run) == inside


@given(codes, st.integers(0, 10**20 - 1), st.integers(0, 10**20 - 1))
def test_keys_of_one_code_sort_as_numbers_do(code: str, one: int, other: int):
    width = len(str(max(one, other, 10**5)))
    a, b = (key_of(code, f"{value:0{width}d}") for value in (one, other))
    assert (a < b) == (one < other)


@given(numbers, numbers)
def test_keys_sort_by_width_first(one: str, other: str):
    if len(one) < len(other):
        assert key_of("", one) < key_of("", other)


@given(runs(), codes, numbers)
def test_no_number_of_another_code_lies_between_the_keys_of_a_run(
    run: NumberRun, code: str, number: str
):
    between = run.first_key <= key_of(code, number) <= run.last_key
    assert between == (code == run.code and number in run)


@given(near, near)
def test_runs_overlap_exactly_when_they_share_a_number(one: NumberRun, other: NumberRun):
    assert one.overlaps(other) == bool(set(one) & set(other))
    assert other.overlaps(one) == one.overlaps(other)


@given(runs())
def test_the_same_numbers_under_another_code_do_not_overlap(run: NumberRun):
    other = NumberRun("9" * 12 if run.code != "9" * 12 else "", run.first, run.last)
    assert not run.overlaps(other)
    assert not run.covers(other)


@given(near, near)
def test_a_run_covers_another_exactly_when_it_holds_all_of_it(one: NumberRun, other: NumberRun):
    assert one.covers(other) == (set(other) <= set(one))


@given(runs(), st.integers(1, 60))
def test_a_run_is_cut_into_books_that_tile_it(run: NumberRun, size: int):
    books = run.split(size)
    assert [number for book in books for number in book] == list(run)
    assert all(len(book) == size for book in books[:-1])
    assert 1 <= len(books[-1]) <= size


@given(runs(), st.integers(1, 60))
def test_books_joined_again_are_the_run(run: NumberRun, size: int):
    assert joined(reversed(run.split(size))) == [run]


@given(st.lists(near, max_size=8))
def test_joined_runs_hold_the_same_numbers_in_as_few_runs_as_possible(some: list[NumberRun]):
    whole = {number for run in some for number in run}
    result = joined(some)
    assert [number for run in result for number in run] == sorted(whole)
    gaps = sum(f"{int(number) + 1:08d}" not in whole for number in whole)
    assert len(result) == gaps


def test_runs_that_touch_across_a_code_or_width_stay_apart():
    apart = [
        NumberRun("0123456789", "000006", "000009"),
        NumberRun("", "000001", "000005"),
        NumberRun("", "00000006", "00000009"),
    ]
    assert joined(apart) == apart


@given(numbers)
def test_the_next_number_has_the_same_width(number: str):
    if set(number) == {"9"}:
        with pytest.raises(WidthsDiffer):
            after(number)
    else:
        assert len(after(number)) == len(number)
        assert int(after(number)) == int(number) + 1
