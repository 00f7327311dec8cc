"""Pages as images, one in memory at a time. The only module that talks to PDFium.

Meant to run inside a sandbox; nothing here survives a file that takes PDFium down.
"""

import math
import struct
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pypdfium2 as pdfium  # noqa: TID251 - this is the one module
import pypdfium2.raw as pdfium_c  # noqa: TID251 - this is the one module

from archive.errors import Invalid
from archive.ingest import einvoice, einvoice_picture, ofd, ofd_picture, pictures
from archive.ingest.limits import ScanLimits
from archive.ingest.magic import HEAD, INVOICES, Kind, recognise_document
from archive.ingest.pictures import LEAST_BELIEVED_DPI, MOST_PIXELS, USUAL_DPI, working_dpi
from archive.ingest.refusals import BadScan
from archive.ocr import PageImage

_POINTS_AN_INCH = 72
_IMAGE_COVERS = 0.5  # of a page, for the page to count as a scanned one
_SNAPS_WITHIN = 4  # pixels between the size of a page and that of the image that fills it
_HELD_BYTES = 64 << 20  # what PDFium may keep of a file before it is opened anew
_MOST_PAGES_AN_OPENING = 50
_DEEPEST_FORM = 8
_MOST_OBJECTS = 200_000
_SMALL_SIDE = 240
_SHOWN_QUALITY = 82
_INVISIBLE_TEXT = 3
_FINE_ENOUGH = 150  # dpi
_TAKEN_IN = ScanLimits(pages=sys.maxsize)  # it was counted when it came in
_LARGEST_PAPER = 34 * _POINTS_AN_INCH  # A0 is 33.1 inch wide; nobody scans it upright


class PageUnreadable(Invalid):
    """This page cannot be turned into an image; the others may be fine."""


class PageTooFull(PageUnreadable):
    """There are more lines and letters on this page than any page has."""


class NotOpened(Invalid):
    """A file of the scan is not what it was when it was taken in, or cannot be opened."""


@dataclass(frozen=True, slots=True)
class PageMeasure:
    """What the page of a PDF says of itself before anything on it is decoded.

    Attributes:
        width: in points of 1/72 inch, as shown.
        images: width and height in pixels of every image placed on it.
    """

    number: int
    width: float
    height: float
    images: tuple[tuple[int, int], ...]


def page_count(paths: Sequence[Path]) -> int:
    """How many pages the files of one scan hold together."""
    return sum(_count(path, _kind(path)) for path in paths)


def pages(paths: Sequence[Path], start: int = 1) -> Iterator[PageImage]:
    """The pages of one scan from page ``start`` on, numbered through all its files.

    Raises:
        PageUnreadable: page ``page`` is damaged; start again after it for the rest.
        NotOpened: one of the files is no longer what it was.
    """
    before = 0
    for path in paths:
        kind = _kind(path)
        held = _count(path, kind)
        skipped = max(start - before - 1, 0)
        if skipped < held and kind is Kind.PDF:
            yield from _pdf_images(path, skipped, before)
        elif skipped < held and kind is Kind.OFD:
            yield from _ofd_images(path, skipped, before)
        elif skipped < held and kind in INVOICES:
            yield from _invoice_images(path, kind, skipped, before)
        elif skipped < held:
            yield from _picture_images(path, kind, skipped, before)
        before += held


def shown_and_small(page: PageImage) -> tuple[bytes, bytes]:
    """The page for the viewer, and small for a list of pages."""
    small = to_jpeg(page, quality=70, max_side=_SMALL_SIDE)
    return to_jpeg(page, quality=_SHOWN_QUALITY), small


def to_jpeg(page: PageImage, *, quality: int = 80, max_side: int | None = None) -> bytes:
    """The page as a JPEG, made smaller where its longer side is over ``max_side``."""
    pixels = page.pixels
    scale = min(1.0, (max_side or 65_500) / max(pixels.shape[:2]))
    if scale < 1.0:
        height, width = (max(1, round(side * scale)) for side in pixels.shape[:2])
        pixels = np.asarray(cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA))
    ok, data = cv2.imencode(
        ".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality]
    )
    if not ok:
        raise PageUnreadable(page=page.number)
    return data.tobytes()


