"""Registers as they come: spreadsheets, texts in several codings, and what is no register."""

import io
import zipfile

import pytest

from archive.importing.cell import Flaw, cell_of_number, cell_of_text
from archive.importing.source import (
    MOST_BYTES,
    MOST_ROWS,
    NotARegister,
    OldWorkbook,
    RegisterEmpty,
    RegisterTooLarge,
    TextUnreadable,
    check_size,
    read_csv,
)
from archive.importing.xlsx import read_xlsx
from tests.registers import HEADINGS, csv_text, workbook


def texts(source) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in source.rows]


def test_a_workbook_is_read_with_its_title_left_out():
    source = read_xlsx(workbook(title="2019年文书档案目录"))
    assert source.headings == HEADINGS
    assert [row.line for row in source.rows] == [3, 4, 5]
    assert texts(source)[0] == ["WS-2019-1", "关于停电检修的通知", "2019-03-05", "2", "供电所"]


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_a_csv_is_read_in_every_coding(coding: str):
    source = read_csv(csv_text().encode(coding))
    assert source.headings == HEADINGS
    assert texts(source)[1][:3] == ["WS-2019-2", "营销例会记录", "2019年4月"]


@pytest.mark.parametrize("name", ["䶮", "𠮷", "镕", "喆"])
def test_a_name_outside_gbk_comes_through_gb18030(name: str):
    source = read_csv(f"户号,户名\r\n0012345,{name}某\r\n".encode("gb18030"))
    assert texts(source) == [["0012345", f"{name}某"]]


def test_a_text_of_no_known_coding_is_refused_and_not_guessed():
    with pytest.raises(TextUnreadable):
        read_csv("户号,户名\r\n1,王".encode() + b"\xff\xff\xff")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_columns_are_parted_by_comma_semicolon_or_tab(separator: str):
    source = read_csv(f"题名{separator}日期\n甲{separator}2019\n".encode())
    assert texts(source) == [["甲", "2019"]]


def test_formulas_are_taken_from_neither_kind_of_file():
    rows = [("1", "=1+1", "2019", 1, "", "")]
    assert read_xlsx(workbook(rows)).rows[0].cells[1].flaw == Flaw.FORMULA
    assert (
        read_csv("题名,日期\n=cmd|'/C calc'!A0,2019\n".encode()).rows[0].cells[0].flaw
        == Flaw.FORMULA
    )


def test_an_identity_number_that_lost_its_digits_is_refused():
    rows = [("1", "甲", "2019", 110101199001011234, "1.10101E+17", "")]
    cells = read_xlsx(workbook(rows)).rows[0].cells
    assert [cells[at].flaw for at in (3, 4)] == [Flaw.DIGITS_LOST, Flaw.DIGITS_LOST]
    assert cell_of_text("1.10101E+17").flaw == Flaw.DIGITS_LOST
    assert cell_of_text("110101199001011234").flaw is None


def test_numbers_are_written_as_a_person_would():
    assert [cell_of_number(one).text for one in (12, 12.0, 0.1, -3, 123456789012345)] == [
        "12",
        "12",
        "0.1",
        "-3",
        "123456789012345",
    ]
    assert cell_of_number(12345, "0000000000").text == "0000012345"
    assert cell_of_number(float("nan")).flaw == Flaw.BROKEN


def test_cells_that_are_merged_among_the_rows_are_marked_in_every_row():
    source = read_xlsx(workbook(merged="E2:E3"))
    assert [row.cells[4].flaw for row in source.rows] == [Flaw.MERGED, Flaw.MERGED, None]
    assert [row.cells[1].flaw for row in source.rows] == [None, None, None]


@pytest.mark.parametrize(
    "content", [b"", b"\r\n\r\n", "题名,日期\n".encode(), "只有一格\n甲\n".encode()]
)
def test_a_register_without_headings_or_rows_is_empty(content: bytes):
    def read() -> None:
        check_size(content)
        read_csv(content)

    with pytest.raises(RegisterEmpty):
        read()


def test_an_empty_workbook_is_empty():
    with pytest.raises(RegisterEmpty):
        read_xlsx(workbook(rows=[]))


def test_too_many_bytes_rows_or_columns_are_refused():
    with pytest.raises(RegisterTooLarge):
        check_size(b"x" * (MOST_BYTES + 1))
    with pytest.raises(RegisterTooLarge):
        read_csv(("题名,日期\n" + "甲,2019\n" * (MOST_ROWS + 1)).encode())
    with pytest.raises(RegisterTooLarge):
        read_csv((",".join("甲" * 80) + "\n" + ",".join("乙" * 80) + "\n").encode())


@pytest.mark.parametrize("content", [b"\xd0\xcf\x11\xe0" + b"\0" * 600])
def test_an_old_or_locked_workbook_is_told_from_a_broken_one(content: bytes):
    with pytest.raises(OldWorkbook):
        check_size(content)


def package(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name.replace("__", "/"), content)
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04 not a zip",
        package(a=b"nothing"),
        workbook()[:-300],
        package(xl__workbook=b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x/>'),
    ],
)
def test_what_is_no_workbook_is_said_to_be_none(content: bytes):
    with pytest.raises(NotARegister):
        read_xlsx(content)


def test_a_bomb_is_not_unpacked():
    bomb = package(xl__worksheets__sheet1=b"0" * 151_000_000)
    assert len(bomb) < MOST_BYTES
    with pytest.raises(RegisterTooLarge):
        read_xlsx(bomb)
