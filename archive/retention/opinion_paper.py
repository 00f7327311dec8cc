"""The appraisal report (鉴定意见书): printed from what was signed, and kept for ever.

What it says of an item is what was frozen when the panel concluded; its titles name nobody.
"""

from typing import Any

from sqlalchemy import select

from archive.access import SYSTEM
from archive.clock import STATION_ZONE
from archive.holdings.file_plan import RecordKind
from archive.holdings.fonds import Fonds
from archive.holdings.record import Record
from archive.messages import sentence
from archive.people.person import Person, Station
from archive.printing import print_form
from archive.retention.appraisal import (
    ACCOUNTING,
    Appraisal,
    AppraisalItem,
    AppraisalState,
    Opinion,
)
from archive.retention.conclusion import AppraisalPaper
from archive.retention.filed_paper import keep_paper, stored
from archive.retention.queries.appraisals import Seat, dissents, seats
from archive.retention.tombstone import lasting_title
from archive.system import System
from archive.transaction import Transaction

Told = dict[str, Any]

COLUMNS = (
    ("序号", "11", "center"),
    ("档号", "48", "start"),
    ("题名", "1fr", "start"),
    ("年度", "12", "center"),
    ("保管期限", "14", "center"),
    ("期满日", "20", "center"),
    ("页数", "11", "end"),
    ("看过内容", "13", "center"),
    ("冻结核查", "20", "start"),
    ("意见", "30", "start"),
    ("理由", "38", "start"),
)
BASIS = {
    True: "《会计档案管理办法》（财政部、国家档案局令第79号）第十六条至第十九条；本单位档案保管期限表",
    False: "《企业档案工作规范》（DA/T 42-2009）7.7；《企业文件材料归档范围和档案保管期限规定》；"
    "本单位档案保管期限表",
}


def opinion_told(tx: Transaction, appraisal_id: int) -> Told:
    """What the report says, as far as the appraisal has come."""
    appraisal = tx.get(Appraisal, appraisal_id)
    station = tx.get(Station, appraisal.station_id)
    lines = [_line(item, record, kind) for item, record, kind in _items(tx, appraisal_id)]
    accounting = any(line["category"].startswith(ACCOUNTING) for line in lines)
    years = sorted({line["year"] for line in lines})
    panel = seats(tx, appraisal_id)
    facts = (
        ("编号", appraisal.name),
        ("名称", appraisal.title),
        ("全宗", tx.get(Fonds, appraisal.fonds_id).name),
        ("机构", f"{station.name}（{station.code}）"),
        ("鉴定范围", f"{_span(years)} 年度，共 {len(lines)} 件" if years else "—"),
        ("提出人", tx.get(Person, appraisal.proposed_by_id).name),
        ("提出日期", _day(appraisal.proposed_at)),
        ("结论日期", _day(appraisal.concluded_at)),
    )
    return {
        "station": tx.get(Fonds, appraisal.fonds_id).name,
        "code": appraisal.name,
        "title": "会计档案鉴定意见书" if accounting else "档案鉴定意见书",
        "facts": [{"name": name, "value": value} for name, value in facts],
        "basis": BASIS[accounting],
        "totals": _totals(lines),
        "columns": [{"label": name, "width": width, "align": to} for name, width, to in COLUMNS],
        "rows": [_row(at, line) for at, line in enumerate(lines, start=1)],
        "dissents": [
            f"{person.name}（{code or '整个鉴定'}）：{said.said}"
            for said, person, code in dissents(tx, appraisal_id)
        ],
        "panel": [_seat(seat) for seat in panel],
        "digest": appraisal.digest,
    }


