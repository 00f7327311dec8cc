"""Lines of text in everything a stub is lettered with: type, needles, numbering wheels, a pen."""

from functools import lru_cache
from typing import cast

import cv2
import numpy as np
from numpy.random import Generator

from archive.demo.drawing.ink import Mask, clouds, set_line
from archive.demo.drawing.strokes import DIGITS, drawn


@lru_cache(maxsize=2)
def _dot(size: int) -> Mask:
    """What one needle leaves: dark in its middle."""
    axis = (np.arange(size, dtype=np.float32) + 0.5) / size - 0.5
    distance = np.hypot(axis[:, None], axis[None, :])
    return cast("Mask", (255 * np.clip(1.25 - distance * 1.15, 0.35, 1.0)).astype(np.uint8))


def needle_line(text: str, pixels: float, rng: Generator) -> Mask:
    """A line as a 24-needle printer strikes it: dots on a coarse raster, some rows weak."""
    coarse = set_line(text, "song", 24, bold=0.3)
    struck = (190 + 65 * rng.random((coarse.shape[0], 1))).astype(np.uint8)
    coarse = np.where(coarse > 88, struck, np.uint8(0))
    height, width = coarse.shape
    fine = cv2.resize(coarse, (width * 4, height * 4), interpolation=cv2.INTER_NEAREST)
    dotted = cast("Mask", cv2.multiply(fine, cv2.repeat(_dot(4), height, width), scale=1 / 255))
    scale = pixels / 24
    return resized(dotted, max(round(width * scale), 1), max(round(height * scale), 1))


def resized(mask: Mask, width: int, height: int) -> Mask:
    """The mask at another size."""
    return cast("Mask", cv2.resize(mask, (width, height), interpolation=cv2.INTER_AREA))


def beside(parts: list[Mask], drops: list[int]) -> Mask:
    """Masks set side by side on a common middle line, each moved down by its drop."""
    height = max(part.shape[0] for part in parts) + 2 * max(abs(drop) for drop in drops)
    columns = []
    for part, drop in zip(parts, drops, strict=True):
        top = (height - part.shape[0]) // 2 + drop
        columns.append(np.pad(part, ((top, height - part.shape[0] - top), (0, 0))))
    return np.hstack(columns)


def _jolted(parts: list[Mask], pixels: float, rng: Generator, amount: float) -> Mask:
    return beside(parts, [round(float(rng.normal(0, amount)) * pixels) for _ in parts])


def number_line(text: str, name: str, pixels: float, rng: Generator) -> Mask:
    """The digits of a number, its middle line in the middle.

    ``name`` is ``song``, ``hei`` or ``needle``; ``wheel`` (the round-ended digits of a numbering
    machine), ``narrow`` or ``roman`` (condensed bold type).
    """
    if name == "needle":
        return needle_line(text, pixels, rng)
    if name == "wheel":
        size = (pixels * 0.4, pixels * 0.7)
        parts = [drawn(DIGITS[digit], size, pixels * 0.075, rng) for digit in text]
        return _jolted([np.pad(part, ((0, 0), (1, 1))) for part in parts], pixels, rng, 0.012)
    font, squeeze, bold = {
        "song": ("song", 1.0, 0.012),
        "hei": ("hei", 1.0, 0.0),
        "narrow": ("hei", 0.74, 0.02),
        "roman": ("song", 0.84, 0.022),
    }[name]
    parts, gap = [], max(round(pixels * 0.055), 1)
    for digit in text:
        part = np.ascontiguousarray(set_line(digit, font, pixels, bold=pixels * bold)[:, 2:-2])
        if squeeze != 1.0:
            part = resized(part, round(part.shape[1] * squeeze), part.shape[0])
        parts.append(np.pad(part, ((0, 0), (gap, gap))))
    return _jolted(parts, pixels, rng, 0.012 if name in {"song", "narrow"} else 0.0)


def pen_line(text: str, pixels: float, rng: Generator) -> Mask:
    """A line written with a pen: every sign leans, the whole line wavers."""
    lean = float(rng.uniform(-0.05, 0.22))
    parts = []
    for sign in text:
        if sign in DIGITS:
            size = (pixels * rng.uniform(0.34, 0.44), pixels * rng.uniform(0.62, 0.74))
            part = drawn(DIGITS[sign], size, max(pixels * 0.06, 1.2), rng, shake=3.5)
            part = np.ascontiguousarray(part[:, 1:-1])
        else:
            part = set_line(sign, "hei", pixels * rng.uniform(0.9, 1.08))
        turn = np.array([[1.0, lean + rng.normal(0, 0.04), 0.0], [rng.normal(0, 0.05), 1.0, 0.0]])
        turn[:, 2] = (-turn[0, 1] * part.shape[0] / 2, -turn[1, 0] * part.shape[1] / 2)
        parts.append(cast("Mask", cv2.warpAffine(part, turn, (part.shape[1], part.shape[0]))))
    return wavering(_jolted(parts, pixels, rng, 0.04), pixels * 0.07, pixels * 0.45, rng)


def wavering(mask: Mask, reach: float, grain: float, rng: Generator) -> Mask:
    """The mask with everything on it moved about smoothly by up to ``reach`` pixels."""
    height, width = mask.shape
    across = np.arange(width, dtype=np.float32)[None, :]
    down = np.arange(height, dtype=np.float32)[:, None]
    x = across + (clouds(rng, height, width, grain) - 0.5) * np.float32(2 * reach)
    y = down + (clouds(rng, height, width, grain) - 0.5) * np.float32(2 * reach)
    return cast("Mask", cv2.remap(mask, x, y, cv2.INTER_LINEAR))
