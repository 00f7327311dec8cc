"""A form is found again wherever its stubs lie on a page."""

import math
import random

import pytest

from archive.custody.reading.form import Form, Pose
from archive.custody.reading.looks import Print
from archive.ocr.sheet import Strip

NUMBER = Strip((900.0, 100.0), 200.0, 40.0, 0.0)


def lines_of_a_stub(seed=1):
    draw = random.Random(seed)
    return [NUMBER] + [
        Strip(
            (draw.uniform(80, 1000), draw.uniform(40, 560)),
            draw.uniform(60, 400),
            draw.uniform(24, 50),
            0.0,
        )
        for _ in range(28)
    ]


def laid(lines, x, y, degrees, jitter=0.0, seed=3):
    draw = random.Random(seed)
    pose = Pose(x, y, math.radians(degrees), 1.0)
    placed = []
    for line in lines:
        relative = line.moved(-NUMBER.centre[0], -NUMBER.centre[1])
        placed.append(pose.placed(relative).moved(draw.gauss(0, jitter), draw.gauss(0, jitter)))
    return placed


def form():
    return Form(Print(NUMBER, NUMBER), None, lines_of_a_stub(), 200)


@pytest.mark.parametrize("degrees", [-3.0, -0.6, 0.0, 1.3, 3.0])
def test_a_slanted_stub_is_found_where_it_lies(degrees):
    (pose,) = form().poses(laid(lines_of_a_stub(), 870, 300, degrees, jitter=1.5), 200)
    assert math.hypot(pose.x - 870, pose.y - 300) < 4
    assert math.degrees(pose.slant) == pytest.approx(degrees, abs=0.3)


def test_stubs_lying_at_slants_of_their_own_are_all_found():
    page = laid(lines_of_a_stub(), 880, 120, -2.0) + laid(lines_of_a_stub(), 905, 800, 2.5)
    poses = sorted(form().poses(page, 200), key=lambda pose: pose.y)
    assert [round(pose.y) for pose in poses] == pytest.approx([120, 800], abs=4)


def test_the_number_is_placed_even_where_its_own_line_was_not_found():
    page = laid(lines_of_a_stub(), 870, 300, 1.0)[1:]
    (pose,) = form().poses(page, 200)
    assert math.hypot(pose.x - 870, pose.y - 300) < 4


def test_half_of_the_lines_and_strange_ones_besides_still_tell_the_stub():
    page = laid(lines_of_a_stub(), 870, 300, 1.0, jitter=1.0)[::2] + lines_of_a_stub(seed=77)[:8]
    assert any(math.hypot(pose.x - 870, pose.y - 300) < 5 for pose in form().poses(page, 200))


def test_another_form_is_not_taken_for_this_one():
    assert form().poses(lines_of_a_stub(seed=12)[1:], 200) == []


def test_an_empty_page_holds_no_stub():
    assert form().poses([], 200) == []


def test_a_page_of_other_resolution_is_measured_accordingly():
    page = [line.scaled(1.5) for line in laid(lines_of_a_stub(), 870, 300, 1.0)]
    (pose,) = form().poses(page, 300)
    assert math.hypot(pose.x - 1305, pose.y - 450) < 6


def test_a_form_that_never_led_to_a_certain_number_is_given_up():
    useless = form()
    for _ in range(4):
        useless.tried(certain=False)
    assert useless.useless
    useful = form()
    useful.tried(certain=True)
    for _ in range(50):
        useful.tried(certain=False)
    assert not useful.useless
