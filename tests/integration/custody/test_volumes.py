"""A month's copies are bound, signed, then sealed; what is signed is not changed."""

from datetime import datetime
from decimal import Decimal

import pytest

from archive.access import NotPermitted, SamePerson
from archive.clock import STATION_ZONE
from archive.custody.actions import volumes
from archive.custody.actions.volumes import BoundRun
from archive.custody.book import UseEntry, VoidEntry
from archive.custody.verification import ScanMissing, VerificationState
from archive.custody.volume import (
    CollectorsMixed,
    CoverDoesNotAdd,
    CutsThroughADay,
    MonthNotOver,
    MonthsMixed,
    NotAMonth,
    NothingToBind,
    NotTheCollector,
    NotWrittenYet,
    NumberInTwoVolumes,
    ScannedAlready,
    SignedAlready,
    SignedCoverChanged,
    VoidListedTwice,
    VoidNotInVolume,
    Volume,
    VolumeRun,
    VolumeState,
)
from archive.people.actions import WrongPassword
from archive.transaction import NoSuchThing
from archive.workflow import NotPossibleNow
from tests.builders import CODE, PASSWORD, Station
from tests.clock import SettableClock


def bind(station: Station, month: str = "2026-10", *runs: BoundRun) -> Volume:
    return station.custodian.does(
        volumes.bind_volume,
        station_id=station.id,
        month=month,
        collector_id=station.collector.id,
        runs=runs or None,
    )


def test_the_cover_fills_itself_in_from_the_register(station: Station, clock: SettableClock):
    first = station.book_in_use()
    station.used(first, last="04210004", kwh="100.25", amount_fen=5_000, voids=["04210002"])
    clock.advance(days=2)
    station.used(first, kwh="50", amount_fen=-1_000)
    second = station.book_in_use()
    station.used(second, last="04210013", kwh="0.5", amount_fen=10, voids=["04210011"])
    volume = bind(station)
    assert volume.cover == {
        "code": "QS-202610-01",
        "month": "2026-10",
        "collected_from": "2026-10-19",
        "collected_to": "2026-10-21",
        "sets": 13,
        "void_sets": 2,
        "void_numbers": ["04210002", "04210011"],
        "kwh": "150.75",
        "amount_fen": 4_010,
        "remark": "",
    }
    runs = station.asks(lambda tx: [run.run for run in tx.session.query(VolumeRun)])
    assert sorted(run.first for run in runs) == ["04210001", "04210011"]


def test_half_past_midnight_on_the_first_is_bound_with_the_new_month(
    station: Station, clock: SettableClock
):
    book = station.book_in_use()
    clock.set(datetime(2026, 10, 31, 23, 50, tzinfo=STATION_ZONE))
    station.used(book, last="04210004")
    clock.set(datetime(2026, 11, 1, 0, 30, tzinfo=STATION_ZONE))
    station.used(book, last="04210007")
    assert bind(station).sets == 4
    assert bind(station, "2026-11").sets == 3


def test_months_and_collectors_are_never_mixed_in_one_volume(
    station: Station, clock: SettableClock
):
    book = station.book_in_use()
    station.used(book, last="04210004")
    clock.set(datetime(2026, 11, 2, 10, tzinfo=STATION_ZONE))
    station.used(book, last="04210007")
    with pytest.raises(MonthsMixed):
        bind(station, "2026-10", BoundRun(book.id, "04210001", "04210007"))
    with pytest.raises(MonthsMixed):
        bind(station, "2026-11", BoundRun(book.id, "04210001", "04210004"))
    other = station.book_in_use(station.other_collector)
    station.used(other, last="04210012", collector=station.other_collector)
    with pytest.raises(CollectorsMixed):
        bind(station, "2026-11", BoundRun(other.id, "04210011", "04210012"))


def test_only_what_was_written_is_bound_and_no_day_is_cut_through(station: Station):
    book = station.book_in_use()
    station.used(book, last="04210003")
    station.used(book, last="04210006")
    for first, last in (("04210001", "04210007"), ("04210007", "04210010")):
        with pytest.raises(NotWrittenYet):
            bind(station, "2026-10", BoundRun(book.id, first, last))
    for first, last in (("04210001", "04210002"), ("04210002", "04210006")):
        with pytest.raises(CutsThroughADay):
            bind(station, "2026-10", BoundRun(book.id, first, last))
    volume = bind(station, "2026-10", BoundRun(book.id, "04210001", "04210006"))
    assert volume.sets == 6


