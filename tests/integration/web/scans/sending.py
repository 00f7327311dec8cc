"""Sending scans as the drop zone does, and a volume whose scan the real reader has read."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from httpx import ASGITransport, AsyncClient, Response

from archive.custody.jobs import read_scan
from archive.custody.receiving import receive
from archive.custody.scan import Scan
from archive.custody.volume import Volume
from archive.demo.drawing import draw_pdf, tidy_look, volume_of
from archive.ingest.spool import Spool
from archive.system import System
from tests.builders import CODE, Colleague, Station
from tests.integration.web.visiting import Visitor
from web.deps import csrf_token

Pieces = bytes | AsyncIterator[bytes]


def drawn(path: Path, first: str, count: int, *, spoilt: Sequence[str] = ()) -> Path:
    """A drawn scan, three stubs a page."""
    spec = volume_of(first, count, tidy_look(stubs_a_page=3), code=CODE, seed=5)
    stubs = tuple(
        replace(stub, spoilt="blot") if stub.number in spoilt else stub for stub in spec.stubs
    )
    with path.open("wb") as out:
        draw_pdf(replace(spec, stubs=stubs), out)
    return path


def send(
    who: Visitor, path: str, content: Pieces, name: str = "scan.pdf", **headers: str
) -> Response:
    """One raw body, as the drop zone sends it."""
    given = {"x-file-name": quote(name), "x-csrf-token": csrf_token(who.token), **headers}
    return ask(who, "POST", path, content=content, headers=given)


def ask(who: Visitor, method: str, path: str, **given: Any) -> Response:
    async def asking() -> Response:
        async with AsyncClient(
            transport=ASGITransport(who.app), base_url="http://127.0.0.1", cookies=dict(who.cookies)
        ) as client:
            return await client.request(method, path, **given)

    return asyncio.run(asking())


def break_off(who: Visitor, path: str, sent: bytes) -> int:
    """Send some bytes and hang up; the status the application gave up with."""
    coming = [
        {"type": "http.request", "body": sent, "more_body": True},
        {"type": "http.disconnect"},
    ]
    statuses: list[int] = []
    cookies = "; ".join(f"{name}={value}" for name, value in who.cookies.items())
    headers = {
        "host": "127.0.0.1",
        "cookie": cookies,
        "x-csrf-token": csrf_token(who.token),
        "x-file-name": "a.pdf",
    }
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "server": ("127.0.0.1", 80),
        "client": ("127.0.0.1", 9),
    }

    async def receive() -> dict[str, Any]:
        return coming.pop(0) if coming else {"type": "http.disconnect"}

    async def answer(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    asyncio.run(who.app(scope, receive, answer))  # type: ignore[arg-type]
    return statuses[0]


def told(answer: Response) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(answer.text)
    return found


@dataclass(frozen=True)
class ReadVolume:
    """A volume of four numbers on two pages, one of them blotted out, really read."""

    station: Station
    volume: Volume
    scan: Scan


def read_for_real(station: Station, folder: Path) -> tuple[Volume, Scan]:
    """Draw the scan of a volume of four on two pages, receive it and read it."""
    station.used(last="04210004", collector=station.collector)
    volume = station.bound_volume()
    pdf = drawn(folder / "drawn.pdf", "04210001", 4, spoilt=["04210002"])
    with Spool(folder, limit_bytes=1 << 30) as spool, pdf.open("rb") as content:
        file = spool.take(content, "第一册.pdf")
        scan = receive(station.system, station.custodian.actor(), volume.id, [file], source="page")
    read_scan(station.system, scan.id)
    return station.sees(Volume, volume.id), station.sees(Scan, scan.id)


def moved(station: Station, system: System) -> Station:
    """The same people over another running archive."""
    folk = {
        name: replace(each, system=system)
        for name, each in vars(station).items()
        if isinstance(each, Colleague)
    }
    return replace(station, system=system, **folk)


def copied(home: Path, to: Path) -> Path:
    shutil.copytree(home, to)
    return to
