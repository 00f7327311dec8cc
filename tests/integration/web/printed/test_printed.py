"""The printed forms are had from the volume's page, by those who may see the volume."""

import io

from pypdf import PdfReader

from tests.builders import Station
from tests.integration.web.visiting import Visits


def test_the_cover_and_the_sheet_are_printed_from_the_volumes_page(
    station: Station, visits: Visits
):
    volume = station.bound_volume()
    page = visits(station.custodian).get(f"/invoices/volumes/{volume.id}")
    assert page.says("打印封面", "打印核验单")
    for form, title in (("cover", "电费票据装订封面"), ("verification", "电费票据核验单")):
        answer = visits(station.custodian).get(f"/invoices/volumes/{volume.id}/{form}.pdf")
        text = PdfReader(io.BytesIO(answer.response.content)).pages[0].extract_text()
        assert title in text.replace(" ", "")
