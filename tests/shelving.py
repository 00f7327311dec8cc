"""Fits out a store and fills it through the real verbs.

station = with_store(station)            # storeroom KF01 with cabinet G01: 2 sections, 3 shelves
box = boxed(station, record, …)          # a new box with these records, on the first shelf
"""

from archive.holdings.file_plan import FilePlan
from archive.holdings.record import Record
from archive.shelving.actions.boxes import make_box, put_in_box, shelve_box
from archive.shelving.actions.places import add_cabinet, add_storeroom
from archive.shelving.box import Box, Label
from archive.shelving.moving import series_of
from archive.shelving.place import Shelf
from tests.builders import Station
from tests.holdings import compared, filed, registered, scanned, with_file_plan


def with_store(station: Station, code: str = "KF01", cabinet: str = "G01") -> Station:
    """The station with a file plan, a storeroom and a cabinet in it."""
    if station.asks(lambda tx: tx.session.query(FilePlan).count()) == 0:
        with_file_plan(station)
    room = station.archivist.does(add_storeroom, station.id, code=code, name="一楼库房")
    station.archivist.does(add_cabinet, room.id, code=cabinet, sections=2, levels=3)
    return station


def shelf(station: Station, code: str = "KF01-G01-1-1") -> Shelf:
    return station.asks(
        lambda tx: tx.session.query(Shelf).filter_by(station_id=station.id, code=code).one()
    )


def ready(station: Station, title: str = "关于停电的投诉", **said: object) -> Record:
    """A record whose paper is registered and compared, waiting to be put away."""
    record = filed(station, title=title, **said)
    scanned(station, record)
    registered(station, record)
    compared(station, record)
    return record


def boxed(station: Station, *records: Record, on: str = "KF01-G01-1-1") -> Box:
    """A new box with these records (one made for it, if none are given), on a shelf."""
    records = records or (ready(station),)
    series = station.asks(lambda tx: series_of(tx, tx.get(Record, records[0].id)))
    box = station.archivist.does(make_box, station.id, series_id=series)
    for record in records:
        station.archivist.does(put_in_box, record.id, box.id)
    return station.archivist.does(shelve_box, box.id, shelf(station, on).id)


def label(station: Station, thing: Box | Record | Shelf) -> str:
    """What the QR code on the label of a thing says."""
    column = {Box: Label.box_id, Record: Label.record_id, Shelf: Label.shelf_id}[type(thing)]
    return station.asks(lambda tx: tx.session.query(Label).filter(column == thing.id).one()).payload


def registered_only(station: Station) -> Record:
    """A record whose paper is registered and not put away."""
    record = filed(station)
    registered(station, record)
    return record
