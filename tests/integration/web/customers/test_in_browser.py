"""Customers, the register of special customers, what is missing and imports, in a real browser."""

import os
from pathlib import Path
from typing import Any

import pytest

from archive.customers.actions.customers import CustomerFacts, open_dossier
from archive.customers.customer import CustomerType
from archive.expected.actions import set_start
from archive.importing import jobs
from tests.builders import Station
from tests.holdings import filed
from tests.integration.web.holdings.test_in_browser import check
from tests.integration.web.requests.test_in_browser import DESKTOP, PHONE, Open, axe, opens, site
from tests.registers import ROWS, workbook
from tests.special import GAO, appointed, on_register

__all__ = ["axe", "opens", "site"]

FOLK = (
    CustomerFacts("0000012345", "王秀兰", "青石村三组", "东巷 17 号", "13800005678"),
    CustomerFacts("0000012346", "欧阳建国", "河西村", "", "0351-1234567", CustomerType.BUSINESS),
)


def lived_in(station: Station) -> tuple[Any, Any]:
    """A station with customers, a special customer, and things not filed."""
    care = appointed(station)
    entry = on_register(station, care)
    station.head.does(set_start, station.id, month="2026-06")
    customer = next(station.archivist.does(open_dossier, station.id, one) for one in FOLK)
    filed(station, "supply-contract", "供用电合同", customer_number=customer.number)
    return care, entry


def photographed(page: Any, name: str) -> None:
    """A picture for whoever looks through them (ARCHIVE_TEST_PICTURES names the folder)."""
    folder = os.environ.get("ARCHIVE_TEST_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_page_fits_and_passes_axe(
    station: Station, opens: Open, axe: str, viewport: dict[str, int]
):
    care, entry = lived_in(station)
    width = viewport["width"]
    visited = (
        (station.archivist, "/customers"),
        (station.archivist, "/customers/new"),
        (station.archivist, "/customers/1"),
        (station.archivist, "/holdings/expected"),
        (station.archivist, (f"/holdings/expected/settle?station={station.code}"
         "&kind=usage-plan&period=2026-Q3")),
        (station.head, "/holdings/expected/arrange"),
        (station.archivist, "/imports"),
        (care, "/special"),
        (care, "/special/new"),
        (care, f"/special/{entry.id}"),
        (station.head, "/special"),
        (station.head, "/"),
    )  # fmt: skip
    for at, (who, path) in enumerate(visited):
        page = opens(who, path, viewport=viewport, bypass_csp=True)
        photographed(page, f"{at:02d}-{width}")
        check(page, axe, width)
        page.context.close()


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_facts_are_opened_and_gone_when_one_comes_back(
    station: Station, opens: Open, axe: str, viewport: dict[str, int]
):
    care, entry = lived_in(station)
    width = viewport["width"]
    page = opens(station.archivist, "/customers/1", viewport=viewport, bypass_csp=True)
    page.fill("#f-purpose", "联系客户约装表时间")
    page.click("form[action$='/open'] button[type=submit]")
    page.wait_for_selector("#opened")
    assert "13800005678" in page.inner_text("#opened")
    photographed(page, f"20-{width}")
    check(page, axe, width)
    page.goto("/customers/1")
    assert "13800005678" not in page.content()

    page = opens(care, f"/special/{entry.id}", viewport=viewport, bypass_csp=True)
    page.fill("#f-purpose", "安排本月上门服务")
    page.click("form[action$='/look'] button[type=submit]")
    page.wait_for_selector("#opened")
    assert GAO.name in page.inner_text("#opened")
    photographed(page, f"21-{width}")
    check(page, axe, width)
    assert GAO.name not in page.url + page.title()


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_register_is_imported_and_the_page_says_when_it_is_done(
    station: Station, opens: Open, axe: str, viewport: dict[str, int], tmp_path: Path
):
    lived_in(station)
    width = viewport["width"]
    register = tmp_path / "目录.xlsx"
    register.write_bytes(
        workbook([*ROWS, ("x", "=1+1", "去年", "很多", "", "")], title="2019 年目录")
    )
    page = opens(station.archivist, "/imports", viewport=viewport, bypass_csp=True)
    page.fill("#f-register", "2019 年文书档案目录")
    page.set_input_files("#f-file", register)
    page.click("form.panel button[type=submit]")
    page.wait_for_selector("#f-kind_code")
    page.select_option("#f-kind_code", "complaint")
    photographed(page, f"30-{width}")
    check(page, axe, width)
    page.click("form[action$='/columns'] button[type=submit]")
    page.wait_for_selector("form[action$='/begin']")
    photographed(page, f"31-{width}")
    check(page, axe, width)
    page.click("form[action$='/begin'] button[type=submit]")
    page.wait_for_selector("#importing")
    photographed(page, f"32-{width}")
    jobs.import_rows(station.system, 1)
    page.wait_for_selector("#importing", state="detached")
    photographed(page, f"33-{width}")
    assert "已完成" in page.inner_text("h1")
    check(page, axe, width)
