"""What happens to a stub at the desk: it is sealed, signed, stamped, voided, or spoilt."""

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.random import Generator

from archive.demo.drawing.ink import Colour, Mask, Pixels, Span, clouds, lay
from archive.demo.drawing.made_up import COLLECTORS, digits
from archive.demo.drawing.press import Scale
from archive.demo.drawing.spec import Look, StubSpec, VoidStyle
from archive.demo.drawing.stamps import framed, pressed, seal, turned, word_block
from archive.demo.drawing.strokes import squiggle
from archive.demo.drawing.void_marks import INKS, one_of, void_mark

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
        if stub.spoilt in {"blot", "scratched"}:
            self._spoil(stub.spoilt == "blot")
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
        strength = float(rng.uniform(0.5, 0.85))
        if rng.random() < look.seal_over_number:
            x = rng.uniform(self.number[0], self.number[2])
            y = (self.number[1] + self.number[3]) / 2 + rng.normal(0, px(6))
            strength = min(strength, 0.62)
        x, y = x + rng.normal(0, px(4)), y + rng.normal(0, px(3))
        at = self._within((round(x - mask.shape[1] / 2), round(y - mask.shape[0] / 2)), mask)
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
        x = rng.uniform(0.1, 0.9) * width - mask.shape[1] / 2
        y = rng.uniform(0.3, 0.9) * height - mask.shape[0] / 2
        lay(self.page, mask, (round(x), round(y)), ink, float(rng.uniform(0.5, 0.8)))

    def _void(self, style: VoidStyle) -> Span:
        height, width = self.page.shape[:2]
        loss = 0.15 + 0.4 * self.look.wear.faint
        mark = void_mark(
            style,
            (width, height),
            self.number,
            self.look.dpi,
            self.rng,
            held_out=self.look.held_out,
            loss=loss,
        )
        lay(self.page, mark.mask, mark.at, mark.colour, mark.strength)
        return mark.span

    def _spoil(self, blot: bool) -> None:
        """Cover the number so that nothing of it can be made out."""
        left, top, right, bottom = self.number
        width, height = right - left, bottom - top
        if blot:
            mask = np.zeros((int(height * 3.2), int(width * 1.5)), dtype=np.uint8)
            middle = (mask.shape[1] // 2, mask.shape[0] // 2)
            axes = (int(width * 0.62), int(height * 1.1))
            cv2.ellipse(mask, middle, axes, 0, 0, 360, 255, -1)
            edge = clouds(self.rng, *mask.shape, height * 0.5)
            blurred = cv2.GaussianBlur(mask, (0, 0), height * 0.25).astype(np.float32)
            solid = np.where(blurred / 255 > 0.25 + 0.3 * edge, 255, 0)
            solid[int(mask.shape[0] / 2 - height * 0.6) : int(mask.shape[0] / 2 + height * 0.6),
                  int(mask.shape[1] / 2 - width * 0.51) : int(mask.shape[1] / 2 + width * 0.51)] = 255  # fmt: skip
            mask = solid.astype(np.uint8)
        else:
            turns = max(int(width / height * 5), 24)
            mask = squiggle((width * 1.06, height * 1.25), height * 0.24, self.rng, turns)
        at = (
            round((left + right) / 2 - mask.shape[1] / 2),
            round((top + bottom) / 2 - mask.shape[0] / 2),
        )
        ink: Literal["black", "blue"] = "black" if blot else "blue"
        lay(self.page, mask, at, INKS[ink], 1.0)
        if not blot:
            lay(self.page, mask[::-1, ::-1].copy(), at, INKS[ink], 1.0)
