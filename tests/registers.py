"""Registers as stations keep them, made on the spot."""

import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter  # noqa: TID251 - somebody else's spreadsheet, made here

HEADINGS = ("档号", "题名", "日期", "页数", "责任者", "备注")
ROWS: Sequence[Sequence[Any]] = (
    ("WS-2019-1", "关于停电检修的通知", "2019-03-05", 2, "供电所", ""),
    ("WS-2019-2", "营销例会记录", "2019年4月", "3页", "供电所", "复印件"),
    ("WS-2019-3", "安全检查报告", "二〇一九年五月六日", "", "县公司", ""),
)


def workbook(
    rows: Sequence[Sequence[Any]] = ROWS,
    headings: Sequence[str] = HEADINGS,
    *,
    title: str = "",
    merged: str = "",
) -> bytes:
    """An XLSX; a text that begins with ``=`` is a formula, ``title`` stands merged above."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("目录")
        line = 0
        if title:
            sheet.merge_range(0, 0, 0, len(headings) - 1, title)
            line = 1
        sheet.write_row(line, 0, headings)
        for at, row in enumerate(rows, start=line + 1):
            sheet.write_row(at, 0, row)
        if merged:
            sheet.merge_range(merged, "合并的")
    return out.getvalue()


def csv_text(rows: Sequence[Sequence[Any]] = ROWS, headings: Sequence[str] = HEADINGS) -> str:
    return "".join(",".join(str(one) for one in row) + "\r\n" for row in (headings, *rows))
