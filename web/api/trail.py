"""The sealed trail."""

from typing import Any

from fastapi import APIRouter
from sqlalchemy import select

from archive import audit
from archive.access import Permission
from archive.audit import TrailEntry
from web.api.told import TrailEntryTold
from web.deps import SignedIn

router = APIRouter(prefix="/trail", tags=["trail"])


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


@router.post("/verify")
def verify(visit: SignedIn) -> dict[str, Any]:
    """Re-derive every digest; ``broken_at`` names the first entry that does not fit."""
    with visit.reading() as tx:
        tx.require(Permission.TRAIL_READ)
        check = audit.verify(tx.session)
    return {
        "unbroken": check.unbroken,
        "entries": check.entries,
        "head": check.head,
        "broken_at": check.broken_at,
        "reason": check.reason,
    }
