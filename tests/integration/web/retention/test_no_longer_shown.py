"""What is given up to destruction has no address any more, from the moment it begins."""

import io
import re
from datetime import datetime

import pytest
from fastapi.routing import APIRoute

from archive.access import SYSTEM
from archive.clock import STATION_ZONE
from archive.custody.scan import ScanPage
from archive.digest import digest_of
from archive.filing.actions.volumes import file_volume
from archive.filing.delivery import DeliveredPage
from archive.holdings.actions.pairs import compare, register_paper
from archive.holdings.copy import ElectronicCopy
from archive.holdings.pair import Pair
from archive.holdings.record import Record
from archive.shelving.actions.boxes import put_away
from archive.storage import new_key
from tests import destruction as reach
from tests.builders import Station
from tests.clock import SettableClock
from tests.destruction import Case
from tests.integration.web.visiting import Visits
from tests.shelving import with_store
from web.app import PAGES

GONE = "内容不再显示"


@pytest.fixture
def station(station: Station) -> Station:
    return with_store(station)


@pytest.fixture
def counted(station: Station) -> Case:
    """Two of three records that came in one pile are about to go."""
    piled = reach.pile(station, 3)
    return reach.counted(reach.proposed(station, records=piled[:2]))


def page_of(case: Case, record: Record) -> DeliveredPage:
    return case.station.asks(
        lambda tx: (
            tx.session.query(DeliveredPage)
            .join(ElectronicCopy, ElectronicCopy.id == DeliveredPage.copy_id)
            .filter(ElectronicCopy.record_id == record.id)
            .one()
        )
    )


def addresses(case: Case, record: Record) -> list[str]:
    """Every address under which bytes of a filed record are served."""
    page = page_of(case, record)
    return [
        f"/filing/pages/{page.id}.jpg",
        f"/filing/thumbs/{page.id}.jpg",
        f"/filing/files/{page.file_id}",
        f"/holdings/records/{record.id}/copy.pdf",
    ]


def test_from_the_moment_it_begins_no_address_gives_anything_of_it(counted: Case, visits: Visits):
    station, record = counted.station, counted.records[0]
    readers = [visits(station.archivist), visits(station.auditor)]
    for address in addresses(counted, record):
        assert readers[0].get(address).status == 200
    reach.begin(counted)
    for reader in readers:
        for address in addresses(counted, record):
            assert reader.get(address).status in {403, 404}
    assert readers[0].get(addresses(counted, record)[0]).says(GONE)
    reach.burn(counted)
    reach.keep_promises(station)
    for address in addresses(counted, record)[:2]:
        assert readers[0].get(address).says(GONE)


def test_every_address_that_gives_bytes_of_a_record_is_looked_at_here():
    under = ("/filing", "/holdings", "/invoices/scans")
    giving = {
        route.path
        for router in PAGES
        for route in router.routes
        if isinstance(route, APIRoute)
        and route.path.startswith(under)
        and ("GET" in route.methods)
        and re.search(r"\.(jpg|pdf|xml)$|/files/\{|/text$", route.path)
    }
    printed = {  # forms of what the catalogue says, which stays
        "/filing/separators/sheets.pdf",
        "/holdings/expected/sheet.pdf",
        "/holdings/registers/{group}/{key}/{sheet}.pdf",
        "/holdings/records/{record_id}/items.pdf",
    }
    assert giving - printed == {
        "/filing/pages/{page_id}.jpg",
        "/filing/thumbs/{page_id}.jpg",
        "/filing/files/{file_id}",
        "/holdings/records/{record_id}/copy.pdf",
        "/holdings/records/{record_id}/files/{file_id}",
        "/invoices/scans/{scan_id}/pages/{number}.jpg",
        "/invoices/scans/{scan_id}/thumbs/{number}.jpg",
        "/invoices/scans/{scan_id}/stubs/{stub_id}.jpg",
    }


def test_what_stays_of_the_pile_is_shown_again_when_the_rest_is_out_of_it(
    station: Station, visits: Visits
):
    gone, stays = reach.pile(station, 2)
    case = reach.counted(reach.proposed(station, records=[gone]))
    archivist, page = visits(station.archivist), page_of(case, stays)
    reach.begin(case)
    assert archivist.get(f"/filing/pages/{page.id}.jpg").status == 200
    assert archivist.get(f"/filing/files/{page.file_id}").says(GONE)
    reach.burn(case)
    reach.keep_promises(station)
    assert archivist.get(f"/filing/pages/{page.id}.jpg").status == 200
    assert archivist.get(f"/filing/files/{page.file_id}").status == 200


def test_no_page_of_a_bound_volume_is_shown_once_its_record_goes(
    station: Station, visits: Visits, clock: SettableClock
):
    verification = station.accepted_volume()
    record = filed_and_paired(station, verification.volume_id)
    addresses = addresses_of_scan(station)
    clock.set(datetime(2058, 1, 4, 9, tzinfo=STATION_ZONE))
    case = reach.counted(reach.proposed(station, records=[record]))
    archivist = visits(station.archivist)
    assert {archivist.get(address).status for address in addresses} == {200}
    reach.begin(case)
    assert {archivist.get(address).status for address in addresses} == {404}
    assert archivist.get(addresses[0]).says(GONE)


def filed_and_paired(station: Station, volume_id: int) -> Record:
    record = station.archivist.does(file_volume, volume_id)
    station.archivist.does(register_paper, record.id, pages=record.pages)
    digest = station.sees(Pair, record.id).electronic_digest
    station.head.does(compare, record.id, digest=digest, paper_pages=record.pages, matches=True)
    station.archivist.does(put_away, [record.id])
    return record


def addresses_of_scan(station: Station) -> list[str]:
    """A page of the volume's scan and its thumbnail, really in the store."""
    kept = b"page"
    with station.system.transaction(SYSTEM) as tx:
        page = tx.session.query(ScanPage).order_by(ScanPage.id).first()
        page.image_key, page.thumb_key = new_key(), new_key()
        for key in (page.image_key, page.thumb_key):
            station.system.objects.put(key, io.BytesIO(kept), digest_of([kept]))
        here = f"/invoices/scans/{page.scan_id}"
        return [f"{here}/pages/{page.number}.jpg", f"{here}/thumbs/{page.number}.jpg"]
