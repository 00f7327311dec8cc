"""Reconciliation (核对): four sets compared number by number.

What was **issued**, what the **register** of use says, what the **cover** says, and what the
**scan** shows. Pure: it is handed the four sets and gives a status for every number and a list
of findings, the same for the desk, the gate and ``archive stubs check``.

A count is never compared instead of a set: 99 valid + 1 void = 100 though one number is missing
and one doubled (``domain.md`` §9, trap 14).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from archive.custody.numbers import NumberRun, key_of, number_of
from archive.ocr import Box


class NumberStatus(StrEnum):
    """What is known of one number of the volume; the grid's cells."""

    FOUND = "found"
    VOID = "void"
    MISSING = "missing"
    DOUBLE = "double"
    VOID_UNMARKED = "void-unmarked"
    VOID_UNREGISTERED = "void-unregistered"
    VOID_DOUBTED = "void-doubted"
    NOT_ISSUED = "not-issued"
    NOT_REGISTERED = "not-registered"
    NOT_SCANNED = "not-scanned"


class FindingCode(StrEnum):
    """What a check can find; one sentence each in the catalogue ``finding.<code>``."""

    MISSING = "missing"
    DOUBLE = "double"
    FOREIGN = "foreign"
    FOREIGN_CODE = "foreign-code"
    OTHER_VOLUME = "other-volume"
    UNREADABLE = "unreadable"
    VOID_NOT_MARKED = "void-not-marked"
    VOID_NOT_REGISTERED = "void-not-registered"
    VOID_DOUBTED = "void-doubted"
    NOT_ISSUED = "not-issued"
    NOT_REGISTERED = "not-registered"
    COVER_VOID_NOT_REGISTERED = "cover-void-not-registered"
    REGISTERED_VOID_NOT_ON_COVER = "registered-void-not-on-cover"
    COUNT_DIFFERS = "count-differs"
    KWH_DIFFERS = "kwh-differs"
    AMOUNT_DIFFERS = "amount-differs"
    NO_STUB_ON_PAGE = "no-stub-on-page"
    PAGE_CUT = "page-cut"
    PAGE_UPSIDE_DOWN = "page-upside-down"
    PAGE_BLANK = "page-blank"
    PAGE_FAINT = "page-faint"
    PAGE_NOT_READ = "page-not-read"
    NOT_SCANNED = "not-scanned"


NOTES = frozenset({FindingCode.PAGE_UPSIDE_DOWN, FindingCode.PAGE_BLANK, FindingCode.PAGE_FAINT})
"""Findings that tell something but stand in nobody's way."""

PAGE_PROBLEMS = {
    "no-stub-found": FindingCode.NO_STUB_ON_PAGE,
    "cut": FindingCode.PAGE_CUT,
    "upside-down": FindingCode.PAGE_UPSIDE_DOWN,
    "sideways": FindingCode.PAGE_UPSIDE_DOWN,
    "blank": FindingCode.PAGE_BLANK,
    "faint": FindingCode.PAGE_FAINT,
    "not-read": FindingCode.PAGE_NOT_READ,
}
"""What a reader's word for a problem means; a word not known here counts as not read."""


@dataclass(frozen=True, slots=True)
class SeenStub:
    """One stub on the scan, after settlements.

    Attributes:
        number: None while nobody can read it for certain.
        void: a void mark is on it; None while that is doubted.
        settled_by: staff number of who settled it, if a person did.
    """

    page: int
    box: Box
    number: str | None
    code: str | None
    confidence: float
    void: bool | None = False
    doubt: str = ""
    guess: str | None = None
    stub_id: int | None = None
    settled_by: str | None = None


@dataclass(frozen=True, slots=True)
class CoverFacts:
    """What the cover says; it names void numbers without their codes."""

    sets: int
    void_numbers: tuple[str, ...]
    kwh: Decimal | None = None
    amount_fen: int | None = None


