"""The main job, end to end, through the verbs."""

from datetime import datetime
from decimal import Decimal

from archive import audit
from archive.clock import STATION_ZONE
from archive.custody.actions import books, plans, requests, scans, verifications, volumes
from archive.custody.book import Book, BookState
from archive.custody.gate import ClearanceKind
from archive.custody.reconciliation import FindingCode, NumberStatus
from archive.custody.scan import Verdict
from archive.custody.verification import VerificationState
from archive.custody.volume import Volume, VolumeState
from tests.builders import CODE, EVERYTHING_IN_ORDER, PASSWORD, Sheet, Station
from tests.clock import SettableClock


def test_new_books_come_only_after_finance_signed_for_the_old_ones(
    station: Station, clock: SettableClock
):
    wang, zhang, chen = station.custodian, station.collector, station.finance
    plan = wang.does(
        plans.propose_plan,
        station_id=station.id,
        kind_id=station.kind_id,
        year=2026,
        quarter=4,
        books=4,
    )
    chen.does(plans.approve_plan, plan.id)
    station.leader.does(
        requests.allow_exception,
        station.id,
        kind=ClearanceKind.FIRST_ISSUE,
        reason="新所开业",
        password=PASSWORD,
    )
    request = wang.does(
        requests.request_books, station_id=station.id, kind_id=station.kind_id, books=2
    )
    first, second = chen.does(
        requests.issue_books, request.id, runs=[(CODE, "04210051", "04210070")]
    )
    wang.does(books.receive_book, first.id)
    wang.does(books.receive_book, second.id)
    offer = wang.does(books.offer_book, first.id, zhang.id)
    zhang.does(books.confirm_handover, offer.id)
    zhang.does(
        books.record_use,
        first.id,
        last="04210060",
        used_on=station.today,
        kwh=Decimal("1024.50"),
        amount_fen=56_789,
    )
    zhang.does(
        books.record_void,
        first.id,
        number="04210055",
        reason="户名写错",
        copies_kept=3,
        voided_on=station.today,
    )

    clock.set(datetime(2026, 10, 30, 16, tzinfo=STATION_ZONE))
    volume = wang.does(
        volumes.bind_volume, station_id=station.id, month="2026-10", collector_id=zhang.id
    )
    assert volume.cover == {
        "code": "QS-202610-01",
        "month": "2026-10",
        "collected_from": "2026-10-19",
        "collected_to": "2026-10-19",
        "sets": 10,
        "void_sets": 1,
        "void_numbers": ["04210055"],
        "kwh": "1024.50",
        "amount_fen": 56_789,
        "remark": "",
    }
    zhang.does(volumes.sign_volume, volume.id, password=PASSWORD)
    station.head.does(volumes.seal_volume, volume.id)

    shown = station.shown(volume)
    doubted = Sheet("04210058", certain=False, doubt="readings-differ")
    scan = station.scan(volume, [*shown[:7], doubted, *shown[8:]])
    lying = station.dossier(volume)
    assert [finding.code for finding in lying.reconciliation.blocking] == [
        FindingCode.MISSING,
        FindingCode.UNREADABLE,
    ]
    wang.does(
        scans.settle,
        scan.id,
        page=4,
        verdict=Verdict.NUMBER,
        stub_id=lying.stubs[7].id,
        number="04210058",
    )
    verification = wang.does(volumes.submit_volume, volume.id)
    lying = station.dossier(volume)
    assert lying.reconciliation.blocking == ()
    assert len(lying.reconciliation.numbers(NumberStatus.FOUND)) == 9
    assert lying.reconciliation.numbers(NumberStatus.VOID) == ["04210055"]
    assert [stub.settled_by for stub in lying.seen or () if stub.settled_by] == [wang.code]
    chen.does(
        verifications.sign_verification,
        verification.id,
        check_list=EVERYTHING_IN_ORDER,
        seen=lying.digest,
        password=PASSWORD,
    )
    assert station.sees(Volume, volume.id).state == VolumeState.ACCEPTED
    assert station.sees(Book, first.id).state == BookState.ACCEPTED
    assert station.sees(type(verification), verification.id).state == VerificationState.SIGNED

    clock.set(datetime(2026, 11, 9, 10, tzinfo=STATION_ZONE))
    request = wang.does(
        requests.request_books, station_id=station.id, kind_id=station.kind_id, books=1
    )
    assert request.waived == []
    (third,) = chen.does(requests.issue_books, request.id, runs=[(CODE, "04210071", "04210080")])
    held = wang.does(books.receive_book, third.id)
    assert (held.state, held.holder_id) == (BookState.IN_STOCK, wang.id)
    checked = station.asks(lambda tx: audit.verify(tx.session))
    assert checked.unbroken
    assert checked.entries > 30
