"""The demo's appraisal is settled through the real verbs."""

import pytest

from archive.demo.appraisal import settle_appraisal
from archive.retention.actions.holds import Covers, place_hold
from archive.retention.appraisal import Appraisal
from archive.retention.hold import HoldKind
from archive.retention.queries.appraisals import appraisal_seen
from archive.retention.queries.panels import waiting_panels
from tests.builders import PASSWORD, Station
from tests.company import Company, open_company
from tests.holdings import with_file_plan
from tests.panels import due_record


@pytest.fixture
def station(station: Station) -> Station:
    return with_file_plan(station)


def settled(station: Station, company: Company) -> int | None:
    return settle_appraisal(
        station.system,
        station.id,
        archivist=station.archivist.actor(),
        archives=company.archives.actor(),
        head=station.head.actor(),
        password=PASSWORD,
    )


def test_one_appraisal_waits_for_the_station_heads_signature(station: Station):
    company = open_company(station)
    held = due_record(station)
    due_record(station)
    station.archivist.does(
        place_hold, station.id, Covers((held.id,)), kind=HoldKind.AUDIT, reason="专项审计"
    )
    appraisal_id = settled(station, company)
    (waiting,) = station.head.does(waiting_panels)
    assert (waiting.kind, waiting.subject_id) == ("appraisal-sign", appraisal_id)
    seen = station.head.does(appraisal_seen, appraisal_id)
    assert seen.counts == {"destroy": 1, "keep": 1}
    assert [seat.signature is not None for seat in seen.panel] == [True, False]


def test_where_nothing_is_due_nothing_is_proposed(station: Station):
    assert settled(station, open_company(station)) is None
    assert station.asks(lambda tx: tx.session.query(Appraisal).count()) == 0
