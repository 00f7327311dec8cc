"""The demo's destruction is settled through the real verbs and the real reader."""

import pytest

from archive.demo.destruction import settle_destruction
from archive.retention.queries.batch_tasks import waiting_batches
from archive.retention.queries.batches import batch_seen
from tests.builders import PASSWORD, Station
from tests.company import open_company
from tests.holdings import with_file_plan


@pytest.mark.slow
def test_a_register_waits_for_its_next_signature(station: Station):
    with_file_plan(station)
    company = open_company(station)
    batch_id = settle_destruction(
        station.system,
        station.id,
        archivist=station.archivist.actor(),
        archives=company.archives.actor(),
        head=station.head.actor(),
        passwords=(PASSWORD, PASSWORD),
    )
    for signer in (company.archives_head, station.finance, company.finance_head):
        (waiting,) = signer.does(waiting_batches)
        assert (waiting.kind, waiting.subject_id) == ("batch-sign", batch_id)
    seen = station.archivist.does(batch_seen, batch_id)
    assert seen.line.items == 2
    assert [place.signature is not None for place in seen.places] == [True, *[False] * 4]
