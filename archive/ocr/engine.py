"""The engine of this process, loaded once, when first asked for."""

from functools import cache

from archive.ocr import TextReader


@cache
def text_reader(threads: int) -> TextReader:
    """The engine that reads printed text here."""
    from archive.ocr.rapid import RapidTextReader  # noqa: PLC0415 - takes a second to load

    return RapidTextReader(threads=threads)
