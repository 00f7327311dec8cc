"""Filing by the pages: brought in, corrected, filed, compared; every page accounted for."""

import io

import pytest
from pypdf import PdfReader

from archive.filing import renditions
from archive.filing.delivery import DeliveredPage
from archive.filing.jobs import read_delivery
from archive.holdings.copy import ElectronicCopy
from archive.holdings.pair import Pair
from tests.builders import Station
from tests.deliveries import COMPLAINT, pdf_of
from tests.einvoice import NUMBER, xml
from tests.holdings import kind_id, with_file_plan
from tests.integration.web.filing.story import complaint_filed, stack_read
from tests.integration.web.visiting import Visits
from tests.ofd import ofd


def test_a_file_is_staged_and_handed_in(station: Station, visits: Visits):
    with_file_plan(station)
    archivist = visits(station.archivist)
    sent = archivist.sends("/filing/uploads/QS", "投诉.pdf", pdf_of(COMPLAINT))
    assert sent.status == 200
    answer = archivist.post("/filing/deliveries/QS", upload=sent.response.json()["upload"])
    assert answer.leads_to("/filing/1?done=received")
    page = archivist.goes(answer)
    assert page.says("已经收下", "正在识读第 1 批来件", "投诉.pdf")


def test_the_same_file_again_is_told_beside_the_drop_zone(station: Station, visits: Visits):
    with_file_plan(station)
    archivist = visits(station.archivist)
    content = pdf_of(COMPLAINT)
    for name in ("一摞.pdf", "又一摞.pdf"):
        sent = archivist.sends("/filing/uploads/QS", name, content)
        answer = archivist.post("/filing/deliveries/QS", upload=sent.response.json()["upload"])
    assert (answer.status, "以前收过了" in answer.words) == (409, True)


def test_a_delivery_tells_where_its_pages_are_and_files_the_doubtful_first(
    station: Station, visits: Visits
):
    stack_read(station)
    archivist = visits(station.archivist)
    page = archivist.get("/filing/1")
    assert page.says("共 5 页：已归档 0 页，放在一边 2 页，还有 3 页没有去处。", "空白页", "分隔页")
    assert archivist.get("/filing").says("还有 3 页待归档")
    assert archivist.get("/").says("第 1 批来件还有 3 页要归档")


def test_the_desk_files_and_goes_on_to_the_next_until_all_is_done(station: Station, visits: Visits):
    stack_read(station)
    archivist = visits(station.archivist)
    page = archivist.get("/filing/drafts/1")
    assert page.holds("title") == "客户投诉记录"
    assert page.says("从第 1 页读出，把握")
    wrong = archivist.post(
        "/filing/drafts/1", title="", kind="", formed_on="2026-09-03", act="file"
    )
    assert wrong.status == 422
    assert wrong.says("请先选定是哪一种材料")
    told = {"title": "停电投诉", "kind": kind_id(station, "complaint"), "formed_on": "2026-09-03"}
    answer = archivist.post("/filing/drafts/1", told, act="file")
    assert answer.leads_to("/filing/drafts/2?done=filed&record=1")
    told = {"title": "供用电合同", "kind": kind_id(station, "supply-contract")}
    answer = archivist.post("/filing/drafts/2", told, formed_on="2026-08-11", act="file")
    assert answer.leads_to("/filing/1?done=filed&record=2")
    assert archivist.goes(answer).says("共 5 页都有去处：归档 3 页，放在一边 2 页。")


def test_an_electronic_file_is_shown_as_a_preview_and_can_be_had_as_it_came(
    station: Station, visits: Visits
):
    with_file_plan(station)
    archivist = visits(station.archivist)
    sent = archivist.sends("/filing/uploads/QS", "发票.ofd", ofd())
    answer = archivist.post("/filing/deliveries/QS", upload=sent.response.json()["upload"])
    assert answer.leads_to("/filing/1?done=received")
    read_delivery(station.system, 1)
    desk = archivist.get("/filing/drafts/1")
    assert desk.says("画出来的预览，不是原貌", "下载原文件 发票.ofd")
    assert desk.holds("title") == "电子发票（普通发票）"
    assert '<option value="electronic" selected' in desk.response.text
    file = archivist.get("/filing/files/1").response
    assert (file.content, file.headers["content-type"]) == (ofd(), "application/ofd")
    assert visits(station.clerk).get("/filing/files/1").status in {403, 404}


def test_an_invoice_as_data_tells_that_its_signature_was_not_verified(
    station: Station, visits: Visits
):
    with_file_plan(station)
    archivist = visits(station.archivist)
    sent = archivist.sends("/filing/uploads/QS", "票.xml", xml())
    archivist.post("/filing/deliveries/QS", upload=sent.response.json()["upload"])
    read_delivery(station.system, 1)
    desk = archivist.get("/filing/drafts/1")
    unchecked = "1 个电子签名、0 个电子印章，本系统没有验过（检查未做）"
    assert desk.says("画出来的预览，不是原貌", unchecked)
    assert desk.holds("document_number") == NUMBER
    told = {"title": "复印纸发票", "kind": kind_id(station, "spare-parts-register")}
    archivist.post(
        "/filing/drafts/1", told, formed_on="2026-09-08", origin="electronic", act="file"
    )
    page = archivist.get("/holdings/records/1")
    assert page.says(unchecked, "票.xml")
    (file,) = archivist.get("/api/v1/records/1/files").response.json()
    assert (file["seals"], file["signatures"], file["signatures_verified"]) == (0, 1, False)
    kept = archivist.get("/holdings/records/1/files/1").response
    assert kept.content == xml()
    assert kept.headers["content-disposition"].startswith("attachment")
    assert visits(station.clerk, "en").get("/holdings/records/1").says("NOT verified")


