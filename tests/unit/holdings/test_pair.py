"""A pair's state follows from its facts, whatever happens in whatever order."""

from datetime import UTC, datetime
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.holdings.pair import (
    EVENTS,
    STATES,
    Comparison,
    Electronic,
    Pair,
    PairState,
    Paper,
    state_of,
)
from archive.workflow import NotPossibleNow

NOW = datetime(2026, 10, 19, tzinfo=UTC)


def fresh() -> Pair:
    return Pair(record_id=1, since=NOW)


def after(*events: str) -> Pair:
    pair = fresh()
    for event in events:
        pair.take(event, NOW)
    return pair


@pytest.mark.parametrize(
    ("events", "state"),
    [
        ([], PairState.P_ONLY),
        (["register-paper"], PairState.P_ONLY),
        (["receive-scan"], PairState.E_ONLY),
        (["receive-scan", "register-paper"], PairState.UNCOMPARED),
        (["register-paper", "receive-scan", "match"], PairState.PAIRED),
        (["register-paper", "receive-scan", "mismatch"], PairState.MISMATCH),
        (["register-paper", "receive-scan", "match", "receive-scan"], PairState.UNCOMPARED),
        (["register-paper", "receive-scan", "match", "take-out"], PairState.PAPER_OUT),
        (["register-paper", "receive-scan", "match", "take-out", "bring-back"], PairState.PAIRED),
        (
            ["register-paper", "receive-scan", "match", "take-out", "bring-back-changed"],
            PairState.UNCOMPARED,
        ),
        (["register-paper", "receive-scan", "match", "miss"], PairState.PAPER_MISSING),
        (["register-paper", "receive-scan", "match", "miss", "find"], PairState.UNCOMPARED),
        (["register-paper", "receive-scan", "match", "corrupt"], PairState.E_CORRUPT),
        (["register-paper", "receive-scan", "match", "corrupt", "restore"], PairState.PAIRED),
        (["register-paper", "receive-scan", "take-out", "corrupt"], PairState.E_CORRUPT),
    ],
)
def test_what_happened_makes_the_state(events: list[str], state: PairState):
    assert after(*events).state == state


def test_every_combination_of_facts_makes_exactly_one_state_and_every_state_is_reached():
    reached = {state_of(*facts) for facts in product(Electronic, Paper, Comparison)}
    assert reached == set(PairState) == {state for state, _ in STATES}


def test_what_the_facts_do_not_allow_is_refused_and_changes_nothing():
    pair = after("receive-scan")
    with pytest.raises(NotPossibleNow):
        pair.take("match", NOW)
    assert (pair.state, pair.comparison) == (PairState.E_ONLY, Comparison.NONE)


@given(st.lists(st.sampled_from(sorted(EVENTS)), max_size=30))
def test_only_a_comparison_since_the_last_change_of_a_side_makes_it_paired(events: list[str]):
    pair, compared = fresh(), False
    for event in events:
        if not pair.allows(event):
            continue
        pair.take(event, NOW)
        if event == "match":
            compared = True
        elif event == "mismatch" or EVENTS[event].ends_comparison:
            compared = False
        assert pair.state == state_of(pair.electronic, pair.paper, pair.comparison)
        assert (pair.comparison == Comparison.MATCHED) == compared
        if pair.state == PairState.PAIRED:
            assert compared
            assert pair.paper in {Paper.REGISTERED, Paper.PLACED}
            assert pair.electronic == Electronic.PRESENT
