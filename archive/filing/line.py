"""A line of text as it was read on a page."""

from dataclasses import dataclass

from archive.ocr import Box


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text and where it stands on the page as received."""

    text: str
    confidence: float
    box: Box
