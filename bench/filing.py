"""How fast papers come in, are read and are found again.

    python -m bench.filing               a few minutes
    python -m bench.filing --gigabyte    besides, one delivery of 1 GB

The yardstick of reading is the bare engine (RapidOCR as it comes) on the same pages in the same
run, page by page in turn with ours. Writes ``bench/results/filing.md``.
"""

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from httpx import ASGITransport, AsyncClient
from PIL import Image
from sqlalchemy import text

from archive.clock import Clock
from archive.demo.drawing.office import OfficePaper, as_jpeg, as_pdf
from archive.filing.actions.drafts import Said, file_draft
from archive.filing.reading_task import read_page
from archive.ingest.keeping import inspector
from archive.ingest.sandbox_child import peak
from archive.ocr import PageImage
from archive.ocr.rapid import RapidTextReader
from tests.builders import Station, open_system, settle_station
from tests.deliveries import delivered, read, read_as
from tests.holdings import kind_id, with_file_plan
from web.app import create_app
from web.deps import SESSION_COOKIE

RESULTS = Path(__file__).parent / "results" / "filing.md"
RECORDS = 100_000
PAGES = 300
DENSE = [
    "一、供电方式：单相 220 伏，容量 8 千瓦，由青石变 10 千伏河西线供电。",
    "二、电价按政府价格主管部门批准的居民生活用电价格执行，电费按月结清。",
    "三、用电计量装置设在产权分界处，由供电人负责校验，用电人负责看护。",
    "四、任何一方违约，按《电力供应与使用条例》及其实施细则承担责任。",
]


def station_in(folder: Path) -> Station:
    return with_file_plan(settle_station(open_system("", Clock(), folder / "data")))


def receiving(station: Station, items: int = 40) -> list[float]:
    """Seconds an item of one page takes from its bytes to its row, unread."""
    papers = [
        OfficePaper("客户投诉记录", [f"第 {n} 件"]).drawn(dpi=200, seed=n) for n in range(items)
    ]
    files = [as_pdf([paper], dpi=200) for paper in papers]
    delivered(station, ("warm.pdf", as_pdf([papers[0], papers[1]], dpi=200)))
    return [_timed(lambda n=n: delivered(station, (f"{n}.pdf", files[n]))) for n in range(items)]


def reading() -> dict[str, float]:
    """Seconds a page, ours and the bare engine's, page by page in turn."""
    from rapidocr import RapidOCR  # noqa: TID251 - the yardstick is the bare engine itself

    setup = {
        "Global.log_level": "error",
        "EngineConfig.onnxruntime.intra_op_num_threads": 2,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    }
    bare, engine = RapidOCR(params=setup), RapidTextReader(threads=2)
    spent = {"ours": 0.0, "bare": 0.0, "ours cpu": 0.0, "bare cpu": 0.0, "pages": 0.0}
    for n in range(9):
        paper = OfficePaper("低压供用电合同", DENSE * (1 + n % 4), ["2026年8月11日"])
        pixels = np.asarray(paper.drawn(dpi=200, seed=n), np.uint8)
        page = PageImage(1, pixels, 200)
        works: tuple[tuple[str, Callable[[], object]], ...] = (
            ("ours", lambda page=page: read_page(engine, page)),
            ("bare", lambda pixels=pixels: bare(pixels[:, :, ::-1])),
        )
        for name, work in works:
            cpu, wall = time.process_time(), _timed(work)
            if n:  # the first warms both
                spent[name] += wall
                spent[f"{name} cpu"] += time.process_time() - cpu
        spent["pages"] += n > 0
    return spent


def large_record(station: Station) -> int:
    """A record of 300 pages; its id."""
    small = [OfficePaper(f"第 {n} 页").drawn(dpi=60, seed=n) for n in range(PAGES)]
    delivery = delivered(station, ("厚册.pdf", as_pdf(small, dpi=60)))
    large = as_jpeg(OfficePaper("合同", DENSE).drawn(dpi=200), dpi=200)
    page = read_as(OfficePaper("合同", DENSE))
    page = type(page)(1654, 2339, 0, False, "", page.lines, large, page.thumb)
    (draft,) = read(station, delivery, [page] * PAGES)
    told = Said(kind_id(station, "supply-contract"), "一份厚合同", date(2026, 8, 11))
    return station.archivist.does(file_draft, draft.id, told).id


