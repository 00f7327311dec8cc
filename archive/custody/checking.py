"""Checking a scan against a run of numbers without filing anything."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from archive.custody.numbers import NumberRun, key_of
from archive.custody.reading import Expected, PageReading
from archive.custody.reading_task import read_pages
from archive.custody.reconciliation import (
    CoverFacts,
    Finding,
    FindingCode,
    NumberStatus,
    Reconciliation,
    RegisterFacts,
    SeenStub,
    reconcile,
)
from archive.errors import Invalid
from archive.ingest.keeping import inspector
from archive.ingest.sandbox import Limits, run_pages
from archive.ocr import Box
from archive.settings import Settings

Progress = Callable[[int, int], None]
"""Called with pages read and pages in all."""


class NoSuchFile(Invalid):
    """A path that was given names no file that can be read."""


@dataclass(frozen=True, slots=True)
class CheckedNumber:
    """One number and where it stands; page 0 and no box where it stands nowhere."""

    number: str
    status: str
    page: int
    box: Box | None
    confidence: float


@dataclass(frozen=True, slots=True)
class Checked:
    """Everything a scan says about a run of numbers."""

    name: str
    rows: tuple[CheckedNumber, ...]
    findings: tuple[Finding, ...]
    outcome: Reconciliation
    seen: tuple[SeenStub, ...]

    @property
    def blocking(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.blocks)

    @property
    def all_accounted_for(self) -> bool:
        return not self.blocking

    def as_dict(self) -> dict[str, Any]:
        """The outcome as the command prints it with ``--json``."""
        numbers = self.outcome.numbers
        foreign = {FindingCode.FOREIGN, FindingCode.FOREIGN_CODE}
        return {
            "numbers": {row.number: _without_number(row) for row in self.rows},
            "missing": numbers(NumberStatus.MISSING),
            "duplicate": numbers(NumberStatus.DOUBLE),
            "foreign": [f.facts["number"] for f in self.findings if f.code in foreign],
            "void_marked": numbers(NumberStatus.VOID, NumberStatus.VOID_UNREGISTERED),
            "void_unmarked": numbers(NumberStatus.VOID_UNMARKED),
            "void_unregistered": numbers(NumberStatus.VOID_UNREGISTERED),
            "void_doubted": numbers(NumberStatus.VOID_DOUBTED),
            "unreadable": [
                {"page": stub.page, "box": stub.box, "guess": stub.guess, "why": stub.doubt}
                for stub in self.seen
                if stub.number is None
            ],
            "findings": [{"code": str(f.code), "facts": f.facts} for f in self.findings],
            "all_accounted_for": self.all_accounted_for,
        }


def check_scan(
    settings: Settings,
    paths: Sequence[Path],
    run: NumberRun,
    voids: frozenset[str],
    *,
    progress: Progress = lambda _done, _total: None,
) -> Checked:
    """Read a scan and compare it with ``run``, whose ``voids`` are registered as void.

    Raises:
        NoSuchFile, BadScan: the input is not usable.
        ReaderDied: the reading process ended on a page.
    """
    for path in paths:
        if not path.is_file():
            raise NoSuchFile(name=path.name)
    found = inspector(settings).inspect([(path, path.name) for path in paths])
    total = sum(file.pages for file in found)
    expected = Expected(widths=frozenset({len(run.first)}))
    limits = Limits(
        memory=settings.reader_memory_mb << 20, seconds_per_result=settings.page_seconds
    )
    readings: list[PageReading] = []
    args = (list(paths), 1, expected, settings.reader_threads, False)
    for result in run_pages(read_pages, args, limits=limits):
        readings.append(result.reading)
        progress(len(readings), total)
    return _compared(paths[0].name, readings, run, voids)


def _compared(
    name: str, readings: Sequence[PageReading], run: NumberRun, voids: frozenset[str]
) -> Checked:
    seen = tuple(stub for reading in readings for stub in _seen(reading, with_code=bool(run.code)))
    outcome = reconcile(
        bound=[run],
        issued=[run],
        register=RegisterFacts((run,), frozenset(key_of(run.code, void) for void in voids)),
        cover=CoverFacts(len(run), tuple(sorted(voids))),
        seen=seen,
        page_problems={item.page: [str(p) for p in item.problems] for item in readings},
    )
    rows = tuple(
        CheckedNumber(
            number=cell.number,
            status=str(cell.status),
            page=cell.places[0].page if cell.places else 0,
            box=cell.places[0].box if cell.places else None,
            confidence=round(cell.places[0].confidence, 3) if cell.places else 0.0,
        )
        for cell in outcome.cells
    )
    return Checked(name, rows, outcome.findings, outcome, seen)


def _seen(reading: PageReading, *, with_code: bool) -> list[SeenStub]:
    return [
        SeenStub(
            page=reading.page,
            box=stub.box,
            number=stub.number if stub.certain else None,
            code=stub.code if with_code else None,
            confidence=stub.confidence,
            void=_marked(stub.void is not None, stub.void is None or stub.void.certain),
            doubt=stub.doubt or "",
            guess=stub.number,
        )
        for stub in reading.stubs
    ]


def _marked(marked: bool, certain: bool) -> bool | None:
    return marked if certain else None


def _without_number(row: CheckedNumber) -> dict[str, Any]:
    return {key: value for key, value in asdict(row).items() if key != "number"}
