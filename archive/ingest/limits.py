"""How much one scan may ask of us."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScanLimits:
    """What is refused at the door; an installation may set its own.

    Attributes:
        bytes_in_all: size of a scan, all its files together.
        pages: pages of a scan, all its files together.
        pixels: pixels of one image, or of one image placed on a PDF page.
        side_mm: width or height of a PDF page; 5,080 mm is what PDF itself allows (200 inch).
        content_bytes: what the drawing instructions of one PDF page may unpack to.
        objects: parts of a PDF looked at for scripts and actions before giving up.
    """

    bytes_in_all: int = 2_000_000_000
    pages: int = 2_000
    pixels: int = 100_000_000
    side_mm: int = 5_080
    content_bytes: int = 16_000_000
    objects: int = 300_000
