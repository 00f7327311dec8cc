import io
from collections import Counter
from dataclasses import replace

import numpy as np
import pypdf
import pytest

from archive.demo.drawing import (
    DEVELOPMENT,
    HELD_OUT,
    Cut,
    Disorder,
    DrawnPage,
    Look,
    VoidStyle,
    VolumeSpec,
    Wear,
    draw_images,
    draw_pages,
    draw_pdf,
    random_volume,
    volume_of,
)

COUNTY = DEVELOPMENT[0]
FORMS = [*DEVELOPMENT, *HELD_OUT]
PLAIN = Look(COUNTY, dpi=100, seal=None, jpeg_quality=95)


def first_of(form):
    return "25342000000012345698" if form.electronic else "00421051"


def pixels(page: DrawnPage):
    return np.asarray(page.image.convert("L")).astype(int)


def only_page(spec: VolumeSpec) -> DrawnPage:
    (page,) = draw_pages(spec)
    return page


def changed(one: DrawnPage, other: DrawnPage):
    """The box around everything in which two pages differ by more than JPEG leaves."""
    rows, columns = np.nonzero(abs(pixels(one) - pixels(other)) > 60)
    return (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)


def inside(inner, outer, slack=4):
    return all(a >= b - slack for a, b in zip(inner[:2], outer[:2], strict=True)) and all(
        a <= b + slack for a, b in zip(inner[2:], outer[2:], strict=True)
    )


@pytest.mark.parametrize("held_out", [False, True])
def test_the_same_spec_draws_the_same_scan_and_another_seed_another(held_out: bool) -> None:
    spec = random_volume(11, held_out=held_out, wear="worn", count=2)
    spec = replace(spec, look=replace(spec.look, dpi=60))
    once, again, other = (
        [(page.jpeg, page.stubs) for page in draw_pages(spec)],
        [(page.jpeg, page.stubs) for page in draw_pages(spec)],
        [page.jpeg for page in draw_pages(replace(spec, seed=12))],
    )
    assert once == again
    assert not {jpeg for jpeg, _ in once} & set(other)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_the_number_box_holds_the_number_and_nothing_but_it(form) -> None:
    skewed = Wear(skew=2.0)
    look = replace(PLAIN, form=form, number_style="", wear=skewed)
    spec = volume_of(
        first_of(form), 1, look, code="" if form.electronic else "034002312345", seed=5
    )
    stub = spec.stubs[0]
    other = replace(stub, number="".join(str((int(d) + 5) % 10) for d in stub.number))
    page, altered = only_page(spec), only_page(replace(spec, stubs=(other,)))
    box, other_box = page.stubs[0].number_box, altered.stubs[0].number_box
    assert inside(box, other_box)
    assert inside(changed(page, altered), box)
    assert inside(box, page.stubs[0].stub_box)
    left, top, right, bottom = box
    ink = pixels(page)[top:bottom, left:right] < 170
    assert ink.mean() > 0.08
    assert ink.any(axis=0).mean() > 0.5


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_the_void_box_holds_the_void_mark(form) -> None:
    look = replace(PLAIN, form=form)
    style = VoidStyle(hand="pen", colour="black", height=12, over="table")
    spec = volume_of(first_of(form), 1, look, voids={first_of(form): style}, seed=6)
    sound = replace(spec.stubs[0], void=False)
    marked, unmarked = only_page(spec), only_page(replace(spec, stubs=(sound,)))
    assert inside(changed(marked, unmarked), marked.stubs[0].void_box)
    assert marked.stubs[0].void
    assert unmarked.stubs[0].void_box is None
    assert not unmarked.stubs[0].void


@pytest.mark.parametrize("held_out", [False, True])
@pytest.mark.parametrize("wear", ["clean", "worn"])
def test_every_number_is_drawn_exactly_once_whatever_the_order(held_out: bool, wear) -> None:
    spec = random_volume(3, held_out=held_out, wear=wear, count=5, spoilt_share=0)
    spec = replace(spec, look=replace(spec.look, dpi=60))
    drawn = [truth for page in draw_pages(spec) for truth in page.stubs]
    assert sorted(t.number for t in drawn) == sorted(stub.number for stub in spec.stubs)
    assert all(t.readable and t.number_box for t in drawn)


def test_a_page_upside_down_is_the_page_turned_by_half() -> None:
    look = replace(PLAIN, wear=Wear())
    spec = volume_of("04210051", 1, look, seed=2)
    turned = replace(spec, disorder=Disorder(upside_down=frozenset({1})))
    upright, flipped = only_page(spec), only_page(turned)
    assert flipped.upside_down
    assert not upright.upside_down
    assert abs(pixels(flipped)[::-1, ::-1] - pixels(upright)).max() < 60
    (left, top, right, bottom), (width, height) = upright.stubs[0].number_box, upright.size
    there = (width - right, height - bottom, width - left, height - top)
    assert inside(flipped.stubs[0].number_box, there, slack=1)


