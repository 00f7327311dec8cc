"""A destruction over the API: every verb and every read, and refusals as facts."""

import io
from typing import Any

import pytest
from PIL import Image

from tests.builders import PASSWORD, Colleague, Station
from tests.company import open_company
from tests.destruction import Case, appraised, keep_promises, proposed, worthless
from tests.integration.web.visiting import visitor
from tests.shelving import with_store

HERE = "/api/v1/destruction"


@pytest.fixture
def station(station: Station) -> Station:
    return with_store(station)


@pytest.fixture
def calls(app: Any) -> Any:
    stranger = visitor(app, None)

    def calls(who: Colleague, by: str, path: str, /, **body: object) -> tuple[int, Any]:
        headers = {"authorization": f"Bearer {who.signs_in().token}"}
        answer = stranger._asks(by, f"{HERE}{path}", json=body or None, headers=headers)
        return answer.status, answer.response.json()

    return calls


def test_a_batch_goes_through_the_api_from_the_appraisal_to_the_certificate(
    station: Station, calls: Any, app: Any
):
    company = open_company(station)
    appraisal = appraised(station, company, worthless(station, 2))
    archivist = station.archivist
    status, ready = calls(archivist, "GET", "/appraisals")
    assert (status, ready[0]["records"]) == (200, 2)
    status, told = calls(archivist, "POST", "/batches", appraisal_id=appraisal.id)
    assert (status, told["going"]["items"]) == (201, 2)
    here = f"/batches/{told['batch']['id']}"
    case = Case(station, company, [], told["batch"]["id"])
    _, told = calls(archivist, "POST", f"{here}/freeze")
    seen = {"seen": told["batch"]["digest"], "opinion": "同意", "password": PASSWORD}
    for part, who in case.signers.items():
        assert calls(who, "POST", f"{here}/sign", part=str(part), **seen)[0] == 201
    status, told = calls(station.leader, "POST", f"{here}/approve", **seen)
    assert (status, told["batch"]["state"]) == (200, "approved")
    _supervise(case, calls, here)
    status, told = calls(
        archivist, "POST", f"{here}/begin", place="销毁室", method="化浆", password=PASSWORD
    )
    assert (status, told["batch"]["state"]) == (200, "destroying")
    assert calls(archivist, "POST", f"{here}/go-on")[0] == 200
    assert calls(archivist, "POST", f"{here}/paper", count=1, password=PASSWORD)[0] == 200
    keep_promises(station)
    _photographed(archivist, app, here)
    for witness in case.witnesses:
        given = {"opinion": "全程监销", "password": PASSWORD}
        assert calls(witness, "POST", f"{here}/witness-signatures", **given)[0] == 201
    status, told = calls(archivist, "POST", f"{here}/close")
    assert (status, told["batch"]["state"]) == (200, "closed")
    assert told["counts"] == {"destroyed": 1, "withheld": 1}
    assert len(told["signatures"]) == 8
    assert (told["objects_left"], len(told["photos"])) == (0, 1)
    _, listed = calls(archivist, "GET", "/batches?state=closed")
    assert listed["total"] == 1


def _supervise(case: Case, calls: Any, here: str) -> None:
    company, archivist = case.company, case.station.archivist
    sent = {
        "archives": company.other_archives,
        "accounting": case.station.other_finance,
        "information": company.information,
    }
    for department, who in sent.items():
        given = {"person_id": who.id, "department": department}
        status, told = calls(archivist, "POST", f"{here}/witnesses", **given)
        assert status == 201
    assert told["departments_missing"] == []
    case.witnesses = list(sent.values())
    assert calls(archivist, "POST", f"{here}/executor", person_id=archivist.id)[0] == 200
    witness = company.other_archives
    _, items = calls(archivist, "GET", f"{here}/items?state=listed")
    status, told = calls(witness, "POST", f"{here}/count", said=items[0]["told"]["code"])
    assert (status, told["state"]) == (200, "counted")
    status, told = calls(witness, "POST", f"{here}/count", said="Z109-WS·1999-D10-QS-0001")
    assert (status, told["error"]) == (422, "NotInRegister")
    kept = {"why": "not-found", "note": "柜中没有"}
    status, told = calls(witness, "POST", f"{here}/items/{items[1]['id']}/withhold", **kept)
    assert (status, told["withheld"]) == (200, "not-found")
    assert calls(witness, "POST", f"{here}/finish-count")[0] == 200


def _photographed(who: Colleague, app: Any, here: str) -> None:
    kept = io.BytesIO()
    Image.new("RGB", (32, 32), "grey").save(kept, "PNG")
    caller = visitor(app, None)
    headers = {"authorization": f"Bearer {who.signs_in().token}", "x-file-name": "1.png"}
    answer = caller._asks("POST", f"{HERE}{here}/photos", content=kept.getvalue(), headers=headers)
    assert answer.status == 201
    place = f"{HERE}{here}/photos/{answer.response.json()['id']}"
    assert caller._asks("GET", place, headers=headers).response.content == kept.getvalue()
    refused = caller._asks("POST", f"{HERE}{here}/photos", content=b"%PDF-1.7", headers=headers)
    assert (refused.status, refused.response.json()["error"]) == (422, "NotAPhoto")


def test_a_line_is_dropped_and_a_batch_sent_back_and_cancelled(station: Station, calls: Any):
    case = proposed(station, records=worthless(station, 2))
    here = f"/batches/{case.batch_id}"
    calls(station.archivist, "POST", f"{here}/freeze")
    status, told = calls(
        station.archivist, "POST", f"{here}/items/{case.items[0].id}/drop", reason="仍有用处"
    )
    assert (status, told["batch"]["state"], told["going"]["items"]) == (200, "draft", 1)
    calls(station.archivist, "POST", f"{here}/freeze")
    reopened = calls(case.company.archives, "POST", f"{here}/reopen", reason="题名不对")
    assert reopened[0] == 200
    status, told = calls(station.archivist, "POST", f"{here}/cancel", reason="另行鉴定")
    assert (status, told["batch"]["state"]) == (200, "cancelled")
    status, told = calls(station.archivist, "POST", f"{here}/freeze")
    assert (status, told["error"]) == (409, "NotPossibleNow")


def test_backups_are_told_and_ended_by_the_information_department(station: Station, calls: Any):
    information = open_company(station).information
    given = {"label": "十月全量", "medium": "磁带 12 号"}
    status, told = calls(information, "POST", "/backups", **given)
    assert status == 201
    assert calls(station.archivist, "POST", "/backups", **given)[1]["error"] == "NotPermitted"
    assert calls(information, "POST", "/backups", **given)[1]["error"] == "BackupLabelTaken"
    gone = calls(information, "POST", f"/backups/{told['id']}/gone", how="磁带已改写")
    assert gone[1]["gone_how"] == "磁带已改写"
    _, listed = calls(information, "GET", "/backups")
    assert (listed[0]["over"], listed[0]["batch_ids"]) == (True, [])


def test_what_one_may_not_know_of_is_not_there(station: Station, neighbour: Station, calls: Any):
    case = proposed(station, records=worthless(station, 1))
    for method, path in (("GET", ""), ("GET", "/items"), ("POST", "/freeze")):
        status, told = calls(neighbour.archivist, method, f"/batches/{case.batch_id}{path}")
        assert (status, told["error"]) == (404, "NoSuchThing"), path
    foreign = f"/batches/{case.batch_id}/items/999/drop"
    assert calls(station.archivist, "POST", foreign, reason="不在")[0] == 404
