"""Lists as files: texts stay texts, sums are exact, and nothing in them is ever run."""

import csv
import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest

from archive.reports.spreadsheet import Form, Heading, write

NS = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
HEADINGS = [
    Heading("number", "号码"),
    Heading("sets", "份数", "number"),
    Heading("fee", "电费（元）", "money"),
    Heading("used", "电量", "kwh"),
    Heading("at", "时间"),
]
ROW = {
    "number": "04210001",
    "sets": 50,
    "fee": -9_999_999_999_999,
    "used": Decimal("12345.6"),
    "at": datetime(2026, 10, 18, 16, 5, tzinfo=UTC),
}
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1"]


def sheet_of(rows) -> list[list[tuple[str, str]]]:
    """Every cell as its type and what it holds."""
    out = io.BytesIO()
    write(out, Form.XLSX, "票据本", HEADINGS, rows)
    with zipfile.ZipFile(out) as packed:
        root = ET.fromstring(packed.read("xl/worksheets/sheet1.xml"))
        assert "<f>" not in packed.read("xl/worksheets/sheet1.xml").decode()
        assert 'name="票据本"' in packed.read("xl/workbook.xml").decode()
    return [
        [(cell.get("t", "n"), "".join(cell.itertext())) for cell in row.findall("x:c", NS)]
        for row in root.findall(".//x:row", NS)
    ]


def lines_of(rows) -> list[list[str]]:
    out = io.BytesIO()
    write(out, Form.CSV, "票据本", HEADINGS, rows)
    assert out.getvalue().startswith(b"\xef\xbb\xbf")  # or a Chinese spreadsheet takes it for GBK
    return list(csv.reader(io.StringIO(out.getvalue().decode("utf-8-sig"), newline="")))


def test_a_number_keeps_its_zeros_and_sums_are_exact_numbers():
    head, row = sheet_of([ROW])
    assert [text for _, text in head] == ["号码", "份数", "电费（元）", "电量", "时间"]
    assert row == [
        ("inlineStr", "04210001"),
        ("n", "50"),
        ("n", "-99999999999.99"),
        ("n", "12345.60"),
        ("inlineStr", "2026-10-19 00:05"),
    ]


def test_the_same_in_text_for_other_programs():
    assert lines_of([ROW])[1] == [
        "04210001",
        "50",
        "-99999999999.99",
        "12345.60",
        "2026-10-19 00:05",
    ]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_that_begins_like_a_formula_is_a_text(text: str):
    row = ROW | {"number": text}
    assert sheet_of([row])[1][0][0] == "inlineStr"
    assert lines_of([row])[1][0] == f"'{text}"


def test_nothing_is_an_empty_cell_and_a_day_is_written_as_tables_write_it():
    row = ROW | {"number": None, "sets": None, "at": date(2026, 10, 18)}
    assert lines_of([row])[1][:2] == ["", ""]
    assert lines_of([row])[1][4] == "2026-10-18"
    assert sheet_of([row])[1][4] == ("inlineStr", "2026-10-18")


@pytest.mark.parametrize("form", list(Form))
def test_the_rows_are_counted(form: Form):
    assert write(io.BytesIO(), form, "表", HEADINGS, iter([ROW] * 2500)) == 2500
    assert write(io.BytesIO(), form, "表", HEADINGS, []) == 0


def test_what_goes_wrong_in_the_middle_leaves_no_file_behind(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def rows():
        yield ROW
        message = "the database is gone"
        raise OSError(message)

    with pytest.raises(OSError, match="is gone"):
        write(io.BytesIO(), Form.XLSX, "表", HEADINGS, rows())
    assert list(tmp_path.iterdir()) == []
