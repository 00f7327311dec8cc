"""Reads a bound volume page by page."""

from collections.abc import Sequence

import numpy as np

from archive.custody.reading import certainty, fields
from archive.custody.reading.certainty import Verdict
from archive.custody.reading.fields import Field
from archive.custody.reading.form import Form
from archive.custody.reading.found import (
    Expected,
    PageProblem,
    PageReading,
    StubReading,
)
from archive.custody.reading.layout import MOST_FORMS, Laying, Layout
from archive.custody.reading.settling import Settler
from archive.custody.reading.stubs import (
    Stub,
    form_from,
    in_reading_order,
    labelled_stub,
    stub_of,
)
from archive.custody.reading.voids import VoidFinder
from archive.ocr import PageImage, TextReader, upright
from archive.ocr.sheet import Sheet, Strip

MOST_LEFT_OVER = 0.25
"""The share of a stub's lines that may lie outside all stubs before the page is read whole."""


class StubReader:
    """Reads the pages of one volume, in any order, learning its form as it goes.

    On the first page every line is read; once the form is known, only numbers and codes are,
    and the whole page again when in doubt. What was learned saves time and raises doubt, it
    never decides a digit: a reader started afresh in the middle of a volume reads the same
    numbers.
    """

    def __init__(self, text_reader: TextReader, *, expected: Expected | None = None) -> None:
        self._reader = text_reader
        self._layout = Layout()
        self._voids = VoidFinder(text_reader)
        self._settler = Settler(text_reader, self._layout, expected or Expected())

    def read(self, page: PageImage) -> PageReading:
        """What stands on the page."""
        sheet, strips = upright.stood_up(self._reader, page)
        if not strips or upright.is_blank(sheet):
            return _reading(page, sheet, (PageProblem.BLANK,), ())
        sheet, strips, found = self._stubs(sheet, strips)
        problems = []
        if sheet.turned == 180:
            problems.append(PageProblem.UPSIDE_DOWN)
        elif sheet.turned:
            problems.append(PageProblem.SIDEWAYS)
        if not found:
            problems.append(PageProblem.NO_STUB_FOUND)
        if any(stub.is_cut(sheet) for stub in found):
            problems.append(PageProblem.CUT)
        stubs = self._read_stubs(sheet, strips, found)
        return _reading(page, sheet, tuple(problems), stubs)

    def _stubs(self, sheet: Sheet, strips: list[Strip]) -> tuple[Sheet, list[Strip], list[Stub]]:
        """The page the right way up, its lines, and the stubs on it."""
        layings = self._layout.laid_out(sheet, strips)
        flipped = [strip.upside_down(sheet.width, sheet.height) for strip in strips]
        other = self._layout.laid_out(sheet, flipped)
        if _fit(other) > 1.3 * _fit(layings):
            sheet, strips, layings = sheet.turned_further(180), flipped, other
        stubs = [stub_of(sheet, strips, laying) for laying in layings]
        if not stubs:
            stubs = self._labelled(sheet, strips, [])
            if not stubs and upright.is_upside_down(self._reader, sheet, strips):
                sheet, strips = sheet.turned_further(180), flipped
                stubs = self._labelled(sheet, strips, [])
            if not stubs:
                stubs = self._labelled(sheet, strips, [], through_seals=True)
        elif _leftover(strips, stubs) > MOST_LEFT_OVER:
            stubs = self._labelled(sheet, strips, stubs)
        return sheet, strips, in_reading_order(stubs)

    def _labelled(
        self, sheet: Sheet, strips: list[Strip], stubs: list[Stub], *, through_seals: bool = False
    ) -> list[Stub]:
        """The stubs given, and those besides that a labelled number tells of."""
        seen = sheet.through_red() if through_seals else sheet
        runs = fields.fields_on(fields.read_strips(self._reader, seen, strips))
        numbers, codes = fields.number_fields(runs), fields.code_fields(runs)
        for n in sorted(range(len(numbers)), key=lambda n: -numbers[n].confidence):
            if _covered(numbers[n], stubs):
                continue
            fresh: list[Stub] = []
            if len(numbers[n].digits) in fields.NUMBER_WIDTHS:
                form = form_from(sheet, strips, numbers, codes, n)
                fresh = self._by_new_form(sheet, strips, form)
                fresh = [stub for stub in fresh if not _overlapping(stub, stubs)]
            if not _covered(numbers[n], fresh):
                fresh = [labelled_stub(sheet, strips, numbers, codes, n)]
            stubs = [*stubs, *fresh]
        return stubs

    def _by_new_form(self, sheet: Sheet, strips: list[Strip], form: Form) -> list[Stub]:
        """Every stub of the page that is on the form, which is remembered if it is of use."""
        if len(self._layout.forms) >= MOST_FORMS:
            return []
        layings = [Laying(form, pose) for pose in form.poses(strips, sheet.dpi)]
        if layings:
            self._layout.forms.append(form)
        return [stub_of(sheet, strips, laying) for laying in layings]

    def _read_stubs(
        self, sheet: Sheet, strips: list[Strip], found: Sequence[Stub]
    ) -> tuple[StubReading, ...]:
        layout = self._layout
        places = [stub.number for stub in found]
        verdicts = certainty.verdicts(self._reader, sheet, places, layout.usual_width)
        codes = certainty.codes(
            self._reader, sheet, [stub.code for stub in found], layout.usual_code
        )
        voids = self._voids.marks(sheet, found, strips)
        readings = []
        for stub, told, code, void in zip(found, verdicts, codes, voids, strict=True):
            due = layout.follows(told.number or "")
            verdict = self._settler.settle(sheet, stub, told)
            sure = due and verdict.doubt is None
            code = self._code_of(code) if sure else code  # noqa: PLW2901 - the same code, settled
            doubt = verdict.doubt or code.doubt
            if code.number and not code.doubt:
                layout.codes[code.number] += 1
            if stub.laying is not None:
                form = stub.laying.form
                form.tried(certain=doubt is None)
                if doubt is None:
                    form.learn(strips, stub.laying.pose, sheet.dpi)
            readings.append(
                StubReading(
                    box=sheet.as_received(stub.number.digits.corners()),
                    stub_box=sheet.as_received(stub.corners),
                    number=verdict.number,
                    code=code.number,
                    confidence=round(verdict.confidence, 4),
                    certain=doubt is None,
                    void=void,
                    doubt=doubt,
                )
            )
        layout.forms = [form for form in layout.forms if not form.useless]
        return tuple(readings)

    def _code_of(self, code: Verdict) -> Verdict:
        """The code of a stub whose number is certain and the next in order."""
        usual = self._layout.usual_code
        if code.doubt is None or not certainty.borne_out(code.number, usual):
            return code
        return Verdict(usual, code.confidence, None)


