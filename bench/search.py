"""Searching: indexing, memory and answers, beside the bare engine, FTS5 and LIKE.

python -m bench.search               writes bench/results/search.md; some minutes
python -m bench.search --records 10000 --volumes 500
"""

import argparse
import os
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from fastapi.testclient import TestClient
from sqlalchemy import insert, text

from archive import migrations
from archive.access import SYSTEM
from archive.db import create_engine_for
from archive.filing.delivery import DeliveredPage
from archive.finding.jobs import catch_up
from archive.finding.units import units
from archive.holdings.code import ArchivalCode
from archive.holdings.copy import ElectronicCopy
from archive.holdings.pair import Pair
from archive.holdings.record import Record
from archive.search import Unit, Wanted
from archive.search.asking import understood
from archive.search.tantivy_index import _query, _searcher
from tests.builders import open_system, settle_station
from tests.clock import SettableClock
from tests.deliveries import COMPLAINT, delivered, pdf_of
from tests.holdings import filed, with_file_plan
from web.app import create_app

RESULTS = Path(__file__).parent / "results"
RECORDS, VOLUMES, PAGES = 100_000, 20_000, 100
AT = datetime(2026, 11, 1, tzinfo=UTC)
COMMON = (
    "供电所电费",
    "收费日期",
    "用电客户",
    "抄表计量",
    "投诉处理",
    "台区线路",
    "安全检查",
    "合同签订",
)
SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴", "秀兰建国志强桂英海燕文博"
RARE = "鑫淼焱垚犇骉羴猋灥麤"
MIX = (
    ("a name", ("王秀兰", "李建国", "张桂英")),
    ("a name by its sound", ("wxl", "lijianguo")),
    ("a number", ("0418002317", "04210051", "4210051")),
    ("a code", ("B-00012345", "档号:B-0001*")),
    ("a common phrase", ("供电所电费", "收费日期", "投诉处理")),
    ("two words, one excluded", ("供电所电费 -合同签订", "抄表计量 台区线路")),
    ("a rare word", ("鑫淼焱", "犇骉")),
    ("one character", ("费", "鑫")),
    ("a year and a kind", ("年度:2024..2026 投诉", "类别:合同 电费")),
)
"""What people type, as far as one can know: each equally often."""


