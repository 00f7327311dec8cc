"""When records fall due: worked out for a few of them, or asked of the database for all.

Both say the same (``domain.md`` §2.5): ``due_of`` with the reasons, by the pure engine;
``due_select`` as one question whose years are constants, for a sweep over a million records.
Neither looks at holds.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import MINYEAR, date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, tuple_, union_all
from sqlalchemy.orm import aliased

from archive.customers.customer import Customer
from archive.holdings.content import PlanContent, RecordContent
from archive.holdings.file_plan import ClockStart, RecordKind
from archive.holdings.queries.records import visible_records
from archive.holdings.record import Record
from archive.retention.period import Due, DueState, Reason, Rule, due, is_event, rule_of
from archive.retention.trigger import ClockEvent, ExtendedPeriod, Reclassification
from archive.transaction import Transaction

__all__ = ["Due", "DueState", "Reason", "due_of", "due_select"]

AT_ONCE = 5_000
"""Ids in one question; SQLite takes 32,766."""

GONE = ("destroying", "destroyed")
"""States of records that fall due no more."""

Line = RecordKind | PlanContent


@dataclass(slots=True)
class _Facts:
    """What the dates of one record follow from."""

    kind_id: int
    year: int
    formed_on: date
    has_dossier: bool
    closed_on: date | None
    contents: list[int] = field(default_factory=list)
    events: dict[str, date] = field(default_factory=dict)
    kept_until: date | None = None

    def trigger(self, starts: ClockStart | None) -> date | None:
        """The day that starts a clock; None while it has not come.

        The dossier tells when an account was closed; where there is none, somebody does.
        """
        if starts == ClockStart.YEAR_END:
            return date(self.year, 12, 31)
        if starts == ClockStart.LAST_ISSUE:
            return self.formed_on
        if starts == ClockStart.ACCOUNT_CLOSED and self.has_dossier:
            return self.closed_on
        return self.events.get(str(starts))


def due_of(
    tx: Transaction, record_ids: Collection[int], *, on: date | None = None
) -> dict[int, Due]:
    """How long each of these records is kept and why, as of ``on`` (None: today).

    For verbs and pages that have looked at the records; it asks nobody's leave.
    """
    found: dict[int, Due] = {}
    day = on or tx.today
    kinds: dict[int, Rule] = {}
    contents: dict[int, Rule] = {}
    for ids in _pieces(record_ids):
        facts = _facts(tx, ids)
        kinds |= _rules(tx, RecordKind, {one.kind_id for one in facts.values()} - kinds.keys())
        held = {line for one in facts.values() for line in one.contents}
        contents |= _rules(tx, PlanContent, held - contents.keys())
        for record_id, one in facts.items():
            rules = [kinds[one.kind_id], *(contents[line] for line in sorted(one.contents))]
            applied = [(rule, one.trigger(rule.starts)) for rule in rules]
            found[record_id] = due(applied, day, kept_until=one.kept_until)
    return found


def _rules(
    tx: Transaction, noun: type[RecordKind] | type[PlanContent], ids: Collection[int]
) -> dict[int, Rule]:
    """The rules of these lines, whatever version they stand in."""
    if not ids:
        return {}
    lines: Iterable[Line] = tx.session.scalars(select(noun).where(noun.id.in_(ids)))
    return {line.id: rule_in(line) for line in lines}


def kind_kept_by(tx: Transaction, record: Record) -> int:
    """The line the record is kept by: the one it was filed under, or the one it was moved to."""
    moved = tx.session.scalars(_newest(Reclassification, [record.id])).first()
    return moved.to_kind_id if moved else record.kind_id


def rule_in(line: Line) -> Rule:
    """The rule that a line of the schedule makes."""
    return rule_of(
        line.retention,
        ClockStart(line.starts),
        code=line.code,
        name_zh=line.name_zh,
        name_en=line.name_en,
        clause=line.legal_basis,
    )


def _facts(tx: Transaction, ids: list[int]) -> dict[int, _Facts]:
    rows = tx.session.execute(
        select(
            Record.id,
            Record.kind_id,
            Record.year,
            Record.formed_on,
            Customer.id.is_not(None),
            Customer.closed_on,
        )
        .outerjoin(Customer, _own_dossier())
        .where(Record.id.in_(ids))
    )
    facts = {row[0]: _Facts(row[1], row[2], row[3], row[4], row[5]) for row in rows}
    holding = select(RecordContent.record_id, RecordContent.content_id).where(
        RecordContent.record_id.in_(ids), RecordContent.reason == ""
    )
    for record_id, content_id in tx.session.execute(holding):
        facts[record_id].contents.append(content_id)
    events = newest_events(ids).with_only_columns(
        ClockEvent.record_id, ClockEvent.starts, ClockEvent.happened_on
    )
    for record_id, starts, happened_on in tx.session.execute(events):
        facts[record_id].events[str(starts)] = happened_on
    longer = _newest(ExtendedPeriod, ids).with_only_columns(
        ExtendedPeriod.record_id, ExtendedPeriod.new_due_on
    )
    for record_id, new_due_on in tx.session.execute(longer):
        facts[record_id].kept_until = new_due_on
    moved = _newest(Reclassification, ids).with_only_columns(
        Reclassification.record_id, Reclassification.to_kind_id
    )
    for record_id, kind_id in tx.session.execute(moved):
        facts[record_id].kind_id = kind_id
    return facts


def due_select(tx: Transaction, on: date) -> Select[int]:
    """Ids of the records this person may know of that may be appraised on the day ``on``.

    What is destroyed is left out, whatever is held is not: see ``sweep``.
    """
    kinds = tx.session.scalars(select(RecordKind)).all()
    started = _started(kinds, Record, "kind_id", on).subquery()  # one row at most for each record
    lapsed_kinds = _lapsed(kinds, Record.kind_id, started.c.id.is_not(None), on)
    moved = select(Reclassification.record_id.label("record_id")).distinct().subquery()
    moved_and_lapsed = (
        select(Reclassification.record_id)
        .join(Record, Record.id == Reclassification.record_id)
        .where(
            Reclassification.id.in_(_newest_ids(Reclassification)),
            _lapsed(
                kinds,
                Reclassification.to_kind_id,
                Reclassification.id.in_(_started(kinds, Reclassification, "to_kind_id", on)),
                on,
            ),
        )
    )
    lines = tx.session.scalars(select(PlanContent)).all()
    holding = RecordContent.id.in_(_started(lines, RecordContent, "content_id", on))
    by_contents = (
        select(RecordContent.record_id.label("record_id"))
        .join(Record, Record.id == RecordContent.record_id)
        .where(
            RecordContent.reason == "",
            ~_lapsed(lines, RecordContent.content_id, holding, on),
        )
    )
    kept = union_all(
        by_contents, _kept_longer(on)
    ).subquery()  # joined: PostgreSQL hashes any number so
    return (
        visible_records(tx)
        .with_only_columns(Record.id)
        .outerjoin(started, started.c.id == Record.id)
        .outerjoin(moved, moved.c.record_id == Record.id)
        .outerjoin(kept, kept.c.record_id == Record.id)
        .where(
            or_(
                and_(lapsed_kinds, moved.c.record_id.is_(None)),
                Record.id.in_(moved_and_lapsed),
            ),
            Record.state.not_in(GONE),
            kept.c.record_id.is_(None),
        )
    )


def _kept_longer(on: date) -> Select[Any]:
    """Ids of what an appraisal keeps beyond the day ``on``."""
    newest = ExtendedPeriod.id.in_(_newest_ids(ExtendedPeriod))
    return select(ExtendedPeriod.record_id).where(newest, ExtendedPeriod.new_due_on > on)


def newest_events(record_ids: Collection[int] | None = None) -> Select[ClockEvent]:
    """The events that count: the newest of each kind of each record (of these, if any are named)."""
    newest = select(func.max(ClockEvent.id)).group_by(ClockEvent.record_id, ClockEvent.starts)
    if record_ids is not None:
        newest = newest.where(ClockEvent.record_id.in_(record_ids))
    return select(ClockEvent).where(ClockEvent.id.in_(newest))


def _alike(lines: Iterable[Line], on: date) -> list[tuple[ClockStart, int, list[int]]]:
    """What starts lines, and in which year it did at the latest if they are over: the lines' ids."""
    alike: dict[tuple[ClockStart, int], list[int]] = defaultdict(list)
    for line in lines:
        years = rule_in(line).years if line.retention else None
        if years is not None and on.year - years > MINYEAR:
            alike[ClockStart(line.starts), on.year - years].append(line.id)
    return [(starts, year, sorted(ids)) for (starts, year), ids in sorted(alike.items())]


