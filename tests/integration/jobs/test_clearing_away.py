"""What is cleared away by itself: objects no row names, and nothing else."""

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import String, select

from archive import audit, housekeeping
from archive.access import SYSTEM
from archive.audit import TrailEntry
from archive.custody import jobs
from archive.custody.reading import PageReading
from archive.custody.reading_task import ReadPage
from archive.custody.receiving import receive
from archive.custody.scan import Scan
from archive.db import Base
from archive.digest import digest_of
from archive.filing.actions.drafts import file_draft
from archive.filing.renditions import make_rendition
from archive.holdings.copy import ElectronicCopy
from archive.housekeeping import NAMED_BY, clear_away, sweep_orphans
from archive.ingest.spool import Spool
from archive.people.person import SignIn
from archive.retention.appraisal import Appraisal
from archive.retention.opinion_paper import print_appraisal
from archive.retention.photographing import receive_photos
from archive.storage import MalformedKey, StorageUnavailable, checked_key, new_key
from archive.storage.disk import DiskObjects
from archive.system import System
from tests import destruction as reach
from tests.builders import Station, settle_station
from tests.clock import SettableClock
from tests.deliveries import COMPLAINT, delivered, pdf_of, read, read_as
from tests.holdings import with_file_plan
from tests.integration.filing.test_filing import said
from tests.shelving import with_store


def put(system: System, content: bytes = b"nobody's") -> str:
    """An object whose row never came."""
    key = new_key()
    system.objects.put(key, io.BytesIO(content), digest_of([content]))
    return key


def kept(system: System) -> set[str]:
    return {key for key, _ in system.objects.keys()}  # noqa: SIM118 - no dict


def swept(system: System) -> list[int]:
    """What the trail says of every sweep."""
    with system.transaction(SYSTEM, writes=False) as tx:
        entries = tx.session.scalars(select(TrailEntry).order_by(TrailEntry.seq))
        return [entry.told["count"] for entry in entries if entry.event == "objects.swept"]


def read_scan_of(station: Station, folder: Path) -> Scan:
    """A scan that was really received, and a page of it set down as it is read."""
    path = folder / "page.png"
    Image.new("L", (600, 800), 250).save(path, dpi=(100, 100))
    volume = station.bound_volume()
    with Spool(folder / "spool", limit_bytes=1 << 20) as spool, path.open("rb") as file:
        spool.take(file, "page.png")
        scan = receive(
            station.system, station.custodian.actor(), volume.id, spool.files, source="page"
        )
    jobs._begin(station.system, scan.id)
    reading = PageReading(page=1, width=600, height=800, turned=0, stubs=(), problems=())
    jobs._keep_page(station.system, scan.id, ReadPage(reading, b"large", b"small"))
    jobs._finish(station.system, scan.id)
    return scan


def record_filed_in(station: Station) -> None:
    """A page that came in to be filed, its record, and the record's searchable copy."""
    with_file_plan(station)
    (draft,) = read(station, delivered(station, ("a.pdf", pdf_of(COMPLAINT))), [read_as(COMPLAINT)])
    station.archivist.does(file_draft, draft.id, said(station))
    copy = station.asks(lambda tx: tx.session.query(ElectronicCopy).one())
    make_rendition(station.system, copy.id)


def destruction_under_way(station: Station) -> None:
    """An appraisal whose report is printed, and a batch with a photograph, its objects erased."""
    with_store(station)
    case = reach.begun(reach.proposed(station, records=reach.worthless(station, 1)))
    photo = io.BytesIO()
    Image.new("RGB", (40, 30), "grey").save(photo, "JPEG")
    with Spool(station.system.settings.effective_spool_dir, limit_bytes=1 << 20) as spool:
        spool.take(io.BytesIO(photo.getvalue()), "现场.jpg")
        receive_photos(station.system, station.archivist.actor(), case.batch_id, spool.files)
    appraisal = station.asks(lambda tx: tx.session.query(Appraisal).one())
    print_appraisal(station.system, appraisal.id)
    reach.keep_promises(station)


def named(system: System) -> dict[str, set[str]]:
    """Every text in the database that is a key of the store, by the column it stands in."""
    found: dict[str, set[str]] = {}
    with system.transaction(SYSTEM, writes=False) as tx:
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                if not isinstance(column.type, String):
                    continue
                values = tx.session.scalars(select(column).where(column.like("__/%"))).all()
                if keys := {value for value in values if is_key(value)}:
                    found[str(column)] = keys
    return found


