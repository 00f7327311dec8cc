"""The list of 10,000 boxes, paged: what the server takes for a page, first to last.

python -m bench.store      # writes bench/results/store.md
"""

import statistics
import tempfile
import time
from pathlib import Path

from sqlalchemy import insert, select

from archive.access import SYSTEM
from archive.holdings.code import ArchivalCode, CodeSeries
from archive.holdings.pair import Comparison, Electronic, Pair, PairState, Paper
from archive.holdings.record import Record
from archive.shelving.actions.places import add_cabinet, add_storeroom
from archive.shelving.box import Box, Label, new_token
from archive.shelving.movement import Whereabouts
from archive.shelving.place import Shelf
from tests.builders import Station, open_system, settle_station
from tests.clock import SettableClock
from tests.integration.web.visiting import visitor
from tests.shelving import ready, with_file_plan
from web.app import create_app

BOXES = 10_000
RECORDS_A_BOX = 3
ROUNDS = 15
PATHS = {
    "the first page": "/store/boxes",
    "page 100": "/store/boxes?page=100",
    "the last page": "/store/boxes?page=200",
    "by shelf, page 100": "/store/boxes?sort=shelf&page=100",
    "narrowed to a shelf": "/store/boxes?text=KF01-G10-3-3",
    "one box number": "/store/boxes?text=H7777",
    "a cabinet as a picture (250 boxes)": "/store/cabinets/20",
    "one box": "/store/boxes/5000",
    "the storerooms": "/store",
    "the same list as JSON": "/api/v1/store/boxes?limit=50&offset=5000",
}


def fill(station: Station) -> None:
    """40 cabinets of 25 shelves with ten boxes each; written row by row past the verbs."""
    with_file_plan(station)
    first = ready(station)
    room = station.archivist.does(add_storeroom, station.id, code="KF01", name="大库")
    for n in range(1, 41):
        station.archivist.does(add_cabinet, room.id, code=f"G{n:02}", sections=5, levels=5)
    with station.system.transaction(SYSTEM) as tx:
        shelves = list(tx.session.scalars(select(Shelf.id).order_by(Shelf.id)))
        series = tx.session.scalars(select(CodeSeries)).one()
        kind = first.kind_id
        who, now = station.archivist.id, tx.now
        tx.session.execute(
            insert(Box),
            [
                {
                    "station_id": station.id, "number": n + 1, "series_id": series.id,
                    "thickness_mm": 40, "shelf_id": shelves[n // 10], "made_by_id": who,
                    "made_at": now, "version": 1,
                }
                for n in range(BOXES)
            ],
        )  # fmt: skip
        boxes = list(tx.session.scalars(select(Box.id).order_by(Box.id)))
        tx.session.execute(
            insert(Label), [{"token": new_token(), "kind": "B", "box_id": box} for box in boxes]
        )
        many = range(BOXES * RECORDS_A_BOX)
        codes = [f"Z109-WS·2026-D10-QS-9{n:06}" for n in many]
        tx.session.execute(
            insert(ArchivalCode),
            [
                {
                    "text": code, "series_id": series.id, "number": n + 2, "kind_id": kind,
                    "assigned_by_id": who, "assigned_at": now,
                }
                for n, code in zip(many, codes, strict=True)
            ],
        )  # fmt: skip
        tx.session.execute(
            insert(Record),
            [
                {
                    "station_id": station.id, "kind_id": kind, "code": code, "title": f"记录 {n}",
                    "formed_on": first.formed_on, "year": 2026, "pages": 2, "filed_by_id": who,
                    "filed_at": now, "version": 1,
                }
                for n, code in zip(many, codes, strict=True)
            ],
        )  # fmt: skip
        records = list(
            tx.session.scalars(select(Record.id).where(Record.id != first.id).order_by(Record.id))
        )
        tx.session.execute(
            insert(Pair),
            [
                {
                    "record_id": record, "electronic": Electronic.ABSENT, "paper": Paper.PLACED,
                    "comparison": Comparison.NONE, "state": PairState.P_ONLY, "paper_pages": 2,
                    "since": now, "version": 1,
                }
                for record in records
            ],
        )  # fmt: skip
        tx.session.execute(
            insert(Whereabouts),
            [
                {"record_id": record, "box_id": boxes[n // RECORDS_A_BOX], "version": 1}
                for n, record in enumerate(records)
            ],
        )


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/archive.sqlite3"
        from archive import migrations
        from archive.db import create_engine_for

        engine = create_engine_for(url)
        migrations.upgrade(engine)
        engine.dispose()
        system = open_system(url, SettableClock(), Path(folder) / "data")
        station = settle_station(system)
        fill(station)
        app = create_app(system)
        clerk = visitor(app, station.clerk)
        lines = []
        for name, path in PATHS.items():
            seen = clerk.get(path)
            assert seen.status == 200, (path, seen.status)
            took, worked = [], []
            for _ in range(ROUNDS):
                began, busy = time.perf_counter(), time.process_time()
                clerk.get(path)
                took.append((time.perf_counter() - began) * 1000)
                worked.append((time.process_time() - busy) * 1000)
            middle, best, work = statistics.median(took), min(took), statistics.median(worked)
            size = len(seen.response.content) / 1000
            lines.append(f"| {name} | {middle:.0f} | {best:.0f} | {work:.0f} | {size:.0f} |")
            print(lines[-1])
        system.engine.dispose()
    told = [
        "# The store with 10,000 boxes",
        "",
        (
            f"{BOXES:,} boxes on 1,000 shelves, {BOXES * RECORDS_A_BOX:,} records in them; SQLite on"
            f" disk; each page asked for {ROUNDS} times by one reader, in the process of the server,"
            " sign-in and rendering included (`python -m bench.store`). *Processor* is the median of what"
            " the page itself takes; the rest of the time it waited for a processor others used."
        ),
        "",
        "| page | median ms | best ms | processor ms | kB |",
        "|---|---:|---:|---:|---:|",
        *lines,
    ]
    out = Path(__file__).parent / "results" / "store.md"
    out.write_text("\n".join(told) + "\n", "utf-8")


if __name__ == "__main__":
    main()
