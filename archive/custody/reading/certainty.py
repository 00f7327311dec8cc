"""When a number is certain: every look tells the same digits, and none of them hesitates."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from archive.custody.reading.found import Doubt
from archive.custody.reading.looks import CAREFUL_LOOKS, LOOKS, Print, read_all
from archive.custody.reading.wording import digit_runs
from archive.ocr import LineText, TextReader
from archive.ocr.sheet import Sheet

WEAKEST_DIGIT = 0.80
"""Below this, a digit in any one look keeps the whole number from being certain."""

MOST_LOST = 2
"""How many of several looks may lose or add a digit; none may tell another one."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the looks at one number come to."""

    number: str | None
    confidence: float
    doubt: Doubt | None


def verdicts(
    reader: TextReader, sheet: Sheet, places: Sequence[Print], width: int | None
) -> list[Verdict]:
    """What stands at each place; where quick looks differ, more are taken."""
    told = read_all(reader, sheet, places)
    first = [judged(looks, width or _usual(looks)) for looks in told]
    again = [n for n, verdict in enumerate(first) if verdict.doubt or _odd(verdict, width)]
    more = read_all(reader, sheet, [places[n] for n in again], CAREFUL_LOOKS)
    for n, looks in zip(again, more, strict=True):
        first[n] = weighed([*told[n], *looks], width or _usual(looks))
    return first


def confirmed(reader: TextReader, sheet: Sheet, place: Print, verdict: Verdict) -> Verdict:
    """The verdict if further looks tell the same and none another number; else with doubt.

    A look that lost a digit on the way (one zero of five) tells nothing against the others.
    """
    if verdict.doubt is not None or verdict.number is None:
        return verdict
    (looks,) = read_all(reader, sheet, [place], CAREFUL_LOOKS)
    again = weighed(looks, len(verdict.number))
    if again.number != verdict.number:
        return Verdict(verdict.number, again.confidence, Doubt.READINGS_DIFFER)
    return Verdict(verdict.number, min(verdict.confidence, again.confidence), again.doubt)


def codes(
    reader: TextReader, sheet: Sheet, places: Sequence[Print | None], usual: str | None
) -> list[Verdict]:
    """The code at each place; None where there is none to be read.

    A code that is not the volume's usual one must be as certain as a number.
    """
    there = [place for place in places if place is not None]
    told = iter(read_all(reader, sheet, there, LOOKS[:1] + LOOKS[2:3]))
    given = []
    for place in places:
        if place is None:
            given.append(Verdict(None, 1.0, None))
            continue
        seen = {digits for digits, _ in (_digits(look, len(usual or "")) for look in next(told))}
        if usual in seen or (len(seen) == 1 and usual is None and "" not in seen):
            given.append(Verdict(usual or seen.pop(), 1.0, None))
            continue
        (verdict,) = verdicts(reader, sheet, [place], len(usual) if usual else None)
        given.append(
            Verdict(verdict.number, verdict.confidence, verdict.doubt and Doubt.CODE_DIFFERS)
        )
    return given


def borne_out(told: str | None, usual: str | None) -> bool:
    """Whether a doubtful code is the volume's usual one, or what a stamp left to be seen of it."""
    if not told or not usual:
        return False
    if len(told) >= len(usual):
        return told == usual
    pieces = SequenceMatcher(None, told, usual, autojunk=False).get_matching_blocks()
    seen = sum(piece.size for piece in pieces)
    return seen >= len(told) - 1 and 2 * seen >= len(usual)


def judged(looks: Sequence[LineText], width: int) -> Verdict:
    """The number all looks agree on, or the likeliest with the reason for doubt."""
    told = [_digits(look, width) for look in looks]
    counted = Counter(number for number, _ in told if number)
    if not counted:
        return Verdict(None, 0.0, Doubt.UNREADABLE)
    number, votes = counted.most_common(1)[0]
    weakest = min(confidence for told_number, confidence in told if told_number == number)
    if votes < len(looks):
        return Verdict(number, weakest * votes / len(looks), Doubt.READINGS_DIFFER)
    return Verdict(number, weakest, Doubt.FAINT if weakest < WEAKEST_DIGIT else None)


def weighed(looks: Sequence[LineText], width: int) -> Verdict:
    """The number nearly all of many looks agree on and none contradicts.

    One of the usual width is the likelier, for a look loses a digit more easily than it invents
    one; how many looks tell it counts all the same.
    """
    told = [_digits(look, width) for look in looks]
    counted = Counter(number for number, _ in told if number)
    if not counted:
        return Verdict(None, 0.0, Doubt.UNREADABLE)
    usual = Counter({number: times for number, times in counted.items() if len(number) == width})
    number, votes = (usual or counted).most_common(1)[0]
    sure = sorted(confidence for told_number, confidence in told if told_number == number)
    contradicted = any(_rivals(other, number) for other in counted)
    middle = sure[len(sure) // 2] * votes / len(looks)
    if votes < len(looks) - MOST_LOST or contradicted:
        return Verdict(number, middle, Doubt.READINGS_DIFFER)
    hesitant = sure[len(sure) // 4] < WEAKEST_DIGIT
    return Verdict(number, middle, Doubt.FAINT if hesitant else None)


def _odd(verdict: Verdict, width: int | None) -> bool:
    return width is not None and len(verdict.number or "") != width


def _rivals(other: str, number: str) -> bool:
    return other != number and len(other) == len(number)


def _usual(looks: Sequence[LineText]) -> int:
    """The width of number the looks mostly tell."""
    widths = Counter(len(run.digits) for look in looks for run in digit_runs(look))
    return widths.most_common(1)[0][0] if widths else 8


def _digits(look: LineText, width: int) -> tuple[str, float]:
    """The run of digits nearest to ``width`` long, with its weakest digit's confidence."""
    runs = digit_runs(look)
    if not any(len(run.digits) == width for run in runs):
        runs += [run for run in digit_runs(look, over_specks=True) if len(run.digits) == width]
    if not runs:
        return "", 0.0
    best = min(runs, key=lambda run: abs(len(run.digits) - width))
    return best.digits, best.confidence
