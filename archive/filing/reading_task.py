"""Reading delivered pages one by one, as the task that runs in the sandbox process.

What goes in and out is picklable; the engine is loaded once per process.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2

from archive.filing.line import Line
from archive.filing.separator import separator_in
from archive.ingest.ofd_picture import with_note
from archive.ingest.raster import pages, shown_and_small
from archive.ocr import Box, PageImage, TextLine, TextReader
from archive.ocr.engine import text_reader
from archive.ocr.sheet import Sheet, Strip
from archive.ocr.upright import is_blank, is_upside_down, stood_up

_CODE_SIDE = 1400
_LEAST_SURE = 0.5


@dataclass(frozen=True, slots=True)
class ReadPage:
    """A page that was read, with its images as JPEG.

    Attributes:
        turned: degrees clockwise it has to be turned to stand upright.
        payload: what a QR code on it says, or data in the file that says the same; else empty.
    """

    width: int
    height: int
    turned: int
    blank: bool
    payload: str
    lines: tuple[Line, ...]
    image: bytes
    thumb: bytes


def read_pages(paths: Sequence[Path], start: int, threads: int) -> Iterator[ReadPage]:
    """The pages of a delivery from page ``start`` on, one in memory at a time."""
    for page in pages(paths, start):
        if page.written:  # the file itself says so; nothing is guessed from its preview
            lines = (Line(line.text, line.confidence, _around(line)) for line in page.written)
            sheet = Sheet(page.pixels, page.dpi)
            yield _page(page, sheet, tuple(lines), payload=code_on(page) or page.coded)
        else:
            yield read_page(text_reader(threads), page)


def read_page(engine: TextReader, page: PageImage) -> ReadPage:
    """What stands on one page, and whether anything does."""
    payload = code_on(page)
    if separator_in(payload) is not None:
        return _page(page, Sheet(page.pixels, page.dpi), payload=payload)
    sheet, strips = stood_up(engine, page)
    if strips and is_upside_down(engine, sheet, strips):
        strips = [strip.upside_down(sheet.width, sheet.height) for strip in strips]
        sheet = sheet.turned_further(180)
    blank = not strips and is_blank(sheet)
    return _page(page, sheet, tuple(_lines(engine, sheet, strips)), payload=payload, blank=blank)


def _page(
    page: PageImage,
    sheet: Sheet,
    lines: tuple[Line, ...] = (),
    *,
    payload: str = "",
    blank: bool = False,
) -> ReadPage:
    shown = page
    if page.note:
        shown = replace(page, pixels=with_note(page.pixels, page.note))
    height, width = shown.pixels.shape[:2]
    image, thumb = shown_and_small(shown)
    return ReadPage(
        width=width,
        height=height,
        turned=sheet.turned,
        blank=blank,
        payload=payload,
        lines=lines,
        image=image,
        thumb=thumb,
    )


def _around(line: TextLine) -> Box:
    across, down = zip(*line.quad, strict=True)
    return (
        math.floor(min(across)),
        math.floor(min(down)),
        math.ceil(max(across)),
        math.ceil(max(down)),
    )


def code_on(page: PageImage) -> str:
    """What a QR code on the page says; empty where none can be read."""
    grey = cv2.cvtColor(page.pixels, cv2.COLOR_RGB2GRAY)
    shrink = _CODE_SIDE / max(grey.shape)
    if shrink < 1:
        grey = cv2.resize(grey, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    try:
        said, _, _ = cv2.QRCodeDetector().detectAndDecode(grey)
    except cv2.error:
        return ""
    return str(said)[:120]


def _lines(engine: TextReader, sheet: Sheet, strips: Sequence[Strip]) -> Iterator[Line]:
    """The lines of an upright page, from the top down; what was read as next to nothing is left."""
    ordered = sorted(strips, key=lambda strip: (strip.centre[1], strip.centre[0]))
    crops = [sheet.cut(strip.grown(0.2, 0.08)) for strip in ordered]
    for strip, told in zip(ordered, engine.read_lines(crops), strict=True):
        if told.text.strip() and told.confidence >= _LEAST_SURE:
            box = sheet.as_received(strip.corners())
            yield Line(told.text.strip(), round(told.confidence, 3), box)
