"""The register on its page, on the page that is signed, and as files that are taken along."""

import csv
import io

import pytest
from pypdf import PdfReader

from archive.audit import TrailEntry
from tests.builders import Station
from tests.company import open_company
from tests.destruction import Case, pile, proposed, registered, worthless
from tests.integration.web.visiting import Seen, Visits
from tests.shelving import with_store

HERE = "/retention/batches"


def text_of(pdf: bytes) -> str:
    """What stands on paper; long words are broken in print, at marks nobody sees."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    text = "".join(page.extract_text() for page in pages)
    return text.replace("\u200b", "").replace("\n", "")


@pytest.fixture
def station(station: Station) -> Station:
    return with_store(station)


@pytest.fixture
def case(station: Station) -> Case:
    records = [*worthless(station, 2), *pile(station, 1, kind="monthly-report", first=3)]
    return proposed(station, open_company(station), records)


def at(case: Case, page: str = "") -> str:
    return f"{HERE}/{case.batch_id}{page}"


def lines(answer: Seen) -> list[dict[str, str]]:
    assert answer.status == 200, answer.words
    text = answer.response.content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def listed(page: Seen) -> list[str]:
    """Codes of the lines of the register, which is the last table of the page."""
    body = page.response.text.rpartition("<tbody")[2].partition("</tbody>")[0]
    return [row.partition("</a>")[0].rpartition(">")[2] for row in body.split("<tr ")[1:]]


def test_the_register_is_narrowed_and_ordered_by_its_address(case: Case, visits: Visits):
    archivist = visits(case.station.archivist)
    page = archivist.get(at(case))
    codes = [item.told["code"] for item in case.items]
    assert listed(page) == codes
    assert page.says("涉及 2 种文件，2012 年度", "有电子件的 3")
    assert page.link("档号↕") == at(case, "?sort=code#register")
    assert listed(archivist.get(at(case, "?sort=-code"))) == codes[::-1]
    narrowed = archivist.get(at(case, "?kind=complaint"))
    assert len(listed(narrowed)) == 2
    assert narrowed.says("共 2 件、2 页，其中 2 件有电子件。")
    assert narrowed.link("清空条件") == at(case, "#register")
    none = archivist.get(at(case, "?year=1950&kind=complaint"))
    assert none.says("清册里没有符合条件的档案。")
    assert listed(archivist.get(at(case, "?sort=nonsense&item=nonsense&year=x"))) == codes


def test_the_file_of_the_register_is_what_the_page_is_narrowed_to(case: Case, visits: Visits):
    archivist = visits(case.station.archivist)
    page = archivist.get(at(case, "?kind=monthly-report"))
    (line,) = lines(archivist.get(page.link("导出 CSV") or ""))
    assert [line["档号"]] == listed(page)
    assert len(lines(archivist.get(at(case, "?file=csv")))) == 3


def test_whoever_signs_gets_the_whole_register_line_by_line_and_on_paper(
    case: Case, visits: Visits
):
    registered(case)
    officer = visits(case.company.archives)
    page = officer.get(at(case, "/sign"))
    assert page.says("2 种文件，2012 年度", "合计")
    assert page.link("2012") == at(case, "?year=2012&retention=D10#register")
    assert page.link("逐页查看清册") == at(case, "#register")
    assert listed(officer.get(at(case, "?year=2012&retention=D10"))) == [
        item.told["code"] for item in case.items
    ]
    paper = officer.get(page.link("整份清册（PDF）") or "")
    assert paper.response.headers["content-type"] == "application/pdf"
    words = text_of(paper.response.content)
    for item in case.items:
        assert item.told["code"] in words
    assert "合计 3 件、3 页。" in words
    assert case.batch.digest in words
    assert "档案机构经办人" in words
    sheet = officer.get(page.link("整份清册（XLSX）") or "")
    assert sheet.response.content[:2] == b"PK"
    taken = case.station.asks(
        lambda tx: [
            entry.told["form"]
            for entry in tx.session.query(TrailEntry).filter_by(event="list.exported")
        ]
    )
    assert taken == ["pdf", "xlsx"]


def test_a_register_nobody_settled_says_so_on_paper(case: Case, visits: Visits):
    paper = visits(case.station.archivist).get(at(case, "/register.pdf"))
    assert "清册尚未定稿，还不能签署。" in text_of(paper.response.content)


def test_a_stranger_gets_nothing_of_a_register(case: Case, visits: Visits, neighbour: Station):
    stranger = visits(neighbour.archivist)
    for page in ("", "/register.pdf", "?file=csv", "/sign"):
        assert stranger.get(at(case, page)).status == 404
