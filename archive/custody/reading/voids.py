"""Finding 废票 and 作废 on stubs.

The network tells where a mark may be; the text engine then reads those places, turned level. A
mark is certain when the network has no doubt, or when the engine reads the words. What only one
of them half believes goes to a person: an overlooked void is as grave as a wrong number. 作废
inside a printed sentence (涂改作废) is no mark.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from archive.custody.reading.form import Form
from archive.custody.reading.found import VoidMark
from archive.custody.reading.sheet import Sheet, Strip
from archive.custody.reading.stubs import Stub
from archive.custody.reading.void_net import Spot, spots_on
from archive.ocr import LineText, Pixels, TextReader

WORTH_READING = 0.25
"""Spots that score less are not even read."""

WORTH_ASKING = 0.40
"""Spots that score at least this go to a person even if the engine reads nothing there."""

BEYOND_DOUBT = 0.80
"""Spots that score at least this are marks even if the engine reads nothing there."""

ABOVE_HABIT = 0.25
"""By how much a spot must beat what the form itself scores there to be more than the form."""

EXPLAINED = 0.60
"""Spots that score less are no marks where the engine plainly reads other words."""

SEAL_REACH = 1.5
"""How far from the spot, in its own heights, the words of its seal may stand."""

MOST_READ = 5
"""Spots read on one stub, best first."""

_QUICK = ((0.0, 4.2), (9.0, 4.2), (-9.0, 4.2))
_CAREFUL = ((0.0, 2.6), (18.0, 3.0), (-18.0, 3.0), (0.0, 6.0))
_CHARACTER = re.compile(r"[\u4e00-\u9fff]")
_MARK = re.compile(r"废|廢")
_SEAL = re.compile(r"专用|用章|票专|财务专|业务专|收讫|付讫")
_SENTENCE = re.compile(r"[改印写期效补无][^0-9A-Za-z]{0,2}作\s*废|作\s*废[,，。.;；遗不无处]")


@dataclass
class _Habits:
    """What looked a little like a mark on stubs of one form before, and how often."""

    stubs: int = 0
    spots: list[tuple[float, float, float]] = field(default_factory=list)

    def usual(self, x: float, y: float, reach: float) -> float:
        """The score usual there; 0 where less than a third of the stubs had any."""
        near = [score for sx, sy, score in self.spots if math.hypot(sx - x, sy - y) < reach]
        if self.stubs < 3 or len(near) * 3 < self.stubs:
            return 0.0
        return sum(near) / len(near)


class VoidFinder:
    """Finds void marks, learning what the form itself prints that looks like one."""

    def __init__(self, reader: TextReader) -> None:
        self._reader = reader
        self._habits: dict[Form, _Habits] = {}

    def marks(
        self, sheet: Sheet, stubs: Sequence[Stub], strips: Sequence[Strip] = ()
    ) -> list[VoidMark | None]:
        """For each stub the mark that makes it void, or None; ``strips`` are the page's lines."""
        if not stubs:
            return []
        owned: list[list[Spot]] = [[] for _ in stubs]
        for spot in spots_on(sheet, WORTH_READING, threads=self._reader.threads):
            owned[_owner(spot, stubs)].append(spot)
        found = []
        for stub, spots in zip(stubs, owned, strict=True):
            found.append(self._mark(sheet, stub, spots, strips))
            self._learn(sheet, stub, spots)
        return found

    def _mark(
        self, sheet: Sheet, stub: Stub, spots: Sequence[Spot], strips: Sequence[Strip]
    ) -> VoidMark | None:
        asked: VoidMark | None = None
        for spot in spots[:MOST_READ]:
            told = self._reader.read_lines(_crops(sheet, spot, _QUICK))
            score = self._beyond_habit(sheet, stub, spot)
            if score >= WORTH_ASKING and not any(_MARK.search(line.text) for line in told):
                told += self._reader.read_lines(_crops(sheet, spot, _CAREFUL))
            if any(_SENTENCE.search(line.text) for line in told):
                continue
            if score >= BEYOND_DOUBT or any(_MARK.search(line.text) for line in told):
                return _mark_at(sheet, spot, certain=True)
            if score < (EXPLAINED if _explained(told) else WORTH_ASKING) or asked is not None:
                continue
            if not self._is_seal(sheet, spot, strips):
                asked = _mark_at(sheet, spot, certain=False)
        return asked

    def _is_seal(self, sheet: Sheet, spot: Spot, strips: Sequence[Strip]) -> bool:
        """Whether the words of a seal (发票专用章, 现金收讫) are plainly read at the spot."""
        near = sorted(
            (math.hypot(strip.centre[0] - spot.x, strip.centre[1] - spot.y), at)
            for at, strip in enumerate(strips)
        )
        reach = SEAL_REACH * spot.size
        lines = [strips[at] for away, at in near[:MOST_READ] if away < reach]
        told = self._reader.read_lines([sheet.cut(line.grown(0.1, 0.08)) for line in lines])
        return any(_SEAL.search(line.text) and line.confidence >= 0.8 for line in told)

    def _beyond_habit(self, sheet: Sheet, stub: Stub, spot: Spot) -> float:
        """The spot's score, or 0 where the form scores about as much by itself."""
        habits = self._habits.get(stub.laying.form) if stub.laying else None
        if habits is None:
            return spot.score
        usual = habits.usual(*_on_form(sheet, stub, spot))
        return spot.score if spot.score > usual + ABOVE_HABIT or not usual else 0.0

    def _learn(self, sheet: Sheet, stub: Stub, spots: Sequence[Spot]) -> None:
        if stub.laying is None:
            return
        habits = self._habits.setdefault(stub.laying.form, _Habits())
        habits.stubs += 1
        for spot in spots:
            x, y, _ = _on_form(sheet, stub, spot)
            habits.spots.append((x, y, spot.score))
        if habits.stubs > 100:
            habits.stubs //= 2
            habits.spots = habits.spots[1::2]


