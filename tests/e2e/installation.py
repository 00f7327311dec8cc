"""An installation looked at from inside, beside its processes: its state, and what may not be."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from archive import audit
from archive.access import SYSTEM
from archive.clock import Clock
from archive.custody.queries.dossier import dossier
from archive.custody.scan import FoundStub, Scan, ScanFile, ScanPage
from archive.custody.volume import Volume
from archive.digest import Hasher
from archive.filing.delivery import DeliveredFile, DeliveredPage
from archive.holdings.copy import ElectronicCopy
from archive.housekeeping import NAMED_BY, clear_away
from archive.outbox import Promise
from archive.retention.erasure import ErasedObject
from archive.settings import Settings
from archive.system import System
from archive.wiring import create_system
from tests.e2e.deaths import LATER, Mortal
from tests.e2e.servers import PATIENCE

LONG_AFTER = timedelta(days=3)


_STORED = func.coalesce(func.nullif(DeliveredFile.kept_sha256, ""), DeliveredFile.sha256)


@dataclass(frozen=True)
class Installation:
    """A data folder, and what was put into it before the test began."""

    settings: Settings
    volume_id: int
    volume_code: str
    token: str

    @property
    def data(self) -> Path:
        return self.settings.data_dir

    @contextmanager
    def system(self, later: timedelta = timedelta(0)) -> Iterator[System]:
        """The running archive as one more process sees it."""
        real = Clock()
        clock = Clock(lambda: real.now() + later)
        running = create_system(self.settings, clock=clock, nudge=lambda _promises: None)
        try:
            yield running
        finally:
            running.engine.dispose()

    def copied(self, folder: Path, **settings: Any) -> "Installation":
        """The same in a folder of its own, which a test may spoil."""
        shutil.copytree(self.data, folder / "data")
        changed = self.settings.model_dump() | {"data_dir": folder / "data"} | settings
        return replace(self, settings=made_of(**changed))

    def count(self, kind: type[Any]) -> int:
        with self.system() as running, running.transaction(SYSTEM, writes=False) as tx:
            return len(tx.session.scalars(select(kind.id)).all())

    def holds_nothing_new(self) -> bool:
        """Whether there is no scan, no object and nothing on its way in."""
        objects = [path for path in (self.data / "objects").rglob("*") if path.is_file()]
        spooled = [path for path in self.settings.effective_spool_dir.rglob("*") if path.is_file()]
        return self.count(Scan) == 0 and not objects and not spooled

    def owes_nothing(self) -> bool:
        """Whether there are promises and all are kept."""
        with self.system() as running, running.transaction(SYSTEM, writes=False) as tx:
            promises = tx.session.scalars(select(Promise)).all()
            return bool(promises) and all(promise.kept_at for promise in promises)

    def state(self) -> dict[str, Any]:
        """Everything about the volume that may not depend on who died when."""
        with self.system() as running, running.transaction(SYSTEM, writes=False) as tx:
            volume = tx.get(Volume, self.volume_id)
            lying = dossier(tx, volume)
            outcome = lying.reconciliation
            return {
                "volume": (volume.state, volume.open_findings),
                "scans": [
                    (one.volume_id, one.sha256, one.pages, one.state, one.failure, one.reader)
                    for one in tx.session.scalars(select(Scan))
                ],
                "files": [
                    (one.position, one.media_type, one.size, one.pages, one.sha256, one.sm3)
                    for one in lying.files
                ],
                "pages": [
                    _facts(page, "id", "scan_id", "image_key", "thumb_key", "read_at")
                    for page in lying.pages
                ],
                "stubs": [_facts(stub, "id", "scan_id") for stub in lying.stubs],
                "cells": [(cell.number, cell.code, cell.status) for cell in outcome.cells],
                "findings": [asdict(finding) for finding in outcome.findings],
                "events": sorted(
                    entry.event
                    for entry in tx.session.scalars(select(audit.TrailEntry))
                    if entry.event.startswith("scan.")
                ),
            }

    def check_sound(self) -> None:
        """What must hold after every crash, once the worker and the sweep have been.

        All that was owed is done; every row's object is there with its own bytes; no object is
        left that no row names; nothing is left on its way in; the trail is unbroken.
        """
        with self.system(LONG_AFTER) as running:
            clear_away(running)
            named = self._check_objects(running)
            assert {key for key, _ in running.objects.keys()} == named  # noqa: SIM118 - no dict
            with running.transaction(SYSTEM, writes=False) as tx:
                assert audit.verify(tx.session).unbroken
                assert not tx.session.scalars(
                    select(Promise.name).where(Promise.kept_at.is_(None))
                ).all()
        assert not list(self.settings.effective_spool_dir.glob("*"))
        assert not list((self.data / "objects").glob(".incoming/*"))

    def _check_objects(self, running: System) -> set[str]:
        with running.transaction(SYSTEM, writes=False) as tx:
            named = {
                key
                for column in NAMED_BY
                for key in tx.session.scalars(select(column).where(column != ""))
            }
            digests = dict(tx.session.execute(select(ScanFile.object_key, ScanFile.sha256)).all())
            for key, sha256 in (
                (ScanPage.image_key, ScanPage.image_sha256),
                (DeliveredFile.object_key, _STORED),
                (DeliveredPage.image_key, DeliveredPage.image_sha256),
                (ElectronicCopy.rendition_key, ElectronicCopy.rendition_sha256),
            ):
                digests |= tx.session.execute(select(key, sha256).where(key != "")).all()
            gone = select(ErasedObject.object_key).where(ErasedObject.absent_at.is_not(None))
            named -= set(tx.session.scalars(gone))
        for key in named:
            hasher = Hasher()
            with running.objects.open(key) as content:
                while piece := content.read(1 << 16):
                    hasher.update(piece)
            assert digests.get(key, hasher.digests().sha256) == hasher.digests().sha256
        return named


def made_of(**settings: Any) -> Settings:
    """Settings given by name, nothing from the environment."""
    port = settings.pop("port", None)
    named = settings if port is None else settings | {"PORT": port}
    return Settings(_env_file=None, **named)


def work_off(installation: Installation, readings: Path | None) -> None:
    """A worker keeps everything that is owed, an hour later."""
    worker = Mortal("worker", installation.settings, readings=readings, later=LATER)
    try:
        eventually(installation.owes_nothing)
    finally:
        worker.kill()


def eventually(happened: Callable[[], Any]) -> Any:
    """What ``happened()`` gives once it is true."""
    deadline = time.monotonic() + PATIENCE
    while not (value := happened()):
        assert time.monotonic() < deadline, f"it never happened: {happened}"
        time.sleep(0.03)
    return value


def _facts(row: FoundStub | ScanPage, *but: str) -> dict[str, Any]:
    return {
        column.key: getattr(row, column.key)
        for column in row.__table__.columns
        if column.key not in but
    }