def main(records: int, volumes: int, out: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        lines = measured(Path(folder), records, volumes)
    out.mkdir(parents=True, exist_ok=True)
    (out / "search.md").write_text("\n".join(lines) + "\n", "utf-8")
    print("\n".join(lines))


def measured(folder, records, volumes):
    url = f"sqlite:///{folder}/bench.sqlite3"
    migrations.upgrade(create_engine_for(url))
    system = open_system(url, SettableClock(), folder / "data")
    station = with_file_plan(settle_station(system))
    texts = fill(system, station, records, volumes)
    lines = [
        f"# Searching: {records:,} records of 250 characters, {volumes:,} volumes of {PAGES} pages",
        "",
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the beginning; SQLite, Tantivy.",
        "",
        "| indexing | | aim |",
        "| --- | --- | --- |",
    ]
    seconds, memory = rebuilt(url, folder)
    lines += [
        f"| rows to index, whole ({records + volumes:,} records) | {(records + volumes) / seconds:,.0f} records/s | ≥ 5,000 |",
        f"| most memory of that process | {memory:.0f} MB | < 400 MB |",
    ]
    begun = time.perf_counter()
    volume_texts(system, records, volumes)
    lines.append(
        f"| text of the volumes ({volumes * PAGES:,} pages) | {time.perf_counter() - begun:.0f} s | – |"
    )
    size = sum(
        path.stat().st_size for path in (folder / "data/search").rglob("*") if path.is_file()
    )
    lines.append(f"| index on disk | {size / 1e6:,.0f} MB | – |")
    record = filed(station, title="刚刚归档的一件", formed_on=date(2025, 9, 3))
    begun = time.perf_counter()
    catch_up(system)
    lines.append(
        f"| a new record findable after | {(time.perf_counter() - begun) + 0.5:.2f} s at most (round every 0.5 s) | ≤ 2 s |"
    )
    assert record.id
    print("\n".join(lines), flush=True)
    lines += ["", *answers(system, station, folder, texts)]
    return lines


def fill(system, station, records, volumes):
    """Rows as they would be; gives the texts of the records."""
    chance = random.Random(1)
    (draft_page,) = [delivered(station, ("a.pdf", pdf_of(COMPLAINT)))]
    series, kind, number = first_series(system, station)
    with system.engine.begin() as connection:
        file_id = connection.execute(text("SELECT min(id) FROM delivered_file")).scalar_one()
        kinds = list(
            connection.execute(
                text("SELECT id FROM record_kind WHERE personal <> 'sensitive' AND retention <> ''")
            ).scalars()
        )
        texts = []
        for at in range(0, records + volumes, 5000):
            some = range(at + 1, min(at + 5000, records + volumes) + 1)
            said = [sentence_of(chance) for _ in some]
            texts += said[: max(0, records - at)]
            base = 1000
            connection.execute(
                insert(ArchivalCode),
                [
                    {
                        "text": f"B-{n:08d}",
                        "series_id": series,
                        "number": number + n,
                        "kind_id": kind,
                        "assigned_by_id": 1,
                        "assigned_at": AT,
                    }
                    for n in some
                ],
            )
            connection.execute(
                insert(Record),
                [
                    {
                        "id": base + n,
                        "station_id": station.id,
                        "kind_id": kinds[n % len(kinds)],
                        "code": f"B-{n:08d}",
                        "title": told[:30],
                        "formed_on": date(1996, 1, 1) + timedelta(days=n * 11 % 11000),
                        "year": 1996 + n % 30,
                        "pages": 1,
                        "origin": "paper",
                        "document_number": "",
                        "parties": name_of(chance),
                        "customer_number": f"0418{n % 5000:06d}",
                        "remark": "",
                        "source": "scan",
                        "state": "filed",
                        "filed_by_id": 1,
                        "filed_at": AT,
                        "old_code": "",
                        "version": 1,
                    }
                    for n, told in zip(some, said, strict=True)
                ],
            )
            connection.execute(
                insert(Pair),
                [
                    {
                        "record_id": base + n,
                        "electronic": "absent",
                        "paper": "placed",
                        "comparison": "none",
                        "state": "p-only",
                        "electronic_pages": 0,
                        "electronic_digest": "",
                        "paper_pages": 1,
                        "compared_digest": "",
                        "difference": "",
                        "since": AT,
                        "version": 1,
                    }
                    for n in some
                ],
            )
            paged = [(n, told) for n, told in zip(some, said, strict=True) if n <= records]
            connection.execute(
                insert(ElectronicCopy),
                [
                    {
                        "id": base + n,
                        "record_id": base + n,
                        "number": 0,
                        "digest": "a" * 64,
                        "pages": 1,
                        "made_at": AT,
                        "sound": True,
                    }
                    for n, _ in paged
                ],
            ) if paged else None
            connection.execute(
                insert(DeliveredPage),
                [
                    {
                        "delivery_id": draft_page.id,
                        "number": base + n,
                        "file_id": file_id,
                        "page_in_file": 1,
                        "kind": "content",
                        "lines": [
                            [told[cut : cut + 25], 0.9, 0, 0, 1, 1]
                            for cut in range(30, len(told), 25)
                        ],
                        "read_at": AT,
                        "copy_id": base + n,
                        "copy_position": 1,
                    }
                    for n, told in paged
                ],
            ) if paged else None
    return texts


def first_series(system, station):
    filed(station, title="第一件")
    with system.engine.connect() as connection:
        asked = text("SELECT series_id, kind_id, number FROM archival_code LIMIT 1")
        series, kind, number = connection.execute(asked).one()
    return series, kind, number


def sentence_of(chance):
    pieces = [chance.choice(COMMON) for _ in range(12)] + [name_of(chance) for _ in range(6)]
    pieces += [f"{chance.randrange(10**8):08d}" for _ in range(4)]
    if chance.random() < 0.002:
        pieces.append("".join(chance.sample(RARE, 3)))
    if chance.random() < 0.87:
        pieces.append("供电所电费")
    pieces += [chr(0x4E00 + chance.randrange(4000)) for _ in range(60)]
    chance.shuffle(pieces)
    return "，".join(pieces)[:250]


def name_of(chance):
    return chance.choice(SURNAMES) + "".join(chance.sample(GIVEN, 2))


def rebuilt(url, folder):
    """Seconds and the most memory of a process that does nothing else."""
    code = (
        "import resource, sys, time; from pathlib import Path;"
        "from archive.finding.jobs import reindex; from tests.builders import open_system;"
        "from tests.clock import SettableClock;"
        f"system = open_system({url!r}, SettableClock(), Path({str(folder / 'data')!r}));"
        "begun = time.perf_counter(); reindex(system);"
        "print(time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
    )
    told = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parent.parent,
    )
    seconds, memory = told.stdout.split()
    return float(seconds), float(memory)


