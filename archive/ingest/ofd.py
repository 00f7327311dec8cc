"""Reading OFD (GB/T 33190-2016, 版式文档): how many pages, and what is written where on them.

OFD.xml names the documents of the package, Document.xml their pages and templates, Content.xml
what stands on a page. Measures are millimetres from the top left. Text, pictures and lines are
read; stamps, notes and shading are not, so a picture of a page is only ever a preview.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from posixpath import dirname, join
from xml.etree.ElementTree import Element

from archive.ingest import package
from archive.ingest.limits import ScanLimits
from archive.ingest.package import Package
from archive.ingest.refusals import (
    BadScan,
    Damaged,
    DamagedPage,
    NoPages,
    NotAScan,
    OfdTooTangled,
    PageTooBig,
    TooManyPages,
)
from archive.ingest.safe_xml import XmlTangled, tree_of

ENTRY = "OFD.xml"
NAMESPACE = "http://www.ofdspec.org"
_A4 = (0.0, 0.0, 210.0, 297.0)
_MOST_CHARACTERS = 200_000  # of one page
_TEMPLATES_KEPT = 8

Box = tuple[float, float, float, float]
"""Left, top, width, height in millimetres."""

Matrix = tuple[float, float, float, float, float, float]
_AS_IT_IS: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Written:
    """A run of characters: each stands at its point, the left end of its foot; ``size`` high."""

    text: str
    size: float
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """A picture of the package, ``name`` its part, drawn into ``box``."""

    name: str
    box: Box


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line from point to point."""

    points: tuple[tuple[float, float], ...]


@dataclass(slots=True)
class OfdPage:
    """What stands on one page."""

    width: float
    height: float
    written: list[Written] = field(default_factory=list)
    placed: list[Placed] = field(default_factory=list)
    strokes: list[Stroke] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Signed:
    """How often a document is signed: with a seal that is seen, and without. Nothing is verified."""

    seals: int
    signatures: int


@dataclass(frozen=True, slots=True)
class _Document:
    """One document of the package: ``pages`` are parts; templates and pictures by their ids."""

    box: Box
    pages: tuple[str, ...]
    templates: Mapping[str, str]
    pictures: Mapping[str, str]


def look(path: Path, limits: ScanLimits) -> int:
    """How many pages it has, if it is an OFD through and through, every page of it readable.

    Raises:
        BadScan: one of its kinds.
    """
    with opened(path, limits) as ofd:
        for number in range(1, ofd.count + 1):
            page = ofd.page(number)
            if max(page.width, page.height) > limits.side_mm:
                across, down = (round(side / 1000, 1) for side in (page.width, page.height))
                raise PageTooBig(page=number, width_m=across, height_m=down)
        return ofd.count


@contextmanager
def opened(path: Path, limits: ScanLimits, *, checked: bool = False) -> Iterator["Ofd"]:
    """The OFD at ``path``; ``checked`` when it was taken in before and is as it was.

    Raises:
        BadScan: it is none.
    """
    with package.unpacked(path, limits, checked=checked) as parts, _only_refused():
        yield Ofd(parts, limits)


@contextmanager
def _only_refused() -> Iterator[None]:
    """Whatever stands in the parts, it ends in one of the refusals."""
    try:
        yield
    except (BadScan, MemoryError):
        raise
    except (XmlTangled, RecursionError) as error:
        raise OfdTooTangled from error
    except (ValueError, KeyError, OverflowError) as error:
        raise Damaged from error


