"""What the machine read stays as it is; a person's word stands beside it, and the last counts."""

import pytest

from archive.access import NotPermitted
from archive.custody import jobs
from archive.custody.actions import scans
from archive.custody.numbers import NotAnInvoiceNumber
from archive.custody.reconciliation import FindingCode, NumberStatus
from archive.custody.scan import (
    AlreadyReceived,
    FoundStub,
    NothingSettled,
    Scan,
    ScanNotRead,
    ScanPage,
    ScanState,
    Settlement,
    Verdict,
)
from archive.custody.volume import Volume
from archive.digest import digest_of
from archive.workflow import NotPossibleNow
from tests.builders import CODE, Sheet, Station

OTHER_CODE = "098765432109"


def findings(station: Station, volume: Volume) -> list[FindingCode]:
    return [finding.code for finding in station.dossier(volume).reconciliation.blocking]


def changed(station: Station, volume: Volume, **at: Sheet) -> list[Sheet]:
    """What a perfect scan shows, but for the sheets at these places (``s3`` is the third)."""
    sheets = station.shown(volume)
    for place, sheet in at.items():
        sheets[int(place[1:]) - 1] = sheet
    return sheets


def test_the_very_same_delivery_is_received_once(station: Station):
    volume, other = station.bound_volume(), station.bound_volume()
    file = scans.StoredFile("a.pdf", "application/pdf", 1, digest_of([b"scan"]), "key-1")
    sha256 = file.digests.sha256
    station.custodian.does(scans.record_scan, volume.id, [file], sha256=sha256, source="page")
    again = scans.StoredFile("b.pdf", "application/pdf", 1, digest_of([b"scan"]), "key-2")
    with pytest.raises(AlreadyReceived):
        station.custodian.does(scans.record_scan, volume.id, [again], sha256=sha256, source="page")
    station.custodian.does(scans.record_scan, other.id, [again], sha256=sha256, source="page")
    with pytest.raises(NotPermitted):
        station.collector.does(scans.record_scan, volume.id, [], sha256="0" * 64, source="page")


def test_a_newer_scan_speaks_for_the_volume_and_the_older_one_is_kept(station: Station):
    volume = station.bound_volume()
    first = station.scan(volume, station.shown(volume)[:-1])
    assert findings(station, volume) == [FindingCode.MISSING]
    second = station.scan(volume)
    assert findings(station, volume) == []
    assert station.dossier(volume).scan.id == second.id
    assert station.sees(Scan, first.id).state == ScanState.READ
    with pytest.raises(ScanNotRead):
        station.custodian.does(
            scans.settle, first.id, page=1, verdict=Verdict.NUMBER, number="04210010"
        )


def test_while_a_scan_is_being_read_nothing_on_it_is_settled_or_counted(station: Station):
    volume = station.bound_volume()
    scan = station.received_scan(volume)
    assert findings(station, volume) == [FindingCode.NOT_SCANNED]
    with pytest.raises(ScanNotRead):
        station.custodian.does(
            scans.settle, scan.id, page=1, verdict=Verdict.NUMBER, number="04210001"
        )


def test_an_uncertain_number_counts_only_once_a_person_typed_it(station: Station):
    volume = station.bound_volume()
    scan = station.scan(volume, changed(station, volume, s3=Sheet("04210003", certain=False)))
    assert findings(station, volume) == [FindingCode.MISSING, FindingCode.UNREADABLE]
    stub = station.dossier(volume).stubs[2]
    with pytest.raises(NotAnInvoiceNumber):
        station.custodian.does(
            scans.settle, scan.id, page=2, verdict=Verdict.NUMBER, stub_id=stub.id, number="?"
        )
    station.custodian.does(
        scans.settle, scan.id, page=2, verdict=Verdict.NUMBER, stub_id=stub.id, number="04210003"
    )
    assert findings(station, volume) == []
    kept = station.sees(FoundStub, stub.id)
    assert (kept.number, kept.certain) == ("04210003", False)


