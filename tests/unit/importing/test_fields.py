"""What a row of a register says, and everything that is wrong with it at once."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.customers.customer import CustomerType
from archive.holdings.default_plan import default_plan
from archive.importing.cell import Cell, Flaw, cell_of_number, cell_of_text
from archive.importing.fields import Known, ProblemCode, proposed_columns, read_row
from archive.importing.run import Target, digest_of_row
from tests.registers import HEADINGS

KINDS = default_plan().kinds
for _at, _kind in enumerate(KINDS, start=1):
    _kind.id = _at
KNOWN = Known(KINDS, "complaint", date(2026, 10, 19), "2019 年目录")
COLUMNS = {"old_code": 0, "title": 1, "formed_on": 2, "pages": 3, "parties": 4, "remark": 5}


def row(*texts: str) -> list[Cell]:
    return [cell_of_text(text) for text in texts]


def test_columns_are_found_by_what_registers_call_them_or_by_what_was_said_before():
    assert proposed_columns(Target.RECORDS, HEADINGS, {}) == COLUMNS
    assert proposed_columns(Target.RECORDS, ("甲", "标 题", "年月"), {}) == {
        "title": 1,
        "formed_on": 2,
    }
    remembered = {"title": "甲", "formed_on": "不再有"}
    assert proposed_columns(Target.RECORDS, ("甲", "标题", "年月"), remembered) == {
        "title": 0,
        "formed_on": 2,
    }


def test_a_good_row_keeps_its_old_code_its_register_and_what_was_said_of_its_day():
    read = read_row(
        Target.RECORDS, COLUMNS, row("WS-1", "通知", "2019年4月", "3页", "所", "复印"), KNOWN
    )
    assert read.problems == ()
    assert read.record is not None
    described = read.record.described
    assert (described.title, described.formed_on) == ("通知", date(2019, 4, 30))
    assert (read.record.pages, read.record.old_code) == (3, "WS-1")
    assert described.old_code == "WS-1"
    assert described.remark == "复印；原册日期：2019年4月；原册：2019 年目录"
    assert KINDS[described.kind_id - 1].code == "complaint"


def test_everything_wrong_with_a_row_is_said_at_once():
    read = read_row(Target.RECORDS, COLUMNS, row("1", "通知", "去年", "三页", "", ""), KNOWN)
    assert set(read.problems) == {
        ("formed_on", ProblemCode.NOT_A_DAY),
        ("pages", ProblemCode.NOT_A_COUNT),
    }
    flawed = [Cell("=A1", Flaw.FORMULA), Cell(), cell_of_text("2030-01-01"), *row("", "", "")]
    read = read_row(Target.RECORDS, COLUMNS, flawed, KNOWN)
    assert set(read.problems) == {
        ("old_code", ProblemCode.FORMULA),
        ("title", ProblemCode.MISSING),
    }
    late = read_row(Target.RECORDS, COLUMNS, row("1", "通知", "2030-01-01", "", "", ""), KNOWN)
    assert late.problems == (("formed_on", ProblemCode.IN_FUTURE),)


def test_a_column_of_kinds_goes_before_the_kind_of_the_register():
    columns = {"title": 0, "formed_on": 1, "kind": 2}
    named = read_row(Target.RECORDS, columns, row("甲", "2019", "供用电合同"), KNOWN)
    assert named.record is not None
    assert KINDS[named.record.described.kind_id - 1].code == "supply-contract"
    for unknown in ("没有这种", "系统故障预约联系电话"):
        read = read_row(Target.RECORDS, columns, row("甲", "2019", unknown), KNOWN)
        assert read.problems == (("kind", ProblemCode.UNKNOWN_KIND),)


CUSTOMER = {"number": 0, "name": 1, "village": 2, "telephone": 3, "type": 4, "opened_on": 5}


def test_a_customer_keeps_the_zeros_and_is_checked_field_by_field():
    good = row("０００1234567", "欧阳䶮", "青石村", "0351-1234567", "居民用电", "2019.5.1")
    read = read_row(Target.CUSTOMERS, CUSTOMER, good, KNOWN)
    assert read.customer is not None
    assert read.customer.tidied().number == "0001234567"
    assert (read.customer.type, read.customer.opened_on) == (
        CustomerType.RESIDENT,
        date(2019, 5, 1),
    )
    bad = row("12", "王", "村", "电话", "不明", "昨天")
    assert {code for _, code in read_row(Target.CUSTOMERS, CUSTOMER, bad, KNOWN).problems} == {
        ProblemCode.NOT_A_NUMBER,
        ProblemCode.NOT_A_TELEPHONE,
        ProblemCode.UNKNOWN_TYPE,
        ProblemCode.NOT_A_DAY,
    }


@given(st.lists(st.text(max_size=30), min_size=6, max_size=6))
def test_no_row_breaks_the_reading(texts: list[str]):
    for target, columns in ((Target.RECORDS, COLUMNS), (Target.CUSTOMERS, CUSTOMER)):
        read = read_row(target, columns, row(*texts), KNOWN)
        assert bool(read.problems) != bool(read.record or read.customer)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (row("甲", "1"), row("甲", "1", ""), True),
        (row("甲", "1"), row(" 甲 ", "１"), True),
        (row("甲", "1"), [cell_of_text("甲"), cell_of_number(1.0)], True),
        (row("甲", "1"), row("甲1", ""), False),
        (row("甲", "", "1"), row("甲", "1"), False),
    ],
)
def test_a_row_is_known_again_by_what_stands_in_it(one: list[Cell], other: list[Cell], same: bool):
    assert (digest_of_row(one) == digest_of_row(other)) is same
