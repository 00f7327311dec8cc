"""Where numbers and codes stand in this volume, learned from the pages read so far."""

from collections import Counter
from dataclasses import dataclass, field

from archive.custody.reading.sheet import Sheet, Strip

_REACH = (0.12, 0.09)
_REMEMBERED = 60


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stood, in shares of the page's width and height."""

    x: float
    y: float
    height: float

    @classmethod
    def on(cls, sheet: Sheet, strip: Strip) -> "Place":
        """The place of ``strip`` on ``sheet``."""
        x, y = strip.centre
        return cls(x / sheet.width, y / sheet.height, strip.height / sheet.height)

    def near(self, other: "Place") -> bool:
        """Whether both could be the same field on two pages of one volume."""
        return (
            abs(self.x - other.x) < _REACH[0]
            and abs(self.y - other.y) < _REACH[1]
            and 0.5 < self.height / max(other.height, 1e-6) < 2.0
        )


@dataclass
class Layout:
    """What the pages read so far have in common; restarting means learning it again."""

    numbers: list[Place] = field(default_factory=list)
    codes: list[Place] = field(default_factory=list)
    widths: Counter[int] = field(default_factory=Counter)
    stubs: Counter[int] = field(default_factory=Counter)
    seen_codes: Counter[str] = field(default_factory=Counter)
    with_code: int = 0
    without_code: int = 0

    @property
    def known(self) -> bool:
        """Whether enough pages agree for later pages to be read only where it matters."""
        return sum(self.stubs.values()) >= 2

    @property
    def usual_stubs(self) -> int:
        """How many stubs most pages hold."""
        return self.stubs.most_common(1)[0][0] if self.stubs else 0

    @property
    def usual_width(self) -> int | None:
        """How many digits nearly every number has; None until several agree."""
        if not self.widths:
            return None
        width, times = self.widths.most_common(1)[0]
        return width if times >= 2 and times >= 0.9 * sum(self.widths.values()) else None

    @property
    def has_code(self) -> bool:
        """Whether stubs of this volume carry a code."""
        return self.with_code > self.without_code

    def may_be_number(self, place: Place) -> bool:
        """Whether a number stood about there before."""
        return any(place.near(known) for known in self.numbers)

    def may_be_code(self, place: Place) -> bool:
        """Whether a code stood about there before."""
        return any(place.near(known) for known in self.codes)

    def learn_number(self, place: Place, width: int) -> None:
        """Remember where a certain number stood."""
        self.numbers = [*self.numbers, place][-_REMEMBERED:]
        self.widths[width] += 1

    def learn_code(self, place: Place, code: str) -> None:
        """Remember where a code stood."""
        self.codes = [*self.codes, place][-_REMEMBERED:]
        self.seen_codes[code] += 1
