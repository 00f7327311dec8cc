"""Reaches the states of records and their pairs through the real verbs.

record = filed(station)                  # a complaint, its code given
scanned(station, record); registered(station, record); compared(station, record)
placed(station, record)                  # now archived
"""

from datetime import date

from archive.holdings.actions.pairs import compare, receive_scan, register_paper
from archive.holdings.actions.plans import adopt_default_plan
from archive.holdings.actions.records import Description, file_record
from archive.holdings.pair import Pair
from archive.holdings.pairing import paper_moved
from archive.holdings.queries.plans import plan_in_force
from archive.holdings.record import Record
from tests.builders import Station

FIRST, SECOND = "a" * 64, "b" * 64


def with_file_plan(station: Station) -> Station:
    """The station with the default plan in force for the fonds Z109."""
    station.archivist.does(adopt_default_plan, fonds_name="青石县供电公司", fonds_code="Z109")
    return station


def kind_id(station: Station, code: str) -> int:
    kinds = station.archivist.does(plan_in_force).kinds
    return next(kind.id for kind in kinds if kind.code == code)


def filed(
    station: Station,
    kind: str = "complaint",
    title: str = "关于停电的投诉",
    formed_on: date = date(2026, 9, 3),
    **said: object,
) -> Record:
    described = Description(kind_id(station, kind), title, formed_on, **{"pages": 2, **said})
    return station.archivist.does(file_record, station.id, described)


def scanned(station: Station, record: Record, digest: str = FIRST) -> Pair:
    return station.archivist.does(
        receive_scan, record.id, pages=2, digest=digest, by_id=station.archivist.id
    )


def registered(station: Station, record: Record) -> Pair:
    return station.archivist.does(register_paper, record.id, pages=2)


def compared(station: Station, record: Record, **told: object) -> Pair:
    facts = {"digest": FIRST, "paper_pages": 2, "matches": True} | told
    return station.head.does(compare, record.id, **facts)


def placed(station: Station, record: Record) -> Pair:
    """Its paper stands in a box; told to the pair alone."""
    return station.archivist.does(paper_moved, record.id, "place")


def archived(station: Station, **said: object) -> Record:
    """A record with both its sides, compared and in its place."""
    record = filed(station, **said)
    scanned(station, record)
    registered(station, record)
    compared(station, record)
    placed(station, record)
    return record
