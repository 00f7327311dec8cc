"""The demo station's old records are settled through the real doors and the real reader."""

import pytest

from archive.demo.retention import ENDED, settle_retention
from archive.holdings.record import Record
from archive.retention.period import DueState
from archive.retention.queries.due import due_of
from archive.retention.queries.sweep import DueFilter, due_lines
from tests.builders import Station
from tests.holdings import with_file_plan


@pytest.mark.slow
def test_one_is_due_one_is_kept_by_its_contents_and_one_by_its_end(station: Station):
    with_file_plan(station)
    settle_retention(
        station.system,
        station.id,
        archivist=station.archivist.actor(),
        head=station.head.actor(),
    )
    records = station.asks(lambda tx: tx.session.query(Record).order_by(Record.id).all())
    found = station.archivist.does(due_of, [record.id for record in records])
    complaint, report, contract = (found[record.id] for record in records)
    assert complaint.state == DueState.EXPIRED
    assert str(report.eligible_from) == "2045-01-01"
    assert contract.reasons[0].trigger == ENDED
    (line,) = station.archivist.does(due_lines, station.today, DueFilter(held=False))
    assert line.record.id == records[0].id
