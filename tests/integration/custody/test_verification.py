"""Finance signs for exactly what lay on the desk; any later change voids it or shuts the gate."""

from collections.abc import Callable
from contextlib import suppress

import pytest

from archive.custody import jobs
from archive.custody.actions import requests, scans, verifications, volumes
from archive.custody.book import Book, BookState
from archive.custody.gate import BookRequest, Clearance, GateClosed, Reason, ReasonCode
from archive.custody.queries import gate
from archive.custody.scan import FoundStub, Verdict
from archive.custody.verification import (
    CheckListIncomplete,
    CheckListSaysNo,
    FindingsOpen,
    ReturnNeedsReasons,
    ScanMissing,
    SeenHasChanged,
    Verification,
    VerificationState,
)
from archive.custody.volume import BookOfReleasedVolume, SignedCoverChanged, Volume, VolumeState
from archive.people.actions import WrongPassword
from archive.workflow import NotPossibleNow
from tests.builders import CODE, EVERYTHING_IN_ORDER, Sheet, Station
from tests.clock import SettableClock


def why_closed(station: Station, books_wanted: int = 1) -> list[str]:
    """The reasons the custodian is told, or none."""
    station.approved_plan(books_wanted + 1)
    try:
        station.custodian.does(
            requests.request_books,
            station_id=station.id,
            kind_id=station.kind_id,
            books=books_wanted,
        )
    except GateClosed as closed:
        return [reason["code"] for reason in closed.facts["reasons"]]
    return []


def test_signing_accepts_the_volume_and_its_stubs_and_opens_the_gate(station: Station):
    verification = station.accepted_volume()
    assert verification.state == VerificationState.SIGNED
    assert station.sees(Volume, verification.volume_id).state == VolumeState.ACCEPTED
    assert {station.sees(Book, book).state for book in verification.stub_book_ids} == {
        BookState.ACCEPTED
    }
    assert why_closed(station) == []


def test_finance_signs_over_no_open_finding_and_no_unread_scan(station: Station):
    volume = station.sealed_volume()
    scan = station.received_scan(volume)
    verification = station.submitted_volume(volume)
    with pytest.raises(ScanMissing):
        station.finance_signs(verification)
    station.read_scan(scan, station.shown(volume)[:-1], per_page=10)
    with pytest.raises(FindingsOpen) as refused:
        station.finance_signs(verification)
    assert refused.value.facts["count"] == 1
    assert station.sees(Volume, volume.id).open_findings == 1


def test_a_signature_needs_the_password_and_every_line_of_the_check_list(station: Station):
    verification = station.submitted_volume()
    with pytest.raises(WrongPassword):
        station.finance_signs(verification, password="guessed-it")
    with pytest.raises(CheckListIncomplete):
        station.finance_signs(verification, check_list={})
    no = EVERYTHING_IN_ORDER | {"seal-present": {"answer": "no", "remark": "没有公章"}}
    with pytest.raises(CheckListSaysNo):
        station.finance_signs(verification, check_list=no)
    assert station.sees(Verification, verification.id).state == VerificationState.OPEN


def test_what_changed_since_it_was_seen_is_not_signed(station: Station):
    volume = station.sealed_volume()
    scan = station.scan(volume)
    verification = station.submitted_volume(volume)
    seen = station.dossier(volume).digest
    stub = station.dossier(volume).stubs[0]
    station.custodian.does(
        scans.settle, scan.id, page=1, verdict=Verdict.NUMBER, stub_id=stub.id, number=stub.number
    )
    with pytest.raises(SeenHasChanged):
        station.finance_signs(verification, seen=seen)
    station.finance_signs(verification)


def test_what_is_signed_or_returned_is_not_decided_again(station: Station):
    verification = station.accepted_volume()
    with pytest.raises(NotPossibleNow):
        station.finance_signs(verification)
    with pytest.raises(NotPossibleNow):
        station.finance.does(verifications.return_volume, verification.id, reasons=["缺一张"])


def test_a_volume_is_returned_with_reasons_and_comes_back_mended(station: Station):
    verification = station.submitted_volume()
    volume_id = verification.volume_id
    with pytest.raises(ReturnNeedsReasons):
        station.finance.does(verifications.return_volume, verification.id, reasons=["  "])
    returned = station.finance.does(
        verifications.return_volume, verification.id, reasons=["封面无公章", "废票少一联"]
    )
    assert returned.reasons == ["封面无公章", "废票少一联"]
    assert station.sees(Volume, volume_id).state == VolumeState.RETURNED
    (book_id,) = verification.stub_book_ids
    assert station.sees(Book, book_id).state == BookState.USED_UP
    again = station.custodian.does(volumes.submit_volume, volume_id)
    assert again.id != verification.id
    assert again.stub_book_ids == [book_id]
    station.finance_signs(again)
    assert station.sees(Book, book_id).state == BookState.ACCEPTED


