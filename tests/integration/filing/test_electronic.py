"""What was never paper (OFD) is filed with its own words, and kept as it came."""

import io
from datetime import date

import pytest
from pypdf import PdfReader

from archive.filing.actions.deliveries import set_aside
from archive.filing.actions.drafts import Said, file_draft, join_drafts, split_draft
from archive.filing.delivery import DeliveredFile, DeliveredPage, ElectronicDivided, SetAside
from archive.filing.jobs import read_delivery
from archive.filing.queries.copies import copy_files
from archive.filing.renditions import make_rendition
from archive.holdings.copy import ElectronicCopy
from archive.holdings.record import Origin, Record
from tests.deliveries import COMPLAINT, delivered, drafts_of, pdf_of
from tests.holdings import kind_id
from tests.ofd import INVOICE, Line, ofd

CONTRACT = (
    Line("低压供用电合同", left=60, top=20, size=8),
    Line("用电人：刘喆", top=50),
    Line("户号：0418002555", top=58),
    Line("签订日期：2026年8月11日", top=66),
)


def pages_of(station, delivery):
    return station.asks(
        lambda tx: [
            (page, list(page.lines))
            for page in tx.session.query(DeliveredPage)
            .filter_by(delivery_id=delivery.id)
            .order_by(DeliveredPage.number)
        ]
    )


def test_an_ofd_is_read_from_its_own_words_and_proposed_for_filing(station):
    delivery = delivered(station, ("合同.ofd", ofd(CONTRACT, [Line("第二页")], [])))
    read_delivery(station.system, delivery.id)
    first, second, empty = pages_of(station, delivery)
    assert [line[0] for line in first[1]] == [line.text for line in CONTRACT]
    assert all(line[1] == 1.0 for line in first[1] + second[1])
    assert empty[0].set_aside == "blank"
    (draft,) = drafts_of(station, delivery)
    assert draft.title == "低压供用电合同"
    assert draft.formed_on == date(2026, 8, 11)
    assert draft.customer_number == "0418002555"
    assert draft.kind_id == kind_id(station, "supply-contract")


def test_a_record_born_electronic_keeps_its_ofd_and_can_be_searched(station):
    content = ofd(CONTRACT)
    delivery = delivered(station, ("合同.ofd", content))
    read_delivery(station.system, delivery.id)
    (draft,) = drafts_of(station, delivery)
    said = Said(
        draft.kind_id, draft.title, draft.formed_on, parties="刘喆", origin=Origin.ELECTRONIC
    )
    record = station.archivist.does(file_draft, draft.id, said)

    copy = station.asks(
        lambda tx: tx.session.query(ElectronicCopy).filter_by(record_id=record.id).one()
    )
    (file,) = station.archivist.does(lambda tx: copy_files(tx, copy))
    assert (file.name, file.media_type) == ("合同.ofd", "application/ofd")
    with station.system.objects.open(file.object_key) as kept:
        assert kept.read() == content
    make_rendition(station.system, copy.id)
    key = station.asks(lambda tx: tx.get(ElectronicCopy, copy.id).rendition_key)
    with station.system.objects.open(key) as kept:
        assert "用电人：刘喆" in words_of(kept.read())
    assert station.asks(lambda tx: tx.get(Record, record.id).origin) == Origin.ELECTRONIC


def test_a_scan_and_an_ofd_come_together_page_after_page(station):
    delivery = delivered(
        station,
        ("发票.ofd", ofd(INVOICE)),
        ("投诉.pdf", pdf_of(COMPLAINT)),
        ("又.ofd", ofd(CONTRACT)),
    )
    read_delivery(station.system, delivery.id)
    names = station.asks(
        lambda tx: [
            tx.get(DeliveredFile, page.file_id).name for page, _ in pages_of(station, delivery)
        ]
    )
    assert names == ["发票.ofd", "投诉.pdf", "又.ofd"]
    assert [draft.title for draft in drafts_of(station, delivery)][2] == "低压供用电合同"


def test_an_electronic_original_is_never_divided_between_records(station):
    delivery = delivered(station, ("合同.ofd", ofd(CONTRACT, [Line("附件一")])))
    read_delivery(station.system, delivery.id)
    (draft,) = drafts_of(station, delivery)
    told = Said(draft.kind_id, draft.title, draft.formed_on, origin=Origin.ELECTRONIC)
    apart = station.archivist.does(split_draft, draft.id, at_page=2)
    with pytest.raises(ElectronicDivided) as caught:
        station.archivist.does(file_draft, draft.id, told)
    assert caught.value.facts == {"name": "合同.ofd"}
    station.archivist.does(join_drafts, apart.id, draft.id)
    assert station.archivist.does(file_draft, draft.id, told).pages == 2


def test_a_page_of_an_electronic_original_may_be_set_aside(station):
    delivery = delivered(station, ("合同.ofd", ofd(CONTRACT, [Line("广告")])))
    read_delivery(station.system, delivery.id)
    (draft,) = drafts_of(station, delivery)
    station.archivist.does(set_aside, delivery.id, [2], why=SetAside.NOT_ARCHIVED)
    told = Said(draft.kind_id, draft.title, draft.formed_on, origin=Origin.ELECTRONIC)
    assert station.archivist.does(file_draft, draft.id, told).pages == 1


def words_of(pdf: bytes) -> str:
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return "".join(text.split())
