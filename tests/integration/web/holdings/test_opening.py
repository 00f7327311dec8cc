"""Who a record is about is opened with a purpose: once, on the trail, by who may."""

import asyncio

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response

from archive.audit import TrailEntry
from archive.customers.actions.customers import CustomerFacts, open_dossier
from tests.builders import Colleague, Station
from tests.company import open_company
from tests.holdings import filed, with_file_plan
from tests.integration.web.visiting import Seen, Visitor, Visits

RECORDS = "/holdings/records"
NAME, OTHER, NUMBER = "王秀兰", "刘喆", "0418002555"
BOTH = f"{NAME}、{OTHER}"
PURPOSE = "核对报装申请"


@pytest.fixture
def station(station: Station) -> Station:
    return with_file_plan(station)


@pytest.fixture
def place(station: Station) -> str:
    record = filed(station, "supply-application", "用电申请", parties=BOTH, customer_number=NUMBER)
    return f"{RECORDS}/{record.id}"


def opened(visitor: Visitor, place: str, purpose: str = PURPOSE, *fields: str) -> Seen:
    asked = {"purpose": purpose, "fields": list(fields or ("parties",))}
    return visitor.post(f"{place}/open", asked)


def openings(station: Station) -> list[TrailEntry]:
    return station.asks(
        lambda tx: tx.session.query(TrailEntry).filter_by(event="record.revealed").all()
    )


@pytest.mark.parametrize("office", ["clerk", "head"])
def test_who_may_open_sees_the_people_in_one_answer_and_it_is_on_the_trail(
    office: str, station: Station, place: str, visits: Visits
):
    person: Colleague = getattr(station, office)
    visitor = visits(person)
    assert visitor.get(place).button("打开") == "ready"

    page = opened(visitor, place)

    assert page.status == 200
    assert page.says(BOTH, f"用途：{PURPOSE}")
    assert BOTH not in visitor.get(place).response.text
    (entry,) = openings(station)
    assert entry.actor == person.code
    assert entry.subject.startswith("record:Z109")
    assert entry.told == {"fields": ["parties"], "purpose": PURPOSE}


def test_the_trail_never_holds_what_was_opened(station: Station, place: str, visits: Visits):
    opened(visits(station.clerk), place, PURPOSE, "parties", "customer_number")
    (entry,) = openings(station)
    assert entry.told["fields"] == ["parties", "customer_number"]
    for fact in (NAME, OTHER, NUMBER):
        assert fact not in entry.facts + entry.subject


@pytest.mark.parametrize(
    "purpose",
    [
        "",
        "。。。",
        f"给{NAME}回电话",
        f"给{OTHER}送通知",
        f"户号 {NUMBER} 的事",
        "回拨 13800005678",
    ],
)
def test_a_purpose_that_says_nothing_or_names_somebody_opens_nothing(
    purpose: str, station: Station, place: str, visits: Visits
):
    page = opened(visits(station.clerk), place, purpose)
    assert page.status == 422
    assert page.beside("purpose")
    assert page.holds("purpose") == purpose
    assert page.ticked("fields", "parties")
    assert page.beside("fields") == ""
    assert BOTH not in page.response.text
    assert openings(station) == []


def test_a_purpose_may_not_name_whose_dossier_the_record_belongs_to(
    station: Station, place: str, visits: Visits
):
    facts = CustomerFacts(NUMBER, "周桂芳", "青石村", "南街 9 号", "13800005678")
    station.archivist.does(open_dossier, station.id, facts)
    assert opened(visits(station.clerk), place, "周桂芳家换表").status == 422
    assert openings(station) == []


def test_nothing_chosen_opens_nothing(station: Station, place: str, visits: Visits):
    page = visits(station.clerk).post(f"{place}/open", purpose=PURPOSE)
    assert page.status == 422
    assert "没有可打开的内容" in page.beside("fields")
    assert page.holds("purpose") == PURPOSE
    assert openings(station) == []


