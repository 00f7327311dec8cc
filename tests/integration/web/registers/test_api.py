"""Registers, statistics, items and versions of the plan over the API."""

import io
from typing import Any

import pytest
from openpyxl import load_workbook  # noqa: TID251 - reads what the program wrote

from tests.builders import Colleague, Station
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
        headers = {"authorization": f"Bearer {who.signs_in().token}"}
        return stranger._asks(method, f"{HERE}{path}", json=body or None, headers=headers)

    return calls


def test_a_register_is_had_as_lines_and_as_files(station: Station, calls: Any):
    first, second = filed(station), filed(station, title="关于电价的投诉")
    told = calls(station.archivist, "GET", "/registers/catalogue?year=2026&limit=1").response.json()
    assert (told["total"], [line["code"] for line in told["lines"]]) == (2, [first.code])
    pdf = calls(station.archivist, "GET", "/registers/catalogue/file.pdf").response
    assert (pdf.headers["content-type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    sheet = calls(station.archivist, "GET", "/registers/catalogue/file.xlsx").response
    rows = list(load_workbook(io.BytesIO(sheet.content)).active.values)
    assert second.code in rows[-1]
    nothing = calls(station.archivist, "GET", "/registers/catalogue/file.pdf?year=1999")
    assert (nothing.status, nothing.response.json()["error"]) == (422, "NothingToPrint")
    assert calls(station.collector, "GET", "/registers/catalogue").status == 403


def test_the_statistics_are_had_as_figures_and_as_a_file(station: Station, calls: Any):
    filed(station)
    told = calls(station.archivist, "GET", "/statistics").response.json()
    assert told["total"] == 1
    file = calls(station.archivist, "GET", "/statistics/file.xlsx").response
    assert load_workbook(io.BytesIO(file.content)).active.max_row > 3


def test_items_of_a_volume_are_added_and_listed(station: Station, calls: Any):
    volume = filed(station, kind="bank-pay-in-slip", title="九月进账单")
    path = f"/records/{volume.id}/items"
    item = {"title": "上旬进账单", "formed_on": "2026-09-01", "pages": 2}
    made = calls(station.archivist, "POST", path, **item)
    assert (made.status, made.response.json()["code"]) == (201, f"{volume.code}-0001")
    listed = calls(station.archivist, "GET", path).response.json()
    assert [one["first_page"] for one in listed] == [1]
    by_item = filed(station)
    refused = calls(station.archivist, "POST", f"/records/{by_item.id}/items", **item)
    assert refused.response.json()["error"] == "NotAVolume"


def test_a_version_of_the_plan_is_drafted_changed_and_adopted_by_another(
    station: Station, calls: Any
):
    drafted = calls(station.archivist, "POST", "/holdings/plan/drafts").response.json()
    number = drafted["version"]["id"]
    line = next(kind for kind in drafted["kinds"] if kind["code"] == "complaint")
    facts = {
        name: line[name]
        for name in (
            "name_zh", "name_en", "clause", "category", "arrangement", "cycle", "personal",
            "retention", "basis", "starts", "implied", "legal_basis",
        )
    }  # fmt: skip
    path = f"/holdings/plan/drafts/{number}"
    changed = calls(
        station.archivist, "PUT", f"{path}/kinds/complaint", **facts | {"name_zh": "投诉单"}
    ).response.json()
    assert [(one["code"], one["fields"]) for one in changed["differences"]] == [
        ("complaint", ["name_zh"])
    ]
    own = calls(station.archivist, "POST", f"{path}/adopt", reason="改名")
    assert own.status == 403
    adopted = calls(station.leader, "POST", f"{path}/adopt", reason="改名")
    assert (adopted.status, adopted.response.json()["state"]) == (200, "adopted")
    told = calls(station.archivist, "GET", "/holdings/plan/versions").response.json()
    assert [one["edition"] for one in told] == [2, 1]
    assert calls(station.archivist, "GET", path).status == 404
