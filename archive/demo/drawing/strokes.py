"""Signs as a hand writes them: centre lines of strokes, shaken and swelled anew each time.

Coordinates run from 0 to 100 in both directions; a point given twice is a corner.
"""

from itertools import pairwise
from typing import cast

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from archive.demo.drawing.ink import Mask

Stroke = tuple[tuple[float, float], ...]
Sign = tuple[Stroke, ...]

UPRIGHT: dict[str, Sign] = {
    "作": (
        ((36, 5), (26, 26), (5, 52)),
        ((22, 34), (22, 62), (21, 97)),
        ((58, 4), (50, 24), (36, 46)),
        ((48, 25), (72, 23), (96, 22)),
        ((62, 26), (63, 60), (62, 98)),
        ((63, 48), (78, 47), (92, 45)),
        ((63, 70), (80, 69), (95, 68)),
    ),
    "废": (
        ((51, 1), (55, 6), (58, 12)),
        ((15, 17), (54, 15), (94, 13)),
        ((18, 17), (17, 55), (3, 96)),
        ((41, 24), (34, 43), (34, 43), (60, 42), (88, 39)),
        ((57, 19), (50, 52), (22, 93)),
        ((47, 58), (76, 56), (76, 56), (60, 80), (31, 98)),
        ((45, 63), (64, 83), (96, 96)),
        ((73, 21), (77, 26), (81, 32)),
    ),
    "票": (
        ((9, 8), (50, 6), (91, 5)),
        ((22, 22), (23, 33), (25, 45)),
        ((22, 22), (78, 20), (78, 20), (77, 32), (74, 43)),
        ((41, 8), (41, 24), (42, 41)),
        ((59, 7), (59, 24), (58, 40)),
        ((25, 43), (50, 42), (75, 41)),
        ((25, 55), (50, 54), (75, 53)),
        ((7, 68), (50, 66), (93, 64)),
        ((50, 67), (50, 95), (50, 95), (43, 89)),
        ((31, 75), (24, 84), (13, 92)),
        ((66, 75), (76, 82), (86, 92)),
    ),
}
"""Stroke by stroke, as taught at school."""

RUNNING: dict[str, Sign] = {
    "作": (
        ((30, 2), (24, 24), (4, 50), (10, 47), (20, 38), (20, 38), (19, 66), (17, 98)),
        ((60, 0), (54, 18), (40, 40), (46, 34), (50, 26), (50, 26), (70, 22), (90, 20)),
        ((64, 24), (62, 58), (59, 100)),
        ((62, 46), (74, 43), (88, 42), (80, 50), (64, 68), (64, 68), (78, 64), (98, 62)),
    ),
    "废": (
        ((56, 0), (61, 6), (62, 11)),
        ((20, 20), (50, 15), (90, 14), (70, 17), (26, 22), (22, 55), (0, 100)),
        ((46, 26), (38, 44), (38, 44), (62, 39), (86, 38)),
        ((62, 18), (54, 50), (24, 90), (38, 72), (52, 58), (74, 54), (62, 78), (34, 100)),
        ((48, 66), (60, 82), (78, 92), (100, 90)),
        ((80, 20), (84, 27), (84, 31)),
    ),
    "票": (
        ((14, 10), (50, 5), (86, 4)),
        ((24, 20), (26, 32), (30, 42)),
        ((26, 21), (60, 17), (78, 18), (78, 30), (70, 40), (48, 42), (32, 42)),
        ((44, 8), (44, 22), (46, 38), (52, 26), (60, 7), (60, 22), (58, 36)),
        ((30, 54), (48, 52), (68, 50), (50, 58), (12, 70), (12, 70), (48, 64), (90, 61)),
        ((52, 64), (53, 80), (51, 99), (44, 94), (36, 84)),
        ((34, 74), (26, 84), (16, 90)),
        ((64, 72), (74, 78), (84, 90)),
    ),
}
"""Run together, as a hurried hand writes."""

DIGITS: dict[str, Sign] = {
    "0": (((50, 3), (20, 14), (10, 50), (20, 86), (50, 97), (80, 86), (90, 50), (80, 14), (50, 3)),),
    "1": (((26, 24), (54, 4), (54, 4), (54, 97)),),
    "2": (((12, 28), (22, 9), (50, 3), (80, 12), (85, 32), (64, 58), (10, 97), (10, 97), (90, 97)),),
    "3": (
        ((12, 16), (36, 3), (66, 6), (82, 24), (70, 42), (42, 47), (42, 47), (74, 53), (88, 74), (70, 93),
         (38, 98), (10, 85)),
    ),
    "4": (((70, 97), (70, 4), (70, 4), (6, 70), (6, 70), (96, 70)),),
    "5": (
        ((82, 4), (22, 4), (22, 4), (16, 46), (16, 46), (44, 37), (76, 44), (89, 68), (74, 92), (40, 98),
         (8, 86)),
    ),
    "6": (
        ((76, 4), (38, 26), (13, 62), (22, 88), (52, 98), (80, 88), (88, 68), (76, 48), (50, 42), (24, 50),
         (14, 66)),
    ),
    "7": (((8, 4), (90, 4), (90, 4), (56, 48), (38, 97)),),
    "8": (
        ((50, 47), (20, 36), (18, 14), (50, 3), (82, 14), (80, 36), (50, 47), (14, 60), (12, 86), (50, 98),
         (88, 86), (86, 60), (50, 47)),
    ),
    "9": (
        ((24, 97), (62, 76), (87, 38), (78, 12), (48, 2), (20, 12), (12, 32), (24, 52), (50, 58), (76, 50),
         (86, 34)),
    ),
}  # fmt: skip
"""Round-ended digits as engraved numbering wheels have them."""


