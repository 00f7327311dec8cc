"""Registers of the holdings (目录): which records stand in them, and what is told of each [seed 5.1].

Every register starts from what the person may know of. Who the parties of a record are is told
only where its kind has no personal data, or to whoever files records at its station.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select

from archive.access import Permission
from archive.customers.contents import place_in_dossier
from archive.customers.queries.customers import seen_customer
from archive.errors import Invalid
from archive.holdings.code import ArchivalCode, CodeSeries
from archive.holdings.file_plan import ClockStart, FilePlan, PersonalData, RecordKind
from archive.holdings.fonds import Fonds
from archive.holdings.pair import Pair
from archive.holdings.queries.records import RecordLine, visible_records
from archive.holdings.record import Record
from archive.people.person import Station
from archive.people.queries import stations_where
from archive.reports.personal import PeopleTold, people_told
from archive.shelving.box import Box
from archive.shelving.movement import Whereabouts
from archive.shelving.queries.reach import check_not_blind, check_shown
from archive.transaction import Transaction

BATCH = 1000
MOST_PRINTED = 2000
"""Lines one printed register holds; a spreadsheet holds more."""

ACCOUNTING = "KU"
"""First letters of the categories of accounting files (会计档案)."""


class TooManyToPrint(Invalid):
    """A register longer than can be printed and bound; narrow it, or take the spreadsheet."""


class NothingToPrint(Invalid):
    """No record fits what was asked for, so there is no register of it."""


@dataclass(frozen=True, slots=True)
class RegisterChoice:
    """Which records a register is of; empty fields do not narrow."""

    year: int | None = None
    retention: str = ""
    category: str = ""
    station_id: int | None = None


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """A record as a register tells of it, and who its people are as far as they are told."""

    record: Record
    kind: RecordKind
    pair: Pair
    station: Station
    people: PeopleTold

    @property
    def pages(self) -> int:
        """As counted on the paper, or as it was described when there is no paper yet."""
        return self.pair.paper_pages or self.record.pages

    @property
    def number(self) -> str:
        """件号 or 案卷号: what its code ends in."""
        return self.record.code.rpartition("-")[2]

    def kept_years(self, year: int) -> int | None:
        """Whole years kept by the beginning of ``year``; None while its clock has not started.

        A year's records start on 1 January after it (会计档案管理办法 art. 14).
        """
        if self.kind.starts != ClockStart.YEAR_END:
            return None
        return max(year - self.record.year - 1, 0)


@dataclass(frozen=True, slots=True)
class RegisterChoices:
    """What the registers of this person can be narrowed to."""

    years: tuple[int, ...]
    retentions: tuple[str, ...]
    categories: tuple[str, ...]
    stations: tuple[Station, ...]


def choices(tx: Transaction) -> RegisterChoices:
    """The years, retentions, categories and stations of the records this person may know of."""
    tx.require(Permission.RECORD_READ)
    years = tx.session.scalars(visible_records(tx).with_only_columns(Record.year).distinct())
    filed = visible_records(tx).with_only_columns(Record.kind_id).distinct()
    kinds = tx.session.execute(
        select(RecordKind.category, RecordKind.retention)
        .where(RecordKind.id.in_(filed.scalar_subquery()))
        .distinct()
    ).all()
    return RegisterChoices(
        tuple(sorted(years, reverse=True)),
        tuple(sorted({kind.retention for kind in kinds})),
        tuple(sorted({kind.category for kind in kinds})),
        tuple(stations_where(tx, Permission.RECORD_READ)),
    )


def register_lines(tx: Transaction, asked: RegisterChoice) -> Iterator[RegisterLine]:
    """The records asked for, in the order of their codes."""
    query = _described(visible_records(tx))
    exact: Sequence[tuple[Any, Any]] = (
        (Record.year, asked.year),
        (Record.station_id, asked.station_id),
        (RecordKind.retention, asked.retention or None),
    )
    for column, wanted in exact:
        if wanted is not None:
            query = query.where(column == wanted)
    if asked.category:
        query = query.where(RecordKind.category.startswith(asked.category, autoescape=True))
    found = tx.session.execute(query.execution_options(yield_per=BATCH))
    return (_line(tx, row) for row in found)


def box_lines(tx: Transaction, box_id: int) -> tuple[Box, list[RegisterLine]]:
    """A box and what is in it, in the order of the codes; not for whoever is counting it.

    Raises:
        NoSuchThing: it is not at one's stations.
        CountedBlind: this person is counting there.
    """
    box = tx.get(Box, box_id)
    check_shown(tx, box.station_id, "box", box_id)
    check_not_blind(tx, box.station_id)
    query = (
        _described(visible_records(tx))
        .join(Whereabouts, Whereabouts.record_id == Record.id)
        .where(Whereabouts.box_id == box.id)
    )
    return box, [_line(tx, row) for row in tx.session.execute(query)]


def dossier_lines(tx: Transaction, customer_id: int) -> tuple[str, list[RegisterLine]]:
    """A customer's number and the records of the dossier, in its order; nothing sensitive.

    Raises:
        NoSuchThing: this person may not know of the customer.
    """
    customer = seen_customer(tx, customer_id)
    query = _described(visible_records(tx)).where(
        Record.station_id == customer.station_id,
        Record.customer_number == customer.number,
        RecordKind.personal != PersonalData.SENSITIVE,
    )
    lines = [_line(tx, row) for row in tx.session.execute(query)]
    lines.sort(
        key=lambda line: (
            place_in_dossier(line.kind.code),
            line.record.formed_on,
            line.record.id,
        )
    )
    return customer.number, lines


def fonds_of(tx: Transaction, lines: Sequence[RegisterLine]) -> list[Fonds]:
    """The fonds these records are of."""
    plans = {line.kind.plan_id for line in lines}
    fonds = select(FilePlan.fonds_id).where(FilePlan.id.in_(plans))
    return list(tx.session.scalars(select(Fonds).where(Fonds.id.in_(fonds)).order_by(Fonds.code)))


def check_printable(lines: Sequence[RegisterLine]) -> None:
    """Refuse a register nobody could print or bind.

    Raises:
        NothingToPrint, TooManyToPrint: narrow it otherwise.
    """
    if not lines:
        raise NothingToPrint
    if len(lines) > MOST_PRINTED:
        raise TooManyToPrint(rows=len(lines), most=MOST_PRINTED)


def _described(query: Select[Record]) -> Select[Any]:
    return (
        query.add_columns(RecordKind, Pair, Station)
        .join(RecordKind, RecordKind.id == Record.kind_id)
        .join(Pair, Pair.record_id == Record.id)
        .join(Station, Station.id == Record.station_id)
        .join(ArchivalCode, ArchivalCode.text == Record.code)
        .join(CodeSeries, CodeSeries.id == ArchivalCode.series_id)
        .order_by(
            CodeSeries.category,
            CodeSeries.year,
            CodeSeries.retention,
            CodeSeries.unit,
            CodeSeries.arrangement,
            ArchivalCode.number,
            Record.id,
        )
    )


def _line(tx: Transaction, row: Any) -> RegisterLine:
    record, kind, pair, station = row
    told = people_told(tx, RecordLine(record, kind, pair, station))
    return RegisterLine(record, kind, pair, station, told)
