"""RapidOCR behind the :class:`~archive.ocr.TextReader` protocol.

The PP-OCR models ship inside the ``rapidocr`` wheel and run on the CPU by onnxruntime; nothing
is downloaded. Finding and recognising are offered apart, because most of a page's time goes into
lines nobody asked for: whoever knows where to look pays only for what stands there.
"""

import math
import threading
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from rapidocr import RapidOCR  # noqa: TID251 - this is the one module

from archive.errors import Unavailable
from archive.ocr import Glyph, LineText, Pixels, Quad, TextLine

LINE_HEIGHT = 48
"""Height in pixels of a line as the recognition model takes it."""

_BATCH = 8
_NARROWEST = 64
_WIDEST = 2400
_LONGEST_SIDE = 2000
_MARGIN = 2
_LEAST_SCORE = 0.5


class ReadingEngineUnusable(Unavailable):
    """The engine's models cannot be loaded here."""


class RapidTextReader:
    """Reads printed Chinese and Latin text with the models of the ``rapidocr`` wheel.

    One instance may be used by several threads; they take turns.

    Args:
        threads: threads one recognition may use inside onnxruntime.
    """

    name = "rapidocr"

    def __init__(self, *, threads: int = 1) -> None:
        self.version = version("rapidocr")
        self.threads = threads
        self._turn = threading.Lock()
        try:
            engine: Any = RapidOCR(
                params={
                    "Global.log_level": "error",
                    "EngineConfig.onnxruntime.intra_op_num_threads": threads,
                    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
                }
            )
            self._detector = engine._load_det_model()  # noqa: SLF001 - the wheel offers the parts no other way
            self._turner = engine._load_cls_model()  # noqa: SLF001 - as above
            self._recognizer = engine._load_rec_model()  # noqa: SLF001 - as above
        except (OSError, RuntimeError, ValueError) as broken:
            raise ReadingEngineUnusable(engine=self.name) from broken
        self._alphabet: list[str] = self._recognizer.postprocess_op.character

    def read(self, pixels: Pixels) -> list[TextLine]:
        """Every line on the image, found, turned upright and read."""
        quads = self.find(pixels)
        crops = [cut_quad(pixels, quad) for quad in quads]
        upright = self._turned_upright(crops)
        return [
            TextLine(told.text, quad, told.confidence)
            for quad, told in zip(quads, self.read_lines(upright), strict=True)
            if told.text.strip() and told.confidence >= _LEAST_SCORE
        ]

    def find(self, pixels: Pixels, *, longest: int | None = None) -> list[Quad]:
        """Where lines of text stand, top to bottom; the image is shrunk to ``longest`` first."""
        height, width = pixels.shape[:2]
        scale = min(1.0, (longest or _LONGEST_SIDE) / max(height, width))
        shrunk = pixels
        if scale < 1.0:
            size = (max(1, round(width * scale)), max(1, round(height * scale)))
            shrunk = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
        with self._turn:
            # By default the engine enlarges small images to 736 pixels; a cut-out needs no such help.
            self._detector.limit_side_len = 64
            found = self._detector(shrunk[:, :, ::-1])
        if found.boxes is None:
            return []
        corners = np.asarray(found.boxes, np.float64) / scale
        return [_quad(box) for box in corners]

    def read_lines(self, crops: Sequence[Pixels]) -> list[LineText]:
        """The texts of line images, in the order given; batched by width for speed."""
        told: list[LineText] = [LineText("", 0.0, ())] * len(crops)
        for n, odds, share in self._recognised(crops):
            told[n] = self._decoded(odds, share)
        return told

    def odds(self, crops: Sequence[Pixels], characters: str) -> list[float]:
        """How likely any of ``characters`` stands anywhere on each line image."""
        told = [0.0] * len(crops)
        columns = [self._alphabet.index(one) for one in characters if one in self._alphabet]
        for n, odds, _ in self._recognised(crops):
            told[n] = float(odds[:, columns].max(initial=0.0))
        return told

    def read_line(self, pixels: Pixels) -> tuple[str, float]:
        """The text of one upright line, with its mean confidence."""
        (told,) = self.read_lines([pixels])
        return told.text, told.confidence

    def _turned_upright(self, crops: list[Pixels]) -> list[Pixels]:
        if not crops:
            return []
        with self._turn:
            answer = self._turner([crop[:, :, ::-1] for crop in crops])
        return [np.ascontiguousarray(crop[:, :, ::-1]) for crop in answer.img_list]

    def _recognised(
        self, crops: Sequence[Pixels]
    ) -> Iterator[tuple[int, NDArray[np.float32], float]]:
        """For every crop its place, the odds of each character along it, and its batch's excess.

        Batched by width for speed; crops too small to hold anything are left out.
        """
        usable = [n for n, crop in enumerate(crops) if min(crop.shape[:2]) >= 4]
        usable.sort(key=lambda n: _line_width(crops[n]))
        for start in range(0, len(usable), _BATCH):
            chosen = usable[start : start + _BATCH]
            widths = [_line_width(crops[n]) for n in chosen]
            batch = np.zeros((len(chosen), 3, LINE_HEIGHT, max(widths)), np.float32)
            for slot, n, width in zip(batch, chosen, widths, strict=True):
                line = cv2.resize(crops[n][:, :, ::-1], (width, LINE_HEIGHT))
                slot[:, :, :width] = line.transpose(2, 0, 1).astype(np.float32) / 127.5 - 1.0
            with self._turn:
                odds = np.asarray(self._recognizer.session(batch))
            for n, width, odd in zip(chosen, widths, odds, strict=True):
                yield n, odd, max(widths) / width

    def _decoded(self, odds: NDArray[np.float32], share: float) -> LineText:
        best = odds.argmax(axis=1)
        fresh = best != 0
        fresh[1:] &= best[1:] != best[:-1]
        glyphs = []
        for start in np.flatnonzero(fresh):
            end = start + 1
            while end < len(best) and best[end] == best[start]:
                end += 1
            confidence = float(odds[start:end, best[start]].max())
            middle = min(1.0, (start + end) / 2 / len(best) * share)
            glyphs.append(Glyph(self._alphabet[int(best[start])], confidence, middle))
        mean = float(np.mean([glyph.confidence for glyph in glyphs])) if glyphs else 0.0
        return LineText("".join(glyph.char for glyph in glyphs), mean, tuple(glyphs))


def cut_quad(pixels: Pixels, quad: Quad) -> Pixels:
    """The part of the image inside ``quad``, made rectangular and laid along its text."""
    corners = np.asarray(quad, np.float32)
    width = round(max(_distance(corners[0], corners[1]), _distance(corners[3], corners[2])))
    height = round(max(_distance(corners[0], corners[3]), _distance(corners[1], corners[2])))
    width, height = max(width, _MARGIN), max(height, _MARGIN)
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    turn: Any = cv2.getPerspectiveTransform(corners, flat)
    cut = cv2.warpPerspective(
        pixels, turn, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    if height >= 1.5 * width:
        cut = np.rot90(cut)
    return np.ascontiguousarray(cut, np.uint8)


def _distance(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    return float(np.linalg.norm(one - other))


def _line_width(crop: Pixels) -> int:
    height, width = (int(side) for side in crop.shape[:2])
    return min(_WIDEST, max(_NARROWEST, math.ceil(LINE_HEIGHT * width / height)))


def _quad(box: NDArray[np.float64]) -> Quad:
    one, two, three, four = ((float(x), float(y)) for x, y in box)
    return one, two, three, four