class Ofd:
    """An OFD that is open; its pages are numbered through all its documents.

    ``said`` is what it says of itself beside its pages (CustomDatas), by name.
    """

    def __init__(self, parts: Package, limits: ScanLimits) -> None:
        self._parts = parts
        entry = _entry(parts)
        roots = [text for body in entry.iter("DocBody") if (text := _text(body, "DocRoot"))]
        found: list[tuple[_Document, str]] = []
        for root in roots:
            document = _document(parts, root)
            found += [(document, page) for page in document.pages]
            if len(found) > limits.pages:
                raise TooManyPages(limit=limits.pages)
        if not found:
            raise NoPages
        self._pages = found
        self.parts = parts
        self.said = {
            each.get("Name", ""): (each.text or "").strip() for each in entry.iter("CustomData")
        }
        self._lists = [
            text for body in entry.iter("DocBody") if (text := _text(body, "Signatures"))
        ]
        self._template = lru_cache(_TEMPLATES_KEPT)(self._read_template)

    @property
    def count(self) -> int:
        return len(self._pages)

    def page(self, number: int) -> OfdPage:
        """What stands on a page, its templates first.

        Raises:
            DamagedPage: its part is missing or no XML.
        """
        document, name = self._pages[number - 1]
        try:
            return self._read_page(document, name)
        except XmlTangled:
            raise
        except (Damaged, ValueError) as error:
            raise DamagedPage(page=number) from error

    def picture(self, name: str) -> bytes:
        """The bytes of a picture.

        Raises:
            BadScan: there is none of that name, or it is too large.
        """
        return self._parts.read(name)

    def signed(self) -> Signed | None:
        """The signatures its lists name; None where a list cannot be read."""
        kinds: list[str] = []
        try:
            for name in self._lists:
                listed = tree_of(self._parts.read(name)).iter("Signature")
                kinds += [each.get("Type", "Seal").casefold() for each in listed]
        except (BadScan, ValueError):
            return None
        return Signed(kinds.count("seal"), len(kinds) - kinds.count("seal"))

    def _read_page(self, document: _Document, name: str) -> OfdPage:
        content = tree_of(self._parts.read(name))
        box = _box(_text(content, "Area/PhysicalBox"), document.box)
        page = OfdPage(box[2], box[3])
        for used in content.iter("Template"):
            template = document.templates.get(used.get("TemplateID", ""))
            if template is not None and template in self._parts:
                _fill(page, self._template(template), document.pictures)
        pictures = {**document.pictures, **_page_pictures(self._parts, content, name)}
        _fill(page, content, pictures)
        if sum(len(run.text) for run in page.written) > _MOST_CHARACTERS:
            raise OfdTooTangled
        return page

    def _read_template(self, name: str) -> Element:
        return tree_of(self._parts.read(name))


def _entry(parts: Package) -> Element:
    """OFD.xml, which makes the ZIP an OFD."""
    if ENTRY not in parts:
        raise NotAScan(looks_like="ZIP")
    entry = tree_of(parts.read(ENTRY))
    if entry.tag != "OFD" or not entry.get("xmlns", "").startswith(NAMESPACE):
        raise Damaged
    return entry


def _document(parts: Package, root: str) -> _Document:
    tree = tree_of(parts.read(root))
    pages = (each.get("BaseLoc", "") for each in tree.iterfind("Pages/Page"))
    common = tree.find("CommonData")
    templates: dict[str, str] = {}
    pictures: dict[str, str] = {}
    for each in () if common is None else common.iterfind("TemplatePage"):
        templates[each.get("ID", "")] = _beside(root, each.get("BaseLoc", ""))
    for each in () if common is None else common:
        if each.tag in {"PublicRes", "DocumentRes"} and each.text:
            pictures |= _pictures(parts, _beside(root, each.text.strip()))
    return _Document(
        _box(_text(tree, "CommonData/PageArea/PhysicalBox"), _A4),
        tuple(_beside(root, page) for page in pages),
        templates,
        pictures,
    )