def many_records(station: Station, records: int) -> None:
    """Rows put in by plain SQL; the triggers hold for them too."""
    series, kind = _series(station)
    person, day = station.archivist.id, date(2026, 1, 1)
    with station.system.engine.begin() as connection:
        for first in range(0, records, 5000):
            numbers = range(first + 2, first + 2 + min(5000, records - first))
            rows = [
                {"n": n, "code": f"Z109-BENCH-{n:06d}", "title": f"第 {n} 件投诉记录，关于停电",
                 "day": day + timedelta(days=n % 300), "at": "2026-10-19 01:30:00"}
                for n in numbers
            ]  # fmt: skip
            connection.execute(
                text(
                    "INSERT INTO archival_code (text, series_id, number, kind_id, assigned_by_id,"
                    f" assigned_at) VALUES (:code, {series}, :n, {kind}, {person}, :at)"
                ),
                rows,
            )
            connection.execute(
                text(
                    "INSERT INTO record (station_id, kind_id, code, title, formed_on, year, pages,"
                    " origin, document_number, parties, customer_number, remark, source, state,"
                    f" filed_by_id, filed_at, version) VALUES ({station.id}, {kind}, :code, :title,"
                    f" :day, 2026, 1, 'paper', '', '', '', '', 'import', 'filed', {person}, :at, 1)"
                ),
                rows,
            )
        connection.execute(text(
            "INSERT INTO pair (record_id, electronic, paper, comparison, state, electronic_pages,"
            " electronic_digest, paper_pages, compared_digest, difference, since, version)"
            " SELECT id, 'absent', 'expected', 'none', 'p-only', 0, '', 0, '', '',"
            " '2026-10-19 01:30:00', 1 FROM record WHERE source = 'import'"))  # fmt: skip
        connection.execute(text("ANALYZE"))


def _series(station: Station) -> tuple[int, int]:
    from tests.holdings import filed

    record = filed(station)
    row = station.asks(
        lambda tx: tx.session.execute(
            text("SELECT series_id FROM archival_code WHERE text = :code"), {"code": record.code}
        ).one()
    )
    return row.series_id, record.kind_id


def pages(station: Station, addresses: list[str], times: int = 15) -> dict[str, list[float]]:
    """Seconds the server takes for each page, asked for by the archivist."""
    app = create_app(station.system)
    cookies = {SESSION_COOKIE: station.archivist.signs_in().token or ""}

    async def asking() -> dict[str, list[float]]:
        found: dict[str, list[float]] = {}
        transport = ASGITransport(app)
        async with AsyncClient(transport=transport, base_url="http://x", cookies=cookies) as client:
            for address in addresses:
                await client.get(address)
                spent = []
                for _ in range(times):
                    begun = time.perf_counter()
                    answer = await client.get(address)
                    spent.append(time.perf_counter() - begun)
                    assert answer.status_code == 200, (address, answer.status_code)
                found[address] = spent
        return found

    return asyncio.run(asking())