def volume_texts(system, records, volumes):
    """The text of volumes into the index; made of a pool of pages, for their making is not measured."""
    chance = random.Random(2)
    wording = system.index.wording
    pool = [wording.words(sentence_of(chance)[:150]) for _ in range(2000)]
    ids = list(range(1000 + records + 1, 1000 + records + volumes + 1))

    def make(some):
        with system.transaction(SYSTEM, writes=False) as tx:
            for unit in units(tx, wording, some):
                words, starts = [], []
                for _ in range(PAGES):
                    starts.append(len(words))
                    words += chance.choice(pool)
                held = {**unit.words, "text": tuple(words)}
                yield Unit(
                    **{
                        **{name: getattr(unit, name) for name in Unit.__slots__},
                        "words": held,
                        "page_starts": tuple(starts),
                    }
                )

    for at in range(0, len(ids), 2000):
        system.index.write(ids[at : at + 2000], make)


def answers(system, station, folder, texts):
    client = TestClient(create_app(system))
    headers = {"Authorization": f"Bearer {station.clerk.signs_in().token}"}

    def ask(typed):
        begun = time.perf_counter()
        told = client.post("/api/v1/search", json={"query": typed}, headers=headers)
        assert told.status_code == 200, told.text
        return (time.perf_counter() - begun) * 1000, told.json()["total"]

    like, fts = yardsticks(folder, texts)
    ask("电费")
    yield "| what is typed | found | HTTP answer, middle | slowest | bare engine | FTS5, records alone | LIKE, records alone |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    every = []
    for what, typed in MIX:
        times = []
        for one in typed:
            for _ in range(7):
                took, total = ask(one)
                times.append(took)
        every += times
        one = typed[0]
        bare = timed(lambda one=one: bare_engine(system, one))
        plain = one if one.isalnum() and ":" not in one else ""
        yield (
            f"| {what}: {'、'.join(typed)} | {total:,} | {statistics.median(times):.1f} ms | {max(times):.1f} ms | {bare:.1f} ms |"
            f" {timed(lambda p=plain: fts(p)) if plain else 0:.1f} ms | {timed(lambda p=plain: like(p)) if plain else 0:.1f} ms |"
        )
    yield ""
    yield f"95th percentile of the whole mix: **{percentile(every):.1f} ms** (aim ≤ 50 ms); the worst: **{max(every):.1f} ms** (aim ≤ 150 ms)."
    stop = threading.Event()

    def write():
        while not stop.is_set():
            with system.engine.begin() as connection:
                connection.execute(
                    text("UPDATE record SET remark = remark || '.' WHERE id BETWEEN 1001 AND 1500")
                )
            catch_up(system)

    writer = threading.Thread(target=write)
    writer.start()
    during = [ask(typed[0])[0] for _ in range(5) for _, typed in MIX]
    stop.set()
    writer.join()
    yield f"While 500 records a round are indexed in the same process: {percentile(during):.1f} ms at the 95th percentile."


def percentile(times):
    return statistics.quantiles(times, n=20)[18]


def timed(ask):
    ask()
    times = []
    for _ in range(5):
        begun = time.perf_counter()
        ask()
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times)


def bare_engine(system, typed):
    """The same words, without who may see what, facets, snippets or rows."""
    asked = understood(typed, system.index.wording)
    searcher = _searcher(system.index._in_use())  # noqa: SLF001 - the engine itself is measured
    query = _query(Wanted(asked.clauses, years=asked.years))
    return searcher.search(query, limit=20)


def yardsticks(folder, texts):
    plain = sqlite3.connect(folder / "plain.sqlite3")
    plain.execute("CREATE TABLE t (x TEXT)")
    plain.executemany("INSERT INTO t VALUES (?)", ((one,) for one in texts))
    plain.execute("CREATE VIRTUAL TABLE f USING fts5(x, content='', tokenize='unicode61')")
    plain.executemany(
        "INSERT INTO f (rowid, x) VALUES (?, ?)",
        ((n, " ".join(one)) for n, one in enumerate(texts)),
    )
    plain.commit()

    def like(typed):
        asked = "SELECT count(*) FROM t WHERE x LIKE ?"
        return plain.execute(asked, (f"%{typed}%",)).fetchone()

    def fts(typed):
        asked = "SELECT count(*) FROM f WHERE f MATCH ?"
        return plain.execute(asked, (f'"{" ".join(typed)}"',)).fetchone()

    return like, fts


if __name__ == "__main__":
    ask = argparse.ArgumentParser(description="Measure searching.")
    ask.add_argument("--records", type=int, default=RECORDS)
    ask.add_argument("--volumes", type=int, default=VOLUMES)
    given = ask.parse_args()
    main(given.records, given.volumes, RESULTS)
