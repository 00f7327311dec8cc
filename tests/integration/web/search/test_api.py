"""Searching over the API: the same answers as on the page."""

from typing import Any

import pytest

from archive.finding.jobs import catch_up
from tests.builders import Colleague, Station
from tests.finding import scanned_in
from tests.holdings import filed, with_file_plan
from tests.integration.web.visiting import Seen, visitor

HERE = "/api/v1"


@pytest.fixture
def station(station: Station) -> Station:
    return with_file_plan(station)


@pytest.fixture
def calls(app: Any) -> Any:
    stranger = visitor(app, None)

    def calls(who: Colleague, method: str, path: str, **body: object) -> Seen:
        catch_up(who.system)
        headers = {"authorization": f"Bearer {who.signs_in().token}"}
        return stranger._asks(method, f"{HERE}{path}", json=body or None, headers=headers)

    return calls


def test_hits_are_told_with_page_snippet_facets_and_due_day(station: Station, calls: Any):
    record = scanned_in(station, "线路检修记录", ["变压器三号台区"], kind="repair-call")
    told = calls(station.clerk, "POST", "/search", query="三号台区").response.json()
    (hit,) = told["hits"]
    assert (told["total"], hit["code"], hit["kind"]) == (1, record.code, "repair-call")
    assert hit["why"][0]["page"] == 1
    assert [one["text"] for one in hit["why"][0]["snippet"] if one["marked"]] == ["三号台区"]
    assert hit["protected_through"]
    (kind,) = told["facets"]["kind"]
    assert (kind["value"], kind["count"]) == ("repair-call", 1)
    assert kind["label"] != kind["value"]


def test_facets_order_and_paging_are_asked_for(station: Station, calls: Any):
    for year in (2024, 2025, 2026):
        filed(station, title="停电投诉", formed_on=station.today.replace(year=year))
    asked = {"query": "停电", "order": "day", "limit": 1, "offset": 1}
    told = calls(station.clerk, "POST", "/search", **asked).response.json()
    assert [hit["formed_on"][:4] for hit in told["hits"]] == ["2025"]
    narrowed = calls(station.clerk, "POST", "/search", query="停电", facets={"year": "2024"})
    assert narrowed.response.json()["total"] == 1


def test_an_invoice_number_is_located(station: Station, calls: Any):
    book = station.book_in_use()
    told = calls(station.finance, "POST", "/search", query=book.first).response.json()
    assert told["numbers"][0]["book_id"] == book.id
    assert (
        calls(station.clerk, "POST", "/search", query=book.first).response.json()["numbers"] == []
    )


def test_a_search_is_noted_kept_and_listed(station: Station, calls: Any):
    made = calls(station.clerk, "POST", "/searches", query="停电").response
    assert made.status_code == 201
    token = made.json()["token"]
    calls(station.clerk, "POST", f"/searches/{token}/keep", name="所有停电")
    assert calls(station.clerk, "GET", "/searches").response.json() == [
        {"token": token, "query": "停电", "name": "所有停电"}
    ]
    others = calls(station.head, "POST", f"/searches/{token}/keep", name="我的")
    assert others.status == 404


def test_who_may_read_no_records_is_refused(station: Station, calls: Any):
    assert calls(station.collector, "POST", "/search", query="停电").status == 403
