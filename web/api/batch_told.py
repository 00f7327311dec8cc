"""What the API tells of a destruction batch, and what it is told."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from archive.retention.batch import BatchState, ItemState, Withheld
from archive.retention.department import Department
from archive.retention.queries.batch_lines import ORDERS
from archive.retention.queries.batches import BatchSeen
from archive.retention.signing import Part
from web.api.told import Told


class BatchTold(Told):
    id: int
    name: str
    station_id: int
    appraisal_id: int
    state: BatchState
    proposed_by_id: int
    proposed_at: datetime
    digest: str
    frozen_at: datetime | None
    cooling_days: int
    approved_by_id: int | None
    approved_at: datetime | None
    executor_id: int | None
    place: str
    method: str
    begun_at: datetime | None
    paper_destroyed_at: datetime | None
    paper_count: int | None
    weight_kg: str
    finished_at: datetime | None
    closed_at: datetime | None
    close_reason: str
    certificate_record_id: int | None
    backups_clear_at: datetime | None


class SignatureTold(Told):
    part: Part
    person_id: int
    digest: str
    opinion: str
    signed_at: datetime
    voided_at: datetime | None
    void_reason: str


class WitnessTold(Told):
    person_id: int
    department: Department
    named_by_id: int
    named_at: datetime


class PhotoTold(Told):
    id: int
    name: str
    media_type: str
    size: int
    sha256: str
    taken_in_by_id: int
    taken_in_at: datetime


class GoingTold(Told):
    items: int
    pages: int
    electronic: int


class RegisterTold(Told):
    """What the whole register comes to."""

    items: int
    pages: int
    electronic: int
    kinds: int
    first_year: int | None
    last_year: int | None


class LinesAsked(BaseModel):
    """Which lines of a register: narrowed, ordered (``-`` turns round), and a page of them."""

    state: ItemState | Literal["open"] | None = None
    kind: str = Field("", max_length=40)
    year: int | None = None
    retention: str = Field("", max_length=4)
    sort: str = Field("position", pattern=f"^-?({'|'.join(ORDERS)})$")
    limit: int = Field(100, ge=1, le=1000)
    offset: int = Field(0, ge=0, le=1_000_000)


class BatchWhole(BaseModel):
    """A batch with its signatures, witnesses and how far it is; its lines stand apart."""

    batch: BatchTold
    counts: dict[str, int]
    going: GoingTold
    register_totals: RegisterTold
    signatures: list[SignatureTold]
    voided: list[SignatureTold]
    witnesses: list[WitnessTold]
    departments_missing: list[Department]
    cools_until: datetime | None
    objects_left: int
    objects_gone: int
    photos: list[PhotoTold]


class BatchList(BaseModel):
    total: int
    batches: list[BatchTold]


class ItemTold(Told):
    id: int
    record_id: int
    position: int
    told: dict[str, Any]
    state: ItemState
    withheld: str
    note: str
    counted_by_id: int | None
    counted_at: datetime | None
    paper_gone_at: datetime | None
    electronic_gone_at: datetime | None
    failure: str


class ReadyTold(BaseModel):
    appraisal_id: int
    name: str
    records: int


class BackupTold(Told):
    id: int
    label: str
    medium: str
    made_at: datetime
    expires_on: date | None
    gone_at: datetime | None
    gone_how: str


class BackupLineTold(BaseModel):
    backup: BackupTold
    over: bool
    batch_ids: list[int]


class NewBatch(BaseModel):
    appraisal_id: int


class Because(BaseModel):
    reason: str = Field(max_length=500)


class Signed(BaseModel):
    """``seen`` is the digest of the register as it was read."""

    seen: str = Field(max_length=64)
    opinion: str = Field(max_length=500)
    password: str


class SignedAs(Signed):
    part: Part


class Witnessed(BaseModel):
    opinion: str = Field(max_length=500)
    password: str


class NewWitness(BaseModel):
    person_id: int
    department: Department


class Named(BaseModel):
    person_id: int


class Scanned(BaseModel):
    """The label of a record, or its archival code."""

    said: str = Field(max_length=100)


class Kept(BaseModel):
    why: Withheld
    note: str = Field(max_length=500)


class Begun(BaseModel):
    place: str = Field(max_length=120)
    method: str = Field(max_length=120)
    password: str


class Burnt(BaseModel):
    count: int = Field(ge=0)
    weight_kg: str = Field("", max_length=20)
    password: str


class NewBackup(BaseModel):
    label: str = Field(max_length=120)
    medium: str = Field(max_length=120)
    made_at: datetime | None = None
    expires_on: date | None = None


class How(BaseModel):
    how: str = Field(max_length=200)


def batch_told(seen: BatchSeen, amount: GoingTold, whole: RegisterTold) -> BatchWhole:
    signed = [place.signature for place in seen.places if place.signature is not None]
    signed += [one.signature for one in seen.witnesses if one.signature is not None]
    return BatchWhole(
        batch=BatchTold.model_validate(seen.batch),
        counts=seen.counts,
        going=amount,
        register_totals=whole,
        signatures=[SignatureTold.model_validate(one) for one in signed],
        voided=[SignatureTold.model_validate(one) for one, _ in seen.voided],
        witnesses=[WitnessTold.model_validate(one.witness) for one in seen.witnesses],
        departments_missing=list(seen.departments_missing),
        cools_until=seen.cools_until,
        objects_left=seen.objects_left,
        objects_gone=seen.objects_gone,
        photos=[PhotoTold.model_validate(one) for one in seen.photos],
    )
