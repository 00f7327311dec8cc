"""What the rest of the volume says about a number the engine is sure of.

Everything here can only take certainty away. The looks at one number share its pixels, and
print that lost a piece deceives all of them alike; the other stubs of the volume do not share
that damage.
"""

from dataclasses import dataclass, replace

from archive.custody.reading import certainty
from archive.custody.reading.certainty import Verdict
from archive.custody.reading.fields import NUMBER_WIDTHS
from archive.custody.reading.found import Doubt, Expected
from archive.custody.reading.layout import Layout
from archive.custody.reading.shapes import Fit
from archive.custody.reading.stubs import Stub
from archive.ocr import TextReader
from archive.ocr.sheet import Sheet

FARTHEST_BEHIND = (-0.14, -0.35)
"""How much worse than its neighbours a digit may fit its own shape: to pass, to be looked at again."""

NARROWEST_LEAD = (0.30, 0.12)
"""How much better than any other digit's its own shape must fit (``Fit.lead``): likewise."""

PLAIN_FIT = -0.08
"""How near to its neighbours' fit a digit's must be to be plain where the engine hesitates."""

PLAIN_LEAD = 0.5
"""How much better than any other digit's its shape must fit then."""

NEXT_FIT = (-0.35, -0.15)
"""How near to its neighbours' fit a digit's must be where the number is the next in order: where
all looks agree or most do, and where few do."""

NEXT_LEAD = (-0.25, 0.2, 0.4)
"""How much better than any other digit's its shape must fit then: where all looks agree, where
most do, and where few do."""

NEXT_SHARE = (0.2, 0.4, 0.6, 0.75)
"""What the looks must come to then: for a few to agree, for the careful ones to bear the quick ones
out, for most of all to agree, and for that where not all shapes are known."""

SURE = 0.95
"""What the weakest look must come to where a digit was not met before."""

CLOSE_STEP = 3
"""How near a number must be to another of the volume to use digits not met before."""

USUAL_STEP = 250
"""Numbers farther apart than this from all others are looked at again."""


@dataclass(frozen=True, slots=True)
class Settler:
    """Asks the volume about numbers, one stub after the other."""

    reader: TextReader
    layout: Layout
    expected: Expected

    def settle(self, sheet: Sheet, stub: Stub, verdict: Verdict) -> Verdict:
        """The verdict on a number after the volume was asked; remembers it for the next ones."""
        settled = self._settled(sheet, stub, verdict)
        self.layout.pass_on(settled.number if settled.doubt is None else None)
        return settled

    def _settled(self, sheet: Sheet, stub: Stub, verdict: Verdict) -> Verdict:
        number = verdict.number
        if sheet.beyond(stub.number.digits.corners()) > 0.2 * stub.number.digits.height:
            return replace(verdict, doubt=Doubt.CUT)
        if number is None:
            return verdict
        if not _usual_width(number, self.layout, self.expected):
            return replace(verdict, doubt=Doubt.UNUSUAL_WIDTH)
        shapes = stub.laying.form.shapes if stub.laying else None
        trusted = shapes is not None and shapes.trusted
        fit = shapes.fit(sheet, stub.number.digits, number) if shapes and trusted else None
        if verdict.doubt is None:
            verdict = self._compared(sheet, stub, verdict, fit)
        elif self._next_all_the_same(verdict, fit):
            self.layout.hear(number)
            verdict = replace(verdict, doubt=None)
        elif verdict.confidence >= NEXT_SHARE[0] and self._plain(number, fit):
            verdict = self._compared(sheet, stub, replace(verdict, doubt=None), fit)
        if verdict.doubt is None:
            self.layout.widths[len(number)] += 1
            if shapes:
                shapes.learn(sheet, stub.number.digits, number)
        return verdict

    def _plain(self, number: str, fit: Fit | None) -> bool:
        """Whether the volume's own digits leave no doubt where the engine hesitated.

        The shapes are evidence of their own: every digit must have been met before, fit its own
        shape as well as its neighbours do and far better than any other's. That the number is
        next to one already told is asked besides, and proves nothing alone.
        """
        if fit is None or fit.unseen or not self.layout.in_step(number, CLOSE_STEP):
            return False
        return fit.weakest >= PLAIN_FIT and fit.lead >= PLAIN_LEAD

    def _next_all_the_same(self, verdict: Verdict, fit: Fit | None) -> bool:
        """Whether the likeliest number is the next in order, and its shapes bear it out.

        A slip makes a number look like any other; that it looks like the very one due here, and
        its digits like those of the other stubs, is no slip.
        """
        number = verdict.number or ""
        if not (self.layout.follows(number) and _in_range(number, self.expected)):
            return False
        few, _, most, nearly_all = NEXT_SHARE
        if fit is None:
            return verdict.confidence >= nearly_all
        if fit.unseen:
            return fit.unseen == 1 and verdict.confidence >= nearly_all and _fits(fit, 0, 1)
        plain = verdict.confidence >= few and _fits(fit, 1, 2)
        return plain or (verdict.confidence >= most and _fits(fit, 0, 1))

    def _sure_of_new(self, number: str, verdict: Verdict) -> bool:
        """Whether a number that brings new digits is as sure as the first of a volume must be."""
        return verdict.confidence >= SURE and self.layout.in_step(number, USUAL_STEP)

    def _compared(self, sheet: Sheet, stub: Stub, verdict: Verdict, fit: Fit | None) -> Verdict:
        number = verdict.number or ""
        alone = not self.layout.heard
        step = CLOSE_STEP if fit and fit.unseen else USUAL_STEP
        in_step, due = self.layout.in_step(number, step), self.layout.follows(number)
        self.layout.hear(number)
        if fit is not None and _unlike(fit, 1) and not (due and _fits(fit, 0, 0)):
            return replace(verdict, doubt=Doubt.SHAPE_DIFFERS)
        if not _in_range(number, self.expected):
            return replace(verdict, doubt=Doubt.OUT_OF_RANGE)
        if fit is not None and in_step and not _unlike(fit, 0):
            return verdict
        verdict = certainty.confirmed(self.reader, sheet, stub.number, verdict)
        if due and fit and _fits(fit, 0, 1) and verdict.confidence >= NEXT_SHARE[1]:
            return replace(verdict, doubt=None)
        strange = not alone and not in_step and (fit is None or fit.unseen)
        if verdict.doubt is None and strange and not self._sure_of_new(number, verdict):
            return replace(verdict, doubt=Doubt.OUT_OF_STEP)
        return verdict


def _unlike(fit: Fit, level: int) -> bool:
    return fit.weakest < FARTHEST_BEHIND[level] or fit.lead < NARROWEST_LEAD[level]


def _fits(fit: Fit, near: int, lead: int) -> bool:
    """Whether a number due here fits its shapes that well.

    A seal over the number, or a picture learned from a stamped one, makes digits fit badly that
    are plain to every look.
    """
    return fit.weakest >= NEXT_FIT[near] and fit.lead >= NEXT_LEAD[lead]


def _usual_width(number: str, layout: Layout, expected: Expected) -> bool:
    widths = expected.widths or NUMBER_WIDTHS
    return len(number) in widths and layout.usual_width in {None, len(number)}


def _in_range(number: str, expected: Expected) -> bool:
    first, last = expected.first, expected.last
    if first is None or last is None:
        return True
    return len(first) == len(number) and int(first) <= int(number) <= int(last)
