"""What happens to a stub at the desk: it is sealed, signed, stamped, voided, or spoilt."""

from dataclasses import dataclass

from numpy.random import Generator

from archive.demo.drawing.ink import Colour, Mask, Pixels, Span, lay
from archive.demo.drawing.made_up import COLLECTORS, digits
from archive.demo.drawing.press import Scale
from archive.demo.drawing.spec import Look, StubSpec, VoidStyle
from archive.demo.drawing.spoiling import spoil
from archive.demo.drawing.stamps import framed, pressed, seal, turned, word_block
from archive.demo.drawing.strokes import squiggle
from archive.demo.drawing.void_marks import INKS, Ground, hidden, one_of, void_mark

OWNERS = {False: "江淮省电力公司青石供电所", True: "云溪县农电服务有限责任公司"}
_SHORT = {False: "青石供电所", True: "云溪农电"}
_TAX_NUMBERS = {False: "91340700MA2MX7K35T", True: "91421182MA48C6RW0P"}
_SEAL_INK: Colour = (206, 38, 40)


@dataclass(frozen=True, slots=True)
class Desk:
    """The desk a stub lies on: a part of ``page``, its number at ``number`` on that part."""

    page: Pixels
    look: Look
    number: Span
    rng: Generator

    def finish(self, stub: StubSpec) -> Span | None:
        """Seal, sign, stamp, and void what is void; gives the span of the void mark."""
        if self.rng.random() < 0.6:
            self._sign()
        if self.look.seal and (not stub.void or self.rng.random() < 0.4):
            self._seal()
        if self.look.stamps and self.rng.random() < 0.4:
            self._stamp(one_of(self.rng, self.look.stamps))
        span = self._void(stub.void_style or VoidStyle()) if stub.void else None
        if stub.spoilt:
            spoil(self.page, self.number, stub.spoilt, self.look.bed, self.rng)
        return span

    @property
    def _loss(self) -> float:
        return float(self.rng.uniform(0.1, 0.35) + 0.35 * self.look.wear.faint)

    def _sign(self) -> None:
        px = Scale(self.look.dpi)
        x, y = self.look.form.sign_at
        mask = squiggle((px(16), px(6)), px(0.4), self.rng)
        at = (round(px(x + self.rng.normal(0, 3))), round(px(y - 4 + self.rng.normal(0, 1.5))))
        lay(self.page, mask, at, INKS["blue"], 0.85)

    def _seal(self) -> None:
        rng, look, px = self.rng, self.look, Scale(self.look.dpi)
        shape = look.seal or "round"
        owner = (_SHORT if shape == "square" else OWNERS)[look.held_out]
        purpose = "发票专用章" if shape != "dated" else "收费专用章"
        line = {"oval": _TAX_NUMBERS[look.held_out], "dated": "2025.03.28"}.get(shape, "")
        mask = seal(shape, owner, purpose, line, look.dpi)
        mask = pressed(turned(mask, float(rng.normal(0, 14))), rng, self._loss)
        x, y = (px(side) for side in look.form.seal_at)
        if rng.random() < look.seal_over_number:
            x = rng.uniform(self.number[0], self.number[2])
            y = (self.number[1] + self.number[3]) / 2 + rng.normal(0, px(6))
        x, y = x + rng.normal(0, px(4)), y + rng.normal(0, px(3))
        at = self._within((round(x - mask.shape[1] / 2), round(y - mask.shape[0] / 2)), mask)
        strength = float(rng.uniform(0.5, 0.85))
        if hidden(mask, at, self.number) > 0.02:
            most = 0.42 if look.grey else 0.55
            strength = min(strength, most * (1 - 0.5 * look.wear.faint_number))
        lay(self.page, mask, at, _SEAL_INK, strength)

    def _within(self, at: tuple[int, int], mask: Mask) -> tuple[int, int]:
        """The place nearest to ``at`` where the whole impression lies on the stub."""
        height, width = self.page.shape[:2]
        room = (max(width - mask.shape[1], 0), max(height - mask.shape[0], 0))
        return min(max(at[0], 0), room[0]), min(max(at[1], 0), room[1])

    def _stamp(self, words: str) -> None:
        rng, look, px = self.rng, self.look, Scale(self.look.dpi)
        if words == "name":
            name = one_of(rng, COLLECTORS)
            block = word_block(name, px(4.6), "song", down=look.held_out, bold=0.03)
            mask = framed(block, px(0.7), px(0.4))
            ink = _SEAL_INK
        elif words == "digits":
            mask, ink = word_block(digits(rng, 8), px(3.6), "hei", bold=0.0), INKS["blue"]
        else:
            block = word_block(words, px(rng.uniform(4.0, 7.5)), "hei", bold=0.02)
            mask = framed(block, px(1.2), px(0.45), round_=px(1.5) * look.held_out)
            ink = INKS[one_of(rng, ("red", "blue"))]
        mask = turned(pressed(mask, rng, self._loss), float(rng.normal(0, 9)))
        height, width = self.page.shape[:2]
        for _ in range(12):
            x = rng.uniform(0.1, 0.9) * width - mask.shape[1] / 2
            y = rng.uniform(0.2, 0.95) * height - mask.shape[0] / 2
            at = self._within((round(x), round(y)), mask)
            if hidden(mask, at, self.number) < 0.1:
                lay(self.page, mask, at, ink, float(rng.uniform(0.5, 0.8)))
                return

    def _void(self, style: VoidStyle) -> Span:
        look, (height, width) = self.look, self.page.shape[:2]
        ground = Ground((width, height), self.number, look.number_colour, look.dpi, look.grey)
        loss = 0.12 + 0.25 * look.wear.faint
        mark = void_mark(style, ground, self.rng, held_out=look.held_out, loss=loss)
        lay(self.page, mark.mask, mark.at, mark.colour, mark.strength)
        return mark.span