def is_key(text: str) -> bool:
    try:
        return checked_key(text) == text
    except MalformedKey:
        return False


@pytest.fixture
def anywhere(new_system: Callable[..., System], objects_url: str) -> System:
    """The archive on each database and each kind of store."""
    return new_system(objects=objects_url)


def test_only_what_no_row_names_is_swept_when_its_row_can_no_longer_come(
    anywhere: System, clock: SettableClock, tmp_path: Path
):
    read_scan_of(settle_station(anywhere), tmp_path)
    ours = kept(anywhere)
    orphans = {put(anywhere) for _ in range(3)}
    assert len(ours) == 3
    assert sweep_orphans(anywhere) == 0
    clock.advance(hours=anywhere.settings.orphan_hours - 1)
    assert sweep_orphans(anywhere) == 0
    assert kept(anywhere) == ours | orphans
    assert swept(anywhere) == []
    clock.advance(hours=2)
    assert sweep_orphans(anywhere) == 3
    assert kept(anywhere) == ours
    assert sweep_orphans(anywhere) == 0
    assert swept(anywhere) == [3]
    with anywhere.transaction(SYSTEM, writes=False) as tx:
        assert audit.verify(tx.session).unbroken


def test_every_column_with_a_key_of_the_store_is_one_the_sweep_asks(
    station: Station, tmp_path: Path
):
    read_scan_of(station, tmp_path)
    record_filed_in(station)
    destruction_under_way(station)
    found = named(station.system)
    assert set(found) == {str(column.property.columns[0]) for column in NAMED_BY}
    gone = found["erased_object.object_key"]
    assert set().union(*found.values()) - gone == kept(station.system)


def test_many_objects_are_asked_about_a_batch_at_a_time(
    station: Station, clock: SettableClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(housekeeping, "BATCH", 2)
    read_scan_of(station, tmp_path)
    ours = kept(station.system)
    for _ in range(5):
        put(station.system)
    clock.advance(days=2)
    assert sweep_orphans(station.system) == 5
    assert kept(station.system) == ours


def test_an_object_that_cannot_be_destroyed_keeps_no_other_from_going(
    station: Station, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
):
    store = station.system.objects
    stuck, *_ = sorted(put(station.system) for _ in range(4))
    clock.advance(days=2)
    destroy = store.destroy

    def destroy_all_but_one(key: str, **_: str) -> None:
        if key == stuck:
            raise StorageUnavailable
        destroy(key)

    monkeypatch.setattr(store, "destroy", destroy_all_but_one)
    assert sweep_orphans(station.system) == 3
    assert kept(station.system) == {stuck}
    assert swept(station.system) == [3]


def test_a_write_that_was_cut_off_is_cleared_after_the_same_time(
    station: Station, clock: SettableClock
):
    store = station.system.objects
    assert isinstance(store, DiskObjects)
    put(station.system)
    left = store._incoming / "cut-off.0123"
    left.write_bytes(b"first half")
    assert sweep_orphans(station.system) == 0
    assert left.exists()
    clock.advance(days=2)
    sweep_orphans(station.system)
    assert not left.exists()


def test_the_round_clears_ended_sign_ins_and_the_spools_of_the_dead_but_not_of_the_living(
    station: Station, clock: SettableClock
):
    system = station.system
    ended = station.collector.signs_in().token
    clock.advance(hours=system.settings.session_hours)
    station.custodian.signs_in()
    spools = system.settings.effective_spool_dir
    dead = spools / "spool-dead"
    dead.mkdir(parents=True)
    (dead / "half a scan").write_bytes(b"%PDF-1.7")
    orphan = put(system)
    clock.advance(hours=1)
    with Spool(spools, limit_bytes=100) as living:
        file = living.take(io.BytesIO(b"%PDF-1.7"), "scan.pdf")
        clear_away(system)
        assert file.path.read_bytes() == b"%PDF-1.7"
    assert ended
    assert not dead.exists()
    assert kept(system) == {orphan}
    (left,) = station.asks(lambda tx: tx.session.query(SignIn).all())
    assert left.person_id == station.custodian.id
    late = replace(system, settings=system.settings.model_copy(update={"orphan_hours": 1}))
    clear_away(late)
    assert kept(system) == set()
