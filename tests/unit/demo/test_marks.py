import numpy as np
import pytest

from archive.demo.drawing import DEVELOPMENT, HELD_OUT, Look, StubSpec, VoidStyle
from archive.demo.drawing.ink import extent
from archive.demo.drawing.press import Press, plate
from archive.demo.drawing.void_marks import Ground, decided, hidden, void_mark

DIGITS_AT = (600.0, 60.0, 760.0, 90.0)


def ground(**changes) -> Ground:
    facts = {
        "size": (1000, 550),
        "number": DIGITS_AT,
        "number_colour": "red",
        "dpi": 130,
        "grey": False,
    }
    return Ground(**facts | changes)


@pytest.mark.parametrize("held_out", [False, True])
@pytest.mark.parametrize("hand", ["stamp", "boxed", "brush", "pen"])
def test_a_mark_lies_on_the_paper_wherever_it_falls(hand, held_out: bool) -> None:
    for seed in range(8):
        rng = np.random.default_rng(seed)
        mark = void_mark(VoidStyle(hand=hand), ground(), rng, held_out=held_out, loss=0.3)
        left, top, right, bottom = mark.span
        assert left >= 0
        assert top >= 0
        assert right <= 1000
        assert bottom <= 550
        assert np.count_nonzero(mark.mask > 128) > 200, "there is something to see"


@pytest.mark.parametrize(("hand", "most"), [("brush", 0.01), ("pen", 0.02), ("stamp", 0.04)])
def test_ink_that_would_hide_the_number_keeps_off_it(hand, most: float) -> None:
    style = VoidStyle(hand=hand, colour="black", height=30, over="number")
    for seed in range(8):
        rng = np.random.default_rng(seed)
        mark = void_mark(style, ground(grey=True), rng, held_out=False, loss=0.1)
        assert hidden(mark.mask, mark.at, DIGITS_AT) <= most


def test_a_blue_stamp_may_lie_right_over_a_red_number() -> None:
    style = VoidStyle(words="作废", hand="boxed", colour="blue", height=8, slant=0, over="number")
    shares = []
    for seed in range(8):
        mark = void_mark(style, ground(), np.random.default_rng(seed), held_out=False, loss=0.1)
        shares.append(hidden(mark.mask, mark.at, DIGITS_AT))
    assert max(shares) > 0.1


def test_what_a_style_leaves_open_is_drawn_by_lot_and_the_rest_is_kept() -> None:
    asked = VoidStyle(words="作废", slant=0.0)
    styles = [decided(asked, np.random.default_rng(seed)) for seed in range(60)]
    assert {(style.words, style.slant) for style in styles} == {("作废", 0.0)}
    assert {style.hand for style in styles} == {"stamp", "boxed", "brush", "pen"}
    assert {style.colour for style in styles} == {"red", "blue", "black"}
    heights = [style.height for style in styles]
    assert min(heights) < 9
    assert max(heights) > 20


FACES = ("song", "hei", "needle", "wheel", "narrow", "roman")


@pytest.mark.parametrize("form", [*DEVELOPMENT, *HELD_OUT], ids=lambda form: form.name)
def test_no_number_or_code_is_printed_over_the_words_of_its_form(form) -> None:
    number = "25342000000012345698" if form.electronic else "00421058"
    code = "" if form.electronic else "034002312345"
    style, base = max(form.number_styles, key=len), plate(form, 120)
    for face in FACES:
        look = Look(form, dpi=120, number_style=style, number_face=face)
        page = np.full((*base.shape, 3), 255, dtype=np.uint8)
        rng = np.random.default_rng(1)
        press = Press(page, (0, 0), look, rng)
        press.number(form.number, style, number, rng, weak=0.0)
        if code:
            press.number(form.code, form.code_label, code, rng, weak=0.0)
        printed = page.min(axis=2) < 200
        assert printed.any()
        assert not (printed & (base > 100)).any(), face
        left, top, right, bottom = extent(printed.astype(np.uint8))
        height, width = base.shape
        assert left > 0.02 * width
        assert top > 4
        assert right < 0.98 * width
        assert bottom < height - 4


def test_the_small_print_of_most_forms_mentions_voiding() -> None:
    traps = [form for form in (*DEVELOPMENT, *HELD_OUT) if any("作废" in label.text for label in form.labels)]  # fmt: skip
    assert len(traps) >= 6


def test_a_stub_without_a_code_shows_none() -> None:
    form = DEVELOPMENT[0]
    pages = []
    for code in ("", "034002312345"):
        page = np.full((*plate(form, 100).shape, 3), 255, dtype=np.uint8)
        Press(page, (0, 0), Look(form, dpi=100), np.random.default_rng(1)).stub(
            StubSpec("04210051", code=code)
        )
        pages.append(page)
    upper = slice(int(10.0 / 25.4 * 100), int(15.0 / 25.4 * 100))
    right = slice(int(140 / 25.4 * 100), None)
    assert (pages[0][upper, right] > 200).all()
    assert not (pages[1][upper, right] > 200).all()
