"""Reads about appraisals: the list, the desk with its items, and what a signed one came to."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from archive.access import Permission
from archive.holdings.file_plan import PersonalData, RecordKind
from archive.holdings.queries.records import visible_records
from archive.holdings.record import Record
from archive.people.person import Person, Station
from archive.retention.appraisal import (
    Appraisal,
    AppraisalItem,
    AppraisalState,
    Opinion,
    PanelMember,
)
from archive.retention.conclusion import AppraisalPaper, AppraisalSignature, Dissent
from archive.retention.queries.holds import HoldSeen, holds_on
from archive.transaction import NoSuchThing, Transaction

UNJUDGED = "none"
"""The filter for items without an opinion."""

OPEN = frozenset({AppraisalState.DRAFT, AppraisalState.CONVENED, AppraisalState.CONCLUDED})


# ── what follows from a signed appraisal ────────────────────────────────────────────────────


def not_judged_since() -> Any:
    """That no later panel signed an opinion on the record of an item.

    Asked of each item by itself: right after a panel's work the database knows nothing yet of
    how many there are, and goes wrong with them as a whole.
    """
    later, of = aliased(AppraisalItem), aliased(Appraisal)
    signed = (
        select(later.id)
        .join(of, of.id == later.appraisal_id)
        .where(
            later.record_id == AppraisalItem.record_id,
            later.id > AppraisalItem.id,
            of.state == AppraisalState.SIGNED,
        )
    )
    return ~signed.exists()


def worthless() -> Any:
    """Ids of records a panel found worthless and no later panel kept."""
    return (
        select(AppraisalItem.record_id)
        .join(Appraisal, Appraisal.id == AppraisalItem.appraisal_id)
        .where(
            AppraisalItem.opinion == Opinion.DESTROY,
            Appraisal.state == AppraisalState.SIGNED,
            not_judged_since(),
        )
    )


# ── lists and the desk ──────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class AppraisalFilter:
    """What the list of appraisals is narrowed to; empty fields do not narrow."""

    state: str = ""  # a state, or ``open``
    station_id: int | None = None


@dataclass(frozen=True, slots=True)
class AppraisalLine:
    """An appraisal as a list shows it."""

    appraisal: Appraisal
    station: Station
    proposed_by: Person
    items: int
    members: int
    signed: int


@dataclass(frozen=True, slots=True)
class Seat:
    """A member of the panel, and the signature that stands."""

    member: PanelMember
    person: Person
    signature: AppraisalSignature | None = None


@dataclass(frozen=True, slots=True)
class AppraisalSeen:
    """Everything about one appraisal but its items."""

    appraisal: Appraisal
    station: Station
    proposed_by: Person
    panel: tuple[Seat, ...]
    counts: Mapping[str, int]
    seen_count: int
    dissents: tuple[tuple[Dissent, Person, str], ...]
    paper: AppraisalPaper | None
    report: Record | None
    pages: int

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def unjudged(self) -> int:
        return self.counts.get("", 0)

    def seat_of(self, person_id: int | None) -> Seat | None:
        """Where this person sits on the panel."""
        return next((seat for seat in self.panel if seat.person.id == person_id), None)


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An item as the desk shows it."""

    item: AppraisalItem
    record: Record
    kind: RecordKind
    holds: tuple[HoldSeen, ...] = ()
    dissents: tuple[str, ...] = field(default=())


def appraisals(
    tx: Transaction, asked: AppraisalFilter | None = None, *, limit: int = 50, offset: int = 0
) -> list[AppraisalLine]:
    """Lines of the list of appraisals, the newest first."""
    query = _narrowed(tx, select(Appraisal), asked or AppraisalFilter())
    newest = query.order_by(Appraisal.id.desc()).limit(limit).offset(offset)
    found = list(tx.session.scalars(newest))
    ids = [one.id for one in found]
    items = _counted(tx, AppraisalItem.appraisal_id, ids)
    members = _counted(tx, PanelMember.appraisal_id, ids)
    signed = _counted(
        tx, AppraisalSignature.appraisal_id, ids, AppraisalSignature.voided_at.is_(None)
    )
    return [
        AppraisalLine(
            one,
            tx.get(Station, one.station_id),
            tx.get(Person, one.proposed_by_id),
            items.get(one.id, 0),
            members.get(one.id, 0),
            signed.get(one.id, 0),
        )
        for one in found
    ]


