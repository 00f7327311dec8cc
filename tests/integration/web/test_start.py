"""What happens when the pages come up."""

import asyncio
import time

import pytest
from fastapi import FastAPI

from archive.ingest.keeping import inspector
from archive.system import System


def test_what_looks_into_scans_is_there_before_the_first_scan_and_holds_up_nothing(
    app: FastAPI, system: System, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("web.app.MOMENT", 0.3)
    looks = inspector(system.settings)
    looks.close()

    async def up() -> bool:
        async with app.router.lifespan_context(app):
            at_once = looks._sandbox._child
            await asyncio.to_thread(started_within, 60)
            return at_once is None

    def started_within(seconds: float) -> None:
        over = time.monotonic() + seconds
        while looks._sandbox._child is None and time.monotonic() < over:
            time.sleep(0.02)

    assert asyncio.run(up())
    child = looks._sandbox._child
    assert child is not None
    assert child.is_alive()
    looks.close()


def test_a_server_that_goes_down_at_once_starts_nothing(app: FastAPI, system: System):
    looks = inspector(system.settings)
    looks.close()

    async def up_and_down() -> None:
        async with app.router.lifespan_context(app):
            pass

    asyncio.run(up_and_down())
    assert looks._sandbox._child is None
