"""The demo station's customers are settled through the real verbs."""

from archive.customers.queries.customers import CustomerFilter, customers
from archive.customers.queries.special import due
from archive.demo.customers import FOLK, settle_customers
from archive.expected.queries import sheet_of
from archive.holdings.record import Record
from archive.importing.queries import runs
from archive.people.person import Station as StationNoun
from tests.builders import Station
from tests.holdings import with_file_plan
from tests.special import appointed


def test_the_demo_station_has_customers_a_visit_due_and_something_missing(station: Station):
    with_file_plan(station)
    care = appointed(station)
    settle_customers(
        station.system,
        station.id,
        archivist=station.archivist.actor(),
        head=station.head.actor(),
        care=care.actor(),
    )
    lines, total = station.archivist.does(customers, CustomerFilter())
    assert total == len(FOLK) + 1
    assert {bool(line.lacks) for line in lines} == {True, False}
    assert len(care.does(due)) == 1
    sheet = station.archivist.does(sheet_of, station.sees(StationNoun, station.id))
    assert (sheet.filed, sheet.excused) == (1, 1)
    assert len(sheet.missing) > 20
    (line,) = station.archivist.does(runs)
    assert line.counts == {"imported": 4}
    sources = station.asks(lambda tx: [one.source for one in tx.session.query(Record)])
    assert sources.count("import") == 4
