"""From the signed appraisal to the certificate, on both databases, with bytes really gone."""

import io
from datetime import datetime

import pytest
from pypdf import PdfReader

from archive.access import SYSTEM
from archive.clock import STATION_ZONE
from archive.custody.scan import Scan, ScanFile, ScanPage
from archive.custody.volume import Volume
from archive.digest import digest_of
from archive.filing.actions.volumes import file_volume
from archive.filing.delivery import DeliveredFile, DeliveredPage, Draft
from archive.holdings.actions.pairs import compare, register_paper
from archive.holdings.copy import ElectronicCopy
from archive.holdings.pair import Pair
from archive.holdings.record import Record, RecordGone
from archive.retention.batch import Batch
from archive.retention.erasure import ErasedObject
from archive.shelving.actions.boxes import put_away
from archive.storage import ObjectMissing, new_key
from tests.builders import Station
from tests.clock import SettableClock
from tests.company import open_company
from tests.destruction import closed, destroyed, pile, proposed, worthless
from tests.shelving import with_store


@pytest.fixture
def station(station: Station) -> Station:
    return with_store(station)


def keys_of(station: Station, record: Record) -> set[str]:
    """Every object that holds something of a record."""

    def found(tx):
        copies = tx.session.query(ElectronicCopy).filter_by(record_id=record.id).all()
        keys = {copy.rendition_key for copy in copies}
        for page in tx.session.query(DeliveredPage).filter(
            DeliveredPage.copy_id.in_([copy.id for copy in copies])
        ):
            keys |= {page.image_key, page.thumb_key, tx.get(DeliveredFile, page.file_id).object_key}
        return keys - {""}

    return station.asks(found)


def all_keys(station: Station) -> set[str]:
    return {key for key, _ in station.system.objects.keys()}  # noqa: SIM118 - no dict


def test_a_batch_goes_from_the_panel_to_the_certificate_and_leaves_nothing_readable(
    station: Station,
):
    records = worthless(station, 2)
    stays = worthless(station, first=3)[0]
    theirs = set().union(*(keys_of(station, record) for record in records))
    assert len(theirs) == 8
    assert theirs <= all_keys(station)
    case = closed(proposed(station, open_company(station), records))
    assert case.batch.state == "closed"
    assert not theirs & all_keys(station)
    for key in theirs:
        with pytest.raises(ObjectMissing), station.system.objects.open(key):
            pass
    for record in records:
        left = station.sees(Record, record.id)
        assert (left.state, left.code, left.title) == ("destroyed", record.code, "投诉记录")
        assert left.parties == left.customer_number == ""
        assert station.sees(Pair, record.id).state == "destroyed"
    assert station.sees(Pair, stays.id).state == "paired"
    assert keys_of(station, stays) <= all_keys(station)


def test_the_certificate_is_a_record_kept_for_ever_that_says_everything(station: Station):
    case = closed(proposed(station))
    certificate = station.sees(Record, case.batch.certificate_record_id)
    assert "-Y-" in certificate.code
    copy = station.asks(
        lambda tx: tx.session.query(ElectronicCopy).filter_by(record_id=certificate.id).one()
    )
    with station.system.objects.open(copy.rendition_key) as kept:
        said = "".join(page.extract_text() for page in PdfReader(io.BytesIO(kept.read())).pages)
    said = "".join(said.split()).replace("\u200b", "")
    for record in case.records:
        assert "".join(record.code.split()) in said
    for told in (
        case.batch.digest,
        case.station.leader.name,
        "公司领导",
        "监销人签字",
        "逐一回读，均已不存在",
        *(witness.name for witness in case.witnesses),
    ):
        assert told in said
    for secret in ("停电投诉", "王第1", "0418000001"):
        assert secret not in said


def test_words_about_people_leave_every_row(station: Station):
    case = destroyed(proposed(station))

    def words(tx):
        drafts = tx.session.query(Draft).filter(Draft.record_id.in_([r.id for r in case.records]))
        pages = tx.session.query(DeliveredPage).all()
        files = tx.session.query(DeliveredFile).all()
        return (
            [(one.title, one.parties, one.customer_number, one.proposed) for one in drafts],
            [one.lines for one in pages],
            [one.name for one in files],
        )

    drafts, lines, names = station.asks(words)
    assert drafts == [("", "", "", {})] * 2
    assert lines == [[], []]
    assert names == ["", ""]


def test_a_file_with_others_in_it_loses_only_the_pages_that_were_destroyed(station: Station):
    first, second, third = pile(station, 3)
    (file,) = station.asks(lambda tx: tx.session.query(DeliveredFile).all())
    case = destroyed(proposed(station, records=[second]))
    assert case.batch.state == "destroyed"
    (now,) = station.asks(lambda tx: tx.session.query(DeliveredFile).all())
    assert file.object_key not in all_keys(station)
    assert now.sha256 == file.sha256
    with station.system.objects.open(now.object_key) as kept:
        pages = PdfReader(io.BytesIO(kept.read())).pages
    assert [len(page.images) for page in pages] == [1, 0, 1]
    for record in (first, third):
        assert station.sees(Pair, record.id).state == "paired"
    gone = station.asks(lambda tx: tx.session.query(ErasedObject).all())
    assert all(one.absent_at for one in gone)
    assert {one.object_key for one in gone if one.shared_file_id} == {file.object_key}


def test_the_last_of_a_pile_takes_the_whole_file_along(station: Station):
    records = pile(station, 2)
    destroyed(proposed(station, records=records))
    (file,) = station.asks(lambda tx: tx.session.query(DeliveredFile).all())
    assert file.destroyed_at is not None
    assert all_keys(station) == set() or file.object_key not in all_keys(station)


def test_a_batch_has_a_number_of_its_year_that_people_write(station: Station):
    case = proposed(station)
    assert station.sees(Batch, case.batch_id).name == "销〔2026〕1号"


def really_kept(station: Station) -> set[str]:
    """The files and pages of scans, which the builder only says are there, put into the store."""
    keys = set()
    with station.system.transaction(SYSTEM) as tx:
        for kind, column in ((ScanFile, "object_key"), (ScanPage, "image_key")):
            for row in tx.session.query(kind):
                key = new_key()
                station.system.objects.put(key, io.BytesIO(b"page"), digest_of([b"page"]))
                setattr(row, column, key)
                keys.add(key)
        for row in tx.session.query(ScanPage):
            row.thumb_key = ""
    return keys


def test_a_bound_volume_goes_whole_with_every_scan_and_its_numbers_stay_in_the_ledger(
    station: Station, clock: SettableClock
):
    verification = station.accepted_volume()
    record = station.archivist.does(file_volume, verification.volume_id)
    station.archivist.does(register_paper, record.id, pages=record.pages)
    digest = station.sees(Pair, record.id).electronic_digest
    station.head.does(compare, record.id, digest=digest, paper_pages=record.pages, matches=True)
    station.archivist.does(put_away, [record.id])
    before = station.dossier(station.sees(Volume, verification.volume_id))
    theirs = really_kept(station)
    clock.set(datetime(2058, 1, 4, 9, tzinfo=STATION_ZONE))
    case = destroyed(proposed(station, records=[record]))
    assert case.batch.state == "destroyed"
    assert not theirs & all_keys(station)
    after = station.dossier(station.sees(Volume, verification.volume_id))
    assert after.reconciliation.cells == before.reconciliation.cells
    with pytest.raises(RecordGone), station.system.transaction(SYSTEM) as tx:
        tx.session.add(
            Scan(
                volume_id=verification.volume_id,
                sha256="f" * 64,
                pages=1,
                source="api",
                received_at=tx.now,
            )
        )
