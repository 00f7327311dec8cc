"""The month's binding: what waits, what the cover will say, one click [seed 3.4]."""

import html
import re

import pytest

from archive.custody.actions import volumes
from archive.custody.volume import Volume, VolumeRun
from tests.builders import CODE, Station
from tests.integration.web.visiting import Seen, Visits

NEW = "/invoices/volumes/new"


def bound(station: Station) -> list[Volume]:
    return station.asks(lambda tx: tx.session.query(Volume).all())


def numbers_in(station: Station, volume: Volume) -> list[tuple[str, str]]:
    runs = station.asks(lambda tx: tx.session.query(VolumeRun).filter_by(volume_id=volume.id).all())
    return [(run.first, run.last) for run in runs]


def of(station: Station) -> str:
    month = f"{station.today:%Y-%m}"
    return f"{NEW}?station={station.id}&month={month}&collector={station.collector.id}"


def offered(page: Seen) -> dict[str, bool]:
    """The runs that can be taken, and whether each is ticked."""
    boxes = re.findall(r'name="run"[^>]*value="([^"]*)"([^>]*)', page.response.text)
    return {html.unescape(value): " checked" in more for value, more in boxes}


def form(station: Station, *runs: str) -> dict[str, object]:
    return {
        "station": station.id,
        "month": f"{station.today:%Y-%m}",
        "collector": station.collector.id,
        "chosen": "yes",
        "run": list(runs),
    }


def test_a_collectors_month_is_bound_in_one_click_with_the_cover_that_was_shown(
    station: Station, visits: Visits
):
    first, second = station.book_in_use(), station.book_in_use()
    station.used(first, voids=["04210003"], kwh="100.25", amount_fen=5_600)
    station.used(second, last="04210014", kwh="40", amount_fen=2_232)
    custodian = visits(station.custodian)

    assert custodian.get(NEW).says("2026年10月", "张大勇", "2 14")
    page = custodian.get(of(station))
    assert page.says("04210001–04210010，10 份", "04210011–04210014，4 份", "废票 1 张")
    assert page.says("起止号码 04210001–04210014", "14 张，其中有效 13 张", "140.25 千瓦时")
    assert page.says("78.32 元", "人民币柒拾捌元叁角贰分", "2026-10-19 – 2026-10-19")
    runs = offered(page)
    assert list(runs.values()) == [True, True]

    done = custodian.goes(custodian.post(NEW, form(station, *runs)))
    assert done.says(
        "已经装订成册", "QS-202610-01", "04210001–04210014", "封面要由收费员张大勇本人签字"
    )
    (volume,) = bound(station)
    assert (volume.sets, volume.void_numbers, volume.amount_fen) == (14, ["04210003"], 7_832)


def test_a_run_left_out_waits_and_the_cover_says_so_before(station: Station, visits: Visits):
    station.used(station.book_in_use(), amount_fen=1_000)
    station.used(station.book_in_use(), amount_fen=2_000, voids=["04210012"])
    custodian = visits(station.custodian)
    _, second = offered(custodian.get(of(station)))

    looked = custodian.get(f"{of(station)}&chosen=yes&run={second}")
    assert looked.says("起止号码 04210011–04210020", "20.00 元", "废票号码 04210012")
    assert list(offered(looked).values()) == [False, True]

    custodian.post(NEW, form(station, second))
    (volume,) = bound(station)
    assert numbers_in(station, volume) == [("04210011", "04210020")]
    assert custodian.get(NEW).says("张大勇", "1 10")


def test_nothing_chosen_binds_nothing_and_says_so(station: Station, visits: Visits):
    station.used(station.book_in_use())
    custodian = visits(station.custodian)
    assert custodian.get(f"{of(station)}&chosen=yes").says("一段也没有选")
    refused = custodian.post(NEW, form(station))
    assert refused.status == 422
    assert refused.says("没有等待装订的号码", "一段也没有选")
    assert not bound(station)


@pytest.mark.parametrize(
    ("run", "status"),
    [
        ("{book}:04210001:04210009", 422),
        ("{book}:04210001:04210099", 422),
        ("{book}:1.2E+11:04210010", 422),
        ("x:04210001:04210010", 422),
        ("999999:04210001:04210010", 404),
        ("", 422),
    ],
)
def test_runs_nobody_was_offered_are_refused(
    station: Station, visits: Visits, run: str, status: int
):
    book = station.book_in_use()
    station.used(book)
    refused = visits(station.custodian).post(NEW, form(station, run.format(book=book.id)))
    assert refused.status == status
    assert not bound(station)


def test_numbers_bound_by_somebody_else_meanwhile_are_refused_with_the_clause(
    station: Station, visits: Visits
):
    station.used(station.book_in_use())
    custodian = visits(station.custodian)
    runs = offered(custodian.get(of(station)))
    station.bound_volume()
    refused = custodian.post(NEW, form(station, *runs))
    assert refused.status == 409
    assert refused.says("一个号码只能在一册里")
    assert len(bound(station)) == 1


def test_when_nothing_waits_the_page_says_what_has_to_come_first(station: Station, visits: Visits):
    assert visits(station.custodian).get(NEW).says("没有等待装订的票据", "登记使用")


def test_only_custodians_bind_and_each_at_their_own_station(
    station: Station, neighbour: Station, visits: Visits
):
    station.used(station.book_in_use())
    for person in (station.collector, station.finance, station.head, station.auditor):
        assert visits(person).get(NEW).status == 403
    stranger = visits(neighbour.custodian)
    assert not stranger.get(of(station)).says("04210001")
    runs = offered(visits(station.custodian).get(of(station)))
    assert stranger.post(NEW, form(station, *runs)).status == 403
    assert visits(None).get(NEW).leads_to(f"/sign-in?next={NEW}")
    assert not bound(station)


def test_a_form_from_elsewhere_binds_nothing(station: Station, visits: Visits):
    station.used(station.book_in_use())
    custodian = visits(station.custodian)
    runs = offered(custodian.get(of(station)))
    assert custodian.post_bare(NEW, form(station, *runs)).status == 403
    assert not bound(station)


def test_the_binding_reads_in_english_too(station: Station, visits: Visits):
    station.used(station.book_in_use())
    page = visits(station.custodian, "en").get(of(station))
    assert page.says("Bind a month", "The cover will say", f"Invoice code {CODE}", "October 2026")


def test_a_second_volume_of_the_month_takes_only_what_is_left(station: Station, visits: Visits):
    station.bound_volume()
    station.used(station.book_in_use())
    station.custodian.does(
        volumes.bind_volume,
        station_id=station.id,
        month=f"{station.today:%Y-%m}",
        collector_id=station.collector.id,
    )
    page = visits(station.custodian).get("/invoices/volumes")
    assert page.says("QS-202610-01", "QS-202610-02")
