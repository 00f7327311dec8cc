"""The second look at a void mark, with the real engine: how much a place reads like 废."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from archive.custody.reading.void_net import Spot
from archive.custody.reading.void_words import CAREFUL, QUICK, likeness, odds_of_waste
from archive.demo.drawing.fonts import face
from archive.ocr.rapid import RapidTextReader
from archive.ocr.sheet import Sheet

SIZE = 60
PRINT = (70, 70, 76)


@pytest.fixture(scope="module")
def engine():
    return RapidTextReader(threads=1)


def stub_with(words, ink, *, under="", turned=0):
    """A piece of a stub with words put on it, over a line of print."""
    piece = Image.new("RGB", (400, 260), (250, 248, 242))
    layer = Image.new("RGBA", piece.size, (0, 0, 0, 0))
    ImageDraw.Draw(layer).text(
        (200, 130), words, font=face("hei", SIZE), fill=(*ink, 200), anchor="mm",
        stroke_width=2, stroke_fill=(*ink, 200),
    )  # fmt: skip
    layer = layer.rotate(turned)
    piece.paste(layer, (0, 0), layer)
    ImageDraw.Draw(piece).text((200, 130), under, font=face("song", 26), fill=PRINT, anchor="mm")
    return Sheet(np.asarray(piece, np.uint8), 200)


def spot(words, turned=0):
    """Where 废 stands in words of two characters put there."""
    side = SIZE / 2 if words.endswith("废") else -SIZE / 2
    slant = np.radians(-turned)
    return Spot(200 + side * np.cos(slant), 130 + side * np.sin(slant), SIZE, slant, 0.4)


@pytest.mark.parametrize("ink", [(200, 40, 40), (30, 50, 160), (60, 60, 60)])
@pytest.mark.parametrize("turned", [0, 30])
def test_a_mark_reads_like_one_in_any_ink_and_at_any_slant(engine, ink, turned):
    sheet = stub_with("作废", ink, turned=turned)
    (odds,) = odds_of_waste(engine, sheet, [spot("作废", turned)], QUICK)
    assert odds > 0.5


def test_print_that_runs_through_a_mark_does_not_hide_it(engine):
    sheet = stub_with("作废", (205, 60, 60), under="2026年11月09日 第03户")
    (odds,) = odds_of_waste(engine, sheet, [spot("作废")], (*QUICK, *CAREFUL))
    assert odds > 0.5


@pytest.mark.parametrize("words", ["收讫", "作业", "发票", "度数"])
def test_other_stamps_do_not_read_like_it(engine, words):
    sheet = stub_with(words, (200, 40, 40))
    (odds,) = odds_of_waste(engine, sheet, [spot("作废")], (*QUICK, *CAREFUL))
    assert odds < 0.02


def test_neither_the_cry_nor_the_odds_alone_make_a_mark():
    assert likeness(0.9, 0.0) < 0.2
    assert likeness(0.05, 0.5) < likeness(0.4, 0.5) < likeness(0.4, 1.0)
    assert likeness(0.4, 1.0) > 0.9