def test_blank_backs_follow_their_fronts_and_hold_no_stub() -> None:
    spec = volume_of("04210051", 4, replace(PLAIN, stubs_a_page=2), seed=2)
    pages = list(draw_pages(replace(spec, disorder=Disorder(blank_backs=True))))
    assert [(page.sheet, page.blank) for page in pages] == [
        (1, False),
        (1, True),
        (2, False),
        (2, True),
    ]
    assert [page.number for page in pages] == [1, 2, 3, 4]
    assert [len(page.stubs) for page in pages] == [2, 0, 2, 0]
    assert pixels(pages[1])[30:-30, 60:-60].min() > 150


def test_sheets_may_be_missing_scanned_twice_and_out_of_order() -> None:
    spec = volume_of("04210051", 5, PLAIN, seed=2)
    disorder = Disorder(order=(3, 1, 2, 5, 4), missing=frozenset({2}), scanned_twice=frozenset({5}))
    pages = list(draw_pages(replace(spec, disorder=disorder)))
    assert [page.sheet for page in pages] == [3, 1, 5, 5, 4]
    numbers = Counter(truth.number for page in pages for truth in page.stubs)
    assert numbers == {"04210053": 1, "04210051": 1, "04210055": 2, "04210054": 1}
    assert pages[2].jpeg != pages[3].jpeg, "the second scan is another scan"


def test_a_sheet_cut_through_its_number_is_not_readable_and_cut_elsewhere_it_is() -> None:
    spec = volume_of("04210051", 3, PLAIN, seed=2)
    cuts = {1: Cut("right", 0.35), 2: Cut("right", 0.07), 3: Cut("left", 0.2)}
    gone, through, beside = draw_pages(replace(spec, disorder=Disorder(cut=cuts)))
    assert gone.stubs[0].number_box is None
    assert not gone.stubs[0].readable
    assert through.stubs[0].number_box is not None
    assert not through.stubs[0].readable
    assert beside.stubs[0].readable
    assert gone.cut
    assert beside.cut
    assert gone.size == beside.size


@pytest.mark.parametrize("how", ["blot", "scratched", "washed-out", "torn-off"])
def test_a_spoilt_number_leaves_nothing_to_read(how) -> None:
    spec = volume_of("04210051", 1, replace(PLAIN, dpi=150), seed=4)
    one = replace(spec.stubs[0], spoilt=how)
    other = replace(one, number="93876748")
    page, altered = (only_page(replace(spec, stubs=(stub,))) for stub in (one, other))
    assert not page.stubs[0].readable
    left, top, right, bottom = page.stubs[0].number_box
    difference = abs(pixels(page) - pixels(altered))[top:bottom, left:right]
    assert difference.mean() < 6, "which number it was makes no difference any more"


def test_slips_laid_loosely_on_the_glass_lean_each_its_own_way() -> None:
    look = replace(PLAIN, form=DEVELOPMENT[1], stubs_a_page=3, loose=True, wear=Wear(skew=3))
    page = only_page(volume_of("04210051", 3, look, seed=2))
    heights = {bottom - top for _, top, _, bottom in (truth.stub_box for truth in page.stubs)}
    assert len(heights) == 3
    tops = [truth.stub_box[1] for truth in page.stubs]
    assert tops == sorted(tops)


def test_the_pdf_opens_and_shows_every_page_as_one_image() -> None:
    spec = volume_of("04210051", 5, replace(PLAIN, stubs_a_page=2), seed=2)
    out = io.BytesIO()
    truths = draw_pdf(spec, out, jpeg_quality=60)
    pages = pypdf.PdfReader(out, strict=True).pages
    assert len(pages) == 3
    assert [t.page for t in truths] == [1, 1, 2, 2, 3]
    drawn = list(draw_pages(replace(spec, look=replace(spec.look, jpeg_quality=60))))
    for page, expected in zip(pages, drawn, strict=True):
        assert page["/Resources"]["/XObject"]["/I"].get_data() == expected.jpeg
        assert len(page.images) == 1
        assert float(page.mediabox.width) == pytest.approx(expected.size[0] * 72 / 100, abs=0.01)
        assert page.extract_text() == ""


def test_a_grey_scan_is_grey_in_the_pdf_too() -> None:
    out = io.BytesIO()
    draw_pdf(volume_of("04210051", 1, replace(PLAIN, grey=True)), out)
    (image,) = pypdf.PdfReader(out, strict=True).pages[0].images
    assert image.image.mode == "L"


def test_a_pdf_is_written_page_by_page() -> None:
    sizes = []

    class Counting(io.BytesIO):
        def write(self, data) -> int:
            sizes.append(len(data))
            return super().write(data)

    draw_pdf(volume_of("04210051", 4, PLAIN), Counting())
    largest = max(len(page.jpeg) for page in draw_pages(volume_of("04210051", 4, PLAIN)))
    assert max(sizes) == largest


def test_images_are_numbered_in_the_order_of_the_scan(tmp_path) -> None:
    spec = volume_of("04210051", 2, PLAIN, seed=2)
    paths, truths = draw_images(spec, tmp_path)
    assert [path.name for path in paths] == ["0001.jpg", "0002.jpg"]
    assert [truth.page for truth in truths] == [1, 2]
    assert paths[0].read_bytes() == next(iter(draw_pages(spec))).jpeg
