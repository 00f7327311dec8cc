"""What reading a page of a bound volume gives: stubs, their numbers, void marks, problems.

A number is ``certain`` only when independent looks at it agree; whatever is not certain goes to
a person. Unreadable is an honest answer, wrong is not.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from archive.ocr import Box


class PageProblem(StrEnum):
    """What is wrong with a page as a whole (页面问题)."""

    UPSIDE_DOWN = "upside-down"
    SIDEWAYS = "sideways"
    BLANK = "blank"
    CUT = "cut"
    NO_STUB_FOUND = "no-stub-found"


class Doubt(StrEnum):
    """Why a person must look at a number."""

    READINGS_DIFFER = "readings-differ"
    FAINT = "faint"
    CUT = "cut"
    SHAPE_DIFFERS = "shape-differs"
    UNREADABLE = "unreadable"
    UNUSUAL_WIDTH = "unusual-width"
    OUT_OF_RANGE = "out-of-range"
    OUT_OF_STEP = "out-of-step"
    CODE_DIFFERS = "code-differs"


@dataclass(frozen=True, slots=True)
class Expected:
    """What a volume should hold: only ever a reason to doubt, never to repair a digit.

    Attributes:
        widths: how many digits their numbers have; empty when unknown.
        first: lowest number expected, as printed.
        last: highest number expected, as printed.
    """

    widths: frozenset[int] = frozenset()
    first: str | None = None
    last: str | None = None


@dataclass(frozen=True, slots=True)
class VoidMark:
    """废票 or 作废 marked on a stub.

    Attributes:
        box: where it stands, in pixels of the page as received.
        confidence: 0–1.
        certain: False = a person must look.
    """

    box: Box
    confidence: float
    certain: bool


@dataclass(frozen=True, slots=True)
class StubReading:
    """One stub as read.

    Attributes:
        box: the place of the number, in pixels of the page as received.
        stub_box: the whole stub, where its borders could be told.
        number: the invoice number (发票号码) as printed, leading zeros kept; the best guess when
            not certain, None when there is none.
        code: the invoice code (发票代码); None when none was seen.
        confidence: 0–1, of the weakest digit.
        certain: False = a person must settle it.
        doubt: a :class:`Doubt` when not certain.
    """

    box: Box
    stub_box: Box | None
    number: str | None
    code: str | None
    confidence: float
    certain: bool
    void: VoidMark | None = None
    doubt: str | None = None


@dataclass(frozen=True, slots=True)
class PageReading:
    """One page as read.

    Attributes:
        page: 1-based position in the scan as received.
        width: pixels of the page as received.
        height: pixels of the page as received.
        turned: how far the page had to be turned clockwise to stand upright: 0, 90, 180 or 270.
        stubs: from the top of the upright page to its bottom.
    """

    page: int
    width: int
    height: int
    turned: int
    problems: tuple[PageProblem, ...] = ()
    stubs: tuple[StubReading, ...] = field(default=())
