"""The sealed trail."""

from fastapi import APIRouter
from sqlalchemy import select

from archive.access import Permission
from archive.audit import TrailEntry
from archive.proof import ask_proof, last_proof
from web.api.told import TrailEntryTold, TrailProofTold
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