def gigabyte(folder: Path) -> dict[str, float]:
    """Peak memory and seconds of a process that takes one delivery of 1 GB in."""
    path = folder / "gigabyte.tiff"
    noise = np.random.default_rng(1).integers(0, 255, (5000, 6000, 3), np.uint8)
    frames = [Image.fromarray(np.roll(noise, n, axis=0)) for n in range(11)]
    frames[0].save(path, "TIFF", save_all=True, append_images=frames[1:])
    told = subprocess.run(
        [sys.executable, "-m", "bench.filing", "--take", str(path)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return json.loads(told.stdout.splitlines()[-1])


def _take(path: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        station = station_in(Path(folder))
        before = peak() / (1 << 20)
        begun = time.perf_counter()
        with path.open("rb") as file:
            delivered(station, ("大.tiff", file))  # type: ignore[arg-type]
        told = {
            "size_mb": path.stat().st_size / 1e6,
            "seconds": time.perf_counter() - begun,
            "before_mb": before,
            "peak_mb": peak() / (1 << 20),
            "child_mb": inspector(station.system.settings).peak_memory / (1 << 20),
        }
    print(json.dumps(told))


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _row(name: str, spent: list[float], aim: str) -> str:
    ordered = sorted(spent)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]
    return f"| {name} | {1000 * statistics.median(spent):.1f} | {1000 * p95:.1f} | {aim} |"


def main(records: int, *, with_gigabyte: bool) -> None:
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        station = station_in(folder)
        spent = receiving(station)
        engine = reading()
        large = large_record(station)
        many_records(station, records)
        first = f"/filing/pages/{_first_page(station, large)}.jpg"
        listed = pages(
            station,
            [f"/holdings/records/{large}", first, "/holdings/records",
             "/holdings/records?page=900", "/holdings/records?text=停电&sort=code"],
        )  # fmt: skip
        big = gigabyte(folder) if with_gigabyte else None
    rows = list(_table(spent, engine, listed, records, big))
    RESULTS.write_text("\n".join(rows) + "\n", "utf-8")
    print("\n".join(rows))


def _first_page(station: Station, record_id: int) -> int:
    return station.asks(
        lambda tx: tx.session.execute(
            text(
                "SELECT p.id FROM delivered_page p JOIN electronic_copy c ON c.id = p.copy_id"
                " WHERE c.record_id = :record ORDER BY p.copy_position LIMIT 1"
            ),
            {"record": record_id},
        ).scalar_one()
    )


def _table(
    spent: list[float],
    engine: dict[str, float],
    listed: dict[str, list[float]],
    records: int,
    big: dict[str, float] | None,
) -> Iterator[str]:
    names = iter(
        (
            ("page of a record of 300 pages", "≤ 300 ms with its first page"),
            ("its first page image (200 dpi)", ""),
            (f"catalogue of {records:,} records, first page", "≤ 100 ms"),
            ("the same, page 900", "≤ 100 ms"),
            ("the same, by a word, by code", "≤ 100 ms"),
        )
    )
    yield from ("# Filing", "", "See `bench/filing.py`; SQLite and a folder, server time.", "")
    yield from ("| milliseconds | median | p95 | aim |", "| --- | --- | --- | --- |")
    yield _row("one page received, unread (inspect, store, row)", spent, "≤ 100 ms")
    for taken in listed.values():
        name, aim = next(names)
        yield _row(name, taken, aim)
    many = engine["pages"]
    yield from ("", f"| reading, {many:.0f} pages in turn | ours | bare engine | ratio |",
                "| --- | --- | --- | --- |")  # fmt: skip
    for name, key in (("seconds a page", ""), ("CPU seconds a page", " cpu")):
        ours, bare = engine[f"ours{key}"] / many, engine[f"bare{key}"] / many
        yield f"| {name} | {ours:.2f} | {bare:.2f} | {ours / bare:.2f} (aim ≤ 1.15) |"
    if big is not None:
        yield from (
            "",
            "| one delivery | MB | seconds | memory before, MB | peak, MB | peak of the process that looks into it, MB |",
        )
        yield "| --- | --- | --- | --- | --- | --- |"
        told = (big["size_mb"], big["seconds"], big["before_mb"], big["peak_mb"], big["child_mb"])
        yield "| a TIFF | " + " | ".join(f"{each:,.0f}" for each in told) + " |"


if __name__ == "__main__":
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--records", type=int, default=RECORDS)
    ask.add_argument("--gigabyte", action="store_true")
    ask.add_argument("--take", type=Path, help=argparse.SUPPRESS)
    given = ask.parse_args()
    if given.take:
        _take(given.take)
    else:
        main(given.records, with_gigabyte=given.gigabyte)
