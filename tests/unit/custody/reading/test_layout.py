"""What a reader remembers of the volume."""

from archive.custody.reading.layout import Layout


def test_a_number_is_in_step_with_its_neighbours_only():
    layout = Layout()
    layout.hear("04210051")
    assert layout.in_step("04210054", 3)
    assert not layout.in_step("04210055", 3)
    assert not layout.in_step("4210052", 3), "another width is another series"


def test_the_usual_width_needs_several_numbers_that_agree():
    layout = Layout()
    assert layout.usual_width is None
    layout.widths.update([8])
    assert layout.usual_width is None
    layout.widths.update([8])
    assert layout.usual_width == 8
    layout.widths.update([20])
    assert layout.usual_width is None


def test_what_is_remembered_stays_bounded():
    layout = Layout()
    for n in range(2000):
        layout.hear(str(n).zfill(8))
    assert len(layout.heard) == 400
