"""Labels, spines and covers: codes that another reader reads, and nothing personal."""

import cv2
import numpy as np
import pypdfium2  # noqa: TID251 - to look at what was printed
import pytest

from tests.builders import Station
from tests.integration.web.visiting import Seen, Visits
from tests.shelving import boxed, label, ready, with_store


@pytest.fixture
def station(station: Station) -> Station:
    return with_store(station)


def text_of(page: Seen) -> str:
    assert page.status == 200, page.words[:300]
    pdf = pypdfium2.PdfDocument(page.response.content)
    told = "\n".join(one.get_textpage().get_text_range() for one in pdf)
    return told.replace("\u200b", "")


def codes_on(page: Seen) -> set[str]:
    """What the QR codes of the first page say, as a camera sees them."""
    pdf = pypdfium2.PdfDocument(page.response.content)
    picture = cv2.cvtColor(np.array(pdf[0].render(scale=300 / 72).to_pil()), cv2.COLOR_RGB2GRAY)
    _, texts, _, _ = cv2.QRCodeDetector().detectAndDecodeMulti(picture)
    return set(texts)


def test_labels_of_a_box_and_its_records_are_read_and_name_nobody(station, visits: Visits):
    records = [ready(station, title=f"张三的投诉{n}") for n in range(3)]
    box = boxed(station, *records)
    page = visits(station.archivist).get(
        f"/store/labels.pdf?boxes={label(station, box)}&records=yes&sheet=3x8"
    )
    words = text_of(page)
    assert "H0001" in words
    assert "WS·2026-D10-QS" in words
    assert "0001–0003" in words
    assert all(record.code in words.replace("\r\n", "").replace("\u200b", "") for record in records)
    assert "张三" not in words
    assert {label(station, thing) for thing in (box, *records)} == codes_on(page)
    assert b"pdfaid" in page.response.content


@pytest.mark.parametrize("sheet", ["3x8", "2x7", "3x7", "2x5"])
def test_used_labels_are_skipped_and_a_run_goes_on_over_the_sheets(station, visits, sheet):
    for _ in range(9):
        boxed(station)
    archivist = visits(station.archivist)
    page = archivist.get(f"/store/labels.pdf?boxes=H0001-H0009&skip=20&sheet={sheet}")
    pdf = pypdfium2.PdfDocument(page.response.content)
    columns, rows = (int(part) for part in sheet.split("x"))
    used = min(20, columns * rows - 1)
    assert len(pdf) == -(-(used + 9) // (columns * rows))
    assert all(f"H{n:04}" in text_of(page) for n in range(1, 10))


def test_every_shelf_of_a_cabinet_has_its_label(station: Station, visits: Visits):
    words = text_of(visits(station.archivist).get("/store/labels.pdf?cabinet=1&sheet=2x7"))
    assert all(f"KF01-G01-{section}-{level}" in words for section in (1, 2) for level in (1, 2, 3))


def test_the_spine_has_the_fields_of_the_standard(station: Station, visits: Visits):
    box = boxed(station, ready(station), ready(station))
    archivist = visits(station.archivist)
    words = text_of(archivist.get(f"/store/boxes/{box.id}/spine.pdf"))
    for part in ("全宗号", "Z109", "年度", "2026", "保管期限", "10 年", "0001", "0002", "盒号"):
        assert part in words
    words = text_of(archivist.get(f"/store/boxes/{box.id}/cover.pdf"))
    assert "青石县供电公司" in words.replace(" ", "")
    assert "2，4 页" in words


def test_what_cannot_be_printed_is_said_beside_the_field(station: Station, visits: Visits):
    archivist = visits(station.archivist)
    assert archivist.get("/store/labels").says("档案盒标签", "层架标签")
    page = archivist.get("/store/labels.pdf?boxes=H0099")
    assert page.status == 422
    assert "H0099" in page.beside("boxes")
    assert archivist.get("/store/labels.pdf?boxes=").status == 422
    assert visits(station.clerk).get("/store/labels").status == 403
