"""Opening who a record is about in a real browser, on a desk and on a phone."""

import pytest

from tests.builders import Station
from tests.holdings import filed, with_file_plan
from tests.integration.web.customers.test_in_browser import photographed
from tests.integration.web.holdings.test_in_browser import check
from tests.integration.web.requests.test_in_browser import DESKTOP, PHONE, Open, axe, opens, site

__all__ = ["axe", "opens", "site"]

NAME = "王秀兰"


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_people_in_a_record_are_opened_and_masked_again(
    station: Station, opens: Open, axe: str, viewport: dict[str, int], language: str
):
    with_file_plan(station)
    record = filed(
        station, "supply-application", "用电申请", parties=NAME, customer_number="0418002555"
    )
    asked = f"/holdings/records/{record.id}?language={language}"
    page = opens(station.clerk, asked, viewport=viewport, bypass_csp=True)
    assert NAME not in page.content()
    page.locator("#open summary").click()
    check(page, axe, viewport["width"])
    photographed(page, f"record-closed-{language}-{viewport['width']}")

    page.fill("#f-purpose", f"找{NAME}")
    page.locator("#open button[type=submit]").click()
    page.wait_for_selector("#f-purpose-error")
    check(page, axe, viewport["width"])
    photographed(page, f"record-refused-{language}-{viewport['width']}")

    page.fill("#f-purpose", "核对报装申请")
    page.locator("#open button[type=submit]").click()
    page.wait_for_selector("#opened")
    assert NAME in page.inner_text("#opened")
    check(page, axe, viewport["width"])
    photographed(page, f"record-opened-{language}-{viewport['width']}")

    page.goto(asked)
    assert NAME not in page.content()
