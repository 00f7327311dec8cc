"""Void marks: 废票 and 作废, stamped, boxed, brushed or written, never twice alike. [seed 3.4]"""

from dataclasses import dataclass
from typing import TypeVar, cast

import cv2
import numpy as np
from numpy.random import Generator

from archive.demo.drawing.ink import Colour, Mask, Span
from archive.demo.drawing.spec import InkColour, VoidHand, VoidPlace, VoidStyle
from archive.demo.drawing.stamps import framed, pressed, ringed, trimmed, turned, word_block
from archive.demo.drawing.strokes import RUNNING, UPRIGHT, drawn

T = TypeVar("T")

INKS: dict[InkColour, Colour] = {"red": (188, 34, 46), "blue": (38, 58, 150), "black": (36, 34, 40)}
HANDS: tuple[VoidHand, ...] = ("stamp", "boxed", "brush", "pen")
WORDS = ("废票", "作废", "废 票")
PLACES: tuple[VoidPlace, ...] = ("number", "title", "table", "foot", "anywhere")


@dataclass(frozen=True, slots=True)
class VoidMark:
    """A void mark ready to be laid on a stub.

    Attributes:
        at: left and top on the stub, in pixels.
        opaque: hides what lies below it.
    """

    mask: Mask
    at: tuple[int, int]
    colour: Colour
    strength: float

    @property
    def span(self) -> Span:
        """Where its ink lies on the stub."""
        x, y, width, height = cv2.boundingRect(self.mask)
        left, top = self.at[0] + x, self.at[1] + y
        return (float(left), float(top), float(left + width), float(top + height))


def one_of(rng: Generator, options: tuple[T, ...]) -> T:
    """One of the options, all alike likely."""
    return options[int(rng.integers(len(options)))]


def decided(style: VoidStyle, rng: Generator) -> VoidStyle:
    """The style with everything it leaves open drawn by lot."""
    hand: VoidHand = one_of(rng, HANDS) if style.hand is None else style.hand
    sizes: dict[VoidHand, tuple[int, int]] = {
        "stamp": (6, 20),
        "boxed": (6, 20),
        "brush": (12, 34),
        "pen": (7, 24),
    }
    small, large = sizes[hand]
    steep = 12 if rng.random() < 0.5 else 45
    return VoidStyle(
        words=style.words or one_of(rng, WORDS),
        hand=hand,
        colour=style.colour or one_of(rng, ("red", "red", "blue", "black")),
        height=style.height or float(np.exp(rng.uniform(np.log(small), np.log(large)))),
        slant=style.slant if style.slant is not None else float(rng.uniform(-steep, steep)),
        over=style.over or one_of(rng, PLACES),
    )


def _by_hand(words: str, pixels: float, rng: Generator, *, brush: bool, running: bool) -> Mask:
    signs = RUNNING if running else UPRIGHT
    width = pixels * (rng.uniform(0.075, 0.12) if brush else rng.uniform(0.025, 0.05))
    parts = []
    for sign in words:
        size = (pixels * rng.uniform(0.8, 0.98), pixels * rng.uniform(0.92, 1.08))
        if sign == " ":
            parts.append(np.zeros((1, int(pixels * 0.4)), dtype=np.uint8))
            continue
        parts.append(
            drawn(signs[sign], size, width, rng, shake=1.8, brush=rng.uniform(0.5, 1.0) * brush)
        )
    height = max(part.shape[0] for part in parts) + int(pixels * 0.1)
    rows = []
    for part in parts:
        top = int(rng.uniform(0, height - part.shape[0]))
        rows.append(np.pad(part, ((top, height - part.shape[0] - top), (0, 0))))
    return trimmed(np.hstack(rows))


