"""Reads about holds: what lies on a record, and which records anything lies on."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, null, or_, select, union_all
from sqlalchemy.orm import aliased

from archive.access import Permission
from archive.holdings.file_plan import RecordKind
from archive.holdings.pair import Pair, PairState
from archive.holdings.queries.records import visible_records
from archive.holdings.record import Record
from archive.people.person import Person, Station
from archive.retention.hold import IN_ORDER, Derived, Hold, HoldKind, HoldRecord, HoldScope
from archive.shelving.loan import UNDER_WAY, Loan
from archive.transaction import NoSuchThing, Transaction

OUT_OF_ORDER = sorted(set(PairState) - IN_ORDER)

AT_ONCE = 5_000
"""Ids in one question; SQLite takes 32,766."""


@dataclass(frozen=True, slots=True)
class HoldSeen:
    """Why a record is not destroyed: a hold somebody placed, or one that follows from its state.

    Attributes:
        kind: of the hold; ``loan`` and ``pair`` are kept nowhere.
        reason: in words for a placed one; the state of the loan or of the pair otherwise.
        hold_id: None where nobody placed it.
    """

    kind: str
    since: datetime
    reason: str
    hold_id: int | None = None


def holds_on(tx: Transaction, record_ids: Collection[int]) -> dict[int, tuple[HoldSeen, ...]]:
    """Every hold on these records now, the oldest first; an empty tuple where there is none.

    For verbs that judge or destroy: it asks nobody's leave. Such a verb locks the records first,
    as whoever places a hold does.
    """
    found: dict[int, list[HoldSeen]] = defaultdict(list)
    for ids in in_pieces(record_ids):
        for query in (_placed(ids), _lent(ids), _out_of_order(ids)):
            for record_id, kind, since, reason, hold_id in tx.session.execute(query):
                found[record_id].append(HoldSeen(str(kind), since, str(reason), hold_id))
    return {
        record_id: tuple(sorted(found[record_id], key=lambda one: one.since))
        for record_id in record_ids
    }


def held_select() -> Select[int]:
    """Ids of every record under any hold, placed or derived; one may come more than once."""
    lent = select(Loan.record_id).where(Loan.state.in_(sorted(UNDER_WAY)))
    apart = select(Pair.record_id).where(Pair.state.in_(OUT_OF_ORDER))  # so an index finds them
    placed = (select(branch.subquery().c.record_id) for branch in covered_by_holds())
    return select(union_all(*placed, lent, apart).subquery().c[0])


def placed_select() -> Select[int]:
    """Ids of every record under a hold somebody placed; one may come more than once."""
    return select(union_all(*covered_by_holds()).subquery().c.record_id)


def covered_by_holds(among: Any = None) -> tuple[Any, ...]:
    """``(record_id, hold_id)`` of all that standing holds cover, by what they name.

    ``among`` narrows it: ids, or a select of ids.
    """
    named = (
        select(HoldRecord.record_id.label("record_id"), Hold.id.label("hold_id"))
        .join(Hold, Hold.id == HoldRecord.hold_id)
        .where(Hold.lifted_at.is_(None))
    )
    of_records = [
        _covered(_of_customer()),
        _covered(and_(_of_years(), Hold.kind_code == "")),
        _covered(and_(_of_years(), Hold.kind_code != "", _of_kind())),
    ]
    if among is None:
        return named, *of_records
    return (
        named.where(HoldRecord.record_id.in_(among)),
        *(covered.where(Record.id.in_(among)) for covered in of_records),
    )


def _covered(by: ColumnElement[bool]) -> Any:
    return (
        select(Record.id.label("record_id"), Hold.id.label("hold_id"))
        .select_from(Record)
        .join(Hold, and_(Hold.lifted_at.is_(None), Hold.station_id == Record.station_id, by))
    )


def _of_customer() -> ColumnElement[bool]:
    return and_(Hold.scope == HoldScope.CUSTOMER, Hold.customer_number == Record.customer_number)


def _of_years() -> ColumnElement[bool]:
    return and_(
        Hold.scope == HoldScope.SPAN,
        or_(Hold.year_from.is_(None), Hold.year_from <= Record.year),
        or_(Hold.year_to.is_(None), Hold.year_to >= Record.year),
    )


def _of_kind() -> ColumnElement[bool]:
    """A kind is the same in every version of the plan, by its code."""
    of_code = select(RecordKind.id).where(RecordKind.code == Hold.kind_code)
    return Record.kind_id.in_(of_code.correlate(Hold))


def _placed(ids: Collection[int]) -> Any:
    on = union_all(*covered_by_holds(ids)).subquery()
    return select(on.c.record_id, Hold.kind, Hold.placed_at, Hold.reason, Hold.id).join(
        Hold, Hold.id == on.c.hold_id
    )


def _lent(ids: Collection[int]) -> Any:
    return select(
        Loan.record_id, literal(str(Derived.LOAN)), Loan.requested_at, Loan.state, null()
    ).where(Loan.record_id.in_(ids), Loan.state.in_(sorted(UNDER_WAY)))


def _out_of_order(ids: Collection[int]) -> Any:
    return select(Pair.record_id, literal(str(Derived.PAIR)), Pair.since, Pair.state, null()).where(
        Pair.record_id.in_(ids), Pair.state.in_(OUT_OF_ORDER)
    )


def in_pieces(record_ids: Collection[int]) -> Iterator[list[int]]:
    """The ids, as many at a time as one question takes."""
    ids = sorted(record_ids)
    for at in range(0, len(ids), AT_ONCE):
        yield ids[at : at + AT_ONCE]


# ── the list of holds ───────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class HoldFilter:
    """What the list of holds is narrowed to; empty fields do not narrow."""

    kind: str = ""
    state: str = ""  # ``standing`` or ``lifted``
    station_id: int | None = None


@dataclass(frozen=True, slots=True)
class HoldLine:
    """A hold with where it is, who placed it and who lifted it."""

    hold: Hold
    station: Station
    placed_by: Person
    lifted_by: Person | None


def holds(
    tx: Transaction, asked: HoldFilter | None = None, *, limit: int = 50, offset: int = 0
) -> list[HoldLine]:
    """Lines of the list of holds: what stands first, the oldest first."""
    query = (
        _narrowed(tx, _lines(), asked or HoldFilter())
        .order_by(Hold.lifted_at.is_not(None), Hold.placed_at, Hold.id)
        .limit(limit)
        .offset(offset)
    )
    return [HoldLine(*row) for row in tx.session.execute(query)]


def count_holds(tx: Transaction, asked: HoldFilter | None = None) -> int:
    """How many holds there are of what was asked."""
    query = select(func.count(Hold.id)).select_from(Hold)
    return tx.session.scalar(_narrowed(tx, query, asked or HoldFilter())) or 0


def hold_seen(tx: Transaction, hold_id: int) -> HoldLine:
    """One hold.

    Raises:
        NoSuchThing: there is none this person may know of.
    """
    query = _narrowed(tx, _lines(), HoldFilter()).where(Hold.id == hold_id)
    row = tx.session.execute(query).first()
    if row is None:
        raise NoSuchThing(thing="hold", key=str(hold_id))
    return HoldLine(*row)


def held_by(tx: Transaction, hold: Hold, *, limit: int = 50, offset: int = 0) -> list[Record]:
    """The records the hold covers now (or would, were it not lifted), as far as they are seen."""
    query = visible_records(tx).where(under(hold)).order_by(Record.code)
    return list(tx.session.scalars(query.limit(limit).offset(offset)))


def count_held_by(tx: Transaction, hold: Hold) -> int:
    """How many records it covers now, as far as they are seen."""
    query = visible_records(tx).where(under(hold)).with_only_columns(func.count())
    return tx.session.scalar(query) or 0


def under(hold: Hold) -> ColumnElement[bool]:
    """What of the records a hold, standing or not, names."""
    if hold.scope == HoldScope.RECORDS:
        return Record.id.in_(select(HoldRecord.record_id).where(HoldRecord.hold_id == hold.id))
    of_station = Record.station_id == hold.station_id
    if hold.scope == HoldScope.CUSTOMER:
        return and_(of_station, Record.customer_number == hold.customer_number)
    narrowed = [of_station]
    if hold.year_from is not None:
        narrowed.append(Record.year >= hold.year_from)
    if hold.year_to is not None:
        narrowed.append(Record.year <= hold.year_to)
    if hold.kind_code:
        kinds = select(RecordKind.id).where(RecordKind.code == hold.kind_code)
        narrowed.append(Record.kind_id.in_(kinds))
    return and_(*narrowed)


def _lines() -> Any:
    lifter = aliased(Person)
    return (
        select(Hold, Station, Person, lifter)
        .select_from(Hold)
        .join(Station, Station.id == Hold.station_id)
        .join(Person, Person.id == Hold.placed_by_id)
        .outerjoin(lifter, lifter.id == Hold.lifted_by_id)
    )


def _narrowed(tx: Transaction, query: Any, asked: HoldFilter) -> Any:
    tx.require(Permission.RETENTION_READ)
    stations = tx.actor.stations(Permission.RETENTION_READ)
    if stations is not None:
        query = query.where(Hold.station_id.in_(stations))
    if asked.kind in set(HoldKind):
        query = query.where(Hold.kind == asked.kind)
    if asked.station_id is not None:
        query = query.where(Hold.station_id == asked.station_id)
    if asked.state == "standing":
        query = query.where(Hold.lifted_at.is_(None))
    elif asked.state == "lifted":
        query = query.where(Hold.lifted_at.is_not(None))
    return query
