"""The stubs on a page: where their numbers, codes and borders are."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from archive.custody.reading.fields import Field
from archive.custody.reading.form import Form
from archive.custody.reading.layout import Laying
from archive.custody.reading.looks import Print
from archive.ocr.sheet import Sheet, Strip, corners_of

_FEWEST_REPEATED = 6
_SHARE_REPEATED = 0.45
_TILT = 0.09  # how far a row of stubs may rise, for each pixel along it


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


def in_reading_order(stubs: Sequence[Stub]) -> list[Stub]:
    """The stubs row by row from the top, each row from left to right."""
    rows: list[list[Stub]] = []
    for stub in sorted(stubs, key=lambda stub: stub.middle[1]):
        if rows and rows[-1][0].corners[:, 1].max() > stub.middle[1]:
            rows[-1].append(stub)
        else:
            rows.append([stub])
    return [stub for row in rows for stub in sorted(row, key=lambda stub: stub.middle[0])]


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
    left, top, right, bottom = _borders(sheet, numbers, strips)[n]
    beside = [s for s in strips if left <= s.centre[0] < right]
    top, bottom = _one_of_several(numbers[n].print.digits, beside, top, bottom)
    home = numbers[n].print.digits
    code = min(
        (c.print for c in codes if _holds((left, top, right, bottom), c.print.digits)),
        key=lambda c: _apart(c.digits, home),
        default=None,
    )
    inside = [s for s in beside if top <= s.centre[1] < bottom]
    return Form(numbers[n].print, code, inside, sheet.dpi)


def _one_of_several(
    number: Strip, strips: Sequence[Strip], top: float, bottom: float
) -> tuple[float, float]:
    """Top and bottom of the number's own stub where what lies between holds several.

    A number that could not be read leaves its stub unknown; but the form stands there again,
    and its lines repeat at the same distance.
    """
    inside = [strip for strip in strips if top <= strip.centre[1] < bottom]
    period = _period(inside, number.slant)
    if period is None:
        return top, bottom
    first = min(strip.centre[1] - strip.height / 2 for strip in inside) - 0.02 * period
    stub = math.floor((number.centre[1] - first) / period)
    return first + stub * period, first + (stub + 1) * period


def _period(strips: Sequence[Strip], slant: float) -> float | None:
    """How far below each other the lines of a page repeat; None when they do not."""
    if len(strips) < 10:
        return None
    table = np.array([(*s.centre, s.width, s.height) for s in strips])
    size = np.log(table[:, 2:])
    alike = (np.abs(size[:, None] - size[None]) < (0.08, 0.3)).all(axis=2)
    apart = table[None, :, :2] - table[:, None, :2]
    across = apart[..., 0] * math.cos(slant) + apart[..., 1] * math.sin(slant)
    down = apart[..., 1] * math.cos(slant) - apart[..., 0] * math.sin(slant)
    long = float(np.ptp(table[:, 1]))
    reach = 0.02 * long
    usable = alike & (np.abs(across) < 0.06 * long) & (down > 0.15 * long)
    best: tuple[float, float] | None = None
    for shift in np.unique(np.round(down[usable] / reach)) * reach:
        hits = (usable & (np.abs(down - shift) < reach)).any(axis=1)
        able = table[:, 1] + shift <= table[:, 1].max() + reach
        share = float(hits.sum()) / max(1, int(able.sum()))
        if (
            hits.sum() >= _FEWEST_REPEATED
            and share >= _SHARE_REPEATED
            and (best is None or share > best[0])
        ):
            best = (share, float(np.median(down[usable & (np.abs(down - shift) < reach)])))
    return best[1] if best else None


def labelled_stub(
    sheet: Sheet, strips: Sequence[Strip], numbers: Sequence[Field], codes: Sequence[Field], n: int
) -> Stub:
    """The stub of a labelled number that fits no form."""
    box = _borders(sheet, numbers, strips)[n]
    inside = [c.print for c in codes if _holds(box, c.print.digits)]
    return Stub(numbers[n].print, inside[0] if inside else None, corners_of(box), None)


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
) -> list[tuple[float, float, float, float]]:
    """Left, top, right and bottom of every number's stub.

    What stands above the first number stands above every other, and in a row of stubs what
    stands left of the first number stands left of the others.
    """
    homes = [number.print.digits for number in numbers]
    rows = _rows(homes)
    tops = [min(homes[n].centre[1] for n in row) for row in rows]
    first_line = min((s.centre[1] - s.height / 2 for s in strips), default=0.0)
    levels = _parted(tops, first_line, float(sheet.height), 0.01 * sheet.height)
    boxes = [(0.0, 0.0, 0.0, 0.0)] * len(homes)
    for row, (top, bottom) in zip(rows, itertools.pairwise(levels), strict=True):
        middles = [homes[n].centre[0] for n in row]
        first = min(
            (s.centre[0] - s.width / 2 for s in strips if top <= s.centre[1] < bottom),
            default=0.0,
        )
        sides = _parted(middles, first, float(sheet.width), 0.01 * sheet.width)
        for n, (left, right) in zip(row, itertools.pairwise(sides), strict=True):
            boxes[n] = (left, top, right, bottom)
    return boxes


def _rows(homes: Sequence[Strip]) -> list[list[int]]:
    """The numbers of a page row by row, each from left to right."""
    rows: list[list[int]] = []
    for n in sorted(range(len(homes)), key=lambda n: homes[n].centre[1]):
        if rows and _level(homes[rows[-1][-1]], homes[n]):
            rows[-1].append(n)
        else:
            rows.append([n])
    return [sorted(row, key=lambda n: homes[n].centre[0]) for row in rows]


def _level(one: Strip, other: Strip) -> bool:
    """Whether two numbers stand beside each other, on a page that may lie a little aslant."""
    along, down = (abs(a - b) for a, b in zip(one.centre, other.centre, strict=True))
    return along > one.width and down < max(one.height, _TILT * along)


def _parted(middles: Sequence[float], first: float, end: float, margin: float) -> list[float]:
    """Borders between stubs whose numbers stand at ``middles``, as far before each as the first's."""
    before = max(0.0, middles[0] - first) + margin
    if len(middles) > 1:
        before = min(before, 0.9 * min(b - a for a, b in itertools.pairwise(middles)))
    return [0.0, *(middle - before for middle in middles[1:]), end]


def _holds(box: tuple[float, float, float, float], strip: Strip) -> bool:
    left, top, right, bottom = box
    return left <= strip.centre[0] < right and top <= strip.centre[1] < bottom


def _apart(one: Strip, other: Strip) -> float:
    return math.hypot(one.centre[0] - other.centre[0], one.centre[1] - other.centre[1])
