"""Reading a scan page by page, as the task that runs in the sandbox process.

What goes in and out is picklable; the engine is loaded once per process.
"""

import io
import pickle
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from archive.custody.reading import Expected, PageReading, StubReader
from archive.ingest.raster import pages, shown_and_small
from archive.ocr import TextReader
from archive.ocr.engine import text_reader


@dataclass(frozen=True, slots=True)
class ReadPage:
    """A page that was read, with its images as JPEG.

    Attributes:
        learned: what the reader knows of the volume after it, for another reader to go on with.
    """

    reading: PageReading
    image: bytes
    thumb: bytes
    learned: bytes = b""


def read_pages(  # noqa: PLR0917 - a task of the sandbox takes its arguments by position
    paths: Sequence[Path],
    start: int,
    expected: Expected,
    threads: int,
    images: bool = True,
    learned: bytes = b"",
) -> Iterator[ReadPage]:
    """The pages of a scan from page ``start`` on, one in memory at a time.

    With what was ``learned`` on the pages before, every page reads as if there had been no stop.
    """
    engine = text_reader(threads)
    reader = _went_on(learned, engine) or StubReader(engine, expected=expected)
    for page in pages(paths, start):
        reading = reader.read(page)
        image, thumb = shown_and_small(page) if images else (b"", b"")
        yield ReadPage(reading, image, thumb, _learned(reader, engine))


class _WithoutEngine(pickle.Pickler):
    """Writes down a reader; the engine it reads with is the process's own."""

    def __init__(self, out: io.BytesIO, engine: TextReader) -> None:
        super().__init__(out)
        self._engine = engine

    def persistent_id(self, thing: object) -> str | None:
        return "engine" if thing is self._engine else None


class _WithEngine(pickle.Unpickler):
    """Makes a reader of what was written down, with the engine of this process."""

    def __init__(self, content: io.BytesIO, engine: TextReader) -> None:
        super().__init__(content)
        self._engine = engine

    def persistent_load(self, _name: str) -> TextReader:
        return self._engine


def _learned(reader: StubReader, engine: TextReader) -> bytes:
    out = io.BytesIO()
    _WithoutEngine(out, engine).dump(reader)
    return out.getvalue()


def _went_on(learned: bytes, engine: TextReader) -> StubReader | None:
    """The reader that stopped; None where nothing was learned, or by another edition of it."""
    try:
        reader = _WithEngine(io.BytesIO(learned), engine).load()
    except Exception:  # noqa: BLE001 - whatever it holds, learning it again is always possible
        return None
    return reader if isinstance(reader, StubReader) else None
