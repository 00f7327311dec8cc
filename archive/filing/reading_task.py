"""Reading delivered pages one by one, as the task that runs in the sandbox process.

What goes in and out is picklable; the engine is loaded once per process.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2

from archive.filing.separator import separator_in
from archive.ingest.raster import pages, to_jpeg
from archive.ocr import Box, PageImage, TextReader
from archive.ocr.sheet import Sheet, Strip
from archive.ocr.upright import is_blank, is_upside_down, stood_up

THUMB_SIDE = 240
IMAGE_QUALITY = 82
_CODE_SIDE = 1400
_LEAST_SURE = 0.5


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text and where it stands on the page as received."""

    text: str
    confidence: float
    box: Box


@dataclass(frozen=True, slots=True)
class ReadPage:
    """A page that was read, with its images as JPEG.

    Attributes:
        turned: degrees clockwise it has to be turned to stand upright.
        payload: what a QR code on it says; empty where there is none.
    """

    width: int
    height: int
    turned: int
    blank: bool
    payload: str
    lines: tuple[Line, ...]
    image: bytes
    thumb: bytes


@cache
def text_reader(threads: int) -> TextReader:
    """The engine of this process."""
    from archive.ocr.rapid import RapidTextReader  # noqa: PLC0415 - takes a second to load

    return RapidTextReader(threads=threads)


def read_pages(paths: Sequence[Path], start: int, threads: int) -> Iterator[ReadPage]:
    """The pages of a delivery from page ``start`` on, one in memory at a time."""
    engine = text_reader(threads)
    for page in pages(paths, start):
        yield read_page(engine, page)


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
    height, width = page.pixels.shape[:2]
    return ReadPage(
        width=width,
        height=height,
        turned=sheet.turned,
        blank=blank,
        payload=payload,
        lines=lines,
        image=to_jpeg(page, quality=IMAGE_QUALITY),
        thumb=to_jpeg(page, quality=70, max_side=THUMB_SIDE),
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
