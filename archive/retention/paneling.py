"""What the verbs of appraisals share: who may sit on a panel today, and what its work says.

They have asked for the permission and hold the lock.
"""

from typing import Any

from sqlalchemy import select, update

from archive.access import Permission
from archive.errors import Invalid
from archive.holdings.file_plan import RecordKind
from archive.holdings.record import Record
from archive.people.actions import actor_of
from archive.people.person import Person
from archive.retention.appraisal import (
    Appraisal,
    AppraisalItem,
    NotOfDepartment,
    PanelMember,
    check_panel,
)
from archive.retention.conclusion import Dissent, appraisal_digest
from archive.retention.department import departments_of
from archive.retention.queries.appraisals import categories_of, has_sensitive
from archive.retention.queries.holds import holds_on
from archive.retention.tombstone import lasting_title
from archive.transaction import Transaction


class MemberCannotRead(Invalid):
    """A member may not read sensitive records that lie before the panel."""


def release_items(tx: Transaction, appraisal_id: int) -> None:
    """The records lie before no panel any more; the last thing before an appraisal is closed."""
    tx.session.flush()
    tx.session.execute(
        update(AppraisalItem)
        .where(AppraisalItem.appraisal_id == appraisal_id)
        .values(under_way=False)
        .execution_options(synchronize_session=False)
    )


def members_of(tx: Transaction, appraisal_id: int) -> list[PanelMember]:
    """The panel, in the order it was named."""
    query = select(PanelMember).where(PanelMember.appraisal_id == appraisal_id)
    return list(tx.session.scalars(query.order_by(PanelMember.id)))


def check_panel_of(tx: Transaction, appraisal: Appraisal) -> None:
    """Refuse a panel that may not judge this, as its members' offices are today.

    Raises:
        DepartmentsMissing, ChairMissing, NotOfDepartment, MemberCannotRead: with what is wrong.
    """
    members = members_of(tx, appraisal.id)
    check_panel(members, categories_of(tx, appraisal.id))
    sensitive = has_sensitive(tx, appraisal.id)
    for member in members:
        check_speaks(tx, appraisal, member, sensitive=sensitive)


def check_speaks(
    tx: Transaction, appraisal: Appraisal, member: PanelMember, *, sensitive: bool = False
) -> None:
    """Refuse a member who does not speak for their department today, or may not read the records.

    Raises:
        NotOfDepartment, MemberCannotRead: with the person.
    """
    person = tx.get(Person, member.person_id)
    actor = actor_of(tx, person)
    station_id = appraisal.station_id
    if not (
        person.active
        and actor.may(Permission.APPRAISAL_JUDGE, station_id)
        and member.department in departments_of(actor)
    ):
        raise NotOfDepartment(field="panel", name=person.name, department=str(member.department))
    if sensitive and not actor.may(Permission.RECORD_READ_SENSITIVE, station_id):
        raise MemberCannotRead(field="panel", name=person.name)


def digest_now(tx: Transaction, appraisal: Appraisal) -> str:
    """The digest of everything as it is kept now."""
    items = select(AppraisalItem.told).where(AppraisalItem.appraisal_id == appraisal.id)
    told = list(tx.session.scalars(items.order_by(AppraisalItem.record_id)))
    said = select(Dissent).where(Dissent.appraisal_id == appraisal.id).order_by(Dissent.id)
    dissents = list(tx.session.scalars(said))
    return appraisal_digest(appraisal.name, members_of(tx, appraisal.id), told, dissents)


def freeze(tx: Transaction, appraisal: Appraisal) -> None:
    """Write down what is signed of every item, as it is now."""
    rows = tx.session.execute(
        select(AppraisalItem, Record, RecordKind)
        .join(Record, Record.id == AppraisalItem.record_id)
        .join(RecordKind, RecordKind.id == Record.kind_id)
        .where(AppraisalItem.appraisal_id == appraisal.id)
    ).all()
    held = holds_on(tx, [record.id for _, record, _ in rows])
    for item, record, kind in rows:
        item.told = _told(item, record, kind, [one.kind for one in held[record.id]])


def _told(
    item: AppraisalItem, record: Record, kind: RecordKind, holds: list[str]
) -> dict[str, Any]:
    """A line of the opinion (鉴定意见书, ``domain.md`` §2.4); its title names nobody."""
    return {
        "record": record.id,
        "code": record.code,
        "title": lasting_title(record, kind),
        "year": record.year,
        "pages": record.pages,
        "category": kind.category,
        "retention": kind.retention,
        "protected_through": item.protected_through.isoformat(),
        "holds": holds,
        "content_seen": bool(item.content_seen),
        "opinion": str(item.opinion),
        "new_due_on": item.new_due_on.isoformat() if item.new_due_on else "",
        "held_as": str(item.held_as),
        "reason": item.reason,
        "judged_by": item.judged_by_id,
        "judged_on": item.judged_on.isoformat() if item.judged_on else "",
    }
