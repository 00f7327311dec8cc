"""Characters as ink masks: printed, and as if written with a pen or a brush."""

import functools

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

CELL = 128
FACES = (
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc", 2),
    ("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc", 2),
    ("/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc", 2),
)


@functools.lru_cache(maxsize=4096)
def printed(char: str, face: int) -> np.ndarray:
    """The character's mask, 0–1, filling a square cell."""
    path, index = FACES[face]
    font = ImageFont.truetype(path, CELL - 14, index=index)
    image = Image.new("L", (CELL, CELL))
    ImageDraw.Draw(image).text((CELL / 2, CELL / 2), char, 255, font, anchor="mm")
    return np.asarray(image, np.float32) / 255


@functools.lru_cache(maxsize=512)
def distance_to_spine(char: str, face: int) -> np.ndarray:
    """How far each pixel of the cell lies from the middle of the nearest stroke."""
    spine = _thinned(printed(char, face) > 0.5)
    return cv2.distanceTransform((~spine).astype(np.uint8), cv2.DIST_L2, 5)


def smooth_noise(rng: np.random.Generator, size: int, coarse: int) -> np.ndarray:
    """Noise of mean 0 and spread about 1 that varies over ``size / coarse`` pixels."""
    seed = rng.standard_normal((coarse, coarse)).astype(np.float32)
    return cv2.resize(seed, (size, size), interpolation=cv2.INTER_CUBIC)


def written(char: str, rng: np.random.Generator, weight: float) -> np.ndarray:
    """The character by hand; ``weight`` is the half width of a stroke in shares of the cell."""
    reach = distance_to_spine(char, int(rng.integers(len(FACES))))
    radius = CELL * weight * np.exp(0.35 * smooth_noise(rng, CELL, int(rng.integers(3, 9))))
    mask = np.clip(radius - reach + 0.5, 0, 1).astype(np.float32)
    return bent(mask, rng, rng.uniform(1.5, 5.0))


def bent(mask: np.ndarray, rng: np.random.Generator, amount: float) -> np.ndarray:
    """The mask pulled about by up to a few times ``amount`` pixels."""
    coarse = int(rng.integers(3, 7))
    ys, xs = np.mgrid[:CELL, :CELL].astype(np.float32)
    dx = amount * smooth_noise(rng, CELL, coarse)
    dy = amount * smooth_noise(rng, CELL, coarse)
    shear, stretch = rng.normal(0, 0.08), np.exp(rng.normal(0, 0.07, 2))
    xs2 = (xs - CELL / 2) * stretch[0] + (ys - CELL / 2) * shear + CELL / 2 + dx
    ys2 = (ys - CELL / 2) * stretch[1] + (xs - CELL / 2) * rng.normal(0, 0.05) + CELL / 2 + dy
    return cv2.remap(mask, xs2.astype(np.float32), ys2.astype(np.float32), cv2.INTER_LINEAR)


def _thinned(ink: np.ndarray) -> np.ndarray:
    """Zhang–Suen thinning."""
    ink = np.pad(ink, 1)
    while True:
        before = int(ink.sum())
        for first in (True, False):
            n = [
                np.roll(ink, shift, (0, 1))
                for shift in ((1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1))
            ]
            count = sum(side.astype(np.int8) for side in n)
            turns = sum((~n[i] & n[(i + 1) % 8]).astype(np.int8) for i in range(8))
            if first:
                open_side = ~(n[0] & n[2] & n[4]) & ~(n[2] & n[4] & n[6])
            else:
                open_side = ~(n[0] & n[2] & n[6]) & ~(n[0] & n[4] & n[6])
            ink = ink & ~(ink & (count >= 2) & (count <= 6) & (turns == 1) & open_side)
        if int(ink.sum()) == before:
            return ink[1:-1, 1:-1]
