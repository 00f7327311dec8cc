"""Reaches the states of a destruction through the real verbs, with objects really in the store.

company = open_company(station)
records = worthless(station, 3)                       # filed in 2012, paired, due since 2023
batch = proposed(station, company, records)           # appraised by a panel and listed
batch = registered / signed / approved / supervised / counted / begun / burnt / witnessed(…)

Each takes what the one before gives, or makes it itself, and gives the :class:`Case`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from archive.demo.drawing.office import OfficePaper
from archive.filing.actions.drafts import Said, file_draft, split_draft
from archive.filing.delivery import Draft
from archive.filing.renditions import make_rendition
from archive.holdings.actions.pairs import compare, register_paper
from archive.holdings.copy import ElectronicCopy
from archive.holdings.pair import Pair
from archive.holdings.record import Record
from archive.jobs import keep_promise
from archive.outbox import Promise
from archive.retention.actions import (
    appraisals,
    batches,
    execution,
    judging,
    signatures,
    supervision,
)
from archive.retention.actions.appraisals import Named
from archive.retention.actions.judging import Judgement
from archive.retention.appraisal import Appraisal, Opinion
from archive.retention.batch import Batch, BatchItem
from archive.retention.department import Department
from archive.retention.signing import Part
from archive.shelving.actions.boxes import put_away
from tests.builders import PASSWORD, Colleague, Station
from tests.company import Company, open_company
from tests.deliveries import delivered, pdf_of, read, read_as
from tests.holdings import kind_id

WORN = date(2012, 6, 15)


def paper_of(number: int) -> OfficePaper:
    return OfficePaper(
        "客户投诉记录", [f"投诉人：第{number}户", f"事由：停电第{number}次。"], ["2012年6月15日"]
    )


def worthless(
    station: Station, count: int = 1, *, kind: str = "complaint", first: int = 1
) -> list[Record]:
    """Records of 2012, each with pages in the store, paired and in a box; due for years.

    ``first`` numbers their papers: the same paper scanned in the same second is the same delivery.
    """
    return [_filed(station, number, kind) for number in range(first, first + count)]


def pile(station: Station, count: int, *, kind: str = "complaint", first: int = 1) -> list[Record]:
    """The same, but all their pages came in one file."""
    papers = [paper_of(number) for number in range(first, first + count)]
    delivery = delivered(station, ("2012年投诉.pdf", pdf_of(*papers)))
    (draft,) = read(station, delivery, [read_as(paper) for paper in papers])
    drafts = [draft]
    for number in range(2, count + 1):
        drafts.append(station.archivist.does(split_draft, drafts[-1].id, at_page=number))
    return [
        _as_record(station, draft, number, kind) for number, draft in enumerate(drafts, start=first)
    ]


def _filed(station: Station, number: int, kind: str) -> Record:
    paper = paper_of(number)
    delivery = delivered(station, (f"投诉{number}.pdf", pdf_of(paper)))
    (draft,) = read(station, delivery, [read_as(paper)])
    return _as_record(station, draft, number, kind)


def _as_record(station: Station, draft: Draft, number: int, kind: str) -> Record:
    said = Said(
        kind_id(station, kind),
        f"第{number}户停电投诉",
        WORN,
        parties=f"王第{number}",
        customer_number=f"04180{number:05}",
    )
    record = station.archivist.does(file_draft, draft.id, said)
    copy = station.asks(
        lambda tx: tx.session.query(ElectronicCopy).filter_by(record_id=record.id).one()
    )
    make_rendition(station.system, copy.id)
    station.archivist.does(register_paper, record.id, pages=1)
    pair = station.sees(Pair, record.id)
    station.head.does(
        compare, record.id, digest=pair.electronic_digest, paper_pages=1, matches=True
    )
    station.archivist.does(put_away, [record.id])
    return station.sees(Record, record.id)


@dataclass
class Case:
    """A batch on its way, and the people who have to do with it."""

    station: Station
    company: Company
    records: list[Record]
    batch_id: int
    witnesses: list[Colleague] = field(default_factory=list)

    @property
    def batch(self) -> Batch:
        return self.station.sees(Batch, self.batch_id)

    @property
    def items(self) -> list[BatchItem]:
        return self.station.asks(
            lambda tx: (
                tx.session.query(BatchItem)
                .filter_by(batch_id=self.batch_id)
                .order_by(BatchItem.position)
                .all()
            )
        )

    @property
    def signers(self) -> dict[Part, Colleague]:
        return {
            Part.ARCHIVES_OFFICER: self.company.archives,
            Part.ARCHIVES_HEAD: self.company.archives_head,
            Part.ACCOUNTING_OFFICER: self.station.finance,
            Part.ACCOUNTING_HEAD: self.company.finance_head,
        }


def appraised(
    station: Station,
    company: Company,
    records: Sequence[Record],
    opinion: Opinion = Opinion.DESTROY,
) -> Appraisal:
    """A panel of archives, accounting, audit, discipline and station found them worthless."""
    proposer = station.archivist
    appraisal = proposer.does(appraisals.propose_appraisal, station.id, title="2012年到期档案鉴定")
    for record in records:
        proposer.does(appraisals.add_record, appraisal.id, record.id)
    panel = [
        (company.archives_head, Department.ARCHIVES),
        (company.finance_head, Department.ACCOUNTING),
        (company.audit, Department.AUDIT),
        (company.discipline, Department.DISCIPLINE),
        (station.head, Department.BUSINESS),
    ]
    named = [
        Named(person.id, department, chair=department == Department.ARCHIVES)
        for person, department in panel
    ]
    proposer.does(appraisals.name_panel, appraisal.id, named)
    proposer.does(appraisals.convene, appraisal.id)
    until = date(2040, 1, 1) if opinion == Opinion.KEEP else None
    judgement = Judgement(opinion, "保管期满，无保存价值", content_seen=True, new_due_on=until)
    company.archives_head.does(judging.judge, appraisal.id, judgement)
    company.archives_head.does(judging.conclude, appraisal.id)
    digest = station.sees(Appraisal, appraisal.id).digest
    for person, _ in panel:
        person.does(judging.sign_appraisal, appraisal.id, digest=digest, password=PASSWORD)
    return station.sees(Appraisal, appraisal.id)


def proposed(
    station: Station, company: Company | None = None, records: list[Record] | None = None
) -> Case:
    company = company or open_company(station)
    records = records or worthless(station, 2)
    appraisal = appraised(station, company, records)
    batch = station.archivist.does(batches.propose_batch, appraisal.id)
    return Case(station, company, records, batch.id)


def registered(case: Case) -> Case:
    case.station.archivist.does(batches.freeze_register, case.batch_id)
    return case


def sign(case: Case, part: Part, who: Colleague | None = None) -> None:
    (who or case.signers[part]).does(
        signatures.sign_register,
        case.batch_id,
        part,
        seen=case.batch.digest,
        opinion="同意销毁",
        password=PASSWORD,
    )


def signed(case: Case) -> Case:
    registered(case)
    for part in case.signers:
        sign(case, part)
    return case


def approve(case: Case, who: Colleague | None = None) -> None:
    (who or case.station.leader).does(
        signatures.approve_batch,
        case.batch_id,
        seen=case.batch.digest,
        opinion="批准",
        password=PASSWORD,
    )


def approved(case: Case) -> Case:
    approve(signed(case))
    return case


def supervised(case: Case) -> Case:
    """Three witnesses are sent, and the archivist carries it out."""
    approved(case)
    company, proposer = case.company, case.station.archivist
    sent = [
        (company.other_archives, Department.ARCHIVES),
        (case.station.other_finance, Department.ACCOUNTING),
        (company.information, Department.INFORMATION),
    ]
    for person, department in sent:
        proposer.does(supervision.name_witness, case.batch_id, person.id, department)
    case.witnesses = [person for person, _ in sent]
    proposer.does(supervision.name_executor, case.batch_id, proposer.id)
    return case


def counted(case: Case) -> Case:
    supervised(case)
    for item in case.items:
        case.witnesses[0].does(supervision.count_item, case.batch_id, item.told["code"])
    case.witnesses[0].does(supervision.finish_count, case.batch_id)
    return case


def begin(case: Case, who: Colleague | None = None) -> Batch:
    return (who or case.station.archivist).does(
        execution.begin_destruction,
        case.batch_id,
        place="县公司档案销毁室",
        method="碎纸后化浆",
        password=PASSWORD,
    )


def begun(case: Case) -> Case:
    begin(counted(case))
    return case


def burn(case: Case, count: int | None = None) -> Batch:
    papers = sum(item.state == "destroying" for item in case.items)
    return case.station.archivist.does(
        execution.confirm_papers_destroyed,
        case.batch_id,
        count=papers if count is None else count,
        password=PASSWORD,
    )


def burnt(case: Case) -> Case:
    burn(begun(case))
    return case


def keep_promises(station: Station) -> None:
    """The worker's rounds over what a destruction owes, until nothing is open."""
    owed = ("destroy_batch", "print_certificate")
    while waiting := station.asks(
        lambda tx: [
            one.id
            for one in tx.session.query(Promise).filter(Promise.name.in_(owed)).order_by(Promise.id)
            if one.is_open(tx.now)
        ]
    ):
        for promise_id in waiting:
            keep_promise(station.system, promise_id, "test")


def destroyed(case: Case) -> Case:
    burnt(case)
    keep_promises(case.station)
    return case


def witnessed(case: Case) -> Case:
    destroyed(case)
    for witness in case.witnesses:
        witness.does(
            supervision.sign_as_witness, case.batch_id, opinion="全程监销", password=PASSWORD
        )
    return case


def closed(case: Case) -> Case:
    witnessed(case)
    case.station.archivist.does(execution.close_batch, case.batch_id)
    keep_promises(case.station)
    return case
