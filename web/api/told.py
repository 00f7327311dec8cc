"""What the API tells of each noun."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, PlainSerializer

from archive.custody.queries.dossier import Dossier
from archive.custody.reconciliation import Cell, Finding

KwhTold = Annotated[Decimal, PlainSerializer(lambda value: f"{value:.2f}", return_type=str)]
"""Electricity, always to a hundredth, as on the cover."""


class Told(BaseModel):
    """Read from the attributes of a noun."""

    model_config = ConfigDict(from_attributes=True)


class PersonTold(Told):
    id: int
    code: str
    name: str
    active: bool


class StationTold(Told):
    id: int
    code: str
    name: str


class KindTold(Told):
    id: int
    code: str
    name: str
    code_digits: int
    number_digits: int
    book_size: int
    copies: int


class PlanTold(Told):
    id: int
    station_id: int
    kind_id: int
    year: int
    quarter: int
    supplement: int
    books: int
    basis: str
    state: str
    author_id: int
    proposed_at: datetime
    decided_by_id: int | None
    decided_at: datetime | None
    opinion: str


class RequestTold(Told):
    id: int
    station_id: int
    kind_id: int
    plan_id: int
    clearance_id: int
    books: int
    state: str
    requested_by_id: int
    requested_at: datetime
    waived: list[str]


class ClearanceTold(Told):
    id: int
    station_id: int
    kind: str
    verification_id: int | None
    granted_by_id: int
    granted_at: datetime
    reason: str


class BookTold(Told):
    id: int
    station_id: int
    kind_id: int
    request_id: int
    code: str
    first: str
    last: str
    state: str
    holder_id: int | None
    used_through: str | None
    used_up_on: date | None
    issued_by_id: int
    issued_at: datetime


class HandoverTold(Told):
    id: int
    book_id: int
    giver_id: int
    receiver_id: int
    state: str
    offered_at: datetime
    closed_at: datetime | None


class UseTold(Told):
    id: int
    book_id: int
    used_on: date
    first: str
    last: str
    kwh: KwhTold
    amount_fen: int
    volume_id: int | None


class VoidTold(Told):
    id: int
    book_id: int
    number: str
    reason: str
    copies_kept: int
    voided_on: date


class VolumeTold(Told):
    id: int
    code: str
    station_id: int
    month: str
    collector_id: int
    state: str
    collected_from: date
    collected_to: date
    sets: int
    void_sets: int
    void_numbers: list[str]
    kwh: KwhTold
    amount_fen: int
    remark: str
    signed_by_id: int | None
    signed_at: datetime | None
    sealed_by_id: int | None
    sealed_at: datetime | None
    submitted_at: datetime | None
    open_findings: int | None


class ScanFileTold(Told):
    name: str
    media_type: str
    size: int
    pages: int
    sha256: str
    sm3: str


class ScanTold(Told):
    id: int
    volume_id: int
    state: str
    pages: int
    source: str
    received_at: datetime
    read_at: datetime | None
    reader: str
    failure: str


class ScanProgress(ScanTold):
    pages_read: int
    files: list[ScanFileTold]


class SettlementTold(Told):
    id: int
    scan_id: int
    page: int
    stub_id: int | None
    verdict: str
    number: str | None
    settled_by_id: int
    settled_at: datetime


class VerificationTold(Told):
    id: int
    volume_id: int
    state: str
    submitted_at: datetime
    digest: str
    decided_by_id: int | None
    decided_at: datetime | None
    reasons: list[str]
    void_reason: str


class TrailEntryTold(Told):
    seq: int
    at: str
    actor: str
    event: str
    subject: str
    facts: dict[str, Any]
    previous: str
    digest: str


class TrailProofTold(Told):
    asked_by: str
    asked_at: datetime
    done: int
    total: int
    finished_at: datetime | None
    unbroken: bool | None
    entries: int
    head: str
    broken_at: int | None
    reason: str


def dossier_told(lying: Dossier) -> dict[str, Any]:
    """A volume's dossier: every number's status, the findings, and the digest to be signed."""
    return {
        "digest": lying.digest,
        "scanned": lying.reconciliation.scanned,
        "scan_id": lying.scan.id if lying.scan else None,
        "runs": [
            {"book_id": run.book_id, "code": run.code, "first": run.first, "last": run.last}
            for run in lying.runs
        ],
        "numbers": [_cell(cell) for cell in lying.reconciliation.cells],
        "findings": [_finding(finding) for finding in lying.reconciliation.findings],
        "blocking": len(lying.reconciliation.blocking),
        "stubs": [
            {
                "id": stub.stub_id,
                "page": stub.page,
                "box": stub.box,
                "number": stub.number,
                "guess": stub.guess,
                "code": stub.code,
                "confidence": stub.confidence,
                "void": stub.void,
                "doubt": stub.doubt,
                "settled_by": stub.settled_by,
            }
            for stub in lying.seen or []
        ],
        "settlements": [
            SettlementTold.model_validate(word).model_dump(mode="json")
            for word in lying.settlements
        ],
    }


def _cell(cell: Cell) -> dict[str, Any]:
    return {
        "number": cell.number,
        "code": cell.code,
        "status": str(cell.status),
        "pages": [place.page for place in cell.places],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {"code": str(finding.code), "blocks": finding.blocks, "facts": finding.facts}
