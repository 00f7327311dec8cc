"""The station with a file plan, and a delivery that was read, for the pages of filing."""

from archive.filing.actions.drafts import file_draft
from archive.filing.delivery import Delivery, Draft
from archive.filing.separator import Separator
from archive.holdings.record import Record
from tests.builders import Station
from tests.deliveries import COMPLAINT, CONTRACT, delivered, pdf_of, read, read_as
from tests.holdings import with_file_plan
from tests.integration.filing.test_filing import said


def stack_read(station: Station) -> tuple[Delivery, list[Draft]]:
    """A complaint, its empty back, a separator sheet, and a contract of two pages."""
    with_file_plan(station)
    delivery = delivered(
        station, ("一摞.pdf", pdf_of(COMPLAINT, None, COMPLAINT, CONTRACT, CONTRACT))
    )
    ahead = Separator(kind_code="supply-contract").payload
    pages = [read_as(COMPLAINT), read_as(None), read_as(None, ahead)]
    return delivery, read(station, delivery, [*pages, read_as(CONTRACT), read_as(CONTRACT)])


def complaint_filed(station: Station) -> Record:
    """The complaint of such a stack as a record that awaits its paper."""
    _, (complaint, _) = stack_read(station)
    return station.archivist.does(file_draft, complaint.id, said(station))
