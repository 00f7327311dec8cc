"""Reads about the register of a batch: its lines page by page, its totals, what it is about.

A register has up to ten thousand lines, so nothing here reads more of them than it gives; what
the whole comes to the database adds up.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from archive.holdings.file_plan import RecordKind
from archive.holdings.record import Record
from archive.retention.batch import BatchItem, ItemState
from archive.retention.queries.batches import seen_batch
from archive.transaction import Transaction

UNSETTLED = "open"
"""The filter for lines that neither were destroyed nor stay in the archive."""

_SETTLED = (ItemState.WITHHELD, ItemState.DESTROYED)
_pages = BatchItem.told["pages"].as_integer()
_year = BatchItem.told["year"].as_integer()
_retention = BatchItem.told["retention"].as_string()
_opinion = BatchItem.told["opinion"].as_string()

ORDERS: Mapping[str, Any] = {
    "position": BatchItem.position,
    "code": BatchItem.told["code"].as_string(),
    "title": BatchItem.told["title"].as_string(),
    "year": _year,
    "through": BatchItem.told["protected_through"].as_string(),
    "pages": _pages,
}
"""What a register may be ordered by; ``-`` in front turns it round."""


@dataclass(frozen=True, slots=True)
class LineFilter:
    """What a register is narrowed to; empty fields do not narrow.

    Attributes:
        state: a state of a line, or ``open`` for what is not settled.
        kind: the code of a kind of the file plan.
        retention: a period as the register writes it.
    """

    state: str = ""
    kind: str = ""
    year: int | None = None
    retention: str = ""


@dataclass(frozen=True, slots=True)
class RegisterTotals:
    """What lines of a register come to."""

    items: int = 0
    pages: int = 0
    electronic: int = 0
    kinds: int = 0
    first_year: int | None = None
    last_year: int | None = None


@dataclass(frozen=True, slots=True)
class RegisterGroup:
    """Lines of one year and period; ``title`` is that of the first."""

    year: int
    retention: str
    title: str
    items: int
    pages: int


@dataclass(frozen=True, slots=True)
class KindListed:
    """A kind a register has lines of."""

    code: str
    name_zh: str
    name_en: str
    items: int


def items_page(
    tx: Transaction,
    batch_id: int,
    asked: LineFilter | None = None,
    *,
    order: str = "position",
    limit: int,
    offset: int = 0,
) -> list[BatchItem]:
    """Lines of a register, narrowed and ordered.

    Raises:
        NoSuchThing: there is no such batch this person may know of.
    """
    seen_batch(tx, batch_id)
    by = ORDERS[order.removeprefix("-")]
    turned = by.desc() if order.startswith("-") else by
    query = _lines(select(BatchItem), batch_id, asked).order_by(turned, BatchItem.position)
    return list(tx.session.scalars(query.limit(limit).offset(offset)))


def register_totals(
    tx: Transaction, batch_id: int, asked: LineFilter | None = None
) -> RegisterTotals:
    """What the lines come to: how many, of how many pages, kinds and years.

    Raises:
        NoSuchThing: there is no such batch this person may know of.
    """
    seen_batch(tx, batch_id)
    electronic = func.count().filter(BatchItem.content_digest != "")
    query = select(
        func.count(),
        func.coalesce(func.sum(_pages), 0),
        electronic,
        func.count(RecordKind.code.distinct()),
        func.min(_year),
        func.max(_year),
    )
    row = tx.session.execute(_of_kinds(_lines(query, batch_id, asked, joined=True))).one()
    return RegisterTotals(*row)


def kinds_listed(tx: Transaction, batch_id: int) -> list[KindListed]:
    """The kinds a register has lines of, by code.

    Raises:
        NoSuchThing: there is no such batch this person may know of.
    """
    seen_batch(tx, batch_id)
    query: Any = select(
        RecordKind.code, func.min(RecordKind.name_zh), func.min(RecordKind.name_en), func.count()
    )
    query = _of_kinds(_lines(query, batch_id, None, joined=True))
    rows = tx.session.execute(query.group_by(RecordKind.code).order_by(RecordKind.code))
    return [KindListed(*row) for row in rows]


def register_groups(
    tx: Transaction, batch_id: int, *, withheld: bool = False
) -> list[RegisterGroup]:
    """The register in few lines, by year and period; ``withheld`` lines only when asked for.

    Raises:
        NoSuchThing: there is no such batch this person may know of.
    """
    seen_batch(tx, batch_id)
    own = select(
        BatchItem.position,
        _year.label("year"),
        _retention.label("retention"),
        _pages.label("pages"),
    ).where(BatchItem.batch_id == batch_id)
    if not withheld:
        own = own.where(BatchItem.state != ItemState.WITHHELD)
    lines = own.subquery()
    by = (lines.c.year, lines.c.retention)
    rows = tx.session.execute(
        select(*by, func.min(lines.c.position), func.count(), func.sum(lines.c.pages))
        .group_by(*by)
        .order_by(*by)
    ).all()
    firsts = select(BatchItem.position, BatchItem.told).where(
        BatchItem.batch_id == batch_id, BatchItem.position.in_([row[2] for row in rows])
    )
    titles = {position: told["title"] for position, told in tx.session.execute(firsts)}
    return [
        RegisterGroup(year, retention, titles[first], items, pages)
        for year, retention, first, items, pages in rows
    ]


def reasons_given(tx: Transaction, batch_id: int, *, most: int) -> list[tuple[str, int]]:
    """Why the panel found the records worthless, the reason given most often first.

    Raises:
        NoSuchThing: there is no such batch this person may know of.
    """
    seen_batch(tx, batch_id)
    said = select(_opinion.label("reason")).where(BatchItem.batch_id == batch_id).subquery()
    times = func.count()
    rows = tx.session.execute(
        select(said.c.reason, times)
        .group_by(said.c.reason)
        .order_by(times.desc(), said.c.reason)
        .limit(most)
    )
    return [(reason, count) for reason, count in rows]


def _lines(
    query: Select[Any], batch_id: int, asked: LineFilter | None, *, joined: bool = False
) -> Select[Any]:
    """The lines of a batch that were asked for; with ``joined`` the query has the kinds already."""
    asked = asked or LineFilter()
    query = query.where(BatchItem.batch_id == batch_id)
    if asked.state == UNSETTLED:
        query = query.where(BatchItem.state.not_in(_SETTLED))
    elif asked.state:
        query = query.where(BatchItem.state == asked.state)
    if asked.year is not None:
        query = query.where(_year == asked.year)
    if asked.retention:
        query = query.where(_retention == asked.retention)
    if not asked.kind:
        return query
    if joined:
        return query.where(RecordKind.code == asked.kind)
    of_kind = (
        select(Record.id)
        .join(RecordKind, RecordKind.id == Record.kind_id)
        .where(RecordKind.code == asked.kind)
    )
    return query.where(BatchItem.record_id.in_(of_kind))


def _of_kinds(query: Select[Any]) -> Select[Any]:
    return (
        query.select_from(BatchItem)
        .join(Record, Record.id == BatchItem.record_id)
        .join(RecordKind, RecordKind.id == Record.kind_id)
    )
