"""Odd PDFs through the real door and the real reading: each is refused or read to its last page."""

import pytest

from archive.filing.delivery import DeliveredPage, Delivery, DeliveryState, PageKind
from archive.filing.jobs import read_delivery
from archive.ingest.refusals import BadScan
from tests.deliveries import delivered
from tests.integration.ingest import odd_pdfs


@pytest.mark.slow
def test_whatever_comes_in_is_refused_or_read_with_every_page_accounted_for(station):
    taken, refused = [], set()
    for name, data in [*odd_pdfs.pages(), *odd_pdfs.insides(), *odd_pdfs.programs()][::9]:
        try:
            taken.append(delivered(station, (f"{len(taken)}.pdf", data)))
        except BadScan as bad:
            refused.add((name, type(bad).__name__))
    assert len(taken) >= 2
    assert refused
    for delivery in taken:
        read_delivery(station.system, delivery.id)
        assert station.sees(Delivery, delivery.id).state == DeliveryState.READ
        kinds = station.asks(
            lambda tx, key=delivery.id: [
                page.kind for page in tx.session.query(DeliveredPage).filter_by(delivery_id=key)
            ]
        )
        assert len(kinds) == delivery.pages
        assert set(kinds) <= set(PageKind)
