"""Reading page images: what a reader of printed text gives, whichever engine is behind it.

One module per engine (``archive.ocr.rapid``). What the words *mean* – a stub number, a void
mark – is not decided here but in the capability that asks (``archive.custody.reading``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:  # who only tells what was read needs no numpy
    import numpy as np
    from numpy.typing import NDArray

Pixels: TypeAlias = "NDArray[np.uint8]"
"""Height × width × 3, RGB, 0–255."""

Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels of the image it was found in; right and bottom excluded."""


Quad = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]
"""Four corners, clockwise from the text's own top left, in pixels."""


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of text found on an image.

    Attributes:
        quad: the four corners, clockwise from the text's own top left, in pixels.
        confidence: 0–1 as the engine gives it; comparable only within one engine.
    """

    text: str
    quad: Quad
    confidence: float


@dataclass(frozen=True, slots=True)
class PageImage:
    """One page as an image.

    Attributes:
        number: 1-based position in the file as received.
        pixels: the page, never turned or cleaned.
        dpi: resolution the pixels were made at; 0 when the file does not say.
        written: what the file itself says stands on it; None where it is only seen.
        note: what is to be written under a preview.
        coded: what data in the file says, in the way the QR code of an invoice says it.
    """

    number: int
    pixels: Pixels
    dpi: float = 0.0
    written: tuple[TextLine, ...] | None = None
    note: str = ""
    coded: str = ""


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character as the engine saw it on a line.

    Attributes:
        confidence: 0–1, of this character alone.
        at: where its middle stands, as a share of the line image's width.
    """

    char: str
    confidence: float
    at: float


@dataclass(frozen=True, slots=True)
class LineText:
    """The text of one line image, character by character.

    Attributes:
        confidence: the mean over the characters, 0 where there is none.
    """

    text: str
    confidence: float
    glyphs: tuple[Glyph, ...]


class TextReader(Protocol):
    """An engine that reads printed text.

    Attributes:
        threads: how many threads one reading may use.
    """

    name: str
    version: str
    threads: int

    def read(self, pixels: Pixels) -> list[TextLine]:
        """Every line on the image, found and read."""
        ...

    def find(self, pixels: Pixels, *, longest: int | None = None) -> list[Quad]:
        """Where lines of text stand, unread.

        ``longest``: look at the image shrunk until its longer side has that many pixels.
        """
        ...

    def read_lines(self, crops: Sequence[Pixels]) -> list[LineText]:
        """The texts of images each cut to one upright line, in the order given."""
        ...

    def read_line(self, pixels: Pixels) -> tuple[str, float]:
        """The text of an image that is cut to one upright line, with its confidence."""
        ...

    def odds(self, crops: Sequence[Pixels], characters: str) -> list[float]:
        """For every line image how likely any of ``characters`` stands on it at all, 0–1.

        Tells more than the text where print is bad: a stamp read as 度票 still has odds of 废.
        """
        ...