def test_the_last_word_counts_and_every_word_is_kept_with_its_author(station: Station):
    volume = station.bound_volume()
    scan = station.scan(volume, changed(station, volume, s3=Sheet(None)))
    stub = station.dossier(volume).stubs[2]

    def say(who, verdict: Verdict, number: str = "") -> None:
        who.does(scans.settle, scan.id, page=2, verdict=verdict, stub_id=stub.id, number=number)

    say(station.archivist, Verdict.NUMBER, "04210099")
    assert findings(station, volume) == [FindingCode.MISSING, FindingCode.FOREIGN]
    say(station.custodian, Verdict.UNREADABLE)
    assert findings(station, volume) == [FindingCode.MISSING, FindingCode.UNREADABLE]
    say(station.finance, Verdict.NUMBER, "04210003")
    assert findings(station, volume) == []
    words = station.asks(lambda tx: tx.session.query(Settlement).order_by(Settlement.id).all())
    assert [word.settled_by_id for word in words] == [
        station.archivist.id,
        station.custodian.id,
        station.finance.id,
    ]
    assert [stub.settled_by for stub in station.dossier(volume).seen or () if stub.settled_by] == [
        station.finance.code
    ]


def test_a_doubted_void_mark_is_settled_either_way(station: Station):
    station.used_up_book(voids=["04210003"])
    volume = station.bound_volume()
    scan = station.scan(
        volume,
        changed(
            station,
            volume,
            s3=Sheet("04210003", void=True, void_certain=False),
            s4=Sheet("04210004", void=True, void_certain=False),
        ),
    )
    assert findings(station, volume) == [FindingCode.VOID_DOUBTED] * 2
    stubs = station.dossier(volume).stubs
    for stub, verdict in ((stubs[2], Verdict.VOID), (stubs[3], Verdict.NOT_VOID)):
        station.custodian.does(
            scans.settle, scan.id, page=stub.page, verdict=verdict, stub_id=stub.id
        )
    assert findings(station, volume) == []


def test_what_is_no_stub_is_set_aside(station: Station):
    volume = station.bound_volume()
    scan = station.scan(volume, [*station.shown(volume), Sheet("04210001")])
    assert findings(station, volume) == [FindingCode.DOUBLE]
    copy = station.dossier(volume).stubs[-1]
    station.custodian.does(
        scans.settle, scan.id, page=copy.page, verdict=Verdict.NOT_A_STUB, stub_id=copy.id
    )
    assert findings(station, volume) == []


def test_a_misread_code_is_put_right_by_a_person(station: Station):
    volume = station.bound_volume()
    scan = station.scan(volume, changed(station, volume, s3=Sheet("04210003", code=OTHER_CODE)))
    assert findings(station, volume) == [FindingCode.MISSING, FindingCode.FOREIGN_CODE]
    stub = station.dossier(volume).stubs[2]
    settle = {"page": 2, "verdict": Verdict.NUMBER, "stub_id": stub.id, "number": "04210003"}
    station.custodian.does(scans.settle, scan.id, **settle)
    assert findings(station, volume) == [FindingCode.MISSING, FindingCode.FOREIGN_CODE]
    station.custodian.does(scans.settle, scan.id, **settle, code=CODE)
    assert findings(station, volume) == []


def test_a_stub_the_machine_did_not_find_is_added_void_or_valid_and_taken_back(station: Station):
    station.used_up_book(voids=["04210003"])
    volume = station.bound_volume()
    shown = station.shown(volume)
    scan = station.scan(volume, shown[:2] + shown[4:])
    assert findings(station, volume) == [FindingCode.MISSING] * 2

    def say(verdict: Verdict, number: str, page: int = 2) -> None:
        station.custodian.does(scans.settle, scan.id, page=page, verdict=verdict, number=number)

    say(Verdict.VOID, "04210003")
    say(Verdict.NUMBER, "04210004")
    outcome = station.dossier(volume).reconciliation
    assert outcome.blocking == ()
    assert outcome.numbers(NumberStatus.VOID) == ["04210003"]
    say(Verdict.NUMBER, "04210044")
    assert findings(station, volume) == [FindingCode.FOREIGN]
    say(Verdict.NOT_A_STUB, "04210044")
    assert findings(station, volume) == []
    say(Verdict.NUMBER, "04210004", page=3)
    assert findings(station, volume) == [FindingCode.DOUBLE]
    say(Verdict.NOT_A_STUB, "04210004", page=3)
    assert findings(station, volume) == []


