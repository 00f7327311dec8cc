"""What the digits of this volume look like, as a check on what the engine says they are.

A volume's numbers are printed by one machine, so every 3 in it looks like every other 3. An 8
that lost its left side is read as a perfectly confident 3; laid over the volume's own 3 it does
not fit. Shapes are learned from numbers already certain, never name a digit, and only raise
doubt.
"""

import itertools
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from archive.ocr.sheet import Sheet, Strip

Floats = NDArray[np.float32]

_HIGH = 32  # pixels the strip of digits is made high
_MARGIN = 0.6  # of that height, on each side
_AROUND = 0.25  # likewise, above and below
_SLACK = 0.2  # of a digit's width: how far one may stand off its place in the row
_MEMORY = 12
_SPANS_TO_MEASURE = 12  # squared digits: two equal ones four apart will nearly do
_PITCH_ERROR = 0.012  # more than that, and the last of eight digits is a tenth off
_LEAST_LIKENESS = 0.8  # numbers that fit worse than this were not laid over the shapes rightly
_ROWS_TO_TRUST = 3


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
    def middling(self) -> float:
        """How well the digits of this number fit for the most part."""
        known = [fit for fit in self.own if fit is not None]
        return statistics.median(known) if known else 0.0

    @property
    def weakest(self) -> float:
        """The worst fit, measured against how the digits of this number usually fit."""
        return min((fit for fit in self.own if fit is not None), default=0.0) - self.middling

    @property
    def lead(self) -> float:
        """How much of what the next best digit leaves unexplained the narrowest digit explains.

        1 is a perfect fit, 0 no better than another digit, negative worse.
        """
        return min(
            (
                (own - rival) / max(1.0 - rival, 1e-3)
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
        self._spans = 0
        self._distances = 0.0
        self._red: bool | None = None
        self._rows = 0

    @property
    def trusted(self) -> bool:
        """Whether enough numbers agreed on the shapes for them to raise doubt."""
        return self._rows >= _ROWS_TO_TRUST

    def learn(self, sheet: Sheet, digits: Strip, number: str) -> None:
        """Add the digits of a certain number to the pictures."""
        if self._pictures and self.fit(sheet, digits, number).middling < _LEAST_LIKENESS:
            self._rows -= 1
            if self._rows > 0:
                return
            self._forget()
            self._spans, self._distances = 0, 0.0
        row = self._row(sheet, digits)
        if self._pictures:
            places = self._found(row, number)
            if self._measured_anew(number, places):
                self._forget()
        if not self._pictures:
            places = self._first_places(row, digits, number)
        self._rows = min(self._rows + 1, 2 * _ROWS_TO_TRUST)
        for digit, (left, top) in zip(number, places, strict=True):
            cell = _cell(row, left, top, self._pitch)
            if cell is not None:
                self._add(digit, cell)

    def _forget(self) -> None:
        self._pictures, self._times, self._rows, self._red = {}, {}, 0, None

    def _first_places(self, row: Floats, digits: Strip, number: str) -> list[tuple[int, int]]:
        """Where the digits stand by the gaps between them; by the pitch too, once it is known."""
        count = len(number)
        wide, start, drop = _comb(row, count, _expected_pitch(digits, count))
        if self._spans:
            start += count / 2 * (wide - self._pitch)
        else:
            self._pitch = wide
        return [(round(start + n * self._pitch), drop) for n in range(count)]

    def _found(self, row: Floats, number: str) -> list[tuple[int, int]]:
        """Where the digits stand by their pictures, or by the pitch where they have none yet."""
        maps = self._maps(row)
        start, drop = self._placed(number, maps)
        places = []
        for n, digit in enumerate(number):
            left, top = round(start + n * self._pitch), drop
            if digit in maps:
                _, left, top = self._peak(maps[digit], left, drop)
            places.append((left, top))
        return places

    def _measured_anew(self, number: str, places: Sequence[tuple[int, int]]) -> bool:
        """Whether the distance of equal digits tells another pitch than the first row did.

        A picture may stand off the middle of its cell, but equal digits stand off alike. At a
        wrong pitch a digit learned at the front is not found at the end.
        """
        for one, other in itertools.combinations(range(len(number)), 2):
            if number[one] == number[other] and number[one] in self._pictures:
                self._spans += (other - one) ** 2
                self._distances += (other - one) * (places[other][0] - places[one][0])
        if self._spans < _SPANS_TO_MEASURE:
            return False
        pitch = self._distances / self._spans
        if abs(pitch / self._pitch - 1) < _PITCH_ERROR:
            return False
        self._pitch = pitch
        return True

    def fit(self, sheet: Sheet, digits: Strip, number: str) -> Fit:
        """How the digits printed there fit the pictures of ``number``'s digits."""
        row = self._row(sheet, digits)
        maps = self._maps(row)
        start, drop = self._placed(number, maps)
        own: list[float | None] = []
        rival = []
        for n, digit in enumerate(number):
            left = round(start + n * self._pitch)
            fits = {other: self._peak(fit, left, drop)[0] for other, fit in maps.items()}
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

    def _peak(self, fitting: Floats, left: int, drop: int) -> tuple[float, int, int]:
        """The best fit near a place, and where it is: left, top."""
        slack = max(2, round(_SLACK * self._pitch))
        x, y = max(0, left - slack), max(0, drop - 2)
        near = fitting[y : drop + 3, x : left + slack + 1]
        if not near.size:
            return -1.0, left, drop
        down, along = np.unravel_index(int(near.argmax()), near.shape)
        return float(near[down, along]), x + int(along), y + int(down)

    def _placed(self, number: str, maps: dict[str, Floats]) -> tuple[float, int]:
        """Where the first digit starts and how low the row stands, by the best total fit."""
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
    column = np.clip(row.sum(axis=0) - np.median(row.sum(axis=0)) * 0.5, 0, None)
    told = _by_gaps(column, count, pitch) or _by_trial(column, count, pitch)
    wide, start = told
    left = max(0, round(start))
    lines = row[:, left : left + round(wide * count)].sum(axis=1)
    lines = np.clip(lines - np.percentile(lines, 10), 0, None)
    weight = float((lines * np.arange(len(lines))).sum() / max(float(lines.sum()), 1e-6))
    drop = int(np.clip(round(weight - _HIGH / 2), 0, row.shape[0] - _HIGH))
    return wide, start, drop


def _by_gaps(column: Floats, count: int, pitch: float) -> tuple[float, float] | None:
    """Pitch and start told by the gaps, where as many pieces stand apart as there are digits."""
    told = []
    for level in (0.06, 0.12, 0.2, 0.3):
        inked = np.concatenate([[False], column > level * np.percentile(column, 95), [False]])
        edges = np.flatnonzero(inked[1:] != inked[:-1]).reshape(-1, 2)
        pieces = edges[edges[:, 1] - edges[:, 0] > 0.12 * pitch]
        for first in range(len(pieces) - count + 1):
            middles = pieces[first : first + count].mean(axis=1)
            wide, start = np.polyfit(np.arange(count), middles, 1)
            crooked = np.abs(start + wide * np.arange(count) - middles).max() / pitch
            aside = abs(middles.mean() - len(column) / 2) / pitch
            if crooked < 0.25 and 0.85 < wide / pitch < 1.18 and aside < 0.8:
                told.append((crooked + aside, float(wide), float(start - wide / 2)))
    return min(told)[1:] if told else None


def _by_trial(column: Floats, count: int, pitch: float) -> tuple[float, float]:
    """Pitch and start that put least ink between the digits and most inside."""
    heaped = np.concatenate([[0.0], np.cumsum(column)])
    best = (np.inf, pitch, _MARGIN * _HIGH)
    for wide in pitch * np.linspace(0.9, 1.12, 45):
        starts = np.arange(0.0, max(1.0, len(column) - wide * count - 1), 0.5)
        edges = np.round(starts[:, None] + wide * np.arange(count + 1)).astype(int)
        inside = heaped[edges[:, -1]] - heaped[edges[:, 0]]
        cost = column[edges].sum(axis=1) / (count + 1) - 1.5 * inside / (wide * count)
        least = int(cost.argmin())
        if cost[least] < best[0]:
            best = (float(cost[least]), float(wide), float(starts[least]))
    return best[1], best[2]


def _cell(row: Floats, left: int, drop: int, pitch: float) -> Floats | None:
    wide = max(4, round(pitch))
    if left < 0 or left + wide > row.shape[1]:
        return None
    return row[drop : drop + _HIGH, left : left + wide].copy()