def _on_form(sheet: Sheet, stub: Stub, spot: Spot) -> tuple[float, float, float]:
    """Where the spot lies on its form, and how far about that is the same place."""
    if stub.laying is None:
        return 0.0, 0.0, 0.0
    pose, scale = stub.laying.pose, stub.laying.form.scale(sheet.dpi)
    dx, dy = (spot.x - pose.x) / scale, (spot.y - pose.y) / scale
    c, s = math.cos(pose.slant), math.sin(pose.slant)
    return c * dx + s * dy, -s * dx + c * dy, 0.5 * spot.size / scale


def _mark_at(sheet: Sheet, spot: Spot, *, certain: bool) -> VoidMark:
    corners = Strip((spot.x, spot.y), 2.2 * spot.size, 1.2 * spot.size, spot.slant).corners()
    confidence = max(spot.score, 0.9) if certain else spot.score
    return VoidMark(sheet.as_received(corners), round(confidence, 4), certain=certain)


def _explained(told: Sequence[LineText]) -> bool:
    """Whether other words were plainly read there, and more than once the same."""
    words = Counter(
        "".join(_CHARACTER.findall(line.text)) for line in told if line.confidence >= 0.9
    )
    return any(len(word) >= 2 and times >= 2 for word, times in words.items())


def _crops(sheet: Sheet, spot: Spot, ways: Sequence[tuple[float, float]]) -> list[Pixels]:
    """The word with 废 in its middle, laid level at some slants and so many characters wide."""
    return [
        sheet.cut(
            Strip(
                (spot.x, spot.y),
                wide * spot.size,
                1.35 * spot.size,
                spot.slant + math.radians(degrees),
            ),
            height=48,
        )
        for degrees, wide in ways
    ]


def _owner(spot: Spot, stubs: Sequence[Stub]) -> int:
    """The stub the spot lies on, or the nearest."""

    def away(stub: Stub) -> float:
        (left, top), (right, bottom) = stub.corners.min(axis=0), stub.corners.max(axis=0)
        dx = max(float(left) - spot.x, 0.0, spot.x - float(right))
        dy = max(float(top) - spot.y, 0.0, spot.y - float(bottom))
        return math.hypot(dx, dy)

    return min(range(len(stubs)), key=lambda n: away(stubs[n]))