def test_pages_nobody_can_read_wait_for_a_person_to_look(station: Station):
    volume = station.bound_volume()
    problems = {1: ["cut"], 2: ["not-read"], 6: ["no-stub-found"], 7: ["blank"]}
    scan = station.scan(volume, problems=problems)
    assert findings(station, volume) == [
        FindingCode.PAGE_CUT,
        FindingCode.PAGE_NOT_READ,
        FindingCode.NO_STUB_ON_PAGE,
    ]
    for page in (1, 2, 6):
        station.custodian.does(scans.settle, scan.id, page=page, verdict=Verdict.NOT_A_STUB)
    assert findings(station, volume) == []


def test_a_page_the_reader_never_gave_back_is_said_to_be_unread(station: Station):
    volume = station.bound_volume()
    station.scan(volume)
    with station.system.transaction(station.custodian.actor()) as tx:
        tx.session.delete(tx.session.query(ScanPage).filter_by(number=3).one())
    assert findings(station, volume) == [FindingCode.PAGE_NOT_READ]


def test_a_word_that_settles_nothing_is_refused(station: Station):
    scan = station.scan(station.bound_volume())
    for word, refusal in [
        ({"page": 1, "verdict": Verdict.VOID}, NothingSettled),
        ({"page": 1, "verdict": Verdict.UNREADABLE}, NothingSettled),
        ({"page": 1, "verdict": Verdict.UNREADABLE, "number": "04210001"}, NothingSettled),
        ({"page": 0, "verdict": Verdict.NUMBER, "number": "04210001"}, NothingSettled),
        ({"page": 99, "verdict": Verdict.NOT_A_STUB}, NothingSettled),
        ({"page": 1, "verdict": Verdict.NUMBER}, NotAnInvoiceNumber),
        ({"page": 1, "verdict": Verdict.NUMBER, "number": "第三张"}, NotAnInvoiceNumber),
    ]:
        with pytest.raises(refusal):
            station.custodian.does(scans.settle, scan.id, **word)
    assert station.asks(lambda tx: tx.session.query(Settlement).count()) == 0


def test_a_stub_of_another_scan_is_not_settled_here(station: Station):
    first, second = station.bound_volume(), station.bound_volume()
    scan, other = station.scan(first), station.scan(second)
    stub = station.dossier(second).stubs[0]
    assert stub.scan_id == other.id
    with pytest.raises(NothingSettled):
        station.custodian.does(scans.settle, scan.id, page=1, verdict=Verdict.VOID, stub_id=stub.id)


def test_a_scan_that_could_not_be_read_is_tried_again(station: Station):
    volume = station.bound_volume()
    scan = station.received_scan(volume)
    jobs._begin(station.system, scan.id)
    jobs._fail(station.system, scan.id, "PageUnreadable")
    assert station.sees(Scan, scan.id).failure == "PageUnreadable"
    assert findings(station, volume) == [FindingCode.NOT_SCANNED]
    with pytest.raises(NotPermitted):
        station.collector.does(scans.read_again, scan.id)
    again = station.custodian.does(scans.read_again, scan.id)
    assert (again.state, again.failure) == (ScanState.RECEIVED, "")
    station.read_scan(again, station.shown(volume), per_page=10)
    assert findings(station, volume) == []
    with pytest.raises(NotPossibleNow):
        station.custodian.does(scans.read_again, scan.id)
