"""Paper: its tint and grain, the holes it is bound through, what has been spilt on it."""

import math
from typing import cast

import cv2
import numpy as np
from numpy.random import Generator

from archive.demo.drawing.ink import Colour, Mask, Pixels, clouds, lay
from archive.demo.drawing.press import Scale
from archive.demo.drawing.spec import Look

_TEA: Colour = (214, 186, 140)


def blank_sheet(look: Look, width: int, height: int, rng: Generator) -> Pixels:
    """A sheet nothing is printed on yet."""
    rows, columns = height // 4 + 1, width // 4 + 1
    grain = 0.5 * clouds(rng, rows, columns, 60) + 0.5 * clouds(rng, rows, columns, 3)
    light = cast("Mask", (255 - 9 * grain).astype(np.uint8))
    light = cast("Mask", cv2.resize(light, (width, height), interpolation=cv2.INTER_LINEAR))
    shades = np.arange(256, dtype=np.float32)[:, None] / 255 * np.array(look.paper, np.float32)
    table = shades.astype(np.uint8).reshape(1, 256, 3)
    return cast("Pixels", cv2.LUT(cv2.cvtColor(light, cv2.COLOR_GRAY2RGB), table))


def bind(sheet: Pixels, look: Look, rng: Generator) -> None:
    """Punch and stitch along the bound edge, in place."""
    px = Scale(look.dpi)
    length = sheet.shape[0] if look.bound == "left" else sheet.shape[1]
    inset = px(4.0 + rng.normal(0, 0.3))
    holes = [length * part + rng.normal(0, px(0.6)) for part in (0.2, 0.5, 0.8)]
    points = [(inset, at) if look.bound == "left" else (at, inset) for at in holes]
    ends = [(round(x), round(y)) for x, y in points]
    cv2.line(sheet, ends[0], ends[-1], (196, 190, 178), max(round(px(0.35)), 1), cv2.LINE_AA)
    for end in ends:
        cv2.circle(sheet, end, round(px(0.9)), (58, 54, 50), -1, cv2.LINE_AA)


def stain(sheet: Pixels, rng: Generator) -> None:
    """A cup was put down, or the sheet was folded, in place."""
    height, width = sheet.shape[:2]
    if rng.random() < 0.5:
        radius = int(min(height, width) * rng.uniform(0.1, 0.22))
        mask = np.zeros((2 * radius + 20, 2 * radius + 20), dtype=np.uint8)
        middle = (radius + 10, radius + 10)
        start = float(rng.uniform(0, 360))
        sweep = start + float(rng.uniform(160, 360))
        cv2.ellipse(mask, middle, (radius, radius), 0, start, sweep, 255, max(radius // 9, 3), cv2.LINE_AA)  # fmt: skip
        mask = cast("Mask", cv2.GaussianBlur(mask, (0, 0), 2.5))
        at = (int(rng.uniform(0, width)) - radius, int(rng.uniform(0, height)) - radius)
        lay(sheet, mask, at, _TEA, 0.75)
        return
    x, angle = float(rng.uniform(0.1, 0.9)) * width, float(rng.normal(0, 0.15))
    reach = height * math.tan(angle)
    fold = np.zeros((height, width), dtype=np.uint8)
    cv2.line(fold, (round(x), 0), (round(x + reach), height), 255, 2, cv2.LINE_AA)
    lay(sheet, fold, (0, 0), (176, 172, 164), 0.7)


def back_of(front: Pixels, look: Look, rng: Generator) -> Pixels:
    """The back of a sheet: nothing but what shines through from the front."""
    height, width = front.shape[:2]
    back = blank_sheet(look, width, height, rng)
    mirrored = cv2.GaussianBlur(cv2.flip(front, 1), (0, 0), 1.6)
    through = float(rng.uniform(0.04, 0.13))
    darker = 255.0 - through * (255.0 - np.arange(256, dtype=np.float32) * 255 / 246).clip(0, 255)
    light = cv2.LUT(mirrored, darker.astype(np.uint8))
    return cast("Pixels", cv2.multiply(back, light, scale=1 / 255))
