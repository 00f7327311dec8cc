"""Who may see which part of the store, and who is counting it."""

from typing import Any, TypeVar

from sqlalchemy import Select, or_, select

from archive.access import Permission
from archive.errors import Conflict
from archive.shelving.stocktake import Stocktake, StocktakeState
from archive.transaction import NoSuchThing, Transaction

Q = TypeVar("Q", bound=Select[*tuple[Any, ...]])


class CountedBlind(Conflict):
    """Whoever counts is not shown what ought to be there."""


def check_not_blind(tx: Transaction, station_id: int) -> None:
    """Refuse to show the store to whoever is counting it.

    Raises:
        CountedBlind: until the stocktake is closed.
    """
    if station_id in blind_stations(tx):
        raise CountedBlind


def blind_stations(tx: Transaction) -> set[int]:
    """Stations this person is counting at."""
    if tx.actor.person_id is None:
        return set()
    counting = select(Stocktake.station_id).where(
        Stocktake.state == StocktakeState.COUNTING,
        or_(Stocktake.counter_id == tx.actor.person_id, Stocktake.second_id == tx.actor.person_id),
    )
    return set(tx.session.scalars(counting))


def mine(tx: Transaction, query: Q, column: Any) -> Q:
    """The query, over the stations whose records the actor may read."""
    stations = tx.actor.stations(Permission.RECORD_READ)
    return query if stations is None else query.where(column.in_(stations))


def check_shown(tx: Transaction, station_id: int, thing: str, key: int) -> None:
    """Refuse what lies at a station one may not read at.

    Raises:
        NoSuchThing: to such a person there is none.
    """
    tx.require(Permission.RECORD_READ)
    if not tx.can(Permission.RECORD_READ, station_id):
        raise NoSuchThing(thing=thing, key=str(key))
