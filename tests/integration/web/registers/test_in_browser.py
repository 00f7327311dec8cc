"""Registers and statistics in a real browser, on a desk and on a phone."""

import pytest

from tests.builders import Station, settle_station
from tests.holdings import filed, scanned, with_file_plan
from tests.integration.web.holdings.test_in_browser import check
from tests.integration.web.requests.test_in_browser import DESKTOP, PHONE, Open, axe, opens, site

__all__ = ["axe", "opens", "site"]


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_registers_and_statistics_are_read_everywhere(
    station: Station, opens: Open, axe: str, viewport: dict[str, int]
):
    with_file_plan(station)
    settle_station(station.system, code="HX", name="河西供电所")
    scanned(station, filed(station))
    for _ in range(4):
        filed(station, "bookkeeping-volume")
    filed(station, "supply-application")
    page = opens(station.leader, "/holdings/records", viewport=viewport, bypass_csp=True)
    page.get_by_role("link", name="登记簿与统计").click()
    page.wait_for_url("**/holdings/registers")
    check(page, axe, viewport["width"])
    page.get_by_role("link", name="馆藏统计").click()
    page.wait_for_url("**/holdings/statistics")
    assert page.locator("svg.bars").count() == 6
    check(page, axe, viewport["width"])


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_version_of_the_plan_is_drafted_everywhere(
    station: Station, opens: Open, axe: str, viewport: dict[str, int]
):
    with_file_plan(station)
    page = opens(station.archivist, "/holdings/plan", viewport=viewport, bypass_csp=True)
    page.get_by_role("button", name="起草下一版").click()
    page.wait_for_url("**/drafts/**")
    page.get_by_role("link", name="供用电合同").click()
    page.fill("#f-retention", "D10")
    page.fill("#f-reason", "公司文件")
    check(page, axe, viewport["width"])
    page.get_by_role("button", name="保存").click()
    page.wait_for_url("**done=changed")
    check(page, axe, viewport["width"])
    page.get_by_role("link", name="WS 文书档案").click()
    page.wait_for_url("**/styles/**")
    check(page, axe, viewport["width"])
    page.select_option("#f-item-joins", "---")
    page.get_by_role("button", name="保存").click()
    page.wait_for_url("**done=style-set")
    assert page.get_by_text("Z109-WS-2026-D10-GDS-0001").is_visible()
    page.get_by_role("link", name="WS 文书档案").click()
    page.select_option("#f-item-joins", "···")
    page.select_option("#f-item-digits", "3")
    page.get_by_role("button", name="保存").click()
    page.get_by_text("会分不清").first.wait_for()
    check(page, axe, viewport["width"])
