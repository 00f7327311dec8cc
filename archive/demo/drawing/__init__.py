"""Draws scans of bound stub volumes together with what stands on them.

For the demo station, the tests and the bench. Nothing here knows how stubs are read. Whoever
writes a reader may look at ``DEVELOPMENT`` forms only; the held-out ones are for the bench.
"""

from archive.demo.drawing.chance import random_look, random_volume, random_wear
from archive.demo.drawing.easy import number_run, tidy_look, volume_of
from archive.demo.drawing.forms_development import DEVELOPMENT
from archive.demo.drawing.forms_held_out import HELD_OUT
from archive.demo.drawing.output import draw_images, draw_pdf
from archive.demo.drawing.spec import (
    Box,
    Cut,
    Disorder,
    DrawnPage,
    Look,
    StubSpec,
    StubTruth,
    VoidStyle,
    VolumeSpec,
    Wear,
)
from archive.demo.drawing.volume import draw_pages

__all__ = [
    "DEVELOPMENT",
    "HELD_OUT",
    "Box",
    "Cut",
    "Disorder",
    "DrawnPage",
    "Look",
    "StubSpec",
    "StubTruth",
    "VoidStyle",
    "VolumeSpec",
    "Wear",
    "draw_images",
    "draw_pages",
    "draw_pdf",
    "number_run",
    "random_look",
    "random_volume",
    "random_wear",
    "tidy_look",
    "volume_of",
]