def _lapsed(
    lines: Iterable[Line], line_id: Any, started: ColumnElement[bool], on: date
) -> ColumnElement[bool]:
    """Whether the period of the line has run out on the day ``on``; never for 永久."""
    tests: list[ColumnElement[bool]] = [false(), started]
    for starts, year, ids in _alike(lines, on):
        if starts == ClockStart.YEAR_END:
            tests.append(and_(line_id.in_(ids), Record.year < year))
        elif starts == ClockStart.LAST_ISSUE:
            tests.append(and_(line_id.in_(ids), Record.formed_on < date(year, 1, 1)))
        elif starts == ClockStart.ACCOUNT_CLOSED:
            closed = _dossiers().where(Customer.closed_on < date(year, 1, 1))
            tests.append(and_(line_id.in_(ids), _dossier(Record).in_(closed)))
    return or_(*tests)


def _started(lines: Iterable[Line], noun: Any, line: str, on: date) -> Select[Any]:
    """Ids of what somebody entered an event for that started its line's clock long enough ago.

    One question for all events: the database answers it once, whatever the number of records.
    An account is closed by its dossier; where there is one, no event counts.
    """
    of, later = aliased(noun), aliased(ClockEvent)
    record: Any = of if noun is Record else aliased(Record)
    tests: list[ColumnElement[bool]] = [false()]
    for starts, year, ids in _alike(lines, on):
        if is_event(starts):
            happened = and_(ClockEvent.starts == starts, ClockEvent.happened_on < date(year, 1, 1))
            if starts == ClockStart.ACCOUNT_CLOSED:
                happened = and_(happened, _dossier(record).not_in(_dossiers()))
            tests.append(and_(getattr(of, line).in_(ids), happened))
    newer = select(later.id).where(
        later.record_id == ClockEvent.record_id,
        later.starts == ClockEvent.starts,
        later.id > ClockEvent.id,
    )
    started = select(of.id)
    if noun is not Record:
        started = started.join(record, record.id == of.record_id)
    started = started.join(ClockEvent, ClockEvent.record_id == record.id)
    return started.where(or_(*tests), ~newer.exists())


def _dossier(record: Any) -> Any:
    return tuple_(record.station_id, record.customer_number)


def _dossiers() -> Select[int, str]:
    return select(Customer.station_id, Customer.number)


def _own_dossier() -> ColumnElement[bool]:
    return and_(Customer.station_id == Record.station_id, Customer.number == Record.customer_number)


def _newest_ids(noun: Any) -> Select[int]:
    return select(func.max(noun.id)).group_by(noun.record_id)


def _newest(noun: Any, ids: list[int]) -> Select[Any]:
    """The newest entry of each of these records."""
    return select(noun).where(noun.id.in_(_newest_ids(noun).where(noun.record_id.in_(ids))))


def _pieces(record_ids: Collection[int]) -> Iterator[list[int]]:
    ids = sorted(set(record_ids))
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]
