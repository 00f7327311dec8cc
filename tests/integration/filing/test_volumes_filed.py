"""An accepted invoice volume becomes a record: one unit, with its scan, for its time."""

import pytest
from sqlalchemy import text

from archive.access import SYSTEM
from archive.custody.book import Book
from archive.custody.volume import Volume
from archive.filing.actions.volumes import file_stub_book, file_volume
from archive.filing.volume_record import FiledAsRecord, NotAcceptedYet
from archive.holdings.pair import Pair
from archive.holdings.record import Record, RecordKeptForEver
from tests.builders import Station


@pytest.fixture
def accepted(station: Station) -> Volume:
    verification = station.accepted_volume()
    return station.sees(Volume, verification.volume_id)


def test_an_accepted_volume_is_filed_once_with_its_scan_and_awaits_its_paper(
    station: Station, accepted: Volume
):
    record = station.archivist.does(file_volume, accepted.id)
    assert "KU" in record.code
    assert record.document_number == accepted.code
    pair = station.sees(Pair, record.id)
    assert (pair.state, pair.electronic_pages) == ("e-only", record.pages)
    with pytest.raises(FiledAsRecord):
        station.archivist.does(file_volume, accepted.id)
    assert station.asks(lambda tx: tx.session.query(Record).count()) == 1


def test_what_finance_has_not_accepted_does_not_go_to_the_archive(station: Station):
    volume = station.bound_volume()
    with pytest.raises(NotAcceptedYet):
        station.archivist.does(file_volume, volume.id)
    record = station.asks(lambda tx: tx.session.query(Record).count())
    assert record == 0


def test_the_database_lets_no_unaccepted_volume_in_and_no_link_be_changed(
    station: Station, accepted: Volume
):
    record = station.archivist.does(file_volume, accepted.id)
    for statement in (
        f"UPDATE volume_record SET volume_id = NULL WHERE record_id = {record.id}",
        "DELETE FROM volume_record",
    ):
        with pytest.raises(RecordKeptForEver), station.system.transaction(SYSTEM) as tx:
            tx.session.execute(text(statement))


def test_an_accepted_stub_book_is_filed_on_paper(station: Station, accepted: Volume):
    book = station.asks(lambda tx: tx.session.query(Book).filter_by(state="accepted").first())
    record = station.archivist.does(file_stub_book, book.id)
    assert book.first in record.title
    assert station.sees(Pair, record.id).state == "p-only"