def _fit(layings: Sequence[Laying]) -> float:
    return sum(laying.pose.fit for laying in layings)


def _leftover(strips: Sequence[Strip], stubs: Sequence[Stub]) -> float:
    """The share of a stub's usual number of lines that lies on no stub."""
    outside = sum(not any(_within(strip.centre, stub) for stub in stubs) for strip in strips)
    return outside / max(1.0, (len(strips) - outside) / len(stubs))


def _within(point: tuple[float, float], stub: Stub) -> bool:
    (left, top), (right, bottom) = stub.corners.min(axis=0), stub.corners.max(axis=0)
    return bool(left <= point[0] <= right and top <= point[1] <= bottom)


def _covered(number: Field, stubs: Sequence[Stub]) -> bool:
    x, y = number.print.digits.centre
    reach = 2 * number.print.digits.height
    return any(
        np.hypot(x - stub.number.digits.centre[0], y - stub.number.digits.centre[1]) < reach
        for stub in stubs
    )


def _overlapping(stub: Stub, stubs: Sequence[Stub]) -> bool:
    return any(_within(stub.middle, other) for other in stubs)


def _reading(
    page: PageImage, sheet: Sheet, problems: tuple[PageProblem, ...], stubs: tuple[StubReading, ...]
) -> PageReading:
    height, width = page.pixels.shape[:2]
    return PageReading(page.number, width, height, sheet.turned, problems, stubs)