@pytest.mark.parametrize("office", ["finance", "leader", "auditor", "archives", "audit"])
def test_who_may_not_open_is_not_asked_and_is_refused(
    office: str, station: Station, place: str, visits: Visits
):
    person = getattr(station, office, None) or getattr(open_company(station), office)
    visitor = visits(person)
    assert visitor.get(place).button("打开") == "missing"
    page = opened(visitor, place)
    assert page.status == 403
    assert BOTH not in page.response.text
    assert openings(station) == []


def test_who_files_sees_the_people_anyway_and_is_not_asked(
    station: Station, place: str, visits: Visits
):
    page = visits(station.archivist).get(place)
    assert page.says(BOTH)
    assert page.button("打开") == "missing"


def test_a_record_that_names_nobody_has_nothing_to_open(station: Station, visits: Visits):
    bare = filed(station, "supply-application", "用电申请")
    told = filed(station, "spare-parts-register", "备品备件台账", parties="青石供电所")
    clerk = visits(station.clerk)
    for record in (bare, told):
        assert clerk.get(f"{RECORDS}/{record.id}").button("打开") == "missing"
    assert opened(clerk, f"{RECORDS}/{bare.id}").status == 422


def test_of_a_record_one_may_not_know_nothing_is_opened_and_nothing_told(
    station: Station, neighbour: Station, place: str, visits: Visits
):
    page = opened(visits(neighbour.clerk), place)
    assert page.status == 404
    assert page.words == visits(neighbour.clerk).post(f"{RECORDS}/99999/open").words
    assert openings(station) == []


def test_who_opened_what_is_not_in_the_history_every_reader_sees(
    station: Station, place: str, visits: Visits
):
    opened(visits(station.clerk), place)
    assert not visits(station.finance).get(place).says("打开档案上的个人信息")


def test_a_form_without_its_token_opens_nothing(station: Station, place: str, visits: Visits):
    page = visits(station.clerk).post_bare(
        f"{place}/open", {"purpose": PURPOSE, "fields": ["parties"]}
    )
    assert page.status == 403
    assert openings(station) == []


def test_the_form_and_what_was_opened_read_in_english(station: Station, place: str, visits: Visits):
    page = opened(visits(station.clerk, "en"), place)
    assert page.says(BOTH, f"Purpose: {PURPOSE}")


def revealing(app: FastAPI, who: Colleague, place: str, **asked: object) -> Response:
    async def asking() -> Response:
        headers = {"authorization": f"Bearer {who.signs_in().token}"}
        async with AsyncClient(
            transport=ASGITransport(app), base_url="http://127.0.0.1", headers=headers
        ) as client:
            number = place.rpartition("/")[2]
            return await client.post(f"/api/v1/records/{number}/reveal", json=asked)

    return asyncio.run(asking())


def test_a_program_opens_them_for_a_purpose_too(station: Station, place: str, app: FastAPI):
    asked = {"fields": ["parties", "customer_number"], "purpose": PURPOSE}
    answer = revealing(app, station.clerk, place, **asked)
    assert answer.status_code == 200
    assert answer.json() == {"parties": BOTH, "customer_number": NUMBER}
    (entry,) = openings(station)
    assert (entry.actor, entry.told["purpose"]) == (station.clerk.code, PURPOSE)


def test_a_program_is_refused_as_a_person_is(
    station: Station, neighbour: Station, place: str, app: FastAPI
):
    def refused(who: Colleague, **changed: object) -> tuple[int, str]:
        asked = {"fields": ["parties"], "purpose": PURPOSE} | changed
        answer = revealing(app, who, place, **asked)
        assert NAME not in answer.text
        return answer.status_code, answer.json()["error"]

    assert refused(station.finance) == (403, "NotPermitted")
    assert refused(neighbour.clerk) == (404, "NoSuchThing")
    assert refused(station.clerk, purpose=f"找{NAME}") == (422, "PurposeNamesPerson")
    assert refused(station.clerk, purpose=" ") == (422, "PurposeMissing")
    assert refused(station.clerk, fields=["title"]) == (422, "NothingToOpen")
    assert openings(station) == []
