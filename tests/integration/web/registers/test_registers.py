"""Registers are had from the catalogue page, as PDF/A and as spreadsheets, under one's own eyes."""

import io
from datetime import date

from openpyxl import load_workbook  # noqa: TID251 - reads what the program wrote
from pypdf import PdfReader

from archive.audit import TrailEntry
from archive.customers.actions.customers import CustomerFacts, open_dossier
from tests.builders import Station
from tests.holdings import filed, with_file_plan
from tests.integration.web.visiting import Seen, Visits
from tests.shelving import boxed, ready, with_store

REGISTERS = "/holdings/registers"


def pages(seen: Seen) -> list[str]:
    assert seen.response.headers["content-type"] == "application/pdf", seen.words[:300]
    reader = PdfReader(io.BytesIO(seen.response.content))
    return ["".join(page.extract_text().split()) for page in reader.pages]


def sheet(seen: Seen) -> list[tuple[object, ...]]:
    book = load_workbook(io.BytesIO(seen.response.content))
    return [tuple(row) for row in book.active.iter_rows(values_only=True)]


def exports(station: Station) -> list[str]:
    return station.asks(
        lambda tx: [
            entry.subject for entry in tx.session.query(TrailEntry).filter_by(event="list.exported")
        ]
    )


def test_the_catalogue_of_a_year_is_printed_from_the_records_page(station: Station, visits: Visits):
    with_file_plan(station)
    record = filed(
        station, title="青石二组停电投诉", document_number="青供〔2026〕12号", parties="刘喆"
    )
    filed(station, title="去年的投诉", formed_on=date(2025, 9, 3))
    archivist = visits(station.archivist)
    assert archivist.get("/holdings/records").link("登记簿与统计") == REGISTERS
    page = archivist.get(REGISTERS)
    assert page.says("归档文件目录", "会计档案移交清册", "会计档案保管清册")

    answer = archivist.get(f"{REGISTERS}/list?register=catalogue&year=2026&as=pdf")
    cover, first = pages(answer)
    for told in ("归档文件目录", "全宗号Z109", "青石县供电公司", "2026年", "青石供电所"):
        assert told in cover
    for told in ("序号", "密级", "青供〔2026〕12号", "青石二组停电投诉", "20260903", "刘喆"):
        assert told in first
    assert record.code.replace("·", "") in first.replace("·", "").replace("\u200b", "")
    assert "去年的投诉" not in first
    assert b"<pdfaid:part>2</pdfaid:part>" in answer.response.content
    assert exports(station) == ["list:register.catalogue"]


def test_the_catalogue_as_a_spreadsheet_has_the_same_columns(station: Station, visits: Visits):
    with_file_plan(station)
    record = filed(station, title="=1+1", document_number="0012")
    rows = sheet(visits(station.archivist).get(f"{REGISTERS}/list?register=catalogue&as=xlsx"))
    assert rows[0] == (
        "序号",
        "档号",
        "文号",
        "责任者",
        "题名",
        "日期",
        "密级",
        "页数",
        "备注",
    )
    assert rows[1] == (1, record.code, "0012", "", "=1+1", "20260903", "", 2, "")


def test_parties_of_records_about_people_are_told_only_to_who_files(
    station: Station, visits: Visits
):
    with_file_plan(station)
    filed(station, "supply-application", title="用电申请", parties="王秀兰")
    asked = f"{REGISTERS}/list?register=catalogue&as=xlsx"
    assert sheet(visits(station.archivist).get(asked))[1][3] == "王秀兰"
    assert sheet(visits(station.clerk).get(asked))[1][3] == "（不公开）"
    assert "王秀兰" not in "".join(
        pages(visits(station.clerk).get(f"{REGISTERS}/list?register=catalogue&as=pdf"))
    )


def test_sensitive_kinds_stand_only_before_those_who_may_read_them(
    station: Station, visits: Visits
):
    with_file_plan(station)
    filed(station, "special-customer-file", title="军烈属材料")
    asked = f"{REGISTERS}/list?register=catalogue&as=xlsx"
    assert len(sheet(visits(station.archivist).get(asked))) == 2
    assert len(sheet(visits(station.clerk).get(asked))) == 1
    refused = visits(station.clerk).get(f"{REGISTERS}/list?register=catalogue&as=pdf")
    assert refused.status == 422
    assert refused.says("没有符合条件的档案")