def count_appraisals(tx: Transaction, asked: AppraisalFilter | None = None) -> int:
    """How many appraisals there are of what was asked."""
    query = _narrowed(tx, select(func.count(Appraisal.id)), asked or AppraisalFilter())
    return tx.session.scalar(query) or 0


def seen_appraisal(tx: Transaction, appraisal_id: int) -> Appraisal:
    """One appraisal, for whoever reads about retention at its station.

    Raises:
        NoSuchThing: there is none this person may know of.
    """
    query = _narrowed(tx, select(Appraisal), AppraisalFilter())
    found: Appraisal | None = tx.session.scalars(query.where(Appraisal.id == appraisal_id)).first()
    if found is None:
        raise NoSuchThing(thing="appraisal", key=str(appraisal_id))
    return found


def appraisal_seen(tx: Transaction, appraisal_id: int) -> AppraisalSeen:
    """Everything about one appraisal but its items.

    Raises:
        NoSuchThing: there is none this person may know of.
    """
    appraisal = seen_appraisal(tx, appraisal_id)
    of = AppraisalItem.appraisal_id == appraisal_id
    counts = tx.session.execute(
        select(AppraisalItem.opinion, func.count()).where(of).group_by(AppraisalItem.opinion)
    )
    looked = select(func.count()).where(of, AppraisalItem.content_seen)
    pages = (
        select(func.sum(Record.pages))
        .join(AppraisalItem, AppraisalItem.record_id == Record.id)
        .where(of, AppraisalItem.opinion == Opinion.DESTROY)
    )
    return AppraisalSeen(
        appraisal,
        tx.get(Station, appraisal.station_id),
        tx.get(Person, appraisal.proposed_by_id),
        tuple(seats(tx, appraisal_id)),
        {str(opinion): count for opinion, count in counts},
        tx.session.scalar(looked) or 0,
        tuple(dissents(tx, appraisal_id)),
        tx.session.get(AppraisalPaper, appraisal_id),
        tx.session.get(Record, appraisal.report_record_id) if appraisal.report_record_id else None,
        tx.session.scalar(pages) or 0,
    )


def seats(tx: Transaction, appraisal_id: int) -> list[Seat]:
    """The panel, the chair first, each with the signature that stands."""
    standing = {
        one.person_id: one
        for one in tx.session.scalars(
            select(AppraisalSignature).where(
                AppraisalSignature.appraisal_id == appraisal_id,
                AppraisalSignature.voided_at.is_(None),
            )
        )
    }
    return [
        Seat(member, person, standing.get(person.id))
        for member, person in tx.session.execute(
            select(PanelMember, Person)
            .join(Person, Person.id == PanelMember.person_id)
            .where(PanelMember.appraisal_id == appraisal_id)
            .order_by(PanelMember.chair.desc(), PanelMember.id)
        )
    ]


def dissents(tx: Transaction, appraisal_id: int) -> list[tuple[Dissent, Person, str]]:
    """What members do not agree with, with who said it and the code of the record."""
    rows = tx.session.execute(
        select(Dissent, Person, Record.code)
        .join(Person, Person.id == Dissent.person_id)
        .outerjoin(Record, Record.id == Dissent.record_id)
        .where(Dissent.appraisal_id == appraisal_id)
        .order_by(Dissent.id)
    )
    return [(dissent, person, code or "") for dissent, person, code in rows]


