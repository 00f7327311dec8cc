"""The demo station's destruction: a register signed in one place, waiting for the next signature."""

from archive.access import Actor
from archive.demo.drawing.office import OfficePaper
from archive.demo.holdings import brought, filed_as_proposed
from archive.holdings.actions.pairs import compare, register_paper
from archive.holdings.pair import Pair
from archive.retention.actions.appraisals import (
    Named,
    add_record,
    convene,
    name_panel,
    propose_appraisal,
)
from archive.retention.actions.batches import freeze_register, propose_batch
from archive.retention.actions.judging import Judgement, conclude, judge, sign_appraisal
from archive.retention.actions.signatures import sign_register
from archive.retention.appraisal import Opinion
from archive.retention.department import Department
from archive.retention.signing import Part
from archive.system import System

OLD = (
    OfficePaper(
        "客户投诉记录",
        ["投诉人：何守田　　户号：0340026003", "事由：电表箱门损坏。", "处理：已更换。"],
        ["青石供电所", "2011年3月9日"],
    ),
    OfficePaper(
        "客户投诉记录",
        ["投诉人：田家旺　　户号：0340026015", "事由：抄表日无人上门。", "处理：已补抄并说明。"],
        ["青石供电所", "2011年8月22日"],
    ),
)


def settle_destruction(
    system: System,
    station_id: int,
    *,
    archivist: Actor,
    archives: Actor,
    head: Actor,
    passwords: tuple[str, str],
) -> int:
    """Two complaints of 2011, appraised as worthless and listed in a batch.

    The officer of the company's archives has signed the register; its head and finance have not.
    ``passwords`` are those of the archives' officer and of the head, in this order.

    Returns:
        The batch.
    """
    records = [_filed(system, station_id, number, archivist, head) for number in range(len(OLD))]
    people = (archivist, archives, head)
    appraisal_id = _appraised(system, station_id, records, people, passwords)
    with system.transaction(archivist) as tx:
        batch = freeze_register(tx, propose_batch(tx, appraisal_id).id)
        batch_id, digest = batch.id, batch.digest
    with system.transaction(archives) as tx:
        sign_register(
            tx,
            batch_id,
            Part.ARCHIVES_OFFICER,
            seen=digest,
            opinion="同意销毁",
            password=passwords[0],
        )
    return batch_id


def _filed(system: System, station_id: int, number: int, archivist: Actor, head: Actor) -> int:
    name = f"旧投诉{number + 1}.pdf"
    delivery = brought(system, archivist, station_id, name, [OLD[number]])
    record_id = filed_as_proposed(system, archivist, delivery)
    with system.transaction(archivist) as tx:
        register_paper(tx, record_id, pages=1)
    with system.transaction(head) as tx:
        digest = tx.get(Pair, record_id).electronic_digest
        compare(tx, record_id, digest=digest, paper_pages=1, matches=True)
    return record_id


def _appraised(
    system: System,
    station_id: int,
    records: list[int],
    people: tuple[Actor, Actor, Actor],
    passwords: tuple[str, str],
) -> int:
    archivist, archives, head = people
    with system.transaction(archivist) as tx:
        appraisal_id = propose_appraisal(tx, station_id, title="2011年到期档案鉴定").id
        for record_id in records:
            add_record(tx, appraisal_id, record_id)
        named = [
            Named(archives.person_id or 0, Department.ARCHIVES, chair=True),
            Named(head.person_id or 0, Department.BUSINESS),
        ]
        name_panel(tx, appraisal_id, named)
        convene(tx, appraisal_id)
    with system.transaction(archives) as tx:
        worthless = Judgement(Opinion.DESTROY, "保管期满，无继续保存价值", content_seen=True)
        judge(tx, appraisal_id, worthless)
        digest = conclude(tx, appraisal_id).digest
    for member, password in zip(people[1:], passwords, strict=True):
        with system.transaction(member) as tx:
            sign_appraisal(tx, appraisal_id, digest=digest, password=password)
    return appraisal_id
