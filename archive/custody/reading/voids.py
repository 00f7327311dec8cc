"""Finding 废票 and 作废 on stubs.

The network tells where a mark may be; the text engine is then asked how much each of those places
reads like 废. A mark is certain when both together leave no doubt; what is only likely goes to a
person: an overlooked void is as grave as a wrong number. 作废 inside a printed sentence (涂改作废)
is no mark, and neither is what the form itself prints on every stub.
"""

import math
import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from archive.custody.reading import void_words
from archive.custody.reading.form import Form
from archive.custody.reading.found import VoidMark
from archive.custody.reading.stubs import Stub
from archive.custody.reading.void_net import Spot, spots_on
from archive.ocr import TextReader
from archive.ocr.sheet import Sheet, Strip

WORTH_A_LOOK = 0.08
"""Spots the network scores less are not looked at."""

WORTH_A_CAREFUL_LOOK = 0.10
"""Spots that come to less at a quick look are no marks."""

WORTH_TURNING = 0.2
"""Large spots the network scores at least this are looked at carefully, and turned, in any case."""

LARGE = 1.3
"""How many lines of usual print high a spot is that no form prints but a hand puts on."""

WORTH_ASKING = 0.77
"""Spots that come to at least this go to a person."""

BEYOND_DOUBT = 0.88
"""Spots that come to at least this are marks."""

ABOVE_HABIT = 0.25
"""By how much a spot must beat what the form itself scores there to be more than the form."""

PLAINLY_PRINTED = 0.3
"""What the form itself scores at least, on stub after stub and at one size, where it prints 废.

A seal over such print makes it score more; a mark of just that size on just that place is none.
"""

SAME_SIZE = 0.35
"""How far apart, as a logarithm, two sizes may be told that are the same."""

MOST_STUBS = 0.6
"""The share of a form's stubs on which it must print what is its own; fewer are marked stubs."""

MOST_LOOKED_AT = 8
"""Spots looked at on one stub, best first."""

_SENTENCE = re.compile(r"[改印写期效补无][^0-9A-Za-z]{0,2}作\s*废|作\s*废[,，。.;；遗不无处]")

_SENTENCE_CUTS = (*void_words.QUICK, *void_words.CAREFUL)


@dataclass
class _Habits:
    """What looked a little like a mark on stubs of one form before, and how often."""

    stubs: int = 0
    spots: list[tuple[float, float, float, float]] = field(default_factory=list)

    def usual(self, x: float, y: float, size: float) -> tuple[float, bool]:
        """The score usual there, and whether for print of that size; 0 where too few stubs had any."""
        near = [
            (score, abs(math.log(size / other)) < SAME_SIZE)
            for sx, sy, other, score in self.spots
            if math.hypot(sx - x, sy - y) < 0.5 * size
        ]
        if self.stubs < 3 or len(near) < MOST_STUBS * self.stubs:
            return 0.0, False
        alike = sum(same for _, same in near) >= MOST_STUBS * self.stubs
        return sum(score for score, _ in near) / len(near), alike


