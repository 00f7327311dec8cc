"""What a file really is, and whether it can be taken as a scan.

Meant to run inside a sandbox (``inspector.Inspector``): the libraries used here meet whatever
someone sent. The name of a file is only ever repeated, never believed.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from PIL import Image

from archive.ingest import einvoice, einvoice_picture, ofd, pdf_look, pictures, raster
from archive.ingest.inspected import Inspected
from archive.ingest.limits import ScanLimits
from archive.ingest.magic import HEAD, INVOICES, Kind, recognise, recognise_document
from archive.ingest.ofd import Signed
from archive.ingest.refusals import (
    BadScan,
    ContentBomb,
    Damaged,
    DamagedPage,
    EmptyFile,
    ImageBomb,
    PageTooBig,
    ScanTooLarge,
    TooManyPages,
    Truncated,
)

_MM_A_POINT = 25.4 / 72
_TIFF_PARTS = ((273, 279), (324, 325))  # where strips, or tiles, begin and how long they are


def inspect(path: Path, *, name: str = "", limits: ScanLimits | None = None) -> Inspected:
    """What the file at ``path`` is.

    Raises:
        BadScan: one of its kinds, with ``name`` for the sentence.
    """
    (only,) = inspect_all([(path, name)], limits=limits)
    return only


def inspect_all(
    files: Sequence[tuple[Path, str]],
    *,
    limits: ScanLimits | None = None,
    documents: bool = False,
) -> tuple[Inspected, ...]:
    """What the files of one scan are, each given with its name; the limits hold for all together.

    ``documents``: what was never paper (OFD) is taken too.

    Raises:
        BadScan: one of its kinds, with the name of the file it is about.
    """
    limits = limits or ScanLimits()
    found: list[Inspected] = []
    for path, name in files:
        with _about(name):
            found.append(_inspected(path, limits, documents=documents))
            if sum(one.size for one in found) > limits.bytes_in_all:
                raise ScanTooLarge(limit=limits.bytes_in_all)
            _check_count(sum(one.pages for one in found), limits)
    return tuple(found)


@contextmanager
def _about(name: str) -> Iterator[None]:
    try:
        yield
    except BadScan as bad:
        bad.facts["name"] = name
        raise


def _inspected(path: Path, limits: ScanLimits, *, documents: bool) -> Inspected:
    size = path.stat().st_size
    if not size:
        raise EmptyFile
    if size > limits.bytes_in_all:
        raise ScanTooLarge(limit=limits.bytes_in_all)
    with path.open("rb") as file:
        kind = (recognise_document if documents else recognise)(file.read(HEAD))
    pages, signed = _looked(path, kind, limits)
    return Inspected(kind, pages, size, signed)


def _looked(path: Path, kind: Kind, limits: ScanLimits) -> tuple[int, Signed | None]:
    """How many pages it has, and how often it is signed."""
    if kind is Kind.OFD:
        pages = ofd.look(path, limits)
        with ofd.opened(path, limits, checked=True) as document:
            return pages, document.signed()
    if kind in INVOICES:
        invoice = einvoice.read(path, kind, limits)
        return einvoice_picture.page_count(invoice), Signed(0, invoice.signatures)
    if kind is Kind.PDF:
        found = _pdf(path, limits)
        return found.pages, Signed(0, found.signatures)
    return _picture_pages(path, kind, limits), None


def _check_count(pages: int, limits: ScanLimits) -> None:
    if pages > limits.pages:
        raise TooManyPages(limit=limits.pages)


def _pdf(path: Path, limits: ScanLimits) -> pdf_look.Looked:
    with path.open("rb") as file:
        found = pdf_look.look(file, limits)
    shown = 0
    try:
        for measure in raster.pdf_measures(path, limits.pages):
            shown += 1
            _check_measure(measure, limits)
    except raster.PageTooFull as error:
        raise ContentBomb(**error.facts) from error
    except raster.PageUnreadable as error:
        raise DamagedPage(**error.facts) from error
    except raster.NotOpened as error:
        raise Damaged from error
    if shown != found.pages:  # two readers that see different pages: one of them would lose some
        raise Damaged
    return found


def _check_measure(page: raster.PageMeasure, limits: ScanLimits) -> None:
    width, height = (side * _MM_A_POINT for side in (page.width, page.height))
    if max(width, height) > limits.side_mm:
        raise PageTooBig(
            page=page.number, width_m=round(width / 1000, 1), height_m=round(height / 1000, 1)
        )
    if not (width > 0 and height > 0):
        raise DamagedPage(page=page.number)
    for size in page.images:
        _check_pixels(page.number, *size, limits)


def _check_pixels(page: int, width: int, height: int, limits: ScanLimits) -> None:
    if width * height > limits.pixels:
        raise ImageBomb(page=page, width=width, height=height, limit=limits.pixels)


def _picture_pages(path: Path, kind: Kind, limits: ScanLimits) -> int:
    count = 0
    try:
        with pictures.opened(path, kind) as image:
            for index in pictures.frames(image, kind):
                count = index + 1
                _check_count(count, limits)
                _check_pixels(count, image.width, image.height, limits)
                _check_whole(image, kind, path)
    except (BadScan, MemoryError):
        raise
    except Exception as error:  # whatever a hostile file makes the library stumble over
        raise (DamagedPage(page=count) if count > 1 else Damaged()) from error
    return count


def _check_whole(image: Image.Image, kind: Kind, path: Path) -> None:
    """That the frame is there to its last byte, at the least cost its format allows."""
    try:
        if kind is Kind.TIFF:
            _check_tiff_parts(image, path.stat().st_size)
        elif kind is Kind.PNG:
            image.verify()
        else:
            image.draft("L", (max(1, image.width // 8), max(1, image.height // 8)))
            image.load()
    except OSError as error:
        raise (Truncated if "truncated" in str(error).lower() else Damaged) from error


def _check_tiff_parts(image: Image.Image, size: int) -> None:
    tags = getattr(image, "tag_v2", {})
    for starts, lengths in _TIFF_PARTS:
        parts = zip(tags.get(starts, ()), tags.get(lengths, ()), strict=False)
        if any(start + length > size for start, length in parts):
            raise Truncated
