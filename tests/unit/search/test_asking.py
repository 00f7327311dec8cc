import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.search.asking import MOST_CLAUSES, understood
from archive.search.folding import Wording

WORDING = Wording(b"a key")


def asked(typed):
    return understood(typed, WORDING)


def phrases(typed):
    return [
        ("-" if one.negated else "") + one.field + ":" + "".join(one.words)
        for one in asked(typed).clauses
    ]


def test_runs_are_phrases_and_all_of_them_are_wanted():
    assert phrases("供电所电费 王秀兰") == [":供电所电费", ":王秀兰"]


def test_quotes_hold_blanks_together_whichever_quotes_they_are():
    for typed in ('"收费 日期"', "“收费 日期”", "「收费 日期」", '"收费 日期'):
        assert phrases(typed) == [":收费日期"]


def test_a_minus_excludes_in_full_width_too():
    assert phrases("合同 -作废") == phrases("合同 －作废") == [":合同", "-:作废"]


def test_a_dash_inside_a_word_excludes_nothing():
    assert phrases("ab-07") == [":ab7"]


def test_prefixes_narrow_in_both_languages_and_with_both_colons():
    assert phrases("户号:0010023456") == phrases("customer：0010023456") == ["customer:10023456"]
    assert asked("类别:合同 -供电所：青石").choices == (
        ("kind", "合同", False),
        ("station", "青石", True),
    )


def test_what_is_no_prefix_is_text():
    assert phrases("时间:12:30") == [":时间1230"]


@pytest.mark.parametrize(
    ("typed", "years"),
    [
        ("年度:2024..2026", (2024, 2026)),
        ("year:2024", (2024, 2024)),
        ("年度:2024..", (2024, 9999)),
        ("年度:..2024", (0, 2024)),
        ("年度：２０２４至２０２６", (2024, 2026)),
    ],
)
def test_a_span_of_years_has_both_ends(typed, years):
    assert asked(typed).years == years


def test_days_are_filled_to_the_first_and_the_last_of_what_was_said():
    assert asked("日期:2026-03").days == (20260301, 20260331)
    assert asked("日期:2024-02..2026").days == (20240201, 20261231)
    assert asked("日期:2026-3-5").days == (20260305, 20260305)


def test_a_span_that_is_none_is_text_and_no_error():
    assert asked("年度:前年").years is None
    assert phrases("年度:前年") == [":前年"]


def test_wildcards_stand_in_codes_and_numbers():
    (one,) = asked("档号:Z109-WS·20*").clauses
    assert (one.field, one.pattern) == ("code", "z109-ws·20.*")
    (one,) = asked("0421005?").clauses
    assert one.pattern == "0421005."


def test_a_question_mark_after_chinese_is_only_a_question_mark():
    assert phrases("电费在哪？") == [":电费在哪"]


def test_a_star_alone_asks_for_nothing():
    assert asked("* ? -").says_nothing


@given(st.text(max_size=500))
def test_nothing_anybody_types_is_an_error(typed):
    assert len(asked(typed).clauses) <= MOST_CLAUSES


@given(st.text(alphabet='电费:："“”-－*?. ~年度户号0123..至\u3000「」', max_size=60))
def test_no_slip_with_signs_is_an_error(typed):
    asked(typed)
