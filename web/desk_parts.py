"""What the parts of the verification desk are given: pages, numbers, findings, check-list.

The desk is one page: page viewer | number grid | findings and check-list. ``Desk`` holds all of
it; ``components/desk.html`` draws it, and each part can be drawn alone on another page.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Literal

from web.parts import Signing, Status

Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels of the page image as it was scanned."""

MARKS = (
    "found", "void", "missing", "double", "foreign", "foreign-code", "unreadable", "void-unmarked",
    "void-unregistered", "void-doubted", "not-issued", "not-registered", "not-scanned",
)  # fmt: skip
"""How one number stands, in the order of the legend. Values of
``archive.custody.reconciliation.NumberStatus`` are all among them."""

WIDE_ROW = 25
SHORT_ROW = 10


@dataclass(frozen=True, slots=True)
class Cell:
    """One number of the grid.

    Attributes:
        number: whole, with its leading zeros; empty for a stub nobody could read yet.
        mark: one of ``MARKS``.
        href: this desk with the number (or stub) chosen.
        settled: a person has decided it.
        page: where it stands first; None where it stands nowhere.
        finding: key of the finding about it, opened when the cell is chosen.
        key: what the viewer's stubs know it by; the number unless given.
    """

    number: str
    mark: str
    href: str
    settled: bool = False
    page: int | None = None
    finding: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class GridRow:
    """Cells side by side; None where the row has no number of this volume.

    Attributes:
        prefix: all but the last two digits of the first number present.
        first, last: the last two digits of the first and of the last number present.
    """

    prefix: str
    first: str
    last: str
    cells: Sequence[Cell | None]


@dataclass(frozen=True, slots=True)
class GridBlock:
    """Numbers under one invoice code."""

    code: str
    rows: Sequence[GridRow]


@dataclass(frozen=True, slots=True)
class NumberGrid:
    """Every number of a volume, one cell each.

    Attributes:
        strays: stubs that are none of its numbers: foreign ones, and those not read yet.
        chosen: key or number of the chosen cell.
        per_row: 10 beside other panes, 25 on a page of its own.
    """

    blocks: Sequence[GridBlock]
    strays: Sequence[Cell] = ()
    chosen: str = ""
    per_row: int = SHORT_ROW

    @property
    def legend(self) -> Mapping[str, int]:
        """How many cells carry each mark, in the legend's order; marks that occur only."""
        counted = Counter(cell.mark for cell in self)
        return {mark: counted[mark] for mark in MARKS if counted[mark]}

    @property
    def settled(self) -> int:
        """How many a person decided."""
        return sum(cell.settled for cell in self)

    def __iter__(self) -> Iterator[Cell]:
        for block in self.blocks:
            for row in block.rows:
                yield from (cell for cell in row.cells if cell)
        yield from self.strays


def number_grid(
    by_code: Mapping[str, Sequence[Cell]],
    *,
    strays: Sequence[Cell] = (),
    chosen: str = "",
    per_row: int = SHORT_ROW,
) -> NumberGrid:
    """Lays numbers out in rows whose columns always end in the same digits.

    Args:
        by_code: the cells under each invoice code (``""`` for none), any order.
        strays: see ``NumberGrid``.
        chosen: see ``NumberGrid``.
        per_row: 10 or 25, so that rows begin at …1 or …01, …26, …51, …76.
    """
    blocks = [
        GridBlock(code, tuple(_rows(cells, per_row))) for code, cells in by_code.items() if cells
    ]
    return NumberGrid(tuple(blocks), tuple(strays), chosen, per_row)


def _rows(cells: Iterable[Cell], per_row: int) -> Iterator[GridRow]:
    in_order = sorted(cells, key=lambda cell: (len(cell.number), cell.number))
    for _, together in groupby(in_order, key=lambda cell: _row_of(cell.number, per_row)):
        present = list(together)
        places: list[Cell | None] = [None] * per_row
        for cell in present:
            places[(int(cell.number) - 1) % per_row] = cell
        yield _labelled(present[0].number, present[-1].number, places)


