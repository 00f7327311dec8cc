"""A newcomer files a mixed pile through the pages, in a real browser, read by the real reader.

Twelve papers, some behind separator sheets, one laid in upside down, with empty backs between:
every page that came in is accounted for. Then the papers get boxes and labels, a special customer
is registered, a stocktake finds one box misplaced and one missing, and a file is lent and back.
"""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium  # noqa: TID251 - draws a printed sheet as a scanner would see it
import pytest
from PIL import Image

from archive.clock import Clock
from archive.demo.drawing.office import OfficePaper, as_pdf, blank_page
from archive.filing.separator import Separator
from archive.holdings.pair import Pair, PairState
from archive.holdings.record import Record
from archive.printing import print_form
from archive.printing.qr import qr_svg
from tests.builders import Station, open_system, settle_station
from tests.e2e import storeroom
from tests.e2e.browsing import PHONE, STANDSTILL, Someone
from tests.e2e.deaths import Mortal
from tests.e2e.installation import eventually, made_of
from tests.e2e.servers import free_port
from tests.e2e.test_killed_filing import answers
from tests.holdings import kind_id, with_file_plan
from tests.special import GAO, appointed
from web.deps import SESSION_COOKIE

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]

DPI = 110
PILE: list[OfficePaper | Separator | None] = [
    OfficePaper("客户投诉记录", ["投诉人：王秀兰", "户号：0418002317"], ["2026年9月3日"]),
    None,
    Separator(kind_code="supply-contract"),
    OfficePaper("低压供用电合同", ["用电人：刘喆", "户号：0418002555"]),
    OfficePaper("", ["四、本合同一式两份。", "签订日期：2026年8月11日"], turned=180),
    Separator(kind_code="supply-application"),
    OfficePaper("用电业务办理登记表", ["申请人：刘喆", "户号：0418002555"], ["2026年8月1日"]),
    Separator(kind_code="monthly-report"),
    OfficePaper("营销工作月报", ["本月抄表率 99.6%"], ["制表日期：2026-09-30"]),
    Separator(kind_code="special-customer-file"),
    OfficePaper("特殊客户登记表", ["免费上门服务", "走访一次"], ["2026年7月5日"]),
    Separator(),
    OfficePaper("电能表校试记录", ["校试结论：合格", "户号：0418002555"], ["2026年8月9日"]),
    Separator(),
    OfficePaper("停电通知", ["因线路检修，八时至十二时停电。"], ["2026年9月1日"]),
    Separator(),
    OfficePaper("来访接待记录", ["来访人：张大勇", "反映电压偏低。"], ["2026年9月8日"]),
    Separator(),
    OfficePaper("票据使用检查记录", ["检查存根三本，号码相符。"], ["2026年9月25日"]),
    Separator(),
    OfficePaper("受电装置验收记录", ["户号：0418002555", "验收合格。"], ["2026年8月10日"]),
    Separator(),
    OfficePaper("缴费公告", ["缴费地点：青石供电所营业厅"], ["2026年9月1日"]),
    Separator(),
    OfficePaper("会议照片说明", ["九月安全例会。"]),
]
"""Twelve papers; the last one says neither its day nor a kind the program knows."""


TYPED = {
    "number": GAO.number,
    "name": GAO.name,
    "village": GAO.village,
    "evidence": GAO.evidence,
    "evidence_number": GAO.evidence_number,
    "seen_on": "2026-09-01",
    "need": GAO.need,
    "consent_on": "2026-09-01",
    "notice_version": "2026-1",
}
"""What is said about the special customer."""


def pile() -> bytes:
    pages = [
        _sheet(each) if isinstance(each, Separator)
        else each.drawn(dpi=DPI, seed=n) if each else blank_page(dpi=DPI, seed=n)
        for n, each in enumerate(PILE)
    ]  # fmt: skip
    return as_pdf(pages, dpi=DPI)


def _sheet(separator: Separator) -> Image.Image:
    told = {"sheets": [{"qr": qr_svg(separator.payload), "title": "下一件", "note": ""}]}
    pdf = print_form("separators", told, printed_at=Clock().now())
    return pdfium.PdfDocument(io.BytesIO(pdf))[0].render(scale=DPI / 72).to_pil().convert("RGB")


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    """The station, served and worked for by processes of their own."""
    port = free_port()
    running = open_system("", Clock(), tmp_path / "data")
    settled = with_file_plan(settle_station(running))
    settings = made_of(data_dir=tmp_path / "data", port=port, lease_seconds=30)
    processes = [Mortal("web", settings), Mortal("worker", settings)]
    eventually(lambda: answers(type("At", (), {"settings": settings})))
    settled.address = f"http://127.0.0.1:{port}"  # type: ignore[attr-defined]
    yield settled
    for process in processes:
        process.kill()
    running.engine.dispose()


