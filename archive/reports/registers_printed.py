"""What the printed registers say, field by field as DA/T 22, GB/T 9705 and 79号令 have them.

The forms are ``archive/printing/forms/``; fields are those of ``domain.md`` §1.6.
"""

from collections.abc import Sequence
from typing import Any

from archive.holdings.file_plan import Category
from archive.holdings.pair import Paper
from archive.people.person import Station
from archive.reports.registers import (
    ACCOUNTING,
    RegisterChoice,
    RegisterLine,
    box_lines,
    check_printable,
    dossier_lines,
    fonds_of,
    register_lines,
)
from archive.transaction import Transaction

ALL = "全部"
NOT_STARTED = "未起算"
UNKNOWN = "—"

Told = dict[str, Any]


def catalogue_told(tx: Transaction, asked: RegisterChoice) -> tuple[Told, int]:
    """归档文件目录 with its cover, and how many lines it has.

    Raises:
        NothingToPrint, TooManyToPrint: there is nothing to print, or too much.
    """
    lines = list(register_lines(tx, asked))
    check_printable(lines)
    fonds = fonds_of(tx, lines)
    station = tx.get(Station, asked.station_id) if asked.station_id else None
    cover = (
        ("全宗号", "、".join(one.code for one in fonds if one.code) or UNKNOWN),
        ("全宗名称", "、".join(one.name for one in fonds)),
        ("年度", f"{asked.year}年" if asked.year else ALL),
        ("保管期限", kept(asked.retention) if asked.retention else ALL),
        ("机构", f"{station.name}（{station.code}）" if station else ALL),
    )
    told = {
        "station": fonds[0].name,
        "code": _which(asked),
        "title": "归档文件目录",
        "cover": [{"name": name, "value": value} for name, value in cover],
        "columns": [
            column("序号", "11", "center"),
            column("档号", "52"),
            column("文号", "28"),
            column("责任者", "30"),
            column("题名", "1fr"),
            column("日期", "19", "center"),
            column("密级", "12", "center"),
            column("页数", "12", "end"),
            column("备注", "24"),
        ],
        "rows": [
            [
                str(at),
                line.record.code,
                line.record.document_number,
                line.people.parties,
                line.record.title,
                f"{line.record.formed_on:%Y%m%d}",
                "",
                str(line.pages),
                line.record.remark,
            ]
            for at, line in enumerate(lines, start=1)
        ],
        "foot": _total(lines),
    }
    return told, len(lines)


def inner_columns() -> list[dict[str, str]]:
    """The columns of a 卷内文件目录 (GB/T 9705-2008)."""
    return [
        column("顺序号", "13", "center"),
        column("文号", "26"),
        column("责任者", "30"),
        column("题名", "1fr"),
        column("日期", "19", "center"),
        column("页号", "15", "center"),
        column("备注", "18"),
    ]


def inner_list_told(tx: Transaction, group: str, key: int) -> tuple[Told, int]:
    """卷内文件目录 of a box or of a customer's dossier, and how many lines it has.

    Raises:
        NothingToPrint, TooManyToPrint, NoSuchThing, CountedBlind: it cannot be had.
    """
    name, lines = group_lines(tx, group, key)
    spans = page_spans(lines)
    told = {
        "station": lines[0].station.name,
        "code": name,
        "title": "卷内文件目录",
        "fields": [
            {"name": "卷（盒）", "value": name},
            {"name": "档号", "value": _codes(lines)},
            {"name": "保管期限", "value": _longest(lines)},
        ],
        "columns": inner_columns(),
        "rows": [
            [
                str(at),
                line.record.document_number,
                line.people.parties,
                line.record.title,
                f"{line.record.formed_on:%Y%m%d}",
                spans[at - 1],
                line.record.remark,
            ]
            for at, line in enumerate(lines, start=1)
        ],
        "foot": _total(lines),
    }
    return told, len(lines)


def page_spans(lines: Sequence[RegisterLine]) -> list[str]:
    """页号: the page each begins on, and for the last also where it ends (GB/T 9705)."""
    begins, found = 1, []
    for line in lines:
        found.append(str(begins) if line.pages else UNKNOWN)
        begins += line.pages
    if lines and lines[-1].pages > 1:
        found[-1] = f"{found[-1]}–{begins - 1}"
    return found


def remark_sheet_told(tx: Transaction, group: str, key: int) -> tuple[Told, int]:
    """备考表: for a box as DA/T 22 has it, for a volume (a dossier) as GB/T 9705 has it.

    Raises:
        NothingToPrint, TooManyToPrint, NoSuchThing, CountedBlind: it cannot be had.
    """
    name, lines = group_lines(tx, group, key)
    box = group == "box"
    signed = (
        ("整理人", "整理日期", "检查人", "检查日期") if box else ("立卷人", "检查人", "立卷时间")
    )
    told = {
        "station": lines[0].station.name,
        "code": name,
        "title": "备考表" if box else "卷内备考表",
        "heading": "盒内文件情况说明" if box else "本卷情况说明",
        "known": [f"{name}：{_total(lines)}，档号 {_codes(lines)}。", *_noteworthy(lines)],
        "asked": "缺损、修改、补充、移出、销毁等情况：",
        "signed": list(signed),
    }
    return told, len(lines)


