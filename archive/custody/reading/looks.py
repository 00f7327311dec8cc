"""Several independent looks at the same print.

Two readings that agree prove little when they saw the same pixels in the same way. Each look
therefore cuts anew with other margins, at another size and from another colour channel, and a
number stands only where all of them tell the same digits.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from archive.ocr import LineText, Pixels, TextReader
from archive.ocr.sheet import Sheet, Strip


@dataclass(frozen=True, slots=True)
class Look:
    """One way of looking at a strip.

    Attributes:
        whole: the line with the words before the number, or its digits alone.
        sideways: margin left and right, in shares of the strip's height.
        updown: margin above and below, likewise.
        height: pixels the cut is made high.
        ink: the channel looked at: ``colour`` as it is, ``grey``, or ``clear`` = the channel in
            which the print stands out most.
        slanted: radians the cut is turned against the print.
        stretched: how much wider than its height asks the cut is made.
    """

    whole: bool
    sideways: float
    updown: float
    height: int
    ink: str
    slanted: float = 0.0
    stretched: float = 1.0


LOOKS = (
    Look(whole=True, sideways=0.3, updown=0.10, height=48, ink="colour"),
    Look(whole=True, sideways=0.5, updown=0.25, height=64, ink="grey", slanted=0.004),
    Look(whole=False, sideways=0.28, updown=0.15, height=40, ink="clear"),
    Look(whole=False, sideways=0.42, updown=0.08, height=56, ink="grey", slanted=-0.01),
)


@dataclass(frozen=True, slots=True)
class Print:
    """Where a number stands: the line it is on, and its digits alone."""

    line: Strip
    digits: Strip


CAREFUL_LOOKS = (
    Look(whole=True, sideways=0.4, updown=0.18, height=48, ink="clear", slanted=-0.004),
    Look(whole=True, sideways=0.2, updown=0.32, height=72, ink="colour"),
    Look(whole=False, sideways=0.5, updown=0.18, height=48, ink="colour", stretched=1.15),
    Look(whole=False, sideways=0.35, updown=0.12, height=64, ink="clear", slanted=0.008),
    Look(whole=False, sideways=0.3, updown=0.3, height=80, ink="grey", stretched=1.3),
)


LONG = 7.5
"""Numbers wider than so many of their heights (20 digits) are long."""

LONG_UPDOWN = 0.18
"""The most margin above and below a long number.

The engine sees every line equally high: twenty digits behind their label, with air above and
below, become so small that a 4 is read as 0.
"""


def look_at(sheet: Sheet, place: Print, look: Look) -> Pixels:
    """The place as ``look`` sees it."""
    long = place.digits.width > LONG * place.digits.height
    strip = place.line if look.whole and not long else place.digits
    grown = strip.grown(look.sideways, min(look.updown, LONG_UPDOWN) if long else look.updown)
    turned = Strip(grown.centre, grown.width, grown.height, grown.slant + look.slanted)
    cut = sheet.cut(turned, height=look.height, stretched=look.stretched)
    if look.ink == "colour":
        return cut
    channel = cv2.cvtColor(cut, cv2.COLOR_RGB2GRAY) if look.ink == "grey" else clearest_channel(cut)
    return np.repeat(_contrasted(np.asarray(channel, np.uint8))[:, :, None], 3, axis=2)


def read_all(
    reader: TextReader, sheet: Sheet, places: Sequence[Print], looks: Sequence[Look] = LOOKS
) -> list[list[LineText]]:
    """For every place what each of the looks reads."""
    crops = [look_at(sheet, place, look) for place in places for look in looks]
    told = reader.read_lines(crops)
    many = len(looks)
    return [told[start : start + many] for start in range(0, len(told), many)]


def clearest_channel(cut: Pixels) -> Pixels:
    """The colour channel in which print and paper lie farthest apart."""
    spans = [np.ptp(np.percentile(cut[:, :, channel], (3, 60))) for channel in range(3)]
    return np.asarray(cut[:, :, int(np.argmax(spans))], np.uint8)


def _contrasted(channel: Pixels) -> Pixels:
    """The channel with its darkest made black and its paper made white."""
    dark, light = (float(level) for level in np.percentile(channel, (1, 85)))
    if light - dark < 8:
        return channel
    spread = (channel.astype(np.float32) - dark) * (255.0 / (light - dark))
    return np.asarray(np.clip(spread, 0, 255), np.uint8)
