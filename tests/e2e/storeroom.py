"""What happens to the papers after they were filed: boxes, labels, a stocktake, a loan.

Every step goes through the pages, as ``Someone`` in a real browser.
"""

from datetime import timedelta
from typing import Any

from archive.holdings.pair import Pair, Paper
from archive.holdings.record import Record
from archive.shelving.box import Box
from archive.shelving.queries.stocktakes import findings
from tests.builders import PASSWORD, Station
from tests.e2e.browsing import Someone

SHELVES = ("KF01-G01-1-1", "KF01-G01-1-2", "KF01-G01-2-1")


def a_store_is_set_up(archivist: Someone) -> None:
    """A storeroom with one cabinet."""
    page = archivist.page
    page.goto("/store")
    page.fill("#f-code", "KF01")
    page.fill("#f-name", "一楼档案室")
    archivist.presses("store.set_up")
    page.wait_for_url("**done=room")
    page.fill("#f-code", "G01")
    page.fill("#f-sections", "2")
    page.fill("#f-levels", "3")
    page.fill("#f-shelf_mm", "900")
    page.click("form[action$='/cabinets'] button[type=submit]")
    page.wait_for_url("**done=cabinet")


def the_papers_are_boxed_labelled_and_shelved(
    station: Station, archivist: Someone, titles: list[str]
) -> None:
    """The paper of each is registered; each lands in a box of its series, with its labels."""
    page = archivist.page
    for record in _records(station, titles):
        if station.sees(Pair, record.id).paper == Paper.EXPECTED:
            page.goto(f"/holdings/records/{record.id}")
            page.fill("form[action$='/paper'] [name=pages]", str(record.pages))
            page.click("form[action$='/paper'] button")
            page.wait_for_url("**done=paper")
    for shelf in SHELVES:
        page.goto("/store/put-away")
        archivist.looks()
        page.get_by_role("button", name="放进盒里", exact=True).first.click()
        page.wait_for_url("**done=put")
        page.fill("#f-shelf", shelf)
        archivist.presses("store.shelve_button")
        page.wait_for_url("**done=shelved")
    with page.expect_response("**/labels.pdf**") as printed:
        page.evaluate("fetch('/store/labels.pdf?boxes=H0001-H0003&records=yes')")
    assert printed.value.headers["content-type"] == "application/pdf"


def a_stocktake_finds_one_box_misplaced_and_one_missing(
    station: Station, archivist: Someone, second: Someone
) -> None:
    """Counted blind by two; signed by the second; put back, and found again."""
    page = archivist.page
    page.goto("/store/stocktakes")
    page.select_option("#f-room", f"all-{station.code}")
    archivist.presses("stocktake.open")
    page.wait_for_url("**done=opened")
    here = "/store/stocktakes/" + page.url.partition("?")[0].rpartition("/")[2]
    second.page.goto(here)
    second.presses("stocktake.join")
    second.page.wait_for_url("**done=joined")
    for shelf, box in ((SHELVES[0], "H0001"), (SHELVES[0], "H0002")):
        for said in (shelf, box):
            page.fill("#f-scanned", said)
            page.press("#f-scanned", "Enter")
        page.get_by_text(f"{box} 已记下").wait_for()
    second.page.goto(here)
    second.page.fill("input[name=password]", PASSWORD)
    second.presses("stocktake.sign_button")
    second.page.wait_for_url("**done=closed")
    second.looks()
    number = int(here.rpartition("/")[2])
    found = {one.box: str(one.finding.result) for one in station.head.does(findings, number)}
    assert found == {"H0002": "misplaced", "H0003": "missing"}
    page.goto(here)
    page.get_by_role("button", name=f"已放回 {SHELVES[1]}", exact=True).click()
    page.wait_for_url("**done=settled")
    missing = station.asks(lambda tx: tx.session.query(Box).filter_by(number=3).one().id)
    page.goto(f"/store/boxes/{missing}")
    page.fill("#f-shelf", SHELVES[2])
    archivist.presses("store.shelve_button")
    page.wait_for_url("**done=shelved")


def a_file_is_lent_and_taken_back(
    station: Station, archivist: Someone, borrower: Someone, head: Someone, title: str
) -> None:
    """Asked for, approved on a phone, handed out, and back with its pages counted."""
    (record,) = _records(station, [title])
    borrower.page.goto(f"/store/loans/new?record={record.id}")
    borrower.page.fill("#f-purpose", "答复客户来访")
    borrower.page.fill("#f-due_on", (station.today + timedelta(days=5)).isoformat())
    borrower.presses("loans.ask")
    borrower.page.wait_for_url("**done=asked")
    loan = "/store/loans/" + borrower.page.url.partition("?")[0].rpartition("/")[2]
    head.page.goto(loan)
    head.presses("loans.approve")
    head.page.wait_for_url("**done=approve")
    archivist.page.goto(loan)
    archivist.presses("loans.hand_out")
    archivist.page.wait_for_url("**done=hand-out")
    assert station.sees(Pair, record.id).paper == Paper.OUT
    archivist.page.fill("#f-pages", str(station.sees(Pair, record.id).paper_pages))
    archivist.page.check("#f-seal_intact")
    archivist.presses("loans.take_back")
    archivist.page.wait_for_url("**done=return")
    assert station.sees(Pair, record.id).paper == Paper.PLACED


def a_special_customer_is_registered(
    station: Station, care: Someone, code: str, facts: dict[str, Any]
) -> None:
    """By whoever is appointed, on the form of consent that came in with the pile."""
    care.page.goto("/special/new")
    care.page.check("[name=category][value=disabled]")
    for name, value in facts.items():
        care.page.fill(f"#f-{name}", value)
    care.page.fill("#f-consent_code", code)
    care.page.fill("#f-review_on", (station.today + timedelta(days=200)).isoformat())
    care.presses("special.register_button")
    care.page.wait_for_url("**/special/*")
    care.page.wait_for_function("!location.pathname.endsWith('/new')")


def _records(station: Station, titles: list[str]) -> list[Record]:
    return station.asks(lambda tx: tx.session.query(Record).filter(Record.title.in_(titles)).all())
