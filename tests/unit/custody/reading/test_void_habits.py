"""What a form prints itself that looks like a void mark is no mark."""

from archive.custody.reading.void_net import Spot
from archive.custody.reading.void_words import CAREFUL, STEEP
from archive.custody.reading.voids import PLAINLY_PRINTED, _further_ways, _Habits

PRINTED = (40.0, 120.0, 16.0)


def habits(*, stubs, printed_on, size=16.0, score=0.4):
    told = _Habits(stubs=stubs)
    told.spots += [(40.0 + n % 2, 120.0, size, score) for n in range(printed_on)]
    return told


def test_print_of_one_size_on_stub_after_stub_is_the_forms_own():
    usual, alike = habits(stubs=5, printed_on=5).usual(*PRINTED)
    assert usual >= PLAINLY_PRINTED
    assert alike


def test_a_mark_larger_than_the_print_below_it_is_not_the_print():
    _, alike = habits(stubs=5, printed_on=5).usual(40.0, 120.0, 60.0)
    assert not alike


def test_marks_on_a_few_stubs_make_no_habit():
    assert habits(stubs=10, printed_on=4).usual(*PRINTED) == (0.0, False)


def test_two_stubs_are_too_few_to_tell_a_habit():
    assert habits(stubs=2, printed_on=2).usual(*PRINTED) == (0.0, False)


def spot(size, cry):
    return Spot(100.0, 100.0, size, 0.0, cry)


def test_a_large_spot_is_turned_every_way_even_where_a_quick_look_tells_nothing():
    assert _further_ways(spot(60.0, 0.3), 1e-5, line=30.0) == (CAREFUL, STEEP)


def test_small_print_is_looked_at_again_only_where_a_quick_look_tells_something():
    assert _further_ways(spot(28.0, 0.5), 1e-5, line=30.0) == ()
    assert _further_ways(spot(28.0, 0.5), 0.05, line=30.0) == (CAREFUL,)


def test_the_faintest_cries_cost_no_further_look():
    assert _further_ways(spot(60.0, 0.1), 1e-5, line=30.0) == ()