def test_the_transfer_list_is_of_accounting_files_with_the_signatures_of_four(
    station: Station, visits: Visits
):
    with_file_plan(station)
    filed(station, title="不是会计档案")
    filed(station, "bookkeeping-volume", title="记账联 2023 年", formed_on=date(2023, 12, 31))
    archivist = visits(station.archivist)
    (page,) = pages(archivist.get(f"{REGISTERS}/list?register=transfer&as=pdf"))
    for told in ("应保管期限", "30年", "2年", "移交人", "接收人", "移交方监交人", "接收方监交人"):
        assert told in page
    assert "不是会计档案" not in page
    rows = sheet(archivist.get(f"{REGISTERS}/list?register=custody-list&as=xlsx"))
    assert rows[1][1:5] == ("记账联 2023 年", "001", 1, 2023)
    assert rows[1][6:] == ("30年", "2年")


def test_the_papers_of_a_box_are_found_by_its_number(station: Station, visits: Visits):
    with_store(station)
    box = boxed(station, ready(station, title="投诉一"), ready(station, title="投诉二"))
    archivist = visits(station.archivist)
    answer = archivist.post(f"{REGISTERS}/find", group="box", box=box.name, sheet="inner-list")
    (page,) = pages(archivist.goes(answer))
    for told in ("卷内文件目录", "顺序号", "页号", "投诉一", "投诉二", "3–4"):
        assert told in page
    (page,) = pages(archivist.get(f"{REGISTERS}/box/{box.id}/remark-sheet.pdf"))
    for told in ("备考表", "盒内文件情况说明", "共2件，4页", "整理人", "检查日期"):
        assert told in page
    wrong = archivist.post(f"{REGISTERS}/find", group="box", box="H9999", sheet="inner-list")
    assert wrong.status == 422
    assert "H9999" in wrong.beside("box")
    assert wrong.holds("box") == "H9999"


def test_the_papers_of_a_dossier_leave_the_number_out_of_every_address(
    station: Station, visits: Visits
):
    with_file_plan(station)
    number = "0000012345"
    station.archivist.does(open_dossier, station.id, CustomerFacts(number, "王秀兰", "青石村"))
    filed(station, "supply-application", title="用电申请", customer_number=number)
    filed(station, "special-customer-file", title="残疾证", customer_number=number)
    archivist = visits(station.archivist)
    answer = archivist.post(
        f"{REGISTERS}/find", group="dossier", customer=number, sheet="inner-list"
    )
    assert number not in answer.place
    (page,) = pages(archivist.goes(answer))
    assert "用电申请" in page
    assert "残疾证" not in page
    cover = answer.place.replace("inner-list", "file-cover")
    (page,) = pages(archivist.get(cover))
    for told in ("青石县供电公司", "户号0000012345", "件数1件", "归档号", "保管期限30年"):
        assert told in page
    (page,) = pages(archivist.get(answer.place.replace("inner-list", "remark-sheet")))
    assert "立卷人" in page
    rows = sheet(archivist.get(answer.place.replace(".pdf", ".xlsx")))
    assert rows[1][3:6] == ("用电申请", "20260903", "1–2")
    told = station.asks(
        lambda tx: "".join(
            entry.facts for entry in tx.session.query(TrailEntry).filter_by(event="list.exported")
        )
    )
    assert number not in told


def test_another_stations_box_and_dossier_do_not_exist(
    station: Station, neighbour: Station, visits: Visits
):
    with_store(station)
    box = boxed(station)
    stranger = visits(neighbour.archivist)
    assert stranger.get(f"{REGISTERS}/box/{box.id}/inner-list.pdf").status == 404
    assert stranger.get(f"{REGISTERS}/dossier/1/inner-list.pdf").status == 404
    assert visits(station.custodian).get(REGISTERS).status == 403


def test_an_empty_archive_says_what_to_do_first(station: Station, visits: Visits):
    assert visits(station.archivist).get(REGISTERS).says("还没有档案")
