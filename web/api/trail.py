"""The sealed trail, and who opened what."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel
from sqlalchemy import select

from archive.access import Permission
from archive.audit import TrailEntry
from archive.proof import ask_proof, last_proof
from archive.reports.opened import By, OpenedFilter, opened, opened_summed
from web.api.told import Told, TrailEntryTold, TrailProofTold
from web.deps import SignedIn

router = APIRouter(prefix="/trail", tags=["trail"])

From = Annotated[date | None, Query(alias="from")]
To = Annotated[date | None, Query(alias="to")]
Limit = Annotated[int, Query(ge=1, le=500)]
Offset = Annotated[int, Query(ge=0)]


class OpenedTold(Told):
    """One act: ``about`` is the code of a record, or the last four digits of a customer."""

    seq: int
    at: datetime
    by_code: str
    by_name: str
    event: str
    subject: str
    about: str
    fields: list[str]
    purpose: str
    rows: int | None
    form: str


class OpenedList(BaseModel):
    total: int
    opened: list[OpenedTold]


class OpenedSumTold(Told):
    key: str
    name: str
    acts: int
    others: int
    last_at: datetime


class OpenedSums(BaseModel):
    total: int
    sums: list[OpenedSumTold]


@router.get("")
def entries(visit: SignedIn, after: int = 0, limit: int = 200) -> list[TrailEntryTold]:
    """Entries in order, ``limit`` (at most 1,000) after the one with number ``after``."""
    with visit.reading() as tx:
        tx.require(Permission.TRAIL_READ)
        found = tx.session.scalars(
            select(TrailEntry)
            .where(TrailEntry.seq > after)
            .order_by(TrailEntry.seq)
            .limit(min(limit, 1000))
        )
        return [
            TrailEntryTold(
                seq=entry.seq,
                at=entry.at,
                actor=entry.actor,
                event=entry.event,
                subject=entry.subject,
                facts=entry.told,
                previous=entry.previous,
                digest=entry.digest,
            )
            for entry in found
        ]


@router.post("/verify", status_code=202)
def verify(visit: SignedIn) -> TrailProofTold:
    """Let every digest be re-derived in the background; what is under way is not begun again."""
    with visit.transaction() as tx:
        return TrailProofTold.model_validate(ask_proof(tx))


@router.get("/verify")
def verified(visit: SignedIn) -> TrailProofTold:
    """The last verification: how far it is, or what was found.

    ``unbroken`` is null until it is known; ``broken_at`` names the first entry that does not fit.
    """
    with visit.reading() as tx:
        return TrailProofTold.model_validate(last_proof(tx))


@router.get("/opened")
def opened_acts(  # noqa: PLR0917 - the query of a list
    visit: SignedIn,
    event: str = "",
    person: str = "",
    subject: str = "",
    from_on: From = None,
    to_on: To = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> OpenedList:
    """Every act by which facts about people were opened or a list was taken out, newest first."""
    wanted = OpenedFilter(event, person, subject, from_on, to_on)
    with visit.reading() as tx:
        found, total = opened(tx, wanted, offset=offset, limit=limit)
    return OpenedList(total=total, opened=[OpenedTold.model_validate(one) for one in found])


@router.get("/opened/sums")
def opened_sums(  # noqa: PLR0917 - the query of a list
    visit: SignedIn,
    by: By,
    event: str = "",
    person: str = "",
    subject: str = "",
    from_on: From = None,
    to_on: To = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> OpenedSums:
    """The same added up by person or by what was opened, the most first."""
    wanted = OpenedFilter(event, person, subject, from_on, to_on)
    with visit.reading() as tx:
        found, total = opened_summed(tx, wanted, by, offset=offset, limit=limit)
    return OpenedSums(total=total, sums=[OpenedSumTold.model_validate(one) for one in found])
