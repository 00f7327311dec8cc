"""Rubber stamps and seals: cut once, pressed again and again, never twice alike."""

import math
from functools import lru_cache
from typing import cast

import cv2
import numpy as np
from numpy.random import Generator
from PIL import Image, ImageDraw

from archive.demo.drawing.fonts import face
from archive.demo.drawing.ink import Mask, as_mask, extent, set_line, worn


def turned(mask: Mask, degrees: float) -> Mask:
    """The mask turned counter-clockwise, on a field large enough to hold it."""
    if not degrees:
        return mask
    height, width = mask.shape
    cos, sin = abs(math.cos(math.radians(degrees))), abs(math.sin(math.radians(degrees)))
    wide, high = int(width * cos + height * sin) + 2, int(width * sin + height * cos) + 2
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    matrix[:, 2] += ((wide - width) / 2, (high - height) / 2)
    return cast("Mask", cv2.warpAffine(mask, matrix, (wide, high), flags=cv2.INTER_LINEAR))


def trimmed(mask: Mask) -> Mask:
    """The mask without its empty margin."""
    span = extent(mask)
    if span is None:
        return mask
    left, top, right, bottom = (int(side) for side in span)
    return np.ascontiguousarray(mask[top:bottom, left:right])


def pressed(mask: Mask, rng: Generator, loss: float) -> Mask:
    """One impression: unevenly inked, and weak towards one side."""
    height, width = mask.shape
    lit = worn(mask, rng, max(height, width) / 5, loss)
    angle = rng.uniform(0, 2 * math.pi)
    across = np.linspace(-1, 1, width, dtype=np.float32)[None, :] * math.cos(angle)
    down = np.linspace(-1, 1, height, dtype=np.float32)[:, None] * math.sin(angle)
    tilt = np.clip(1.0 - 0.5 * loss * (1 + across + down), 0.35, 1.0)
    return cast("Mask", (lit * tilt).astype(np.uint8))


def word_block(
    words: str, pixels: float, name: str, *, down: bool = False, bold: float = 0.05
) -> Mask:
    """Words cut in rubber; ``down`` sets them one below the other."""
    if not down:
        return trimmed(set_line(words, name, pixels, spacing=pixels * 0.08, bold=pixels * bold))
    signs = [set_line(sign, name, pixels, bold=pixels * bold) for sign in words if sign.strip()]
    width = max(sign.shape[1] for sign in signs)
    wide = [np.pad(sign, ((0, 0), (0, width - sign.shape[1]))) for sign in signs]
    return trimmed(np.vstack(wide))


