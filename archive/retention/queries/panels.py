"""Reads about panels: who may sit on one, and what waits for its members."""

from collections.abc import Mapping

from sqlalchemy import func, select

from archive.access import POLICY, Permission, Role
from archive.custody.queries.waiting import Waiting
from archive.people.person import Appointment, Person
from archive.retention.appraisal import Appraisal, AppraisalItem, AppraisalState, PanelMember
from archive.retention.conclusion import AppraisalSignature
from archive.retention.department import OF_ROLE, Department
from archive.transaction import Transaction

JUDGING = tuple(role for role in OF_ROLE if Permission.APPRAISAL_JUDGE in POLICY[role])


def eligible(tx: Transaction, station_id: int) -> Mapping[Department, list[Person]]:
    """Who may judge records of the station today, by the department they speak for."""
    tx.require(Permission.APPRAISAL_PROPOSE, station_id)
    found: dict[Department, list[Person]] = {}
    holders = tx.session.execute(
        select(Person, Appointment.role)
        .join(Appointment, Appointment.person_id == Person.id)
        .where(
            Person.active,
            Appointment.role.in_(JUDGING),
            Appointment.station_id.is_(None) | (Appointment.station_id == station_id),
            Appointment.from_on <= tx.today,
            Appointment.until_on.is_(None) | (Appointment.until_on >= tx.today),
        )
        .order_by(Person.code)
    )
    for person, role in holders:
        of = found.setdefault(OF_ROLE[Role(role)], [])
        if person not in of:
            of.append(person)
    return found


def waiting_panels(tx: Transaction) -> list[Waiting]:
    """Appraisals that wait for the actor: for an opinion, the conclusion, a signature."""
    rows = tx.session.execute(
        select(Appraisal, PanelMember.chair)
        .join(PanelMember, PanelMember.appraisal_id == Appraisal.id)
        .where(
            PanelMember.person_id == tx.actor.person_id,
            Appraisal.state.in_([AppraisalState.CONVENED, AppraisalState.CONCLUDED]),
        )
        .order_by(Appraisal.convened_at)
    )
    waiting = []
    for appraisal, chair in rows:
        what = _waits_for(tx, appraisal, chair=chair)
        if what:
            since = appraisal.concluded_at or appraisal.convened_at
            facts = {"name": appraisal.name}
            waiting.append(Waiting(f"appraisal-{what}", appraisal.id, since, facts))
    return waiting


def _waits_for(tx: Transaction, appraisal: Appraisal, *, chair: bool) -> str:
    """``judge``, ``conclude`` or ``sign``; empty when it waits for others."""
    if appraisal.state == AppraisalState.CONCLUDED:
        signed = select(AppraisalSignature.id).where(
            AppraisalSignature.appraisal_id == appraisal.id,
            AppraisalSignature.person_id == tx.actor.person_id,
            AppraisalSignature.voided_at.is_(None),
        )
        return "" if tx.session.scalar(signed) else "sign"
    left = select(func.count()).where(
        AppraisalItem.appraisal_id == appraisal.id, AppraisalItem.opinion == ""
    )
    if tx.session.scalar(left):
        return "judge"
    return "conclude" if chair else ""
