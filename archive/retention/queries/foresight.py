"""What falls due in the years to come, by kind, and which boxes come free with it.

Counted by the database, by kind and year of what starts the clock; only records with contents,
an explicit date or another version's line are worked out one by one.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Integer, Select, and_, case, cast, extract, func, select, union_all
from sqlalchemy.orm import aliased

from archive.access import Permission
from archive.customers.customer import Customer
from archive.holdings.content import RecordContent
from archive.holdings.file_plan import ClockStart, RecordKind
from archive.holdings.queries.records import visible_records
from archive.holdings.record import Record
from archive.retention.period import Due, DueState, is_event
from archive.retention.queries.due import GONE, due_of, rule_in
from archive.retention.trigger import ClockEvent, ExtendedPeriod, Reclassification
from archive.shelving.box import Box
from archive.shelving.movement import Whereabouts
from archive.transaction import Transaction

YEARS = 30

Ending = int | DueState
"""The year in which a record may be appraised, or why there is none."""


@dataclass(slots=True)
class KindAhead:
    """What is kept of one kind, by when it may be appraised."""

    kind: RecordKind
    endings: Counter[Ending] = field(default_factory=Counter)

    def in_year(self, year: int) -> int:
        """How many records fall due in that year."""
        return self.endings[year]

    def until(self, year: int) -> int:
        """How many are due by the end of that year."""
        return sum(n for at, n in self.endings.items() if isinstance(at, int) and at <= year)

    def after(self, year: int) -> int:
        """How many fall due later than that year."""
        return sum(n for at, n in self.endings.items() if isinstance(at, int) and at > year)


@dataclass(frozen=True, slots=True)
class Foresight:
    """Thirty years ahead.

    Attributes:
        first: this year; what was due before it counts with it.
        years: how many records fall due in each year.
        boxes, millimetres: boxes of which everything is due then, and the shelf they take.
    """

    first: int
    years: Mapping[int, int]
    kinds: tuple[KindAhead, ...]
    later: int
    waiting: int
    never: int
    boxes: Mapping[int, int]
    millimetres: Mapping[int, int]

    @property
    def last(self) -> int:
        """The last year looked at."""
        return self.first + YEARS - 1


def foresight(tx: Transaction, station_id: int | None = None) -> Foresight:
    """What falls due in each of the next thirty years, of what this person may know of."""
    tx.require(Permission.RETENTION_READ)
    first, look = tx.today.year, _Look(tx, station_id)
    ahead = look.kinds_ahead()
    last = first + YEARS - 1
    years = {year: sum(one.in_year(year) for one in ahead) for year in range(first, last + 1)}
    years[first] = sum(one.until(first) for one in ahead)
    boxes: Counter[int] = Counter()
    millimetres: Counter[int] = Counter()
    for year, thickness in look.boxes_that_come_free():
        if year <= last:
            boxes[max(year, first)] += 1
            millimetres[max(year, first)] += thickness
    return Foresight(
        first,
        years,
        tuple(ahead),
        sum(one.after(last) for one in ahead),
        sum(one.endings[DueState.NOT_STARTED] for one in ahead),
        sum(one.endings[DueState.NEVER] for one in ahead),
        boxes,
        millimetres,
    )


class _Look:
    """The records of one question: the many by kind and year, the few one by one."""

    def __init__(self, tx: Transaction, station_id: int | None) -> None:
        self.tx = tx
        self.records = visible_records(tx).where(Record.state.not_in(GONE))
        if station_id is not None:
            self.records = self.records.where(Record.station_id == station_id)
        self.kinds = {
            kind.id: kind for kind in tx.session.scalars(select(RecordKind)) if kind.archived
        }
        self.special = union_all(
            select(RecordContent.record_id).where(RecordContent.reason == ""),
            select(ExtendedPeriod.record_id),
            select(Reclassification.record_id),
        ).subquery()
        self.one_by_one = self._one_by_one()

    def kinds_ahead(self) -> list[KindAhead]:
        """By kind, in the order of the plan; a kind is the same in every version, by its code."""
        found: dict[str, KindAhead] = {}
        for kind in sorted(self.kinds.values(), key=lambda one: (one.number, -one.plan_id)):
            found.setdefault(kind.code, KindAhead(kind))
        for row in self._grouped(func.count().label("n")):
            kind = self.kinds[row.kind_id]
            found[kind.code].endings[_ending(kind, row.year)] += row.n
        for kind_id, due in self.one_by_one.values():
            found[self.kinds[kind_id].code].endings[_of(due)] += 1
        return [one for one in found.values() if one.endings]

    def boxes_that_come_free(self) -> Iterator[tuple[int, int]]:
        """For every box that will hold nothing to keep: the year, and how thick it is."""
        endings: dict[int, list[Ending]] = defaultdict(list)
        for row in self._grouped(Whereabouts.box_id, boxed=True):
            endings[int(row.box_id)].append(_ending(self.kinds[row.kind_id], row.year))
        lying = select(Whereabouts.record_id, Whereabouts.box_id).where(
            Whereabouts.box_id.is_not(None),
            Whereabouts.record_id.in_(select(self.special.c.record_id)),
        )
        for record_id, box_id in self.tx.session.execute(lying):
            if box_id is not None and record_id in self.one_by_one:
                endings[box_id].append(_of(self.one_by_one[record_id][1]))
        thickness = select(Box.id, Box.thickness_mm)
        for box_id, thick in self.tx.session.execute(thickness):
            years = [one for one in endings[box_id] if isinstance(one, int)]
            if years and len(years) == len(endings[box_id]):
                yield max(years), thick

    def _one_by_one(self) -> dict[int, tuple[int, Due]]:
        query = self.records.where(Record.id.in_(select(self.special.c.record_id)))
        kinds = {
            row.id: row.kind_id
            for row in self.tx.session.execute(query.with_only_columns(Record.id, Record.kind_id))
        }
        return {at: (kinds[at], due) for at, due in due_of(self.tx, kinds).items()}

    def _grouped(self, *columns: Any, boxed: bool = False) -> Iterator[Any]:
        """Rows of kind, year of the trigger (None: not come) and ``columns``."""
        by_event = [one.id for one in self.kinds.values() if is_event(ClockStart(one.starts))]
        plain = self.records.where(Record.id.not_in(select(self.special.c.record_id)))
        if boxed:
            plain = plain.join(Whereabouts, Whereabouts.record_id == Record.id)
            plain = plain.where(Whereabouts.box_id.is_not(None))
        others = [one for one in self.kinds if one not in by_event]
        by_year = plain.where(Record.kind_id.in_(others))
        for query, year in (
            (by_year, _year_of_record()),
            (_with_triggers(plain.where(Record.kind_id.in_(by_event))), _year_of_event()),
        ):
            grouped = query.with_only_columns(Record.kind_id, year.label("year"), *columns)
            by = [Record.kind_id, year, *(one for one in columns if one is Whereabouts.box_id)]
            yield from self.tx.session.execute(grouped.group_by(*by))


def _with_triggers(query: Select[Any]) -> Select[Any]:
    """Joined with the newest event each record's kind waits for, and the customer's dossier."""
    later = aliased(ClockEvent)
    newer = select(later.id).where(
        later.record_id == ClockEvent.record_id,
        later.starts == ClockEvent.starts,
        later.id > ClockEvent.id,
    )
    return (
        query.join(RecordKind, RecordKind.id == Record.kind_id)
        .outerjoin(
            ClockEvent,
            and_(
                ClockEvent.record_id == Record.id,
                ClockEvent.starts == RecordKind.starts,
                ~newer.exists(),
            ),
        )
        .outerjoin(
            Customer,
            and_(
                Customer.station_id == Record.station_id,
                Customer.number == Record.customer_number,
                RecordKind.starts == ClockStart.ACCOUNT_CLOSED,
            ),
        )
    )


def _year_of_record() -> Any:
    stubs = select(RecordKind.id).where(RecordKind.starts == ClockStart.LAST_ISSUE)
    return case((Record.kind_id.in_(stubs), _year(Record.formed_on)), else_=Record.year)


def _year_of_event() -> Any:
    return case(
        (Customer.id.is_not(None), _year(Customer.closed_on)), else_=_year(ClockEvent.happened_on)
    )


def _year(day: Any) -> Any:
    return cast(extract("year", day), Integer)


def _ending(kind: RecordKind, year: int | None) -> Ending:
    """In which year a record of the kind may be appraised whose clock started in ``year``."""
    years = rule_in(kind).years
    if years is None:
        return DueState.NEVER
    return DueState.NOT_STARTED if year is None else year + years + 1


def _of(due: Due) -> Ending:
    return due.eligible_from.year if due.eligible_from else due.state
