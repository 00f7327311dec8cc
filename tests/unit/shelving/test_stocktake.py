"""What is scanned, held against what should stand there."""

import pytest

from archive.shelving.climate import ClimateReading
from archive.shelving.difference import Difference, Result, Scan, compared


def results(lines: list[Difference]) -> dict[int | None, list[str]]:
    found: dict[int | None, list[str]] = {}
    for line in lines:
        found.setdefault(line.box_id, []).append(str(line.result))
    return found


def test_each_box_is_in_place_misplaced_missing_or_extra():
    expected = {1: 10, 2: 10, 3: 11}
    scans = [Scan(1, 10), Scan(2, 11), Scan(4, 11), Scan(None, 10, "B:UNKNOWN")]
    assert results(compared(expected, scans)) == {
        1: ["in-place"],
        2: ["misplaced"],
        3: ["missing"],
        4: ["extra"],
        None: ["extra"],
    }


def test_the_last_scan_of_a_box_counts():
    lines = compared({1: 10}, [Scan(1, 11), Scan(1, 10)])
    assert [line.result for line in lines] == [Result.IN_PLACE]


def test_damage_is_told_beside_the_place():
    assert results(compared({1: 10}, [Scan(1, 10, damaged=True)])) == {1: ["in-place", "damaged"]}


def test_the_same_unknown_label_scanned_twice_is_one_line():
    lines = compared({}, [Scan(None, 10, "X"), Scan(None, 11, "X")])
    assert [(line.result, line.found) for line in lines] == [(Result.EXTRA, 11)]


@pytest.mark.parametrize(
    ("tenths", "humidity", "fine"),
    [(140, 45, True), (240, 60, True), (139, 50, False), (241, 50, False), (200, 44, False), (200, 61, False)],
)  # fmt: skip
def test_paper_keeps_well_from_14_to_24_degrees_and_45_to_60_per_cent(tenths, humidity, fine):
    reading = ClimateReading(
        storeroom_id=1, taken_at=None, tenths=tenths, humidity=humidity, by_id=1
    )
    assert reading.in_range == fine
    assert reading.open_finding != fine