def _smooth(stroke: Stroke, steps: int) -> NDArray[np.float64]:
    """A curve through the points; it bends sharply where a point stands twice."""
    pieces: list[list[tuple[float, float]]] = [[stroke[0]]]
    for before, here in pairwise(stroke):
        if before == here:
            pieces.append([here])
        else:
            pieces[-1].append(here)
    curves = [
        _through(np.array(piece, dtype=np.float64), steps) for piece in pieces if len(piece) > 1
    ]
    return np.concatenate(curves)


def _through(points: NDArray[np.float64], steps: int) -> NDArray[np.float64]:
    """Catmull-Rom through the points."""
    closed = len(points) > 3 and bool((points[0] == points[-1]).all())
    first = points[-2] if closed else 2 * points[0] - points[1]
    last = points[1] if closed else 2 * points[-1] - points[-2]
    around = np.vstack([first, points, last])
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    parts = []
    for a, b, c, d in zip(around, around[1:], around[2:], around[3:], strict=False):
        bend = (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
        parts.append(0.5 * (2 * b + (c - a) * t + bend))
    parts.append(points[-1:])
    return np.vstack(parts)


def _swelling(length: int, brush: float, rng: Generator) -> NDArray[np.float64]:
    """How broad the stroke is along its way, around 1; a brush presses and lifts."""
    t = np.linspace(0, 1, length)
    pen = 1.0 + 0.12 * np.sin(t * rng.uniform(2, 6) + rng.uniform(0, 6))
    press = 0.72 + 0.4 * np.exp(-t / 0.2) + rng.uniform(-0.6, 0.45) * np.exp(-(1 - t) / 0.22)
    return cast("NDArray[np.float64]", np.clip((1 - brush) * pen + brush * press, 0.15, 1.5))


def drawn(
    sign: Sign,
    size: tuple[float, float],
    width: float,
    rng: Generator,
    *,
    shake: float = 0.0,
    brush: float = 0.0,
) -> Mask:
    """The sign as a mask with a margin of one stroke.

    ``size`` (without the margin) and the ``width`` of the strokes are in pixels, ``shake`` in
    hundredths of the sign; ``brush`` is 0 for an even pen and 1 for a brush.
    """
    fine = 2 if width < 14 else 1
    margin = 1.2 * width + 2
    canvas = np.zeros(
        (int((size[1] + 2 * margin) * fine), int((size[0] + 2 * margin) * fine)), dtype=np.uint8
    )
    unit = np.array(size) / 100
    steps = 5 if max(size) < 40 else 10
    for stroke in sign:
        wandering = rng.normal(0, shake, 2)
        held = tuple((x + wandering[0], y + wandering[1]) for x, y in stroke)
        path = _smooth(_strayed(held, shake * 0.7, rng), steps) * unit + margin
        breadth = _swelling(len(path), brush, rng) * width * fine
        at = np.round(path * fine * 16).astype(np.int32)
        for a, b, broad in zip(at, at[1:], breadth, strict=False):
            cv2.line(
                canvas,
                (int(a[0]), int(a[1])),
                (int(b[0]), int(b[1])),
                255,
                max(round(broad), 1),
                cv2.LINE_AA,
                4,
            )
    if fine == 1:
        return canvas
    wide, high = canvas.shape[1] // fine, canvas.shape[0] // fine
    return cast("Mask", cv2.resize(canvas, (wide, high), interpolation=cv2.INTER_AREA))


def _strayed(stroke: Stroke, shake: float, rng: Generator) -> Stroke:
    """The points moved a little; doubled points stay together."""
    if not shake:
        return stroke
    out: list[tuple[float, float]] = []
    for index, (x, y) in enumerate(stroke):
        if index and stroke[index - 1] == (x, y):
            out.append(out[-1])
        else:
            dx, dy = rng.normal(0, shake, 2)
            out.append((x + dx, y + dy))
    return tuple(out)


def squiggle(size: tuple[float, float], width: float, rng: Generator, turns: int = 7) -> Mask:
    """A signature nobody can read."""
    x = np.linspace(2, 98, turns * 2) + rng.normal(0, 7, turns * 2)
    y = np.where(np.arange(turns * 2) % 2, 20, 80) + rng.normal(0, 18, turns * 2)
    under = ((10.0, 92.0), (60.0, 84.0), (float(rng.uniform(80, 110)), 70.0))
    line = tuple((float(a), float(b)) for a, b in zip(x, y, strict=True))
    return drawn((line, under), size, width, rng, brush=0.4)
