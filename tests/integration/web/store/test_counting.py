"""A stocktake on its pages, with and without scripts."""

import pytest

from archive.holdings.record import Record
from archive.shelving.box import Box
from tests.builders import PASSWORD, Station
from tests.integration.web.visiting import Visits
from tests.shelving import boxed, label, ready, shelf, with_store
from web.deps import csrf_token

HERE = "/store/stocktakes"


@pytest.fixture
def station(station: Station) -> Station:
    return with_store(station)


def test_a_stocktake_from_opening_to_the_last_finding(station: Station, visits: Visits):
    here, wrong, gone = (boxed(station, ready(station)) for _ in range(3))
    archivist, clerk = visits(station.archivist), visits(station.clerk)
    assert archivist.post(HERE, room="").status == 422
    page = archivist.post(HERE, room=f"all-{station.code}")
    one = page.place.partition("?")[0]
    assert archivist.get(one).button("签字结束") == "grey"
    assert clerk.get(one).button("加入盘点") == "ready"
    assert clerk.post(f"{one}/join").leads_to(f"{one}?done=joined")
    assert archivist.get(f"/store/boxes/{here.id}").status == 409  # blind

    at = label(station, shelf(station))
    page = archivist.post(f"{one}/scans", client_id="1", shelf=at, scanned=label(station, here))
    assert page.says(f"{here.name} 已记下")
    assert page.holds("shelf") == "KF01-G01-1-1"
    assert not page.says(gone.name)
    there = label(station, shelf(station, "KF01-G01-2-1"))
    clerk.post(f"{one}/scans", client_id="2", shelf=there, scanned=wrong.name)
    page = archivist.post(f"{one}/scans", client_id="3", shelf="", scanned="H0001")
    assert page.status == 422

    assert clerk.post(f"{one}/close", password="nonsense").status == 403
    assert clerk.post(f"{one}/close", password=PASSWORD).leads_to(f"{one}?done=closed")
    page = archivist.get(one)
    assert page.says("错位", wrong.name, "缺失", gone.name, "应在 KF01-G01-1-1")
    finding = 1 if page.response.text.index(wrong.name) < page.response.text.index(gone.name) else 2
    page = archivist.post(f"{one}/findings/{finding}", step="put-back")
    assert page.leads_to(f"{one}?done=settled")
    assert archivist.post(f"{one}/findings/{3 - finding}", step="said", how=" ").status == 422
    archivist.post(f"/store/boxes/{gone.id}/shelve", shelf="KF01-G01-1-2")
    archivist.post(f"{one}/findings/{3 - finding}", step="said", how="在隔壁办公室找到，已上架")
    assert archivist.get(HERE).says("已结束")
    assert station.sees(Box, gone.id).missing_since is None


def test_a_script_is_told_in_json_and_a_second_sending_is_the_same_scan(station, visits):
    box = boxed(station)
    archivist = visits(station.archivist)
    one = archivist.post(HERE, room=f"all-{station.code}").place.partition("?")[0]
    sent = {"client_id": "a", "shelf": "KF01-G01-1-1", "scanned": label(station, box)}
    for again in (False, True):
        answer = archivist._asks(
            "POST",
            f"{one}/scans",
            data=sent,
            headers={"accept": "application/json", "x-csrf-token": csrf_token(archivist.token)},
        )
        assert answer.response.json()["again"] == again


@pytest.mark.parametrize("language", ["zh", "en"])
def test_strangers_and_readers(station: Station, neighbour: Station, visits: Visits, language):
    boxed(station)
    one = visits(station.archivist).post(HERE, room=f"all-{station.code}").place.partition("?")[0]
    assert visits(station.auditor).get(f"{one}?language={language}").status == 200
    assert visits(station.auditor).post(f"{one}/join").status == 403
    assert visits(neighbour.archivist).get(one).status == 404
    assert visits(neighbour.archivist).post(f"{one}/join").status == 404
    assert visits(station.clerk).post(HERE, room=f"all-{station.code}").status == 403


def test_records_are_counted_in_an_opened_box_without_scripts(station: Station, visits: Visits):
    box = boxed(station, ready(station), ready(station))
    here, gone = station.sees(Record, 1), station.sees(Record, 2)
    archivist, clerk = visits(station.archivist), visits(station.clerk)
    refused = archivist.post(HERE, room=f"all-{station.code}", place="KF01-G07", depth="records")
    assert refused.says("没有“KF01-G07”")
    assert (refused.status, refused.holds("place")) == (422, "KF01-G07")
    page = archivist.post(HERE, room=f"all-{station.code}", place="KF01-G01-1", depth="records")
    one = page.place.partition("?")[0]
    assert archivist.get(one).says("KF01-G01-1", "打开盒子，逐件清点")
    clerk.post(f"{one}/join")
    at = label(station, shelf(station))
    page = archivist.post(f"{one}/scans", client_id="1", shelf=at, scanned=label(station, box))
    assert page.holds("box") == box.name
    page = archivist.post(
        f"{one}/scans", client_id="2", shelf=at, box=box.name, scanned=label(station, here)
    )
    assert page.says(f"已记在 {box.name}")
    assert clerk.post(f"{one}/close", password=PASSWORD).leads_to(f"{one}?done=closed")
    page = archivist.get(one)
    assert page.says("在位的档案", "缺失", gone.code, f"应在 {box.name}")
    assert not page.says(here.code)
    assert archivist.get(f"/holdings/records/{gone.id}").says("纸质件缺失")


def test_who_stands_in_the_wrong_room_is_told_so(station: Station, visits: Visits):
    with_store(station, code="KF02")
    elsewhere = boxed(station, on="KF02-G01-1-1")
    archivist = visits(station.archivist)
    one = archivist.post(HERE, room="1").place.partition("?")[0]
    at, astray = shelf(station), shelf(station, "KF02-G01-1-1")
    page = archivist.post(f"{one}/scans", client_id="1", shelf=at.code, scanned=elsewhere.name)
    assert page.says(f"{elsewhere.name} 是 KF02-G01-1-1 的，这次只盘 KF01")
    page = archivist.post(
        f"{one}/scans", client_id="2", shelf=label(station, astray), scanned=label(station, astray)
    )
    assert page.says("层架 KF02-G01-1-1 在 KF02，这次只盘 KF01。您走错地方了")