def items(
    tx: Transaction, appraisal_id: int, *, opinion: str = "", limit: int = 50, offset: int = 0
) -> list[ItemLine]:
    """Items of an appraisal in the order of their codes, with what holds them now.

    Raises:
        NoSuchThing: there is no such appraisal this person may know of.
    """
    seen_appraisal(tx, appraisal_id)
    rows = tx.session.execute(
        _items(tx, appraisal_id, opinion).order_by(Record.code).limit(limit).offset(offset)
    ).all()
    ids = [item.record_id for item, _, _ in rows]
    held = holds_on(tx, ids)
    said: dict[int, list[str]] = {}
    for dissent, person, _ in dissents(tx, appraisal_id):
        if dissent.record_id is not None:
            said.setdefault(dissent.record_id, []).append(f"{person.name}：{dissent.said}")
    return [
        ItemLine(item, record, kind, held[item.record_id], tuple(said.get(item.record_id, ())))
        for item, record, kind in rows
    ]


def count_items(tx: Transaction, appraisal_id: int, *, opinion: str = "") -> int:
    """How many items there are of what was asked."""
    query = _items(tx, appraisal_id, opinion).with_only_columns(func.count())
    return tx.session.scalar(query) or 0


def unjudged_ids(tx: Transaction, appraisal_id: int) -> list[int]:
    """Records of the appraisal nobody gave an opinion on yet."""
    return list(
        tx.session.scalars(
            select(AppraisalItem.record_id)
            .where(AppraisalItem.appraisal_id == appraisal_id, AppraisalItem.opinion == "")
            .order_by(AppraisalItem.record_id)
        )
    )


def categories_of(tx: Transaction, appraisal_id: int) -> frozenset[str]:
    """Categories (门类) the appraisal has records of; they say who has to judge."""
    return frozenset(tx.session.scalars(_kinds(RecordKind.category, appraisal_id)))


def has_sensitive(tx: Transaction, appraisal_id: int) -> bool:
    """Whether anything before the panel tells sensitive facts about people."""
    return PersonalData.SENSITIVE in set(
        tx.session.scalars(_kinds(RecordKind.personal, appraisal_id))
    )


def _kinds(column: Any, appraisal_id: int) -> Select[Any]:
    return (
        select(column)
        .join(Record, Record.kind_id == RecordKind.id)
        .join(AppraisalItem, AppraisalItem.record_id == Record.id)
        .where(AppraisalItem.appraisal_id == appraisal_id)
        .distinct()
    )


def _items(tx: Transaction, appraisal_id: int, opinion: str) -> Any:
    query = (
        select(AppraisalItem, Record, RecordKind)
        .join(Record, Record.id == AppraisalItem.record_id)
        .join(RecordKind, RecordKind.id == Record.kind_id)
        .where(
            AppraisalItem.appraisal_id == appraisal_id,
            Record.id.in_(visible_records(tx).with_only_columns(Record.id)),
        )
    )
    if opinion == UNJUDGED:
        return query.where(AppraisalItem.opinion == "")
    if opinion in set(Opinion):
        return query.where(AppraisalItem.opinion == opinion)
    return query


def _counted(tx: Transaction, column: Any, ids: Collection[int], *narrowed: Any) -> dict[int, int]:
    query = select(column, func.count()).where(column.in_(ids), *narrowed).group_by(column)
    return {row[0]: row[1] for row in tx.session.execute(query)}


def _narrowed(tx: Transaction, query: Any, asked: AppraisalFilter) -> Any:
    tx.require(Permission.RETENTION_READ)
    stations = tx.actor.stations(Permission.RETENTION_READ)
    if stations is not None:
        query = query.where(Appraisal.station_id.in_(stations))
    if asked.station_id is not None:
        query = query.where(Appraisal.station_id == asked.station_id)
    if asked.state == "open":
        return query.where(Appraisal.state.in_(sorted(OPEN)))
    if asked.state in set(AppraisalState):
        return query.where(Appraisal.state == asked.state)
    return query
