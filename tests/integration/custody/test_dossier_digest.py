"""What a signature covers: one digest, whether the desk or the gate derives it."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256

import pytest

from archive.access import SYSTEM
from archive.custody.actions import scans, volumes
from archive.custody.queries.covered import dossier_digest
from archive.custody.queries.dossier import dossier
from archive.custody.scan import Scan, Verdict
from archive.custody.volume import Volume
from archive.digest import digest_of
from archive.transaction import Transaction
from tests.builders import Sheet, Station
from tests.clock import SettableClock

SIGNED_ONCE = "e04b8e6b7d1cfac457dde58c558c3792e1c42a23d4f9e9badfcf8c6613ad4c47"
"""The digest of :func:`thick_volume` on the day this was written."""


class TakenBack(Exception):
    """What was tried is rolled back."""


@pytest.fixture
def thick_volume(station: Station) -> Volume:
    """Parts of three books, voids, two deliveries of which one is of two files, words of people.

    The second book is bound before the first, and one of its voids lies outside the volume.
    """
    station.approved_plan(4)
    early = station.issued_books(3, request=station.granted_request(3))
    held = [station.book_in_use(book=station.book_in_stock(book)) for book in reversed(early)]
    station.used(held[0], last="04210024", voids=["04210023"])
    station.used(held[1], voids=["04210013", "04210020"])
    station.used(held[0], last="04210026", voids=["04210026"], kwh="0.1", amount_fen=-5)
    station.used(held[2], last="04210003")
    runs = [
        volumes.BoundRun(held[0].id, "04210021", "04210024"),
        volumes.BoundRun(held[1].id, "04210011", "04210020"),
        volumes.BoundRun(held[2].id, "04210001", "04210003"),
    ]
    volume = station.sealed_volume(station.bound_volume(runs=runs))
    station.scan(volume)
    read = two_files(station, volume)
    shown = station.shown(volume)
    station.read_scan(
        read,
        [
            *shown[:-3],
            Sheet(None, doubt="faint"),
            Sheet("04210099", certain=False, doubt="faint"),
            Sheet("04210023", void=True, void_certain=False),
        ],
        problems={4: ["upside-down"]},
        per_page=4,
    )
    settled(station, volume)
    return station.sees(Volume, volume.id)


def two_files(station: Station, volume: Volume) -> Scan:
    parts = [b"the first half", b"the second half"]
    files = [
        scans.StoredFile(
            f"{at}.pdf", "application/pdf", 3, digest_of([part]), f"key-{sha256(part).hexdigest()}"
        )
        for at, part in enumerate(parts)
    ]
    digest = sha256(b"".join(parts)).hexdigest()
    return station.custodian.does(scans.record_scan, volume.id, files, sha256=digest, source="page")


def settled(station: Station, volume: Volume) -> None:
    stubs = station.dossier(volume).stubs

    def say(at: int, verdict: Verdict, **word: str) -> None:
        stub = stubs[at]
        station.custodian.does(
            scans.settle, stub.scan_id, page=stub.page, verdict=verdict, stub_id=stub.id, **word
        )

    say(-3, Verdict.NUMBER, number="04210022", code="0123456789", note="看得清")
    say(-3, Verdict.NUMBER, number="04210022")
    say(-2, Verdict.NOT_A_STUB)
    say(-1, Verdict.VOID)
    station.custodian.does(
        scans.settle, stubs[0].scan_id, page=6, verdict=Verdict.NUMBER, number="04210024"
    )
    station.custodian.does(scans.settle, stubs[0].scan_id, page=5, verdict=Verdict.NOT_A_STUB)


@contextmanager
def rolled_back(station: Station) -> Iterator[Transaction]:
    with suppress(TakenBack), station.system.transaction(SYSTEM) as tx:
        yield tx
        raise TakenBack


def both(tx: Transaction, volume: Volume) -> str:
    """The digest, which desk and gate agree on."""
    kept = tx.get(Volume, volume.id)
    quick = dossier_digest(tx, kept)
    assert dossier(tx, kept).digest == quick
    assert dossier_digest(tx, kept) == quick
    return quick


def test_desk_and_gate_derive_one_digest_at_every_stage(station: Station, clock: SettableClock):
    seen = []

    def look(volume: Volume) -> None:
        seen.append(station.asks(both, volume))

    volume = station.bound_volume()
    look(volume)
    look(station.signed_volume(volume))
    volume = station.sealed_volume(station.sees(Volume, volume.id))
    look(volume)
    scan = station.received_scan(volume, pages=5)
    look(volume)
    station.read_scan(scan, station.shown(volume))
    look(volume)
    clock.advance(days=1)
    station.received_scan(volume)
    look(volume)
    assert len(set(seen)) == len(seen)


def test_what_was_signed_earlier_is_derived_the_same_way_today(
    station: Station, thick_volume: Volume
):
    """A change here voids every signature that was ever given."""
    assert station.asks(both, thick_volume) == SIGNED_ONCE


COVERED = {
    "volume": [
        "remark = 'x'",
        "sets = sets + 1",
        "kwh = kwh + 1",
        "collector_id = 1",
        "signed_digest = 'x'",
        "signed_by_id = 1",
        "sealed_by_id = 1",
        "void_numbers = '[]'",
    ],
    "use_entry": [
        "kwh = kwh + 1",
        "amount_fen = amount_fen + 1",
        "used_on = '2026-10-01'",
        "recorded_by_id = 1",
        "volume_id = NULL",
    ],
    "void_entry": ["reason = 'x'", "copies_kept = 2", "voided_on = '2026-10-01'"],
    "scan": ["pages = pages + 1", "state = 'reading'"],
    "scan_file": ["sha256 = 'x'", "sm3 = 'x'", "size = size + 1", "position = 9 - position"],
    "scan_page": ["image_sha256 = 'x'", "problems = '[\"blank\"]'"],
    "found_stub": [
        "number = NULL",
        "number = '04210098'",
        "code = NULL",
        "page = 6 - page",
        "certain = NOT certain",
        "void_certain = NOT void_certain",
        "void_box = '[1, 2, 3, 4]'",
    ],
    "settlement": [
        "page = page + 1",
        "verdict = 'void'",
        "number = '04210098'",
        "code = '1111111111'",
        "note = 'x'",
        "settled_by_id = 2",
        "stub_id = NULL",
    ],
}
"""Columns the signature covers, each with a change of it in every row."""

PRESENTATION = {
    "person": ["name = '改名'"],
    "scan_file": ["name = 'x'", "media_type = 'x'"],
    "scan_page": ["thumb_key = 'x'", "image_key = 'x'", "width = 1"],
    "found_stub": ["confidence = 0.5", "doubt = 'x'", "box = '[1, 2, 3, 4]'"],
}
"""Columns it leaves out."""


def changed(station: Station, volume: Volume, table: str, change: str) -> str:
    with rolled_back(station) as tx:
        tx.session.connection().exec_driver_sql(f"UPDATE {table} SET {change}")
        return both(tx, volume)
    raise AssertionError


def test_no_covered_column_changes_unseen(station: Station, thick_volume: Volume):
    signed = station.asks(both, thick_volume)
    for table, changes in COVERED.items():
        for change in changes:
            assert changed(station, thick_volume, table, change) != signed, (table, change)


def test_what_is_only_shown_is_not_signed(station: Station, thick_volume: Volume):
    signed = station.asks(both, thick_volume)
    for table, changes in PRESENTATION.items():
        for change in changes:
            assert changed(station, thick_volume, table, change) == signed, (table, change)


@pytest.mark.parametrize("table", ["settlement", "found_stub", "scan_page", "scan_file"])
def test_a_row_taken_out_of_the_scan_is_noticed(station: Station, thick_volume: Volume, table: str):
    signed = station.asks(both, thick_volume)
    with rolled_back(station) as tx:
        connection = tx.session.connection()
        if table == "found_stub":
            connection.exec_driver_sql("DELETE FROM settlement WHERE stub_id IS NOT NULL")
            signed = both(tx, thick_volume)
        newest = f"(SELECT max(id) FROM {table})"
        if table == "found_stub":
            newest = "(SELECT min(id) FROM found_stub WHERE scan_id = (SELECT max(id) FROM scan))"
        connection.exec_driver_sql(f"DELETE FROM {table} WHERE id = {newest}")
        assert both(tx, thick_volume) != signed


def test_a_change_not_yet_written_down_counts_already(station: Station, thick_volume: Volume):
    """The gate decides after whatever the same transaction did before."""
    signed = station.asks(both, thick_volume)
    with rolled_back(station) as tx:
        lying = dossier(tx, tx.get(Volume, thick_volume.id))
        lying.stubs[0].number = "04210098"
        assert dossier_digest(tx, lying.volume) != signed