def _dry(mask: Mask, rng: Generator) -> Mask:
    """A brush that runs out of ink: streaks along the writing."""
    height, width = mask.shape
    streaks = rng.random((height // 2 + 1, max(width // 40, 2)), dtype=np.float32)
    field = cv2.resize(streaks, (width, height), interpolation=cv2.INTER_LINEAR)
    return cast("Mask", (mask * np.clip(0.35 + 1.4 * field, 0, 1)).astype(np.uint8))


def _cut(style: VoidStyle, pixels: float, rng: Generator, *, held_out: bool) -> Mask:
    """The stamp as cut: one family of shapes for development, another held out."""
    words = cast("str", style.words)
    line = max(pixels * 0.07, 1.5)
    if not held_out:
        block = word_block(
            words, pixels, one_of(rng, ("song", "hei")), bold=rng.uniform(0.02, 0.06)
        )
        if style.hand == "stamp":
            return block
        return framed(block, pixels * rng.uniform(0.12, 0.3), line)
    down = bool(rng.random() < 0.25) and " " not in words
    block = word_block(
        words, pixels, one_of(rng, ("hei", "song")), down=down, bold=rng.uniform(0.0, 0.045)
    )
    squeezed = cv2.resize(
        block, None, fx=float(rng.uniform(0.75, 1.25)), fy=1.0, interpolation=cv2.INTER_AREA
    )
    block = cast("Mask", squeezed)
    if style.hand == "stamp":
        return block if down or rng.random() < 0.4 else ringed(block, line * 0.8)
    return framed(block, pixels * rng.uniform(0.15, 0.4), line * 0.8, double=rng.random() < 0.6, round_=pixels * rng.uniform(0, 0.4))  # fmt: skip


def mark_mask(style: VoidStyle, dpi: int, rng: Generator, *, held_out: bool, loss: float) -> Mask:
    """The mark itself, slanted, as it took on the paper."""
    pixels = cast("float", style.height) * dpi / 25.4
    if style.hand in {"stamp", "boxed"}:
        mask = pressed(_cut(style, pixels, rng, held_out=held_out), rng, loss)
    else:
        words = cast("str", style.words)
        mask = _by_hand(words, pixels, rng, brush=style.hand == "brush", running=held_out)
        mask = _dry(mask, rng) if style.hand == "brush" and rng.random() < 0.5 else mask
    return trimmed(turned(mask, cast("float", style.slant)))


@dataclass(frozen=True, slots=True)
class Ground:
    """What a mark is laid on: a stub of ``size`` pixels, its digits' place, how it is scanned."""

    size: tuple[int, int]
    number: Span
    number_colour: InkColour
    dpi: int
    grey: bool


def _middle(over: VoidPlace, ground: Ground, rng: Generator) -> tuple[float, float]:
    (width, height), number = ground.size, ground.number
    if over == "number":
        x, y = (number[0] + number[2]) / 2, (number[1] + number[3]) / 2
        return x + rng.normal(0, 0.03) * width, y + rng.normal(0, 0.04) * height
    left, top, right, bottom = {
        "title": (0.3, 0.05, 0.7, 0.25),
        "table": (0.15, 0.35, 0.85, 0.7),
        "foot": (0.1, 0.75, 0.9, 0.95),
        "anywhere": (0.08, 0.08, 0.92, 0.92),
    }[over]
    return float(rng.uniform(left, right)) * width, float(rng.uniform(top, bottom)) * height


def hidden(mask: Mask, at: tuple[int, int], number: Span) -> float:
    """The share of the number's box that ink laid at ``at`` would cover."""
    left, top, right, bottom = (int(side) for side in number)
    rows = slice(max(top - at[1], 0), max(bottom - at[1], 0))
    columns = slice(max(left - at[0], 0), max(right - at[0], 0))
    covered = np.count_nonzero(mask[rows, columns] > 60)
    return float(covered) / max((right - left) * (bottom - top), 1)


def _share_allowed(style: VoidStyle, number_colour: InkColour, *, grey: bool) -> float:
    """How much of the number the mark may lie on so that a person can still read the number."""
    if style.hand == "brush":
        return 0.01
    tells_apart = not grey and style.colour not in {"black", number_colour}
    if style.hand == "pen":
        return 0.12 if tells_apart else 0.02
    return 0.75 if tells_apart else 0.04


def scaled(mask: Mask, factor: float) -> Mask:
    """The mask made smaller."""
    return cast("Mask", cv2.resize(mask, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA))


def _placed(
    mask: Mask, over: VoidPlace, ground: Ground, allowed: float, rng: Generator
) -> tuple[Mask, tuple[int, int]]:
    """The mark and its place: where it was meant to be, else anywhere, else smaller."""
    width, height = ground.size
    while True:
        for attempt in range(40):
            x, y = _middle(over if attempt < 12 else "anywhere", ground, rng)
            at = (
                int(np.clip(x - mask.shape[1] / 2, 0, width - mask.shape[1])),
                int(np.clip(y - mask.shape[0] / 2, 0, height - mask.shape[0])),
            )
            if hidden(mask, at, ground.number) <= allowed:
                return mask, at
        mask = scaled(mask, 0.85)


def void_mark(
    style: VoidStyle, ground: Ground, rng: Generator, *, held_out: bool, loss: float
) -> VoidMark:
    """A mark that stays on the paper and leaves the number legible.

    ``loss`` 0–1 is how badly a stamp took.
    """
    style = decided(style, rng)
    mask = mark_mask(style, ground.dpi, rng, held_out=held_out, loss=loss)
    width, height = ground.size
    shrink = min(width * 0.96 / mask.shape[1], height * 0.96 / mask.shape[0])
    if shrink < 1:
        mask = scaled(mask, shrink)
    allowed = _share_allowed(style, ground.number_colour, grey=ground.grey)
    over = cast("VoidPlace", style.over)
    mask, at = _placed(mask, over, ground, allowed, rng)
    stamped = style.hand in {"stamp", "boxed"}
    strength = rng.uniform(0.6, 0.85) - 0.25 * loss if stamped else rng.uniform(0.85, 0.97)
    return VoidMark(mask, at, INKS[cast("InkColour", style.colour)], float(strength))
