"""The list of holds and that of appraisals as files, whole, and on the trail."""

import csv
import io

import pytest

from archive.audit import TrailEntry
from archive.retention.actions.holds import Covers, place_hold
from archive.retention.hold import HoldKind
from tests.builders import Station
from tests.company import open_company
from tests.holdings import with_file_plan
from tests.integration.web.visiting import Seen, Visits
from tests.panels import due_record, proposed


@pytest.fixture
def station(station: Station) -> Station:
    return with_file_plan(station)


def lines(answer: Seen) -> list[dict[str, str]]:
    assert answer.status == 200, answer.words
    text = answer.response.content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def taken_out(station: Station) -> set[str]:
    return station.asks(
        lambda tx: {
            entry.subject for entry in tx.session.query(TrailEntry).filter_by(event="list.exported")
        }
    )


def test_the_holds_are_taken_out_with_what_they_cover_and_on_what_paper(
    station: Station, visits: Visits
):
    station.archivist.does(
        place_hold,
        station.id,
        Covers(kind_code="complaint", year_from=2001, year_to=2003),
        kind=HoldKind.LITIGATION,
        reason="诉讼未结",
        document="（2026）民初 7 号",
    )
    archivist = visits(station.archivist)
    page = archivist.get("/retention/holds")
    (line,) = lines(archivist.get(page.link("导出 CSV") or ""))
    assert (line["原因"], line["依据文件"]) == ("诉讼未结", "（2026）民初 7 号")
    assert "2001" in line["冻结的范围"]
    assert (line["设置时间"], line["解除人"]) == ("2026-10-19 09:30", "")
    assert archivist.get(page.link("导出 XLSX") or "").status == 200
    assert taken_out(station) == {"list:holds"}


def test_the_appraisals_are_taken_out_as_they_are_narrowed(station: Station, visits: Visits):
    appraisal = proposed(station, open_company(station), due_record(station))
    archivist = visits(station.archivist)
    page = archivist.get("/retention/appraisals")
    (line,) = lines(archivist.get(page.link("导出 CSV") or ""))
    assert (line["编号"], line["件数"], line["状态"]) == (appraisal.name, "1", "拟稿")
    assert lines(archivist.get("/retention/appraisals?state=signed&file=csv")) == []
    assert taken_out(station) == {"list:appraisals"}
