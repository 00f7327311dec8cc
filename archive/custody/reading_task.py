"""Reading a scan page by page, as the task that runs in the sandbox process.

What goes in and out is picklable; the engine is loaded once per process.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from archive.custody.reading import Expected, PageReading, StubReader
from archive.ingest.raster import pages, to_jpeg
from archive.ocr import TextReader

THUMB_SIDE = 240
IMAGE_QUALITY = 82


@dataclass(frozen=True, slots=True)
class ReadPage:
    """A page that was read, with its images as JPEG."""

    reading: PageReading
    image: bytes
    thumb: bytes


@cache
def text_reader(threads: int) -> TextReader:
    """The engine of this process."""
    from archive.ocr.rapid import RapidTextReader  # noqa: PLC0415 - takes a second to load

    return RapidTextReader(threads=threads)


def read_pages(
    paths: Sequence[Path], start: int, expected: Expected, threads: int, images: bool = True
) -> Iterator[ReadPage]:
    """The pages of a scan from page ``start`` on, one in memory at a time."""
    reader = StubReader(text_reader(threads), expected=expected)
    for page in pages(paths, start):
        reading = reader.read(page)
        image = to_jpeg(page, quality=IMAGE_QUALITY) if images else b""
        thumb = to_jpeg(page, quality=70, max_side=THUMB_SIDE) if images else b""
        yield ReadPage(reading, image, thumb)
