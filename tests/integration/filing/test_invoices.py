"""数电票 that come as data are kept as they came, shown as drawn pages, and read from their fields."""

from datetime import date

import pytest

from archive.filing.actions.drafts import Said, file_draft
from archive.filing.delivery import DeliveredFile, DeliveredPage
from archive.filing.jobs import read_delivery
from archive.filing.queries.copies import copy_files
from archive.holdings.actions.pairs import register_paper
from archive.holdings.copy import ElectronicCopy
from archive.holdings.pair import PairState
from archive.holdings.record import Origin
from archive.ingest.refusals import (
    Damaged,
    InvoiceIncomplete,
    InvoiceZipOdd,
    NotAScan,
    XmlTooTangled,
)
from tests.deliveries import delivered, drafts_of
from tests.einvoice import BUYER, NUMBER, SELLER, invoice, xml, zipped
from tests.holdings import kind_id
from tests.integration.ingest.evil import pdf
from tests.ofd import HEAD, INVOICE, ofd, spoiled


@pytest.mark.parametrize(("name", "content"), [("票.xml", xml()), ("票.zip", zipped())])
def test_an_invoice_that_came_as_data_proposes_its_number_day_amount_and_parties(
    station, name, content
):
    delivery = delivered(station, (name, content))
    read_delivery(station.system, delivery.id)
    (draft,) = drafts_of(station, delivery)
    assert draft.document_number == NUMBER
    assert draft.formed_on == date(2026, 9, 8)
    assert draft.title == f"电子发票（普通发票） {SELLER} 123.00元"
    assert draft.parties == f"销售方 {SELLER}；购买方 {BUYER}"
    assert min(said["confidence"] for said in draft.proposed.values()) > 0.9
    (page,) = station.asks(lambda tx: tx.session.query(DeliveredPage).all())
    assert page.image_key
    assert page.thumb_key


def test_an_invoice_as_data_is_the_original_beside_its_printout(station):
    delivery = delivered(station, ("票.xml", xml()))
    read_delivery(station.system, delivery.id)
    (draft,) = drafts_of(station, delivery)
    told = Said(
        kind_id(station, "spare-parts-register"),
        draft.title,
        draft.formed_on,
        draft.document_number,
        draft.parties,
        origin=Origin.ELECTRONIC,
    )
    record = station.archivist.does(file_draft, draft.id, told)
    copy = station.asks(lambda tx: tx.session.query(ElectronicCopy).one())
    (file,) = station.archivist.does(lambda tx: copy_files(tx, copy))
    assert (file.media_type, file.seals, file.signatures) == ("application/xml", 0, 1)
    with station.system.objects.open(file.object_key) as kept:
        assert kept.read() == xml()
    pair = station.archivist.does(register_paper, record.id, pages=1)
    assert (record.origin, pair.state) == (Origin.ELECTRONIC, PairState.UNCOMPARED)


def test_an_invoice_of_many_lines_is_drawn_on_several_pages(station):
    delivery = delivered(station, ("票.xml", xml(items=30)))
    assert delivery.pages == 3
    read_delivery(station.system, delivery.id)
    pages = station.asks(
        lambda tx: [
            "".join(line[0] for line in page.lines) for page in tx.session.query(DeliveredPage)
        ]
    )
    assert ["价税合计" in page for page in pages] == [False, False, True]
    assert all("第" in page and NUMBER in page for page in pages)
    assert sum(page.count("复印纸") for page in pages) == 30


ODD = {
    "an XML of something else": (b"<?xml version='1.0'?><a/>", NotAScan),
    "entities": (xml(head='<!DOCTYPE a [<!ENTITY b "c">]>'), XmlTooTangled),
    "an entity fetched from elsewhere": (
        xml(head='<!DOCTYPE a SYSTEM "file:///etc/passwd">'),
        XmlTooTangled,
    ),
    "nothing sold": (xml(items=0), InvoiceIncomplete),
    "no number": (xml(number=""), InvoiceIncomplete),
    "cut short": (xml()[:900], Damaged),
    "too many lines": (xml(items=2_001), XmlTooTangled),
    "far too large": (xml() + b" " * 17_000_000, XmlTooTangled),
    "depth": (b"<EInvoice>" + b"<a>" * 80 + b"</a>" * 80 + b"</EInvoice>", XmlTooTangled),
    "two invoices in a ZIP": (zipped(("a.xml", xml()), ("b.xml", xml())), InvoiceZipOdd),
    "a PDF beside it": (zipped(("a.xml", xml()), ("a.pdf", b"%PDF-1.4")), InvoiceZipOdd),
    "a bomb": (zipped(("a.xml", b" " * 40_000_000)), InvoiceZipOdd),
    "a ZIP cut short": (zipped()[:-30], InvoiceZipOdd),
    "another XML in a ZIP": (zipped(("a.xml", b"<a/>")), NotAScan),
}