def _row_of(number: str, per_row: int) -> tuple[int, int]:
    return len(number), (int(number) - 1) // per_row


def _labelled(first: str, last: str, places: Sequence[Cell | None]) -> GridRow:
    """A row's label: the digits before the last two once, then from where to where it runs."""
    return GridRow(first[:-2], first[-2:], last[-2:], tuple(places))


@dataclass(frozen=True, slots=True)
class Stub:
    """One stub on a page image. ``key`` is its number, or what its cell's ``key`` says."""

    key: str
    mark: str
    box: Box
    finding: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page image of the viewer.

    Attributes:
        number: 1-based position in the scan.
        src: address of the image; ``thumbnail`` a small one.
        width, height: of the image at ``src``; boxes are in its pixels.
        href: this desk with the page chosen.
        turn: degrees clockwise that show it upright (0, 90, 180, 270); the file is never turned.
        problem: e.g. “空白页”, in the reader's language.
    """

    number: int
    src: str
    thumbnail: str
    width: int
    height: int
    href: str
    turn: int = 0
    problem: str = ""
    stubs: Sequence[Stub] = ()


Decision = Literal[
    "number", "void", "not-void", "not-a-stub", "unreadable", "not-there", "page-done"
]
"""What a person can settle; each has its words in the catalogue, ``desk.decision.…``."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing the machine doubts, for a person to settle.

    Attributes:
        key: names it in addresses and forms.
        said: the finding as a sentence.
        crop: address of the place, enlarged; ``crop_alt`` says what it shows.
        offers: the decisions that make sense here, in order; none for what cannot be settled on
            the desk – ``advice`` then says what to do instead.
        asks: what else is typed beside a number: the page it stands on, its invoice code.
        reading: what the machine believes it read; shown, never filled in.
        settled: what was decided, by whom and when, as a sentence.
        blocks: finance cannot sign while it is open.
    """

    key: str
    mark: str
    title: str
    said: str
    page: int | None = None
    box: Box | None = None
    stub: str = ""
    crop: str = ""
    offers: Sequence[Decision] = ()
    asks: Sequence[Literal["page", "code"]] = ()
    advice: str = ""
    reading: str = ""
    settled: str = ""
    blocks: bool = True
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CheckItem:
    """One line of the check-list.

    Attributes:
        machine: what the machine says to it; None when only a person can tell.
        may_not_apply: “不适用” is offered.
    """

    key: str
    label: str
    hint: str = ""
    machine: Status | None = None
    answer: Literal["", "yes", "no", "not-applicable"] = ""
    remark: str = ""
    may_not_apply: bool = True
    error: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The check-list and the two ways out of it: sign, or return with reasons.

    Posts ``answer-<key>``, ``remark-<key>``, ``remark``, ``digest``, ``password`` and
    ``verdict`` (``sign``, ``return`` or ``save``) to ``signing.action``.
    """

    items: Sequence[CheckItem]
    signing: Signing
    return_button: str
    save_button: str = ""
    remark: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything on the desk.

    Attributes:
        sheet: the page shown first (one of ``sheets``); None before anything was read.
        settle_action: findings are posted here: ``finding``, ``decision``, ``number``, ``reason``.
        open_finding: key of the finding that stands open.
        read_only: nobody can settle or sign here (another's turn, or already signed).
    """

    sheets: Sequence[Sheet]
    sheet: Sheet | None
    grid: NumberGrid
    findings: Sequence[Finding]
    settle_action: str
    verdict: Verdict | None = None
    open_finding: str = ""
    read_only: bool = False

    @property
    def open_count(self) -> int:
        """How many findings that stand in the way are still open."""
        return sum(1 for finding in self.findings if finding.blocks and not finding.settled)
