"""The press and the desk: a form is printed, numbered and filled in."""

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
    needle_line,
    set_line,
    worn,
    write,
)
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


@lru_cache(maxsize=4)
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


def _print_number(  # noqa: PLR0917 - page, place and text, in the order a printer needs them
    page: Pixels,
    origin: tuple[int, int],
    place: NumberPlace,
    look: Look,
    text: tuple[str, str],
    rng: Generator,
) -> Span:
    """Print the introduction and the digits; gives the span of the digits."""
    px = Scale(look.dpi)
    size = px(place.size)
    before, number = text
    lead = set_line(before, "song", size * 0.86) if before else np.zeros((2, 1), np.uint8)
    body = set_line(number, look.number_face, size, spacing=size * 0.06, bold=size * 0.012)
    width = lead.shape[1] + body.shape[1]
    x = _start(px(place.x), width, place.align) + origin[0]
    y = round(px(place.y)) + origin[1]
    ink = NUMBER_INKS[look.number_colour]
    strength = 1.0 - 0.75 * look.wear.faint_number
    if before:
        lay(page, lead, (x, y - lead.shape[0] // 2), ink, strength)
    body = worn(body, rng, size / 2, 0.15 + 0.4 * look.wear.faint_number)
    left, top = x + lead.shape[1], y - body.shape[0] // 2
    lay(page, body, (left, top), ink, strength)
    box = extent(body) or (0.0, 0.0, 1.0, 1.0)
    return (left + box[0], top + box[1], left + box[2], top + box[3])


def _fill_in(
    page: Pixels, origin: tuple[int, int], look: Look, stub: StubSpec, rng: Generator
) -> None:
    px = Scale(look.dpi)
    facts = facts_of(stub, rng)
    ink = FILL_INKS[look.fill]
    shift = (rng.normal(0, 0.35), rng.normal(0, 0.3))
    for field in look.form.fields:
        text = facts[field.key]
        if look.fill == "needle":
            line = needle_line(text, px(field.size), rng)
        else:
            line = set_line(text, "song", px(field.size))
        x = _start(px(field.x + shift[0]), line.shape[1], field.align) + origin[0]
        y = round(px(field.y + shift[1])) + origin[1] - line.shape[0] // 2
        lay(page, line, (x, y), ink, 0.92)


def print_stub(
    page: Pixels, origin: tuple[int, int], look: Look, stub: StubSpec, rng: Generator
) -> Span:
    """Print, number and fill in one stub on ``page``; gives the span of the number's digits."""
    form = look.form
    base = plate(form, look.dpi)
    lay(page, base, origin, look.form_colour, 0.95)
    if stub.code:
        words = (f"{form.code_label}：", stub.code)
        _print_number(page, origin, form.code, look, words, rng)
    span = _print_number(page, origin, form.number, look, (look.number_style, stub.number), rng)
    _fill_in(page, origin, look, stub, rng)
    return span
