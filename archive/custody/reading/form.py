"""The form all stubs of a volume are printed on, learned from the first ones.

A form is known by where its lines of text stand around the number. Matching those places
against the lines found on a page tells how many stubs lie there, each at its own slant, and
where their numbers must stand – even where a seal or a stain keeps the number itself from being
found as a line. Nothing has to be read for that.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from archive.custody.reading.looks import Print
from archive.custody.reading.shapes import Shapes
from archive.ocr.sheet import Strip

Floats = NDArray[np.float64]

LARGEST_SLANT = math.radians(5)
_SLANT_STEP = math.radians(0.25)
_REACH = 0.011  # of the stub's width: how far a line may stand from its place
_ENOUGH = 0.42
_FEWEST = 4
_CHANCES = 4


@dataclass(frozen=True, slots=True)
class Pose:
    """A stub lying on a page.

    Attributes:
        x: where the middle of its number stands.
        y: likewise.
        slant: radians it is turned clockwise.
        fit: 0–1, how much of the form was found.
    """

    x: float
    y: float
    slant: float
    fit: float

    def placed(self, part: Strip) -> Strip:
        """A strip given relative to the number, where it lies on the page."""
        c, s = math.cos(self.slant), math.sin(self.slant)
        x, y = part.centre
        middle = (self.x + c * x - s * y, self.y + s * x + c * y)
        return Strip(middle, part.width, part.height, part.slant + self.slant)


class Form:
    """Where the lines of one stub stand around the middle of its number.

    Args:
        number: the number it was learned from, as it lay on the page.
        code: its code, if it has one.
        strips: all lines of that stub.
        dpi: resolution of the page; 0 when unknown.
    """

    def __init__(
        self, number: Print, code: Print | None, strips: Sequence[Strip], dpi: float
    ) -> None:
        home = _home(number)
        self._dpi = dpi
        self.shapes = Shapes()
        self._certain = 0
        self._doubtful = 0
        self.line = _relative(home, number.line)
        self.digits = _relative(home, number.digits)
        self.code = code and Print(_relative(home, code.line), _relative(home, code.digits))
        self._marks = _table([_relative(home, strip) for strip in strips])
        self._weight = np.ones(len(self._marks))
        self._learned = 1

    def tried(self, *, certain: bool) -> None:
        """Take note whether a number was certain where this form says one stands."""
        self._certain += certain
        self._doubtful += not certain

    @property
    def useless(self) -> bool:
        """Whether it never led to a certain number, and had chances enough."""
        return self._certain == 0 and self._doubtful >= _CHANCES

    def scale(self, dpi: float) -> float:
        """How much larger everything is on a page of ``dpi``."""
        return dpi / self._dpi if dpi > 0 and self._dpi > 0 else 1.0

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of the stub's print, from the middle of its number."""
        x, y, w, h = self._marks.T
        return (
            float((x - w / 2).min()),
            float((y - h / 2).min()),
            float((x + w / 2).max()),
            float((y + h / 2).max()),
        )

    def outline(self, pose: Pose, scale: float, margin: float) -> NDArray[np.float32]:
        """The corners of the stub's print on the page, ``margin`` pixels farther out."""
        left, top, right, bottom = (side * scale for side in self.extent)
        size = (right - left + 2 * margin, bottom - top + 2 * margin)
        middle = ((left + right) / 2, (top + bottom) / 2)
        return pose.placed(Strip(middle, *size, 0.0)).corners()

    def poses(self, strips: Sequence[Strip], dpi: float) -> list[Pose]:
        """Every stub of this form among the lines of a page, best first."""
        left = _table(strips)
        scale = self.scale(dpi)
        found: list[Pose] = []
        while len(left) >= _FEWEST:
            best = self._best(self._marks * scale, left, self._reach(scale))
            if best is None or any(self._overlap(best[0], pose, scale) for pose in found):
                break
            found.append(best[0])
            left = np.delete(left, best[1], axis=0)
        return found

    def learn(self, strips: Sequence[Strip], pose: Pose, dpi: float) -> None:
        """Take note which of the form's lines were there again; the others are fill-in."""
        scale = self.scale(dpi)
        there = _laid(self._marks * scale, pose)
        page = _table(strips)
        away = np.hypot(*(there[:, None, :] - page[None, :, :2]).transpose(2, 0, 1))
        self._learned += 1
        share = 1 / min(self._learned, 20)
        seen = (away < self._reach(scale)).any(axis=1)
        self._weight = (1 - share) * self._weight + share * seen

    def _reach(self, scale: float) -> float:
        left, _, right, _ = self.extent
        return _REACH * (right - left) * scale

    def _overlap(self, one: Pose, other: Pose, scale: float) -> bool:
        left, top, right, bottom = (side * scale for side in self.extent)
        return abs(one.x - other.x) < 0.6 * (right - left) and abs(one.y - other.y) < 0.6 * (
            bottom - top
        )

    def _best(self, marks: Floats, page: Floats, reach: float) -> tuple[Pose, list[int]] | None:
        like = (np.abs(np.log(page[None, :, 2] / marks[:, None, 2])) < 0.25) & (
            np.abs(np.log(page[None, :, 3] / marks[:, None, 3])) < 0.45
        )
        mine, theirs = np.nonzero(like)
        if len(mine) < _FEWEST:
            return None
        best = (0.0, 0.0, np.zeros(2))
        for slant in np.arange(-LARGEST_SLANT, LARGEST_SLANT + 1e-9, _SLANT_STEP):
            origins = page[theirs, :2] - _turned(marks[mine, :2], slant)
            votes, origin = _densest(origins, self._weight[mine], reach)
            if votes > best[0]:
                best = (votes, float(slant), origin)
        return self._settled(marks, page, best[1], best[2], reach)

    def _settled(
        self, marks: Floats, page: Floats, slant: float, origin: Floats, close: float
    ) -> tuple[Pose, list[int]] | None:
        reach = 2 * close
        mine: list[int] = []
        theirs: list[int] = []
        for _ in range(3):
            there = _laid(marks, Pose(float(origin[0]), float(origin[1]), slant, 0))
            away = np.hypot(*(there[:, None, :] - page[None, :, :2]).transpose(2, 0, 1))
            like = np.abs(np.log(page[None, :, 2] / marks[:, None, 2])) < 0.6
            away = np.where(like, away, np.inf)
            nearest = away.argmin(axis=1)
            mine = [n for n in range(len(marks)) if away[n, nearest[n]] < reach]
            theirs = [int(nearest[n]) for n in mine]
            if len(mine) < _FEWEST:
                return None
            slant, origin = _fitted(marks[mine, :2], page[theirs, :2], self._weight[mine])
            reach = close
        fit = float(self._weight[mine].sum() / max(self._weight.sum(), 1e-6))
        if fit < _ENOUGH or abs(slant) > 1.5 * LARGEST_SLANT:
            return None
        pose = Pose(float(origin[0]), float(origin[1]), slant, fit)
        return pose, sorted(set(theirs))


