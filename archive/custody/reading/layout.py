"""What the pages of a volume read so far have in common; a new reader learns it again."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from archive.custody.reading.form import Form, Pose
from archive.ocr.sheet import Sheet, Strip

MOST_FORMS = 4
REMEMBERED = 400


@dataclass(frozen=True, slots=True)
class Laying:
    """A stub of a known form on a page."""

    form: Form
    pose: Pose


@dataclass
class Layout:
    """Forms, widths of numbers and codes met in this volume."""

    forms: list[Form] = field(default_factory=list)
    widths: Counter[int] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    stubs: Counter[int] = field(default_factory=Counter)
    heard: list[str] = field(default_factory=list)
    passed: int = 0
    last_told: tuple[str, int] | None = None

    @property
    def usual_width(self) -> int | None:
        """How many digits nearly every number has; None until several agree."""
        if not self.widths:
            return None
        width, times = self.widths.most_common(1)[0]
        return width if times >= 2 and times >= 0.9 * sum(self.widths.values()) else None

    def hear(self, number: str) -> None:
        """Remember a number as told, certain or not."""
        self.heard = [*self.heard, number][-REMEMBERED:]

    def pass_on(self, told: str | None) -> None:
        """Count one more stub passed; ``told`` is its number where it was certain."""
        self.passed += 1
        if told is not None:
            self.last_told = (told, self.passed)

    def follows(self, number: str) -> bool:
        """Whether the number is the very one a volume in order has here, and no other stub's.

        As many stubs after the last certain one as numbers, up or down. It is not what decides:
        it tells how unlikely a slip is that makes another number look just like this one.
        """
        if self.last_told is None or number in self.heard:
            return False
        last, at = self.last_told
        return len(last) == len(number) and abs(int(number) - int(last)) == self.passed + 1 - at

    def in_step(self, number: str, within: int) -> bool:
        """Whether another stub told a number at most ``within`` away from this one."""
        value = int(number)
        return any(
            len(other) == len(number) and abs(int(other) - value) <= within for other in self.heard
        )

    @property
    def usual_code(self) -> str | None:
        """The code most stubs carry."""
        return self.codes.most_common(1)[0][0] if self.codes else None

    def laid_out(self, sheet: Sheet, strips: Sequence[Strip]) -> list[Laying]:
        """The stubs among the lines of a page by the first form that fits, top to bottom."""
        for form in self.forms:
            poses = form.poses(strips, sheet.dpi)
            if poses:
                found = [Laying(form, pose) for pose in poses]
                return sorted(found, key=lambda laying: laying.pose.y)
        return []
