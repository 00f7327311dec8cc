"""What is in the archive stays accepted; a better scan comes as a further copy of its record."""

import pytest
from sqlalchemy import text

from archive.access import SYSTEM
from archive.custody.actions.consequences import void_acceptance
from archive.custody.actions.scans import record_scan
from archive.custody.volume import Volume
from archive.filing.actions.drafts import attach_draft
from archive.filing.actions.volumes import file_stub_book, file_volume
from archive.filing.volume_record import FiledStaysAccepted
from archive.holdings.actions.pairs import compare, register_paper
from archive.holdings.copy import ElectronicCopy
from archive.holdings.pair import Pair
from archive.holdings.record import Record
from archive.transaction import Transaction
from tests.builders import Station
from tests.deliveries import COMPLAINT, delivered, pdf_of, read, read_as


@pytest.fixture
def volume(station: Station) -> Volume:
    return station.sees(Volume, station.accepted_volume().volume_id)


@pytest.fixture
def record(station: Station, volume: Volume) -> Record:
    return station.archivist.does(file_volume, volume.id)


def voided(tx: Transaction, volume_id: int) -> None:
    void_acceptance(tx, tx.get(Volume, volume_id, lock=True), "stub-settled")


def test_the_acceptance_of_a_filed_volume_is_not_taken_back(
    station: Station, volume: Volume, record: Record
):
    with pytest.raises(FiledStaysAccepted):
        station.custodian.does(voided, volume.id)
    with pytest.raises(FiledStaysAccepted):
        station.custodian.does(record_scan, volume.id, [], sha256="e" * 64, source="api")
    assert station.sees(Volume, volume.id).state == "accepted"
    assert station.sees(Record, record.id).state == "filed"


def test_before_it_is_filed_it_may_be_taken_back(station: Station, volume: Volume):
    station.custodian.does(voided, volume.id)
    assert station.sees(Volume, volume.id).state == "submitted"


def test_the_database_keeps_a_filed_stub_book_accepted_too(station: Station, volume: Volume):
    book_id = station.asks(
        lambda tx: tx.session.scalar(text("SELECT min(id) FROM book WHERE state = 'accepted'"))
    )
    station.archivist.does(file_stub_book, book_id)
    statement = f"UPDATE book SET state = 'bound' WHERE id = {book_id}"
    with pytest.raises(FiledStaysAccepted), station.system.transaction(SYSTEM) as tx:
        tx.session.execute(text(statement))


def test_a_re_scan_of_a_filed_volume_is_a_further_copy_and_breaks_its_pair(
    station: Station, record: Record
):
    station.archivist.does(register_paper, record.id, pages=record.pages)
    first = station.sees(Pair, record.id)
    station.head.does(
        compare,
        record.id,
        digest=first.electronic_digest,
        paper_pages=record.pages,
        matches=True,
    )
    assert station.sees(Pair, record.id).state == "paired"
    delivery = delivered(station, ("重扫.pdf", pdf_of(COMPLAINT)))
    (draft,) = read(station, delivery, [read_as(COMPLAINT)])
    station.archivist.does(attach_draft, draft.id, record.id)
    again = station.sees(Pair, record.id)
    assert (again.state, again.electronic_pages) == ("uncompared", 1)
    assert again.electronic_digest != first.electronic_digest
    copies = station.asks(
        lambda tx: [
            copy.number for copy in tx.session.query(ElectronicCopy).filter_by(record_id=record.id)
        ]
    )
    assert sorted(copies) == [0, 1]
