"""The scanner: lays sheets on the glass, lights them unevenly, adds its noise."""

import io
import math
from functools import lru_cache
from typing import cast

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image

from archive.demo.drawing.ink import Colour, Pixels, Span
from archive.demo.drawing.spec import Box, Wear

Affine = NDArray[np.float64]
"""2 × 3, from pixels of the sheet to pixels of the page."""


def empty_glass(width: int, height: int, bed: Colour) -> Pixels:
    """The glass before anything lies on it: the colour of the lid."""
    glass = np.empty((height, width, 3), dtype=np.uint8)
    cv2.rectangle(glass, (0, 0), (width, height), bed, cv2.FILLED)
    return glass


def turn_about(angle: float, source: tuple[float, float], target: tuple[float, float]) -> Affine:
    """Turn by ``angle`` degrees so that the point ``source`` comes to lie on ``target``."""
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    x, y = source
    rows = [
        [cos, sin, target[0] - cos * x - sin * y],
        [-sin, cos, target[1] + sin * x - cos * y],
    ]
    return np.array(rows, dtype=np.float64)


def place(glass: Pixels, sheet: Pixels, affine: Affine) -> None:
    """Lay ``sheet`` on the glass, in place."""
    cv2.warpAffine(
        sheet,
        affine,
        (glass.shape[1], glass.shape[0]),
        dst=glass,
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_TRANSPARENT,
    )


def moved(span: Span, affine: Affine) -> Span:
    """The upright span around a span that was moved with its sheet."""
    left, top, right, bottom = span
    corners = np.array([[left, right, right, left], [top, top, bottom, bottom], [1, 1, 1, 1]])
    x, y = affine @ corners
    return (float(x.min()), float(y.min()), float(x.max()), float(y.max()))


def half_turn(span: Span, width: int, height: int) -> Span:
    """The span after the page was turned upside down."""
    left, top, right, bottom = span
    return (width - right, height - bottom, width - left, height - top)


def clipped(span: Span, width: int, height: int) -> Box | None:
    """The span in whole pixels of the page; None when it lies outside."""
    left, top = max(math.floor(span[0]), 0), max(math.floor(span[1]), 0)
    right, bottom = min(math.ceil(span[2]), width), min(math.ceil(span[3]), height)
    return (left, top, right, bottom) if left < right and top < bottom else None


def shade_gutter(page: Pixels, depth: float, edge: str, rng: Generator) -> None:
    """Darken towards the edge where the volume is bound, in place."""
    if depth <= 0:
        return
    length = page.shape[1] if edge in {"left", "right"} else page.shape[0]
    reach = length * float(rng.uniform(0.05, 0.11))
    away = np.arange(length, dtype=np.float32)
    light = (
        1.0 - depth * np.exp(-((away / reach) ** 2)) - 0.12 * depth * np.exp(-away / (4 * reach))
    )
    if edge in {"right", "bottom"}:
        light = light[::-1]
    line = (light * 255).clip(0, 255).astype(np.uint8)
    shape = (1, length) if edge in {"left", "right"} else (length, 1)
    around = cv2.cvtColor(line.reshape(shape), cv2.COLOR_GRAY2RGB)
    lit = cv2.repeat(around, page.shape[0] // shape[0], page.shape[1] // shape[1])
    cv2.multiply(page, lit, dst=page, scale=1 / 255)


@lru_cache(maxsize=2)
def _grain(seed: int) -> NDArray[np.int16]:
    """One field of sensor noise per volume, drawn from again and again at random offsets."""
    rng = np.random.default_rng([seed, 4711])
    return (rng.standard_normal((1280, 1280), dtype=np.float32) * 64).astype(np.int16)


def add_noise(page: Pixels, sigma: float, seed: int, rng: Generator) -> Pixels:
    """The page with the sensor's noise; coarser grains are mixed in as a worn lamp gives them."""
    if sigma <= 0:
        return page
    field = _grain(seed)
    height, width = page.shape[:2]
    down, right = -(-height // 1152), -(-width // 1152)
    noise = np.empty((down * 1152, right * 1152), dtype=np.int16)
    for row in range(down):
        for column in range(right):
            y, x = rng.integers(0, 128, 2)
            tile = field[y : y + 1152, x : x + 1152]
            tile = tile[:: int(rng.choice((-1, 1))), :: int(rng.choice((-1, 1)))]
            noise[row * 1152 : row * 1152 + 1152, column * 1152 : column * 1152 + 1152] = tile
    part = (noise[:height, :width].astype(np.float32) * (sigma / 64)).astype(np.int16)
    return cast("Pixels", cv2.add(page, cv2.merge([part] * page.shape[2]), dtype=cv2.CV_8U))


def soften(page: Pixels, sigma: float) -> Pixels:
    """The page a little out of focus."""
    return cast("Pixels", cv2.GaussianBlur(page, (0, 0), sigma)) if sigma > 0.2 else page


def fade(page: Pixels, amount: float, paper: Colour) -> Pixels:
    """The page with everything on it drawn towards the colour of the paper."""
    if amount <= 0:
        return page
    keep = 1.0 - 0.62 * amount
    steps = np.arange(256, dtype=np.float32)[:, None]
    ground = np.array(paper, dtype=np.float32)
    table = np.clip(ground - (ground - steps) * keep, 0, 255).astype(np.uint8)
    return cast("Pixels", cv2.LUT(page, table.reshape(1, 256, 3)))


def scatter_dust(page: Pixels, most: int, rng: Generator) -> None:
    """Specks on the glass, and at times a streak over the whole page, in place."""
    height, width = page.shape[:2]
    for _ in range(int(rng.integers(0, most + 1))):
        at = (int(rng.integers(width)), int(rng.integers(height)))
        shade = int(rng.integers(30, 150))
        size = 0 if rng.random() < 0.7 else 1
        cv2.circle(page, at, size, (shade, shade, shade), cv2.FILLED)
    if most >= 30 and rng.random() < 0.2:
        x = int(rng.integers(width))
        page[:, x] = page[:, x] // 8 * 7


def finish(page: Pixels, wear: Wear, dpi: int, seed: int, rng: Generator) -> Pixels:
    """The page as the sensor sees it."""
    scatter_dust(page, wear.dust, rng)
    return add_noise(soften(page, wear.blur * dpi / 200), wear.noise, seed, rng)


def to_jpeg(page: Pixels, *, grey: bool, quality: int, dpi: int) -> bytes:
    """The page as the scanner hands it over."""
    pixels = cv2.cvtColor(page, cv2.COLOR_RGB2GRAY) if grey else page
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=quality, dpi=(dpi, dpi))
    return out.getvalue()
