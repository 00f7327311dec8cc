"""Reads about temperature and humidity."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import func, select, text

from archive.access import Permission
from archive.clock import STATION_ZONE
from archive.people.person import Person
from archive.shelving.climate import A_DAY, OUT_OF_RANGE_IN_SQL, ClimateReading
from archive.shelving.place import Storeroom
from archive.shelving.queries.reach import check_shown, mine
from archive.transaction import Transaction


@dataclass(frozen=True, slots=True)
class ReadingSeen:
    """A reading with where and by whom."""

    reading: ClimateReading
    room: Storeroom
    by: str


def readings(
    tx: Transaction,
    *,
    room_id: int | None = None,
    open_only: bool = False,
    limit: int = 60,
    offset: int = 0,
) -> list[ReadingSeen]:
    """Readings of the rooms one may see, the newest first."""
    tx.require(Permission.RECORD_READ)
    query = (
        mine(tx, select(ClimateReading, Storeroom, Person.name), Storeroom.station_id)
        .join(Storeroom, Storeroom.id == ClimateReading.storeroom_id)
        .join(Person, Person.id == ClimateReading.by_id)
        .order_by(ClimateReading.taken_at.desc(), ClimateReading.id.desc())
        .limit(limit)
        .offset(offset)
    )
    if room_id is not None:
        query = query.where(Storeroom.id == room_id)
    if open_only:
        query = query.where(text(OUT_OF_RANGE_IN_SQL), ClimateReading.action == "")
    return [ReadingSeen(*row) for row in tx.session.execute(query)]


def count_readings(tx: Transaction) -> int:
    """How many readings there are."""
    query = (
        mine(tx, select(func.count(ClimateReading.id)), Storeroom.station_id)
        .select_from(ClimateReading)
        .join(Storeroom, Storeroom.id == ClimateReading.storeroom_id)
    )
    return tx.session.scalar(query) or 0


def reading_seen(tx: Transaction, reading_id: int) -> ClimateReading:
    """One reading.

    Raises:
        NoSuchThing: there is none at one's stations.
    """
    reading = tx.get(ClimateReading, reading_id)
    room = tx.get(Storeroom, reading.storeroom_id)
    check_shown(tx, room.station_id, "climate_reading", reading_id)
    return reading


def wanting_today(tx: Transaction) -> list[tuple[Storeroom, int]]:
    """Rooms one keeps that were not read often enough today, with how often they were."""
    stations = tx.actor.stations(Permission.PAPER_KEEP)
    rooms = select(Storeroom).order_by(Storeroom.code)
    if stations is not None:
        rooms = rooms.where(Storeroom.station_id.in_(stations))
    begins = datetime.combine(tx.today, time.min, STATION_ZONE)
    rows = tx.session.execute(
        select(ClimateReading.storeroom_id, func.count())
        .where(
            ClimateReading.taken_at >= begins,
            ClimateReading.taken_at < begins + timedelta(days=1),
        )
        .group_by(ClimateReading.storeroom_id)
    )
    counted = {room_id: count for room_id, count in rows}  # noqa: C416 - a row is no pair to dict()
    found = [(room, counted.get(room.id, 0)) for room in tx.session.scalars(rooms)]
    return [(room, count) for room, count in found if count < A_DAY]
