"""What makes a run of digits an invoice number, and what does not."""

import pytest

from archive.custody.reading.wording import Kind, digit_runs, is_number_label
from archive.ocr import Glyph, LineText


def line(text: str, confidence: float = 0.99) -> LineText:
    glyphs = tuple(Glyph(char, confidence, (n + 0.5) / len(text)) for n, char in enumerate(text))
    return LineText(text, confidence, glyphs)


@pytest.mark.parametrize(
    "text",
    [
        "№ 04210051",
        "№04210051",
        "N 04210051",
        "No.04210051",
        "NO.04210051",
        "Nº 04210051",
        "NO：04210051",
        "发票号码：04210051",
        "发票号码:04210051",
        "发票号码 04210051",
        "江淮省电费发票 发票号码：04210051",
    ],
)
def test_a_labelled_run_is_an_invoice_number(text):
    (run,) = digit_runs(line(text))
    assert (run.digits, run.kind) == ("04210051", Kind.NUMBER)


def test_full_width_digits_are_the_same_digits():
    (run,) = digit_runs(line("发票号码：０４２１００５１"))
    assert (run.digits, run.kind) == ("04210051", Kind.NUMBER)


@pytest.mark.parametrize(
    "text",
    [
        "户号：1971318174",
        "表号 41141102",
        "电话 05368234567",
        "账号：6228480402564890",
        "合计(大写) 00000000",
        "服务热线 04210051",
        "金额 12345678",
        "纳税人识别号 91370700123456789",
        "0536-82345670",
        "20250311-20250411",
        "第04210051册",
    ],
)
def test_other_numbers_of_a_stub_are_never_taken_for_the_invoice_number(text):
    assert all(run.kind in {Kind.OTHER, Kind.BARE} for run in digit_runs(line(text)))
    assert not any(run.kind is Kind.NUMBER for run in digit_runs(line(text)))


def test_the_code_is_told_from_the_number_on_one_line():
    code, number = digit_runs(line("发票代码：137012345678 发票号码：04210051"))
    assert (code.digits, code.kind) == ("137012345678", Kind.CODE)
    assert (number.digits, number.kind) == ("04210051", Kind.NUMBER)


def test_a_letter_among_the_digits_is_not_repaired_into_one():
    assert [run.digits for run in digit_runs(line("№ 0421O051"))] == []


def test_digits_alone_are_only_digits():
    (run,) = digit_runs(line("04210051"))
    assert run.kind is Kind.BARE


def test_the_weakest_digit_speaks_for_the_run():
    glyphs = [Glyph(char, 0.99, n / 10) for n, char in enumerate("NO.0421005")]
    glyphs[6] = Glyph("1", 0.31, 0.6)
    (run,) = digit_runs(LineText("NO.0421005", 0.9, tuple(glyphs)))
    assert run.confidence == 0.31


@pytest.mark.parametrize(
    ("text", "introduces"),
    [("发票号码：", True), ("№", True), ("NO.", True), ("户号：", False), ("电费发票", False)],
)
def test_words_that_introduce_a_number(text, introduces):
    assert is_number_label(text) is introduces
