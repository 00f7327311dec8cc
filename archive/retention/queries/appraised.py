"""What destruction needs to know of an appraisal; for verbs and jobs that have asked for leave."""

from dataclasses import dataclass

from sqlalchemy import select

from archive.retention.appraisal import (
    Appraisal,
    AppraisalItem,
    AppraisalState,
    NotSigned,
    Opinion,
    PanelMember,
)
from archive.retention.queries.appraisals import not_judged_since
from archive.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Worthless:
    """What a signed appraisal found worthless, with the reason for each record."""

    name: str
    station_id: int
    opinions: dict[int, str]


def worthless_in(tx: Transaction, appraisal_id: int) -> Worthless:
    """The records a signed appraisal would have destroyed, and no later panel judged otherwise.

    Raises:
        NotSigned: its panel has not signed.
    """
    appraisal = tx.get(Appraisal, appraisal_id)
    if appraisal.state != AppraisalState.SIGNED:
        raise NotSigned(appraisal=appraisal.name)
    rows = tx.session.execute(
        select(AppraisalItem.record_id, AppraisalItem.reason).where(
            AppraisalItem.appraisal_id == appraisal_id,
            AppraisalItem.opinion == Opinion.DESTROY,
            not_judged_since(),
        )
    )
    return Worthless(appraisal.name, appraisal.station_id, {row[0]: row[1] for row in rows})


def panel_of(tx: Transaction, appraisal_id: int) -> set[int]:
    """Everybody who appraised."""
    members = select(PanelMember.person_id).where(PanelMember.appraisal_id == appraisal_id)
    return set(tx.session.scalars(members))
