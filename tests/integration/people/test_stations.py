"""A station is added with a code its records can be numbered under, or not at all."""

import pytest

from archive.people import actions as people
from archive.people.person import Station as StationRow
from archive.people.person import StationCodeUnfit
from tests.builders import Station


def codes(station: Station) -> list[str]:
    return station.asks(lambda tx: sorted(row.code for row in tx.session.query(StationRow)))


@pytest.mark.parametrize("code", ["bh", "B", "白河", "BH·1", "ＢＨ", ""])
def test_a_code_no_archival_code_can_carry_is_refused_at_once(station: Station, code: str):
    with pytest.raises(StationCodeUnfit):
        station.administrator.does(people.add_station, code, "白河供电所")
    assert codes(station) == ["QS"]


def test_a_code_that_can_is_kept_without_the_space_around_it(station: Station):
    added = station.administrator.does(people.add_station, " BH1 ", "白河供电所")
    assert added.code == "BH1"
    assert codes(station) == ["BH1", "QS"]
