"""A page laid upright, and cut-outs from it that know where they came from."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from archive.ocr import Box, Pixels, Quad

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Strip:
    """The place of one line of text on an upright page, as a slanted rectangle.

    Attributes:
        centre: its middle, in pixels of the upright page.
        width: along the text.
        height: across the text.
        slant: radians the text runs downward to the right.
    """

    centre: Point
    width: float
    height: float
    slant: float

    @classmethod
    def of(cls, quad: Quad) -> "Strip":
        """The strip a detected quad covers."""
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = quad
        along = ((bx - ax + cx - dx) / 2, (by - ay + cy - dy) / 2)
        down = ((dx - ax + cx - bx) / 2, (dy - ay + cy - by) / 2)
        return cls(
            centre=((ax + bx + cx + dx) / 4, (ay + by + cy + dy) / 4),
            width=math.hypot(*along),
            height=math.hypot(*down),
            slant=math.atan2(along[1], along[0]),
        )

    def part(self, start: float, end: float) -> "Strip":
        """The piece between two shares of its width."""
        offset = ((start + end) / 2 - 0.5) * self.width
        x, y = self.centre
        moved = (x + offset * math.cos(self.slant), y + offset * math.sin(self.slant))
        return Strip(moved, self.width * (end - start), self.height, self.slant)

    def grown(self, sideways: float, updown: float) -> "Strip":
        """The strip made wider and higher on each side, in shares of its height."""
        return Strip(
            self.centre,
            self.width + 2 * sideways * self.height,
            self.height * (1 + 2 * updown),
            self.slant,
        )

    def scaled(self, times: float) -> "Strip":
        """The strip on an image ``times`` as large."""
        x, y = self.centre
        return Strip((x * times, y * times), self.width * times, self.height * times, self.slant)

    def moved(self, dx: float, dy: float) -> "Strip":
        """The strip shifted by so many pixels."""
        return Strip(
            (self.centre[0] + dx, self.centre[1] + dy), self.width, self.height, self.slant
        )

    def upside_down(self, width: float, height: float) -> "Strip":
        """The strip on the same page, of ``width`` and ``height``, turned by half."""
        x, y = self.centre
        return Strip((width - x, height - y), self.width, self.height, self.slant)

    def corners(self) -> NDArray[np.float32]:
        """Its four corners, clockwise from the text's own top left."""
        x, y = self.centre
        c, s = math.cos(self.slant), math.sin(self.slant)
        half = ((-1, -1), (1, -1), (1, 1), (-1, 1))
        return np.array(
            [
                (
                    x + i * self.width / 2 * c - j * self.height / 2 * s,
                    y + i * self.width / 2 * s + j * self.height / 2 * c,
                )
                for i, j in half
            ],
            np.float32,
        )


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page turned by a quarter turn or more so that its text stands upright.

    Attributes:
        pixels: the turned page.
        dpi: its resolution, 0 when unknown.
        turned: degrees clockwise it was turned from how it was received.
    """

    pixels: Pixels
    dpi: float = 0.0
    turned: int = 0

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])

    def turned_further(self, degrees: int) -> "Sheet":
        """The same page turned ``degrees`` (a multiple of 90) more, clockwise."""
        pixels = np.ascontiguousarray(np.rot90(self.pixels, -degrees // 90))
        return Sheet(pixels, self.dpi, (self.turned + degrees) % 360)

    def through_red(self) -> "Sheet":
        """The same page as through red glass: red ink is gone, every other is black."""
        red = np.repeat(self.pixels[:, :, :1], 3, axis=2)
        return Sheet(red, self.dpi, self.turned)

    def cut(self, strip: Strip, *, height: int | None = None, stretched: float = 1.0) -> Pixels:
        """The pixels inside ``strip``, laid level; made ``height`` pixels high when given."""
        high = height or max(4, round(strip.height))
        wide = max(4, round(strip.width * stretched * high / max(strip.height, 1e-6)))
        level = np.array([(0, 0), (wide, 0), (wide, high), (0, high)], np.float32)
        turn = cv2.getPerspectiveTransform(strip.corners(), level)
        cut = cv2.warpPerspective(
            self.pixels, turn, (wide, high), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
        )
        return np.asarray(cut, np.uint8)

    def beyond(self, points: NDArray[np.float32]) -> float:
        """How many pixels the farthest of ``points`` lies outside the page; 0 when none does."""
        xs, ys = points[:, 0], points[:, 1]
        outside = (-xs.min(), xs.max() - self.width, -ys.min(), ys.max() - self.height)
        return max(0.0, *(float(side) for side in outside))

    def shrunk(self, longest: int) -> tuple[Pixels, float]:
        """The page no longer than ``longest`` pixels, and how many page pixels each stands for."""
        times = max(1.0, max(self.pixels.shape[:2]) / longest)
        size = (max(1, round(self.width / times)), max(1, round(self.height / times)))
        if times == 1.0:
            return self.pixels, 1.0
        return np.asarray(
            cv2.resize(self.pixels, size, interpolation=cv2.INTER_AREA), np.uint8
        ), times

    def as_received(self, points: NDArray[np.float32]) -> Box:
        """The box around ``points`` of this sheet, on the page as it was received."""
        xs, ys = points[:, 0], points[:, 1]
        wide, high = float(self.width), float(self.height)
        if self.turned == 90:
            xs, ys, wide, high = ys, wide - xs, high, wide
        elif self.turned == 180:
            xs, ys = wide - xs, high - ys
        elif self.turned == 270:
            xs, ys, wide, high = high - ys, xs, high, wide
        return (
            max(0, math.floor(float(xs.min()))),
            max(0, math.floor(float(ys.min()))),
            min(round(wide), math.ceil(float(xs.max()))),
            min(round(high), math.ceil(float(ys.max()))),
        )


def corners_of(box: tuple[float, float, float, float]) -> NDArray[np.float32]:
    """The corners of an upright box."""
    left, top, right, bottom = box
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float32)
