"""Verbs about temperature and humidity."""

from decimal import Decimal

from archive.access import Permission
from archive.reason import reason_in
from archive.shelving.climate import ActionNotNeeded, ClimateReading, ReadingImpossible
from archive.shelving.place import Storeroom
from archive.transaction import Transaction


def read_climate(
    tx: Transaction,
    storeroom_id: int,
    *,
    celsius: Decimal,
    humidity: int,
    instrument: str = "",
    action: str = "",
) -> ClimateReading:
    """One reading of a storeroom; what is out of range stays open until acted on.

    Raises:
        ReadingImpossible: nothing is kept.
    """
    room = tx.get(Storeroom, storeroom_id)
    tx.require(Permission.PAPER_KEEP, room.station_id)
    tenths = celsius * 10
    if not tenths.is_finite() or tenths != tenths.to_integral_value():
        raise ReadingImpossible(field="celsius")
    reading = ClimateReading(
        storeroom_id=room.id,
        taken_at=tx.now,
        tenths=int(tenths),
        humidity=humidity,
        instrument=instrument.strip()[:40],
        by_id=tx.person_id,
    )
    reading.check_possible()
    if action.strip() and not reading.in_range:
        reading.action = reason_in(action, field="action")[:300]
        reading.action_by_id, reading.action_at = tx.person_id, tx.now
    tx.add(reading)
    tx.record(
        "climate.read",
        room.subject,
        celsius=str(reading.celsius),
        humidity=humidity,
        in_range=reading.in_range,
    )
    return reading


def act_on_climate(tx: Transaction, reading_id: int, *, action: str) -> ClimateReading:
    """What was done about a reading out of range.

    Raises:
        ActionNotNeeded, ReasonMissing: nothing changes.
    """
    reading = tx.get(ClimateReading, reading_id, lock=True)
    room = tx.get(Storeroom, reading.storeroom_id)
    tx.require(Permission.PAPER_KEEP, room.station_id)
    if not reading.open_finding:
        raise ActionNotNeeded
    reading.action = reason_in(action, field="action")[:300]
    reading.action_by_id, reading.action_at = tx.person_id, tx.now
    tx.record("climate.acted", room.subject, reading=reading.id)
    return reading