def test_numbers_named_twice_for_one_volume_are_bound_once(station: Station):
    book = station.book_in_use()
    station.used(book, last="04210003", kwh="1", amount_fen=1)
    station.used(book, last="04210006", kwh="2", amount_fen=2)
    volume = bind(
        station,
        "2026-10",
        BoundRun(book.id, "04210001", "04210006"),
        BoundRun(book.id, "04210004", "04210006"),
        BoundRun(book.id, "04210001", "04210006"),
    )
    assert (volume.sets, volume.kwh, volume.amount_fen) == (6, Decimal(3), 3)


def test_a_number_is_bound_in_one_volume_only(station: Station):
    book = station.used_up_book()
    bind(station)
    with pytest.raises(NumberInTwoVolumes):
        bind(station, "2026-10", BoundRun(book.id, book.first, book.last))
    with pytest.raises(NothingToBind):
        bind(station)


def test_a_month_that_is_none_or_has_not_come_is_not_bound(station: Station):
    station.used_up_book()
    with pytest.raises(NotAMonth):
        bind(station, "2026年10月")
    with pytest.raises(MonthNotOver):
        bind(station, "2026-11")
    with pytest.raises(NothingToBind):
        bind(station, "2026-09")


def test_sealing_before_signing_is_refused(station: Station):
    volume = station.bound_volume()
    with pytest.raises(NotPossibleNow) as refused:
        station.head.does(volumes.seal_volume, volume.id)
    assert refused.value.facts["state"] == "draft"
    with pytest.raises(NotPossibleNow):
        station.custodian.does(volumes.submit_volume, volume.id)
    station.signed_volume(volume)
    with pytest.raises(NotPossibleNow):
        station.custodian.does(volumes.submit_volume, volume.id)
    assert station.head.does(volumes.seal_volume, volume.id).state == VolumeState.SEALED


def test_the_collector_signs_in_person_with_the_password_again(station: Station):
    volume = station.bound_volume()
    with pytest.raises(NotTheCollector):
        station.other_collector.does(volumes.sign_volume, volume.id, password=PASSWORD)
    for other in (station.custodian, station.head, station.finance):
        with pytest.raises(NotPermitted):
            other.does(volumes.sign_volume, volume.id, password=PASSWORD)
    with pytest.raises(WrongPassword):
        station.collector.does(volumes.sign_volume, volume.id, password="guessed-it")
    assert station.sees(Volume, volume.id).state == VolumeState.DRAFT
    station.signed_volume(volume)
    with pytest.raises(NotPossibleNow):
        station.collector.does(volumes.sign_volume, volume.id, password=PASSWORD)


def test_a_draft_cover_says_what_the_paper_says_as_long_as_it_adds_up(station: Station):
    book = station.used_up_book(voids=["04210003"])
    volume = station.bound_volume()
    told = {"sets": 10, "kwh": Decimal(5), "amount_fen": 1}
    correct = volumes.correct_cover
    with pytest.raises(CoverDoesNotAdd):
        station.custodian.does(correct, volume.id, void_numbers=["04210003"], **told | {"sets": 9})
    with pytest.raises(VoidNotInVolume):
        station.custodian.does(correct, volume.id, void_numbers=["04210011"], **told)
    with pytest.raises(VoidListedTwice):
        station.custodian.does(correct, volume.id, void_numbers=["04210003"] * 2, **told)
    changed = station.custodian.does(
        correct, volume.id, void_numbers=["０４２１０００３", " ", "04210001"], **told
    )
    assert changed.void_numbers == [book.first, "04210003"]
    assert changed.void_sets == 2


def test_what_is_signed_is_not_changed_until_it_is_reopened(station: Station):
    book = station.used_up_book()
    volume = station.sealed_volume()
    cover = {"sets": 10, "void_numbers": [], "kwh": Decimal(1), "amount_fen": 1}
    with pytest.raises(SignedAlready):
        station.custodian.does(volumes.correct_cover, volume.id, **cover)
    with pytest.raises(SignedAlready):
        station.custodian.does(volumes.discard_draft, volume.id)
    with pytest.raises(SignedAlready):
        station.voided(book, book.first)
    assert station.asks(lambda tx: tx.session.query(VoidEntry).count()) == 0
    volume = station.custodian.does(volumes.reopen_volume, volume.id, reason="封面写错")
    assert (volume.state, volume.signed_by_id, volume.sealed_by_id, volume.signed_digest) == (
        VolumeState.DRAFT,
        None,
        None,
        "",
    )
    station.voided(book, book.first)
    with pytest.raises(NotPossibleNow):
        station.head.does(volumes.seal_volume, volume.id)


