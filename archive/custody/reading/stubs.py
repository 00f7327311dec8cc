"""Where one stub ends on a page and the next begins."""

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from archive.custody.reading.layout import Place
from archive.custody.reading.sheet import Sheet, Strip, corners_of


def stub_boxes(
    sheet: Sheet, numbers: Sequence[Place], strips: Sequence[Strip]
) -> list[NDArray[np.float32]]:
    """The corners of each stub, given its number, from the top of the page to its bottom.

    All stubs of a page are the same form: what stands above the first number stands above
    every other, so the borders lie that far above each number.
    """
    tops = [number.y * sheet.height for number in numbers]
    first_line = min((s.centre[1] - s.height / 2 for s in strips), default=0.0)
    head = max(0.0, tops[0] - first_line) + 0.01 * sheet.height
    if len(tops) > 1:
        head = min(head, 0.9 * min(b - a for a, b in itertools.pairwise(tops)))
    borders = [0.0, *(top - head for top in tops[1:]), float(sheet.height)]
    return [
        corners_of((0.0, top, float(sheet.width), bottom))
        for top, bottom in itertools.pairwise(borders)
    ]
