"""The second look at a void mark: how much the place reads like 废.

As text the engine reads stamps, brush and pen badly. But its odds that 废 stands there at all
are next to nothing where it does not, and plain where it does, once the mark's ink is told from
the print beneath it: bold strokes by closing thin ones, red and blue ink by their colour.
"""

import math
from collections.abc import Sequence

import cv2
import numpy as np

from archive.custody.reading.void_net import Spot
from archive.ocr import Pixels, TextReader
from archive.ocr.sheet import Sheet, Strip

WASTE = "废廢"

Way = tuple[float, float, float]
"""How to cut a place: degrees it is turned further, how many characters wide, how many times the
character's told size it is taken to be (the network tells too much rather than too little)."""

QUICK: tuple[Way, ...] = ((0.0, 4.2, 1.0),)
CAREFUL: tuple[Way, ...] = (
    (10.0, 4.2, 1.0),
    (-10.0, 4.2, 1.0),
    (0.0, 2.6, 1.0),
    (0.0, 5.5, 1.0),
    (0.0, 4.2, 0.77),
    (10.0, 4.2, 0.77),
    (-10.0, 4.2, 0.77),
    (20.0, 4.2, 0.77),
    (0.0, 4.2, 1.3),
)
STEEP: tuple[Way, ...] = (
    (25.0, 3.4, 1.0),
    (-25.0, 3.4, 1.0),
    (42.0, 3.4, 1.0),
    (-42.0, 3.4, 1.0),
    (25.0, 3.4, 1.3),
    (-25.0, 3.4, 1.3),
)
"""For marks put on so aslant that the network tells their slant wrong."""

_HIGH = 48
_THIN = 5  # pixels of that height: strokes of print, not of a stamp or a brush
_COLOURED = 25  # how far a colour channel must stand out to be ink of that colour
_LEAST_INK = 0.02
_FAINTEST = 1e-5


def odds_of_waste(
    reader: TextReader, sheet: Sheet, spots: Sequence[Spot], ways: Sequence[Way]
) -> list[float]:
    """For every spot the highest odds of 废 in any ink, cut in any of the ways; 0–1."""
    crops: list[Pixels] = []
    owner: list[int] = []
    for n, spot in enumerate(spots):
        for cut in cuts(sheet, spot, ways):
            for seen in _inks(cut):
                crops.append(seen)
                owner.append(n)
    best = [0.0] * len(spots)
    for n, odds in zip(owner, reader.odds(crops, WASTE), strict=True):
        best[n] = max(best[n], odds)
    return best


def likeness(cry: float, odds: float) -> float:
    """How likely a mark stands there, by the network's score and the engine's odds; 0–1.

    The weights were fitted on the drawing generator's development looks.
    """
    of_cry = math.log(cry / max(1.0 - cry, _FAINTEST))
    of_odds = math.log(max(odds, _FAINTEST))
    return 1.0 / (1.0 + math.exp(-(WEIGHTS[0] + WEIGHTS[1] * of_cry + WEIGHTS[2] * of_odds)))


WEIGHTS = (3.05, 0.66, 0.60)


def cuts(sheet: Sheet, spot: Spot, ways: Sequence[Way]) -> list[Pixels]:
    """The word with 废 in its middle, laid level, cut in each of the ways."""
    return [
        sheet.cut(
            Strip(
                (spot.x, spot.y),
                wide * times * spot.size,
                1.35 * times * spot.size,
                spot.slant + math.radians(degrees),
            ),
            height=_HIGH,
        )
        for degrees, wide, times in ways
    ]


def _inks(cut: Pixels) -> list[Pixels]:
    """The cut as it is, its bold strokes alone, and its red or blue ink where it has any."""
    brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_THIN, _THIN))
    bold = cv2.morphologyEx(cv2.cvtColor(cut, cv2.COLOR_RGB2GRAY), cv2.MORPH_CLOSE, brush)
    seen = [cut, _stretched(np.asarray(bold, np.float32))]
    red, green, blue = (cut[:, :, n].astype(np.float32) for n in range(3))
    return seen + [
        _as_page(255.0 - 3.0 * colour)
        for colour in (red - np.maximum(green, blue), blue - red)
        if (colour > _COLOURED).mean() > _LEAST_INK
    ]


def _stretched(channel: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> Pixels:
    dark, light = (float(level) for level in np.percentile(channel, (2, 85)))
    return _as_page((channel - dark) * 255.0 / max(light - dark, 12.0))


def _as_page(channel: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> Pixels:
    page = np.clip(channel, 0, 255).astype(np.uint8)
    return np.repeat(page[:, :, None], 3, axis=2)