def pdf_measures(path: Path, most: int) -> Iterator[PageMeasure]:
    """The measures of the first ``most`` pages of a PDF, nothing decoded.

    Raises:
        PageUnreadable: the page cannot be opened, or is too full to be one.
    """
    for number, page in islice(_pdf_pages(path, 0, 0), most):
        with _must_be_readable(number):
            images = tuple(size for size, _, _ in _objects(page) if size)
            width, height = page.get_size()
        yield PageMeasure(number, width, height, images)


def _kind(path: Path) -> Kind:
    with path.open("rb") as file, _must_open():
        return recognise_document(file.read(HEAD))


def _count(path: Path, kind: Kind) -> int:
    with _must_open():
        if kind is Kind.PDF:
            with pdfium.PdfDocument(path) as document:
                return len(document)
        if kind is Kind.OFD:
            with ofd.opened(path, _TAKEN_IN, checked=True) as document:
                return document.count
        if kind in INVOICES:
            return einvoice_picture.page_count(einvoice.read(path, kind, _TAKEN_IN))
        with pictures.opened(path, kind) as image:
            return sum(1 for _ in pictures.frames(image, kind))


@contextmanager
def _must_open() -> Iterator[None]:
    try:
        yield
    except (BadScan, pdfium.PdfiumError, OSError, SyntaxError, ValueError) as error:
        raise NotOpened from error


@contextmanager
def _must_be_readable(number: int) -> Iterator[None]:
    try:
        yield
    except PageUnreadable as unreadable:
        unreadable.facts["page"] = number
        raise
    except (
        pdfium.PdfiumError,
        BadScan,
        OSError,
        ValueError,
        SyntaxError,
        struct.error,
    ) as error:
        raise PageUnreadable(page=number) from error


def _picture_images(path: Path, kind: Kind, skipped: int, before: int) -> Iterator[PageImage]:
    with pictures.opened(path, kind) as image:
        for index in pictures.frames(image, kind, skipped):
            number = before + index + 1
            with _must_be_readable(number):
                pixels, dpi = pictures.rgb(image)
            yield PageImage(number, pixels, dpi)


def _ofd_images(path: Path, skipped: int, before: int) -> Iterator[PageImage]:
    """Previews, with what is written on each page; what the file holds was checked before."""
    with ofd.opened(path, _TAKEN_IN, checked=True) as document:
        for index in range(skipped, document.count):
            number = before + index + 1
            with _must_be_readable(number):
                page = document.page(index + 1)
                image = _preview(number, page, document, ofd_picture.NOTE)
                if not index:
                    image = replace(image, coded=einvoice.code_within(document))
            yield image


def _invoice_images(path: Path, kind: Kind, skipped: int, before: int) -> Iterator[PageImage]:
    """Pages drawn from what a 数电票 says."""
    invoice = einvoice.read(path, kind, _TAKEN_IN)
    for index in range(skipped, einvoice_picture.page_count(invoice)):
        number = before + index + 1
        with _must_be_readable(number):
            page = einvoice_picture.page_of(invoice, index + 1)
            image = _preview(number, page, None, einvoice_picture.NOTE)
            image = replace(image, coded=einvoice.code_of(invoice))
        yield image


def _preview(number: int, page: ofd.OfdPage, document: ofd.Ofd | None, note: str) -> PageImage:
    scale = ofd_picture.scale_of(page)
    pixels = ofd_picture.drawn(document, page, scale)
    lines = ofd_picture.lines_of(page, scale)
    return PageImage(number, pixels, round(scale * 25.4, 2), lines, note)


def _pdf_images(path: Path, skipped: int, before: int) -> Iterator[PageImage]:
    for number, page in _pdf_pages(path, skipped, before):
        with _must_be_readable(number):
            image = _rendered(page, number)
        yield image


