"""The demo station's old records: two are due, one of them under audit; a contract that has ended."""

from datetime import date

from archive.access import Actor
from archive.demo.drawing.office import OfficePaper
from archive.demo.holdings import brought, filed_as_proposed
from archive.holdings.actions.contents import add_content
from archive.holdings.actions.pairs import compare, register_paper
from archive.holdings.file_plan import ClockStart
from archive.holdings.pair import Pair
from archive.holdings.queries.plans import plan_in_force
from archive.retention.actions.holds import Covers, place_hold
from archive.retention.actions.schedule import enter_event
from archive.retention.hold import HoldKind
from archive.system import System

COMPLAINT = OfficePaper(
    "客户投诉记录",
    [
        "投诉人：马桂兰　　户号：0340026007",
        "事由：五月初两次停电，未见通知。",
        "处理：已说明并致歉。",
    ],
    ["青石供电所", "2012年5月4日"],
)
REPORT = OfficePaper(
    "营销工作月报",
    ["本月抄表率 98.1%，差错率 0.3%。", "电费回收率 97.5%。"],
    ["制表日期：2014-11-30"],
)
CONTRACT = OfficePaper(
    "低压供用电合同",
    ["供电人：青石县供电公司", "用电人：周满仓", "户号：0340026010", "签订日期：2013年3月12日"],
)
ENDED = date(2018, 6, 30)


def settle_retention(system: System, station_id: int, *, archivist: Actor, head: Actor) -> None:
    """Papers of 2012 to 2014, filed and compared; the report holds an original voucher, too.

    The complaint is due and may be appraised; the report is under audit and, for what is bound in
    with it, kept for thirty years; the contract's clock was started by its end.
    """
    for paper, name in (
        (COMPLAINT, "旧投诉.pdf"),
        (REPORT, "旧月报.pdf"),
        (CONTRACT, "旧合同.pdf"),
    ):
        delivery = brought(system, archivist, station_id, name, [paper])
        record_id = filed_as_proposed(system, archivist, delivery)
        with system.transaction(archivist) as tx:
            register_paper(tx, record_id, pages=1)
        with system.transaction(head) as tx:
            digest = tx.get(Pair, record_id).electronic_digest
            compare(tx, record_id, digest=digest, paper_pages=1, matches=True)
        with system.transaction(archivist) as tx:
            if paper is CONTRACT:
                enter_event(
                    tx,
                    record_id,
                    ClockStart.CONTRACT_END,
                    ENDED,
                    document="供用电合同终止协议 12 号",
                )
            if paper is REPORT:
                lines = plan_in_force(tx).contents
                voucher = next(line for line in lines if line.code == "original-voucher")
                add_content(tx, record_id, voucher.id)
                place_hold(
                    tx,
                    station_id,
                    Covers(record_ids=[record_id]),
                    kind=HoldKind.AUDIT,
                    reason="公司 2026 年营销专项审计尚未结束",
                )
