"""The pages of imports: uploaded, columns chosen, previewed, imported in the background."""

import asyncio

from httpx import ASGITransport, AsyncClient

from archive.importing import jobs
from tests.builders import Station
from tests.holdings import with_file_plan
from tests.integration.web.visiting import Seen, Visitor, Visits
from tests.registers import ROWS, csv_text, workbook
from web.deps import csrf_token


def uploads(visitor: Visitor, content: bytes | None, **fields: str) -> Seen:
    """Send the form with its file, as a browser does."""

    async def sending():
        transport = ASGITransport(visitor.app)
        async with AsyncClient(
            transport=transport, base_url="http://127.0.0.1", cookies=dict(visitor.cookies)
        ) as client:
            files = {"file": ("目录.xlsx", content)} if content is not None else None
            data = {"csrf_token": csrf_token(visitor.token), "target": "records", **fields}
            return await client.post("/imports", data=data, files=files)

    return Seen(asyncio.run(sending()))


COLUMNS = {
    "column-old_code": "0",
    "column-title": "1",
    "column-formed_on": "2",
    "column-pages": "3",
    "column-parties": "4",
    "column-remark": "5",
}


def test_a_register_is_uploaded_looked_at_and_imported(station: Station, visits: Visits):
    with_file_plan(station)
    archivist = visits(station.archivist)
    assert archivist.get("/imports").says("还没有导入过")
    rows = [*ROWS, ("WS-9", "=1+1", "去年", 110101199001011234, "", "")]
    made = uploads(archivist, workbook(rows), register="2019 年文书档案目录")
    place = made.place.partition("?")[0]
    page = archivist.goes(made)
    assert page.says("已上传。请对一下列。", "题名", "表里没有")
    assert '<option value="1" selected>题名' in page.response.text
    unsaid = archivist.post(f"{place}/columns", {**COLUMNS, "column-title": ""})
    assert "没有对上列" in unsaid.beside("column-title")
    unkind = archivist.post(f"{place}/columns", COLUMNS)
    assert unkind.beside("kind_code")
    page = archivist.goes(archivist.post(f"{place}/columns", COLUMNS, kind_code="complaint"))
    assert page.says(
        "关于停电检修的通知", "2019-04-30", "是公式", "号码已变成科学计数", "WS-2019-1"
    )
    assert page.button("导入这 3 行") == "ready"
    page = archivist.goes(archivist.post(f"{place}/begin"))
    assert page.says("正在导入")
    run_id = int(place.rpartition("/")[2])
    assert archivist.get(f"{place}/progress").says("正在导入")
    jobs.import_rows(station.system, run_id)
    assert archivist.get(f"{place}/progress").response.headers["hx-refresh"] == "true"
    page = archivist.get(place)
    assert page.says("已完成", "已导入 3", "有误 1")
    assert archivist.get("/imports").says("2019 年文书档案目录", "已完成")


def test_what_is_no_register_is_said_beside_the_file(station: Station, visits: Visits):
    archivist = visits(station.archivist)
    old = uploads(archivist, b"\xd0\xcf\x11\xe0" + b"\0" * 512, register="旧")
    assert "另存为 .xlsx" in old.beside("file")
    assert old.holds("register") == "旧"
    assert uploads(archivist, None, register="旧").beside("file")
    assert uploads(archivist, b"\xff\xff\xff,\n", register="旧").beside("file")
    assert uploads(archivist, workbook(), register="").beside("register")
    assert archivist.get("/imports").says("还没有导入过")


def test_an_upload_can_be_discarded(station: Station, visits: Visits):
    archivist = visits(station.archivist)
    place = uploads(archivist, csv_text().encode(), register="旧").place.partition("?")[0]
    page = archivist.goes(archivist.post(f"{place}/discard"))
    assert page.says("已放弃，内容已清除。")
    assert archivist.post(f"{place}/begin").status == 409


def test_whoever_may_not_import_sees_nothing_of_it(
    station: Station, neighbour: Station, visits: Visits
):
    place = uploads(visits(station.archivist), workbook(), register="旧").place.partition("?")[0]
    assert visits(station.clerk).get("/imports").status == 403
    assert visits(neighbour.archivist).get(place).status == 404
    assert visits(neighbour.archivist).get("/imports").says("还没有导入过")
