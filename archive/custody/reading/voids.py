"""Finding 废票 and 作废 on stubs."""

import re
import statistics
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from archive.custody.reading.found import VoidMark
from archive.custody.reading.sheet import Sheet, Strip
from archive.ocr import TextReader

_WORDS = re.compile(r"^\W*(废\s*票|作\s*废)\W*$")


def void_marks(
    reader: TextReader,
    sheet: Sheet,
    strips: Sequence[Strip],
    boxes: Sequence[NDArray[np.float32]],
) -> list[VoidMark | None]:
    """For each stub the mark that makes it void, or None."""
    usual = statistics.median([strip.height for strip in strips] or [0.0])
    large = [strip for strip in strips if strip.height > 1.6 * usual or abs(strip.slant) > 0.12]
    told = reader.read_lines([sheet.cut(strip.grown(0.1, 0.05)) for strip in large])
    marks: list[VoidMark | None] = [None] * len(boxes)
    for strip, line in zip(large, told, strict=True):
        if not _WORDS.match(line.text):
            continue
        for n, box in enumerate(boxes):
            if box[0, 1] <= strip.centre[1] < box[2, 1]:
                where = sheet.as_received(strip.corners())
                marks[n] = VoidMark(where, line.confidence, certain=line.confidence > 0.9)
    return marks