@dataclass(frozen=True, slots=True)
class RegisterFacts:
    """What the use register says of the volume's numbers.

    Attributes:
        voids: keys of the void numbers (:func:`~archive.custody.numbers.key_of`); the same
            number under another code is another number.
    """

    runs: tuple[NumberRun, ...]
    voids: frozenset[str]
    kwh: Decimal | None = None
    amount_fen: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person must look at. ``facts`` always name number, page or both."""

    code: FindingCode
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def blocks(self) -> bool:
        """Whether finance cannot sign while it stands."""
        return self.code not in NOTES


@dataclass(frozen=True, slots=True)
class Cell:
    """One number of the volume and what is known of it."""

    number: str
    code: str
    status: NumberStatus
    places: tuple[SeenStub, ...] = ()


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The outcome: a cell for every bound number, in order, and the findings."""

    cells: tuple[Cell, ...]
    findings: tuple[Finding, ...]
    scanned: bool

    @property
    def blocking(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.blocks)

    def numbers(self, *statuses: NumberStatus) -> list[str]:
        """The numbers with one of these statuses, in order."""
        return [cell.number for cell in self.cells if cell.status in statuses]


def reconcile(
    *,
    bound: Sequence[NumberRun],
    issued: Sequence[NumberRun],
    register: RegisterFacts,
    cover: CoverFacts,
    seen: Sequence[SeenStub] | None,
    page_problems: Mapping[int, Sequence[str]] | None = None,
) -> Reconciliation:
    """Compare the four sets for the numbers in ``bound``.

    Args:
        bound: the runs the volume holds.
        issued: runs of the books they were issued in.
        register: what the use register says of them.
        cover: what the cover says.
        seen: the stubs on the scan; None when there is no scan read to the end, which is
            said as a finding of its own and never taken for "nothing there".
        page_problems: problems of pages, by page number, as the reader names them.
    """
    findings: list[Finding] = []
    places, foreign = _place(bound, seen or ())
    cells = tuple(
        cell
        for run in bound
        for cell in _cells(run, issued, register, places, scanned=seen is not None)
    )
    for cell in cells:
        findings += _cell_findings(cell)
    if seen is None:
        findings.insert(0, Finding(FindingCode.NOT_SCANNED))
    else:
        findings += _stub_findings(bound, seen, foreign)
    findings += _page_findings(page_problems or {}, {stub.page for stub in seen or ()})
    findings += _cover_findings(bound, register, cover)
    return Reconciliation(cells, tuple(findings), scanned=seen is not None)


def _place(
    bound: Sequence[NumberRun], seen: Iterable[SeenStub]
) -> tuple[dict[tuple[str, str], tuple[SeenStub, ...]], list[SeenStub]]:
    """Which stub shows which bound number; the rest is foreign."""
    places: dict[tuple[str, str], tuple[SeenStub, ...]] = defaultdict(tuple)
    foreign: list[SeenStub] = []
    for stub in seen:
        if stub.number is None:
            continue
        home = next(
            (
                run
                for run in bound
                if stub.number in run and (stub.code is None or stub.code == run.code)
            ),
            None,
        )
        if home is None:
            foreign.append(stub)
        else:
            places[home.code, stub.number] += (stub,)
    return places, foreign


@dataclass(frozen=True, slots=True)
class _Standing:
    issued: bool
    registered: bool
    scanned: bool
    void: bool


def _cells(
    run: NumberRun,
    issued: Sequence[NumberRun],
    register: RegisterFacts,
    places: Mapping[tuple[str, str], tuple[SeenStub, ...]],
    *,
    scanned: bool,
) -> Iterator[Cell]:
    for number in run:
        standing = _Standing(
            issued=any(other.code == run.code and number in other for other in issued),
            registered=any(other.code == run.code and number in other for other in register.runs),
            scanned=scanned,
            void=key_of(run.code, number) in register.voids,
        )
        found = places.get((run.code, number), ())
        yield Cell(number, run.code, _status(standing, found), found)


def _status(place: _Standing, places: tuple[SeenStub, ...]) -> NumberStatus:
    if not place.issued:
        return NumberStatus.NOT_ISSUED
    if not place.registered:
        return NumberStatus.NOT_REGISTERED
    if not place.scanned:
        return NumberStatus.NOT_SCANNED
    if len(places) != 1:
        return NumberStatus.DOUBLE if places else NumberStatus.MISSING
    return _VOID_STATUS[place.void, places[0].void]


