"""The store as JSON: the same verbs, the same refusals."""

from datetime import timedelta
from typing import Any

import pytest

from tests.builders import PASSWORD, Colleague, Station
from tests.integration.web.visiting import visitor
from tests.shelving import boxed, label, ready, shelf, with_store

HERE = "/api/v1/store"


@pytest.fixture
def station(station: Station) -> Station:
    return with_store(station)


@pytest.fixture
def calls(app: Any) -> Any:
    stranger = visitor(app, None)

    def calls(who: Colleague, method: str, path: str, **body: object) -> tuple[int, Any]:
        headers = {"authorization": f"Bearer {who.signs_in().token}"}
        answer = stranger._asks(method, f"{HERE}{path}", json=body or None, headers=headers)
        return answer.status, answer.response.json()

    return calls


def test_a_record_is_put_into_a_box_taken_out_and_brought_back(station: Station, calls: Any):
    archivist = station.archivist
    first, record = ready(station), ready(station)
    box = boxed(station, first)
    status, told = calls(archivist, "POST", f"/records/{record.id}/put", box_id=box.id)
    assert (status, told["box_id"], told["shelf"]) == (200, box.id, "KF01-G01-1-1")
    status, told = calls(archivist, "POST", f"/records/{record.id}/take-out", out_for="audit")
    assert (status, told["under_way"]) == (200, "take-out")
    status, told = calls(archivist, "POST", f"/records/{record.id}/take-out", out_for="loan")
    assert (status, told["error"]) == (422, "NotALoan")
    status, told = calls(archivist, "POST", f"/records/{record.id}/bring-back", pages=2)
    assert (status, [move["kind"] for move in told["moves"]]) == (
        200,
        ["place", "take-out", "bring-back"],
    )
    assert calls(archivist, "POST", f"/records/{record.id}/miss")[1]["under_way"] == "miss"
    assert calls(archivist, "POST", f"/records/{record.id}/find")[1]["box_id"] == box.id
    assert calls(station.clerk, "POST", f"/records/{record.id}/miss")[0] == 403


def test_places_and_boxes_are_made_listed_and_moved(station: Station, calls: Any):
    archivist = station.archivist
    record = ready(station)
    box = boxed(station, record)
    status, room = calls(
        archivist, "POST", "/rooms", station_id=station.id, code="KF02", name="二楼"
    )
    assert status == 201
    status, cabinet = calls(
        archivist, "POST", f"/rooms/{room['id']}/cabinets", code="G01", sections=1, levels=2
    )
    assert (status, cabinet["levels"]) == (201, 2)
    shelves = calls(archivist, "GET", f"/rooms/{room['id']}/shelves")[1]
    assert [one["code"] for one in shelves] == ["KF02-G01-1-1", "KF02-G01-1-2"]
    status, moved = calls(archivist, "POST", f"/boxes/{box.id}/shelve", shelf="KF02-G01-1-2")
    assert (status, moved["shelf_id"]) == (200, shelves[1]["id"])
    assert calls(archivist, "POST", f"/boxes/{box.id}/shelve", shelf="KF02-G01-1-2")[0] == 409
    assert calls(archivist, "POST", f"/boxes/{box.id}/shelve", shelf="nowhere")[0] == 422
    status, empty = calls(
        archivist, "POST", "/boxes", station_id=station.id, series_id=moved["series_id"]
    )
    assert (status, empty["name"]) == (201, "H0002")
    listed = calls(station.clerk, "GET", "/boxes?limit=1")[1]
    assert (listed["total"], listed["boxes"][0]["box"]["name"]) == (2, "H0001")
    assert calls(archivist, "GET", f"/boxes/{box.id}")[1]["records"] == 1
    assert calls(archivist, "GET", f"/find?q={label(station, record)}")[1]["kind"] == "record"
    assert calls(archivist, "GET", "/find?q=H0099")[0] == 422
    assert calls(archivist, "POST", f"/boxes/{box.id}/miss")[1]["missing_since"]
    assert len(calls(archivist, "GET", "/rooms")[1]) == 2


