"""Finding 废票 and 作废 on stubs.

The network tells where a mark may be; the text engine then reads those places, turned level. A
mark is certain when the network has no doubt, or when the engine reads the words. What only one
of them half believes goes to a person: an overlooked void is as grave as a wrong number. 作废
inside a printed sentence (涂改作废) is no mark.
"""

import math
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from archive.custody.reading.found import VoidMark
from archive.custody.reading.sheet import Sheet, Strip
from archive.custody.reading.void_net import Spot, spots_on
from archive.ocr import TextReader

WORTH_READING = 0.12
"""Spots that score less are not even read."""

WORTH_ASKING = 0.40
"""Spots that score at least this go to a person even if the engine reads nothing there."""

BEYOND_DOUBT = 0.80
"""Spots that score at least this are marks even if the engine reads nothing there."""

_TURNS = (0.0, math.radians(9), math.radians(-9))
_MARK = re.compile(r"废|廢")
_SENTENCE = re.compile(r"[改印写期效补无][^0-9A-Za-z]{0,2}作\s*废|作\s*废[,，。.;;遗不无处]")


def void_marks(
    reader: TextReader, sheet: Sheet, boxes: Sequence[NDArray[np.float32]]
) -> list[VoidMark | None]:
    """For each stub the mark that makes it void, or None."""
    marks: list[VoidMark | None] = [None] * len(boxes)
    if not boxes:
        return marks
    for spot in spots_on(sheet, WORTH_READING, threads=reader.threads):
        owner = _owner(spot, boxes)
        known = marks[owner]
        if known is not None and known.certain:
            continue
        mark = _mark(reader, sheet, spot)
        if mark is not None and (known is None or mark.certain):
            marks[owner] = mark
    return marks


def _mark(reader: TextReader, sheet: Sheet, spot: Spot) -> VoidMark | None:
    told = reader.read_lines([sheet.cut(strip, height=48) for strip in _strips(spot)])
    texts = [line.text for line in told]
    if any(_SENTENCE.search(text) for text in texts):
        return None
    read = any(_MARK.search(text) for text in texts)
    if not read and spot.score < WORTH_ASKING:
        return None
    certain = spot.score >= BEYOND_DOUBT or (read and spot.score >= WORTH_ASKING / 2)
    corners = Strip((spot.x, spot.y), 2.2 * spot.size, 1.2 * spot.size, spot.slant).corners()
    confidence = max(spot.score, 0.9) if read else spot.score
    return VoidMark(sheet.as_received(corners), round(confidence, 4), certain=certain)


def _strips(spot: Spot) -> list[Strip]:
    """The places to read: the word with 废 in its middle, at a few slants."""
    return [
        Strip((spot.x, spot.y), 4.2 * spot.size, 1.35 * spot.size, spot.slant + turn)
        for turn in _TURNS
    ]


def _owner(spot: Spot, boxes: Sequence[NDArray[np.float32]]) -> int:
    """The stub the spot lies on, or the nearest."""

    def away(box: NDArray[np.float32]) -> float:
        (left, top), (right, bottom) = box.min(axis=0), box.max(axis=0)
        dx = max(float(left) - spot.x, 0.0, spot.x - float(right))
        dy = max(float(top) - spot.y, 0.0, spot.y - float(bottom))
        return math.hypot(dx, dy)

    return min(range(len(boxes)), key=lambda n: away(boxes[n]))
