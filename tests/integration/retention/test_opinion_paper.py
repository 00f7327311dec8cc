"""The appraisal report: printed from what was signed, kept for ever."""

import io
from datetime import date

import pytest
from pypdf import PdfReader
from sqlalchemy import insert, text

from archive.access import SYSTEM
from archive.digest import digest_of
from archive.holdings.actions.pairs import compare, register_paper
from archive.holdings.copy import ElectronicCopy
from archive.holdings.pair import Pair
from archive.holdings.record import Record
from archive.jobs import JOBS
from archive.outbox import Promise
from archive.printing import print_form
from archive.retention.actions.appraisals import convene
from archive.retention.actions.judging import conclude
from archive.retention.appraisal import Appraisal, Opinion, OpinionUnfiled
from archive.retention.conclusion import AppraisalPaper, AppraisalSignature
from archive.retention.hold import HoldKind
from archive.retention.opinion_paper import opinion_told, print_appraisal
from archive.retention.period import DueState
from archive.retention.queries.due import due_of
from archive.transaction import Transaction
from tests.builders import Colleague, Station
from tests.company import open_company
from tests.holdings import with_file_plan
from tests.panels import concluded, due_record, judged, panel, proposed, signed, signs

STATEMENT = "UPDATE appraisal SET state = 'signed', signed_at = proposed_at"


@pytest.fixture
def station(station: Station) -> Station:
    return with_file_plan(station)


def words_of(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_the_last_signature_promises_the_report_and_it_is_kept_once(station: Station):
    company = open_company(station)
    record = due_record(station)
    appraisal = signed(station, company, record)
    owed = station.asks(
        lambda tx: tx.session.query(Promise).filter_by(name="print_appraisal").one()
    )
    JOBS[owed.name](station.system, **owed.args)
    kept = station.sees(AppraisalPaper, appraisal.id)
    print_appraisal(station.system, appraisal.id)
    assert station.sees(AppraisalPaper, appraisal.id).object_key == kept.object_key
    with station.system.objects.open(kept.object_key) as file:
        pdf = file.read()
    assert digest_of([pdf]).sha256 == kept.sha256
    said = "".join(words_of(pdf).split())
    for word in (appraisal.name, company.archives.name, station.head.name, "保管期满"):
        assert word in said
    assert appraisal.digest in said
    assert record.code in said.replace("\u200b", "")


def test_the_opinion_is_a_record_of_its_own_with_a_code_and_waits_for_its_paper(station: Station):
    company = open_company(station)
    appraisal = signed(station, company, due_record(station))
    assert appraisal.report_record_id is not None
    record = station.sees(Record, appraisal.report_record_id)
    assert (record.title, record.document_number) == (f"{appraisal.name}鉴定意见书", appraisal.name)
    assert "-Y-" in record.code
    print_appraisal(station.system, appraisal.id)
    pair, kept = station.sees(Pair, record.id), station.sees(AppraisalPaper, appraisal.id)
    copy = station.asks(
        lambda tx: tx.session.query(ElectronicCopy).filter_by(record_id=record.id).one()
    )
    assert (copy.rendition_key, copy.rendition_sha256) == (kept.object_key, kept.sha256)
    assert (str(pair.state), str(pair.paper)) == ("e-only", "expected")
    assert pair.electronic_pages == station.sees(Record, record.id).pages > 0
    station.archivist.does(register_paper, record.id, pages=pair.electronic_pages)
    digest = station.sees(Pair, record.id).electronic_digest
    pages = pair.electronic_pages
    station.head.does(compare, record.id, digest=digest, paper_pages=pages, matches=True)
    assert str(station.sees(Pair, record.id).state) == "paired"
    due = station.asks(due_of, [record.id])[record.id]
    assert due.state == DueState.NEVER


def test_the_database_itself_takes_no_signed_appraisal_whose_opinion_is_not_filed(
    station: Station,
):
    company = open_company(station)
    appraisal = concluded(station, company, due_record(station))
    panel_ = panel(station, company)
    for person in panel_[:-1]:
        signs(person, appraisal)
    with pytest.raises(OpinionUnfiled), station.system.transaction(SYSTEM) as tx:
        signed_past_the_verb(tx, appraisal, panel_[-1])


def signed_past_the_verb(tx: Transaction, appraisal: Appraisal, last: Colleague) -> None:
    signature = insert(AppraisalSignature).values(
        appraisal_id=appraisal.id,
        person_id=last.id,
        digest=appraisal.digest,
        signed_at=tx.now,
        void_reason="",
    )
    tx.session.execute(signature)
    tx.session.execute(text(STATEMENT))


def test_a_draft_can_be_printed_and_says_so(station: Station):
    company = open_company(station)
    appraisal = proposed(station, company)
    told = station.asks(opinion_told, appraisal.id)
    assert "未鉴定 1 件" in told["totals"]
    assert "尚未作出结论" in words_of(
        print_form("appraisal", told, printed_at=station.system.clock.now())
    )


def test_titles_that_may_name_people_are_not_printed_for_ever(station: Station):
    company = open_company(station)
    record = due_record(station, kind="letter-or-visit", title="张三来访反映电费")
    appraisal = signed(station, company, record)
    told = station.asks(opinion_told, appraisal.id)
    assert "张三" not in str(told)
    assert told["rows"][0][2] == "来信来访接待记录"


def test_what_is_kept_or_taken_out_says_until_when_and_for_what(station: Station):
    company = open_company(station)
    keep, out = due_record(station), due_record(station)
    appraisal = proposed(station, company, keep, out)
    station.archivist.does(convene, appraisal.id)
    judged(company, appraisal, keep, opinion=Opinion.KEEP, new_due_on=date(2036, 12, 31))
    judged(company, appraisal, out, opinion=Opinion.TAKE_OUT, held_as=HoldKind.DEBT)
    company.archives.does(conclude, appraisal.id)
    told = station.asks(opinion_told, appraisal.id)
    assert [row[9] for row in told["rows"]] == ["续存至 2036-12-31", "抽出立卷（债权债务未结清）"]