def _page_pictures(parts: Package, content: Element, name: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in content.iterfind("PageRes"):
        found |= _pictures(parts, _beside(name, (each.text or "").strip()))
    return found


def _pictures(parts: Package, name: str) -> dict[str, str]:
    """The parts of the pictures a list of resources names, by their ids."""
    if name not in parts:
        return {}
    tree = tree_of(parts.read(name))
    folder = join(dirname(name), tree.get("BaseLoc", ""), "x")
    return {
        each.get("ID", ""): _beside(folder, (_text(each, "MediaFile") or "").strip())
        for each in tree.iter("MultiMedia")
        if each.get("Type", "").casefold() == "image"
    }


def _beside(name: str, location: str) -> str:
    """Where a location leads that stands in the part ``name``."""
    return location if location.startswith("/") else join(dirname(name), location)


def _fill(page: OfdPage, content: Element, pictures: Mapping[str, str]) -> None:
    for item in content.iter():
        if item.tag == "TextObject":
            page.written += _written(item)
        elif item.tag == "ImageObject" and (name := pictures.get(item.get("ResourceID", ""))):
            page.placed.append(Placed(name, _box(item.get("Boundary"), (0, 0, 0, 0))))
        elif item.tag == "PathObject" and item.get("Stroke", "true") != "false":
            page.strokes += _strokes(item)


# ── text ────────────────────────────────────────────────────────────────────────────────────


def _written(item: Element) -> Iterator[Written]:
    left, top, _, _ = _box(item.get("Boundary"), (0, 0, 0, 0))
    matrix = _matrix(item.get("CTM"))
    size = _number(item.get("Size"), 3.5)
    high = size * math.sqrt(abs(matrix[0] * matrix[3] - matrix[1] * matrix[2])) or size
    x = y = 0.0
    for code in item.iter("TextCode"):
        text = (code.text or "").strip("\r\n\t")
        x, y = _number(code.get("X"), x), _number(code.get("Y"), y)
        points = []
        across = _deltas(code.get("DeltaX"), len(text))
        down = _deltas(code.get("DeltaY"), len(text))
        for at, character in enumerate(text):
            points.append(_moved(matrix, x, y, left, top))
            x += across[at] if at < len(across) else 0.0 if down else _advance(character) * size
            y += down[at] if at < len(down) else 0.0
        if text.strip():
            yield Written(text, high, tuple(points))


def _advance(character: str) -> float:
    """How wide a character usually is, as a share of its height."""
    return 0.5 if character < "\u2e80" else 1.0


def _deltas(said: str | None, most: int) -> list[float]:
    """The steps from each character to the next; ``g 3 5.0`` stands for three of 5 mm."""
    found: list[float] = []
    words = iter((said or "").split())
    while len(found) < most and (word := next(words, "")):
        if word == "g":
            times = int(_number(next(words, ""), 0))
            found += [_number(next(words, ""), 0.0)] * min(max(times, 0), most)
        else:
            found.append(_number(word, 0.0))
    return found


# ── lines ───────────────────────────────────────────────────────────────────────────────────

_TAKES = {"S": 2, "M": 2, "L": 2, "Q": 4, "B": 6, "A": 7, "C": 0}
_MOST_POINTS = 5_000


def _strokes(item: Element) -> Iterator[Stroke]:
    """A path as straight lines; of a curve only its end is kept."""
    left, top, _, _ = _box(item.get("Boundary"), (0, 0, 0, 0))
    matrix = _matrix(item.get("CTM"))
    words = (_text(item, "AbbreviatedData") or "").split()[: 4 * _MOST_POINTS]
    points: list[tuple[float, float]] = []
    at = 0
    while at < len(words):
        does, takes = words[at], _TAKES.get(words[at], 0)
        values = [_number(word, 0.0) for word in words[at + 1 : at + 1 + takes]]
        at += 1 + takes
        if does in {"S", "M"} and len(points) > 1:
            yield Stroke(tuple(points))
        if does in {"S", "M"}:
            points = []
        if len(values) >= 2:
            points.append(_moved(matrix, values[-2], values[-1], left, top))
        elif does == "C" and points:
            points.append(points[0])
    if len(points) > 1:
        yield Stroke(tuple(points))


# ── values ──────────────────────────────────────────────────────────────────────────────────


def _text(element: Element, path: str) -> str | None:
    found = element.find(path)
    return None if found is None else (found.text or "").strip()


def _numbers(said: str | None) -> list[float]:
    return [_number(word, 0.0) for word in (said or "").split()]


def _number(said: str | None, otherwise: float) -> float:
    """What is said as a number a page can hold."""
    try:
        found = float(said) if said is not None else otherwise
    except ValueError:
        return otherwise
    return found if math.isfinite(found) and abs(found) < 1e6 else otherwise


def _box(said: str | None, otherwise: Box) -> Box:
    numbers = _numbers(said)
    if len(numbers) != 4 or (otherwise is not None and min(numbers[2:]) < 0):
        return otherwise
    if min(numbers[2:]) <= 0 and min(otherwise[2:]) > 0:
        return otherwise
    return numbers[0], numbers[1], numbers[2], numbers[3]


def _matrix(said: str | None) -> Matrix:
    numbers = _numbers(said)
    return _as_matrix(numbers) if len(numbers) == 6 else _AS_IT_IS


def _as_matrix(numbers: Sequence[float]) -> Matrix:
    a, b, c, d, e, f = numbers
    return a, b, c, d, e, f


def _moved(m: Matrix, x: float, y: float, left: float, top: float) -> tuple[float, float]:
    return m[0] * x + m[2] * y + m[4] + left, m[1] * x + m[3] * y + m[5] + top