def file_cover_told(tx: Transaction, group: str, key: int) -> tuple[Told, int]:
    """案卷封面 (310×220 mm, GB/T 9705): of a box or of a customer's dossier.

    Raises:
        NothingToPrint, TooManyToPrint, NoSuchThing, CountedBlind: it cannot be had.
    """
    name, lines = group_lines(tx, group, key)
    days = [line.record.formed_on for line in lines]
    fonds = fonds_of(tx, lines)
    title = f"{lines[0].station.name}{name}用户用电档案" if group == "dossier" else name
    fields = (
        ("时间", f"{min(days):%Y年%m月%d日} 至 {max(days):%Y年%m月%d日}"),
        ("保管期限", _longest(lines)),
        ("件数", f"{len(lines)} 件"),
        ("页数", f"{sum(line.pages for line in lines)} 页"),
        ("归档号", ""),
        ("档号", _codes(lines)),
    )
    told = {
        "station": lines[0].station.name,
        "fonds": "、".join(one.name for one in fonds),
        "category": "、".join(_categories(tx, lines)),
        "title": title,
        "fields": [{"name": label, "value": value} for label, value in fields],
    }
    return told, len(lines)


def transfer_told(
    tx: Transaction, asked: RegisterChoice, *, handing_over: bool
) -> tuple[Told, int]:
    """会计档案移交清册, or with the same fields 会计档案保管清册 (会计档案管理办法 art. 24).

    Without a category it is of all accounting files.

    Raises:
        NothingToPrint, TooManyToPrint: there is nothing to print, or too much.
    """
    lines = list(register_lines(tx, accounting(asked)))
    check_printable(lines)
    told = {
        "station": "、".join(one.name for one in fonds_of(tx, lines)),
        "code": _which(asked),
        "title": "会计档案移交清册" if handing_over else "会计档案保管清册",
        "columns": [
            column("序号", "11", "center"),
            column("名称", "1fr"),
            column("卷号", "16", "center"),
            column("册数", "14", "end"),
            column("起止年度", "20", "center"),
            column("档案编号", "62"),
            column("应保管期限", "23", "center"),
            column("已保管期限", "23", "center"),
        ],
        "rows": [
            [
                str(at),
                line.record.title,
                line.number,
                "1",
                str(line.record.year),
                line.record.code,
                kept(line.kind.retention),
                kept_so_far(line, tx.today.year),
            ]
            for at, line in enumerate(lines, start=1)
        ],
        "foot": f"共 {len(lines)} 卷（册）",
        "signed": ["移交人", "接收人", "移交方监交人", "接收方监交人"]
        if handing_over
        else ["保管人", "会计机构负责人", "档案机构负责人"],
    }
    return told, len(lines)


def accounting(asked: RegisterChoice) -> RegisterChoice:
    """What was asked for, of accounting files only."""
    if asked.category:
        return asked
    return RegisterChoice(asked.year, asked.retention, ACCOUNTING, asked.station_id)


def group_lines(tx: Transaction, group: str, key: int) -> tuple[str, list[RegisterLine]]:
    """What a box (``box``) or a customer's dossier holds, with its name.

    Raises:
        NothingToPrint, TooManyToPrint, NoSuchThing, CountedBlind: it cannot be had.
    """
    if group == "box":
        box, lines = box_lines(tx, key)
        name = f"第 {box.name} 盒"
    else:
        number, lines = dossier_lines(tx, key)
        name = f"户号 {number}"
    check_printable(lines)
    return name, lines


def kept(retention: str) -> str:
    """A retention in words: ``永久``, ``30年``."""
    return "永久" if retention == "Y" else f"{retention.removeprefix('D')}年"


def kept_so_far(line: RegisterLine, year: int) -> str:
    """已保管期限 in whole years; a clock that an event starts may not have started."""
    years = line.kept_years(year)
    return NOT_STARTED if years is None else f"{years}年"


def _total(lines: Sequence[RegisterLine]) -> str:
    return f"共 {len(lines)} 件，{sum(line.pages for line in lines)} 页"


def _codes(lines: Sequence[RegisterLine]) -> str:
    first, last = lines[0].record.code, lines[-1].record.code
    return first if first == last else f"{first} 至 {last}"


def _longest(lines: Sequence[RegisterLine]) -> str:
    """The longest of them: a volume takes it for all it holds (``domain.md`` §1.5)."""
    codes = {line.kind.retention for line in lines}
    if "Y" in codes:
        return kept("Y")
    return kept(max(codes, key=lambda code: int(code.removeprefix("D"))))


def _noteworthy(lines: Sequence[RegisterLine]) -> list[str]:
    """What the pairs say that a check of the papers would find."""
    words = {Paper.MISSING: "纸质件缺失", Paper.OUT: "纸质件不在库", Paper.DESTROYED: "已销毁"}
    return [
        f"{word}：{'、'.join(codes)}。"
        for state, word in words.items()
        if (codes := [line.record.code for line in lines if line.pair.paper == state])
    ]


def _categories(tx: Transaction, lines: Sequence[RegisterLine]) -> list[str]:
    wanted = {(line.kind.plan_id, line.kind.category) for line in lines}
    plans = {plan for plan, _ in wanted}
    rows = (
        tx.session.query(Category).filter(Category.plan_id.in_(plans)).order_by(Category.position)
    )
    names = [row.name_zh for row in rows if (row.plan_id, row.code) in wanted]
    return list(dict.fromkeys(names))


def _which(asked: RegisterChoice) -> str:
    """What a foot says the register is of."""
    told = (
        str(asked.year) if asked.year else "",
        asked.category,
        asked.retention,
    )
    return " · ".join(word for word in told if word) or ALL


def column(label: str, width: str, align: str = "start") -> dict[str, str]:
    return {"label": label, "width": width, "align": align}
