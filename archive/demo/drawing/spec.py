"""What is to be drawn, and what stands on the pages once they are drawn.

Numbers and codes are strings with leading zeros; money is integer fen; kWh is Decimal.
Boxes are left, top, right, bottom in pixels of the page image, right and bottom excluded.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Literal

from PIL import Image

from archive.demo.drawing.forms import Form

Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels; right and bottom excluded."""

VoidHand = Literal["stamp", "boxed", "brush", "pen"]
InkColour = Literal["red", "blue", "black"]
VoidPlace = Literal["number", "title", "table", "foot", "anywhere"]
Spoil = Literal["blot", "scratched", "washed-out", "torn-off"]
CutSide = Literal["left", "right", "top", "bottom"]


@dataclass(frozen=True, slots=True)
class VoidStyle:
    """How a voided stub is marked; what is None is drawn by lot.

    Attributes:
        words: 废票, 作废, 废 票 (wide) or 废.
        height: height of one character in millimetres.
        slant: degrees, counter-clockwise.
        over: the part of the stub the mark lies on.
    """

    words: str | None = None
    hand: VoidHand | None = None
    colour: InkColour | None = None
    height: float | None = None
    slant: float | None = None
    over: VoidPlace | None = None


@dataclass(frozen=True, slots=True)
class StubSpec:
    """One stub: what is printed and written on it.

    Attributes:
        spoilt: drawn so that not even a person can read the number; None for a sound stub.
    """

    number: str
    code: str = ""
    void: bool = False
    void_style: VoidStyle | None = None
    kwh: Decimal | None = None
    amount_fen: int | None = None
    payer: str = ""
    on: date = date(2025, 3, 1)
    spoilt: Spoil | None = None


@dataclass(frozen=True, slots=True)
class Wear:
    """What age, the copying and the scanner have done; all 0 is a page fresh from the press.

    Attributes:
        skew: largest slant of a page, degrees.
        faint: 0–1, how much print has faded everywhere.
        faint_number: 0–1, how much the number alone has faded.
        noise: standard deviation of the sensor's noise, in grey levels.
        blur: Gaussian sigma in pixels at 200 dpi.
        shadow: 0–1, darkness of the gutter.
        stains: how many stains and creases a page has, at most.
        dust: how many specks lie on the glass, at most; many leave a streak, too.
    """

    skew: float = 0.0
    faint: float = 0.0
    faint_number: float = 0.0
    noise: float = 0.0
    blur: float = 0.0
    shadow: float = 0.0
    stains: int = 0
    dust: int = 0


@dataclass(frozen=True, slots=True)
class Look:
    """How a volume looks: its form, its printing, its scanner.

    Attributes:
        number_style: how the number is introduced: ``№ ``, ``NO.``, ``发票号码：`` …
        number_face: what the digits are set in (``lettering.number_line``).
        fill: how the form was filled in.
        seal: shape of the invoice seal; None for none.
        seal_over_number: probability that the seal lies on the number.
        stamps: other words stamped on some stubs, which void nothing: 现金收讫, 已核对 …
        loose: every stub lies on the glass as a slip of its own, at its own slant.
        bound: the edge the volume is bound at.
        margin: millimetres of glass seen beside the paper.
        held_out: marks are made with the shapes kept from whoever writes a reader.
    """

    form: Form
    number_style: str = "№ "
    number_face: str = "song"
    number_colour: Literal["red", "black"] = "red"
    form_colour: tuple[int, int, int] = (60, 60, 66)
    paper: tuple[int, int, int] = (250, 248, 242)
    bed: tuple[int, int, int] = (255, 255, 255)
    stubs_a_page: int = 1
    loose: bool = False
    bound: Literal["left", "top"] = "left"
    fill: Literal["needle", "laser", "pen"] = "needle"
    seal: Literal["round", "oval", "square", "dated"] | None = "round"
    seal_over_number: float = 0.0
    stamps: tuple[str, ...] = ()
    dpi: int = 200
    grey: bool = False
    jpeg_quality: int = 80
    margin: float = 6.0
    held_out: bool = False
    wear: Wear = field(default_factory=Wear)


@dataclass(frozen=True, slots=True)
class Cut:
    """A sheet that lay half beside the glass: ``part`` of it is missing at ``side``."""

    side: CutSide
    part: float


@dataclass(frozen=True, slots=True)
class Disorder:
    """What went wrong on the way from the press to the scan; sheets are counted from 1.

    Attributes:
        upside_down: sheets scanned the wrong way up.
        blank_backs: the back of every sheet was scanned, too.
        order: the order in which the sheets were scanned; None as bound.
        cut: sheets of which a part lies outside the scan.
        scanned_twice: sheets that are scanned, and scanned again right after.
        missing: sheets that were never scanned.
    """

    upside_down: frozenset[int] = frozenset()
    blank_backs: bool = False
    order: tuple[int, ...] | None = None
    cut: Mapping[int, Cut] = field(default_factory=dict)
    scanned_twice: frozenset[int] = frozenset()
    missing: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class VolumeSpec:
    """A bound volume, ready to be drawn; the same spec always draws the same pixels."""

    stubs: tuple[StubSpec, ...]
    look: Look
    seed: int
    disorder: Disorder = field(default_factory=Disorder)


@dataclass(frozen=True, slots=True)
class StubTruth:
    """What stands on a page, and where.

    Attributes:
        page: 1-based, in the order of the scan.
        number_box: around the digits of the number, without what introduces it; None when
            they lie outside the scan altogether.
        readable: False where not even a careful person could read the number.
    """

    page: int
    number: str
    code: str
    void: bool
    number_box: Box | None
    stub_box: Box
    void_box: Box | None
    readable: bool


@dataclass(frozen=True)
class DrawnPage:
    """One page of the scan.

    Attributes:
        number: 1-based, in the order of the scan.
        jpeg: the page as the scanner would hand it over.
        sheet: the sheet it shows, 1-based, as bound.
        blank: a blank back.
    """

    number: int
    jpeg: bytes
    size: tuple[int, int]
    dpi: int
    grey: bool
    stubs: tuple[StubTruth, ...]
    sheet: int
    blank: bool = False
    upside_down: bool = False
    cut: bool = False

    @cached_property
    def image(self) -> Image.Image:
        """The pixels, decoded from the JPEG."""
        image = Image.open(io.BytesIO(self.jpeg))
        image.load()
        return image
