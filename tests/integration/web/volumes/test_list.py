"""The list of bound volumes: narrowed to what one may see, sorted, with sums."""

from datetime import datetime

import pytest

from archive.clock import STATION_ZONE
from archive.custody.volume import Volume, VolumeState
from tests.builders import Station
from tests.clock import SettableClock
from tests.integration.web.visiting import Visits

HERE = "/invoices/volumes"


def codes(rows: list[str]) -> list[str]:
    return [row.split()[0] for row in rows]


@pytest.fixture
def three(station: Station, clock: SettableClock) -> list[Volume]:
    """One of October, accepted; two of November, one of them sealed."""
    clock.set(datetime(2026, 10, 20, 9, tzinfo=STATION_ZONE))
    station.used(station.book_in_use(), amount_fen=30_000, kwh="10.25", voids=["04210002"])
    october = station.bound_volume()
    station.accepted_volume(october)
    clock.set(datetime(2026, 11, 20, 9, tzinfo=STATION_ZONE))
    station.used(station.book_in_use(), amount_fen=10_000, kwh="20")
    first = station.bound_volume()
    station.used(station.book_in_use(), last="04210024", amount_fen=20_000, kwh="30")
    second = station.sealed_volume(station.bound_volume())
    return [october, first, second]


def test_the_newest_month_comes_first_and_sums_stand_below(
    station: Station, visits: Visits, three: list[Volume]
):
    page = visits(station.custodian).get(HERE)
    assert codes(page.rows()) == ["QS-202611-02", "QS-202611-01", "QS-202610-01"]
    assert page.rows()[2].startswith(
        "QS-202610-01 2026-10 青石供电所 张大勇 04210001–04210010 10 1"
    )
    assert page.says("合计 24 1 60.25 600.00", "第 1–3 条，共 3 条")


def test_it_is_narrowed_by_month_and_state_and_the_address_can_be_sent(
    station: Station, visits: Visits, three: list[Volume]
):
    custodian = visits(station.custodian)
    page = custodian.get(f"{HERE}?month=2026-11")
    assert codes(page.rows()) == ["QS-202611-02", "QS-202611-01"]
    assert page.says("合计 14 0 50.00 300.00")
    assert codes(custodian.get(f"{HERE}?state=accepted").rows()) == ["QS-202610-01"]
    both = custodian.get(f"{HERE}?state=sealed&month=2026-10")
    assert both.says("没有符合条件的装订册")


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("code", ["QS-202610-01", "QS-202611-01", "QS-202611-02"]),
        ("-sets", ["QS-202611-01", "QS-202610-01", "QS-202611-02"]),
        ("amount", ["QS-202611-01", "QS-202611-02", "QS-202610-01"]),
        ("nonsense", ["QS-202611-02", "QS-202611-01", "QS-202610-01"]),
    ],
)
def test_it_sorts_by_what_is_clicked(
    station: Station, visits: Visits, three: list[Volume], order: str, expected: list[str]
):
    assert codes(visits(station.custodian).get(f"{HERE}?sort={order}").rows()) == expected


def test_everybody_sees_the_stations_they_may_see(
    station: Station, neighbour: Station, visits: Visits
):
    station.bound_volume()
    assert visits(neighbour.custodian).get(HERE).rows() == []
    page = visits(station.finance).get(f"{HERE}?station=QS")
    assert codes(page.rows()) == ["QS-202610-01"]
    assert visits(station.finance).get(f"{HERE}?station=HX").rows() == []
    assert visits(station.clerk).get(HERE).status == 403
    assert visits(None).get(HERE).leads_to(f"/sign-in?next={HERE}")


def test_the_scan_and_its_doubts_show_in_the_line(station: Station, visits: Visits):
    volume = station.bound_volume()
    sheets = station.shown(volume)
    station.scan(volume, sheets[:-1])
    (row,) = visits(station.finance).get(HERE).rows()
    assert "已识别 1 草稿" in row


def test_an_empty_list_says_what_to_do_next(station: Station, visits: Visits):
    assert visits(station.custodian).get(HERE).says("点“按月装订”")
    assert visits(station.finance).get(HERE).says("还没有装订册")
    assert visits(station.finance).get(HERE).link("按月装订") is None


def test_the_list_is_told_in_english_too(station: Station, visits: Visits, three: list[Volume]):
    page = visits(station.finance, "en").get(HERE)
    assert page.says("Volumes", "accepted by finance", "Amount (¥)")
    assert station.sees(Volume, three[2].id).state == VolumeState.SEALED


def test_a_long_list_is_leafed_through(station: Station, visits: Visits, three: list[Volume]):
    custodian = visits(station.custodian)
    with station.system.transaction(station.custodian.actor()) as tx:
        model = tx.get(Volume, three[0].id)
        for n in range(2, 62):
            tx.session.add(
                Volume(
                    code=f"QS-202609-{n:03d}", station_id=station.id, month="2026-09", sequence=n,
                    collector_id=model.collector_id, collected_from=model.collected_from,
                    collected_to=model.collected_to, sets=1, void_sets=0, void_numbers=[],
                    kwh=model.kwh, amount_fen=1, bound_by_id=model.bound_by_id,
                    bound_at=model.bound_at,
                )
            )  # fmt: skip
    page = custodian.get(HERE)
    assert len(page.rows()) == 50
    assert page.says("第 1–50 条，共 63 条")
    assert len(custodian.get(f"{HERE}?page=2").rows()) == 13
