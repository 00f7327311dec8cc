"""Bound volumes: bind, cover, sign, seal, submit, reopen."""

from decimal import Decimal
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, SecretStr
from sqlalchemy import select

from archive.access import Permission
from archive.custody.actions import volumes
from archive.custody.actions.volumes import BoundRun
from archive.custody.queries.dossier import dossier
from archive.custody.queries.volumes import seen_volume
from archive.custody.queries.waiting import narrowed
from archive.custody.volume import Volume
from archive.filing.actions.volumes import file_volume
from web.api.told import VerificationTold, VolumeTold, dossier_told
from web.deps import SignedIn

router = APIRouter(prefix="/volumes", tags=["volumes"])


class Run(BaseModel):
    book_id: int
    first: str
    last: str


class NewVolume(BaseModel):
    station_id: int
    month: str
    collector_id: int
    runs: list[Run] | None = None


class Cover(BaseModel):
    sets: int
    void_numbers: list[str]
    kwh: Decimal
    amount_fen: int
    remark: str = ""


class Password(BaseModel):
    password: SecretStr


class Why(BaseModel):
    reason: str


class FiledTold(BaseModel):
    record_id: int
    code: str


@router.get("")
def list_volumes(visit: SignedIn, month: str = "") -> list[VolumeTold]:
    with visit.reading() as tx:
        query = select(Volume).order_by(Volume.id.desc()).limit(500)
        if month:
            query = query.where(Volume.month == month)
        found = tx.session.scalars(narrowed(tx, query, Volume.station_id, Permission.VOLUME_READ))
        return [VolumeTold.model_validate(volume) for volume in found]


@router.post("", status_code=201)
def bind(visit: SignedIn, given: NewVolume) -> VolumeTold:
    """Without ``runs`` it takes every number of the month that is not bound yet."""
    runs = None
    if given.runs is not None:
        runs = [BoundRun(run.book_id, run.first, run.last) for run in given.runs]
    with visit.transaction() as tx:
        volume = volumes.bind_volume(
            tx,
            station_id=given.station_id,
            month=given.month,
            collector_id=given.collector_id,
            runs=runs,
        )
        return VolumeTold.model_validate(volume)


@router.get("/{volume_id}")
def show(visit: SignedIn, volume_id: int) -> VolumeTold:
    with visit.reading() as tx:
        return VolumeTold.model_validate(seen_volume(tx, volume_id))


@router.get("/{volume_id}/dossier")
def show_dossier(visit: SignedIn, volume_id: int) -> dict[str, Any]:
    """Everything finance sees, and the digest that a signature has to name."""
    with visit.reading() as tx:
        return dossier_told(dossier(tx, seen_volume(tx, volume_id)))


@router.put("/{volume_id}/cover")
def correct_cover(visit: SignedIn, volume_id: int, given: Cover) -> VolumeTold:
    with visit.transaction() as tx:
        volume = volumes.correct_cover(tx, volume_id, **given.model_dump())
        return VolumeTold.model_validate(volume)


@router.delete("/{volume_id}", status_code=204)
def discard(visit: SignedIn, volume_id: int) -> None:
    with visit.transaction() as tx:
        volumes.discard_draft(tx, volume_id)


@router.post("/{volume_id}/sign")
def sign(visit: SignedIn, volume_id: int, given: Password) -> VolumeTold:
    with visit.transaction() as tx:
        volume = volumes.sign_volume(tx, volume_id, password=given.password.get_secret_value())
        return VolumeTold.model_validate(volume)


@router.post("/{volume_id}/seal")
def seal(visit: SignedIn, volume_id: int) -> VolumeTold:
    with visit.transaction() as tx:
        return VolumeTold.model_validate(volumes.seal_volume(tx, volume_id))


@router.post("/{volume_id}/submit", status_code=201)
def submit(visit: SignedIn, volume_id: int) -> VerificationTold:
    with visit.transaction() as tx:
        return VerificationTold.model_validate(volumes.submit_volume(tx, volume_id))


@router.post("/{volume_id}/reopen")
def reopen(visit: SignedIn, volume_id: int, given: Why) -> VolumeTold:
    with visit.transaction() as tx:
        volume = volumes.reopen_volume(tx, volume_id, reason=given.reason)
        return VolumeTold.model_validate(volume)


@router.post("/{volume_id}/file", status_code=201)
def file_in_archive(visit: SignedIn, volume_id: int) -> FiledTold:
    with visit.transaction() as tx:
        seen_volume(tx, volume_id)
        record = file_volume(tx, volume_id)
        return FiledTold(record_id=record.id, code=record.code)
