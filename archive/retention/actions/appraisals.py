"""Verbs of who proposes an appraisal: gather what is due, name the panel, bring it together."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select

from archive.access import Permission
from archive.errors import Invalid
from archive.holdings.fonds import Fonds
from archive.holdings.queries.plans import plan_in_force
from archive.holdings.queries.records import seen_record, visible_records
from archive.holdings.record import Record
from archive.people.person import Station
from archive.reason import reason_in
from archive.retention.appraisal import (
    APPRAISAL_WORKFLOW,
    Appraisal,
    AppraisalEmpty,
    AppraisalItem,
    AppraisedElsewhere,
    MemberTwice,
    NotExpired,
    OnlyProposer,
    PanelMember,
    ProposerJudges,
)
from archive.retention.department import Department
from archive.retention.paneling import check_panel_of, check_speaks, release_items
from archive.retention.period import DueState
from archive.retention.queries.appraisals import (
    seen_appraisal,
    worthless,
)
from archive.retention.queries.due import due_of, due_select
from archive.retention.queries.holds import in_pieces
from archive.transaction import Transaction

MOST_ITEMS = 10_000
"""Records one panel judges at a time; what is beyond waits for the next."""


class AppraisalFull(Invalid):
    """An appraisal has as many records as one panel judges at a time."""


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody named for a panel."""

    person_id: int
    department: Department
    chair: bool = False


def propose_appraisal(tx: Transaction, station_id: int, *, title: str) -> Appraisal:
    """A new appraisal with the next number of its year; nothing is in it yet.

    Raises:
        ReasonMissing: it has no title.
    """
    tx.require(Permission.APPRAISAL_PROPOSE, station_id)
    said = reason_in(title, field="title")
    tx.get(Station, station_id)
    fonds = tx.get(Fonds, plan_in_force(tx).fonds.id, lock=True)
    year = tx.today.year
    last = tx.session.scalar(
        select(func.max(Appraisal.number)).where(
            Appraisal.fonds_id == fonds.id, Appraisal.year == year
        )
    )
    appraisal = tx.add(
        Appraisal(
            fonds_id=fonds.id,
            station_id=station_id,
            year=year,
            number=(last or 0) + 1,
            title=said,
            proposed_by_id=tx.person_id,
            proposed_at=tx.now,
        )
    )
    tx.record("appraisal.proposed", appraisal.subject, number=appraisal.name)
    return appraisal


def add_due(tx: Transaction, appraisal_id: int) -> int:
    """Put in everything due at the station that lies before no panel; how many came in.

    What a panel found worthless before waits for its batch and is not put in again. At most
    ``MOST_ITEMS`` fit; the oldest years come first.

    Raises:
        OnlyProposer, NotPossibleNow: nothing is put in.
    """
    appraisal = _own_draft(tx, appraisal_id)
    room = MOST_ITEMS - _count(tx, appraisal_id)
    query = (
        due_select(tx, tx.today)
        .where(
            Record.station_id == appraisal.station_id,
            Record.id.not_in(select(AppraisalItem.record_id).where(AppraisalItem.under_way)),
            Record.id.not_in(worthless()),
        )
        .order_by(Record.year, Record.id)
        .limit(room)
    )
    ids = list(tx.session.scalars(query)) if room > 0 else []
    _put_in(tx, appraisal, ids)
    tx.record("appraisal.items-added", appraisal.subject, count=len(ids))
    return len(ids)


def add_record(tx: Transaction, appraisal_id: int, record_id: int) -> AppraisalItem:
    """Put one record in; one that was found worthless before may be judged anew.

    Raises:
        NotExpired: it has to be kept for some time yet.
        InOpenAppraisal, AppraisedElsewhere, AppraisalFull: it stays outside.
    """
    appraisal = _own_draft(tx, appraisal_id)
    record = seen_record(tx, record_id)
    if record.station_id != appraisal.station_id:
        raise AppraisedElsewhere(record=record.code)
    if _count(tx, appraisal_id) >= MOST_ITEMS:
        raise AppraisalFull(field="code", most=MOST_ITEMS)
    _put_in(tx, appraisal, [record_id])
    tx.record("appraisal.items-added", appraisal.subject, count=1, records=[record.code])
    return tx.session.scalars(
        select(AppraisalItem).where(
            AppraisalItem.appraisal_id == appraisal_id, AppraisalItem.record_id == record_id
        )
    ).one()


def remove_items(tx: Transaction, appraisal_id: int, record_ids: Collection[int]) -> int:
    """Take records out of a draft again; how many were in it.

    Raises:
        OnlyProposer, NotPossibleNow: they stay.
    """
    appraisal = _own_draft(tx, appraisal_id)
    taken = 0
    for ids in in_pieces(record_ids):
        found = select(AppraisalItem.id).where(
            AppraisalItem.appraisal_id == appraisal_id, AppraisalItem.record_id.in_(ids)
        )
        rows = tx.session.scalars(found).all()
        taken += len(rows)
        tx.session.execute(delete(AppraisalItem).where(AppraisalItem.id.in_(rows)))
    tx.record("appraisal.items-removed", appraisal.subject, count=taken)
    return taken


