"""The file plan that comes with the program says everything about every kind."""

import re
from collections import Counter

import pytest

from archive.holdings.default_plan import DEFAULT_PLAN, PlanUnreadable, default_plan, plan_in
from archive.holdings.file_plan import (
    Arrangement,
    Cycle,
    PersonalData,
    RecordKind,
    RecordKindImpossible,
)

TEXT = DEFAULT_PLAN.read_text("utf-8")


def kind(code: str) -> RecordKind:
    return next(kind for kind in default_plan().kinds if kind.code == code)


def test_it_has_the_53_kinds_the_rules_name_each_with_its_clause():
    kinds = default_plan().kinds
    assert [kind.number for kind in kinds] == list(range(1, 54))
    assert len({kind.code for kind in kinds}) == 53
    assert len({kind.name_zh for kind in kinds}) == len({kind.name_en for kind in kinds}) == 53
    assert [kind.code for kind in kinds if not re.match(r"[1-7]\.", kind.clause)] == []


def test_every_kind_fits_its_place_in_the_database():
    from archive.db import Base

    columns = Base.metadata.tables["record_kind"].columns
    for line in default_plan().kinds:
        for column in columns:
            most = getattr(column.type, "length", None)
            assert most is None or len(getattr(line, column.name)) <= most


def test_every_category_is_used_and_only_two_kinds_are_not_archived():
    plan = default_plan()
    assert {one.category for one in plan.kinds} - {""} == {one.code for one in plan.categories}
    assert [one.code for one in plan.kinds if not one.archived] == [
        "outage-callback",
        "irregular-slip-note",
    ]


def test_vouchers_are_kept_thirty_years_and_bound():
    """会计档案管理办法: original vouchers thirty years, whatever the station would like."""
    vouchers = [one for one in default_plan().kinds if one.category == "KU·PZ"]
    assert {one.retention for one in vouchers} == {"D30"}
    assert {one.arrangement for one in vouchers} == {Arrangement.VOLUME}


def test_what_proves_destruction_is_kept_for_ever():
    assert kind("destruction-register").retention == kind("appraisal-report").retention == "Y"
    assert kind("holdings-register").retention == "Y"


def test_the_monthly_volume_is_expected_every_month_and_the_plan_every_quarter():
    assert kind("bookkeeping-volume").cycle == Cycle.MONTH
    assert kind("usage-plan").cycle == Cycle.QUARTER


def test_special_customers_and_reports_of_wrongdoing_are_sensitive():
    sensitive = [
        one.number for one in default_plan().kinds if one.personal == PersonalData.SENSITIVE
    ]
    assert sensitive == [1, 7, 49]


def test_rows_are_new_at_every_call():
    assert default_plan().kinds[0] is not default_plan().kinds[0]


SPOILED = {
    "a word that is none": ('cycle = "quarter"', 'cycle = "now and then"'),
    "a field nobody knows": ('code = "usage-plan"', 'code = "usage-plan"\nshelf = 3'),
    "a field missing": ('clause = "3.3"\n', ""),
    "no TOML": ("[[kind]]", "[[kind]"),
    "a code twice": ('code = "stub-book"', 'code = "usage-plan"'),
    "a number twice": ("number = 17\n", "number = 18\n"),
    "a category of another shape": ('code = "KJ"', 'code = "kj"'),
}


@pytest.mark.parametrize("spoiled", SPOILED)
def test_a_plan_with_a_mistake_in_it_is_not_read(spoiled: str):
    old, new = SPOILED[spoiled]
    assert old in TEXT
    with pytest.raises(PlanUnreadable):
        plan_in(TEXT.replace(old, new, 1))


IMPOSSIBLE = {
    "clause": ('clause = "3.3"', 'clause = " "'),
    "category": ('category = "KJ"', 'category = "SB"'),
    "retention": ('retention = "Y"', 'retention = "99"'),
    "code": ('code = "stub-book"', 'code = "Stub Book"'),
    "number": ("number = 17\n", "number = -17\n"),
    "starts": ('retention = "Y"', 'retention = "Y"\nstarts = "settled"'),
    "name_zh": ('zh = "抄表卡"', 'zh = ""'),
}


@pytest.mark.parametrize("column", IMPOSSIBLE)
def test_a_line_that_contradicts_itself_is_refused_by_its_column(column: str):
    old, new = IMPOSSIBLE[column]
    assert old in TEXT
    with pytest.raises(RecordKindImpossible) as refused:
        plan_in(TEXT.replace(old, new, 1))
    assert refused.value.facts["column"] == column


def test_periods_are_never_years_in_figures_that_mean_for_ever():
    assert set(Counter(one.retention for one in default_plan().kinds)) == {
        "Y",
        "D30",
        "D10",
        "D3",
        "",
    }
