"""Reads about imports."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import func, select

from archive.access import Permission
from archive.holdings.queries.plans import fonds_with_plan, plan_in_force
from archive.importing.cell import cell_kept
from archive.importing.fields import FIELDS, Known, RowRead, proposed_columns, read_row
from archive.importing.run import (
    ColumnMemory,
    ColumnsMissing,
    ImportRow,
    ImportRun,
    Outcome,
    Target,
)
from archive.people.person import Person, Station
from archive.transaction import NoSuchThing, Transaction

PREVIEWED = 20
READ_AT_ONCE = 500
PROBLEMS_SHOWN = 200


@dataclass(frozen=True, slots=True)
class RunLine:
    """An import as a list shows it."""

    run: ImportRun
    station: Station
    by: Person
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class RowSeen:
    """A row with what it says."""

    row: ImportRow
    read: RowRead
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RunSeen:
    """An import with its first good rows and its bad ones."""

    run: ImportRun
    station: Station
    counts: Mapping[str, int]
    first: tuple[RowSeen, ...]
    wrong: tuple[ImportRow, ...]

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Judged:
    """What a choice of columns makes of the rows: the problems, by row, of those that change.

    ``version`` is that of the import they were read at.
    """

    columns: Mapping[str, int]
    kind_code: str
    changed: Mapping[int, list[list[str]]]
    version: int


def import_stations(tx: Transaction) -> list[Station]:
    """The stations this person may import registers for."""
    tx.require(Permission.REGISTER_IMPORT)
    query = select(Station).order_by(Station.code)
    where = tx.actor.stations(Permission.REGISTER_IMPORT)
    return list(tx.session.scalars(query if where is None else query.where(Station.id.in_(where))))


def runs(tx: Transaction, limit: int = 50) -> list[RunLine]:
    """The last imports, the newest first."""
    stations = [station.id for station in import_stations(tx)]
    found = tx.session.execute(
        select(ImportRun, Station, Person)
        .join(Station, Station.id == ImportRun.station_id)
        .join(Person, Person.id == ImportRun.received_by_id)
        .where(ImportRun.station_id.in_(stations))
        .order_by(ImportRun.id.desc())
        .limit(limit)
    )
    return [RunLine(run, station, by, counts_of(tx, run.id)) for run, station, by in found]


def run_seen(tx: Transaction, run_id: int) -> RunSeen:
    """One import.

    Raises:
        NoSuchThing: there is none, or this person may not know of it.
    """
    run = tx.get(ImportRun, run_id)
    if not tx.can(Permission.REGISTER_IMPORT, run.station_id):
        raise NoSuchThing(thing="import", key=str(run_id))
    rows = select(ImportRow).where(ImportRow.run_id == run.id).order_by(ImportRow.line)
    good = rows.where(ImportRow.outcome == Outcome.WAITING).limit(PREVIEWED)
    known = known_for(tx, run)
    first = []
    for row in tx.session.scalars(good):
        cells = [cell_kept(one) for one in row.cells]
        texts = tuple(cell.text for cell in cells)
        first.append(RowSeen(row, read_row(run.target, run.columns, cells, known), texts))
    wrong = rows.where(ImportRow.outcome == Outcome.WRONG).limit(PROBLEMS_SHOWN)
    return RunSeen(
        run,
        tx.get(Station, run.station_id),
        counts_of(tx, run.id),
        tuple(first),
        tuple(tx.session.scalars(wrong)),
    )


def counts_of(tx: Transaction, run_id: int) -> dict[str, int]:
    """How many rows of each outcome an import has."""
    found = tx.session.execute(
        select(ImportRow.outcome, func.count())
        .where(ImportRow.run_id == run_id)
        .group_by(ImportRow.outcome)
    )
    return {str(outcome): count for outcome, count in found}


def columns_for(tx: Transaction, run: ImportRun) -> tuple[dict[str, int], str]:
    """The columns as they were said, or as they are remembered, or as they seem; and the kind."""
    tx.require(Permission.REGISTER_IMPORT, run.station_id)
    if run.columns:
        return dict(run.columns), run.kind_code
    memories = tx.session.scalars(
        select(ColumnMemory)
        .where(ColumnMemory.station_id == run.station_id, ColumnMemory.target == run.target)
        .order_by((ColumnMemory.register == run.register).desc(), ColumnMemory.id.desc())
    )
    memory = memories.first()
    remembered = memory.headings if memory else {}
    columns = proposed_columns(run.target, run.headings, remembered)
    return columns, memory.kind_code if memory else ""


def rows_judged(
    tx: Transaction, run_id: int, *, columns: Mapping[str, int], kind_code: str
) -> Judged:
    """What reading every row by these columns changes.

    Raises:
        ColumnsMissing: a column that is needed is not named.
    """
    run = tx.get(ImportRun, run_id)
    tx.require(Permission.REGISTER_IMPORT, run.station_id)
    fields = {field.key for field in FIELDS[run.target]}
    asked = {
        key: at for key, at in columns.items() if key in fields and 0 <= at < len(run.headings)
    }
    _check_columns(run, asked, kind_code)
    known = replace(known_for(tx, run), kind_code=kind_code)
    rows = select(ImportRow.id, ImportRow.cells, ImportRow.problems, ImportRow.outcome).where(
        ImportRow.run_id == run.id, ImportRow.outcome.in_((Outcome.WAITING, Outcome.WRONG))
    )
    changed = {}
    for row in tx.session.execute(rows.execution_options(yield_per=READ_AT_ONCE)):
        read = read_row(run.target, asked, [cell_kept(one) for one in row.cells], known)
        problems = [[key, str(code)] for key, code in read.problems]
        outcome = Outcome.WRONG if problems else Outcome.WAITING
        if (problems, outcome) != (row.problems, row.outcome):
            changed[row.id] = problems
    return Judged(asked, kind_code, changed, run.version)


def _check_columns(run: ImportRun, asked: Mapping[str, int], kind_code: str) -> None:
    for field in FIELDS[run.target]:
        if field.needed and field.key not in asked:
            raise ColumnsMissing(field=field.key)
    if run.target == Target.RECORDS and "kind" not in asked and not kind_code:
        raise ColumnsMissing(field="kind_code")


def known_for(tx: Transaction, run: ImportRun) -> Known:
    """What the rows of an import are read by."""
    kinds = plan_in_force(tx).kinds if run.target == Target.RECORDS and fonds_with_plan(tx) else ()
    return Known(kinds, run.kind_code, tx.today, run.register)
