"""Who is sent to supervise has an office that witnesses, so that the count does not stand still."""

import pytest

from archive.access import Role
from archive.people.actions import appoint
from archive.retention.actions.supervision import name_witness
from archive.retention.department import Department
from archive.retention.queries.batch_tasks import could_witness
from archive.retention.signing import WrongDepartment
from tests.builders import Station
from tests.destruction import approved, proposed, worthless
from tests.shelving import with_store


def test_an_archivist_of_the_station_is_not_sent_although_of_the_archives(station: Station):
    case = approved(proposed(with_store(station), records=worthless(station, 1)))
    station.administrator.does(
        appoint, station.clerk.id, Role.ARCHIVIST, station.id, document="青供〔2026〕2号"
    )
    with pytest.raises(WrongDepartment):
        station.archivist.does(name_witness, case.batch_id, station.clerk.id, Department.ARCHIVES)
    offered = station.archivist.does(lambda tx: could_witness(tx, case.batch))
    assert station.clerk.id not in {one.person.id for one in offered}
    assert {one.person.id for one in offered if not one.why_not} == {
        case.company.other_archives.id,
        station.other_finance.id,
        case.company.information.id,
    }