def at_a_browser(station: Station, who: str, new_page: Any, **options: Any) -> Someone:
    colleague = getattr(station, who)
    address = station.address  # type: ignore[attr-defined]
    someone = Someone(new_page=new_page, address=address, code=colleague.code, **options)
    cookie = {"name": SESSION_COOKIE, "value": colleague.signs_in().token, "url": address}
    someone.page.context.add_cookies([cookie])
    return someone


def test_a_newcomer_files_a_mixed_pile_and_every_page_is_accounted_for(
    station: Station, new_page: Any, tmp_path: Path
):
    scan = tmp_path / "一摞.pdf"
    scan.write_bytes(pile())
    archivist = at_a_browser(station, "archivist", new_page)
    page = archivist.page
    page.goto("/filing")
    archivist.looks()
    page.set_input_files("input[name=files]", scan)
    page.wait_for_selector(".upload.done")
    page.click("[data-hand-in]")
    page.wait_for_selector(".drafts", timeout=STANDSTILL * 1000 * 5)
    archivist.looks()
    assert page.locator(".draft").count() == 12

    page.click(".actions a.primary")
    page.wait_for_url("**/filing/drafts/*")
    archivist.looks()
    filed = 0
    while "/drafts/" in page.url:
        before = page.url
        if not page.input_value("#f-kind"):
            page.select_option("#f-kind", str(kind_id(station, "publication-places")))
        if not page.input_value("#f-formed_on"):
            page.fill("#f-formed_on", "2026-09-15")
        if not page.input_value("#f-title"):
            page.fill("#f-title", "补填的题名")
        page.click("button[value=file]")
        page.wait_for_url(lambda address, before=before: address != before)
        filed += 1
        assert filed <= 12, page.content()[:2000]
    assert filed == 12
    told = page.locator(".account").inner_text()
    assert told == f"共 {len(PILE)} 页都有去处：归档 13 页，放在一边 {len(PILE) - 13} 页。"

    kinds = station.asks(
        lambda tx: {record.title: record.kind_id for record in tx.session.query(Record)}
    )
    assert kinds["低压供用电合同"] == kind_id(station, "supply-contract")
    assert kinds["特殊客户登记表"] == kind_id(station, "special-customer-file")
    assert kinds["客户投诉记录"] == kind_id(station, "complaint")

    the_contract_is_paired(station, archivist, new_page)
    staff = at_a_browser(station, "clerk", new_page)
    staff.page.goto("/holdings/records")
    assert staff.page.locator("tbody tr").count() == 11, "a special customer's file is not shown"

    storeroom.a_store_is_set_up(archivist)
    papers = ["低压供用电合同", "客户投诉记录", "营销工作月报"]
    storeroom.the_papers_are_boxed_labelled_and_shelved(station, archivist, papers)
    storeroom.a_stocktake_finds_one_box_misplaced_and_one_missing(station, archivist, staff)
    head = at_a_browser(station, "head", new_page, viewport=PHONE)
    storeroom.a_file_is_lent_and_taken_back(station, archivist, staff, head, papers[0])
    appointed(station)
    care = at_a_browser(station, "clerk", new_page)
    consent = station.asks(
        lambda tx: tx.session.query(Record).filter_by(title="特殊客户登记表").one().code
    )
    storeroom.a_special_customer_is_registered(station, care, consent, TYPED)
    archivist.page.goto("/filing")
    archivist.page.get_by_role("link", name="一摞.pdf").first.click()
    assert archivist.page.locator(".account").inner_text() == told


def the_contract_is_paired(station: Station, archivist: Someone, new_page: Any) -> None:
    """Its paper is registered by the archivist and compared by the head, on a phone."""
    record = station.asks(
        lambda tx: tx.session.query(Record).filter_by(title="低压供用电合同").one()
    )
    assert (record.pages, record.customer_number) == (2, "0418002555")
    here = f"/holdings/records/{record.id}"
    archivist.page.goto(here)
    archivist.looks()
    archivist.page.fill("form[action$='/paper'] [name=pages]", "2")
    archivist.page.click("form[action$='/paper'] button")
    archivist.page.wait_for_url("**done=paper")
    head = at_a_browser(station, "head", new_page, viewport=PHONE)
    head.page.goto(here)
    head.page.fill("[name=paper_pages]", "2")
    head.page.check("[name=verdict][value=match]")
    head.page.click("#compare button")
    head.page.wait_for_url("**done=compared")
    assert station.sees(Pair, record.id).state == PairState.PAIRED
    eventually(lambda: _searchable(archivist, here))


def _searchable(archivist: Someone, here: str) -> bool:
    archivist.page.goto(here)
    return bool(re.search(r"copy\.pdf", archivist.page.content()))
