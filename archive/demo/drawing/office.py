"""Office papers as a station scans them: a heading, what is filled in, a day and a name below.

Drawn for the demo and for tests of filing; nothing of the reader was adjusted on them.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from archive.demo.drawing.fonts import face

_MARGIN = 0.11


@dataclass(frozen=True, slots=True)
class OfficePaper:
    """One page.

    Attributes:
        lines: below the heading, each as it stands.
        foot: at the lower right, where one signs and dates.
        turned: degrees the sheet lay turned on the scanner.
    """

    heading: str = ""
    lines: Sequence[str] = ()
    foot: Sequence[str] = ()
    turned: int = 0

    def drawn(self, *, dpi: int = 150, seed: int = 1) -> Image.Image:
        """The scanned page: paper grain, a slight slant."""
        width, height = round(8.27 * dpi), round(11.69 * dpi)
        page = Image.new("RGB", (width, height), (250, 249, 245))
        pen = ImageDraw.Draw(page)
        y = _MARGIN * height
        if self.heading:
            large = face("song", round(0.030 * height))
            x = (width - pen.textlength(self.heading, large)) / 2
            pen.text((x, y), self.heading, (25, 25, 30), large)
            y += 0.07 * height
        usual = face("song", round(0.0165 * height))
        for line in self.lines:
            pen.text((_MARGIN * width, y), line, (30, 30, 36), usual)
            y += 0.034 * height
        y = max(y + 0.05 * height, 0.78 * height)
        for line in self.foot:
            x = (1 - _MARGIN) * width - pen.textlength(line, usual)
            pen.text((x, y), line, (30, 30, 36), usual)
            y += 0.034 * height
        return _scanned(page, self.turned, np.random.default_rng(seed))


def as_pdf(pages: Sequence[Image.Image], *, dpi: int = 150) -> bytes:
    """Page images as a scanner's PDF."""
    kept = io.BytesIO()
    pages[0].save(
        kept, "PDF", save_all=True, append_images=list(pages[1:]), resolution=dpi, quality=85
    )
    return kept.getvalue()


def as_jpeg(page: Image.Image, *, dpi: int = 150) -> bytes:
    """A page image as a telephone or a scanner gives it."""
    kept = io.BytesIO()
    page.save(kept, "JPEG", quality=85, dpi=(dpi, dpi))
    return kept.getvalue()


def blank_page(*, dpi: int = 150, seed: int = 1) -> Image.Image:
    """The empty back of a sheet."""
    return OfficePaper().drawn(dpi=dpi, seed=seed)


def _scanned(page: Image.Image, turned: int, chance: np.random.Generator) -> Image.Image:
    slanted = page.rotate(
        float(chance.normal(0, 0.4)), Image.Resampling.BICUBIC, fillcolor=(250, 249, 245)
    )
    if turned:
        slanted = slanted.rotate(-turned, expand=True)
    grain = chance.normal(0, 3, (slanted.height, slanted.width, 1))
    return Image.fromarray(np.clip(np.asarray(slanted) + grain, 0, 255).astype(np.uint8))
