"""Ink on paper: a mask says where it lies, a colour and a strength how it darkens the page."""

from typing import cast

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from archive.demo.drawing.fonts import face

Pixels = NDArray[np.uint8]
"""Height × width × 3, RGB."""
Mask = NDArray[np.uint8]
"""Height × width, 0 no ink, 255 all covered."""
Colour = tuple[int, int, int]
Span = tuple[float, float, float, float]
"""Left, top, right, bottom, in pixels, not yet rounded."""


def as_mask(image: Image.Image) -> Mask:
    """The pixels of an ``L`` image."""
    return np.asarray(image, dtype=np.uint8)


def extent(mask: Mask) -> Span | None:
    """The smallest box that holds all ink; None when there is none."""
    x, y, width, height = cv2.boundingRect(mask)
    return (float(x), float(y), float(x + width), float(y + height)) if width else None


def lay(
    page: Pixels, mask: Mask, at: tuple[int, int], colour: Colour, strength: float = 1.0
) -> None:
    """Darken ``page`` in place, as ink does: what is below shows through."""
    (left, top), (height, width) = at, mask.shape
    x1, y1 = max(left, 0), max(top, 0)
    x2, y2 = min(left + width, page.shape[1]), min(top + height, page.shape[0])
    if x1 >= x2 or y1 >= y2:
        return
    part = np.ascontiguousarray(mask[y1 - top : y2 - top, x1 - left : x2 - left])
    steps = np.arange(256, dtype=np.float32)[:, None]
    light = 255.0 - steps * strength * (255.0 - np.array(colour, dtype=np.float32)) / 255.0
    table = np.clip(light + 0.5, 0, 255).astype(np.uint8).reshape(1, 256, 3)
    factor = cv2.LUT(cv2.cvtColor(part, cv2.COLOR_GRAY2RGB), table)
    below = page[y1:y2, x1:x2]
    page[y1:y2, x1:x2] = cv2.multiply(below, factor, scale=1 / 255)


def clouds(rng: Generator, height: int, width: int, grain: float) -> NDArray[np.float32]:
    """A smooth random field between 0 and 1; ``grain`` is the size of its spots in pixels."""
    rows, columns = max(int(height / grain), 2) + 2, max(int(width / grain), 2) + 2
    small = rng.random((rows, columns), dtype=np.float32)
    big = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
    return cast("NDArray[np.float32]", np.clip(big, 0.0, 1.0))


def worn(mask: Mask, rng: Generator, grain: float, loss: float) -> Mask:
    """The mask of an uneven impression: ``loss`` 0–1 is how much of it did not take."""
    if loss <= 0:
        return mask
    height, width = mask.shape
    field = 0.6 * clouds(rng, height, width, grain) + 0.4 * clouds(
        rng, height, width, max(grain / 6, 2)
    )
    take = np.clip(1.0 - loss * 2.2 * np.clip(0.75 - field, 0, 1), 0.0, 1.0)
    return cast("Mask", (mask * take).astype(np.uint8))


def write(
    draw: ImageDraw.ImageDraw,
    at: tuple[float, float],
    text: str,
    name: str,
    pixels: float,
    *,
    align: str = "left",
    spacing: float = 0.0,
    bold: float = 0.0,
) -> float:
    """Set text on an ``L`` image, ``at`` on its middle line; gives its width."""
    x, y = at
    font = face(name, round(pixels))
    if not spacing:
        anchor = {"left": "lm", "centre": "mm", "right": "rm"}[align]
        draw.text((x, y), text, 255, font, anchor, stroke_width=bold)
        return float(font.getlength(text))
    widths = [font.getlength(sign) for sign in text]
    total = sum(widths) + spacing * (len(text) - 1)
    x -= {"left": 0.0, "centre": total / 2, "right": total}[align]
    for sign, width in zip(text, widths, strict=True):
        draw.text((x, y), sign, 255, font, "lm", stroke_width=bold)
        x += width + spacing
    return total


def set_line(text: str, name: str, pixels: float, *, spacing: float = 0, bold: float = 0) -> Mask:
    """One line of text as a mask of its own, 1.5 em high, its middle line in the middle."""
    font = face(name, round(pixels))
    width = int(font.getlength(text) + spacing * len(text) + 2 * bold) + 4
    image = Image.new("L", (width, int(pixels * 1.5) + 2))
    write(
        ImageDraw.Draw(image),
        (2 + bold, image.height / 2),
        text,
        name,
        pixels,
        spacing=spacing,
        bold=bold,
    )
    return as_mask(image)