def _pdf_pages(path: Path, skipped: int, before: int) -> Iterator[tuple[int, Any]]:
    """Each page and its number; PDFium keeps all it has read, so it is made to forget."""
    total = _count(path, Kind.PDF)
    mean = path.stat().st_size // max(total, 1) + 1
    at_once = min(max(_HELD_BYTES // mean, 1), _MOST_PAGES_AN_OPENING)
    for first in range(skipped, total, at_once):
        with pdfium.PdfDocument(path) as document:
            for index in range(first, min(first + at_once, total)):
                number = before + index + 1
                with closing(_opened(document, index, number)) as page:
                    yield number, page


def _opened(document: Any, index: int, number: int) -> Any:
    with _must_be_readable(number):
        return document[index]


def _rendered(page: Any, number: int) -> PageImage:
    width, height, dpi = _working_size(page)
    bitmap = pdfium.PdfBitmap.new_native(width, height, pdfium_c.FPDFBitmap_BGR, rev_byteorder=True)
    bitmap.fill_rect((255, 255, 255, 255), 0, 0, width, height)
    flags = pdfium_c.FPDF_ANNOT | pdfium_c.FPDF_REVERSE_BYTE_ORDER
    pdfium_c.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, flags)
    pixels = np.ascontiguousarray(bitmap.to_numpy())
    if pixels.min() == pixels.max():
        _check_images(page)
    return PageImage(number, pixels, dpi)


def _check_images(page: Any) -> None:
    """A page that came out blank is blank, and not one whose image PDFium left out as broken."""
    only_images = [pdfium_c.FPDF_PAGEOBJ_IMAGE]
    for image in page.get_objects(only_images, max_depth=_DEEPEST_FORM):
        image.get_bitmap().close()


def _working_size(page: Any) -> tuple[int, int, float]:
    """Width, height and resolution to render at.

    A scanned page is rendered at the size of the image that fills it, so that nothing is
    interpolated; a drawn page at the usual resolution.
    """
    across, down = page.get_size()
    own, images = _own_dpi(page, across, down)
    dpi = working_dpi(own) if own else float(USUAL_DPI)
    dpi = min(dpi, _POINTS_AN_INCH * math.sqrt(MOST_PIXELS / (across * down)))
    width, height = (max(1, round(side * dpi / _POINTS_AN_INCH)) for side in (across, down))
    for size in (*images, *((b, a) for a, b in images)):
        if abs(size[0] - width) <= _SNAPS_WITHIN and abs(size[1] - height) <= _SNAPS_WITHIN:
            width, height = size
    return width, height, round(dpi, 2) if dpi >= LEAST_BELIEVED_DPI else 0.0


def _own_dpi(page: Any, across: float, down: float) -> tuple[float, list[tuple[int, int]]]:
    """The resolution of the images that make up a scanned page, and their sizes; 0 if drawn.

    Writing on top of a scan (a scanning app's mark) does not make it a drawn page, unless the
    image is so coarse that it can only be a background. A photograph put on a page of one point a
    pixel looks coarse too, but its page is larger than any paper.
    """
    covered, own, has_drawing = 0.0, 0.0, False
    sizes = []
    for size, area, is_drawn in _objects(page):
        has_drawing |= is_drawn
        if size is None or area <= 0:
            continue
        covered += area
        sizes.append(size)
        if area * 8 >= across * down:
            own = max(own, _POINTS_AN_INCH * math.sqrt(size[0] * size[1] / area))
    is_paper = max(across, down) <= _LARGEST_PAPER
    is_background = has_drawing and is_paper and own < _FINE_ENOUGH
    if covered < _IMAGE_COVERS * across * down or is_background:
        return 0.0, []
    return own, sizes


def _objects(page: Any) -> Iterator[tuple[tuple[int, int] | None, float, bool]]:
    """Of every object: its size if it is an image, its area in square points, whether drawn."""
    for count, item in enumerate(page.get_objects(max_depth=_DEEPEST_FORM)):
        if count == _MOST_OBJECTS:
            raise PageTooFull
        if item.type == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            left, bottom, right, top = item.get_bounds()
            area = abs((right - left) * (top - bottom)) * _enlarged(item.container)
            yield item.get_px_size(), area, False
        elif item.type == pdfium_c.FPDF_PAGEOBJ_TEXT:
            yield None, 0.0, pdfium_c.FPDFTextObj_GetTextRenderMode(item) != _INVISIBLE_TEXT
        else:
            yield None, 0.0, item.type == pdfium_c.FPDF_PAGEOBJ_PATH


def _enlarged(form: Any) -> float:
    """By how much the forms around an object enlarge its area."""
    factor = 1.0
    while form is not None:
        matrix = form.get_matrix()
        factor *= abs(matrix.a * matrix.d - matrix.b * matrix.c)
        form = form.container
    return factor