def name_panel(tx: Transaction, appraisal_id: int, named: Sequence[Named]) -> Appraisal:
    """The panel is these people, each for a department they speak for today.

    Raises:
        ProposerJudges: who proposes does not judge.
        NotOfDepartment, MemberTwice: the panel stays as it was.
    """
    appraisal = _own_draft(tx, appraisal_id)
    persons = [one.person_id for one in named]
    if appraisal.proposed_by_id in persons:
        raise ProposerJudges
    if len(set(persons)) < len(persons):
        raise MemberTwice(field="panel")
    tx.session.execute(delete(PanelMember).where(PanelMember.appraisal_id == appraisal_id))
    members = [
        PanelMember(
            appraisal_id=appraisal_id,
            person_id=one.person_id,
            department=one.department,
            chair=one.chair,
        )
        for one in named
    ]
    for member in members:
        check_speaks(tx, appraisal, member)
    tx.session.add_all(members)
    tx.session.flush()
    tx.record("appraisal.panel-named", appraisal.subject, members=len(members))
    return appraisal


def convene(tx: Transaction, appraisal_id: int) -> Appraisal:
    """The panel takes over; from here on nothing is put in or taken out.

    Raises:
        AppraisalEmpty, DepartmentsMissing, ChairMissing, NotOfDepartment, MemberCannotRead:
            it stays a draft.
    """
    appraisal = _own_draft(tx, appraisal_id)
    if _count(tx, appraisal_id) == 0:
        raise AppraisalEmpty(appraisal=appraisal.name)
    check_panel_of(tx, appraisal)
    APPRAISAL_WORKFLOW.take("convene", appraisal)
    appraisal.convened_at = tx.now
    tx.record("appraisal.convened", appraisal.subject, items=_count(tx, appraisal_id))
    return appraisal


def withdraw_appraisal(tx: Transaction, appraisal_id: int, *, reason: str) -> Appraisal:
    """Give the appraisal up; its number stays used and its records may lie before another panel.

    Raises:
        ReasonMissing, NotPossibleNow: it goes on.
    """
    appraisal = seen_appraisal(tx, appraisal_id)
    tx.require(Permission.APPRAISAL_PROPOSE, appraisal.station_id)
    appraisal = tx.get(Appraisal, appraisal_id, lock=True)
    APPRAISAL_WORKFLOW.target("withdraw", appraisal.state, thing=appraisal.subject)
    appraisal.closing = reason_in(reason)
    release_items(tx, appraisal_id)
    APPRAISAL_WORKFLOW.take("withdraw", appraisal)
    tx.record("appraisal.withdrawn", appraisal.subject)
    return appraisal


def _own_draft(tx: Transaction, appraisal_id: int) -> Appraisal:
    """The draft, locked, for who proposed it."""
    appraisal = seen_appraisal(tx, appraisal_id)
    tx.require(Permission.APPRAISAL_PROPOSE, appraisal.station_id)
    appraisal = tx.get(Appraisal, appraisal_id, lock=True)
    APPRAISAL_WORKFLOW.target("propose", appraisal.state, thing=appraisal.subject)
    if appraisal.proposed_by_id != tx.person_id:
        raise OnlyProposer
    return appraisal


def _count(tx: Transaction, appraisal_id: int) -> int:
    query = select(func.count()).where(AppraisalItem.appraisal_id == appraisal_id)
    return tx.session.scalar(query) or 0


def _put_in(tx: Transaction, appraisal: Appraisal, record_ids: Sequence[int]) -> None:
    """Rows for these records, with the end of their period as derived today.

    Raises:
        NotExpired: one of them has to be kept yet.
    """
    if not record_ids:
        return
    _lock_records(tx, record_ids)
    rows = []
    for record_id, due in due_of(tx, record_ids).items():
        if due.state != DueState.EXPIRED or due.protected_through is None:
            raise NotExpired(record=tx.get(Record, record_id).code)
        rows.append(
            {
                "appraisal_id": appraisal.id,
                "record_id": record_id,
                "added_on": tx.today,
                "protected_through": due.protected_through,
                "opinion": "",
                "reason": "",
                "content_seen": False,
                "held_as": "",
                "told": {},
                "under_way": True,
            }
        )
    tx.session.execute(insert(AppraisalItem), rows)


def _lock_records(tx: Transaction, record_ids: Sequence[int]) -> None:
    for ids in in_pieces(record_ids):
        query = visible_records(tx).with_only_columns(Record.id).where(Record.id.in_(ids))
        tx.session.execute(query.order_by(Record.id).with_for_update(of=Record, key_share=True))
