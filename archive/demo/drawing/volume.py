"""A volume goes over the scanner, page by page; never more than one page is held."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from archive.demo.drawing.desk import Desk
from archive.demo.drawing.ink import Pixels, Span
from archive.demo.drawing.paper import back_of, bind, blank_sheet, stain
from archive.demo.drawing.press import Press, Scale
from archive.demo.drawing.scanner import (
    Affine,
    clipped,
    empty_glass,
    fade,
    finish,
    half_turn,
    moved,
    place,
    shade_gutter,
    to_jpeg,
    turn_about,
)
from archive.demo.drawing.spec import DrawnPage, StubSpec, StubTruth, VolumeSpec


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass over the scanner: which sheet, and which side of it."""

    number: int
    sheet: int
    back: bool = False


@dataclass(slots=True)
class Printed:
    """A stub and its parts, in pixels of the leaf it is printed on."""

    stub: StubSpec
    number: Span
    edges: Span
    void: Span | None


@dataclass(slots=True)
class Leaf:
    """A piece of paper on the glass; ``middle`` is where it should lie."""

    pixels: Pixels
    printed: list[Printed]
    middle: tuple[float, float]


def sheets_of(spec: VolumeSpec) -> int:
    """How many sheets the volume has."""
    return -(-len(spec.stubs) // spec.look.stubs_a_page)


def passes(spec: VolumeSpec) -> list[Pass]:
    """Every page of the scan, in order."""
    disorder = spec.disorder
    sides: list[tuple[int, bool]] = []
    for sheet in disorder.order or range(1, sheets_of(spec) + 1):
        if sheet in disorder.missing:
            continue
        for _ in range(2 if sheet in disorder.scanned_twice else 1):
            sides.append((sheet, False))
            if disorder.blank_backs:
                sides.append((sheet, True))
    return [Pass(number, *side) for number, side in enumerate(sides, 1)]


class Binder:
    """Prints the sheets of a volume as they were bound, before they met the scanner."""

    def __init__(self, spec: VolumeSpec) -> None:
        self.spec, self.look = spec, spec.look
        px, form = Scale(spec.look.dpi), spec.look.form
        self.stub_size = (round(px(form.width)), round(px(form.height)))
        self.gap = round(px(5.0)) if spec.look.loose else 0
        self.margin = round(px(spec.look.margin))

    def glass_size(self) -> tuple[int, int]:
        """Width and height of every page of the scan."""
        count, across = self.look.stubs_a_page, min(self.look.form.across, self.look.stubs_a_page)
        columns, rows = across, -(-count // across)
        width = columns * self.stub_size[0] + (columns - 1) * self.gap + 2 * self.margin
        return width, rows * self.stub_size[1] + (rows - 1) * self.gap + 2 * self.margin

    def leaves(self, sheet: int) -> list[Leaf]:
        """What lies on the glass for that sheet."""
        count = self.look.stubs_a_page
        stubs = self.spec.stubs[(sheet - 1) * count : sheet * count]
        if self.look.loose:
            return [self._slip(sheet, index, stub) for index, stub in enumerate(stubs)]
        rng = np.random.default_rng([self.spec.seed, sheet, 90])
        width, height = (side - 2 * self.margin for side in self.glass_size())
        paper = blank_sheet(self.look, width, height, rng)
        printed = [
            self._print(paper, self._corner(index), sheet, index, stub)
            for index, stub in enumerate(stubs)
        ]
        bind(paper, self.look, rng)
        self._soil(paper, rng)
        middle = (self.margin + width / 2, self.margin + height / 2)
        return [Leaf(paper, printed, middle)]

    def _corner(self, index: int) -> tuple[int, int]:
        row, column = divmod(index, min(self.look.form.across, self.look.stubs_a_page))
        width, height = self.stub_size
        return column * (width + self.gap), row * (height + self.gap)

    def _slip(self, sheet: int, index: int, stub: StubSpec) -> Leaf:
        rng = np.random.default_rng([self.spec.seed, sheet, 90 + index])
        paper = blank_sheet(self.look, *self.stub_size, rng)
        printed = self._print(paper, (0, 0), sheet, index, stub)
        self._soil(paper, rng)
        x, y = self._corner(index)
        width, height = self.stub_size
        return Leaf(paper, [printed], (self.margin + x + width / 2, self.margin + y + height / 2))

    def _soil(self, paper: Pixels, rng: Generator) -> None:
        for _ in range(int(rng.integers(0, self.look.wear.stains + 1))):
            stain(paper, rng)

    def _print(
        self, paper: Pixels, corner: tuple[int, int], sheet: int, index: int, stub: StubSpec
    ) -> Printed:
        rng = np.random.default_rng([self.spec.seed, sheet, index])
        (left, top), (width, height) = corner, self.stub_size
        part = paper[top : top + height, left : left + width]
        number = Press(part, (0, 0), self.look, rng).stub(stub)
        void = Desk(part, self.look, number, rng).finish(stub)
        edges = (0.0, 0.0, float(width), float(height))
        return Printed(
            stub,
            _shifted(number, corner),
            _shifted(edges, corner),
            _shifted(void, corner) if void else None,
        )


def _shifted(span: Span, by: tuple[int, int]) -> Span:
    return (span[0] + by[0], span[1] + by[1], span[2] + by[0], span[3] + by[1])


class Scan:
    """The scan of one volume."""

    def __init__(self, spec: VolumeSpec) -> None:
        self.spec, self.look = spec, spec.look
        self.binder = Binder(spec)

    def page(self, turn: Pass) -> DrawnPage:
        """One page of it."""
        look, rng = self.look, np.random.default_rng([self.spec.seed, 1, 1, turn.number])
        width, height = self.binder.glass_size()
        glass = empty_glass(width, height, look.bed)
        laid: list[tuple[Printed, Affine]] = []
        for leaf in self.binder.leaves(turn.sheet):
            affine = self._position(leaf, turn, (width, height), rng)
            pixels = back_of(leaf.pixels, look, rng) if turn.back else leaf.pixels
            place(glass, fade(pixels, look.wear.faint, look.paper), affine)
            laid += [(printed, affine) for printed in ([] if turn.back else leaf.printed)]
        shade_gutter(glass, look.wear.shadow, look.bound, rng)
        upside_down = turn.sheet in self.spec.disorder.upside_down
        if upside_down:
            glass = np.ascontiguousarray(glass[::-1, ::-1])
        pixels = finish(glass, look.wear, look.dpi, self.spec.seed, rng)
        stubs = (_truth(one, affine, turn, (width, height), upside_down) for one, affine in laid)
        return DrawnPage(
            number=turn.number,
            jpeg=to_jpeg(pixels, grey=look.grey, quality=look.jpeg_quality, dpi=look.dpi),
            size=(width, height),
            dpi=look.dpi,
            grey=look.grey,
            stubs=tuple(stubs),
            sheet=turn.sheet,
            blank=turn.back,
            upside_down=upside_down,
            cut=turn.sheet in self.spec.disorder.cut,
        )

    def _position(self, leaf: Leaf, turn: Pass, glass: tuple[int, int], rng: Generator) -> Affine:
        """Where the leaf came to lie: slanted, a little off, and half beside the glass if cut."""
        angle = float(rng.uniform(-self.look.wear.skew, self.look.wear.skew))
        slack = self.binder.margin * 0.3
        x, y = (side + float(rng.uniform(-slack, slack)) for side in leaf.middle)
        cut = self.spec.disorder.cut.get(turn.sheet)
        if cut:
            lost = {"left": (-1, 0), "right": (1, 0), "top": (0, -1), "bottom": (0, 1)}[cut.side]
            x += lost[0] * (cut.part * glass[0] + self.binder.margin)
            y += lost[1] * (cut.part * glass[1] + self.binder.margin)
        height, width = leaf.pixels.shape[:2]
        return turn_about(angle, (width / 2, height / 2), (x, y))


def _truth(
    one: Printed, affine: Affine, turn: Pass, size: tuple[int, int], upside_down: bool
) -> StubTruth:
    def box_of(span: Span | None) -> tuple[int, int, int, int] | None:
        if span is None:
            return None
        there = moved(span, affine)
        return clipped(half_turn(there, *size) if upside_down else there, *size)

    number = moved(one.number, affine)
    whole = number[0] >= 0 and number[1] >= 0 and number[2] <= size[0] and number[3] <= size[1]
    return StubTruth(
        page=turn.number,
        number=one.stub.number,
        code=one.stub.code,
        void=one.stub.void,
        number_box=box_of(one.number),
        stub_box=box_of(one.edges) or (0, 0, 0, 0),
        void_box=box_of(one.void),
        readable=whole and one.stub.spoilt is None,
    )


def draw_pages(spec: VolumeSpec) -> Iterator[DrawnPage]:
    """The pages of the scan, one after the other."""
    scan = Scan(spec)
    for turn in passes(spec):
        yield scan.page(turn)