def _table(strips: Sequence[Strip]) -> Floats:
    return np.array([(*s.centre, s.width, s.height) for s in strips], np.float64).reshape(-1, 4)


def _home(number: Print) -> Pose:
    return Pose(*number.digits.centre, number.line.slant, 1.0)


def _relative(home: Pose, strip: Strip) -> Strip:
    dx, dy = strip.centre[0] - home.x, strip.centre[1] - home.y
    c, s = math.cos(home.slant), math.sin(home.slant)
    return Strip((c * dx + s * dy, -s * dx + c * dy), strip.width, strip.height, 0.0)


def _turned(points: Floats, slant: float) -> Floats:
    c, s = math.cos(slant), math.sin(slant)
    return np.asarray(points @ np.array([[c, s], [-s, c]]), np.float64)


def _laid(marks: Floats, pose: Pose) -> Floats:
    return np.asarray(np.add(_turned(marks[:, :2], pose.slant), (pose.x, pose.y)), np.float64)


def _densest(origins: Floats, weights: Floats, reach: float) -> tuple[float, Floats]:
    """The spot most votes fall on, counted in cells of ``reach`` shifted by halves."""
    best, spot = 0.0, origins[0]
    for shift in ((0.0, 0.0), (0.5, 0.0), (0.0, 0.5), (0.5, 0.5)):
        cells = np.floor(origins / (2 * reach) + np.array(shift)).astype(np.int64)
        keys = cells[:, 0] * 1_000_003 + cells[:, 1]
        _, which = np.unique(keys, return_inverse=True)
        sums = np.bincount(which, weights)
        top = int(sums.argmax())
        if sums[top] > best:
            best, spot = float(sums[top]), origins[which == top].mean(axis=0)
    return best, spot


def _fitted(marks: Floats, page: Floats, weights: Floats) -> tuple[float, Floats]:
    """The turn and shift that lay ``marks`` on ``page`` with the least squared error."""
    share = weights / weights.sum()
    mid_marks, mid_page = share @ marks, share @ page
    a, b = marks - mid_marks, page - mid_page
    along = float((share * (a * b).sum(axis=1)).sum())
    across = float((share * (a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0])).sum())
    slant = math.atan2(across, along)
    return slant, mid_page - _turned(mid_marks[None], slant)[0]