class VoidFinder:
    """Finds void marks, learning what the form itself prints that looks like one."""

    def __init__(self, reader: TextReader) -> None:
        self._reader = reader
        self._habits: dict[Form, _Habits] = {}

    def marks(
        self, sheet: Sheet, stubs: Sequence[Stub], strips: Sequence[Strip]
    ) -> list[VoidMark | None]:
        """For each stub the mark that makes it void, or None; ``strips`` are the page's lines."""
        if not stubs:
            return []
        owned: list[list[Spot]] = [[] for _ in stubs]
        for spot in spots_on(sheet, WORTH_A_LOOK, threads=self._reader.threads):
            owned[_owner(spot, stubs)].append(spot)
        line = statistics.median(strip.height for strip in strips)
        found = []
        for stub, cries in zip(stubs, owned, strict=True):
            spots = self._looked_at(sheet, cries[:MOST_LOOKED_AT], line)
            found.append(self._mark(sheet, stub, spots, strips))
            self._learn(sheet, stub, spots)
        return found

    def _looked_at(self, sheet: Sheet, cries: Sequence[Spot], line: float) -> list[Spot]:
        """The spots with the score both networks give them, the likeliest first."""
        odds = void_words.odds_of_waste(self._reader, sheet, cries, void_words.QUICK)
        scored = []
        for cry, quick in zip(cries, odds, strict=True):
            best = quick
            for ways in _further_ways(cry, quick, line):
                if void_words.likeness(cry.score, best) >= BEYOND_DOUBT:
                    break
                more = void_words.odds_of_waste(self._reader, sheet, [cry], ways)
                best = max(best, *more)
            scored.append(replace(cry, score=void_words.likeness(cry.score, best)))
        return sorted(scored, key=lambda spot: -spot.score)

    def _mark(
        self, sheet: Sheet, stub: Stub, spots: Sequence[Spot], strips: Sequence[Strip]
    ) -> VoidMark | None:
        for spot in spots:
            if spot.score < WORTH_ASKING:
                break
            more_than_form = self._beyond_habit(sheet, stub, spot)
            if more_than_form and not self._in_sentence(sheet, spot, strips):
                return _mark_at(sheet, spot, certain=spot.score >= BEYOND_DOUBT)
        return None

    def _in_sentence(self, sheet: Sheet, spot: Spot, strips: Sequence[Strip]) -> bool:
        """Whether the spot stands in a printed condition, plainly read.

        The whole line is read, for a seal over it leaves of its end no more than 作废.
        """
        lines = [strip.grown(0.1, 0.08) for strip in strips if _stands_in(spot, strip)]
        cuts = [sheet.cut(line) for line in lines]
        cuts += void_words.cuts(sheet, spot, _SENTENCE_CUTS)
        return any(_SENTENCE.search(line.text) for line in self._reader.read_lines(cuts))

    def _beyond_habit(self, sheet: Sheet, stub: Stub, spot: Spot) -> bool:
        """Whether there is more at the spot than the form has there by itself."""
        habits = self._habits.get(stub.laying.form) if stub.laying else None
        if habits is None:
            return True
        usual, alike = habits.usual(*_on_form(sheet, stub, spot))
        if alike and usual >= PLAINLY_PRINTED:
            return False
        return not usual or spot.score > usual + ABOVE_HABIT

    def _learn(self, sheet: Sheet, stub: Stub, spots: Sequence[Spot]) -> None:
        if stub.laying is None:
            return
        habits = self._habits.setdefault(stub.laying.form, _Habits())
        habits.stubs += 1
        for spot in spots:
            habits.spots.append((*_on_form(sheet, stub, spot), spot.score))
        if habits.stubs > 100:
            habits.stubs //= 2
            habits.spots = habits.spots[1::2]


def _further_ways(cry: Spot, quick: float, line: float) -> tuple[tuple[void_words.Way, ...], ...]:
    """In which ways to look again at a spot, after a quick look; ``line``: how high print is."""
    if cry.score >= WORTH_TURNING and cry.size >= LARGE * line:
        return void_words.CAREFUL, void_words.STEEP
    if void_words.likeness(cry.score, quick) >= WORTH_A_CAREFUL_LOOK:
        return (void_words.CAREFUL,)
    return ()


def _on_form(sheet: Sheet, stub: Stub, spot: Spot) -> tuple[float, float, float]:
    """Where the spot lies on its form, and its size in pixels of the form."""
    if stub.laying is None:
        return 0.0, 0.0, 1.0
    pose, scale = stub.laying.pose, stub.laying.form.scale(sheet.dpi)
    dx, dy = (spot.x - pose.x) / scale, (spot.y - pose.y) / scale
    c, s = math.cos(pose.slant), math.sin(pose.slant)
    return c * dx + s * dy, -s * dx + c * dy, spot.size / scale


def _stands_in(spot: Spot, line: Strip) -> bool:
    """Whether the middle of the spot lies on the line."""
    dx, dy = spot.x - line.centre[0], spot.y - line.centre[1]
    c, s = math.cos(line.slant), math.sin(line.slant)
    return abs(c * dx + s * dy) < line.width / 2 and abs(c * dy - s * dx) < 0.6 * line.height


def _mark_at(sheet: Sheet, spot: Spot, *, certain: bool) -> VoidMark:
    corners = Strip((spot.x, spot.y), 2.2 * spot.size, 1.2 * spot.size, spot.slant).corners()
    return VoidMark(sheet.as_received(corners), round(spot.score, 4), certain=certain)


def _owner(spot: Spot, stubs: Sequence[Stub]) -> int:
    """The stub the spot lies on, or the nearest."""

    def away(stub: Stub) -> float:
        (left, top), (right, bottom) = stub.corners.min(axis=0), stub.corners.max(axis=0)
        dx = max(float(left) - spot.x, 0.0, spot.x - float(right))
        dy = max(float(top) - spot.y, 0.0, spot.y - float(bottom))
        return math.hypot(dx, dy)

    return min(range(len(stubs)), key=lambda n: away(stubs[n]))
