"""The pages of a destruction batch, from the appraisal to the certificate, without scripts."""

import pytest

from archive.retention.batch import Batch
from tests.builders import PASSWORD, Station
from tests.company import open_company
from tests.destruction import (
    Case,
    appraised,
    proposed,
    worthless,
)
from tests.integration.web.visiting import Visits
from tests.shelving import with_store

HERE = "/retention/batches"


@pytest.fixture
def station(station: Station) -> Station:
    return with_store(station)


@pytest.fixture
def case(station: Station) -> Case:
    return proposed(station, records=worthless(station, 2))


def at(case: Case, page: str = "") -> str:
    return f"{HERE}/{case.batch_id}{page and '/' + page}"


def test_the_list_says_where_batches_come_from_and_offers_signed_appraisals(
    station: Station, visits: Visits
):
    archivist = visits(station.archivist)
    page = archivist.get(HERE)
    assert page.says("还没有销毁批次。鉴定意见书签完以后")
    appraisal = appraised(station, open_company(station), worthless(station, 2))
    page = archivist.get(HERE)
    assert page.says(f"{appraisal.name}：2 件待列入")
    assert archivist.get("/").says(f"{appraisal.name} 有 2 件可以编制销毁清册")
    drawn = archivist.post(HERE, appraisal=appraisal.id)
    page = archivist.goes(drawn)
    assert page.says("将销毁 2 件、2 页，不可恢复。", "清册已经编制好了")
    page = archivist.get(HERE)
    assert not page.says("件待列入")
    assert len(page.rows()) == 1
    assert archivist.get(f"{HERE}?state=closed").says("没有这种状态的批次")


def test_an_appraisal_one_may_not_list_is_not_listed(station: Station, visits: Visits):
    appraisal = appraised(station, open_company(station), worthless(station, 1))
    refused = visits(station.head).post(HERE, appraisal=appraisal.id)
    assert refused.status == 422
    assert station.asks(lambda tx: tx.session.query(Batch).count()) == 0


def test_a_settled_register_is_signed_on_a_page_that_says_what_is_signed(
    case: Case, visits: Visits
):
    archivist = visits(case.station.archivist)
    assert archivist.post(at(case, "freeze")).leads_to(at(case) + "?done=frozen")
    officer = visits(case.company.archives)
    assert officer.get("/").says(f"在销毁清册 {case.batch.name} 上签署意见")
    assert not visits(case.station.archivist).get("/").says("在销毁清册")
    page = officer.get(at(case, "sign"))
    assert page.says("共 2 件、2 页", "其中 2 件有电子件", "签署位置：档案机构经办人")
    given = {"part": "archives-officer", "digest": case.batch.digest, "opinion": "同意"}
    wrong = officer.post(at(case, "sign"), {**given, "password": "not-mine"})
    assert wrong.status == 403
    assert wrong.holds("opinion") == "同意"
    signed_ = officer.post(at(case, "sign"), {**given, "password": PASSWORD})
    assert signed_.leads_to(at(case) + "?done=signed")
    assert officer.get(at(case)).button("在清册上签署") == "grey"
    assert officer.get(at(case, "sign")).says("同一个人只能签一处")
    assert not officer.get("/").says("在销毁清册")
