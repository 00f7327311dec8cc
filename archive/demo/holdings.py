"""The demo station's filing: a pile that was scanned and filed, a volume with its items, one that
waits, and what was never paper: a contract and an invoice.
"""

from datetime import timedelta

from archive.access import Actor
from archive.demo.drawing.electronic import Line, einvoice, packed, parts
from archive.demo.drawing.office import OfficePaper, as_pdf, blank_page
from archive.filing.actions.drafts import Said, file_draft
from archive.filing.delivery import Delivery
from archive.filing.fixity import check_copies
from archive.filing.jobs import read_delivery
from archive.filing.queries.deliveries import delivery_seen
from archive.filing.receiving import delivery_spool, receive
from archive.filing.renditions import make_rendition
from archive.holdings.actions.items import ItemDescription, add_item
from archive.holdings.actions.pairs import compare, register_paper
from archive.holdings.actions.records import Description, file_record
from archive.holdings.copy import ElectronicCopy
from archive.holdings.pair import Pair
from archive.holdings.queries.plans import plan_in_force
from archive.system import System
from archive.transaction import Transaction

FILED = (
    OfficePaper(
        "客户投诉记录",
        [
            "投诉人：马桂兰　　户号：0340026007",
            "事由：九月二日晚停电三小时，事先未见停电通知。",
            "处理：当晚变压器跌落保险烧毁，已更换；已向客户说明并致歉。",
        ],
        ["青石供电所", "2026年9月3日"],
    ),
    OfficePaper(
        "营销工作月报",
        ["本月抄表率 99.6%，差错率 0.1%。", "电费回收率 98.2%，旧欠回收 3,215.40 元。"],
        ["制表日期：2026-09-30"],
    ),
)
WAITING = (
    OfficePaper(
        "电能表校试记录",
        ["户号：0340026003", "表号：44 021 887", "误差 +0.6%，校试结论：合格。"],
        ["校试人：张大勇", "2026年10月12日"],
    ),
    None,
    OfficePaper("来访接待记录", ["来访人反映二组夜间电压偏低。", "答复：已安排测量，五日内回复。"]),
)
"""The second of these says no day: a person has to."""
ELECTRONIC = (
    Line("低压供用电合同", left=70, top=20, size=8),
    Line("供电人：青石县供电公司", top=45),
    Line("用电人：周小满", top=55),
    Line("户号：0340026009", top=65),
    Line("本合同以电子签名订立，与纸质合同具有同等效力。", top=80),
    Line("签订日期：2026年10月14日", left=120, top=105),
)
"""Never on paper: it came as an OFD."""


def settle_filing(system: System, station_id: int, *, archivist: Actor, head: Actor) -> None:
    """Two papers filed, one of them compared by the head; a volume; three pages, an OFD and an invoice to be filed."""
    for paper in FILED:
        delivery = brought(system, archivist, station_id, f"{paper.heading}.pdf", [paper])
        record_id = filed_as_proposed(system, archivist, delivery)
        with system.transaction(archivist) as tx:
            register_paper(tx, record_id, pages=1)
    with system.transaction(head) as tx:
        pair = tx.get(Pair, record_id)
        compare(tx, record_id, digest=pair.electronic_digest, paper_pages=1, matches=True)
    check_copies(system)
    with system.transaction(archivist) as tx:
        file_volume(tx, station_id)
    brought(system, archivist, station_id, "十月来文.pdf", WAITING)
    _taken(system, archivist, station_id, "供用电合同 周小满.ofd", packed(parts(ELECTRONIC)))
    _taken(system, archivist, station_id, "复印纸发票.xml", einvoice().encode())


def file_volume(tx: Transaction, station_id: int) -> None:
    """Last month's pay-in slips, bound into one volume, with the items in it."""
    end = tx.today.replace(day=1) - timedelta(days=1)
    kind = next(kind for kind in plan_in_force(tx).kinds if kind.code == "bank-pay-in-slip")
    title = f"{end:%Y}年{end.month}月电费现金缴款单"
    record = file_record(tx, station_id, Description(kind.id, title, end, pages=9))
    for third, day in (("上旬", 10), ("中旬", 20), ("下旬", end.day)):
        said = ItemDescription(f"{third}缴款单", end.replace(day=day), 3, parties="县农村信用社")
        add_item(tx, record.id, said)
    register_paper(tx, record.id, pages=9)


def brought(
    system: System,
    archivist: Actor,
    station_id: int,
    name: str,
    papers: "tuple[OfficePaper | None, ...] | list[OfficePaper]",
) -> Delivery:
    """Papers scanned into one file, received and read here and now."""
    pages = [paper.drawn(seed=n) if paper else blank_page(seed=n) for n, paper in enumerate(papers)]
    return _taken(system, archivist, station_id, name, as_pdf(pages))


def _taken(
    system: System, archivist: Actor, station_id: int, name: str, content: bytes
) -> Delivery:
    with delivery_spool(system.settings) as spool:
        spool.take([content], name)
        delivery = receive(system, archivist, station_id, spool.files, source="page")
    read_delivery(system, delivery.id)
    return delivery


def filed_as_proposed(system: System, archivist: Actor, delivery: Delivery) -> int:
    """The only draft of a delivery, filed as it was proposed."""
    with system.transaction(archivist) as tx:
        (seen,) = delivery_seen(tx, delivery.id).drafts
        draft = seen.draft
        said = Said(
            draft.kind_id,
            draft.title,
            draft.formed_on,
            draft.document_number,
            draft.parties,
            draft.customer_number,
        )
        record_id = file_draft(tx, draft.id, said).id
        copy_id = tx.session.query(ElectronicCopy.id).filter_by(record_id=record_id).scalar()
    make_rendition(system, copy_id)
    return record_id
