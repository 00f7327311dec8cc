"""Finding number and code fields among the lines of a page."""

from collections.abc import Sequence
from dataclasses import dataclass

from archive.custody.reading.looks import Print
from archive.custody.reading.wording import DigitRun, Kind, digit_runs, is_number_label
from archive.ocr import LineText, TextReader
from archive.ocr.sheet import Sheet, Strip

NUMBER_WIDTHS = frozenset({8, 20})
CODE_WIDTHS = frozenset({10, 12})


@dataclass(frozen=True, slots=True)
class Field:
    """A run of digits on the page, with what it may be."""

    digits: str
    kind: Kind
    print: Print
    confidence: float


@dataclass(frozen=True, slots=True)
class Line:
    """A line found on the page, with its text."""

    strip: Strip
    told: LineText


def read_strips(reader: TextReader, sheet: Sheet, strips: Sequence[Strip]) -> list[Line]:
    """The given lines of the page, each read once."""
    crops = [sheet.cut(strip.grown(0.2, 0.08)) for strip in strips]
    return [Line(*pair) for pair in zip(strips, reader.read_lines(crops), strict=True)]


def fields_on(lines: Sequence[Line]) -> list[Field]:
    """Every run of digits that could be a number or a code."""
    found = []
    for line in lines:
        for run in digit_runs(line.told):
            kind = run.kind
            if kind is Kind.BARE and any(_introduces(other, line) for other in lines):
                kind = Kind.NUMBER
            if kind is not Kind.OTHER:
                found.append(_field(line.strip, run, kind))
    return found


def number_fields(found: Sequence[Field]) -> list[Field]:
    """Those that are invoice numbers by their words, from the top of the page down."""
    numbers = [
        field
        for field in found
        if field.kind is Kind.NUMBER or (field.kind is Kind.BARE and len(field.digits) == 20)
    ]
    return sorted(numbers, key=lambda field: field.print.digits.centre[1])


def code_fields(found: Sequence[Field]) -> list[Field]:
    """Those that are invoice codes by their words."""
    return [field for field in found if field.kind is Kind.CODE]


def _field(strip: Strip, run: DigitRun, kind: Kind) -> Field:
    pitch = (run.end - run.start) / max(1, len(run.digits) - 1)
    grown = strip.grown(0.2, 0.0)  # as it was cut for reading
    share = grown.part(max(0.0, run.start - pitch * 0.5), min(1.0, run.end + pitch * 0.5))
    return Field(run.digits, kind, Print(strip, share), run.confidence)


def _introduces(label: Line, line: Line) -> bool:
    """Whether ``label`` ends just left of ``line``, on its level, with a number's words."""
    if not is_number_label(label.told.text):
        return False
    (x, y), (lx, ly) = line.strip.centre, label.strip.centre
    gap = (x - line.strip.width / 2) - (lx + label.strip.width / 2)
    high = max(line.strip.height, label.strip.height)
    return abs(y - ly) < 0.8 * high and -0.6 * high < gap < 3 * high
