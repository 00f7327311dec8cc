"""Archival codes are written from their fields and read back, exactly or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.holdings.code import (
    TEMPLATES,
    CodeFields,
    CodeMistyped,
    CodeUnfit,
    NotAnArchivalCode,
    SeriesFull,
    number_width,
    parse,
    render,
    right_form,
)
from archive.holdings.file_plan import Arrangement
from archive.holdings.fonds import Fonds, FondsNameMissing, NotAFondsCode

BY_ITEM, BY_VOLUME = TEMPLATES[Arrangement.ITEM], TEMPLATES[Arrangement.VOLUME]
EXAMPLE = "Z109-WS·2011-Y-BGS-0001"
FIELDS = CodeFields("Z109", "WS", 2011, "Y", "BGS", 1)

templates = st.sampled_from([BY_ITEM, BY_VOLUME])
fields = st.builds(
    CodeFields,
    fonds=st.from_regex(r"\A([A-Z][A-Z0-9]{0,7})?\Z"),
    category=st.from_regex(r"\A[A-Z]{2}(·[A-Z0-9]{2})?\Z"),
    year=st.integers(1949, 2999),
    retention=st.sampled_from(["Y", "D30", "D10", "D5", "D3"]),
    unit=st.from_regex(r"\A[A-Z0-9]{2,12}\Z"),
    number=st.integers(1, 999),
)


def test_the_example_of_the_standard_is_written_to_the_letter():
    assert render(BY_ITEM, FIELDS) == EXAMPLE
    assert parse(BY_ITEM, EXAMPLE) == FIELDS


def test_by_volume_the_codes_of_one_level_are_joined_by_the_middle_dot():
    volume = CodeFields("Z109", "KU·PZ", 2023, "D30", "QS", 12)
    assert render(BY_VOLUME, volume) == "Z109-KU·PZ·2023·D30·QS-012"
    assert parse(BY_VOLUME, "Z109-KU·PZ·2023·D30·QS-012") == volume


@given(templates, fields)
def test_what_is_written_is_read_back(template: str, one: CodeFields):
    text = render(template, one)
    assert parse(template, text) == one
    assert right_form(text) == text


@given(templates, fields, fields)
def test_different_fields_never_give_the_same_code(template: str, one: CodeFields, two: CodeFields):
    assert (render(template, one) == render(template, two)) == (one == two)


@given(fields, fields)
def test_an_item_and_a_volume_never_have_the_same_code(one: CodeFields, two: CodeFields):
    assert render(BY_ITEM, one) != render(BY_VOLUME, two)
    with pytest.raises(NotAnArchivalCode):
        parse(BY_VOLUME, render(BY_ITEM, one))


@given(templates, fields, st.text(max_size=3), st.data())
def test_nothing_but_the_code_itself_is_taken_for_it(
    template: str, one: CodeFields, rubbish: str, data: st.DataObject
):
    text = render(template, one)
    at = data.draw(st.integers(0, len(text)))
    spoiled = text[:at] + rubbish + text[at:]
    try:
        found = parse(template, spoiled)
    except CodeMistyped as refused:
        right = refused.facts["right"]
        assert right != spoiled
        assert render(template, parse(template, right)) == right
    except NotAnArchivalCode:
        pass
    else:
        assert render(template, found) == spoiled


DOTS = "\u0387\u2022\u2027\u30fb.\uff0e\uff65\u2219\u22c5\u3002"
DASHES = "\uff0d\u2013\u2014\u2010\u2011\u2212_"


@pytest.mark.parametrize("dot", DOTS, ids=ascii)
def test_a_dot_that_only_looks_right_is_refused_and_the_right_form_offered(dot: str):
    with pytest.raises(CodeMistyped) as refused:
        parse(BY_ITEM, EXAMPLE.replace("·", dot), field="code")
    assert refused.value.field == "code"
    assert refused.value.facts["right"] == EXAMPLE


@pytest.mark.parametrize("dash", DASHES, ids=ascii)
def test_a_dash_that_only_looks_right_is_refused_and_the_right_form_offered(dash: str):
    with pytest.raises(CodeMistyped) as refused:
        parse(BY_ITEM, EXAMPLE.replace("-", dash))
    assert refused.value.facts["right"] == EXAMPLE


@pytest.mark.parametrize(
    "typed",
    [
        "Ｚ１０９－ＷＳ．２０１１－Ｙ－ＢＧＳ－０００１",
        "z109-ws·2011-y-bgs-0001",
        " Z109-WS·2011-Y-BGS-0001\n",
        "Z109 - WS·2011 - Y - BGS - 0001",
        "Z109-WS·2011-Y-BGS-\u200b0001",
        "\ufeffZ109-WS·2011-Y-BGS-0001",
    ],
    ids=ascii,
)
def test_full_width_small_letters_and_blanks_are_refused_and_the_right_form_offered(typed: str):
    with pytest.raises(CodeMistyped) as refused:
        parse(BY_ITEM, typed)
    assert refused.value.facts["right"] == EXAMPLE


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "Z109",
        "Z109-WS·2011-Y-BGS-001",
        "Z109-WS·2011-Y-BGS-00001",
        "Z109-WS·2011-永久-BGS-0001",
        "Z109-WS·11-Y-BGS-0001",
        "Z109-WS·2011-D0-BGS-0001",
        "Z109-WS·2011-Y-BGS-٠٠٠١",
        "109-WS·2011-Y-BGS-0001",
        "Z109-WS·2011-Y--0001",
    ],
)
def test_what_is_no_code_is_not_guessed_at(typed: str):
    with pytest.raises(NotAnArchivalCode):
        parse(BY_ITEM, typed)


def test_while_the_fonds_has_no_number_its_place_is_left_out():
    one = CodeFields("", "WS", 2011, "Y", "BGS", 1)
    assert render(BY_ITEM, one) == "WS·2011-Y-BGS-0001"
    assert parse(BY_ITEM, "WS·2011-Y-BGS-0001") == one


@pytest.mark.parametrize(("template", "most"), [(BY_ITEM, 9999), (BY_VOLUME, 999)])
def test_a_number_wider_than_its_place_is_refused_not_widened(template: str, most: int):
    assert 10 ** number_width(template) - 1 == most
    for number in (0, -1, most + 1):
        with pytest.raises(SeriesFull):
            render(template, CodeFields("Z109", "WS", 2011, "Y", "BGS", number))
    assert render(template, CodeFields("Z109", "WS", 2011, "Y", "BGS", most)).endswith(str(most))


@pytest.mark.parametrize(
    ("part", "given_"),
    [
        ("fonds", "z109"),
        ("fonds", "Z-109"),
        ("category", "WS-1"),
        ("category", "WS•01"),
        ("year", 11),
        ("retention", "永久"),
        ("unit", "青石"),
        ("unit", "Q"),
        ("unit", "{fonds}"),
    ],
)
def test_a_part_that_would_break_the_code_is_refused(part: str, given_: object):
    from dataclasses import replace

    with pytest.raises(CodeUnfit) as refused:
        render(BY_ITEM, replace(FIELDS, **{part: given_}))
    assert refused.value.facts["part"] == part


@pytest.mark.parametrize("code", ["109", "z109", "Z109-1", "Ｚ109", "Z12345678"])
def test_a_fonds_number_is_a_letter_with_letters_and_digits(code: str):
    with pytest.raises(NotAFondsCode):
        Fonds(code=code, name="青石县供电公司").check_named()


def test_a_fonds_may_have_no_number_yet_but_has_a_name():
    Fonds(code="", name="青石县供电公司").check_named()
    with pytest.raises(FondsNameMissing):
        Fonds(code="Z109", name="").check_named()
