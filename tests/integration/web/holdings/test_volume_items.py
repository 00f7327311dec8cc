"""The items in a volume on their pages: listed in order, corrected, printed, exported."""

from io import BytesIO

import pypdf
import pytest
from openpyxl import load_workbook  # noqa: TID251 - reads what the program wrote

from tests.builders import Station
from tests.holdings import filed, with_file_plan
from tests.integration.web.visiting import Visits

ITEM = {"formed_on": "2026-09-01", "pages": "2", "parties": "县农村信用社"}


@pytest.fixture
def station(station: Station) -> Station:
    return with_file_plan(station)


def test_items_are_listed_in_order_corrected_printed_and_exported(station: Station, visits: Visits):
    volume = filed(station, kind="bank-pay-in-slip", title="九月进账单")
    archivist = visits(station.archivist)
    assert archivist.get(f"/holdings/records/{volume.id}").says("卷内文件")
    here = f"/holdings/records/{volume.id}/items"
    assert archivist.get(here).says("还没有登记卷内文件")
    wrong = archivist.post(here, **ITEM | {"title": "上旬进账单", "pages": "0"})
    assert (wrong.status, wrong.holds("title")) == (422, "上旬进账单")
    assert archivist.post(here, **ITEM, title="上旬进账单").leads_to(f"{here}?done=added")
    page = archivist.get(here)
    assert page.holds("first_page") == "3"
    archivist.post(here, **ITEM, title="中旬进账单", first_page="3")
    page = archivist.get(here)
    assert page.says("已登记 2 件、4 页", f"{volume.code}-0002", "3–4")
    refused = archivist.post(f"{here}/2", **ITEM, title="下旬进账单", first_page="3", reason=" ")
    assert refused.status == 422
    said = {"title": "下旬进账单", "first_page": "3", "reason": "写错了"}
    assert archivist.post(f"{here}/2", **ITEM, **said).leads_to(f"{here}?done=corrected")

    pdf = archivist.get(f"{here}.pdf").response
    text = "".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf.content)).pages)
    squeezed = "".join(text.split())
    assert "卷内文件目录" in squeezed
    assert "上旬进账单" in squeezed
    assert "下旬进账单" in squeezed
    sheet = load_workbook(BytesIO(archivist.get(f"{here}.xlsx").response.content)).active
    assert sheet is not None
    cells = [str(cell.value) for row in sheet.iter_rows() for cell in row]
    assert f"{volume.code}-0001" in cells


def test_a_record_arranged_by_item_says_it_has_none(station: Station, visits: Visits):
    record = filed(station)
    archivist = visits(station.archivist)
    here = f"/holdings/records/{record.id}/items"
    assert archivist.get(here).says("按件整理，没有卷内文件")
    assert archivist.post(here, **ITEM, title="x").status == 409
    assert not archivist.get(f"/holdings/records/{record.id}").says(f"{here}")