def test_what_was_typed_is_kept_for_later(station: Station, visits: Visits):
    stack_read(station)
    archivist = visits(station.archivist)
    archivist.post("/filing/drafts/1", title="半句", kind="", formed_on="", act="keep")
    assert archivist.get("/filing/drafts/1").holds("title") == "半句"


@pytest.mark.parametrize("act", ["split", "join", "set-aside"])
def test_pages_that_were_divided_wrongly_are_put_right(station: Station, visits: Visits, act: str):
    stack_read(station)
    archivist = visits(station.archivist)
    fields = {"split": {"page": "5"}, "join": {}, "set-aside": {"page": "5", "why": "double"}}[act]
    answer = archivist.post(f"/filing/drafts/2/{act}", fields)
    assert answer.status == 303, answer.words
    pages = station.asks(
        lambda tx: {page.number: page.draft_id for page in tx.session.query(DeliveredPage)}
    )
    assert {"split": (2, 3), "join": (1, 1), "set-aside": (2, None)}[act] == (pages[4], pages[5])


def test_the_paper_is_registered_and_compared_by_a_second_person(station: Station, visits: Visits):
    record = complaint_filed(station)
    here = f"/holdings/records/{record.id}"
    archivist, head = visits(station.archivist), visits(station.head)
    assert archivist.get(here).says("待纸质件", "登记纸质件")
    assert archivist.post(f"{here}/paper", pages="0").status == 422
    assert archivist.post(f"{here}/paper", pages="1").leads_to(f"{here}?done=paper")
    assert archivist.get(here).says("扫描件是您送来的，请换一位同事来核对")
    assert head.get("/").says("有 1 件等您核对纸质件与电子件")
    digest = station.sees(Pair, record.id).electronic_digest
    answer = head.post(f"{here}/compare", digest=digest, paper_pages="1", verdict="match")
    assert answer.leads_to(f"{here}?done=compared")
    assert head.goes(answer).says("已配对", "核对人 李国强")


def test_a_refusal_of_the_comparison_stands_on_the_page(station: Station, visits: Visits):
    record = complaint_filed(station)
    here = f"/holdings/records/{record.id}"
    visits(station.archivist).post(f"{here}/paper", pages="1")
    seen = visits(station.head).post(
        f"{here}/compare", digest="x", paper_pages="1", verdict="match"
    )
    assert (seen.status, "刚刚换过了" in seen.words) == (409, True)


def test_a_description_is_corrected_with_a_reason(station: Station, visits: Visits):
    record = complaint_filed(station)
    here = f"/holdings/records/{record.id}"
    archivist = visits(station.archivist)
    fields = {"title": "改过的题名", "formed_on": "2026-09-04"}
    assert archivist.post(f"{here}/describe", fields, reason="").status == 422
    assert archivist.post(f"{here}/describe", fields, reason="错字").status == 303
    assert archivist.get(here).says("改过的题名", "更正著录")


def test_the_catalogue_is_narrowed_and_taken_out_as_a_spreadsheet(station: Station, visits: Visits):
    complaint_filed(station)
    clerk = visits(station.clerk)
    assert len(clerk.get("/holdings/records?text=停电").rows()) == 1
    assert clerk.get("/holdings/records?text=没有").says("没有这样的档案")
    assert len(clerk.get("/holdings/records?pair=e-only").rows()) == 1
    assert clerk.get("/holdings/records/counts").says("待纸质件 1", "待扫描 0")
    assert clerk.get("/holdings/records?file=xlsx").response.content[:2] == b"PK"


def test_readers_see_the_pages_of_records_they_may_read_and_no_others(
    station: Station, neighbour: Station, visits: Visits
):
    record = complaint_filed(station)
    pages = station.asks(
        lambda tx: {page.number: page.id for page in tx.session.query(DeliveredPage)}
    )
    clerk = visits(station.clerk)
    assert clerk.get(f"/filing/pages/{pages[1]}.jpg").status == 200
    assert clerk.get(f"/filing/pages/{pages[4]}.jpg").status == 404
    assert visits(neighbour.clerk).get(f"/filing/pages/{pages[1]}.jpg").status == 404
    assert visits(neighbour.clerk).get(f"/holdings/records/{record.id}").status == 404
    assert clerk.get("/filing").status == 403
    file = f"/holdings/records/{record.id}/files/1"
    assert clerk.get(file).status == 404  # the file holds another record's pages too


def test_the_searchable_copy_is_made_once_and_can_be_taken(station: Station, visits: Visits):
    record = complaint_filed(station)
    copy = station.asks(lambda tx: tx.session.query(ElectronicCopy).one())
    renditions.make_rendition(station.system, copy.id)
    first = station.sees(ElectronicCopy, copy.id).rendition_key
    renditions.make_rendition(station.system, copy.id)
    made = station.sees(ElectronicCopy, copy.id)
    assert made.rendition_key == first
    assert made.rendition_tool.startswith("typst ")
    seen = visits(station.clerk).get(f"/holdings/records/{record.id}/copy.pdf")
    assert seen.response.content[:5] == b"%PDF-"
    assert _text_in(seen.response.content).count("0418002317") == 1


def test_separator_sheets_are_printed_for_kinds_and_for_records_that_wait(
    station: Station, visits: Visits
):
    with_file_plan(station)
    archivist = visits(station.archivist)
    assert archivist.get("/filing/separators").says("供用电合同")
    sheets = archivist.get("/filing/separators/sheets.pdf?kind=complaint&plain=2")
    assert _pages_in(sheets.response.content) == 3


def _text_in(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def _pages_in(pdf: bytes) -> int:
    return len(PdfReader(io.BytesIO(pdf)).pages)
