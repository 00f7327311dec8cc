"""The faces the drawings are set in, from packages that carry their font files."""

from functools import lru_cache
from pathlib import Path

import pylopdf_fonts_zh_cn
from PIL import ImageFont

_FACES: dict[str, Path] = {
    "song": pylopdf_fonts_zh_cn.serif_path(),
    "hei": pylopdf_fonts_zh_cn.sans_path(),
}


@lru_cache(maxsize=32)
def face(name: str, pixels: int) -> ImageFont.FreeTypeFont:
    """The face of that name (``song`` serif, ``hei`` sans), its em square ``pixels`` high."""
    return ImageFont.truetype(str(_FACES[name]), max(pixels, 4))