def test_a_stocktake_by_json(station: Station, calls: Any):
    box, gone = boxed(station), boxed(station)
    status, one = calls(station.archivist, "POST", "/stocktakes", station_id=station.id)
    assert status == 201
    here = f"/stocktakes/{one['id']}"
    assert calls(station.clerk, "POST", f"{here}/join")[1]["second_id"] == station.clerk.id
    scan = {"client_id": "1", "scanned": label(station, box), "shelf": "KF01-G01-1-2"}
    assert calls(station.archivist, "POST", f"{here}/scans", **scan)[1]["again"] is False
    assert calls(station.archivist, "POST", f"{here}/scans", **scan)[1]["again"] is True
    assert calls(station.archivist, "GET", f"/boxes/{box.id}")[0] == 409
    assert calls(station.clerk, "POST", f"{here}/close", password="x")[0] == 403
    assert calls(station.clerk, "POST", f"{here}/close", password=PASSWORD)[1]["state"] == "closed"
    found = calls(station.head, "GET", f"{here}/findings")[1]
    assert [(line["what"], line["result"]) for line in found] == [
        (box.name, "misplaced"),
        (gone.name, "missing"),
    ]
    calls(station.archivist, "POST", f"{here}/findings/{found[0]['id']}", step="keep-here")
    settled = calls(
        station.archivist, "POST", f"{here}/findings/{found[1]['id']}", how="找不到，已报告"
    )[1]
    assert all(line["settled_at"] for line in settled)
    assert calls(station.head, "GET", here)[1]["in_place"] == 0
    assert len(calls(station.head, "GET", "/stocktakes")[1]) == 1
    moved = calls(station.archivist, "GET", f"/boxes/{box.id}")[1]
    assert moved["shelf"] == shelf(station, "KF01-G01-1-2").code


def test_a_loan_and_the_climate_by_json(station: Station, calls: Any):
    record = ready(station)
    boxed(station, record)
    asked = {
        "record_id": record.id,
        "purpose": "答复客户",
        "due_on": (station.today + timedelta(days=3)).isoformat(),
    }
    status, loan = calls(station.clerk, "POST", "/loans", **asked)
    assert (status, loan["state"]) == (201, "requested")
    here = f"/loans/{loan['id']}"
    assert calls(station.clerk, "POST", f"{here}/approve", opinion="")[0] == 403
    assert calls(station.head, "POST", f"{here}/approve", opinion="同意")[1]["state"] == "approved"
    assert calls(station.archivist, "POST", f"{here}/hand-out")[1]["state"] == "out"
    back = calls(station.archivist, "POST", f"{here}/return", pages=1, seal_intact=True)[1]
    assert (back["state"], bool(back["incident"])) == ("returned", True)
    assert calls(station.head, "POST", f"{here}/incident", how="已补")[1]["incident_settled"]
    assert calls(station.clerk, "GET", "/loans?mine=true")[1][0]["id"] == loan["id"]
    assert calls(station.finance, "GET", here)[0] == 404
    again = calls(station.clerk, "POST", "/loans", **asked)[1]
    assert calls(station.head, "POST", f"/loans/{again['id']}/decline", opinion="在用")[0] == 200
    third = calls(station.clerk, "POST", "/loans", **asked)[1]
    assert calls(station.clerk, "POST", f"/loans/{third['id']}/withdraw")[0] == 200

    status, read = calls(
        station.archivist, "POST", "/climate", storeroom_id=1, celsius="25.5", humidity=50
    )
    assert (status, read["in_range"]) == (201, False)
    acted = calls(station.archivist, "POST", f"/climate/{read['id']}/act", action="开空调")
    assert acted[1]["action"] == "开空调"
    assert len(calls(station.clerk, "GET", "/climate")[1]) == 1
