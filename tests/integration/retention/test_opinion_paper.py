"""The appraisal report: printed from what was signed, kept for ever."""

import io
from datetime import date

import pytest
from pypdf import PdfReader

from archive.digest import digest_of
from archive.jobs import JOBS
from archive.outbox import Promise
from archive.printing import print_form
from archive.retention.actions.appraisals import convene
from archive.retention.actions.judging import conclude
from archive.retention.appraisal import Opinion
from archive.retention.conclusion import AppraisalPaper
from archive.retention.hold import HoldKind
from archive.retention.opinion_paper import opinion_told, print_appraisal
from tests.builders import Station
from tests.company import open_company
from tests.holdings import with_file_plan
from tests.panels import due_record, judged, proposed, signed


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
