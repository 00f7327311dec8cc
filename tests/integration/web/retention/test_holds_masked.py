"""Whose dossier a hold saves is told to who works with customers; others have four digits."""

import csv
import io

import pytest

from archive.retention.actions.holds import Covers, place_hold
from archive.retention.hold import Hold, HoldKind
from tests.builders import Station
from tests.company import open_company
from tests.holdings import filed, with_file_plan
from tests.integration.web.visiting import Visits

HOLDS = "/retention/holds"
NUMBER = "0418002555"
OFFICES = {  # told on the screen, told in a file
    "archivist": (True, True),
    "head": (True, False),
    "finance": (False, False),
    "leader": (False, False),
    "auditor": (False, False),
    "archives": (False, False),
}


@pytest.fixture
def hold(station: Station) -> Hold:
    with_file_plan(station)
    filed(station, "supply-application", "用电申请", customer_number=NUMBER)
    return station.archivist.does(
        place_hold,
        station.id,
        Covers(customer_number=NUMBER),
        kind=HoldKind.LITIGATION,
        reason="诉讼未结",
        document="（2026）民初 7 号",
    )


@pytest.mark.parametrize("office", OFFICES)
def test_the_number_a_hold_covers_is_masked_as_everywhere(
    office: str, hold: Hold, station: Station, visits: Visits
):
    visitor = visits(getattr(station, office, None) or getattr(open_company(station), office))
    screen, file = OFFICES[office]
    for page in (visitor.get(HOLDS), visitor.get(f"{HOLDS}/{hold.id}")):
        assert page.status == 200
        assert (NUMBER in page.response.text) == screen
        assert page.says("****2555") == (not screen)

    (listed,) = visitor.get("/api/v1/retention/holds").response.json()
    one = visitor.get(f"/api/v1/retention/holds/{hold.id}").response.json()
    assert listed == one
    assert one["customer_number"] == (NUMBER if screen else "****2555")

    taken = visitor.get(f"{HOLDS}?file=csv").response.content.decode("utf-8-sig")
    (line,) = csv.DictReader(io.StringIO(taken, newline=""))
    assert line["冻结的范围"] == f"户号 {NUMBER if file else '****2555'}"
