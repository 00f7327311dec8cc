"""What the digits of this volume look like, as a check on what the engine says they are.

A volume's numbers are printed by one machine, so every 3 in it looks like every other 3. An 8
that lost its left side is read as a perfectly confident 3; laid over the volume's own 3 it does
not fit. Shapes are learned from numbers already certain, never name a digit, and only raise
doubt.
"""

import statistics
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from archive.custody.reading.sheet import Sheet, Strip

Floats = NDArray[np.float32]

_HIGH = 32  # pixels the strip of digits is made high
_MARGIN = 0.6  # of that height, on each side
_AROUND = 0.25  # likewise, above and below
_SLACK = 2  # pixels one digit may stand off its place in the row
_MEMORY = 12


@dataclass(frozen=True, slots=True)
class Fit:
    """How a number fits the shapes of its digits.

    Attributes:
        own: per digit, how well its own shape fits, -1–1; None where it was never seen.
        rival: per digit, how well the best-fitting other digit does.
    """

    own: tuple[float | None, ...]
    rival: tuple[float, ...]

    @property
    def unseen(self) -> int:
        """How many digits have no shape yet."""
        return sum(fit is None for fit in self.own)

    @property
    def weakest(self) -> float:
        """The worst fit, measured against how the digits of this number usually fit."""
        known = [fit for fit in self.own if fit is not None]
        if not known:
            return 0.0
        return min(known) - statistics.median(known)

    @property
    def margin(self) -> float:
        """By how much the narrowest digit beats the next best; negative when another fits better."""
        return min(
            (
                own - rival
                for own, rival in zip(self.own, self.rival, strict=True)
                if own is not None
            ),
            default=0.0,
        )


class Shapes:
    """The average picture of each digit of one form's numbers."""

    def __init__(self) -> None:
        self._pictures: dict[str, Floats] = {}
        self._times: dict[str, int] = {}
        self._pitch = 0.0
        self._red: bool | None = None

    @property
    def known(self) -> int:
        """How many different digits have been seen."""
        return len(self._pictures)

    def learn(self, sheet: Sheet, digits: Strip, number: str) -> None:
        """Add the digits of a certain number to the pictures."""
        row = self._row(sheet, digits)
        if not self._pictures:
            self._pitch, start, drop = _comb(row, len(number), _expected_pitch(digits, len(number)))
        else:
            start, drop = self._placed(row, number)
        for n, digit in enumerate(number):
            cell = _cell(row, start + n * self._pitch, drop, self._pitch)
            if cell is not None:
                self._add(digit, cell)

    def fit(self, sheet: Sheet, digits: Strip, number: str) -> Fit:
        """How the digits printed there fit the pictures of ``number``'s digits."""
        row = self._row(sheet, digits)
        maps = self._maps(row)
        start, drop = self._placed(row, number, maps)
        own: list[float | None] = []
        rival = []
        for n, digit in enumerate(number):
            left = round(start + n * self._pitch)
            fits = {other: _peak(fitting, left, drop) for other, fitting in maps.items()}
            own.append(fits.pop(digit, None))
            rival.append(max(fits.values(), default=-1.0))
        return Fit(tuple(own), tuple(rival))

    def _add(self, digit: str, cell: Floats) -> None:
        times = min(self._times.get(digit, 0), _MEMORY)
        before = self._pictures.get(digit, cell)
        self._pictures[digit] = np.asarray((before * times + cell) / (times + 1), np.float32)
        self._times[digit] = times + 1

    def _row(self, sheet: Sheet, digits: Strip) -> Floats:
        """The digits as ink on nothing, in the channel their ink shows best in."""
        cut = sheet.cut(digits.grown(_MARGIN, _AROUND), height=round(_HIGH * (1 + 2 * _AROUND)))
        dark = [np.ptp(np.percentile(cut[:, :, n], (4, 60))) for n in (0, 1)]
        if self._red is None:
            self._red = bool(dark[0] < 0.6 * dark[1])
        channel = cut[:, :, 1 if self._red else 0].astype(np.float32)
        low, paper = np.percentile(channel, (2, 70))
        ink = np.clip((paper - channel) / max(float(paper - low), 12.0), 0, 1.2)
        return np.asarray(cv2.GaussianBlur(ink, (0, 0), 0.8), np.float32)

    def _maps(self, row: Floats) -> dict[str, Floats]:
        return {
            digit: np.asarray(cv2.matchTemplate(row, picture, cv2.TM_CCOEFF_NORMED), np.float32)
            for digit, picture in self._pictures.items()
        }

    def _placed(
        self, row: Floats, number: str, maps: dict[str, Floats] | None = None
    ) -> tuple[float, int]:
        """Where the first digit starts and how low the row stands, by the best total fit."""
        maps = maps or self._maps(row)
        some = next(iter(maps.values()))
        high, wide = some.shape
        reach = wide - round((len(number) - 1) * self._pitch)
        if reach < 1:
            return 0.0, 0
        total = np.zeros((high, reach), np.float32)
        for n, digit in enumerate(number):
            if digit in maps:
                left = round(n * self._pitch)
                total += maps[digit][:, left : left + reach]
        drop, start = np.unravel_index(int(total.argmax()), total.shape)
        return float(start), int(drop)


def _expected_pitch(digits: Strip, count: int) -> float:
    return digits.width / digits.height * _HIGH / count


def _comb(row: Floats, count: int, pitch: float) -> tuple[float, float, int]:
    """Pitch, start and drop of a row of digits, so that gaps fall between them."""
    column = row.sum(axis=0)
    best = (np.inf, pitch, _MARGIN * _HIGH)
    for wide in pitch * np.linspace(0.9, 1.1, 17):
        for start in np.arange(0.0, len(column) - wide * count, 1.0):
            edges = np.round(start + wide * np.arange(count + 1)).astype(int)
            edges = np.clip(edges, 0, len(column) - 1)
            inside = column[edges[0] : edges[-1]].sum()
            cost = float(column[edges].sum() * 3 - inside / wide)
            if cost < best[0]:
                best = (cost, float(wide), float(start))
    start = best[2]
    lines = row[:, round(start) : round(start + best[1] * count)].sum(axis=1)
    weight = float((lines * np.arange(len(lines))).sum() / max(float(lines.sum()), 1e-6))
    drop = int(np.clip(round(weight - _HIGH / 2), 0, row.shape[0] - _HIGH))
    return best[1], start, drop


def _cell(row: Floats, left: float, drop: int, pitch: float) -> Floats | None:
    wide = max(4, round(pitch))
    at = round(left)
    if at < 0 or at + wide > row.shape[1]:
        return None
    return row[drop : drop + _HIGH, at : at + wide].copy()


def _peak(fitting: Floats, left: int, drop: int) -> float:
    rows = slice(max(0, drop - _SLACK), drop + _SLACK + 1)
    columns = slice(max(0, left - _SLACK), left + _SLACK + 1)
    near = fitting[rows, columns]
    return float(near.max()) if near.size else -1.0
