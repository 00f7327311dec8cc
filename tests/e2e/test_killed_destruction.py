"""kill −9 between any two steps of a destruction.

Whatever died when: started again, what was to go is gone, wholly and once, and not a byte of
anything outside the register has changed.
"""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from archive import audit
from archive.access import SYSTEM
from archive.clock import Clock
from archive.digest import Hasher
from archive.filing.delivery import DeliveredFile, DeliveredPage
from archive.holdings.copy import ElectronicCopy
from archive.holdings.pair import Pair
from archive.holdings.record import Record
from archive.jobs import keep_promise
from archive.outbox import Promise
from archive.retention.batch import Batch, BatchItem
from archive.retention.erasure import ErasedObject
from tests import destruction as reach
from tests.builders import Station, open_system, settle_station
from tests.company import open_company
from tests.e2e.deaths import Mortal, Step
from tests.e2e.installation import Installation, made_of, work_off
from tests.shelving import with_store

pytestmark = pytest.mark.slow


class Destroying(Installation):
    """An installation in which a batch is being destroyed."""

    def objects(self) -> dict[str, str]:
        """Every object that can be read, and its digest."""
        with self.system() as running:
            found = {}
            for key, _ in running.objects.keys():  # noqa: SIM118 - no dict
                hasher = Hasher()
                with running.objects.open(key) as content:
                    hasher.update(content.read())
                found[key] = hasher.digests().sha256
            return found

    def outside(self) -> dict[str, str]:
        """Objects of records that stay; of a shared file only its digest as received counts."""
        with self.system() as running, running.transaction(SYSTEM, writes=False) as tx:
            staying = select(ElectronicCopy.id).join(Record, Record.id == ElectronicCopy.record_id)
            staying = staying.where(Record.id.not_in(select(BatchItem.record_id)))
            pages = tx.session.scalars(
                select(DeliveredPage).where(DeliveredPage.copy_id.in_(staying))
            ).all()
            keys = {page.image_key for page in pages} | {page.thumb_key for page in pages}
            keys |= set(
                tx.session.scalars(
                    select(ElectronicCopy.rendition_key).where(ElectronicCopy.id.in_(staying))
                )
            )
        kept = self.objects()
        return {key: kept[key] for key in keys - {""}}

    def state(self) -> dict[str, Any]:
        with self.system() as running, running.transaction(SYSTEM, writes=False) as tx:
            session = tx.session
            return {
                "batch": session.scalars(select(Batch.state)).all(),
                "items": session.execute(
                    select(BatchItem.position, BatchItem.state, BatchItem.failure)
                ).all(),
                "records": session.execute(
                    select(Record.code, Record.state, Record.title, Record.parties)
                ).all(),
                "pairs": session.execute(select(Pair.record_id, Pair.state)).all(),
                "files": session.execute(
                    select(
                        DeliveredFile.sha256,
                        DeliveredFile.name,
                        DeliveredFile.kept_sha256 != "",
                        DeliveredFile.destroyed_at.is_not(None),
                    )
                ).all(),
                "erased": Counter(
                    session.execute(select(ErasedObject.kind, ErasedObject.absent_at.is_not(None)))
                ),
                "events": Counter(
                    entry.event
                    for entry in session.scalars(select(audit.TrailEntry))
                    if entry.event
                    in {
                        "record.destroyed",
                        "pair.destroy-copy",
                        "batch.destroyed",
                        "record.pages-taken-out",
                    }
                ),
            }


@pytest.fixture(scope="module")
def owing(tmp_path_factory: pytest.TempPathFactory) -> Destroying:
    """The paper is burnt; one record of its own and one of a pile of three are owed to go."""
    folder: Path = tmp_path_factory.mktemp("owing")
    running = open_system("", Clock(), folder / "data")
    station = with_store(settle_station(running))
    records = [*reach.worthless(station, 1), reach.pile(station, 3, first=21)[1]]
    reach.burnt(reach.proposed(station, open_company(station), records))
    _print_opinion(station)
    token = station.archivist.signs_in().token
    assert token is not None
    running.engine.dispose()
    return Destroying(made_of(data_dir=folder / "data", lease_seconds=5), 0, "", token)


def _print_opinion(station: Station) -> None:
    """The panel's report is on file already, so that what is still owed is the destruction."""
    owed = station.asks(
        lambda tx: [one.id for one in tx.session.query(Promise).filter_by(name="print_appraisal")]
    )
    for promise_id in owed:
        keep_promise(station.system, promise_id, "test")


@pytest.fixture(scope="module")
def undisturbed(owing: Destroying, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What comes of it when nobody dies."""
    installation = owing.copied(tmp_path_factory.mktemp("undisturbed"))
    work_off(installation, None)
    state = installation.state()
    assert state["batch"] == ["destroyed"]
    assert state["erased"] == {
        ("received", True): 2,
        ("image", True): 2,
        ("thumbnail", True): 2,
        ("rendition", True): 2,
    }
    return state


STEPS = [
    Step("archive.retention.erasing:_name_objects", "before"),
    Step("archive.retention.erasing:erase_item", "commit"),
    Step("archive.retention.erasing:_separate", "before"),
    Step("archive.storage.disk:DiskObjects.put", "after"),
    Step("archive.retention.erasing:_separate", "commit"),
    Step("archive.retention.erasing:_separate", "after"),
    Step("archive.storage.disk:DiskObjects.destroy", "before"),
    *(Step("archive.storage.disk:DiskObjects.destroy", "after", nth=n) for n in (1, 4, 8)),
    Step("archive.retention.erasing:_set_down", "before"),
    Step("archive.retention.erasing:_set_down", "after"),
    Step("archive.retention.erasing:_set_down", "after", nth=2),
    Step("archive.retention.jobs:settle_items", "before"),
    Step("archive.retention.jobs:settle_items", "after"),
    Step("archive.retention.jobs:forget_old_versions", "before"),
]


@pytest.mark.parametrize("step", STEPS, ids=str)
def test_a_worker_killed_while_it_destroys_ends_as_if_nothing_had_happened(
    step: Step, owing: Destroying, undisturbed: dict[str, Any], tmp_path: Path
):
    installation = owing.copied(tmp_path)
    outside = installation.outside()
    assert Mortal("worker", installation.settings, step=step).died()
    assert installation.outside() == outside
    work_off(installation, None)
    assert installation.state() == undisturbed
    assert installation.outside() == outside
    installation.check_sound()


def test_not_a_word_of_what_was_destroyed_is_left_in_the_files_of_the_installation(
    owing: Destroying, tmp_path: Path
):
    installation = owing.copied(tmp_path)
    words = ["王第1", "0418000001", "第1户停电投诉", "停电第1次"]
    assert all(found(installation.data, word) for word in words[:3])
    work_off(installation, None)
    with installation.system() as running:
        from archive.db import forget_old_versions

        forget_old_versions(running.engine)
    assert {word: found(installation.data, word) for word in words} == {key: [] for key in words}


def found(folder: Path, word: str) -> list[str]:
    """Files that have a word in them, as text or as JSON writes it."""
    forms = [word.encode(), word.encode("unicode_escape")]
    return [
        path.name
        for path in folder.rglob("*")
        if path.is_file() and any(form in path.read_bytes() for form in forms)
    ]
