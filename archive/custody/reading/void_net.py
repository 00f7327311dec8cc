"""Where on a page the character 废 was put on by stamp, brush or pen.

A small convolutional network, drawn to and trained by ``tools/train_void`` on sketches of its
own making; ``void_marks.onnx`` beside this module is what it learned. It looks at the page at
two sizes, so that small marks and large ones look alike to it. It rather cries once too often;
``void_words`` takes the second look.
"""

import functools
import math
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import cv2
import numpy as np
import onnxruntime  # type: ignore[import-untyped]
from numpy.typing import NDArray

from archive.ocr import Pixels
from archive.ocr.sheet import Sheet

CELL = 8
SIZE_UNIT = 32.0
SIDES = (960, 360)
"""Pixels the longer side of the page is shrunk to for either look."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place that looks like 废 of a mark.

    Attributes:
        x: middle of the character, in pixels of the upright page.
        y: likewise.
        size: height of the character.
        slant: radians it is turned clockwise.
        score: 0–1.
    """

    x: float
    y: float
    size: float
    slant: float
    score: float


def spots_on(sheet: Sheet, least: float, *, threads: int) -> list[Spot]:
    """Every place on the page that scores at least ``least``, best first."""
    found: list[Spot] = []
    for side in SIDES:
        small, times = sheet.shrunk(side)
        found.extend(_spots(_maps(small, threads), times, least))
    found.sort(key=lambda spot: -spot.score)
    kept: list[Spot] = []
    for spot in found:
        if all(math.hypot(spot.x - k.x, spot.y - k.y) > 0.7 * max(spot.size, k.size) for k in kept):
            kept.append(spot)
    return kept


@functools.cache
def _session(threads: int) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.enable_cpu_mem_arena = False
    model = files("archive.custody.reading").joinpath("void_marks.onnx").read_bytes()
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _maps(small: Pixels, threads: int) -> NDArray[np.float32]:
    high, wide = small.shape[:2]
    padded = cv2.copyMakeBorder(small, 0, -high % 32, 0, -wide % 32, cv2.BORDER_REPLICATE)
    pixels = np.ascontiguousarray(padded.transpose(2, 0, 1)[None], np.float32)
    answer: Any = _session(threads).run(None, {"pixels": pixels})
    return np.asarray(answer[0][0], np.float32)


def _spots(maps: NDArray[np.float32], times: float, least: float) -> list[Spot]:
    heat = maps[0]
    highest = cv2.dilate(heat, np.ones((3, 3), np.uint8))
    spots = []
    for row, column in np.argwhere((heat >= least) & (heat >= highest)):
        size = SIZE_UNIT * math.exp(float(np.clip(maps[2, row, column], -1.5, 1.5)))
        spots.append(
            Spot(
                x=(float(column) + 0.5) * CELL * times,
                y=(float(row) + 0.5) * CELL * times,
                size=size * times,
                slant=math.atan2(float(maps[4, row, column]), float(maps[3, row, column])),
                score=float(heat[row, column]),
            )
        )
    return spots
