"""A preview of an OFD page: its words where they stand, its pictures and straight lines.

Not how its own program would show it: letters are ours, stamps and colours are left out. That it
is a preview is written under it (``with_note``); the file as received can always be had.
"""

import io
import math
from collections.abc import Iterator, Sequence
from functools import lru_cache

import cvttf_NotoSansCJK_Regular
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from archive.ingest.ofd import Ofd, OfdPage, Placed, Written
from archive.ingest.pictures import MOST_PIXELS, USUAL_DPI
from archive.ingest.refusals import BadScan
from archive.ocr import Pixels, Quad, TextLine

NOTE = "OFD 文字版式预览，非原貌；以原文件为准"
_MM_AN_INCH = 25.4
_INK = (25, 25, 30)
_LINE = (120, 120, 125)
_OPENS = ("JPEG", "PNG", "BMP")
_SIZES = (2, 400)  # pixels a letter may be high
_MOST_ON_A_PAGE = 300  # pictures


def scale_of(page: OfdPage) -> float:
    """Pixels a millimetre: those of a usual scan, less for a page that is large."""
    usual = USUAL_DPI / _MM_AN_INCH
    return min(usual, math.sqrt(MOST_PIXELS / (page.width * page.height)))


def drawn(ofd: Ofd | None, page: OfdPage, scale: float) -> Pixels:
    """The page as an image; ``ofd`` has its pictures, if it has any."""
    size = max(1, round(page.width * scale)), max(1, round(page.height * scale))
    sheet = Image.new("RGB", size, "white")
    if ofd is not None:
        for placed in page.placed[:_MOST_ON_A_PAGE]:
            _put(sheet, ofd, placed, scale)
    pen = ImageDraw.Draw(sheet)
    for stroke in page.strokes:
        pen.line([(x * scale, y * scale) for x, y in stroke.points], _LINE, 1)
    for run in page.written:
        face = _face(round(run.size * scale))
        for character, (x, y) in zip(run.text, run.points, strict=True):
            if -10 < x < page.width + 10 and -10 < y < page.height + 10:
                pen.text((x * scale, y * scale), character, _INK, face, anchor="ls")
    return np.asarray(sheet, np.uint8)


def with_note(pixels: Pixels, note: str) -> Pixels:
    """The same with a strip below it that says what it is."""
    width = pixels.shape[1]
    letter = max(10, min(28, width // 40))
    strip = Image.new("RGB", (width, 2 * letter), (255, 244, 214))
    pen = ImageDraw.Draw(strip)
    pen.text((letter, letter), note, (110, 70, 0), _face(letter), anchor="lm")
    return np.concatenate([pixels, np.asarray(strip, np.uint8)])


def lines_of(page: OfdPage, scale: float) -> tuple[TextLine, ...]:
    """What is written on the page, line by line from the top down, in pixels of its image."""
    return tuple(
        TextLine(text, _corners(box, scale), 1.0)
        for text, box in _joined(page.written)
        if text.strip()
    )


_Extent = tuple[float, float, float, float]


def _joined(written: Sequence[Written]) -> Iterator[tuple[str, _Extent]]:
    """Runs that follow each other on one line, as one: many programs write letter by letter."""
    runs = sorted(written, key=lambda run: (round(run.points[0][1] * 2), run.points[0][0]))
    text, box, size = "", (0.0, 0.0, 0.0, 0.0), 0.0
    for run in runs:
        own = _extent(run)
        goes_on = (
            text
            and abs(own[3] - box[3]) < 0.4 * size
            and abs(run.size - size) < 0.4 * size
            and -0.5 * size < own[0] - box[2] < 1.0 * size
        )
        if goes_on:
            text += run.text
            box = min(box[0], own[0]), min(box[1], own[1]), max(box[2], own[2]), max(box[3], own[3])
            continue
        if text:
            yield text, box
        text, box, size = run.text, own, run.size
    if text:
        yield text, box


def _extent(run: Written) -> _Extent:
    """Left, top, right, bottom of a run."""
    across = [x for x, _ in run.points]
    down = [y for _, y in run.points]
    last = run.size * (0.5 if run.text[-1] < "\u2e80" else 1.0)
    return min(across), min(down) - 0.88 * run.size, max(across) + last, max(down) + 0.12 * run.size


def _corners(box: _Extent, scale: float) -> Quad:
    left, top, right, bottom = (max(0.0, side * scale) for side in box)
    return (left, top), (right, top), (right, bottom), (left, bottom)


def _put(sheet: Image.Image, ofd: Ofd, placed: Placed, scale: float) -> None:
    """A picture into its box; one that cannot be opened leaves its place empty."""
    left, top, width, height = (round(side * scale) for side in placed.box)
    if not (0 < width <= 2 * sheet.width and 0 < height <= 2 * sheet.height):
        return
    try:
        with Image.open(io.BytesIO(ofd.picture(placed.name)), formats=_OPENS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                return
            small = picture.convert("RGBA").resize((width, height))
    except (BadScan, OSError, ValueError, SyntaxError):
        return
    sheet.paste(small, (left, top), small)


@lru_cache(32)
def _face(size: int) -> ImageFont.FreeTypeFont:
    fitting = min(max(size, _SIZES[0]), _SIZES[1])
    return ImageFont.truetype(cvttf_NotoSansCJK_Regular.get_TTF_path(), fitting)
