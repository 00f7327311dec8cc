"""Verbs about scans: record one that was received, settle what the machine doubts."""

from collections.abc import Sequence

from archive.access import Permission
from archive.custody.actions.consequences import volume_changed
from archive.custody.numbers import parse_code, parse_number
from archive.custody.queries.dossier import current_scan
from archive.custody.scan import (
    SCAN_WORKFLOW,
    FoundStub,
    NothingSettled,
    Scan,
    ScanFile,
    ScanNotRead,
    ScanState,
    Settlement,
    Verdict,
)
from archive.custody.volume import Volume
from archive.ingest.keeping import StoredFile
from archive.transaction import Transaction


def record_scan(
    tx: Transaction, volume_id: int, files: Sequence[StoredFile], *, sha256: str, source: str
) -> Scan:
    """A scan whose bytes are stored; reading it is promised.

    ``sha256`` identifies the delivery as a whole. A further scan of a volume counts from now
    on; a signature over the earlier one falls.

    Raises:
        AlreadyReceived, BookOfReleasedVolume: nothing is kept.
    """
    volume = tx.get(Volume, volume_id, lock=True)
    tx.require(Permission.SCAN_RECEIVE, volume.station_id)
    scan = tx.add(
        Scan(
            volume_id=volume.id,
            sha256=sha256,
            pages=sum(file.pages for file in files),
            source=source,
            received_by_id=tx.actor.person_id,
            received_at=tx.now,
        )
    )
    tx.session.add_all(
        ScanFile(scan_id=scan.id, position=position, **file.columns())
        for position, file in enumerate(files, start=1)
    )
    tx.record(
        "scan.received",
        f"volume:{volume.code}",
        scan=scan.id,
        pages=scan.pages,
        sha256=[file.digests.sha256 for file in files],
        sm3=[file.digests.sm3 for file in files],
        source=source,
    )
    tx.promise("read_scan", scan_id=scan.id)
    volume_changed(tx, volume, "scan-received")
    return scan


def read_again(tx: Transaction, scan_id: int) -> Scan:
    """Try once more to read a scan whose reading failed; pages already read stay read.

    Raises:
        NotPossibleNow: its reading has not failed.
    """
    scan = tx.get(Scan, scan_id, lock=True)
    volume = tx.get(Volume, scan.volume_id, lock=True)
    tx.require(Permission.SCAN_SETTLE, volume.station_id)
    SCAN_WORKFLOW.take("read-again", scan)
    scan.failure = ""
    tx.record("scan.read-again", f"volume:{volume.code}", scan=scan.id)
    tx.promise("read_scan", scan_id=scan.id)
    return scan


def settle(
    tx: Transaction,
    scan_id: int,
    *,
    page: int,
    verdict: Verdict,
    stub_id: int | None = None,
    number: str = "",
    code: str = "",
    note: str = "",
) -> Settlement:
    """A person's word on a doubted place; kept beside the reading, the last one counts.

    About a stub the machine found (``stub_id``): any verdict. About one it did not find (only
    ``number``): that it stands on the page, is void, or does not stand there after all. About
    a page (neither): ``not-a-stub`` says that nothing more is to be read there. ``code`` is
    given where the machine misread it.

    Raises:
        ScanNotRead, NothingSettled, NotAnInvoiceNumber, NotAnInvoiceCode: nothing is kept.
    """
    scan = tx.get(Scan, scan_id)
    volume = tx.get(Volume, scan.volume_id, lock=True)
    tx.require(Permission.SCAN_SETTLE, volume.station_id)
    _check_speaks(tx, scan, volume)
    stub = _stub_of(tx, scan, stub_id)
    said = parse_number(number) if _names_number(stub, verdict, number) else None
    _check_says_something(scan, stub, page, verdict, said)
    settlement = tx.add(
        Settlement(
            scan_id=scan.id,
            page=stub.page if stub else page,
            stub_id=stub.id if stub else None,
            verdict=verdict,
            number=said,
            code=parse_code(code) if said is not None and code.strip() else None,
            note=note.strip(),
            settled_by_id=tx.person_id,
            settled_at=tx.now,
        )
    )
    machine = stub.number if stub else None
    tx.record("stub.settled", volume.subject, machine=machine, **_told(settlement))
    volume_changed(tx, volume, "stub-settled")
    return settlement


def _told(settlement: Settlement) -> dict[str, object]:
    """A person's word as the trail tells it."""
    return {
        "scan": settlement.scan_id,
        "page": settlement.page,
        "verdict": str(settlement.verdict),
        "number": settlement.number,
        "code": settlement.code,
    }


def _check_speaks(tx: Transaction, scan: Scan, volume: Volume) -> None:
    """Refuse a word on a scan that is not read to the end, or no longer speaks for the volume."""
    newest = current_scan(tx, volume.id)
    if scan.state != ScanState.READ or newest is None or newest.id != scan.id:
        raise ScanNotRead(subject=volume.subject, state=str(scan.state))


def _stub_of(tx: Transaction, scan: Scan, stub_id: int | None) -> FoundStub | None:
    stub = tx.get(FoundStub, stub_id) if stub_id is not None else None
    if stub is not None and stub.scan_id != scan.id:
        raise NothingSettled(field="stub_id")
    return stub


def _names_number(stub: FoundStub | None, verdict: Verdict, number: str) -> bool:
    """Whether the word names a number: always ``number`` does, and any word on no found stub."""
    if stub is not None:
        return verdict == Verdict.NUMBER
    return verdict == Verdict.NUMBER or bool(number.strip())


def _check_says_something(
    scan: Scan, stub: FoundStub | None, page: int, verdict: Verdict, number: str | None
) -> None:
    if stub is not None:
        return
    on_nothing = number is None and verdict != Verdict.NOT_A_STUB
    if on_nothing or verdict == Verdict.UNREADABLE or not 1 <= page <= scan.pages:
        raise NothingSettled(field="number")