def framed(
    block: Mask, gap: float, line: float, *, double: bool = False, round_: float = 0.0
) -> Mask:
    """The block in a frame; ``round_`` is the radius of its corners."""
    height, width = block.shape
    edge = int(gap + line * (3 if double else 1)) + 2
    image = Image.new("L", (width + 2 * edge, height + 2 * edge))
    draw = ImageDraw.Draw(image)
    thick = max(round(line), 1)
    outer = (1, 1, image.width - 2, image.height - 2)
    draw.rounded_rectangle(outer, round_, outline=255, width=thick)
    if double:
        step = 2.2 * thick
        inner = (1 + step, 1 + step, image.width - 2 - step, image.height - 2 - step)
        draw.rounded_rectangle(inner, max(round_ - step, 0), outline=255, width=max(thick // 2, 1))
    pixels = as_mask(image).copy()
    pixels[edge : edge + height, edge : edge + width] |= block
    return pixels


def ringed(block: Mask, line: float) -> Mask:
    """The block between two bars in a ring, as dated cashier's stamps have it."""
    height, width = block.shape
    across = int(math.hypot(width, height * 1.9) + 4 * line)
    image = Image.new("L", (across, across))
    draw = ImageDraw.Draw(image)
    thick = max(round(line), 1)
    draw.ellipse((1, 1, across - 2, across - 2), outline=255, width=thick)
    for y in (across / 2 - height * 0.8, across / 2 + height * 0.8):
        half = math.sqrt(max((across / 2) ** 2 - (y - across / 2) ** 2, 0)) - thick
        draw.line((across / 2 - half, y, across / 2 + half, y), 255, thick)
    pixels = as_mask(image).copy()
    top, left = (across - height) // 2, (across - width) // 2
    pixels[top : top + height, left : left + width] |= block
    return pixels


def _around(canvas: Mask, text: str, pixels: float, radii: tuple[float, float]) -> None:  # fmt: skip
    """Set text along an ellipse, from left over the top to the right, in place."""
    middle_x, middle_y = canvas.shape[1] / 2, canvas.shape[0] / 2
    font = face("song", round(pixels))
    for index, sign in enumerate(text):
        angle = 230.0 * (index / max(len(text) - 1, 1) - 0.5)
        image = Image.new("L", (round(pixels * 1.5),) * 2)
        half = image.width / 2
        ImageDraw.Draw(image).text((half, half), sign, 255, font, "mm", stroke_width=pixels * 0.02)
        lean = math.degrees(math.atan2(math.sin(math.radians(angle)) * radii[1], math.cos(math.radians(angle)) * radii[0]))  # fmt: skip
        letter = turned(as_mask(image), -lean)
        x = int(middle_x + radii[0] * math.sin(math.radians(angle)) - letter.shape[1] / 2)
        y = int(middle_y - radii[1] * math.cos(math.radians(angle)) - letter.shape[0] / 2)
        part = canvas[y : y + letter.shape[0], x : x + letter.shape[1]]
        part |= letter[: part.shape[0], : part.shape[1]]


def _star(draw: ImageDraw.ImageDraw, middle: float, radius: float) -> None:
    points = []
    for step in range(10):
        reach = radius if step % 2 == 0 else radius * 0.38
        angle = math.pi * step / 5
        points.append((middle + reach * math.sin(angle), middle - reach * math.cos(angle)))
    draw.polygon(points, 255)


@lru_cache(maxsize=6)
def seal(shape: str, owner: str, purpose: str, line: str, dpi: int) -> Mask:
    """A seal as cut: ``round`` 40 mm with a star, ``oval`` 40 × 30 mm, ``square``, ``dated``.

    ``line`` stands in the middle of an oval or dated seal: a tax number, a date.
    """
    px = dpi / 25.4
    if shape == "square":
        block = word_block(owner, 5.2 * px, "song", bold=0.03)
        below = word_block(purpose, 5.2 * px, "song", bold=0.03)
        width = max(block.shape[1], below.shape[1])
        rows = [
            np.pad(part, ((int(px), int(px)), (0, width - part.shape[1])))
            for part in (block, below)
        ]
        return framed(np.vstack(rows), 1.5 * px, 0.9 * px)
    wide, high = (40 * px, 30 * px) if shape == "oval" else (40 * px, 40 * px)
    if shape == "dated":
        wide = high = 34 * px
    image = Image.new("L", (int(wide), int(high)))
    draw = ImageDraw.Draw(image)
    draw.ellipse((1, 1, wide - 2, high - 2), outline=255, width=round(1.0 * px))
    if shape == "oval":
        inset = 1.7 * px
        draw.ellipse(
            (inset, inset, wide - inset, high - inset), outline=255, width=round(0.25 * px)
        )
    if shape == "round":
        _star(draw, wide / 2, 6 * px)
    canvas = as_mask(image).copy()
    size = min(4.6 * px, 150 * px / (1.6 * len(owner)))
    inner = 4.3 if shape != "dated" else 3.9
    _around(canvas, owner, size, (wide / 2 - inner * px, high / 2 - inner * px))
    small = {"round": 4.4, "oval": 3.4, "dated": 3.6}[shape] * px
    lower = word_block(purpose, small, "song", bold=0.02)
    drop = {"round": 0.76, "oval": 0.74, "dated": 0.76}[shape]
    _press_in(canvas, lower, drop)
    if line:
        _press_in(canvas, word_block(line, 2.9 * px, "hei", bold=0.01), 0.5)
    return canvas


def _press_in(canvas: Mask, block: Mask, at: float) -> None:
    """Set the block in the middle, ``at`` of the way down, in place."""
    left = (canvas.shape[1] - block.shape[1]) // 2
    top = int(canvas.shape[0] * at - block.shape[0] / 2)
    canvas[top : top + block.shape[0], left : left + block.shape[1]] |= block
