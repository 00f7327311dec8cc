"""The next code of a series, given for good or not at all (DA/T 13-2022)."""

from sqlalchemy import func, select

from archive.holdings.code import ArchivalCode, CodeSeries, NotArchived
from archive.holdings.code_style import template_for
from archive.holdings.file_plan import Category, FilePlan, KindSuperseded, PlanState, RecordKind
from archive.holdings.fonds import Fonds
from archive.people.person import Station
from archive.transaction import Transaction


def next_code(tx: Transaction, *, kind_id: int, station_id: int, year: int) -> ArchivalCode:
    """The same for a record that follows from what somebody may do; asks nobody's leave.

    Raises:
        NotArchived, KindSuperseded, CodeUnfit, SeriesFull: no number is used.
    """
    kind = tx.get(RecordKind, kind_id)
    if not kind.archived:
        raise NotArchived(kind=kind.code)
    fonds = tx.get(Fonds, tx.get(FilePlan, kind.plan_id).fonds_id, lock=True)
    _check_in_force(tx, kind, fonds)
    series = _series(tx, kind, fonds, tx.get(Station, station_id).code, year)
    last = tx.session.scalar(
        select(func.max(ArchivalCode.number)).where(ArchivalCode.series_id == series.id)
    )
    number = (last or 0) + 1
    code = tx.add(
        ArchivalCode(
            text=series.code_for(number, fonds.code),
            series_id=series.id,
            number=number,
            kind_id=kind.id,
            assigned_by_id=tx.person_id,
            assigned_at=tx.now,
        )
    )
    tx.record("code.assigned", f"code:{code.text}", kind=kind.code)
    return code


def _check_in_force(tx: Transaction, kind: RecordKind, fonds: Fonds) -> None:
    """Refuse a kind that is not of the fonds' newest adopted version; the fonds is locked."""
    newest = tx.session.scalar(
        select(FilePlan.id)
        .where(FilePlan.fonds_id == fonds.id, FilePlan.state == PlanState.ADOPTED)
        .order_by(FilePlan.edition.desc())
        .limit(1)
    )
    if kind.plan_id != newest:
        raise KindSuperseded(kind=kind.code)


def _series(tx: Transaction, kind: RecordKind, fonds: Fonds, unit: str, year: int) -> CodeSeries:
    """The series the code is of, begun if this is its first; the fonds is locked."""
    wanted = select(CodeSeries).where(
        CodeSeries.fonds_id == fonds.id,
        CodeSeries.category == kind.category,
        CodeSeries.year == year,
        CodeSeries.retention == kind.retention,
        CodeSeries.unit == unit,
        CodeSeries.arrangement == kind.arrangement,
    )
    found = tx.session.scalar(wanted)
    if found is not None:
        return found
    category = tx.session.scalar(
        select(Category).where(Category.plan_id == kind.plan_id, Category.code == kind.category)
    )
    return tx.add(
        CodeSeries(
            fonds_id=fonds.id,
            category=kind.category,
            year=year,
            retention=kind.retention,
            unit=unit,
            arrangement=kind.arrangement,
            template=template_for(category, kind.arrangement),
        )
    )
