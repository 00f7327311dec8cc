"""应归档未归档清单: the monthly sheet of what should have been filed and is not [seed 5.6]."""

from collections.abc import Mapping, Sequence
from datetime import date

from archive.reports.registers_printed import Told, column


def not_filed_told(
    station: str, today: date, month: str, lines: Sequence[Mapping[str, object]]
) -> Told:
    """The printed sheet; each line tells its period, kind, clause, who answers for it, and since when."""
    whose: dict[str, int] = {}
    for line in lines:
        name = str(line["responsible"]) or "未指定"
        whose[name] = whose.get(name, 0) + 1
    return {
        "station": station,
        "code": month or today.isoformat(),
        "title": "应归档未归档清单",
        "fields": [
            {"name": "供电所", "value": station},
            {"name": "截至", "value": f"{today:%Y年%m月%d日}"},
            {
                "name": "责任人",
                "value": "；".join(f"{name} {n} 件" for name, n in whose.items()) or "无",
            },
        ],
        "columns": [
            column("序号", "11", "center"),
            column("所属期", "26"),
            column("材料", "1fr"),
            column("条款", "22"),
            column("责任人", "24"),
            column("应归档日期", "24", "center"),
            column("逾期天数", "19", "end"),
        ],
        "rows": [
            [
                str(at),
                str(line["period"]),
                str(line["kind"]),
                str(line["clause"]),
                str(line["responsible"]) or "未指定",
                f"{line['due_on']}",
                f"{line['overdue']}",
            ]
            for at, line in enumerate(lines, start=1)
        ],
        "foot": f"共 {len(lines)} 项。所长签字：＿＿＿＿＿＿　　日期：＿＿＿＿＿＿",
    }
