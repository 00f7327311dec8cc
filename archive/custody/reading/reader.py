"""Reads a bound volume page by page."""

from collections.abc import Sequence

from archive.custody.reading import certainty, fields, looks, upright
from archive.custody.reading.fields import Field, Line
from archive.custody.reading.found import (
    Doubt,
    Expected,
    PageProblem,
    PageReading,
    StubReading,
)
from archive.custody.reading.layout import Layout, Place
from archive.custody.reading.sheet import Sheet, Strip
from archive.custody.reading.stubs import stub_boxes
from archive.custody.reading.voids import void_marks
from archive.ocr import PageImage, TextReader


class StubReader:
    """Reads the pages of one volume, in any order, learning its layout as it goes.

    On the first pages every line is read; once it is known where numbers stand, only the lines
    there are, and the whole page again when in doubt. What was learned only saves time and raises
    doubt: a reader started afresh in the middle of a volume reads the same numbers.
    """

    def __init__(self, text_reader: TextReader, *, expected: Expected | None = None) -> None:
        self._reader = text_reader
        self._expected = expected or Expected()
        self._layout = Layout()

    def read(self, page: PageImage) -> PageReading:
        """What stands on the page."""
        sheet, strips = upright.stood_up(self._reader, page)
        if upright.is_blank(sheet) or not strips:
            return _reading(page, sheet, (PageProblem.BLANK,), ())
        sheet, strips, lines = self._turned_to_read(sheet, strips)
        problems = []
        if sheet.turned == 180:
            problems.append(PageProblem.UPSIDE_DOWN)
        elif sheet.turned:
            problems.append(PageProblem.SIDEWAYS)
        stubs = self._stubs(sheet, strips, lines)
        if not stubs:
            problems.append(PageProblem.NO_STUB_FOUND)
        return _reading(page, sheet, tuple(problems), stubs)

    def _turned_to_read(
        self, sheet: Sheet, strips: list[Strip]
    ) -> tuple[Sheet, list[Strip], list[Line]]:
        """The page the right way up with the lines that matter read."""
        if self._layout.known:
            lines = self._likely_lines(sheet, strips)
            if self._suffice(sheet, lines):
                return sheet, strips, lines
        if upright.is_upside_down(self._reader, sheet, strips):
            sheet = sheet.turned_further(180)
            strips = upright.strips_on(self._reader, sheet)
            if self._layout.known:
                lines = self._likely_lines(sheet, strips)
                if self._suffice(sheet, lines):
                    return sheet, strips, lines
        return sheet, strips, fields.read_strips(self._reader, sheet, strips)

    def _likely_lines(self, sheet: Sheet, strips: Sequence[Strip]) -> list[Line]:
        chosen = [
            strip
            for strip in strips
            if self._layout.may_be_number(Place.on(sheet, strip))
            or self._layout.may_be_code(Place.on(sheet, strip))
        ]
        return fields.read_strips(self._reader, sheet, chosen)

    def _suffice(self, sheet: Sheet, lines: Sequence[Line]) -> bool:
        found = fields.fields_on(sheet, lines)
        numbers = fields.number_fields(found, self._layout)
        codes = fields.code_fields(found, self._layout)
        if len(numbers) != self._layout.usual_stubs:
            return False
        return not self._layout.has_code or len(codes) >= len(numbers)

    def _stubs(
        self, sheet: Sheet, strips: Sequence[Strip], lines: Sequence[Line]
    ) -> tuple[StubReading, ...]:
        found = fields.fields_on(sheet, lines)
        numbers = sorted(fields.number_fields(found, self._layout), key=lambda field: field.place.y)
        if not numbers:
            return ()
        codes = fields.code_fields(found, self._layout)
        told = looks.read_all(self._reader, sheet, [number.print for number in numbers])
        verdicts = [
            certainty.judged(seen, number.digits)
            for seen, number in zip(told, numbers, strict=True)
        ]
        boxes = stub_boxes(sheet, [number.place for number in numbers], strips)
        voids = void_marks(self._reader, sheet, strips, boxes)
        stubs = []
        for number, verdict, box, void in zip(numbers, verdicts, boxes, voids, strict=True):
            code = _code_for(number, codes)
            doubt = verdict.doubt or self._doubt(verdict.number, code)
            if doubt is None and verdict.number:
                self._layout.learn_number(number.place, len(verdict.number))
            stubs.append(
                StubReading(
                    box=sheet.as_received(number.print.digits.corners()),
                    stub_box=sheet.as_received(box),
                    number=verdict.number,
                    code=code.digits if code else None,
                    confidence=verdict.confidence,
                    certain=doubt is None,
                    void=void,
                    doubt=doubt,
                )
            )
            if code:
                self._layout.learn_code(code.place, code.digits)
                self._layout.with_code += 1
            else:
                self._layout.without_code += 1
        self._layout.stubs[len(stubs)] += 1
        return tuple(stubs)

    def _doubt(self, number: str | None, code: Field | None) -> Doubt | None:
        widths = self._expected.widths or fields.NUMBER_WIDTHS
        usual = self._layout.usual_width
        if number is None:
            return Doubt.UNREADABLE
        if len(number) not in widths or (usual and len(number) != usual):
            return Doubt.UNUSUAL_WIDTH
        if code and self._expected.codes and code.digits not in self._expected.codes:
            return Doubt.CODE_DIFFERS
        return None


def _code_for(number: Field, codes: Sequence[Field]) -> Field | None:
    return min(codes, key=lambda code: abs(code.place.y - number.place.y), default=None)


def _reading(
    page: PageImage, sheet: Sheet, problems: tuple[PageProblem, ...], stubs: tuple[StubReading, ...]
) -> PageReading:
    height, width = page.pixels.shape[:2]
    return PageReading(page.number, width, height, sheet.turned, problems, stubs)