_VOID_STATUS = {
    (False, False): NumberStatus.FOUND,
    (False, True): NumberStatus.VOID_UNREGISTERED,
    (False, None): NumberStatus.VOID_DOUBTED,
    (True, False): NumberStatus.VOID_UNMARKED,
    (True, True): NumberStatus.VOID,
    (True, None): NumberStatus.VOID_DOUBTED,
}
"""By (registered void, void mark on the scan); None is a doubted mark."""


_FINDING_OF = {
    NumberStatus.MISSING: FindingCode.MISSING,
    NumberStatus.DOUBLE: FindingCode.DOUBLE,
    NumberStatus.VOID_UNMARKED: FindingCode.VOID_NOT_MARKED,
    NumberStatus.VOID_UNREGISTERED: FindingCode.VOID_NOT_REGISTERED,
    NumberStatus.VOID_DOUBTED: FindingCode.VOID_DOUBTED,
    NumberStatus.NOT_ISSUED: FindingCode.NOT_ISSUED,
    NumberStatus.NOT_REGISTERED: FindingCode.NOT_REGISTERED,
}


def _cell_findings(cell: Cell) -> list[Finding]:
    code = _FINDING_OF.get(cell.status)
    if code is None:
        return []
    facts: dict[str, Any] = {"number": cell.number}
    if cell.places:
        facts["pages"] = [place.page for place in cell.places]
        facts["stub_ids"] = [place.stub_id for place in cell.places]
    return [Finding(code, facts)]


def _stub_findings(
    bound: Sequence[NumberRun], seen: Sequence[SeenStub], foreign: Sequence[SeenStub]
) -> list[Finding]:
    findings = [
        Finding(
            FindingCode.UNREADABLE,
            {"page": stub.page, "stub_ids": [stub.stub_id], "guess": stub.guess or ""},
        )
        for stub in seen
        if stub.number is None
    ]
    read = sum(stub.number is not None for stub in seen)
    if len(foreign) > 3 and len(foreign) > 0.8 * read:
        findings.append(
            Finding(
                FindingCode.OTHER_VOLUME,
                {"count": len(foreign), "first": foreign[0].number, "last": foreign[-1].number},
            )
        )
    for stub in foreign:
        other_code = any(stub.number in run for run in bound)
        findings.append(
            Finding(
                FindingCode.FOREIGN_CODE if other_code else FindingCode.FOREIGN,
                {
                    "number": stub.number,
                    "code": stub.code or "",
                    "page": stub.page,
                    "stub_ids": [stub.stub_id],
                },
            )
        )
    return findings


def _page_findings(problems: Mapping[int, Sequence[str]], with_stubs: set[int]) -> list[Finding]:
    return [
        Finding(PAGE_PROBLEMS.get(problem, FindingCode.PAGE_NOT_READ), {"page": page})
        for page, named in sorted(problems.items())
        for problem in named
        if not (problem == "no-stub-found" and page in with_stubs)
    ]


def _cover_findings(
    bound: Sequence[NumberRun], register: RegisterFacts, cover: CoverFacts
) -> list[Finding]:
    findings = []
    bound_sets = sum(len(run) for run in bound)
    if cover.sets != bound_sets:
        findings.append(
            Finding(FindingCode.COUNT_DIFFERS, {"cover": cover.sets, "bound": bound_sets})
        )
    on_cover = Counter(cover.void_numbers)
    registered = Counter(number_of(key) for key in register.voids)
    findings += [
        Finding(FindingCode.COVER_VOID_NOT_REGISTERED, {"number": number})
        for number in sorted((on_cover - registered).elements())
    ]
    findings += [
        Finding(FindingCode.REGISTERED_VOID_NOT_ON_COVER, {"number": number})
        for number in sorted((registered - on_cover).elements())
    ]
    if cover.kwh is not None and cover.kwh != register.kwh:
        findings.append(
            Finding(
                FindingCode.KWH_DIFFERS,
                {"cover": f"{cover.kwh:.2f}", "register": f"{register.kwh:.2f}"},
            )
        )
    if cover.amount_fen is not None and cover.amount_fen != register.amount_fen:
        findings.append(
            Finding(
                FindingCode.AMOUNT_DIFFERS,
                {"cover_fen": cover.amount_fen, "register_fen": register.amount_fen},
            )
        )
    return findings