@pytest.mark.parametrize("odd", ODD)
def test_what_only_seems_an_invoice_is_refused_with_a_word(station, odd):
    content, refusal = ODD[odd]
    with pytest.raises(refusal):
        delivered(station, ("票", content))
    assert station.asks(lambda tx: tx.session.query(DeliveredFile).count()) == 0


def test_an_invoice_in_the_bytes_of_an_older_standard_is_read(station):
    said = invoice().replace("UTF-8", "GBK").encode("gbk", errors="xmlcharrefreplace")
    delivery = delivered(station, ("票.xml", said))
    read_delivery(station.system, delivery.id)
    (draft,) = drafts_of(station, delivery)
    assert SELLER in draft.title


ATTACHED = {"Doc_0__Attachs__original_invoice.xml": invoice(number="26412000000999999999")}
SAYING = {
    "OFD.xml": (
        f'{HEAD}<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016"><ofd:DocBody><ofd:DocInfo>'
        '<ofd:CustomDatas><ofd:CustomData Name="发票号码">26412000000888888888</ofd:CustomData>'
        '<ofd:CustomData Name="开票日期">2026年09月07日</ofd:CustomData>'
        '<ofd:CustomData Name="价税合计">456.70</ofd:CustomData></ofd:CustomDatas></ofd:DocInfo>'
        "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
    )
}
TOLD = [
    (ATTACHED, "26412000000999999999", date(2026, 9, 8), "123.00元"),
    (SAYING, "26412000000888888888", date(2026, 9, 7), "456.70元"),
    ({"Doc_0__Attachs__original_invoice.xml": "<a"}, NUMBER, date(2026, 9, 8), "发票）"),
]


@pytest.mark.parametrize(
    ("parts", "number", "day", "end"), TOLD, ids=["attached", "said", "broken"]
)
def test_the_data_an_ofd_carries_is_believed_before_its_words(station, parts, number, day, end):
    delivery = delivered(station, ("票.ofd", spoiled(**parts)))
    read_delivery(station.system, delivery.id)
    (draft,) = drafts_of(station, delivery)
    assert (draft.document_number, draft.formed_on) == (number, day)
    assert draft.title.endswith(end)


SIGNED = {
    "OFD.xml": (
        f'{HEAD}<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016"><ofd:DocBody>'
        "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>"
        "<ofd:Signatures>Doc_0/Signs/Signatures.xml</ofd:Signatures></ofd:DocBody></ofd:OFD>"
    ),
    "Doc_0__Signs__Signatures.xml": (
        f'{HEAD}<ofd:Signatures xmlns:ofd="http://www.ofdspec.org/2016">'
        '<ofd:Signature ID="1" Type="Seal" BaseLoc="Sign_0/Signature.xml"/>'
        '<ofd:Signature ID="2" BaseLoc="Sign_1/Signature.xml"/>'
        '<ofd:Signature ID="3" Type="Sign" BaseLoc="Sign_2/Signature.xml"/></ofd:Signatures>'
    ),
}


def test_signatures_in_a_pdf_are_counted(station):
    signed = "/AcroForm <</SigFlags 3 /Fields [<</FT /Sig /T (s) /V 7 0 R>> 8 0 R]>>"
    value = "<</Type /Sig /Filter /Adobe.PPKLite /ByteRange [0 1 2 3] /Contents <00>>>"
    held = "<</FT /Sig /T (t) /V 9 0 R>>"
    made = pdf(size=(40, 56), catalog=signed, o7=value, o8=held, o9=value)
    delivered(station, ("合同.pdf", made), ("扫描.pdf", pdf(size=(41, 56))))
    files = station.asks(lambda tx: tx.session.query(DeliveredFile).all())
    assert [(file.seals, file.signatures) for file in files] == [(0, 2), (0, 0)]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (ofd(INVOICE), (0, 0)),
        (spoiled(**SIGNED), (2, 1)),
        (spoiled(**{"OFD.xml": SIGNED["OFD.xml"]}), (None, None)),
    ],
    ids=["none", "two seals and a signature", "the list is missing"],
)
def test_seals_and_signatures_of_an_ofd_are_counted(station, content, told):
    delivered(station, ("票.ofd", content))
    file = station.asks(lambda tx: tx.session.query(DeliveredFile).one())
    assert (file.seals, file.signatures) == told
