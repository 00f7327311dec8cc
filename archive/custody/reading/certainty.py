"""When a number is certain: every look tells the same digits, and none of them hesitates."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from archive.custody.reading.found import Doubt
from archive.custody.reading.wording import digit_runs
from archive.ocr import LineText

WEAKEST_DIGIT = 0.80
"""Below this, a digit in any one look keeps the whole number from being certain."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the looks at one number come to."""

    number: str | None
    confidence: float
    doubt: Doubt | None


def judged(looks: Sequence[LineText], guess: str) -> Verdict:
    """The number all looks agree on, or the likeliest with the reason for doubt."""
    told = [_digits(look, len(guess)) for look in looks]
    counted = Counter(number for number, _ in told if number)
    if not counted:
        return Verdict(guess, 0.0, Doubt.UNREADABLE)
    number, votes = counted.most_common(1)[0]
    weakest = min(confidence for told_number, confidence in told if told_number == number)
    if votes < len(looks) or number != guess:
        return Verdict(number, weakest * votes / len(looks), Doubt.READINGS_DIFFER)
    return Verdict(number, weakest, Doubt.FAINT if weakest < WEAKEST_DIGIT else None)


def _digits(look: LineText, width: int) -> tuple[str, float]:
    """The run of digits nearest to ``width`` long, with its weakest digit's confidence."""
    runs = digit_runs(look)
    if not runs:
        return "", 0.0
    best = min(runs, key=lambda run: abs(len(run.digits) - width))
    return best.digits, best.confidence
