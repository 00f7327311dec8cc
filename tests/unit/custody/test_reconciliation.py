"""Four sets, number by number: issued, registered, on the cover, on the scan."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.custody.numbers import NumberRun, key_of
from archive.custody.reading.found import PageProblem
from archive.custody.reconciliation import (
    PAGE_PROBLEMS,
    CoverFacts,
    FindingCode,
    NumberStatus,
    Reconciliation,
    RegisterFacts,
    SeenStub,
    reconcile,
)

CODE = "012345678901"
OTHER = "098765432109"
BOUND = NumberRun(CODE, "04210051", "04210060")
BOX = (0, 0, 10, 10)


def stub(number: str | None, page: int = 1, **facts: Any) -> SeenStub:
    return SeenStub(page=page, box=BOX, number=number, **{"code": CODE, "confidence": 0.99} | facts)


def agreeing(*voids: str, bound: NumberRun = BOUND) -> dict[str, Any]:
    """The four sets of a volume in which nothing is wrong."""
    return {
        "bound": [bound],
        "issued": [bound],
        "register": RegisterFacts(
            (bound,), frozenset(key_of(bound.code, void) for void in voids), Decimal("10.50"), 990
        ),
        "cover": CoverFacts(len(bound), voids, Decimal("10.50"), 990),
        "seen": [
            stub(number, page, code=bound.code, void=number in voids)
            for page, number in enumerate(bound, start=1)
        ],
    }


def codes(outcome: Reconciliation) -> list[FindingCode]:
    return [finding.code for finding in outcome.findings]


def test_a_volume_in_order_has_no_finding_and_a_cell_for_every_number():
    outcome = reconcile(**agreeing("04210055"))
    assert outcome.findings == ()
    assert [cell.number for cell in outcome.cells] == list(BOUND)
    assert outcome.numbers(NumberStatus.VOID) == ["04210055"]
    assert len(outcome.numbers(NumberStatus.FOUND)) == 9


def test_a_number_that_is_on_no_page_is_missing():
    sets = agreeing()
    del sets["seen"][3]
    outcome = reconcile(**sets)
    assert codes(outcome) == [FindingCode.MISSING]
    assert outcome.numbers(NumberStatus.MISSING) == ["04210054"]


def test_a_number_that_stands_twice_is_double_and_says_where():
    sets = agreeing()
    sets["seen"].append(stub("04210054", 11))
    outcome = reconcile(**sets)
    assert outcome.findings[0].code == FindingCode.DOUBLE
    assert outcome.findings[0].facts["pages"] == [4, 11]


def test_equal_counts_never_hide_a_missing_and_a_doubled_number():
    sets = agreeing()
    sets["seen"][3] = stub("04210055", 4)
    outcome = reconcile(**sets)
    assert len(sets["seen"]) == len(BOUND)
    assert codes(outcome) == [FindingCode.MISSING, FindingCode.DOUBLE]


def test_a_number_of_another_volume_is_foreign():
    sets = agreeing()
    sets["seen"].append(stub("04210099", 11))
    outcome = reconcile(**sets)
    assert codes(outcome) == [FindingCode.FOREIGN]
    assert outcome.findings[0].facts["page"] == 11


def test_a_number_of_another_code_is_foreign_even_if_its_digits_fit():
    sets = agreeing()
    sets["seen"][3] = stub("04210054", 4, code=OTHER)
    assert codes(reconcile(**sets)) == [FindingCode.MISSING, FindingCode.FOREIGN_CODE]


def test_a_stub_whose_code_was_not_seen_counts_for_the_volume():
    sets = agreeing()
    sets["seen"][3] = stub("04210054", 4, code=None)
    assert reconcile(**sets).findings == ()


def test_the_scan_of_another_volume_is_named_as_such():
    sets = agreeing()
    sets["seen"] = [stub(f"{99_000_000 + at}", at) for at in range(1, 9)]
    assert FindingCode.OTHER_VOLUME in codes(reconcile(**sets))


def test_a_number_nobody_can_read_is_said_and_never_counted():
    sets = agreeing()
    sets["seen"][3] = stub(None, 4, guess="04210054")
    outcome = reconcile(**sets)
    assert codes(outcome) == [FindingCode.MISSING, FindingCode.UNREADABLE]


def test_a_registered_void_without_a_mark_is_found():
    sets = agreeing("04210055")
    sets["seen"][4] = stub("04210055", 5, void=False)
    outcome = reconcile(**sets)
    assert codes(outcome) == [FindingCode.VOID_NOT_MARKED]
    assert outcome.numbers(NumberStatus.VOID_UNMARKED) == ["04210055"]


def test_a_marked_stub_that_is_not_registered_void_is_found():
    sets = agreeing()
    sets["seen"][4] = stub("04210055", 5, void=True)
    outcome = reconcile(**sets)
    assert codes(outcome) == [FindingCode.VOID_NOT_REGISTERED]
    assert outcome.numbers(NumberStatus.VOID_UNREGISTERED) == ["04210055"]


@pytest.mark.parametrize("voids", [(), ("04210055",)])
def test_a_doubted_void_mark_is_a_finding_whatever_the_register_says(voids: tuple[str, ...]):
    sets = agreeing(*voids)
    sets["seen"][4] = stub("04210055", 5, void=None)
    assert codes(reconcile(**sets)) == [FindingCode.VOID_DOUBTED]


def test_a_void_number_of_one_code_says_nothing_about_the_same_number_of_another():
    twin = NumberRun(OTHER, BOUND.first, BOUND.last)
    one, other = agreeing("04210055"), agreeing(bound=twin)
    other["seen"][4] = stub("04210055", 5, code=OTHER, void=True)
    outcome = reconcile(
        bound=[BOUND, twin],
        issued=[BOUND, twin],
        register=replace(one["register"], runs=(BOUND, twin)),
        cover=replace(one["cover"], sets=20),
        seen=one["seen"] + other["seen"],
    )
    assert codes(outcome) == [FindingCode.VOID_NOT_REGISTERED]
    assert [cell.code for cell in outcome.cells if cell.status == NumberStatus.VOID] == [CODE]


def test_a_cover_names_a_void_number_once_for_each_code_it_is_void_under():
    twin = NumberRun(OTHER, BOUND.first, BOUND.last)
    register = RegisterFacts(
        (BOUND, twin), frozenset({key_of(CODE, "04210055"), key_of(OTHER, "04210055")})
    )

    def on_cover(*voids: str) -> list[FindingCode]:
        outcome = reconcile(
            bound=[BOUND, twin],
            issued=[BOUND, twin],
            register=register,
            cover=CoverFacts(20, voids),
            seen=[
                stub(number, code=run.code, void=number == "04210055")
                for run in (BOUND, twin)
                for number in run
            ],
        )
        return codes(outcome)

    assert on_cover("04210055", "04210055") == []
    assert on_cover("04210055") == [FindingCode.REGISTERED_VOID_NOT_ON_COVER]


def test_a_number_never_issued_to_the_station_is_found():
    sets = agreeing()
    sets["issued"] = [NumberRun(CODE, "04210051", "04210058")]
    outcome = reconcile(**sets)
    assert outcome.numbers(NumberStatus.NOT_ISSUED) == ["04210059", "04210060"]
    assert codes(outcome) == [FindingCode.NOT_ISSUED] * 2


def test_a_number_missing_from_the_register_is_found():
    sets = agreeing()
    sets["register"] = replace(sets["register"], runs=(NumberRun(CODE, "04210052", "04210060"),))
    assert reconcile(**sets).numbers(NumberStatus.NOT_REGISTERED) == ["04210051"]


def test_cover_and_register_must_name_the_same_void_numbers():
    sets = agreeing("04210055")
    sets["cover"] = replace(sets["cover"], void_numbers=("04210056",))
    assert codes(reconcile(**sets)) == [
        FindingCode.COVER_VOID_NOT_REGISTERED,
        FindingCode.REGISTERED_VOID_NOT_ON_COVER,
    ]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"sets": 9}, FindingCode.COUNT_DIFFERS),
        ({"kwh": Decimal("10.51")}, FindingCode.KWH_DIFFERS),
        ({"amount_fen": 991}, FindingCode.AMOUNT_DIFFERS),
        ({"amount_fen": -990}, FindingCode.AMOUNT_DIFFERS),
    ],
)
def test_cover_totals_that_differ_from_the_register_are_found(
    change: dict[str, Any], code: FindingCode
):
    sets = agreeing()
    sets["cover"] = replace(sets["cover"], **change)
    assert codes(reconcile(**sets)) == [code]


def test_without_a_read_scan_nothing_is_taken_for_found_or_missing():
    outcome = reconcile(**agreeing() | {"seen": None})
    assert not outcome.scanned
    assert codes(outcome) == [FindingCode.NOT_SCANNED]
    assert {cell.status for cell in outcome.cells} == {NumberStatus.NOT_SCANNED}


@pytest.mark.parametrize(
    ("problem", "code", "blocks"),
    [
        ("cut", FindingCode.PAGE_CUT, True),
        ("no-stub-found", FindingCode.NO_STUB_ON_PAGE, True),
        ("not-read", FindingCode.PAGE_NOT_READ, True),
        ("upside-down", FindingCode.PAGE_UPSIDE_DOWN, False),
        ("sideways", FindingCode.PAGE_UPSIDE_DOWN, False),
        ("blank", FindingCode.PAGE_BLANK, False),
        ("faint", FindingCode.PAGE_FAINT, False),
        ("a-problem-of-a-later-reader", FindingCode.PAGE_NOT_READ, True),
    ],
)
def test_page_problems_are_findings_and_some_are_only_notes(
    problem: str, code: FindingCode, *, blocks: bool
):
    outcome = reconcile(**agreeing(), page_problems={11: [problem]})
    assert codes(outcome) == [code]
    assert bool(outcome.blocking) == blocks


def test_a_page_without_a_found_stub_is_in_order_once_a_person_typed_one():
    outcome = reconcile(**agreeing(), page_problems={5: ["no-stub-found"]})
    assert outcome.findings == ()


def test_every_problem_the_reader_can_name_is_known_here():
    assert {str(problem) for problem in PageProblem} <= set(PAGE_PROBLEMS)


# ------------------------------------------------------------------ against a plain oracle

window = st.integers(0, 12)


@st.composite
def run_within(draw: st.DrawFn) -> NumberRun:
    start = draw(window)
    return NumberRun(CODE, f"{start:08d}", f"{start + draw(st.integers(0, 6)):08d}")


@st.composite
def disjoint(draw: st.DrawFn) -> list[NumberRun]:
    cuts = sorted(draw(st.sets(st.integers(0, 19), min_size=2, max_size=8)))
    pairs = zip(cuts[::2], cuts[1::2], strict=False)
    return [NumberRun(CODE, f"{a:08d}", f"{b - 1:08d}") for a, b in pairs if b > a]


seen_stubs = st.lists(
    st.builds(
        stub,
        st.one_of(st.none(), st.integers(0, 22).map("{:08d}".format)),
        st.integers(1, 9),
        code=st.sampled_from([CODE, OTHER, None]),
        void=st.sampled_from([False, True, None]),
    ),
    max_size=25,
)


def expected_status(
    number: str, issued: set[str], used: set[str], voids: set[str], shown: list[SeenStub]
) -> NumberStatus:
    """What one number is, said naively."""
    here = [s for s in shown if s.number == number and s.code in {CODE, None}]
    marked = here[0].void if len(here) == 1 else False
    said = [
        (number not in issued, NumberStatus.NOT_ISSUED),
        (number not in used, NumberStatus.NOT_REGISTERED),
        (not here, NumberStatus.MISSING),
        (len(here) > 1, NumberStatus.DOUBLE),
        (marked is None, NumberStatus.VOID_DOUBTED),
        (number in voids and marked, NumberStatus.VOID),
        (number in voids, NumberStatus.VOID_UNMARKED),
        (marked, NumberStatus.VOID_UNREGISTERED),
        (True, NumberStatus.FOUND),
    ]
    return next(status for holds, status in said if holds)


@given(
    disjoint(),
    st.lists(run_within(), max_size=3),
    st.lists(run_within(), max_size=3),
    st.sets(window.map("{:08d}".format), max_size=5),
    seen_stubs,
)
def test_the_four_sets_agree_with_a_naive_look_at_each_number(
    bound: list[NumberRun],
    issued: list[NumberRun],
    used: list[NumberRun],
    voids: set[str],
    seen: list[SeenStub],
):
    outcome = reconcile(
        bound=bound,
        issued=issued,
        register=RegisterFacts(tuple(used), frozenset(key_of(CODE, void) for void in voids)),
        cover=CoverFacts(sum(map(len, bound)), tuple(sorted(voids))),
        seen=seen,
    )
    numbers = [number for run in bound for number in run]
    issued_set = {number for run in issued for number in run}
    used_set = {number for run in used for number in run}
    assert {cell.number: cell.status for cell in outcome.cells} == {
        number: expected_status(number, issued_set, used_set, voids, seen) for number in numbers
    }
    foreign = [s for s in seen if s.number and (s.code == OTHER or s.number not in numbers)]
    told = [f for f in outcome.findings if f.code in {"foreign", "foreign-code"}]
    assert Counter(f.facts["number"] for f in told) == Counter(s.number for s in foreign)


@given(disjoint(), st.one_of(st.none(), seen_stubs))
def test_the_statuses_partition_the_bound_numbers(
    bound: list[NumberRun], seen: list[SeenStub] | None
):
    outcome = reconcile(
        bound=bound,
        issued=bound,
        register=RegisterFacts(tuple(bound), frozenset()),
        cover=CoverFacts(sum(map(len, bound)), ()),
        seen=seen,
    )
    by_status = [outcome.numbers(status) for status in NumberStatus]
    assert sorted(number for group in by_status for number in group) == sorted(
        number for run in bound for number in run
    )
    quiet = outcome.numbers(NumberStatus.FOUND, NumberStatus.VOID, NumberStatus.NOT_SCANNED)
    spoken = {f.facts["number"] for f in outcome.findings if "number" in f.facts}
    assert {cell.number for cell in outcome.cells} - set(quiet) <= spoken