def settled(station: Station, volume: Volume) -> None:
    lying = station.dossier(volume)
    assert lying.scan is not None
    station.custodian.does(
        scans.settle,
        lying.scan.id,
        page=1,
        verdict=Verdict.NUMBER,
        stub_id=lying.stubs[0].id,
        number=lying.stubs[0].number or "",
    )


def scanned_again(station: Station, volume: Volume) -> None:
    station.received_scan(volume)


@pytest.mark.parametrize("change", [settled, scanned_again])
def test_a_later_change_voids_the_signature(
    station: Station, change: Callable[[Station, Volume], None]
):
    verification = station.accepted_volume()
    volume = station.sees(Volume, verification.volume_id)
    change(station, volume)
    kept = station.sees(Verification, verification.id)
    assert (kept.state, kept.voided_at is not None) == (VerificationState.VOIDED, True)
    assert station.sees(Volume, volume.id).state == VolumeState.SUBMITTED
    (book_id,) = verification.stub_book_ids
    assert station.sees(Book, book_id).state == BookState.STUB_HANDED_IN
    assert ReasonCode.NOTHING_CLEARED in why_closed(station)
    if change is scanned_again:
        newest = station.dossier(volume).scan
        assert newest is not None
        station.read_scan(newest, station.shown(volume), per_page=10)
    (waiting,) = station.asks(
        lambda tx: tx.session.query(Verification).filter_by(state="open").all()
    )
    station.finance_signs(waiting)
    assert station.sees(Book, book_id).state == BookState.ACCEPTED
    assert why_closed(station) == []


PAST_THE_VERBS = {
    "cover": "UPDATE volume SET kwh = kwh + 1",
    "collector": "UPDATE volume SET collector_id = bound_by_id",
    "seal": "UPDATE volume SET sealed_by_id = bound_by_id",
    "bound run": "UPDATE volume_run SET last = '04210009', last_key = '{code}:08:04210009'",
    "book": "UPDATE book SET last = '04210009', last_key = '{code}:08:04210009'",
    "register": "UPDATE use_entry SET amount_fen = amount_fen + 1",
    "register unbound": "UPDATE use_entry SET volume_id = NULL",
    "void reason": "UPDATE void_entry SET reason = '另一个原因'",
    "void copies": "UPDATE void_entry SET copies_kept = 2",
    "void taken out": "DELETE FROM void_entry",
    "scan file": "UPDATE scan_file SET sha256 = '{zeros}'",
    "page image": "UPDATE scan_page SET image_sha256 = '{zeros}' WHERE number = 1",
    "page problem": "UPDATE scan_page SET problems = '[\"cut\"]' WHERE number = 1",
    "reading": "UPDATE found_stub SET number = '04210099' WHERE position = 1 AND page = 1",
    "certainty": "UPDATE found_stub SET certain = false WHERE position = 1 AND page = 1",
    "void mark": "UPDATE found_stub SET void_box = NULL",
    "check-list": "UPDATE verification SET check_list = '{{}}'",
    "signer": "UPDATE verification SET decided_by_id = submitted_by_id",
    "state": "UPDATE verification SET state = 'voided'",
    "clearance": "UPDATE clearance SET voided_at = granted_at WHERE verification_id IS NOT NULL",
}


class Undo(Exception):
    """Ends a transaction so that nothing of it is kept."""


def closed_by(station: Station, statement: str) -> set[str]:
    """Reasons of the gate right after the statement, which is then undone."""
    reasons: list[Reason] = []
    with suppress(Undo), station.system.transaction(station.custodian.actor()) as tx:
        done = tx.session.connection().exec_driver_sql(statement)
        assert done.rowcount, statement
        clearance = gate.usable_clearance(tx, station.id)
        reasons += gate.gate_reasons(tx, station.id, station.kind_id, 1, clearance)
        raise Undo
    return {str(reason.code) for reason in reasons}


def test_a_change_past_the_verbs_shuts_the_gate(station: Station):
    station.used_up_book(voids=["04210002"])
    station.accepted_volume()
    station.approved_plan(2)
    nothing = "UPDATE station SET name = name"
    assert closed_by(station, nothing) == set()
    for what, statement in PAST_THE_VERBS.items():
        told = closed_by(station, statement.format(code=CODE, zeros="0" * 64))
        assert told & {ReasonCode.SIGNATURE_VOID, ReasonCode.NOTHING_CLEARED}, what
    assert closed_by(station, nothing) == set()


def test_a_change_between_grant_and_issue_stops_the_issue(station: Station):
    station.accepted_volume()
    request = station.granted_request()
    with station.system.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE use_entry SET amount_fen = amount_fen + 1")
    with pytest.raises(GateClosed) as closed:
        station.issued_books(request=request)
    assert [reason["code"] for reason in closed.value.facts["reasons"]] == ["signature-void"]
    assert station.sees(BookRequest, request.id).state == "granted"


