"""How a number is lost for everybody: blotted, scratched out, washed out, torn off."""

from typing import cast

import cv2
import numpy as np
from numpy.random import Generator

from archive.demo.drawing.ink import Colour, Mask, Pixels, Span, clouds, lay
from archive.demo.drawing.spec import Spoil
from archive.demo.drawing.strokes import squiggle
from archive.demo.drawing.void_marks import INKS


def spoil(page: Pixels, number: Span, how: Spoil, bed: Colour, rng: Generator) -> None:
    """Make the digits at ``number`` illegible, in place; a washed-out number was printed so."""
    if how == "blot":
        _bury(page, number, _blot(number, rng), INKS["black"])
    elif how == "scratched":
        _bury(page, number, _scribble(number, rng), INKS["blue"])
    elif how == "torn-off":
        _tear_off(page, number, bed, rng)


def _blot(number: Span, rng: Generator) -> Mask:
    width, height = number[2] - number[0], number[3] - number[1]
    mask = np.zeros((int(height * 3.2), int(width * 1.5)), dtype=np.uint8)
    rows, columns = mask.shape
    axes = (int(width * 0.62), int(height * 1.1))
    cv2.ellipse(mask, (columns // 2, rows // 2), axes, 0, 0, 360, 255, -1)
    soft = cv2.GaussianBlur(mask, (0, 0), height * 0.25).astype(np.float32) / 255
    solid = np.where(soft > 0.25 + 0.3 * clouds(rng, rows, columns, height * 0.5), 255, 0)
    y, x = height * 0.62, width * 0.52
    solid[int(rows / 2 - y) : int(rows / 2 + y), int(columns / 2 - x) : int(columns / 2 + x)] = 255
    return cast("Mask", solid.astype(np.uint8))


def _scribble(number: Span, rng: Generator) -> Mask:
    width, height = number[2] - number[0], number[3] - number[1]
    turns = max(int(width / height * 5), 24)
    mask = squiggle((width * 1.06, height * 1.25), height * 0.24, rng, turns)
    return np.maximum(mask, mask[::-1, ::-1])


def _bury(page: Pixels, number: Span, mask: Mask, ink: Colour) -> None:
    """Cover the number with ink so thick that nothing shines through, in place."""
    x = round((number[0] + number[2] - mask.shape[1]) / 2)
    y = round((number[1] + number[3] - mask.shape[0]) / 2)
    left, top = max(x, 0), max(y, 0)
    inside = mask[top - y :, left - x :]
    part = page[top : top + inside.shape[0], left : left + inside.shape[1]]
    part[inside[: part.shape[0], : part.shape[1]] > 30] = (248, 248, 248)
    lay(page, mask, (x, y), ink, 1.0)


def _tear_off(page: Pixels, number: Span, bed: Colour, rng: Generator) -> None:
    """Tear away the part around the number, out to the nearer upright edge, in place."""
    left, top, right, bottom = number
    height, width = page.shape[:2]
    slack = (bottom - top) * 0.8
    to_right = (left + right) / 2 > width / 2
    inner, outer = (left - slack, width + 5.0) if to_right else (right + slack, -5.0)
    high, low = top - slack, min(bottom + slack, height)
    torn = [(inner + rng.normal(0, slack * 0.25), y) for y in np.linspace(high, low, 9)]
    shape = np.array([(outer, high), *torn, (outer, low)], dtype=np.int32)
    cv2.fillPoly(page, [shape], bed, cv2.LINE_AA)
