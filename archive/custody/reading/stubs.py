"""The stubs on a page: where their numbers, codes and borders are."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from archive.custody.reading.fields import Field
from archive.custody.reading.form import Form
from archive.custody.reading.layout import Laying
from archive.custody.reading.looks import Print
from archive.custody.reading.sheet import Sheet, Strip, corners_of


@dataclass(frozen=True, slots=True)
class Stub:
    """A stub on a page, before its number is read.

    Attributes:
        corners: of its print, in pixels of the upright page.
        laying: the known form it is on; None when it is known by its label alone.
    """

    number: Print
    code: Print | None
    corners: NDArray[np.float32]
    laying: Laying | None

    def is_cut(self, sheet: Sheet) -> bool:
        """Whether a part of its print lies outside the page."""
        if self.laying is None:
            return False
        form, pose = self.laying.form, self.laying.pose
        outline = form.outline(pose, form.scale(sheet.dpi), margin=0.0)
        return sheet.beyond(outline) > 0.02 * max(sheet.width, sheet.height)

    @property
    def middle(self) -> tuple[float, float]:
        """The middle of its print."""
        x, y = self.corners.mean(axis=0)
        return float(x), float(y)


def stub_of(sheet: Sheet, strips: Sequence[Strip], laying: Laying) -> Stub:
    """The stub that lies there, its number and code set right by the lines found."""
    form, pose = laying.form, laying.pose
    scale = form.scale(sheet.dpi)

    def settled(line: Strip, digits: Strip) -> Print:
        there = pose.placed(line.scaled(scale))
        dx, dy, slant = _shift(there, strips)
        exact = pose.placed(digits.scaled(scale)).moved(dx, dy)
        return Print(
            Strip((there.centre[0] + dx, there.centre[1] + dy), there.width, there.height, slant),
            Strip(exact.centre, exact.width, exact.height, slant),
        )

    return Stub(
        number=settled(form.line, form.digits),
        code=form.code and settled(form.code.line, form.code.digits),
        corners=form.outline(pose, scale, margin=0.02 * max(sheet.width, sheet.height)),
        laying=laying,
    )


def form_from(
    sheet: Sheet, strips: Sequence[Strip], numbers: Sequence[Field], codes: Sequence[Field], n: int
) -> Form:
    """The form of the ``n``-th labelled number of a page, told from the lines around it."""
    box = _borders(sheet, numbers, strips)[n]
    inside = [s for s in strips if box[0, 1] <= s.centre[1] < box[2, 1]]
    code = min(
        (c for c in codes if box[0, 1] <= c.print.digits.centre[1] < box[2, 1]),
        key=lambda c: abs(c.print.digits.centre[1] - numbers[n].print.digits.centre[1]),
        default=None,
    )
    return Form(numbers[n].print, code.print if code else None, inside, sheet.dpi)


def labelled_stub(
    sheet: Sheet, strips: Sequence[Strip], numbers: Sequence[Field], codes: Sequence[Field], n: int
) -> Stub:
    """The stub of a labelled number that fits no form."""
    box = _borders(sheet, numbers, strips)[n]
    inside = [c for c in codes if box[0, 1] <= c.print.digits.centre[1] < box[2, 1]]
    return Stub(numbers[n].print, inside[0].print if inside else None, box, None)


def _shift(there: Strip, strips: Sequence[Strip]) -> tuple[float, float, float]:
    """How far off its place a line was printed, and its slant, by the line found there."""
    x, y = there.centre
    for strip in strips:
        dx, dy = strip.centre[0] - x, strip.centre[1] - y
        alike = (
            abs(strip.width - there.width) < 0.6 * there.height
            and 0.75 < strip.height / there.height < 1.35
        )
        if alike and abs(dx) < 0.8 * there.height and abs(dy) < 0.6 * there.height:
            return dx, dy, strip.slant if abs(strip.slant - there.slant) < 0.05 else there.slant
    return 0.0, 0.0, there.slant


def _borders(
    sheet: Sheet, numbers: Sequence[Field], strips: Sequence[Strip]
) -> list[NDArray[np.float32]]:
    """Borders by the rule that what stands above the first number stands above every other."""
    tops = [number.print.digits.centre[1] for number in numbers]
    first_line = min((s.centre[1] - s.height / 2 for s in strips), default=0.0)
    head = max(0.0, tops[0] - first_line) + 0.01 * sheet.height
    if len(tops) > 1:
        head = min(head, 0.9 * min(b - a for a, b in itertools.pairwise(tops)))
    borders = [0.0, *(top - head for top in tops[1:]), float(sheet.height)]
    return [
        corners_of((0.0, top, float(sheet.width), bottom))
        for top, bottom in itertools.pairwise(borders)
    ]