def test_an_acceptance_new_books_were_released_on_can_no_longer_be_touched(station: Station):
    verification = station.accepted_volume()
    volume = station.sees(Volume, verification.volume_id)
    station.granted_request()
    for change in (settled, scanned_again):
        with pytest.raises(BookOfReleasedVolume):
            change(station, volume)
    with pytest.raises(NotPossibleNow):
        station.custodian.does(volumes.reopen_volume, volume.id, reason="反悔")
    assert station.sees(Verification, verification.id).state == VerificationState.SIGNED
    assert station.asks(lambda tx: tx.session.query(scans.Scan).count()) == 1


def test_a_cancelled_request_gives_the_clearance_back(station: Station):
    verification = station.accepted_volume()
    request = station.granted_request()
    station.custodian.does(requests.cancel_request, request.id)
    clearance = station.asks(gate.usable_clearance, station.id)
    assert clearance is not None
    assert clearance.verification_id == verification.id
    settled(station, station.sees(Volume, verification.volume_id))
    kept = station.asks(lambda tx: tx.session.get(Clearance, clearance.id))
    assert kept.voided_at is not None


def test_a_book_in_two_volumes_is_accepted_with_the_second(station: Station, clock: SettableClock):
    book = station.book_in_use()
    station.used(book, last="04210006")
    first = station.submitted_volume(station.bound_volume())
    assert first.stub_book_ids == []
    station.used(book)
    second = station.submitted_volume(station.bound_volume())
    assert second.stub_book_ids == [book.id]
    station.finance_signs(second)
    assert station.sees(Book, book.id).state == BookState.STUB_HANDED_IN
    station.finance.does(verifications.return_volume, first.id, reasons=["少一张"])
    first = station.custodian.does(volumes.submit_volume, first.volume_id)
    assert first.stub_book_ids == [book.id]
    station.finance_signs(first)
    assert station.sees(Book, book.id).state == BookState.ACCEPTED


def test_a_book_is_accepted_only_while_all_its_volumes_are(station: Station):
    """The first volume was accepted before the book was written up, the second with its stub."""
    book = station.book_in_use()
    station.used(book, last="04210006")
    first = station.accepted_volume(station.bound_volume())
    station.used(book)
    station.accepted_volume(station.bound_volume())
    assert station.sees(Book, book.id).state == BookState.ACCEPTED
    settled(station, station.sees(Volume, first.volume_id))
    assert station.sees(Book, book.id).state == BookState.STUB_HANDED_IN
    (waiting,) = station.asks(
        lambda tx: tx.session.query(Verification).filter_by(state="open").all()
    )
    assert waiting.stub_book_ids == [book.id]
    station.finance_signs(waiting)
    assert station.sees(Book, book.id).state == BookState.ACCEPTED


def test_a_cover_tampered_with_before_finance_looked_is_not_signed(station: Station):
    verification = station.submitted_volume()
    with station.system.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE volume SET amount_fen = 1")
        connection.exec_driver_sql("UPDATE use_entry SET amount_fen = 1")
    with pytest.raises(SignedCoverChanged):
        station.finance_signs(verification)


def test_a_void_found_later_needs_the_volume_reopened_before_finance_signs(station: Station):
    volume = station.sealed_volume()
    scan = station.scan(volume, _with_void(station, volume))
    verification = station.submitted_volume(volume)
    with pytest.raises(FindingsOpen):
        station.finance_signs(verification)
    station.custodian.does(volumes.reopen_volume, volume.id, reason="漏登废票")
    book = station.asks(lambda tx: tx.session.query(Book).one())
    station.voided(book, "04210002")
    told = station.sees(Volume, volume.id)
    station.custodian.does(
        volumes.correct_cover,
        volume.id,
        sets=told.sets,
        void_numbers=["04210002"],
        kwh=told.kwh,
        amount_fen=told.amount_fen,
    )
    assert station.sees(Volume, volume.id).open_findings == 0
    station.accepted_volume(station.sees(Volume, volume.id))
    assert station.dossier(volume).scan.id == scan.id


def _with_void(station: Station, volume: Volume) -> list[Sheet]:
    sheets = station.shown(volume)
    sheets[1] = Sheet("04210002", void=True)
    return sheets


def test_the_job_that_ends_reading_counts_the_findings_anew(station: Station):
    volume = station.sealed_volume()
    scan = station.received_scan(volume, pages=5)
    verification = station.submitted_volume(volume)
    assert station.sees(Volume, volume.id).open_findings is None
    station.read_scan(scan, station.shown(volume))
    assert station.sees(Volume, volume.id).open_findings == 0
    jobs._finish(station.system, scan.id)
    station.finance_signs(verification)
    assert station.asks(lambda tx: tx.session.query(FoundStub).count()) == 10