def test_a_draft_nobody_scanned_is_undone_and_its_numbers_wait_again(station: Station):
    volume = station.bound_volume()
    station.custodian.does(volumes.discard_draft, volume.id)
    with pytest.raises(NoSuchThing):
        station.sees(Volume, volume.id)
    again = bind(station)
    assert again.sets == volume.sets
    station.scan(again)
    with pytest.raises(ScannedAlready):
        station.custodian.does(volumes.discard_draft, again.id)


def test_a_volume_goes_to_finance_only_with_a_scan(station: Station):
    volume = station.sealed_volume()
    with pytest.raises(ScanMissing):
        station.custodian.does(volumes.submit_volume, volume.id)
    assert station.sees(Volume, volume.id).state == VolumeState.SEALED


def test_reopening_a_submitted_volume_takes_it_off_finance_s_desk(station: Station):
    verification = station.submitted_volume()
    station.custodian.does(volumes.reopen_volume, verification.volume_id, reason="漏了一张")
    kept = station.sees(type(verification), verification.id)
    assert kept.state == VerificationState.WITHDRAWN
    with pytest.raises(NotPossibleNow):
        station.finance_signs(verification)


def test_a_book_may_lie_in_two_volumes_and_a_volume_hold_parts_of_two_books(
    station: Station, clock: SettableClock
):
    first = station.book_in_use()
    station.used(first, last="04210006")
    october = station.bound_volume()
    clock.set(datetime(2026, 11, 2, 10, tzinfo=STATION_ZONE))
    station.used(first)
    station.used(station.book_in_use(), last="04210013")
    november = bind(station, "2026-11")
    assert (october.sets, november.sets) == (6, 7)
    entries = station.asks(
        lambda tx: {(entry.first, entry.volume_id) for entry in tx.session.query(UseEntry)}
    )
    assert entries == {
        ("04210001", october.id),
        ("04210007", november.id),
        ("04210011", november.id),
    }


def test_a_cover_changed_past_the_verbs_is_no_longer_the_signed_one(station: Station):
    volume = station.signed_volume()
    with station.system.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE volume SET amount_fen = 1 WHERE id = {volume.id}")
    with pytest.raises(SignedCoverChanged):
        station.head.does(volumes.seal_volume, volume.id)
    station.custodian.does(volumes.reopen_volume, volume.id, reason="数字不对")
    volume = station.sealed_volume(station.sees(Volume, volume.id))
    station.scan(volume)
    with station.system.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE volume SET remark = 'x' WHERE id = {volume.id}")
    with pytest.raises(SignedCoverChanged):
        station.custodian.does(volumes.submit_volume, volume.id)


def test_the_same_number_under_two_codes_is_two_numbers(station: Station):
    """Two books of other codes and the same numbers; one void says nothing about its twin."""
    twin_code = "098765432109"
    one = station.book_in_use()
    station.next_number -= station.book_size
    twin = station.issued_books(code=twin_code)[0]
    assert (twin.first, one.first, twin.code, one.code) == (one.first, one.first, twin_code, CODE)
    twin = station.book_in_use(book=station.book_in_stock(twin))
    station.used(one, voids=[one.first])
    station.used(twin)
    volume = bind(station)
    assert (volume.sets, volume.void_numbers) == (20, [one.first])
    station.scan(volume)
    outcome = station.dossier(volume).reconciliation
    assert outcome.findings == ()
    assert [(cell.code, cell.number) for cell in outcome.cells if cell.status == "void"] == [
        (CODE, one.first)
    ]


def test_only_the_stations_own_custodian_binds(station: Station):
    station.used_up_book()
    for other in (station.collector, station.head, station.finance, station.archivist):
        with pytest.raises(NotPermitted):
            other.does(
                volumes.bind_volume,
                station_id=station.id,
                month="2026-10",
                collector_id=station.collector.id,
            )
    with pytest.raises(SamePerson):
        station.custodian.does(
            volumes.bind_volume,
            station_id=station.id,
            month="2026-10",
            collector_id=station.custodian.id,
        )
