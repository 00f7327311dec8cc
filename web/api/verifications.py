"""Finance's desk: what lies on it, sign, return."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field, SecretStr
from sqlalchemy import select

from archive.access import Permission
from archive.custody.actions import verifications
from archive.custody.queries.waiting import narrowed
from archive.custody.verification import Answer, CheckItem, Verification
from archive.custody.volume import Volume
from web.api.told import VerificationTold
from web.deps import SignedIn

router = APIRouter(prefix="/verifications", tags=["verifications"])


class Line(BaseModel):
    answer: Answer
    remark: str = ""


class Signature(BaseModel):
    """``seen`` is the digest of the dossier as it was shown."""

    check_list: dict[CheckItem, Line]
    seen: str
    password: SecretStr
    opinion: str = ""


class Return(BaseModel):
    reasons: list[str]
    check_list: dict[CheckItem, Line] = Field(default_factory=dict)


@router.get("")
def list_verifications(visit: SignedIn, state: str = "open") -> list[VerificationTold]:
    with visit.reading() as tx:
        query = (
            select(Verification)
            .join(Volume, Volume.id == Verification.volume_id)
            .where(Verification.state == state)
            .order_by(Verification.id)
            .limit(500)
        )
        found = tx.session.scalars(narrowed(tx, query, Volume.station_id, Permission.VOLUME_READ))
        return [VerificationTold.model_validate(item) for item in found]


@router.post("/{verification_id}/sign")
def sign(visit: SignedIn, verification_id: int, given: Signature) -> VerificationTold:
    with visit.transaction() as tx:
        signed = verifications.sign_verification(
            tx,
            verification_id,
            check_list=_plain(given.check_list),
            seen=given.seen,
            password=given.password.get_secret_value(),
            opinion=given.opinion,
        )
        return VerificationTold.model_validate(signed)


@router.post("/{verification_id}/return")
def send_back(visit: SignedIn, verification_id: int, given: Return) -> VerificationTold:
    with visit.transaction() as tx:
        returned = verifications.return_volume(
            tx, verification_id, reasons=given.reasons, check_list=_plain(given.check_list)
        )
        return VerificationTold.model_validate(returned)


def _plain(lines: dict[CheckItem, Line]) -> dict[str, dict[str, Any]]:
    return {
        str(item): {"answer": str(line.answer), "remark": line.remark}
        for item, line in lines.items()
    }