def print_appraisal(system: System, appraisal_id: int) -> None:
    """Print the report of a signed appraisal and keep it, once; objects before rows.

    Raises:
        FormNotPrinted: it could not be set; tried again, and given up visibly.
    """
    with system.transaction(SYSTEM, writes=False) as tx:
        state = tx.get(Appraisal, appraisal_id).state
        kept = tx.session.get(AppraisalPaper, appraisal_id)
        if kept is not None or state != AppraisalState.SIGNED:
            return
        told, printed_at = opinion_told(tx, appraisal_id), tx.now
    paper = stored(system.objects, print_form("appraisal", told, printed_at=printed_at))
    with system.transaction(SYSTEM) as tx:
        appraisal = tx.get(Appraisal, appraisal_id, lock=True)
        if tx.session.get(AppraisalPaper, appraisal_id) is not None:
            return
        digests = paper.digests
        tx.add(
            AppraisalPaper(
                appraisal_id=appraisal_id,
                object_key=paper.key,
                sha256=digests.sha256,
                sm3=digests.sm3,
                size=digests.size,
                made_at=tx.now,
            )
        )
        if appraisal.report_record_id is not None:  # signed before opinions were filed
            keep_paper(tx, appraisal.report_record_id, paper)
        tx.record("appraisal.paper-kept", appraisal.subject, sha256=digests.sha256)


def give_up_appraisal(tx: Transaction, appraisal_id: int) -> None:
    """The report could not be printed; everything it would say is kept and signed."""
    tx.record("appraisal.paper-failed", tx.get(Appraisal, appraisal_id).subject)


def _items(tx: Transaction, appraisal_id: int) -> list[tuple[AppraisalItem, Record, RecordKind]]:
    rows = tx.session.execute(
        select(AppraisalItem, Record, RecordKind)
        .join(Record, Record.id == AppraisalItem.record_id)
        .join(RecordKind, RecordKind.id == Record.kind_id)
        .where(AppraisalItem.appraisal_id == appraisal_id)
        .order_by(Record.code)
    )
    return [(item, record, kind) for item, record, kind in rows]


def _line(item: AppraisalItem, record: Record, kind: RecordKind) -> Told:
    """What was frozen; while nothing is, the same as it stands now."""
    return item.told or {
        "code": record.code,
        "title": lasting_title(record, kind),
        "year": record.year,
        "pages": record.pages,
        "category": kind.category,
        "retention": kind.retention,
        "protected_through": item.protected_through.isoformat(),
        "holds": [],
        "content_seen": item.content_seen,
        "opinion": str(item.opinion),
        "new_due_on": item.new_due_on.isoformat() if item.new_due_on else "",
        "held_as": str(item.held_as),
        "reason": item.reason,
    }


def _row(at: int, line: Told) -> list[str]:
    opinion = sentence(f"opinion.{line['opinion'] or 'none'}", "zh")
    if line["opinion"] == Opinion.KEEP:
        opinion = f"{opinion}至 {line['new_due_on']}"
    elif line["opinion"] == Opinion.TAKE_OUT:
        opinion = f"{opinion}（{sentence('appraisals.held-' + line['held_as'], 'zh')}）"
    return [
        str(at),
        line["code"],
        line["title"],
        str(line["year"]),
        line["retention"],
        line["protected_through"],
        str(line["pages"]),
        "是" if line["content_seen"] else "否",
        "、".join(sentence(f"hold-kind.{kind}", "zh") for kind in line["holds"]) or "无",
        opinion,
        line["reason"],
    ]


def _totals(lines: list[Told]) -> str:
    def of(opinion: str) -> int:
        return sum(line["opinion"] == opinion for line in lines)

    pages = sum(line["pages"] for line in lines if line["opinion"] == Opinion.DESTROY)
    said = (
        f"共鉴定 {len(lines)} 件；销毁 {of('destroy')} 件（{pages} 页），"
        f"续存 {of('keep')} 件，抽出立卷 {of('take-out')} 件"
    )
    return f"{said}，未鉴定 {of('')} 件。" if of("") else f"{said}。"


def _seat(seat: Seat) -> Told:
    signed = seat.signature
    return {
        "department": sentence(f"department.{seat.member.department}", "zh"),
        "name": seat.person.name,
        "part": "组长" if seat.member.chair else "成员",
        "signed": f"已签（{seat.person.code}）" if signed else "",
        "at": f"{signed.signed_at.astimezone(STATION_ZONE):%Y-%m-%d %H:%M}" if signed else "",
    }


def _day(at: Any) -> str:
    return f"{at.astimezone(STATION_ZONE):%Y-%m-%d}" if at else "—"


def _span(years: list[int]) -> str:
    return str(years[0]) if len(years) == 1 else f"{years[0]}—{years[-1]}"
