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


def test_the_number_due_is_as_many_on_as_stubs_have_passed_since_the_last_certain_one():
    layout = Layout()
    layout.hear("04210051")
    layout.pass_on("04210051")
    assert layout.follows("04210052")
    layout.pass_on(None)
    assert layout.follows("04210053")
    assert not layout.follows("04210052")


def test_a_volume_scanned_backwards_has_its_numbers_due_downwards():
    layout = Layout()
    layout.pass_on("04210051")
    assert layout.follows("04210050")
    assert not layout.follows("04210051")


def test_a_number_another_stub_told_is_never_due():
    layout = Layout()
    layout.hear("04210052")
    layout.pass_on("04210051")
    assert not layout.follows("04210052")


def test_nothing_is_due_before_a_number_is_certain_nor_in_another_width():
    layout = Layout()
    layout.pass_on(None)
    assert not layout.follows("04210051")
    layout.pass_on("04210051")
    assert not layout.follows("4210052")
