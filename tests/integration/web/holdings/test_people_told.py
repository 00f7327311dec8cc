"""Who the people in a record are is told to whoever may know, wherever the record is told of."""

import csv
import io

import pytest

from tests.builders import Colleague, Station
from tests.company import Company, open_company
from tests.holdings import filed, with_file_plan
from tests.integration.web.visiting import Visits

RECORDS = "/holdings/records"
NAME, NUMBER = "王秀兰", "0418002555"
OFFICES = {  # told the name, told the number on the screen
    "archivist": (True, True),
    "clerk": (False, True),
    "head": (False, True),
    "finance": (False, False),
    "leader": (False, False),
    "auditor": (False, False),
    "archives": (False, False),
    "audit": (False, False),
}


@pytest.fixture
def station(station: Station) -> Station:
    with_file_plan(station)
    return station


@pytest.fixture
def company(station: Station) -> Company:
    return open_company(station)


def somebody(office: str, station: Station, company: Company) -> Colleague:
    return getattr(station, office, None) or getattr(company, office)


@pytest.mark.parametrize("office", OFFICES)
def test_a_record_about_somebody_names_them_only_to_who_may_know(
    office: str, station: Station, company: Company, visits: Visits
):
    record = filed(station, "supply-application", "用电申请", parties=NAME, customer_number=NUMBER)
    name, number = OFFICES[office]
    visitor = visits(somebody(office, station, company))
    page = visitor.get(f"{RECORDS}/{record.id}")
    assert page.status == 200
    assert (NAME in page.response.text) == name
    assert (NUMBER in page.words.replace(" ", "")) == number
    assert number or NUMBER not in page.response.text
    assert page.says("****2555") == (not number)
    assert page.says("（不公开）") == (not name)

    one = visitor.get(f"/api/v1/records/{record.id}").response.json()["record"]
    (listed,) = visitor.get("/api/v1/records").response.json()["records"]
    assert one == listed["record"]
    assert one["parties"] == (NAME if name else "（不公开）")
    assert one["customer_number"] == (NUMBER if number else "****2555")

    taken = visitor.get(f"{RECORDS}?file=csv").response.content.decode("utf-8-sig")
    row = list(csv.reader(io.StringIO(taken)))[1]
    assert (NAME in row, NUMBER in row) == (name, name)
    for asked in ("list?register=catalogue&as=xlsx", "list?register=catalogue&as=pdf"):
        assert visitor.get(f"/holdings/registers/{asked}").status == 200


def test_a_record_about_nobody_tells_its_parties_to_every_reader(station: Station, visits: Visits):
    record = filed(station, "spare-parts-register", "备品备件台账", parties="青石供电所")
    page = visits(station.leader).get(f"{RECORDS}/{record.id}")
    assert page.says("青石供电所")
    assert not page.says("（不公开）")


def test_where_no_people_are_named_nothing_is_said_to_be_withheld(station: Station, visits: Visits):
    record = filed(station, "supply-application", "用电申请")
    page = visits(station.leader).get(f"{RECORDS}/{record.id}")
    assert not page.says("（不公开）")
    assert not page.says("****")


def test_who_files_sees_what_was_typed_in_the_form_of_a_correction(
    station: Station, visits: Visits
):
    record = filed(station, "supply-application", "用电申请", parties=NAME, customer_number=NUMBER)
    place = f"{RECORDS}/{record.id}"
    page = visits(station.archivist).post(
        f"{place}/describe", title="", formed_on="2026-09-03", parties="王秀兰、刘喆", reason="补"
    )
    assert (page.status, page.holds("parties")) == (422, "王秀兰、刘喆")
    refused = visits(station.clerk).post(f"{place}/describe", title="x", reason="补")
    assert refused.status in {403, 422}
    assert NAME not in refused.response.text
