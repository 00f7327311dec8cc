"""Who opened what, in a real browser, on a desk and on a phone."""

import pytest

from archive.customers.actions.customers import CustomerFacts, open_dossier, reveal
from archive.reports.personal import reveal_record
from tests.builders import Station
from tests.holdings import filed, with_file_plan
from tests.integration.web.customers.test_in_browser import photographed
from tests.integration.web.holdings.test_in_browser import check
from tests.integration.web.requests.test_in_browser import DESKTOP, PHONE, Open, axe, opens, site

__all__ = ["axe", "opens", "site"]


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_report_fits_is_narrowed_and_added_up(
    station: Station, opens: Open, axe: str, viewport: dict[str, int], language: str
):
    with_file_plan(station)
    record = filed(station, "supply-application", "用电申请", parties="周桂芳")
    facts = CustomerFacts("0418002555", "周桂芳", "青石村", "南街 9 号", "13800005678")
    customer = station.archivist.does(open_dossier, station.id, facts)
    for purpose in ("核对报装申请", "核对申请上的日期和附件，准备答复公司的抽查"):
        station.clerk.does(reveal_record, record.id, fields=["parties"], purpose=purpose)
    station.head.does(
        reveal, customer.id, fields=["name", "telephone", "house"], purpose="约装表时间"
    )
    width = viewport["width"]
    page = opens(
        station.auditor, f"/trail/opened?language={language}", viewport=viewport, bypass_csp=True
    )
    assert page.locator("tbody tr").count() == 3
    check(page, axe, width)
    photographed(page, f"opened-{language}-{width}")

    page.select_option("#f-person", station.head.code)
    page.locator("form.filters button[type=submit]").click()
    page.wait_for_url("**person=**")
    assert page.locator("tbody tr").count() == 1

    page.goto(f"{page.url.partition('?')[0]}?by=subject&language={language}")
    assert page.locator("tbody tr").count() == 2
    check(page, axe, width)
    photographed(page, f"opened-summed-{language}-{width}")

    asked = f"/holdings/records/{record.id}?language={language}"
    page = opens(station.auditor, asked, viewport=viewport, bypass_csp=True)
    assert page.locator("#openings li").count() == 2
    check(page, axe, width)
    photographed(page, f"openings-{language}-{width}")
