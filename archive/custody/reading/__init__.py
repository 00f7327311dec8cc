"""Reading scans of bound stub volumes: every number, every void mark, no silent error.

    reader = StubReader(RapidTextReader())
    for page in pages:
        reading = reader.read(page)

Pure of database and clock. See :mod:`archive.custody.reading.found` for what comes out.
"""

from archive.custody.reading.found import (
    Doubt,
    Expected,
    PageProblem,
    PageReading,
    StubReading,
    VoidMark,
)
from archive.custody.reading.reader import StubReader

__all__ = [
    "Doubt",
    "Expected",
    "PageProblem",
    "PageReading",
    "StubReader",
    "StubReading",
    "VoidMark",
]
