"""The store's pages: setting it up, putting records away, finding them again."""

import pytest
from sqlalchemy import select

from archive.shelving.box import Box
from archive.shelving.place import Cabinet, Storeroom
from tests.builders import Station
from tests.holdings import filed, with_file_plan
from tests.integration.web.visiting import Visits
from tests.shelving import boxed, label, ready, shelf, with_store


def test_a_store_is_set_up_filled_and_shown_as_a_picture(station: Station, visits: Visits):
    with_file_plan(station)
    archivist = visits(station.archivist)
    assert archivist.get("/store").says("还没有库房")
    page = archivist.post("/store/rooms", code="kf01", name="一楼档案室")
    assert page.place.endswith("?done=room")
    room = station.asks(lambda tx: tx.session.scalars(select(Storeroom)).one())
    page = archivist.post(
        f"/store/rooms/{room.id}/cabinets", code="G01", sections=2, levels=3, shelf_mm=900
    )
    assert page.leads_to(f"/store/rooms/{room.id}?done=cabinet")

    records = [ready(station, title=f"投诉{n}") for n in range(3)]
    page = archivist.get("/store/put-away")
    assert page.says(*[record.code for record in records], "新建一个 40 毫米的盒")
    page = archivist.post("/store/put-away", record=records[0].id, box="new-40")
    box = station.asks(lambda tx: tx.session.scalars(select(Box)).one())
    assert page.leads_to(f"/store/boxes/{box.id}?done=put")
    assert archivist.get("/store/put-away").says("H0001（还没上架")
    archivist.post("/store/put-away", record=records[1].id, box=str(box.id))

    page = archivist.post(f"/store/boxes/{box.id}/shelve", shelf="KF01-G01-2-3")
    assert page.leads_to(f"/store/boxes/{box.id}?done=shelved")
    assert archivist.get(f"/store/boxes/{box.id}").says(
        "KF01-G01-2-3-H0001", records[0].code, records[1].code, "2 件，4 页"
    )
    page = archivist.get(f"/store/rooms/{room.id}")
    assert f'href="/store/boxes/{box.id}"' in page.response.text
    cabinet = station.asks(lambda tx: tx.session.scalars(select(Cabinet)).one())
    assert archivist.get(f"/store/cabinets/{cabinet.id}").says("1 盒")
    assert archivist.get("/store/boxes?text=H0001").says("KF01-G01-2-3")
    assert archivist.get("/store/boxes?where=missing").says("没有符合条件的档案盒")


def test_a_label_a_number_and_a_code_lead_to_the_thing(station: Station, visits: Visits):
    with_store(station)
    record = ready(station)
    box = boxed(station, record)
    clerk = visits(station.clerk)
    for said in (label(station, box), "h0001", "Ｈ０００１"):
        assert clerk.get(f"/store/find?q={said}").leads_to(f"/store/boxes/{box.id}")
    for said in (label(station, record), record.code):
        assert clerk.get(f"/store/find?q={said}").leads_to(f"/store/records/{record.id}")
    here = shelf(station)
    page = clerk.get(f"/store/find?q={label(station, here)}")
    assert page.leads_to(f"/store/cabinets/{here.cabinet_id}#s-{here.code}")
    page = clerk.get("/store/find?q=B:NOSUCHONE1")
    assert (page.status, page.beside("q")) == (
        404,
        "有误：库里没有“B:NOSUCHONE1”这个标签或者编号。请核对后再扫一次。",
    )


def test_a_record_is_taken_out_and_put_back_on_its_page(station: Station, visits: Visits):
    with_store(station)
    record = ready(station)
    boxed(station, record)
    archivist = visits(station.archivist)
    place = f"/store/records/{record.id}"
    assert archivist.get(place).says("KF01-G01-1-1-H0001", "在架")
    assert archivist.post(f"{place}/take-out", out_for="").status == 422
    assert archivist.post(f"{place}/take-out", out_for="scan").leads_to(f"{place}?done=taken-out")
    assert archivist.get(place).says("不在库", "出库 · 扫描")
    assert archivist.post(f"{place}/bring-back", pages="").status == 422
    page = archivist.post(f"{place}/bring-back", pages="2", seal_intact="yes")
    assert page.leads_to(f"{place}?done=back")
    assert archivist.post(f"{place}/miss").leads_to(f"{place}?done=missed")
    assert archivist.get(place).says("缺失")
    assert archivist.post(f"{place}/find", box="").leads_to(f"{place}?done=found")
    assert archivist.get(place).says("KF01-G01-1-1-H0001")


def test_what_does_not_belong_into_a_box_is_refused_beside_the_field(
    station: Station, visits: Visits
):
    with_store(station)
    boxed(station)
    other = ready(station, year=2025)
    archivist = visits(station.archivist)
    page = archivist.post(f"/store/records/{other.id}/put", box="H0001")
    assert page.status == 409
    assert page.says("一个档案盒只能装同一年度、同一机构、同一保管期限的档案")
    page = archivist.post(f"/store/records/{other.id}/put", box="H0099")
    assert page.status == 422
    assert "H0099" in page.beside("box")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_readers_see_the_store_and_move_nothing(
    station: Station, neighbour: Station, visits: Visits, language: str
):
    with_store(station)
    record = ready(station)
    box = boxed(station, record)
    clerk = visits(station.clerk)
    for path in ("/store", "/store/boxes", f"/store/boxes/{box.id}", f"/store/records/{record.id}"):
        assert clerk.get(f"{path}?language={language}").status == 200
    assert clerk.get("/store/put-away").status == 403
    assert clerk.post(f"/store/boxes/{box.id}/shelve", shelf="KF01-G01-1-2").status == 403
    stranger = visits(neighbour.clerk)
    for path in (f"/store/boxes/{box.id}", f"/store/records/{record.id}"):
        assert stranger.get(path).status == 404
    assert stranger.get("/store/find?q=H0001").status == 404
    assert visits(station.collector).get("/store").status == 403


def test_sensitive_records_are_counted_but_not_named(station: Station, visits: Visits):
    with_store(station)
    secret = ready(station, kind="special-customer-file", title="特殊客户")
    box = boxed(station, secret)
    page = visits(station.clerk).get(f"/store/boxes/{box.id}")
    assert page.says("另有 1 件您无权查看的档案")
    assert not page.says(secret.code)
    assert visits(station.clerk).get(f"/store/find?q={label(station, secret)}").status == 404


def test_only_what_waits_is_put_away(station: Station, visits: Visits):
    with_store(station)
    unregistered = filed(station)
    page = visits(station.archivist).post("/store/put-away", record=unregistered.id, box="new-40")
    assert page.status == 422
