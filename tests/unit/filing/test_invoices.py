"""What an invoice on paper proposes, with and without the code that is printed on it."""

import pytest

from archive.filing.invoices import invoice_proposals
from archive.filing.line import Line
from archive.filing.proposing import PageText


def page(*texts: str, payload: str = "", sure: float = 0.9) -> PageText:
    lines = tuple(Line(text, sure, (0, 40 * n, 300, 40 * n + 20)) for n, text in enumerate(texts))
    return PageText(1, 800, lines, payload)


WORDS = (
    "电子发票（普通发票）",
    "发票号码：26412000000123456780",
    "开票日期：2026年09月08日",
    "购买方名称：青石供电所",
    "销售方名称：青石文具店",
    "价税合计（大写）：壹佰贰拾叁圆整（小写）¥123.00",
)


def test_the_words_of_an_invoice_are_put_where_they_belong():
    found = {name: one.value for name, one in invoice_proposals([page(*WORDS)]).items()}
    assert found == {
        "document_number": "26412000000123456780",
        "formed_on": "2026-09-08",
        "parties": "销售方 青石文具店；购买方 青石供电所",
        "title": "电子发票（普通发票） 青石文具店 123.00元",
    }


def test_the_code_on_an_invoice_is_believed_before_words_read_off_a_scan():
    coded = "01,32,,26412000000123456789,128.00,20260909,,A1B2"
    found = invoice_proposals([page(*WORDS, payload=coded)])
    assert found["document_number"].value == "26412000000123456789"
    assert found["formed_on"].value == "2026-09-09"
    assert found["title"].value.endswith("128.00元")
    assert found["document_number"].confidence == 0.99


def test_the_amount_in_the_code_of_an_older_invoice_is_without_tax_and_not_taken():
    coded = "01,10,041001900111,12345678,116.04,20260909,98765432109876543210,A1B2"
    found = invoice_proposals([page(*WORDS, payload=coded)])
    assert found["document_number"].value == "12345678"
    assert found["title"].value.endswith("123.00元")


def test_an_invoice_whose_heading_was_not_read_is_known_by_its_code():
    coded = "01,32,,26412000000123456789,,20260909,,"
    found = invoice_proposals([page(*WORDS[3:5], payload=coded)])
    assert found["document_number"].value == "26412000000123456789"
    assert found["title"].value == "发票 青石文具店"


@pytest.mark.parametrize("payload", ["01,32", "01,32,,1,2,3,,", "http://a/b", "SEP:1", "1" * 120])
def test_a_code_that_is_not_that_of_an_invoice_says_nothing(payload):
    assert invoice_proposals([page("投诉记录", payload=payload)]) == {}


@pytest.mark.parametrize(
    "texts", [(), ("投诉记录",), ("电子发票（普通发票）",), ("发票号码：12345678",)]
)
def test_what_is_no_invoice_or_has_no_number_proposes_nothing(texts):
    assert invoice_proposals([page(*texts)] if texts else []) == {}
