"""A volume goes over the scanner, page by page; never more than one page is held."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from archive.demo.drawing.ink import Pixels, Span
from archive.demo.drawing.press import Scale, print_stub
from archive.demo.drawing.scanner import (
    clipped,
    fade,
    finish,
    half_turn,
    moved,
    place,
    shade_gutter,
    to_jpeg,
    turn_about,
)
from archive.demo.drawing.spec import DrawnPage, Look, StubSpec, StubTruth, VolumeSpec

_MARGIN = 8.0
"""Millimetres of glass beside the paper."""


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass over the scanner: which sheet, and which side of it."""

    number: int
    sheet: int
    back: bool = False


def passes(spec: VolumeSpec) -> list[Pass]:
    """Every page of the scan, in order."""
    sheets = -(-len(spec.stubs) // spec.look.stubs_a_page)
    order = spec.disorder.order or tuple(range(1, sheets + 1))
    sides: list[tuple[int, bool]] = []
    for sheet in order:
        if sheet in spec.disorder.missing:
            continue
        for _ in range(2 if sheet in spec.disorder.scanned_twice else 1):
            sides.append((sheet, False))
            if spec.disorder.blank_backs:
                sides.append((sheet, True))
    return [Pass(number, *side) for number, side in enumerate(sides, 1)]


@dataclass(slots=True)
class Printed:
    """A stub on its sheet, in pixels of the sheet."""

    stub: StubSpec
    number: Span
    edges: Span
    void: Span | None = None


def sheet_of(spec: VolumeSpec, sheet: int) -> tuple[Pixels, list[Printed]]:
    """The sheet as it was bound, before it met the scanner."""
    look, form = spec.look, spec.look.form
    px = Scale(look.dpi)
    count = look.stubs_a_page
    width, height = round(px(form.width)), round(px(form.height))
    paper = np.empty((height * count, width, 3), dtype=np.uint8)
    paper[:] = look.paper
    printed = []
    for index, stub in enumerate(spec.stubs[(sheet - 1) * count : sheet * count]):
        rng = np.random.default_rng([spec.seed, sheet, index])
        top = index * height
        number = print_stub(paper, (0, top), look, stub, rng)
        printed.append(Printed(stub, number, (0.0, float(top), float(width), float(top + height))))
    return paper, printed


def _scan(spec: VolumeSpec, turn: Pass, rng: Generator) -> tuple[Pixels, list[StubTruth]]:
    look = spec.look
    sheet, printed = sheet_of(spec, turn.sheet)
    if turn.back:
        sheet[:], printed = look.paper, []
    margin = round(Scale(look.dpi)(_MARGIN))
    height, width = sheet.shape[0] + 2 * margin, sheet.shape[1] + 2 * margin
    glass = np.empty((height, width, 3), dtype=np.uint8)
    glass[:] = look.bed
    angle = float(rng.uniform(-look.wear.skew, look.wear.skew))
    middle = (sheet.shape[1] / 2, sheet.shape[0] / 2)
    affine = turn_about(angle, middle, (width / 2, height / 2))
    place(glass, fade(sheet, look.wear.faint, look.paper), affine)
    shade_gutter(glass, look.wear.shadow, look.bound, rng)
    upside_down = turn.sheet in spec.disorder.upside_down
    if upside_down:
        glass = np.ascontiguousarray(glass[::-1, ::-1])
    truths = []
    for one in printed:
        spans = [
            moved(span, affine) if span else None for span in (one.number, one.edges, one.void)
        ]
        if upside_down:
            spans = [half_turn(span, width, height) if span else None for span in spans]
        boxes = [clipped(span, width, height) if span else None for span in spans]
        truths.append(
            StubTruth(
                turn.number,
                one.stub.number,
                one.stub.code,
                one.stub.void,
                boxes[0],
                boxes[1] or (0, 0, width, height),
                boxes[2],
                readable=one.stub.spoilt is None and boxes[0] is not None,
            )
        )
    return finish(glass, look.wear, look.dpi, spec.seed, rng), truths


def draw_pages(spec: VolumeSpec) -> Iterator[DrawnPage]:
    """The pages of the scan, one after the other."""
    look: Look = spec.look
    for turn in passes(spec):
        rng = np.random.default_rng([spec.seed, 1, turn.number])
        pixels, truths = _scan(spec, turn, rng)
        yield DrawnPage(
            number=turn.number,
            jpeg=to_jpeg(pixels, grey=look.grey, quality=look.jpeg_quality, dpi=look.dpi),
            size=(pixels.shape[1], pixels.shape[0]),
            dpi=look.dpi,
            grey=look.grey,
            stubs=tuple(truths),
            sheet=turn.sheet,
            blank=turn.back,
            upside_down=turn.sheet in spec.disorder.upside_down,
            cut=turn.sheet in spec.disorder.cut,
        )
