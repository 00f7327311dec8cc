"""Statistics of the holdings (统计) [seed 5.1]: by category, year, retention, pair, and by month.

Everything is counted over what the person may know of. What is restricted is counted too, as one
plain number at the end: nothing can be hidden by leaving it out of the count [seed 5.6].
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import pairwise
from typing import Any

from sqlalchemy import Select, case, func, select

from archive.access import Permission
from archive.clock import STATION_ZONE
from archive.holdings.file_plan import RecordKind
from archive.holdings.pair import Electronic, Pair, PairState
from archive.holdings.queries.records import visible_records
from archive.holdings.record import Record
from archive.people.person import Station
from archive.people.queries import stations_where
from archive.transaction import NoSuchThing, Transaction

MONTHS = 12

WITH_A_COPY = frozenset({Electronic.PRESENT, Electronic.CORRUPT})
"""Records with an electronic copy; one that was destroyed with its record counts no more."""


@dataclass(frozen=True, slots=True)
class HoldingStatistics:
    """The figures of one station, or of all one may see.

    Attributes:
        restricted: records there are that are not open to this person; in no other figure.
        months: records filed in each of the last twelve months at the station, this one last.
    """

    total: int
    restricted: int
    pages: int
    digitised: int
    categories: Mapping[str, int]
    years: Mapping[int, int]
    retentions: Mapping[str, int]
    pairs: Mapping[PairState, int]
    months: Mapping[str, int]

    @property
    def digitised_share(self) -> float:
        """Of a hundred records, how many have an electronic copy; 0 where there are none."""
        return self.digitised / self.total * 100 if self.total else 0.0


def statistics_stations(tx: Transaction) -> list[Station]:
    """The stations whose records this person may count."""
    tx.require(Permission.RECORD_READ)
    return stations_where(tx, Permission.RECORD_READ)


def holding_statistics(tx: Transaction, station_id: int | None = None) -> HoldingStatistics:
    """The figures of the holdings at one station; at every station one may see, without one.

    Raises:
        NoSuchThing: the station is none of one's own.
    """
    tx.require(Permission.RECORD_READ)
    if station_id is not None and not tx.can(Permission.RECORD_READ, station_id):
        raise NoSuchThing(thing="station", key=str(station_id))
    seen = _of(visible_records(tx), station_id)
    counted: dict[str, Counter[str]] = {name: Counter() for name in _GROUPS}
    years: Counter[int] = Counter()
    total = pages = digitised = 0
    for row in tx.session.execute(_grouped(seen)):
        total += row.n
        pages += row.pages or 0
        digitised += row.n if row.electronic in WITH_A_COPY else 0
        years[row.year] += row.n
        for name in _GROUPS:
            counted[name][str(getattr(row, name))] += row.n
    return HoldingStatistics(
        total,
        _reach(tx, station_id) - total,
        pages,
        digitised,
        dict(sorted(counted["category"].items())),
        dict(sorted(years.items())),
        dict(sorted(counted["retention"].items(), key=lambda one: _length(one[0]))),
        {state: counted["state"].get(str(state), 0) for state in PairState},
        _by_month(tx, seen),
    )


_GROUPS = ("category", "retention", "state")


def _grouped(seen: Select[Record]) -> Any:
    """How many records there are of each kind, year and state of the pair."""
    return (
        seen.join(Pair, Pair.record_id == Record.id)
        .join(RecordKind, RecordKind.id == Record.kind_id)
        .with_only_columns(
            RecordKind.category,
            RecordKind.retention,
            Record.year,
            Pair.state,
            Pair.electronic,
            func.count().label("n"),
            func.sum(case((Pair.paper_pages > 0, Pair.paper_pages), else_=Record.pages)).label(
                "pages"
            ),
        )
        .group_by(
            RecordKind.category,
            RecordKind.retention,
            Record.year,
            Pair.state,
            Pair.electronic,
        )
    )


def _reach(tx: Transaction, station_id: int | None) -> int:
    """How many records there are at these stations, open to this person or not."""
    query = select(func.count()).select_from(Record)
    stations = tx.actor.stations(Permission.RECORD_READ)
    if stations is not None:
        query = query.where(Record.station_id.in_(stations))
    if station_id is not None:
        query = query.where(Record.station_id == station_id)
    return tx.session.scalar(query) or 0


def _by_month(tx: Transaction, seen: Select[Record]) -> dict[str, int]:
    """Records filed in each of the last months; a month is the station's."""
    starts = month_starts(tx.today)
    begins = [_instant(day) for day in starts]
    sums = [
        func.sum(case(((Record.filed_at >= at) & (Record.filed_at < until), 1), else_=0))
        for at, until in pairwise(begins)
    ]
    recent = seen.where(Record.filed_at >= begins[0]).with_only_columns(*sums)
    row = tx.session.execute(recent).one()
    return {f"{day:%Y-%m}": n or 0 for day, n in zip(starts, row, strict=False)}


def month_starts(today: date) -> list[date]:
    """The first days of the last twelve months and of the next, in order."""
    this = today.year * 12 + today.month - 1
    return [date(at // 12, at % 12 + 1, 1) for at in range(this - MONTHS + 1, this + 2)]


def _instant(day: date) -> datetime:
    return datetime.combine(day, time(), STATION_ZONE).astimezone(UTC)


def _of(query: Select[Record], station_id: int | None) -> Select[Record]:
    return query if station_id is None else query.where(Record.station_id == station_id)


def _length(retention: str) -> int:
    return 1000 if retention == "Y" else int(retention.removeprefix("D"))
