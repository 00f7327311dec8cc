"""Old records, so that something is due.

old = due_records(station)      # under a file plan; three are due, one of them on hold
"""

from dataclasses import dataclass
from datetime import date

from archive.holdings.record import Record
from archive.retention.actions.holds import Covers, place_hold
from archive.retention.hold import HoldKind
from tests.builders import Station
from tests.holdings import archived, filed, with_file_plan

DESKTOP, PHONE = {"width": 1366, "height": 900}, {"width": 360, "height": 740}


@dataclass(frozen=True)
class Old:
    """Complaints of 2012 and 2015 are due, fees of 2023 are not, a contract waits for its end."""

    complaint: Record
    held: Record
    young: Record
    contract: Record
    for_ever: Record


def due_records(station: Station) -> Old:
    """Records of every state; the held complaint is under audit."""
    with_file_plan(station)
    old = Old(
        archived(station, kind="complaint", title="二〇一二年的投诉", formed_on=date(2012, 5, 4)),
        archived(station, kind="complaint", title="二〇一五年的投诉", formed_on=date(2015, 12, 30)),
        filed(station, "fees-due-list", "应收电费清单", date(2022, 12, 28), year=2023),
        filed(station, "supply-contract", "供用电合同", date(2016, 3, 1)),
        filed(station, "tariff-file", "电价档案", date(2014, 1, 1)),
    )
    station.archivist.does(
        place_hold,
        station.id,
        Covers(record_ids=[old.held.id]),
        kind=HoldKind.AUDIT,
        reason="审计未结束",
    )
    return old
