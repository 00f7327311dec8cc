"""Photographs and scanner images – JPEG, PNG, TIFF – as RGB pixels, upright as they were taken.

Meant to run inside a sandbox: Pillow's own bomb check is put aside here, because the size of
every image is checked against our limit before it is decoded.
"""

import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from archive.ingest.magic import Kind
from archive.ocr import Pixels

MOST_PIXELS = 36_000_000
"""No page becomes larger than this: A2 at 300 dpi. A larger one is made smaller."""

USUAL_DPI = 200
LEAST_BELIEVED_DPI = 100
"""Telephones and image programs write 72 or 96 and mean nothing by it."""

_FINEST_DPI = 300
_MOST_BELIEVED_DPI = 2400


def working_dpi(own: float) -> float:
    """The resolution to work at for an image that has ``own``: never above it.

    Up to 300 dpi it is left alone; finer than that only costs time.
    """
    return own if own <= _FINEST_DPI + 1 else float(USUAL_DPI)


@contextmanager
def opened(path: Path, kind: Kind) -> Iterator[Image.Image]:
    """The image at its first frame, with only its header read."""
    usual = Image.MAX_IMAGE_PIXELS
    Image.MAX_IMAGE_PIXELS = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of tags it does not understand
            with Image.open(path, formats=[kind.value]) as image:
                yield image
    finally:
        Image.MAX_IMAGE_PIXELS = usual


def frames(image: Image.Image, kind: Kind, first: int = 0) -> Iterator[int]:
    """Put ``image`` at each of its pages from ``first`` on; only a TIFF has more than one."""
    index = first
    while index == 0 or kind is Kind.TIFF:
        try:
            image.seek(index)
        except EOFError:
            return
        yield index
        index += 1


def rgb(image: Image.Image) -> tuple[Pixels, float]:
    """The present frame decoded, turned as its camera says, and its resolution (0 = not said)."""
    across, down = _dpi_said(image)
    if image.width * image.height > MOST_PIXELS:
        # a JPEG can be decoded at half its size, at a quarter of the time and memory
        whole = image.width
        image.draft("RGB", (image.width // 2, image.height // 2))
        across, down = (said * image.width / whole for said in (across, down))
    width, height = image.size
    ImageOps.exif_transpose(image, in_place=True)
    if (image.width < image.height) != (width < height):
        across, down = down, across
    return _at_working_size(_pixels(image), across, down)


def _dpi_said(image: Image.Image) -> tuple[float, float]:
    """Across and down; (0, 0) when the file does not say, or says what cannot be."""
    try:
        across, down = (float(value) for value in image.info.get("dpi", (0, 0)))
    except (TypeError, ValueError, ZeroDivisionError):
        return 0.0, 0.0
    own = max(across, down)
    if LEAST_BELIEVED_DPI <= own <= _MOST_BELIEVED_DPI and min(across, down) * 4 >= own:
        return across, down
    return 0.0, 0.0


def _at_working_size(pixels: Pixels, across: float, down: float) -> tuple[Pixels, float]:
    """Square pixels (a fax has twice as many across as down), not too fine, not too many."""
    height, width = pixels.shape[:2]
    own = max(across, down)
    dpi = working_dpi(own)
    wide, high = (width * dpi / across, height * dpi / down) if own else (width, height)
    shrunk = min(1.0, math.sqrt(MOST_PIXELS / (wide * high)))
    size = (max(1, round(wide * shrunk)), max(1, round(high * shrunk)))
    if abs(size[0] - width) <= 2 and abs(size[1] - height) <= 2:
        return pixels, own
    smaller = size[0] * size[1] < width * height
    how = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(pixels, size, interpolation=how), np.uint8), dpi * shrunk


def _pixels(image: Image.Image) -> Pixels:
    if image.mode.startswith(("I", "F")):
        return _from_deep_grey(np.asarray(image))
    if image.has_transparency_data:
        alpha = image.convert("RGBA")
        white = Image.new("RGB", alpha.size, "white")
        white.paste(alpha, mask=alpha.getchannel("A"))
        return np.asarray(white, np.uint8)
    return np.asarray(image if image.mode == "RGB" else image.convert("RGB"), np.uint8)


def _from_deep_grey(grey: NDArray[np.generic]) -> Pixels:
    """16-bit and deeper grey; what is within 0–255 anyway stays as it is."""
    deep = np.nan_to_num(grey.astype(np.float32)).clip(0, 65535)
    if deep.max(initial=0) > 255:
        deep /= 257
    return np.asarray(cv2.cvtColor(deep.astype(np.uint8), cv2.COLOR_GRAY2RGB), np.uint8)
