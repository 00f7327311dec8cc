"""Places on the upright page and on the page as it was received."""

import math

import numpy as np
import pytest

from archive.ocr.sheet import Sheet, Strip, corners_of


def page_with_a_dark_box(left, top, right, bottom, width=300, height=200):
    pixels = np.full((height, width, 3), 250, np.uint8)
    pixels[top:bottom, left:right] = 10
    return pixels


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_a_box_on_the_turned_page_is_found_again_on_the_page_as_received(degrees):
    received = page_with_a_dark_box(40, 60, 90, 80)
    upright = Sheet(received).turned_further(degrees)
    ys, xs = np.nonzero(upright.pixels[:, :, 0] < 100)
    box = (xs.min(), ys.min(), xs.max() + 1, ys.max() + 1)
    assert upright.as_received(corners_of(box)) == (40, 60, 90, 80)


def test_turning_by_half_twice_gives_the_page_as_it_was():
    pixels = page_with_a_dark_box(1, 2, 30, 40)
    back = Sheet(pixels).turned_further(180).turned_further(180)
    assert back.turned == 0
    assert np.array_equal(back.pixels, pixels)


def test_a_cut_follows_the_slant_of_its_strip():
    pixels = np.full((400, 600, 3), 255, np.uint8)
    slant = math.radians(10)
    for along in np.linspace(-150, 150, 2000):
        x, y = 300 + along * math.cos(slant), 200 + along * math.sin(slant)
        pixels[round(y) - 3 : round(y) + 4, round(x)] = 0
    cut = Sheet(pixels).cut(Strip((300, 200), 260, 40, slant))
    assert cut.shape[:2] == (40, 260)
    assert (cut[17:23].mean(axis=(0, 2)) < 120).mean() > 0.95
    assert cut[:10].min() > 200


def test_a_part_of_a_strip_lies_where_it_should():
    part = Strip((100.0, 50.0), 80.0, 20.0, 0.0).part(0.5, 1.0)
    assert part.centre == (120.0, 50.0)
    assert part.width == 40.0


def test_a_box_never_reaches_beyond_the_page():
    sheet = Sheet(np.zeros((50, 80, 3), np.uint8))
    assert sheet.as_received(corners_of((-10.0, -5.0, 200.0, 90.0))) == (0, 0, 80, 50)
