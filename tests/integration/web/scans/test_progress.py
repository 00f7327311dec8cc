"""How far the reading of a scan has come: counted, with the time it still takes."""

from archive.access import SYSTEM
from archive.custody import jobs
from archive.custody.scan import Scan, ScanPage, ScanState
from archive.custody.volume import Volume
from tests.builders import Station
from tests.clock import SettableClock
from tests.integration.web.visiting import Visits


def at(volume: Volume) -> str:
    return f"/invoices/volumes/{volume.id}/progress"


def pages_read(station: Station, scan: Scan, clock: SettableClock, count: int, pace: int) -> None:
    for number in range(1, count + 1):
        clock.advance(seconds=pace)
        with station.system.transaction(SYSTEM) as tx:
            tx.session.add(
                ScanPage(scan_id=scan.id, number=number, width=9, height=9, read_at=tx.now)
            )


def test_the_reading_counts_pages_and_tells_the_time_from_their_pace(
    station: Station, visits: Visits, clock: SettableClock
):
    volume = station.bound_volume()
    scan = station.received_scan(volume, pages=100)
    custodian = visits(station.custodian)
    assert custodian.get(at(volume)).says("排队中", "0 / 100", "可以关掉这个页面")

    jobs._begin(station.system, scan.id)
    assert custodian.get(at(volume)).says("正在进行", "0 / 100")
    pages_read(station, scan, clock, 40, 3)
    page = custodian.get(at(volume))
    assert page.says("40 / 100", "还需约 3 分钟")
    assert f'hx-get="{at(volume)}"' in page.response.text
    assert "hx-refresh" not in page.response.headers


def test_a_reading_that_stands_still_promises_no_time(
    station: Station, visits: Visits, clock: SettableClock
):
    volume = station.bound_volume()
    scan = station.received_scan(volume, pages=10)
    jobs._begin(station.system, scan.id)
    pages_read(station, scan, clock, 5, 3)
    clock.advance(minutes=10)
    page = visits(station.custodian).get(at(volume))
    assert page.says("5 / 10")
    assert not page.says("还需")


def test_what_has_been_read_is_no_longer_asked_for(station: Station, visits: Visits):
    volume = station.bound_volume()
    station.scan(volume)
    page = visits(station.custodian).get(at(volume))
    assert page.says("已完成", "查看结果")
    assert page.link("查看结果") == f"/invoices/volumes/{volume.id}/desk"
    assert "hx-get" not in page.response.text
    assert page.response.headers["hx-refresh"] == "true", "else the rest of the page is stale"


def test_a_failure_is_told_where_the_progress_stood(station: Station, visits: Visits):
    volume = station.bound_volume()
    scan = station.received_scan(volume, pages=10)
    with station.system.transaction(SYSTEM) as tx:
        broken = tx.get(Scan, scan.id)
        broken.state, broken.failure = ScanState.FAILED, "Truncated"
    assert visits(station.custodian).get(at(volume)).says("没有成功", "后面的部分丢了")


def test_progress_is_for_those_who_may_see_the_volume(
    station: Station, neighbour: Station, visits: Visits
):
    volume = station.bound_volume()
    assert visits(station.custodian).get(at(volume)).status == 404
    station.received_scan(volume)
    assert visits(neighbour.custodian).get(at(volume)).status == 404
    assert visits(None).get(at(volume)).status == 303
