"""The code a record had in an old register is shown, corrected, searched for and exported."""

import csv
import io

from tests.builders import Station
from tests.holdings import filed, with_file_plan
from tests.integration.web.visiting import Visits

RECORDS = "/holdings/records"


def test_an_old_code_is_shown_found_and_exported(station: Station, visits: Visits):
    with_file_plan(station)
    record = filed(station, "complaint", "停电投诉", old_code="2019-WS-007")
    filed(station, "complaint", "另一件投诉")
    clerk = visits(station.clerk)
    assert clerk.get(f"{RECORDS}/{record.id}").says("原档号", "2019-WS-007")
    (row,) = clerk.get(f"{RECORDS}?text=WS-007").rows()
    assert "停电投诉" in row
    assert clerk.get(f"{RECORDS}?text=WS-008").rows() == []
    taken = clerk.get(f"{RECORDS}?file=csv").response.content.decode("utf-8-sig")
    heading, *rows = csv.reader(io.StringIO(taken))
    at = heading.index("原档号")
    assert {row[at] for row in rows} == {"2019-WS-007", ""}


def test_an_old_code_is_corrected_with_a_reason(station: Station, visits: Visits):
    with_file_plan(station)
    record = filed(station, "complaint", "停电投诉", old_code="2019-WS-007")
    place = f"{RECORDS}/{record.id}"
    said = {"title": "停电投诉", "formed_on": "2026-09-03", "old_code": "2019-WS-008"}
    archivist = visits(station.archivist)
    assert archivist.post(f"{place}/describe", said, reason="").status == 422
    assert archivist.post(f"{place}/describe", said, reason="原册看错").status == 303
    assert archivist.get(place).says("2019-WS-008")
    told = archivist.get(f"/api/v1/records/{record.id}").response.json()["record"]
    assert told["old_code"] == "2019-WS-008"
