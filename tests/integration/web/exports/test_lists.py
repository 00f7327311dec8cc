"""Lists as files: everything that is on the list's pages, nothing that is not, and on the trail."""

import csv
import io
import zipfile

import pytest

from archive.audit import TrailEntry
from archive.reports import lists
from tests.builders import CODE, Station
from tests.integration.web.visiting import Seen, Visits

BOOKS = "/invoices/books"
VOLUMES = "/invoices/volumes"


def lines(answer: Seen) -> list[dict[str, str]]:
    """The rows of a CSV by their headings."""
    assert answer.status == 200, answer.words
    text = answer.response.content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def taken_out(station: Station) -> list[tuple[str, dict]]:
    return station.asks(
        lambda tx: [
            (entry.actor, {"subject": entry.subject, **entry.told})
            for entry in tx.session.query(TrailEntry).filter_by(event="list.exported")
        ]
    )


def test_the_books_are_taken_out_with_their_numbers_whole(station: Station, visits: Visits):
    station.used(last="04210004")
    custodian = visits(station.custodian)
    page = custodian.get(BOOKS)
    answer = custodian.get(page.link("导出 CSV") or "")
    (first, *rest) = lines(answer)
    assert first["起号"] == "04210001"
    assert first["止号"] == "04210010"
    assert first["发票代码"] == CODE
    assert first["已用到"] == "04210004"
    assert first["状态"] == "在用"
    assert len(rest) == len(page.rows()) - 1
    told = answer.response.headers["content-disposition"]
    assert 'filename="books-2026-10-19.csv"' in told
    assert taken_out(station) == [
        (
            "wang-custodian",
            {"subject": "list:books", "form": "csv", "rows": len(rest) + 1, "asked": {}},
        )
    ]


def test_the_volumes_are_taken_out_as_a_spreadsheet(station: Station, visits: Visits):
    station.used(kwh="1200.5", voids=["04210002"])
    volume = station.bound_volume()
    custodian = visits(station.custodian)
    answer = custodian.get(custodian.get(VOLUMES).link("导出 XLSX") or "")
    assert answer.response.headers["content-type"].endswith("spreadsheetml.sheet")
    with zipfile.ZipFile(io.BytesIO(answer.response.content)) as packed:
        sheet = packed.read("xl/worksheets/sheet1.xml").decode()
    assert f">{volume.code}<" in sheet
    assert ">04210002<" in sheet
    assert "<v>1200.50</v>" in sheet
    assert "<v>678.90</v>" in sheet


def test_the_whole_list_comes_and_only_what_it_is_narrowed_to(
    station: Station, visits: Visits, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(lists, "BATCH", 2)
    station.issued_books(5)
    custodian = visits(station.custodian)
    everything = lines(custodian.get(f"{BOOKS}?file=csv"))
    numbers = [row["起号"] for row in everything]
    assert len(numbers) == len(set(numbers)) > 2
    assert numbers == sorted(numbers)
    turned = lines(custodian.get(f"{BOOKS}?sort=-number&file=csv"))
    assert [row["起号"] for row in turned] == numbers[::-1]
    assert lines(custodian.get(f"{BOOKS}?state=accepted&file=csv")) == []


def test_nobody_takes_out_what_they_may_not_see(
    station: Station, neighbour: Station, visits: Visits
):
    station.used()
    station.bound_volume()
    others = visits(neighbour.custodian)
    assert lines(others.get(f"{BOOKS}?file=csv")) == []
    assert lines(others.get(f"{VOLUMES}?file=csv")) == []
    assert lines(others.get(f"{VOLUMES}?station=QS&file=csv")) == []
    clerk = visits(station.clerk)
    assert clerk.get(f"{BOOKS}?file=xlsx").status == 403
    assert clerk.get(f"{VOLUMES}?file=xlsx").status == 403
    assert visits(None).get(f"{BOOKS}?file=xlsx").status == 303


def test_a_list_too_long_for_a_file_is_to_be_narrowed(
    station: Station, visits: Visits, monkeypatch: pytest.MonkeyPatch
):
    station.used()
    monkeypatch.setattr(lists, "MOST_ROWS", 0)
    answer = visits(station.custodian).get(f"{BOOKS}?file=xlsx")
    assert answer.status == 422
    assert answer.says("太长了，没有导出", "请先按供电所")
    assert taken_out(station) == []


def test_a_kind_of_file_nobody_knows_is_the_page(station: Station, visits: Visits):
    station.used()
    assert visits(station.custodian).get(f"{BOOKS}?file=exe").says("导出 XLSX")
