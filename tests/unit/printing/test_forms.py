"""Printed forms: PDF/A, every character shown, nothing lost."""

import io
from datetime import UTC, datetime

from pypdf import PdfReader

from archive.printing import print_form

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
COVER = {
    "station": "青石供电所",
    "code": "QS-202611-01",
    "month": "2026年11月",
    "collected": "2026-11-06 至 2026-11-18",
    "collector": "刘喆",
    "kind": "农村电费专用发票",
    "codes": "034002600104",
    "runs": [{"first": "04210051", "last": "04210100", "sets": "50"}],
    "sets": "50 份",
    "valid": "48 份",
    "void_sets": "2 份",
    "void_numbers": "04210077、04210090",
    "kwh": "23,841.00 千瓦时",
    "amount": "¥13,303.21 元",
    "capital": "人民币壹万叁仟叁佰零叁元贰角壹分",
    "remark": "",
    "binder": "王秀兰",
    "bound": "2026-11-23",
    "signer": "刘喆",
    "signed": "2026-11-23",
    "sealer": "李国强",
    "sealed": "2026-11-23",
    "verifier": "",
    "verified": "",
    "digest": "a" * 64,
}


def printed_text(told: dict[str, object]) -> str:
    reader = PdfReader(io.BytesIO(print_form("cover", told, printed_at=AT)))
    return "\n".join(page.extract_text() for page in reader.pages)


def test_the_cover_says_every_field_of_clause_3_4():
    text = printed_text(COVER)
    for shown in ("04210051", "04210100", "04210077、04210090", "50 份", "2 份", "13,303.21"):
        assert shown in text
    assert "人民币壹万叁仟叁佰零叁元贰角壹分" in text


def test_the_form_declares_pdf_a_2b():
    metadata = print_form("cover", COVER, printed_at=AT)
    assert b"<pdfaid:part>2</pdfaid:part>" in metadata
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in metadata


def test_a_rare_surname_is_printed_and_one_no_font_has_becomes_its_code_point():
    text = printed_text(COVER | {"collector": "𠮷田", "binder": "\U0002a6a5某"})
    assert "𠮷田" in text
    assert "〔U+2A6A5〕某" in text


def test_many_runs_and_voids_flow_onto_further_pages():
    runs = [{"first": f"{n:08d}", "last": f"{n + 9:08d}", "sets": "10"} for n in range(0, 900, 10)]
    told = COVER | {"runs": runs, "void_numbers": "、".join(f"{n:08d}" for n in range(200))}
    reader = PdfReader(io.BytesIO(print_form("cover", told, printed_at=AT)))
    assert len(reader.pages) > 1
    assert "00000890" in "".join(page.extract_text() for page in reader.pages)


def test_the_same_facts_at_the_same_time_give_the_same_bytes():
    assert print_form("cover", COVER, printed_at=AT) == print_form("cover", COVER, printed_at=AT)
