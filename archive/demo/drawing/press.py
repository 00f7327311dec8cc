"""The press and the counter: a form is printed, numbered and filled in."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.random import Generator
from PIL import Image, ImageDraw

from archive.demo.drawing.forms import Align, Form, NumberPlace
from archive.demo.drawing.ink import (
    Colour,
    Mask,
    Pixels,
    Span,
    as_mask,
    extent,
    lay,
    set_line,
    worn,
    write,
)
from archive.demo.drawing.lettering import needle_line, number_line, pen_line
from archive.demo.drawing.made_up import facts_of
from archive.demo.drawing.spec import Look, StubSpec

NUMBER_INKS: dict[str, Colour] = {"red": (196, 36, 44), "black": (32, 30, 34)}
FILL_INKS: dict[str, Colour] = {"needle": (62, 58, 92), "laser": (26, 26, 28), "pen": (28, 38, 92)}


@dataclass(frozen=True, slots=True)
class Scale:
    """Millimetres to pixels."""

    dpi: int

    def __call__(self, millimetres: float) -> float:
        return millimetres * self.dpi / 25.4


@lru_cache(maxsize=2)
def plate(form: Form, dpi: int) -> Mask:
    """The printed form without number or writing, as a mask in the size of one stub."""
    px = Scale(dpi)
    image = Image.new("L", (round(px(form.width)), round(px(form.height))))
    draw = ImageDraw.Draw(image)
    for rule in form.rules:
        ends = (px(rule.x1), px(rule.y1), px(rule.x2), px(rule.y2))
        draw.line(ends, 235, max(round(px(rule.width)), 1))
    for label in form.labels:
        write(
            draw,
            (px(label.x), px(label.y)),
            label.text,
            label.face,
            px(label.size),
            align=label.align,
            spacing=px(label.spacing),
            bold=px(label.bold),
        )
    return as_mask(image)


def _start(x: float, width: float, align: Align) -> int:
    return round(x - {"left": 0.0, "centre": width / 2, "right": width}[align])


@dataclass(frozen=True, slots=True)
class Press:
    """Prints one stub whose top left corner lies at ``origin`` on ``page``."""

    page: Pixels
    origin: tuple[int, int]
    look: Look
    rng: Generator

    def stub(self, stub: StubSpec) -> Span:
        """Print, number and fill in; gives the span of the number's digits on the page."""
        look = self.look
        numbering, filling = self.rng.spawn(2)
        lay(self.page, plate(look.form, look.dpi), self.origin, look.form_colour, 0.95)
        if stub.code:
            before = look.form.code_label
            weak = look.wear.faint_number / 2
            self.number(look.form.code, before, stub.code, numbering, weak=weak)
        weak = 0.985 if stub.spoilt == "washed-out" else look.wear.faint_number
        span = self.number(look.form.number, look.number_style, stub.number, numbering, weak=weak)
        self._fill_in(stub, filling)
        return span

    def number(self, place: NumberPlace, before: str, number: str, rng: Generator, *, weak: float) -> Span:  # fmt: skip
        """Print a number where it belongs; gives the span of its digits."""
        px = Scale(self.look.dpi)
        size = px(place.size)
        face = "hei" if place.face == "hei" else "song"
        lead = set_line(before, face, size * 0.86) if before else np.zeros((2, 1), np.uint8)
        body = number_line(number, place.face or self.look.number_face, size, rng)
        width = lead.shape[1] + body.shape[1]
        x = _start(px(place.x), width, place.align) + self.origin[0]
        y = round(px(place.y)) + self.origin[1]
        ink = NUMBER_INKS[self.look.number_colour]
        strength = 1.0 - weak if weak > 0.9 else 1.0 - 0.7 * weak
        lay(self.page, lead, (x, y - lead.shape[0] // 2), self.look.form_colour if place.lead_in_form_ink else ink, max(strength, 0.4))  # fmt: skip
        body = worn(body, rng, size / 2, 0.12 + 0.35 * weak)
        left, top = x + lead.shape[1], y - body.shape[0] // 2
        lay(self.page, body, (left, top), ink, strength)
        box = extent(body) or (0.0, 0.0, 1.0, 1.0)
        return (left + box[0], top + box[1], left + box[2], top + box[3])

    def _fill_in(self, stub: StubSpec, rng: Generator) -> None:
        px, fill = Scale(self.look.dpi), self.look.fill
        facts = facts_of(stub, rng)
        shift = (rng.normal(0, 0.35), rng.normal(0, 0.3))
        for field in self.look.form.fields:
            size = px(field.size)
            if fill == "needle":
                line = needle_line(facts[field.key], size, rng)
            elif fill == "pen":
                line = pen_line(facts[field.key], size * 1.08, rng)
            else:
                line = set_line(facts[field.key], "song", size)
            x = _start(px(field.x + shift[0]), line.shape[1], field.align) + self.origin[0]
            y = round(px(field.y + shift[1])) + self.origin[1] - line.shape[0] // 2
            lay(self.page, line, (x, y), FILL_INKS[fill], 0.92)
