"""Laying a page upright, and telling a page with nothing on it."""

from collections.abc import Sequence

import cv2
import numpy as np

from archive.ocr import PageImage, TextReader
from archive.ocr.sheet import Sheet, Strip

FINDING_SIDE = 1200
"""Pixels the longer side of a page is shrunk to when lines are looked for."""

_SAMPLED_LINES = 4


def is_blank(sheet: Sheet) -> bool:
    """Whether nothing is printed or written on the page; paper grain and shadow are nothing."""
    small, _ = sheet.shrunk(600)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
    paper = cv2.medianBlur(grey, 31)
    ink = (paper.astype(np.int16) - grey) > 25
    inner = ink[20:-20, 20:-20]
    return float(inner.mean()) < 0.0006


def strips_on(reader: TextReader, sheet: Sheet) -> list[Strip]:
    """Where lines of text stand on the page."""
    return [Strip.of(quad) for quad in reader.find(sheet.pixels, longest=FINDING_SIDE)]


def stood_up(reader: TextReader, page: PageImage) -> tuple[Sheet, list[Strip]]:
    """The page turned so that its lines run level, and its lines; it may yet be upside down."""
    sheet = Sheet(page.pixels, page.dpi)
    quads = reader.find(sheet.pixels, longest=FINDING_SIDE)
    strips = [Strip.of(quad) for quad in quads]
    if not _runs_sideways(strips):
        return sheet, strips
    sheet = sheet.turned_further(90)
    return sheet, strips_on(reader, sheet)


def is_upside_down(reader: TextReader, sheet: Sheet, strips: Sequence[Strip]) -> bool:
    """Whether lines make more sense turned by half; read both ways and compared."""
    if not strips:
        return False
    longest = sorted(strips, key=lambda strip: strip.width / strip.height, reverse=True)
    crops = [sheet.cut(strip.grown(0.2, 0.1)) for strip in longest[:_SAMPLED_LINES]]
    turned = [np.ascontiguousarray(crop[::-1, ::-1]) for crop in crops]
    told = reader.read_lines([*crops, *turned])
    sense = [len(line.text) * line.confidence**2 for line in told]
    return sum(sense[len(crops) :]) > 1.1 * sum(sense[: len(crops)])


def _runs_sideways(strips: Sequence[Strip]) -> bool:
    long = [s for s in strips if max(s.width, s.height) > 2.2 * min(s.width, s.height)]
    tall = sum(s.height > s.width or abs(abs(s.slant) - np.pi / 2) < 0.6 for s in long)
    return len(long) >= 3 and tall > 0.6 * len(long)
